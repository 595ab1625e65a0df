import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const script = fileURLToPath(new URL('fixtures/leaves-a-server.ts', import.meta.url))

test.skipIf(process.platform === 'win32').each(['exit', 'SIGTERM'] as const)(
  'a server and its folder do not outlive who started them: %s',
  async (end) => {
    const starter = spawn(process.execPath, ['--import', tsx, script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = once(starter, 'exit')
    const [line] = (await once(starter.stdout, 'data')) as [Buffer]
    const { pid, folder } = JSON.parse(String(line)) as { pid: number; folder: string }
    expect(existsSync(folder)).toBe(true)
    expect(process.kill(pid, 0)).toBe(true)

    if (end === 'exit') starter.stdin.end()
    else starter.kill(end)
    expect(await ended).toEqual(end === 'exit' ? [0, null] : [null, end])
    await expect.poll(() => lives(pid)).toBe(false)
    expect(existsSync(folder)).toBe(false)
  },
)

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
