import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

export interface PrometheusSetup {
  /** `prometheus.yml`, as text or as what it holds. */
  readonly config: string | object
  /** What lies beside it, by name: files of rules. */
  readonly files?: Readonly<Record<string, string>>
  readonly features?: string
}

export interface RunningPrometheus {
  /** Without a slash at its end. */
  readonly url: string
  /** What an expression is, in the form of labels and a value. */
  query(
    expr: string,
    milliseconds?: number,
  ): Promise<Array<Readonly<Record<string, string>> & { value: number }>>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** A Prometheus on a port of its own and in a folder of its own, ready to be asked. */
export async function startPrometheus({
  config,
  files = {},
  features,
}: PrometheusSetup): Promise<RunningPrometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'tidegauge-prometheus-'))
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  for (const [name, content] of Object.entries({ ...files, 'prometheus.yml': text })) {
    writeFileSync(join(directory, name), content)
  }
  const server = startServer('prometheus', [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    ...(features === undefined ? [] : [`--enable-feature=${features}`]),
  ])
  const stop = async () => {
    await server.stop()
    rmSync(directory, { recursive: true })
  }
  try {
    const [, address] = await server.printed(/Listening on" .*address=(127\.0\.0\.1:\d+)/)
    await server.printed(/Server is ready/)
    const url = `http://${address}`
    return { url, query: (expr, milliseconds) => instantQuery(url, expr, milliseconds), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function instantQuery(url: string, query: string, milliseconds?: number) {
  const parameters = new URLSearchParams({ query })
  if (milliseconds !== undefined) parameters.set('time', String(milliseconds / 1000))
  const response = await fetch(`${url}/api/v1/query?${parameters}`)
  const { data, error } = (await response.json()) as {
    error?: string
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  if (data === undefined) throw new Error(`${error}: ${query}`)
  return data.result.map(
    ({ metric, value }) =>
      ({ ...metric, value: Number(value[1]) }) as Record<string, string> & { value: number },
  )
}
