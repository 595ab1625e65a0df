import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { expect } from 'vitest'

/** No process of a server is left, and nothing that it wrote. */
export function expectGone({ pid, folder }: { pid: number; folder: string }): void {
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(processesOf(folder)).toEqual([])
  expect(existsSync(folder)).toBe(false)
}

/** The processes that work in a folder or were told of it, children of the server among them. */
export function processesOf(folder: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ||
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
        )
      } catch {
        return false // gone meanwhile
      }
    })
    .map(Number)
}
