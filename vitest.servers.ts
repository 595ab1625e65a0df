import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Servers that tests start for themselves. */
const SERVERS = {
  prometheus: { programs: ['prometheus', 'promtool'], install: 'apt-get install prometheus' },
  alertmanager: {
    programs: ['prometheus-alertmanager', 'amtool'],
    install: 'apt-get install prometheus-alertmanager',
  },
  chromium: { programs: ['chromium'], install: 'apt-get install chromium' },
} as const

/**
 * A `describe` whose tests need a real server. Where its programs are not on the PATH they are left out,
 * and a line says so; with `TIDEGAUGE_REQUIRE_SERVERS=1` in the environment they fail.
 */
export function describeWithServer(
  server: keyof typeof SERVERS,
  title: string,
  tests: () => void,
): void {
  const { programs, install } = SERVERS[server]
  const missing = programs.filter((program) => pathOf(program) === undefined)
  if (missing.length > 0 && process.env.TIDEGAUGE_REQUIRE_SERVERS === '1') {
    describe(title, () => {
      test(`${programs.join(' and ')} are on the PATH`, () => {
        expect(missing, `not on the PATH; get them with: ${install}`).toEqual([])
      })
    })
    return
  }
  if (missing.length > 0) {
    console.warn(`"${title}" was not run: no ${missing.join(', ')} on the PATH (${install})`)
  }
  describe.runIf(missing.length === 0)(title, tests)
}

/** Where on the PATH a program is; undefined where it is not. */
export function pathOf(program: string): string | undefined {
  const file = process.platform === 'win32' ? `${program}.exe` : program
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, file))
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

export interface ServerProcess {
  /** The first match in what it has printed; rejects where it ends before, or says nothing for too long. */
  printed(pattern: RegExp, milliseconds?: number): Promise<RegExpExecArray>
  /** Ends it, by force if it must be, and waits until it is gone. */
  stop(): Promise<void>
}

/** Starts a program; it does not outlive this one. */
export function startServer(
  program: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'> = {},
): ServerProcess {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close').catch((error) => error) // a program that is not there
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)

  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  return {
    async printed(pattern, milliseconds = 120_000) {
      let gone = false
      void ended.then(() => {
        gone = true
      })
      for (const deadline = Date.now() + milliseconds; ; ) {
        const match = pattern.exec(output)
        if (match !== null) return match
        if (gone || Date.now() > deadline) {
          throw new Error(`${program} ${gone ? 'ended' : 'waits'} without ${pattern}: ${output}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async stop() {
      child.kill('SIGTERM')
      const patience = setTimeout(kill, 5000)
      await ended
      clearTimeout(patience)
      process.off('exit', kill)
    },
  }
}
