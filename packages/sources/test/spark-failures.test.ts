import type { TableProfile } from '@tidegauge/drift'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { spark } from '../src/dialects/spark.ts'
import { profileSource, type SqlEngine, type SqlSourceOptions, sqlSource } from '../src/index.ts'
import { errorOf } from './error-of.ts'
import { type RunningSpark, startSpark } from './servers/spark.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

/** A table whose rows are soon counted, and one column of which takes a while: it sleeps, and hears of it when it is ended. */
const slow = (rows: number, milliseconds: number) =>
  `SELECT id, id + length(reflect('java.lang.Thread', 'sleep', ${milliseconds}L)) AS slow FROM range(0, ${rows}, 1, 4)`
/** Hours. */
const SLOW = slow(10_000_000, 100)

describeWithServer('spark', 'of a Spark that fails', () => {
  let server: RunningSpark
  beforeAll(async () => {
    server = await startSpark({ page: true })
    await server.run(
      'CREATE TABLE kept USING parquet AS SELECT id, id % 7 AS k FROM range(0, 1000)',
    )
  })
  afterAll(() => server?.stop())

  const profile = (from: string, options: Partial<SqlSourceOptions> = {}, signal?: AbortSignal) => {
    const engine: SqlEngine = {
      query: (sql) => server.run(sql),
      queryUntil: (sql, until) => server.run(sql, until),
    }
    const source = sqlSource({ engine, dialect: spark, from, ...options })
    return profileSource(source, signal === undefined ? {} : { signal })
  }
  const expectUsable = async () => expect(await profile('kept')).toMatchObject({ rows: 1000 })
  const running = async () => (await server.jobs()).filter(({ status }) => status === 'RUNNING')
  /** Once both executors work on it. */
  const untilSlow = () =>
    expect.poll(async () => (await running())[0]?.numActiveTasks ?? 0, { timeout: 300_000 }).toBe(2)

  test.each([
    ['no_such_table', {}, /^no_such_table: .*TABLE_OR_VIEW_NOT_FOUND.*no_such_table/],
    ['SELECT no_such_column FROM kept', {}, /^query: .*UNRESOLVED_COLUMN.*no_such_column/],
    ['kept', { where: 'no_such_column > 1' }, /^kept: .*UNRESOLVED_COLUMN.*no_such_column/],
    ['kept', { where: 'id >' }, /^kept: .*PARSE_SYNTAX_ERROR/],
  ] as const)('what is not there is named: %s %j', async (from, options, message) => {
    const error = await errorOf(profile(from, options))
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
    await expectUsable()
  })

  test('a statement that takes too long ends on the cluster too, where the engine can', async () => {
    const failed = errorOf(profile(SLOW, { timeLimit: 30_000 }))
    await untilSlow()
    const [job] = await running()
    expect(await failed).toMatchObject({
      code: 'ERR_SOURCE',
      message: expect.stringMatching(/^query: a statement took longer than 30 s/),
    })
    await expect.poll(running).toEqual([])
    const ended = (await server.jobs()).find(({ jobId }) => jobId === job!.jobId)
    expect(ended).toMatchObject({ status: 'FAILED' })
    await expectUsable()
  })

  test('an abort ends it on the cluster too', async () => {
    const aborting = new AbortController()
    const failed = errorOf(profile(SLOW, {}, aborting.signal))
    await untilSlow()
    aborting.abort()
    expect(await failed).toMatchObject({ name: 'AbortError' })
    await expect.poll(running).toEqual([])
    await expectUsable()
  })

  test('an executor that is killed costs time, and no row', async () => {
    const query = slow(400, 20)
    const expected = await profile(query)
    const again = profile(query)
    await untilSlow()
    process.kill(server.executorPids()[0]!, 'SIGKILL')
    expect(withoutSums(await again)).toEqual(withoutSums(expected))
    // Its statement had to be run again in part.
    const failures = (await server.allExecutors()).filter(({ isActive }) => !isActive)
    expect(failures).toHaveLength(1)
    expect(expected.columns.map(({ profile }) => profile.n)).toEqual([400, 400])
  })

  test('a session that is killed in mid-query, and is not there', async () => {
    const failed = errorOf(profile(SLOW))
    await expect.poll(async () => (await running()).length, { timeout: 300_000 }).toBeGreaterThan(0)
    process.kill(server.sessionPid, 'SIGKILL')
    for (const error of [await failed, await errorOf(profile('kept'))]) {
      expect(error).toMatchObject({ code: 'ERR_SOURCE' })
      expect(error.message).toMatch(/^(query|kept): the session of Spark has ended$/)
    }
  })
})

/** Which depend on the order of addition. */
function withoutSums(profile: TableProfile): unknown {
  const dropped = new Set(['sum', 'moments', 'id'])
  return JSON.parse(JSON.stringify(profile, (key, value) => (dropped.has(key) ? undefined : value)))
}
