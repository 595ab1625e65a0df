import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import {
  type ClickHouseShards,
  startClickHouseShards,
} from '../../sources/test/servers/clickhouse.ts'
import { type RunningTrino, startTrino } from '../../sources/test/servers/trino.ts'
import { spawnCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()

interface Stopping {
  readonly args: readonly string[]
  url(): string
  /** Does the statement run on the server that would take hours? */
  isRunning(): Promise<boolean>
  /** Once it was ended there, and is not only left alone. */
  expectEnded(): Promise<void>
}

/** What runs on the server ends with the command, whoever ends that. */
function describeStopping({ args, url, isRunning, expectEnded }: Stopping): void {
  const start = (...more: string[]) => {
    const child = spawnCommand(['drift', ...args, '--out', 'nothing', ...more], directory, {
      env: { TIDEGAUGE_DATABASE_URL: url() },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text
      })
    }
    const closed = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) => {
      child.once('close', (code, signal) => resolve([code, signal]))
    })
    return { child, closed, said: () => said }
  }
  const untilRunning = () => expect.poll(isRunning, { timeout: 300_000 }).toBe(true)

  describe.skipIf(process.platform === 'win32')('interrupted', () => {
    test.each(['SIGINT', 'SIGTERM'] as const)('by %s it ends its statement', async (signal) => {
      const { child, closed, said } = start()
      await untilRunning()
      child.kill(signal)
      expect(await closed).toEqual([null, signal])
      expect(said()).toBe('')
      await expectEnded()
      expect(existsSync(file('nothing'))).toBe(false)
    })
  })

  test('a statement beyond --time-limit is ended', async () => {
    const { closed, said } = start('--time-limit', '20')
    expect(await closed).toEqual([2, null])
    expect(said()).toMatch(
      /^tidegauge: .*: a statement took longer than 20 s: raise it with --time-limit, .*\n$/,
    )
    await expectEnded()
    expect(existsSync(file('nothing'))).toBe(false)
  })
}

describeWithServer('clickhouse', 'tidegauge drift --engine clickhouse that is stopped', () => {
  let cluster: ClickHouseShards
  beforeAll(async () => {
    cluster = await startClickHouseShards()
  })
  afterAll(() => cluster?.stop())

  const isRunning = async () =>
    (await cluster.shards[0].run(
      "SELECT count() FROM system.processes WHERE query LIKE 'SELECT COUNT(*) AS n FROM system.numbers%'",
    )) === '1\n'
  describeStopping({
    args: ['--engine', 'clickhouse', '--table', 'system.numbers', '--time', 'number', '1', '2'],
    url: () => cluster.urls[0],
    isRunning,
    expectEnded: () => expect.poll(isRunning).toBe(false),
  })
})

describeWithServer('trino', 'tidegauge drift --engine trino that is stopped', () => {
  vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })
  let server: RunningTrino
  beforeAll(async () => {
    server = await startTrino()
  })
  afterAll(() => server?.stop())

  /** The last statement of the command, or of those that take hours. */
  const last = async (like = '%') => {
    const [found] = await server.run(`SELECT state, error_code FROM system.runtime.queries
      WHERE source = 'tidegauge' AND query LIKE '${like}' ORDER BY created DESC LIMIT 1`)
    return found ?? []
  }
  const query = `SELECT orderkey % 2 AS half,
    reduce(sequence(1, 9000), 0e0, (s, x) -> s + reduce(sequence(1, 9000 + orderkey % 7), x, (t, y) -> t + sqrt(y), t -> t), s -> s) AS slow FROM orders`
  describeStopping({
    args: ['--engine', 'trino', '--from', query, '--time', 'half', '0', '1'],
    url: () => `${server.url.replace('//', '//tidegauge@')}/tpch/tiny`,
    isRunning: async () => (await last('SELECT COUNT(*) AS n, %reduce(%'))[0] === 'RUNNING',
    // Of itself it would be found abandoned after five minutes.
    expectEnded: () => expect.poll(() => last()).toEqual(['FAILED', 'USER_CANCELED']),
  })
})
