import { existsSync, writeFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DriftReport } from '@tidegauge/drift'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectSameReport } from '../../sources/test/source-contract.ts'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()
const env = { TIDEGAUGE_DATABASE_URL: 'lake.duckdb' }
const run = (args: readonly string[], more: Readonly<Record<string, string | undefined>> = env) =>
  runCommand(args, directory, { env: more })

const DUCKDB = ['--engine', 'duckdb', '--table', 'snapshots', '--time', 'taken']

beforeAll(async () => {
  const instance = await DuckDBInstance.create(file('lake.duckdb'))
  const connection = await instance.connect()
  await connection.run(`CREATE TABLE snapshots AS SELECT
    TIMESTAMP '2024-01-31 08:00:00' + to_months((i // 2000)::INTEGER) AS taken,
    (i * 37) % 900 + (i // 2000) * 40 AS distance, hash(i)::DOUBLE AS noise,
    CASE WHEN i % 11 = 0 THEN NULL ELSE 'it''s ' || (i % 4) END AS carrier, i % 5 = 0 AS late
    FROM range(4000) t(i)`)
  for (const [name, month] of [
    ['january', 1],
    ['february', 2],
  ] as const) {
    await connection.run(
      `COPY (SELECT * FROM snapshots WHERE month(taken) = ${month}) TO '${file(`${name}.parquet`)}'`,
    )
  }
  await connection.run(`CREATE VIEW outside AS SELECT * FROM '${file('january.parquet')}'`)
  connection.closeSync()
  instance.closeSync()
})

describe('tidegauge drift --engine duckdb', () => {
  test.each<[what: string, args: readonly string[]]>([
    ['of two months', ['drift', ...DUCKDB, '2024-01', '2024-02']],
    ['of a profile', ['profile', ...DUCKDB, '--at', '2024-01']],
    [
      'beside a file of texts, all of the table',
      ['drift', ...DUCKDB.slice(0, 4), '--reference-file', 'january.csv'],
    ],
  ])('--explain %s', async (_, args) => {
    const rows = Array.from({ length: 200 }, (_, i) => `${i},${i % 7},it's ${i % 4},${i % 5 === 0}`)
    writeFileSync(file('january.csv'), ['distance,noise,carrier,late', ...rows].join('\n'))
    const { code, stdout, stderr } = await run([...args, '--explain'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('-- The statements that tidegauge would run on duckdb')
  })

  test('a table that fails beside a file that is being read is one line', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${i % 7},${i % 4},${i % 5 === 0}`)
    writeFileSync(file('large.csv'), ['distance,noise,carrier,late', ...rows].join('\n'))
    const query = `SELECT distance, error('enough') AS noise, carrier, late FROM snapshots`
    const { code, stdout, stderr } = await run([
      ...['drift', '--engine', 'duckdb', '--from', query, '--reference-file', 'large.csv'],
    ])
    expect({ code, stdout }).toEqual({ code: expect.any(Number), stdout: expect.any(String) })
    expect([0, 2]).toContain(code)
    expect(stderr).not.toContain('internal error')
  })

  test('the report is that of the same months as files', async () => {
    const names = ['--reference-name', '2024-01', '--current-name', '2024-02']
    const files = await run([
      ...['drift', 'january.parquet', 'february.parquet', '--time', 'taken', ...names],
      ...['--target', 'late', '--json'],
    ])
    const table = ['drift', ...DUCKDB, '2024-01', '2024-02', '--target', 'late', '--json']
    for (const url of ['lake.duckdb', 'duckdb:lake.duckdb', file('lake.duckdb')]) {
      const tables = await run(table, { TIDEGAUGE_DATABASE_URL: url })
      expect([tables.stderr, files.stderr]).toEqual(['', ''])
      expectSameReport(JSON.parse(tables.stdout), JSON.parse(files.stdout))
    }
  })

  test('from a config file with its url too', async () => {
    writeFileSync(
      file('duckdb.json'),
      JSON.stringify({
        engine: 'duckdb',
        url: 'lake.duckdb',
        table: 'snapshots',
        time: 'taken',
        referenceFile: 'january.parquet',
        current: '2024-02',
      }),
    )
    const { code, stdout, stderr } = await run(['drift', '--config', 'duckdb.json', '--json'], {
      TIDEGAUGE_DATABASE_URL: undefined,
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const report = JSON.parse(stdout) as DriftReport
    expect([report.reference.name, report.current.name]).toEqual(['january', '2024-02'])
    expect([report.reference.rows, report.current.rows]).toEqual([2000, 2000])
    // One argument is the side that is not said; the line goes before the file.
    const other = await run(
      ['drift', '--config', 'duckdb.json', '--current', '2024-01', '--quiet', '--json'],
      { TIDEGAUGE_DATABASE_URL: undefined },
    )
    expect(JSON.parse(other.stdout).current.name).toBe('2024-01')
  })

  test('the column of the times is none of two stored months either', async () => {
    for (const [at, out] of [
      ['2024-01', 'one.json'],
      ['2024-02', 'two.json'],
    ] as const) {
      expect((await run(['profile', ...DUCKDB, '--at', at, '--out', out])).code).toBe(0)
    }
    const { code, stdout, stderr } = await run(['drift', 'one.json', 'two.json', '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { columns, reference } = JSON.parse(stdout) as DriftReport
    expect(columns.map(({ name }) => name)).not.toContain('taken')
    expect(reference.timeRange).toEqual([Date.UTC(2024, 0, 31, 8), Date.UTC(2024, 0, 31, 8)])
  })

  test.each([
    ['drift', ...DUCKDB, '2024-01', '2024-02', '--columns', 'Late'],
    ['drift', ...DUCKDB, '2024-01', '2024-02', '--exclude', 'Late'],
    ['profile', ...DUCKDB, '--at', '2024-01', '--columns', 'Late'],
  ])('a column that is not there is named with those that are: %j', async (...args) => {
    const { code, stderr } = await run(args)
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /Late is not a column of .+, which ha(s|ve) taken, distance, noise, carrier, late; did you mean late\?/,
    )
  })

  test('nothing but the database is opened, nor is it written to', async () => {
    const from = (query: string) => [
      ...['drift', '--engine', 'duckdb', '--from', query, '--time', 'taken', '2024-01', '2024-02'],
    ]
    for (const query of [
      `SELECT * FROM read_text('${file('duckdb.json')}')`,
      `SELECT * FROM '${file('january.parquet')}'`,
      'outside',
    ]) {
      const { code, stdout, stderr } = await run(from(query))
      expect(stderr).toMatch(/^tidegauge: .*(disabled|Permission)/)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    }
    const copied = file('copied.csv')
    const copy = await run(from(`snapshots; COPY snapshots TO '${copied}'`))
    expect(copy).toMatchObject({ code: 2, stdout: '' })
    expect(existsSync(copied)).toBe(false)
  })

  test('what is no database is one line', async () => {
    for (const [url, message] of [
      ['nowhere.duckdb', /cannot open the DuckDB database: .*nowhere/],
      ['duckdb.json', /cannot open the DuckDB database: /],
      ['postgres://me:secret@host/x', /must be the path of a DuckDB database/],
    ] as const) {
      const { code, stdout, stderr } = await run(['drift', ...DUCKDB, '2024-01', '2024-02'], {
        TIDEGAUGE_DATABASE_URL: url,
      })
      expect(stderr).toMatch(message)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(stderr).not.toContain('secret')
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    }
  })

  test('a client that is not installed is named with the command that installs it', async () => {
    const { buildCommand } = await import('./command.ts')
    const elsewhere = await buildCommand(directory)
    try {
      const { execFile } = await import('node:child_process')
      const said = (engine: string, url: string) =>
        new Promise<string>((resolve) => {
          execFile(
            process.execPath,
            [elsewhere.bin, 'drift', ...['--engine', engine], ...DUCKDB.slice(2), '1', '2'],
            { env: { ...process.env, TIDEGAUGE_DATABASE_URL: url } },
            (_, __, stderr) => resolve(stderr),
          )
        })
      expect(await said('postgres', 'postgres://localhost:1/x')).toMatch(/: npm install pg\n$/)
      expect(await said('clickhouse', 'http://localhost:1')).toMatch(
        /: npm install @clickhouse\/client\n$/,
      )
      expect(await said('duckdb', 'x.duckdb')).toMatch(/: npm install @duckdb\/node-api\n$/)
    } finally {
      elsewhere.remove()
    }
  })

  test.each([
    ['clickhouse', 'http://me:se%2Fcret%21word@127.0.0.1:1/x'],
    ['trino', 'http://me:se%2Fcret%21word@127.0.0.1:1/x/y'],
  ])('%s that is not there is one line without the password', async (engine, url) => {
    const { code, stdout, stderr } = await run(
      ['drift', '--engine', engine, ...DUCKDB.slice(2), '2024-01', '2024-02'],
      { TIDEGAUGE_DATABASE_URL: url },
    )
    expect(stderr).toMatch(/^tidegauge: .*(ECONNREFUSED|fetch failed)/)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).not.toMatch(/cret|word/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})
