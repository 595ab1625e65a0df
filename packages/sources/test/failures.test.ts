import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { clickhouse18, clickhouseEngine } from '../src/dialects/clickhouse.ts'
import { postgres, postgresEngine } from '../src/dialects/postgres.ts'
import { compareSources, profileSource, type SqlSourceOptions, sqlSource } from '../src/index.ts'
import { errorOf } from './error-of.ts'
import { type ClickHouseShards, startClickHouseShards } from './servers/clickhouse.ts'
import { type RunningPostgres, startPostgres } from './servers/postgres.ts'

describeWithServer('postgres', 'of a PostgreSQL that fails', () => {
  let server: RunningPostgres
  let watcher: pg.Client
  let pool: pg.Pool
  beforeAll(async () => {
    server = await startPostgres()
    watcher = new pg.Client({ connectionString: server.url })
    await watcher.connect()
    await watcher.query(`
      CREATE TABLE kept AS SELECT i AS a, i % 7 AS b FROM generate_series(1, 1000) i;
      CREATE TABLE log (note TEXT);
      CREATE SEQUENCE counter;
      CREATE FUNCTION writes() RETURNS INTEGER LANGUAGE plpgsql VOLATILE
        AS $$ BEGIN INSERT INTO log VALUES ('written'); RETURN 1; END $$;
      CREATE FUNCTION slowly(x INTEGER) RETURNS INTEGER LANGUAGE plpgsql STABLE
        AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN x; END $$`)
  })
  afterAll(async () => {
    await watcher?.end()
    await server?.stop()
  })
  beforeEach(() => {
    pool = new pg.Pool({ connectionString: server.url, max: 4 })
    return async () => {
      // Every connection was given back: else this would wait forever.
      await pool.end()
    }
  })

  const compare = (options: Partial<SqlSourceOptions> = {}, signal?: AbortSignal, own = pool) => {
    const side = sqlSource({
      engine: postgresEngine(own),
      dialect: postgres,
      from: 'kept',
      ...options,
    })
    return compareSources(side, side, signal === undefined ? {} : { signal })
  }
  const SLEEPS = { where: 'a > 1 OR pg_sleep(100) IS NOT NULL' }
  const sleeping = async () =>
    (
      await watcher.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(100)%'
          AND pid <> pg_backend_pid()`,
      )
    ).rows
  const untilAsleep = () => expect.poll(sleeping).toHaveLength(1)
  const expectUsable = async () => {
    expect(await compare()).toMatchObject({ reference: { rows: 1000 } })
    expect(pool.waitingCount).toBe(0)
  }

  test('a wrong password is one line, without the password', async () => {
    const url = new URL(server.url)
    url.password = 'hush-hush'
    const wrong = new pg.Pool({ connectionString: url.href })
    const error = await errorOf(compare({}, undefined, wrong))
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^kept: password authentication failed for user "tidegauge"$/)
    await wrong.end()
  })

  test.each([
    [{ from: 'no_such_table' }, /^no_such_table: relation "no_such_table" does not exist$/],
    [
      { from: 'SELECT no_such_column FROM kept' },
      /^query: column "no_such_column" does not exist$/,
    ],
    [{ where: 'no_such_column > 1' }, /^kept: column "no_such_column" does not exist$/],
    [{ where: 'a >' }, /^kept: syntax error at or near "\)"$/],
    [{ from: 'SELECT a, a FROM kept' }, /^query: column reference "a" is ambiguous$/],
  ])('what is not there is named: %j', async (options, message) => {
    const error = await errorOf(compare(options))
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(message)
    await expectUsable()
  })

  test('a connection that the server ends in mid-query', async () => {
    const failed = errorOf(compare(SLEEPS))
    await untilAsleep()
    const [{ pid }] = (await sleeping()) as [{ pid: number }]
    await watcher.query('SELECT pg_terminate_backend($1)', [pid])
    const error = await failed
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^kept: terminating connection due to administrator command$/)
    await expectUsable()
  })

  test('a server that goes away in mid-query', async () => {
    const other = await startPostgres()
    const lost = new pg.Pool({ connectionString: other.url })
    lost.on('error', () => {})
    const failed = errorOf(
      compare(
        { from: 'generate_series(1, 9)', where: 'pg_sleep(100) IS NOT NULL' },
        undefined,
        lost,
      ),
    )
    const asked = `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%COUNT(*)%pg_sleep%' AND pid <> pg_backend_pid()`
    await expect.poll(async () => (await lost.query(asked)).rowCount).toBe(1)
    await other.stop()
    expect(await failed).toMatchObject({
      code: 'ERR_SOURCE',
      message: expect.stringMatching(/^generate_series\(1, 9\): .*(terminat|ECONN)/),
    })
    const again = await errorOf(compare({}, undefined, lost))
    expect(again.message).toMatch(/^kept: connect ECONNREFUSED/)
    await lost.end()
  })

  test('a statement that takes too long ends on the server too', async () => {
    const failed = errorOf(compare({ ...SLEEPS, timeLimit: 2000 }))
    await untilAsleep()
    const error = await failed
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^kept: a statement took longer than 2 s/)
    await expect.poll(sleeping).toEqual([])
    await expectUsable()
  })

  /** Its rows are soon counted. */
  const SLOW_COLUMN = { from: 'SELECT a, slowly(b) AS b FROM kept' }
  const counting = async () =>
    (
      await watcher.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%COUNT(x0)%slowly(%'
          AND pid <> pg_backend_pid()`,
      )
    ).rows

  test('a statement that somebody else ends is no column that cannot be read', async () => {
    const failed = errorOf(compare(SLOW_COLUMN))
    await expect.poll(counting).toHaveLength(1)
    const [{ pid }] = (await counting()) as [{ pid: number }]
    await watcher.query('SELECT pg_cancel_backend($1)', [pid])
    expect(await failed).toMatchObject({
      code: 'ERR_SOURCE',
      message: expect.stringMatching(/^query: canceling statement due to user request$/),
    })
    await expectUsable()
  })

  test('nor is one beyond a time limit of the server', async () => {
    await watcher.query("ALTER ROLE tidegauge SET statement_timeout = '2s'")
    try {
      expect(await errorOf(compare(SLOW_COLUMN))).toMatchObject({
        code: 'ERR_SOURCE',
        message: expect.stringMatching(/^query: canceling statement due to statement timeout$/),
      })
    } finally {
      await watcher.query('ALTER ROLE tidegauge RESET statement_timeout')
    }
    await expectUsable()
  })

  test.each([4, 1])('an abort ends it on the server too, with %i connections', async (max) => {
    const few = new pg.Pool({ connectionString: server.url, max })
    const aborting = new AbortController()
    const failed = errorOf(compare(SLEEPS, aborting.signal, few))
    await untilAsleep()
    aborting.abort()
    expect(await failed).toMatchObject({ name: 'AbortError' })
    await expect.poll(sleeping).toEqual([])
    expect(await compare({}, undefined, few)).toMatchObject({ reference: { rows: 1000 } })
    await few.end()
  })

  test('what is aborted already asks nothing', async () => {
    const error = await errorOf(compare({}, AbortSignal.abort()))
    expect(error.name).toBe('AbortError')
  })

  const END = 'true); COMMIT; BEGIN READ WRITE; DROP TABLE kept; --'
  test.each([
    { where: END },
    { from: END },
    { from: `kept WHERE (${END}` },
    { from: 'kept; DROP TABLE kept' },
  ])('nothing is asked where something would end the expression: %j', async (options) => {
    const running = async () => compare(options)
    expect(await errorOf(running())).toMatchObject({ code: 'ERR_INVALID_ARGUMENT' })
    await expectUsable()
  })

  test('nor where a setting of the server makes of a backslash an escape', async () => {
    await watcher.query('ALTER ROLE tidegauge SET standard_conforming_strings = off')
    const own = new pg.Pool({ connectionString: server.url })
    try {
      const { rows } = await own.query("SELECT '\\'' AS one, '1' AS other --' AS one")
      expect(rows).toEqual([{ one: "'", other: '1' }])
      const left = `kept) AS t ON false) u; DROP TABLE kept; SELECT * FROM (SELECT t.* FROM (SELECT 1) one LEFT JOIN (SELECT 1 --`
      for (const options of [
        { from: `SELECT a, '\\'' AS b FROM ${left}' AS b` },
        { where: `b = '\\'' ) OR (true OR b = '\\''` },
      ]) {
        // A pool alone sends what it is given by the simple protocol.
        const running = async () =>
          compareSources(
            sqlSource({ engine: own, dialect: postgres, from: 'kept', ...options }),
            sqlSource({ engine: own, dialect: postgres, from: 'kept' }),
          )
        const error = await errorOf(running())
        expect(error).toMatchObject({ code: 'ERR_INVALID_ARGUMENT' })
        expect(error.message).toMatch(/without a \\ right before a '/)
      }
      // What is read in one way is compared.
      const backslash = sqlSource({
        engine: postgresEngine(own),
        dialect: postgres,
        from: 'kept',
        where: "E'\\\\' <> '\\\\n'",
      })
      expect(await profileSource(backslash)).toMatchObject({ rows: 1000 })
    } finally {
      await watcher.query('ALTER ROLE tidegauge RESET standard_conforming_strings')
      await own.end()
    }
    await expectUsable()
  })

  test.each([
    { from: 'WITH gone AS (DELETE FROM kept RETURNING *) SELECT * FROM gone' },
    { from: 'SELECT a, writes() AS w FROM kept' },
    { from: 'writes()' },
    { where: 'writes() = 1' },
    { where: "nextval('counter') > 0" },
    { where: "set_config('transaction_read_only', 'off', false) = 'off' AND writes() = 1" },
    { where: "set_config('default_transaction_read_only', 'off', false) = 'off' AND writes() = 1" },
  ])('nothing is written: %j', async (options) => {
    // Of one column the engine may say that it cannot be read, of all of them that the source cannot be.
    const report = compare(options).then(
      ({ columns }) => columns.map(({ name, verdict, reason }) => ({ name, verdict, reason })),
      ({ code, message }) => [{ verdict: code, reason: message }],
    )
    expect(await report).toContainEqual(
      expect.objectContaining({
        verdict: expect.stringMatching(/ERR_SOURCE|insufficient-data/),
        reason: expect.stringMatching(/read-only transaction|data-modifying|read-write mode/),
      }),
    )
    const { rows } = await watcher.query(
      'SELECT (SELECT count(*) FROM kept)::int AS kept, (SELECT count(*) FROM log)::int AS log, (SELECT is_called FROM counter) AS counted',
    )
    expect(rows).toEqual([{ kept: 1000, log: 0, counted: false }])
    await expectUsable()
  })
})

describeWithServer('clickhouse', 'of a ClickHouse that fails', () => {
  let cluster: ClickHouseShards
  let client: ClickHouseClient
  beforeAll(async () => {
    cluster = await startClickHouseShards()
    client = clientOf(cluster.urls[0])
    await cluster.distribute('kept', 'a Float64')
    await cluster.shards[0].run('INSERT INTO kept SELECT number FROM system.numbers LIMIT 1000')
  })
  afterAll(async () => {
    await client?.close()
    await cluster?.stop()
  })
  const clientOf = (url: string) =>
    createClient({ url, max_open_connections: 4, log: { level: ClickHouseLogLevel.OFF } })
  const profile = (
    from: string,
    options: Partial<SqlSourceOptions> = {},
    signal?: AbortSignal,
    own = client,
  ) => {
    const engine = clickhouseEngine(own)
    const source = sqlSource({ engine, dialect: clickhouse18, from, ...options })
    return profileSource(source, signal === undefined ? {} : { signal })
  }
  const endless = async () =>
    Number(
      await cluster.shards[0].run(
        "SELECT count() FROM system.processes WHERE query LIKE 'SELECT COUNT(*) AS n FROM system.numbers%'",
      ),
    )
  const expectUsable = async () => expect(await profile('kept')).toMatchObject({ rows: 1000 })

  test('a wrong password is one line, without the password', async () => {
    const url = new URL(cluster.urls[0])
    url.password = 'hush-hush'
    const wrong = clientOf(url.href)
    const error = await errorOf(profile('kept', {}, undefined, wrong))
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^kept: .*password/i)
    expect(error.message).not.toMatch(/hush|\n/)
    await wrong.close()
  })

  test.each([
    ['no_such_table', {}, /^no_such_table: .*Table default.no_such_table doesn't exist/],
    ['kept', { where: 'no_such_column > 1' }, /^kept: .*no_such_column/],
  ])('what is not there is named: %s %j', async (from, options, message) => {
    const error = await errorOf(profile(from, options))
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(message)
    await expectUsable()
  })

  test('a statement that takes too long ends on the server too', async () => {
    const failed = errorOf(profile('system.numbers', { timeLimit: 2000 }))
    await expect.poll(endless).toBe(1)
    expect(await failed).toMatchObject({
      code: 'ERR_SOURCE',
      message: expect.stringMatching(/^system.numbers: a statement took longer than 2 s/),
    })
    await expect.poll(endless).toBe(0)
    await expectUsable()
  })

  test('an abort ends it on the server too', async () => {
    const aborting = new AbortController()
    const failed = errorOf(profile('system.numbers', {}, aborting.signal))
    await expect.poll(endless).toBe(1)
    aborting.abort()
    expect(await failed).toMatchObject({ name: 'AbortError' })
    await expect.poll(endless).toBe(0)
    await expectUsable()
  })

  test('a shard that is killed once the rows are counted is no column that cannot be read', async () => {
    const error = await errorOf(
      profile('kept', {
        onStatement({ sql }) {
          if (sql.startsWith('SELECT COUNT(*) AS n FROM'))
            process.kill(cluster.shards[1].pid, 'SIGKILL')
        },
      }),
    )
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^kept: .*(connect|refused|eof|closed)/i)
    expect(error.message).not.toContain('\n')
  })

  test('half of a table is none', async () => {
    await cluster.shards[1].stop()
    const error = await errorOf(profile('kept'))
    expect(error).toMatchObject({ code: 'ERR_SOURCE' })
    expect(error.message).toMatch(/^kept: .*(connection|refused)/i)
  })
})
