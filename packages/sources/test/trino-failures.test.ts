import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { trino, trinoEngine } from '../src/dialects/trino.ts'
import { profileSource, type SqlSourceOptions, sqlSource } from '../src/index.ts'
import { errorOf } from './error-of.ts'
import { type RunningTrino, startTrino } from './servers/trino.ts'

// JVMs that begin, and a worker that is gone is waited for.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

/** A table whose rows are soon counted, and one column of which takes hours. */
const SLOW = `SELECT orderkey, reduce(sequence(1, 9000), 0e0, (s, x) -> s + reduce(sequence(1, 9000 + orderkey % 7), x, (t, y) -> t + sqrt(y), t -> t), s -> s) AS slow
  FROM tpch.tiny.orders`

describeWithServer('trino', 'of a Trino that fails', () => {
  let server: RunningTrino
  beforeAll(async () => {
    server = await startTrino({ workers: 2 })
    await server.run(`CREATE TABLE memory.default.kept AS SELECT * FROM tpch.tiny.nation`)
  })
  afterAll(() => server?.stop())

  const engineOf = (headers: Readonly<Record<string, string>> = {}, url = server.url) =>
    trinoEngine({ url, user: 'tidegauge', catalog: 'memory', schema: 'default', headers })
  const profile = (from: string, options: Partial<SqlSourceOptions> = {}, signal?: AbortSignal) => {
    const source = sqlSource({ engine: engineOf(), dialect: trino, from, ...options })
    return profileSource(source, signal === undefined ? {} : { signal })
  }
  const expectUsable = async () => expect(await profile('kept')).toMatchObject({ rows: 25 })

  /** Tasks of the slow column that run, by their nodes; what watches them is none. */
  const tasks = async () =>
    await server.run(`SELECT t.node_id FROM system.runtime.tasks t JOIN system.runtime.queries q USING (query_id)
      WHERE t.state = 'RUNNING' AND q.query LIKE 'SELECT COUNT(*) AS n, %reduce(%'`)
  const untilWorkerRuns = (number: number) =>
    expect.poll(tasks, { timeout: 300_000 }).toContainEqual([`node-${number}`])
  /** How the last statement ended that did not come to its own end: others of the table go on meanwhile. */
  const end = async () => {
    const [last] = await server.run(`SELECT state, error_code FROM system.runtime.queries
      WHERE source = 'tidegauge' AND state <> 'FINISHED' ORDER BY created DESC LIMIT 1`)
    return last
  }
  const untilCancelled = () => expect.poll(end).toEqual(['FAILED', 'USER_CANCELED'])

  test('a wrong password is one line, without the password', async () => {
    // Without TLS it takes none, whatever it is.
    const Authorization = `Basic ${Buffer.from('tidegauge:hush-hush').toString('base64')}`
    const source = sqlSource({ engine: engineOf({ Authorization }), dialect: trino, from: 'kept' })
    const error = await errorOf(profileSource(source))
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^kept: Trino answers 40[13]: .*[Pp]assword/)
    expect(error.message).not.toMatch(/hush|\n/)
    expect(error.message).not.toContain(Authorization.slice(6))
  })

  test.each([
    ['no_such_table', {}, /^no_such_table: TABLE_NOT_FOUND: .*memory\.default\.no_such_table/],
    ['nowhere.none.t', {}, /^nowhere\.none\.t: CATALOG_NOT_FOUND: /],
    ['SELECT no_such_column FROM kept', {}, /^query: COLUMN_NOT_FOUND: .*no_such_column/],
    ['kept', { where: 'no_such_column > 1' }, /^kept: COLUMN_NOT_FOUND: .*no_such_column/],
    ['kept', { where: 'nationkey >' }, /^kept: SYNTAX_ERROR: /],
  ] as const)('what is not there is named: %s %j', async (from, options, message) => {
    const error = await errorOf(profile(from, options))
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
    await expectUsable()
  })

  test('a statement that takes too long ends on the server too', async () => {
    expect(await errorOf(profile(SLOW, { timeLimit: 60_000 }))).toMatchObject({
      code: 'ERR_SOURCE',
      message: expect.stringMatching(/^query: a statement took longer than 60 s/),
    })
    await untilCancelled()
    await expectUsable()
  })

  test('an abort ends it on the server too', async () => {
    const aborting = new AbortController()
    const failed = errorOf(profile(SLOW, {}, aborting.signal))
    await untilWorkerRuns(1)
    aborting.abort()
    expect(await failed).toMatchObject({ name: 'AbortError' })
    // Whoever hears of it may end the process at once.
    expect(await end()).toEqual(['FAILED', 'USER_CANCELED'])
    await expectUsable()
  })

  test('a statement that somebody else ends is no column that cannot be read', async () => {
    const failed = errorOf(profile(SLOW))
    await untilWorkerRuns(1)
    const [[id]] = (await server.run(`SELECT query_id FROM system.runtime.queries
      WHERE state = 'RUNNING' AND query LIKE 'SELECT COUNT(*) AS n, %reduce(%'`)) as [[string]]
    await server.run(`CALL system.runtime.kill_query('${id}', 'too dear')`)
    const error = await failed
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^query: ADMINISTRATIVELY_KILLED: .*too dear/)
  })

  test('a worker that is killed in mid-query', async () => {
    const failed = errorOf(profile(SLOW))
    await untilWorkerRuns(2)
    process.kill(server.pids[2]!, 'SIGKILL')
    const error = await failed
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^query: (REMOTE_|PAGE_TRANSPORT_|TOO_MANY_REQUESTS_|NO_NODES_)/)
    expect(error.message).not.toContain('\n')
    // The other one goes on.
    const left = async () =>
      (await server.run(`SELECT node_id FROM system.runtime.nodes WHERE state = 'active'`)).length
    await expect.poll(left, { timeout: 300_000 }).toBe(2)
    await server.run('CREATE TABLE IF NOT EXISTS memory.default.anew AS SELECT 1 AS x')
    expect(await profile('anew')).toMatchObject({ rows: 1 })
  })

  test('a coordinator that goes away in mid-query, and is not there', async () => {
    const failed = errorOf(profile(SLOW))
    await untilWorkerRuns(1)
    process.kill(server.pids[0]!, 'SIGKILL')
    const error = await failed
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^query: (fetch failed|terminated).*: .+/)
    expect(error.message).not.toContain('\n')
    const again = await errorOf(profile('kept'))
    expect(again).toMatchObject({ code: 'ERR_SOURCE' })
    expect(again.message).toMatch(/^kept: fetch failed: connect ECONNREFUSED/)
  })
})
