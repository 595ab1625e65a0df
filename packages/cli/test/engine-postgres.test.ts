import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DriftReport, TableProfile } from '@tidegauge/drift'
import { postgres } from '@tidegauge/sources/postgres'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { insertStatements } from '../../sources/test/insert-statements.ts'
import { type RunningPostgres, startPostgres } from '../../sources/test/servers/postgres.ts'
import { expectSameReport } from '../../sources/test/source-contract.ts'
import { randomNumbers, type TestTable } from '../../sources/test/tables.ts'
import { type CommandOptions, runCommand, spawnCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()

const MONTHS = ['2024-01-31', '2024-02-29'] as const

/** What a team keeps of its users, once a month. */
function snapshots(rows: number): TestTable {
  const random = randomNumbers(3)
  const all = Array.from({ length: 2 * rows }, (_, i) => {
    const month = i < rows ? 0 : 1
    const seen = random()
    return {
      as_of: new Date(MONTHS[month]!),
      taken_at: new Date(Date.parse(MONTHS[month]!) + Math.floor(seen * 86_399_999)),
      month: MONTHS[month]!.slice(0, 7),
      user_id: i % rows,
      age: 18 + Math.floor(60 * random()),
      tenure: random() < 0.05 ? null : -12 * Math.log(random()),
      spend: Math.round(1e4 * (random() + month * 0.2)) / 100,
      plan: ['free', 'basic', 'pro', "it's"][Math.floor(4 * random() ** 2)]!,
      'Support Tier': random() < 0.1 ? null : `tier ${Math.floor(3 * random())}`,
      active: random() < 0.8,
      churn_label: random() < 0.2 + month * 0.01,
    }
  })
  const kinds = {
    as_of: 'day',
    taken_at: 'zoned',
    month: 'text',
    user_id: 'whole',
    age: 'whole',
    tenure: 'double',
    spend: 'decimal',
    plan: 'text',
    'Support Tier': 'text',
    active: 'boolean',
    churn_label: 'boolean',
  } as const
  return Object.entries(kinds).map(([name, kind]) => ({
    name,
    kind,
    cells: all.map((row) => row[name as keyof typeof row]),
  }))
}

const TYPES = {
  double: 'double precision',
  real: 'real',
  whole: 'bigint',
  decimal: 'numeric(18, 2)',
  boolean: 'boolean',
  text: 'text',
  day: 'date',
  moment: 'timestamp',
  zoned: 'timestamptz',
}

const PG = ['--engine', 'postgres', '--table', 'user_snapshots', '--time', 'as_of']
const BOTH = ['--reference', MONTHS[0], '--current', MONTHS[1]]
/** Both were never compared with the files, which have no such columns. */
const UNSEEN = ['--exclude', 'user_id,taken_at,month']

describeWithServer('postgres', 'tidegauge drift --engine postgres', () => {
  let server: RunningPostgres
  let client: pg.Client

  beforeAll(async () => {
    server = await startPostgres()
    client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const statements = insertStatements('user_snapshots', snapshots(2000), {
      types: TYPES,
      identifier: postgres.identifier,
    })
    for (const sql of statements) await client.query(sql)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    for (const sql of statements) await connection.run(sql)
    for (const month of MONTHS) {
      await connection.run(
        `COPY (SELECT * FROM user_snapshots WHERE as_of = '${month}') TO '${file(`${month}.parquet`)}'`,
      )
    }
    connection.closeSync()
    instance.closeSync()
  })

  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  const run = (args: readonly string[], { env = {}, ...options }: CommandOptions = {}) =>
    runCommand(args, directory, { env: { TIDEGAUGE_DATABASE_URL: server.url, ...env }, ...options })

  const reportIn = (path: string) => JSON.parse(readFileSync(file(path), 'utf8')) as DriftReport

  test('the line, and both reports of two months in one table', async () => {
    const outcome = await run([
      ...['drift', ...PG, ...BOTH, ...UNSEEN, '--target', 'churn_label', '--out', 'reports'],
      '--quiet',
    ])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(outcome.stdout).toMatch(
      /^report_html=reports\/drift_2024-01-31_vs_2024-02-29\.html report_json=reports\/drift_2024-01-31_vs_2024-02-29\.json drift_share=[\d.]+ -> NO_ACTION drift_share=[\d.]+ < 0\.30 .*\n$/,
    )
    expect(readdirSync(file('reports')).sort()).toEqual([
      'drift_2024-01-31_vs_2024-02-29.html',
      'drift_2024-01-31_vs_2024-02-29.json',
    ])
    const report = reportIn('reports/drift_2024-01-31_vs_2024-02-29.json')
    expect(report.columns.map(({ name }) => name)).not.toContain('as_of')
    expect(report.reference).toMatchObject({ name: MONTHS[0], rows: 2000 })
  })

  test('the report is that of the same months as files', async () => {
    const more = ['--time', 'as_of', ...UNSEEN, '--target', 'churn_label', '--json']
    const names = ['--reference-name', MONTHS[0], '--current-name', MONTHS[1]]
    const files = await run([
      ...['drift', `${MONTHS[0]}.parquet`, `${MONTHS[1]}.parquet`, ...names, ...more],
    ])
    const tables = await run(['drift', ...PG, ...BOTH, ...more.slice(2)])
    expect([files.stderr, tables.stderr]).toEqual(['', ''])
    expectSameReport(JSON.parse(tables.stdout), JSON.parse(files.stdout))
  })

  test.each([
    ['as_of', '2024-01', '2024-02'],
    ['taken_at', '2024-01-31', '2024-02-29'],
    ['taken_at', '2024-01', '2024-02'],
    ['month', '2024-01', '2024-02'],
    ['plan', "it's", 'free'],
    ['churn_label', 'true', 'false'],
    ['age', '30', '31'],
  ])('--time %s takes %s and %s', async (time, reference, current) => {
    const { stdout, stderr } = await run([
      ...['drift', '--engine', 'postgres', '--table', 'user_snapshots', '--time', time],
      ...[reference, current, '--json'],
    ])
    expect(stderr).toBe('')
    const report = JSON.parse(stdout) as DriftReport
    expect(report.reference.name).toBe(reference)
    expect(report.columns.map(({ name }) => name)).not.toContain(time)
    const rows = async (value: string) => {
      const condition =
        time === 'taken_at' || time === 'as_of'
          ? `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD') LIKE $1 || '%'`
          : `${time}::text = $1`
      const { rows } = await client.query(
        `SELECT count(*)::int AS n FROM user_snapshots WHERE ${condition}`,
        [value],
      )
      return rows[0].n
    }
    expect(report.reference.rows).toBe(await rows(reference))
    expect(report.current.rows).toBe(await rows(current))
    expect(report.reference.rows).toBeGreaterThan(0)
  })

  test('a day of a timestamp is one of UTC, whatever the zone of the server is', async () => {
    await client.query('CREATE TABLE edges (at timestamptz, x int)')
    await client.query(
      `INSERT INTO edges SELECT t::timestamptz, 1 FROM unnest(ARRAY['2024-01-30 23:59:59.999999+00',
        '2024-01-31 00:00:00+00', '2024-01-31 23:59:59.999999+00', '2024-02-01 00:00:00+00']) t`,
    )
    await client.query("ALTER ROLE tidegauge SET TimeZone = 'Asia/Kolkata'")
    try {
      const { stdout } = await run([
        ...['drift', '--engine', 'postgres', '--table', 'edges', '--time', 'at'],
        ...['2024-01-31', '2024-02', '--json'],
      ])
      const { reference, current } = JSON.parse(stdout) as DriftReport
      expect([reference.rows, current.rows]).toEqual([2, 1])
    } finally {
      await client.query('ALTER ROLE tidegauge RESET TimeZone')
    }
  })

  test('the same from a config file, and a query in the place of a table', async () => {
    const config = {
      engine: 'postgres',
      from: 'SELECT age, spend, churn_label, as_of FROM user_snapshots',
      time: 'as_of',
      reference: MONTHS[0],
      current: MONTHS[1],
      target: 'churn_label',
      where: 'age >= 30',
    }
    writeFileSync(file('own.json'), JSON.stringify(config))
    const { stdout, stderr } = await run(['drift', '--config', 'own.json', '--json'])
    expect(stderr).toBe('')
    const report = JSON.parse(stdout) as DriftReport
    expect(report.columns.map(({ name }) => name).sort()).toEqual(['age', 'churn_label', 'spend'])
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM user_snapshots WHERE as_of = '2024-01-31' AND age >= 30",
    )
    expect(report.reference.rows).toBe(rows[0].n)
  })

  describe('a side may be a file', () => {
    const CURRENT = ['--current', MONTHS[1]]

    test('Parquet beside the table', async () => {
      const more = [...UNSEEN, '--json', '--reference-name', 'a', '--current-name', 'b']
      const files = await run([
        ...['drift', `${MONTHS[0]}.parquet`, `${MONTHS[1]}.parquet`, '--time', 'as_of', ...more],
      ])
      const mixed = await run([
        ...['drift', ...PG, '--reference-file', `${MONTHS[0]}.parquet`, ...CURRENT, ...more],
      ])
      expect(mixed).toMatchObject({ code: 0, stderr: '' })
      const [expected, report] = [files, mixed].map(({ stdout }) => JSON.parse(stdout)) as [
        DriftReport,
        DriftReport,
      ]
      expect(report.current.timeRange).toEqual(expected.current.timeRange)
      expect(report.columns.map(({ name, verdict }) => [name, verdict])).toEqual(
        expected.columns.map(({ name, verdict }) => [name, verdict]),
      )
      const counted = (name: string) => report.columns.find((column) => column.name === name)!
      const known = (name: string) => expected.columns.find((column) => column.name === name)!
      for (const name of ['plan', 'Support Tier', 'active', 'churn_label']) {
        expect(counted(name).statistic, name).toBe(known(name).statistic)
        expect(counted(name).current).toEqual(known(name).current)
      }
    })

    test('and the table beside a file', async () => {
      const { code, stdout } = await run([
        ...['drift', ...PG, '--reference', MONTHS[0], '--current-file', `${MONTHS[1]}.parquet`],
        '--json',
      ])
      expect(code).toBe(0)
      expect(JSON.parse(stdout).current).toMatchObject({ name: MONTHS[1], rows: 2000 })
    })

    test('a stored profile beside the table, all of which may be a side', async () => {
      const made = await run([
        ...['profile', `${MONTHS[0]}.parquet`, '--time', 'as_of', '--out', 'january.json'],
      ])
      expect(made.code).toBe(0)
      const stored = ['--reference-file', 'january.json', '--json']
      const month = await run(['drift', ...PG, ...stored, ...CURRENT])
      expect(month).toMatchObject({ code: 0, stderr: '' })
      expect(JSON.parse(month.stdout).reference).toMatchObject({ name: 'january', rows: 2000 })
      const all = await run([
        'drift',
        '--engine',
        'postgres',
        '--table',
        'user_snapshots',
        ...stored,
      ])
      expect(JSON.parse(all.stdout).current).toMatchObject({ name: 'user_snapshots', rows: 4000 })
    })
  })

  describe('what is wrong is one line, and exit 2', () => {
    const OUT = ['--out', 'nothing']

    async function expectRefused(
      args: readonly string[],
      message: RegExp,
      env: Readonly<Record<string, string | undefined>> = {},
    ): Promise<void> {
      const { code, stdout, stderr } = await run(['drift', ...args, ...OUT], { env })
      expect(stderr).toMatch(message)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(stderr).not.toContain(server.password)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(existsSync(file('nothing'))).toBe(false)
    }

    test('a value that no row has names some that are there', async () => {
      await expectRefused(
        [...PG, '--reference', '2024-01-30', '--current', MONTHS[1]],
        /--reference 2024-01-30: no row of user_snapshots is of that as_of; there are 2024-02-29, 2024-01-31\n/,
      )
      const times = ['--engine', 'postgres', '--table', 'user_snapshots', '--time']
      await expectRefused(
        [...times, 'taken_at', ...BOTH.slice(0, 3), '2024-03'],
        /--current 2024-03: .*; there are 2024-02-29, 2024-01-31\n/,
      )
      await expectRefused(
        [...times, 'user_id', '1', '999999'],
        /there are 1999, 1998, 1997, 1996, 1995, 1994, 1993, 1992, 1991, 1990\n/,
      )
    })

    test('a value that the column cannot have', async () => {
      await expectRefused(
        [...PG, '2024-02-30', MONTHS[1]],
        /--reference 2024-02-30 is no value of --time as_of, which is date: say a date/,
      )
      const byAge = ['--engine', 'postgres', '--table', 'user_snapshots', '--time', 'age']
      await expectRefused([...byAge, '30 OR true', '31'], /say a number/)
    })

    test('no such table, column or side', async () => {
      const table = ['--engine', 'postgres', '--time', 'as_of', ...BOTH, '--table']
      await expectRefused([...table, 'no_such'], /no_such: relation "no_such" does not exist/)
      await expectRefused(
        ['--engine', 'postgres', '--table', 'user_snapshots', '--time', 'asof', ...BOTH],
        /--time asof is not a column of user_snapshots, which has .*; did you mean as_of\?/,
      )
      await expectRefused(
        [...PG, ...BOTH, '--target', 'churned'],
        /--target churned is not a column of either side, which have .*churn_label/,
      )
      await expectRefused([...PG, '--reference', MONTHS[0]], /which rows are the current\?/)
      await expectRefused([...PG.slice(0, 4), ...BOTH], /Name it with --time/)
      await expectRefused(['--engine', 'postgres', ...PG.slice(4), ...BOTH], /name it with --table/)
      await expectRefused(['a.csv', 'b.csv', '--table', 'x'], /with --engine/)
      await expectRefused([...PG, ...BOTH, '--url', server.url], /stands in a config file alone/)
    })

    test('wrong credentials, no server, no URL', async () => {
      const wrong = server.url.replace(server.password, 'p%40ss%2Fw%C3%B6rd%23')
      await expectRefused([...PG, ...BOTH], /password authentication failed for user "tidegauge"/, {
        TIDEGAUGE_DATABASE_URL: wrong,
      })
      const gone = 'postgres://me:secret%21word@localhost:1/x'
      const { stderr } = await run(['drift', ...PG, ...BOTH], {
        env: { TIDEGAUGE_DATABASE_URL: gone },
      })
      expect(stderr).toMatch(/ECONNREFUSED/)
      expect(stderr).not.toMatch(/secret|word/)
      const none = { TIDEGAUGE_DATABASE_URL: undefined }
      await expectRefused([...PG, ...BOTH], /Set TIDEGAUGE_DATABASE_URL/, none)
      await expectRefused([...PG, ...BOTH], /must begin with postgres:\/\//, {
        TIDEGAUGE_DATABASE_URL: 'me:secret!word@host',
      })
      await expectRefused([...PG, ...BOTH], /is no URL/, {
        TIDEGAUGE_DATABASE_URL: 'postgres://me:secret!word@ho st/%zz',
      })
    })

    test('more than one condition, on the line and in a config file: the table is still there', async () => {
      const where = 'true); COMMIT; BEGIN READ WRITE; DROP TABLE user_snapshots; --'
      await expectRefused([...PG, ...BOTH, '--where', where], /--where must be one expression/)
      writeFileSync(file('where.json'), JSON.stringify({ where }))
      await expectRefused(
        [...PG, ...BOTH, '--config', 'where.json'],
        /--where must be one expression/,
      )
      const from = 'user_snapshots; DROP TABLE user_snapshots'
      await expectRefused(
        [...PG.slice(0, 2), ...PG.slice(4), ...BOTH, '--from', from],
        /--from must be one expression/,
      )
      const drop = "x'; DROP TABLE user_snapshots; --"
      await expectRefused([...PG.slice(0, 4), '--time', 'plan', drop, 'free'], /no row of/)
      await expectRefused(
        [...PG, ...BOTH, '--where', 'as_of IS NOT NULL AND pg_sleep(0) IS NULL AND 1/0 = 1'],
        /no row|division by zero/,
      )
      const { rows } = await client.query('SELECT count(*)::int AS n FROM user_snapshots')
      expect(rows[0].n).toBe(4000)
    })

    const SLOW = ['--where', 'pg_sleep(age * 0 + 0.05) IS NOT NULL']
    const running = async () => {
      const { rows } = await client.query(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'tidegauge' AND state = 'active'",
      )
      return rows.map(({ pid }) => pid as number)
    }

    test('a statement that takes too long is ended on the server', async () => {
      await expectRefused(
        [...PG, ...BOTH, ...SLOW, '--time-limit', '0.5'],
        /a statement took longer than 0\.5 s: raise it with --time-limit/,
      )
      await expect.poll(running).toEqual([])
    })

    test('a server that goes away meanwhile', async () => {
      const ended = run(['drift', ...PG, ...BOTH, ...SLOW, ...OUT])
      await expect.poll(async () => (await running()).length).toBe(1)
      // Once it reads what it compares: what it asks before comes back at once.
      await expect
        .poll(async () => {
          const { rows } = await client.query(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'tidegauge' AND query LIKE 'SELECT COUNT%'",
          )
          return rows.length
        })
        .toBe(1)
      for (const pid of await running()) await client.query(`SELECT pg_terminate_backend(${pid})`)
      const { code, stdout, stderr } = await ended
      expect(stderr).toMatch(/^tidegauge: .*terminat.*\n$/)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(existsSync(file('nothing'))).toBe(false)
    })

    test.skipIf(process.platform === 'win32')(
      'interrupted, it ends its statement on the server first',
      async () => {
        const child = spawnCommand(['drift', ...PG, ...BOTH, ...SLOW, ...OUT], directory, {
          env: { TIDEGAUGE_DATABASE_URL: server.url },
        })
        const closed = new Promise((resolve) => {
          child.once('close', (...how) => resolve(how))
        })
        let said = ''
        child.stderr.on('data', (text) => {
          said += text
        })
        await expect.poll(async () => (await running()).length).toBe(1)
        child.kill('SIGINT')
        expect(await closed).toEqual([null, 'SIGINT'])
        expect(await running()).toEqual([])
        expect(said).toBe('')
        expect(existsSync(file('nothing'))).toBe(false)
      },
    )
  })

  test('the password is in no report, log or profile', async () => {
    const { code, stdout, stderr } = await run([
      ...['drift', ...PG, ...BOTH, '--out', 'kept', '--log-statements', 'statements.log'],
      ...['--format', 'html,json,md,junit'],
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const log = readFileSync(file('statements.log'), 'utf8')
    const lines = log.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) {
      expect(JSON.parse(line)).toEqual({
        sql: expect.stringMatching(/^SELECT /),
        milliseconds: expect.any(Number),
        rows: expect.any(Number),
      })
    }
    const texts = readdirSync(file('kept')).map((name) =>
      readFileSync(file(`kept/${name}`), 'utf8'),
    )
    for (const text of [stdout, log, ...texts]) {
      expect(text).not.toContain(server.password)
      expect(text).not.toContain(String(server.port))
    }
  })

  const withoutNumbers = (sql: string) =>
    sql
      .replace(/;$/, '')
      .replace(/\[[^\]]*\]/g, '[]')
      .replace(/\(?-?\d[\d.]*(e[+-]?\d+)?\)?/g, '#')
      .replace(/(#, )+/g, '')

  test('--explain prints what would be run, and runs nothing but the catalogue', async () => {
    const args = ['drift', ...PG, ...BOTH, '--columns', 'age,tenure,plan,active']
    const ran = await run([...args, '--log-statements', 'ran.log'])
    expect(ran.code).toBe(0)
    const known = readFileSync(file('ran.log'), 'utf8').trimEnd().split('\n')
    await client.query('SELECT pg_stat_reset()')
    const { code, stdout, stderr } = await run([...args, '--explain', '--out', 'nothing'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(existsSync(file('nothing'))).toBe(false)
    expect(stdout).toMatch(/^-- The statements that tidegauge would run on postgres\./)
    const shown = stdout.split(/\n-- \d+.*\n/).slice(1)
    const shapes = (all: readonly string[]) => all.map((sql) => withoutNumbers(sql.trim())).sort()
    expect(shapes(shown)).toEqual(shapes(known.map((line) => JSON.parse(line).sql as string)))
    const { rows } = await client.query(
      "SELECT seq_scan::int AS n FROM pg_stat_user_tables WHERE relname = 'user_snapshots'",
    )
    expect(rows[0].n).toBe(0)
  })

  describe('tidegauge profile --engine postgres', () => {
    const AT = ['profile', ...PG, '--at', MONTHS[0]]

    test('stores what the month as a file would', async () => {
      const made = await run([...AT, '--out', 'table.json', '--exclude', 'user_id'])
      expect(made).toEqual({
        code: 0,
        stdout: 'profile=table.json rows=2000 columns=10\n',
        stderr: '',
      })
      await run([
        ...['profile', `${MONTHS[0]}.parquet`, '--time', 'as_of', '--exclude', 'user_id'],
        ...['--out', 'file.json'],
      ])
      const [table, ofFile] = ['table.json', 'file.json'].map(
        (path) => JSON.parse(readFileSync(file(path), 'utf8')) as TableProfile,
      ) as [TableProfile, TableProfile]
      expect(table.timeRange).toEqual(ofFile.timeRange)
      expect(table.origin).toEqual({ source: 'user_snapshots as_of 2024-01-31' })
      const counts = ({ columns }: TableProfile) =>
        columns.map(({ name, type, profile }) => ({ name, type, profile: { ...profile, sum: 0 } }))
      expect(counts(table)).toEqual(counts(ofFile))
    })

    test('counts into the bins of another, and refuses what holds for no table', async () => {
      await run([...AT, '--out', 'first.json'])
      const like = ['profile', ...PG, '--at', MONTHS[1], '--like', 'first.json']
      expect((await run([...like, '--out', 'second.json'])).code).toBe(0)
      const both = await run(['drift', 'first.json', 'second.json', '--time', 'as_of', '--json'])
      const table = await run(['drift', ...PG, ...BOTH, '--json'])
      const verdicts = (text: string) =>
        (JSON.parse(text) as DriftReport).columns.map(({ name, verdict }) => [name, verdict])
      expect(verdicts(both.stdout)).toEqual(verdicts(table.stdout))
      for (const [args, message] of [
        [[...AT, '--keep-sample'], /--keep-sample would fetch every value/],
        [['profile', ...PG.slice(0, 4), '--at', 'x'], /Name it with --time/],
        [['profile', 'x.csv', ...PG], /takes no file/],
        [['profile', 'x.csv', '--at', 'x'], /with --engine/],
        [['profile', ...PG, '--at', '2024-01-01'], /--at 2024-01-01: no row of/],
      ] as const) {
        const { code, stderr } = await run(args)
        expect(stderr).toMatch(message)
        expect(code).toBe(2)
      }
    })
  })

  describe('statements and rows as files', () => {
    const WITHOUT = { env: { TIDEGAUGE_DATABASE_URL: undefined } }

    /** As somebody else would: every statement, each cell as text. */
    async function answered(lines: string): Promise<string> {
      const answers = []
      for (const line of lines.trimEnd().split('\n')) {
        const { id, sql } = JSON.parse(line) as { readonly id: string; readonly sql: string }
        const { rows } = await client.query(sql)
        const texts = rows.map((row) =>
          Object.entries(row).map(([name, cell]) => [name, cell === null ? null : String(cell)]),
        )
        const answer = { id, rows: texts.map((row) => Object.fromEntries(row)) }
        answers.push(`${JSON.stringify(answer)}\n`)
      }
      return answers.join('')
    }

    /** Until no statement is left. */
    async function exchanged(args: readonly string[], path: string): Promise<number> {
      writeFileSync(file(path), '')
      for (let round = 0; ; round++) {
        const { code, stdout, stderr } = await run(['statements', ...args, '--rows', path], WITHOUT)
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        if (stdout === '') return round
        expect(round).toBeLessThan(15)
        appendFileSync(file(path), await answered(stdout))
      }
    }

    test('drift by them is drift by the engine', async () => {
      const args = [...PG, ...BOTH, '--target', 'churn_label']
      expect(await exchanged(args, 'rows.jsonl')).toBeLessThan(10)
      const carried = await run(['drift', ...args, '--rows', 'rows.jsonl', '--json'], WITHOUT)
      const direct = await run(['drift', ...args, '--json'])
      expect(carried).toEqual({ ...direct, code: 0, stderr: '' })
    })

    test('profile by them is profile by the engine; like a stored one takes fewer rounds', async () => {
      const args = [...PG, '--at', MONTHS[1]]
      await run([...['profile', ...PG, '--at', MONTHS[0]], '--out', 'like.json'])
      expect(await exchanged([...args, '--like', 'like.json'], 'like.jsonl')).toBeLessThan(7)
      const like = ['--like', 'like.json']
      const carried = await run(['profile', ...args, ...like, '--rows', 'like.jsonl'], WITHOUT)
      const direct = await run(['profile', ...args, ...like])
      expect(carried).toEqual({ ...direct, stderr: '' })
      expect(carried.code).toBe(0)
    })

    test('what is missing is told, and written where it is wanted', async () => {
      writeFileSync(file('none.jsonl'), '')
      const args = ['drift', ...PG, ...BOTH, '--rows', 'none.jsonl', '--out', 'nothing']
      const told = await run(args, WITHOUT)
      expect(told.code).toBe(2)
      expect(told.stderr).toMatch(
        /none\.jsonl lacks the rows of 1 statements: tidegauge statements/,
      )
      const written = await run([...args, '--statements', 'next.jsonl'], WITHOUT)
      expect(written.stderr).toMatch(
        /run those in next\.jsonl too, add what they give back to none/,
      )
      expect(written.code).toBe(2)
      const { stdout } = await run(['statements', ...PG, ...BOTH], WITHOUT)
      expect(readFileSync(file('next.jsonl'), 'utf8')).toBe(stdout)
      expect(existsSync(file('nothing'))).toBe(false)
    })

    test('a statement that failed there costs its column alone', async () => {
      const args = [...PG, ...BOTH, '--columns', 'age,plan']
      await exchanged(args, 'failed.jsonl')
      const lines = readFileSync(file('failed.jsonl'), 'utf8').trimEnd().split('\n')
      const { stdout } = await run(['statements', ...args], WITHOUT)
      expect(stdout.split('\n')).toHaveLength(2)
      const broken = lines.map((line) => {
        const { id, rows } = JSON.parse(line)
        return rows[0]?.v === 'free' ? JSON.stringify({ id, error: 'executor lost' }) : line
      })
      writeFileSync(file('failed.jsonl'), `${broken.join('\n')}\n`)
      const report = await run(['drift', ...args, '--rows', 'failed.jsonl', '--json'], WITHOUT)
      const { columns } = JSON.parse(report.stdout) as DriftReport
      expect(columns.map(({ name, verdict }) => [name, verdict])).toEqual([
        ['age', 'stable'],
        ['plan', 'insufficient-data'],
      ])
    })

    test.each([
      ['{"id": "x"', /line 2 is no JSON/],
      ['[]', /line 2 must have the "id"/],
      ['{"id": "x"}', /line 2 must have "rows"/],
      ['{"id": "x", "rows": [1]}', /line 2 must have "rows"/],
      ['null', /line 2 must have the "id"/],
    ])('a line %s is refused by its number', async (line, message) => {
      writeFileSync(file('wrong.jsonl'), `\n${line}\n`)
      const { code, stderr } = await run(
        ['drift', ...PG, ...BOTH, '--rows', 'wrong.jsonl'],
        WITHOUT,
      )
      expect(stderr).toMatch(message)
      expect(code).toBe(2)
    })

    test('rows of a statement that nobody asks for are told of, and ignored', async () => {
      const args = [...PG, ...BOTH, '--columns', 'age']
      await exchanged(args, 'more.jsonl')
      appendFileSync(file('more.jsonl'), '{"id": "__proto__", "rows": [{"n": 7}]}\n')
      const { code, stderr } = await run(['drift', ...args, '--rows', 'more.jsonl'], WITHOUT)
      expect(stderr).toMatch(
        /more\.jsonl: rows of 1 statements that are not asked for were ignored/,
      )
      expect(code).toBe(0)
    })
  })

  test('credentials of the environment go to no host that a config file names', async () => {
    const { port, user, password } = server
    const config = { url: `postgres://${user}@127.0.0.1:${port}/postgres` }
    writeFileSync(file('url.json'), JSON.stringify(config))
    writeFileSync(file('pgpass'), `*:*:*:*:${password}\n`, { mode: 0o600 })
    const env = {
      TIDEGAUGE_DATABASE_URL: undefined,
      PGPASSWORD: password,
      PGPASSFILE: file('pgpass'),
      PGUSER: user,
      PGHOST: '127.0.0.1',
    }
    const args = ['drift', ...PG, ...BOTH, '--config', 'url.json']
    const refused = await run(args, { env })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/password/)
    expect(refused.stderr).not.toContain(password)
    // With its own it is let in; and the environment's URL goes before the file's.
    const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres`
    writeFileSync(file('own-url.json'), JSON.stringify({ url }))
    const own = ['drift', ...PG, ...BOTH, '--config', 'own-url.json']
    expect(await run(own, { env })).toMatchObject({ code: 0, stderr: '' })
    const first = await run(own, { env: { TIDEGAUGE_DATABASE_URL: 'postgres://a@127.0.0.1:1/x' } })
    expect(first.stderr).toMatch(/ECONNREFUSED/)
  })
})
