import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DriftReport } from '@tidegauge/drift'
import { tableFromArrays, tableToIPC } from '@uwdata/flechette'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

/** One table in every form that is read, compared with the same baseline: the reports must agree. */
const { directory, file } = workFolder()

const ROWS = 300
const rows = Array.from({ length: ROWS }, (_, i) => ({
  amount: i % 7 === 0 ? null : (i * 37) % 101,
  city: ['Köln', 'Paris, FR', 'the "big" one', 'a\nb'][i % 4]!,
  paid: i % 3 === 0,
}))

function csvOf(separator: string, lineEnd: string, bom = ''): string {
  const cell = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`
  const lines = rows.map(({ amount, city, paid }) =>
    [amount ?? '', cell(city), paid].join(separator),
  )
  return `${bom}${['amount', 'city', 'paid'].join(separator)}${lineEnd}${lines.join(lineEnd)}${lineEnd}`
}

beforeAll(async () => {
  writeFileSync(file('plain.csv'), csvOf(',', '\n'))
  writeFileSync(file('bom.csv'), csvOf(',', '\n', '\ufeff'))
  writeFileSync(file('crlf.csv'), csvOf(',', '\r\n'))
  writeFileSync(file('semicolon.csv'), csvOf(';', '\n'))
  writeFileSync(file('tab.tsv'), csvOf('\t', '\n'))
  writeFileSync(file('pipe.csv'), csvOf('|', '\n'))
  writeFileSync(file('packed.csv.gz'), gzipSync(csvOf(',', '\n')))
  writeFileSync(file('rows.json'), JSON.stringify(rows))
  writeFileSync(file('rows.ndjson'), rows.map((row) => JSON.stringify(row)).join('\n'))
  writeFileSync(file('packed.ndjson.gz'), gzipSync(readFileSync(file('rows.ndjson'))))
  const arrow = tableFromArrays({
    amount: rows.map(({ amount }) => amount),
    city: rows.map(({ city }) => city),
    paid: rows.map(({ paid }) => paid),
  })
  writeFileSync(file('rows.arrow'), tableToIPC(arrow, { format: 'file' })!)
  writeFileSync(file('rows.arrows'), tableToIPC(arrow, { format: 'stream' })!)
  mkdirSync(file('parts'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const scan = `read_ndjson_auto('${file('rows.ndjson')}')`
  await connection.run(`COPY (SELECT * FROM ${scan}) TO '${file('rows.parquet')}'`)
  for (const part of [0, 1]) {
    await connection.run(
      `COPY (SELECT * FROM ${scan} LIMIT ${ROWS / 2} OFFSET ${(part * ROWS) / 2}) TO '${file(`parts/p${part}.parquet`)}'`,
    )
  }
  connection.closeSync()
  instance.closeSync()
  writeFileSync(file('no-ending'), readFileSync(file('rows.parquet')))
})

async function reportOn(args: readonly string[], input?: Buffer): Promise<DriftReport> {
  const { code, stdout, stderr } = await runCommand(
    ['drift', ...args, '--json'],
    directory,
    input === undefined ? {} : { input },
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as DriftReport
}

const numbersOf = ({ columns }: DriftReport) =>
  columns.map(({ name, type, statistic, verdict, current, missing }) => {
    return { name, type, statistic, verdict, current, missing }
  })

let expected: ReturnType<typeof numbersOf>
beforeAll(async () => {
  expected = numbersOf(await reportOn(['rows.parquet', 'rows.parquet']))
  expect(expected.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'amount numeric',
    'city categorical',
    'paid categorical',
  ])
  expect(expected[0]!.missing.current).toBeCloseTo(43 / 300, 12)
})

/** Windows has no pipes in folders. */
const onUnix = test.skipIf(process.platform === 'win32')

describe('the same table gives the same numbers from', () => {
  test.each([
    'plain.csv',
    'bom.csv',
    'crlf.csv',
    'semicolon.csv',
    'tab.tsv',
    'pipe.csv',
    'packed.csv.gz',
    'rows.json',
    'rows.ndjson',
    'packed.ndjson.gz',
    'rows.arrow',
    'rows.arrows',
    'no-ending',
    'parts/*.parquet',
  ])('%s', async (name) => {
    const report = await reportOn(['rows.parquet', name])
    expect(report.current.rows).toBe(ROWS)
    expect(numbersOf(report)).toEqual(expected)
  })

  test.each([
    'plain.csv',
    'packed.csv.gz',
    'rows.ndjson',
    'rows.parquet',
    'rows.arrows',
    'rows.json',
  ])('%s on standard input', async (name) => {
    const report = await reportOn(['rows.parquet', '-'], readFileSync(file(name)))
    expect(report.current.name).toBe('stdin')
    expect(numbersOf(report)).toEqual(expected)
  })

  onUnix('a named pipe, which can be read but once', async () => {
    execFileSync('mkfifo', [file('fifo.csv')])
    const writer = spawn('cp', [file('plain.csv'), file('fifo.csv')])
    expect(numbersOf(await reportOn(['rows.parquet', 'fifo.csv']))).toEqual(expected)
    expect(writer.exitCode).toBe(0)
  })
})

describe('which rows and columns', () => {
  test('--where keeps the rows for which it holds, on both sides', async () => {
    const report = await reportOn([
      'plain.csv',
      'rows.parquet',
      '--where',
      'amount > 50 -- comment',
    ])
    const kept = rows.filter(({ amount }) => amount !== null && amount > 50).length
    expect([report.reference.rows, report.current.rows]).toEqual([kept, kept])
  })

  test('--columns reads these, and the target beside them', async () => {
    const report = await reportOn([
      'plain.csv',
      'rows.json',
      '--columns',
      'amount',
      '--target',
      'paid',
    ])
    expect(report.columns.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'amount feature',
      'paid target',
    ])
  })

  test('a column that is no number further down is one of numbers, and says what does not fit', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => (i === 29_000 ? 'broken' : `${i % 5}`))
    writeFileSync(file('late.csv'), `code,x\n${lines.map((code) => `${code},1`).join('\n')}\n`)
    const report = await reportOn(['late.csv', 'late.csv'])
    const misfits = { count: 1, example: 'broken', line: 29_002 }
    expect(report.columns[0]).toMatchObject({
      name: 'code',
      type: 'numeric',
      statistic: 0,
      reading: { reference: { misfits }, current: { misfits } },
    })
  })

  test('names and paths that look like SQL are names and paths', async () => {
    const name = `x"; DROP TABLE "reference"; --`
    const path = process.platform === 'win32' ? `o'clock; [1].csv` : `o'clock; [1]*.csv`
    const cells = rows.map((_, i) => i).join('\n')
    writeFileSync(file(path), `"${name.replaceAll('"', '""')}"\n${cells}\n`)
    const report = await reportOn([path, path])
    expect(report.columns).toMatchObject([{ name, type: 'numeric', statistic: 0 }])
  })

  test('--type overrules what a column looks like', async () => {
    const report = await reportOn(['plain.csv', 'rows.parquet', '--type', 'amount=categorical'])
    expect(report.columns[0]).toMatchObject({ name: 'amount', type: 'categorical' })
    expect(report.columns[0]!.current).toMatchObject({ n: 257, missing: 43 })
  })
})

describe('the time range of both sides', () => {
  const minute = (i: number) => Date.UTC(2026, 2, 1) + i * 60_000
  const lines = (first: number) =>
    Array.from({ length: 3000 }, (_, i) => {
      const at = new Date(minute(first + ((i * 7) % 3000)))
      return `${at.toISOString()},${at.getTime()},${i % 5 === 0 ? '2000-01-01' : '1990-06-01'},${i % 9}`
    })
  beforeAll(() => {
    writeFileSync(file('march.csv'), `at,ms,born,x\n${lines(0).join('\n')}\n`)
    writeFileSync(file('april.csv'), `at,ms,born,x\n${lines(40_000).join('\n')}\n`)
  })
  const FILES = ['march.csv', 'april.csv']
  const MARCH = [minute(0), minute(2999)]
  const APRIL = [minute(40_000), minute(42_999)]
  const seen = ({ reference, current, settings, columns }: DriftReport) => ({
    ranges: [reference.timeRange, current.timeRange],
    column: settings.timeColumn,
    compared: columns.map(({ name }) => name),
  })

  test('is that of --time, which is not compared', async () => {
    const expected = { ranges: [MARCH, APRIL], column: 'at', compared: ['ms', 'born', 'x'] }
    expect(seen(await reportOn([...FILES, '--time', 'at']))).toEqual(expected)
    // Counted, not held: still the extremes of all rows.
    const counted = [...FILES, '--time', 'at', '--exact-rows', '1000']
    expect(seen(await reportOn(counted))).toEqual(expected)
  })

  test('is read beside --columns, from milliseconds, from a stored profile and by a config file', async () => {
    const ofNumbers = ['--columns', 'x', '--time', 'ms', '--type', 'ms=datetime']
    expect(seen(await reportOn([...FILES, ...ofNumbers]))).toEqual({
      ranges: [MARCH, APRIL],
      column: 'ms',
      compared: ['x'],
    })
    await runCommand(['profile', 'march.csv', '--out', 'march.profile.json'], directory)
    writeFileSync(file('time.json'), '{"time": "at", "columns": ["x"]}')
    const stored = ['march.profile.json', 'april.csv', '--config', 'time.json']
    expect(seen(await reportOn(stored))).toEqual({
      ranges: [MARCH, APRIL],
      column: 'at',
      compared: ['x'],
    })
  })

  test('is that of the only column of dates, where there is one', async () => {
    expect(seen(await reportOn(FILES)).ranges).toEqual([undefined, undefined])
    expect(seen(await reportOn([...FILES, '--columns', 'at,x']))).toEqual({
      ranges: [MARCH, APRIL],
      column: 'at',
      compared: ['at', 'x'],
    })
  })

  test.each<[string, string, RegExp]>([
    ['no such column', 'att', /--time att is not a column of march.*did you mean at\?/],
    ['numbers', 'ms', /--time ms is a number in march\.csv: .*say --type ms=datetime/],
    ['no dates', 'x', /--time x is a number/],
  ])('%s as --time ends with 2', async (_, time, message) => {
    const { code, stdout, stderr } = await runCommand(
      ['drift', ...FILES, '--time', time],
      directory,
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^tidegauge: [^\n]*\n$/)
  })
})

describe('columns of more rows than are held', () => {
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    for (const [name, shift] of [
      ['big-a', 0],
      ['big-b', 0.4],
    ] as const) {
      // Two normals of a hash: the same on every machine.
      const u = (salt: number) => `(hash(i * 8 + ${salt}) % 1000003 + 1) / 1000004.0`
      await connection.run(`COPY (SELECT
          sqrt(-2 * ln(${u(1)})) * cos(2 * pi() * ${u(2)}) + ${shift} AS moved,
          sqrt(-2 * ln(${u(3)})) * cos(2 * pi() * ${u(4)}) AS still,
          'k' || (hash(i * 8 + 5) % 9) AS kind,
          CASE WHEN i % 4 = 0 THEN NULL WHEN i % 1000 = 1 THEN 'infinity'::DOUBLE ELSE i END AS gaps
        FROM range(50000) t(i)) TO '${file(`${name}.parquet`)}'`)
    }
    connection.closeSync()
    instance.closeSync()
  })
  const args = ['big-a.parquet', 'big-b.parquet']
  const columnsBy = async (...more: string[]) =>
    Object.fromEntries(
      (await reportOn([...args, ...more])).columns.map((column) => [column.name, column]),
    )

  test('are counted: every value, a lower bound of the statistic, and the report says so', async () => {
    const exact = await columnsBy()
    const counted = await columnsBy('--exact-rows', '10000')
    expect(exact.moved!.warnings).toEqual([])
    expect(counted.moved!.warnings).toEqual([
      expect.stringMatching(/^compared by counts in bins: .* is a lower bound$/),
      expect.stringMatching(
        /^more than 10,000 rows: every value was counted, between approximate quantiles/,
      ),
    ])
    expect(counted.moved!.current).toMatchObject({ n: 50_000 })
    const lost = exact.moved!.statistic! - counted.moved!.statistic!
    expect(lost).toBeGreaterThanOrEqual(0)
    expect(lost).toBeLessThan(0.01)
    for (const name of ['moved', 'still', 'kind', 'gaps']) {
      expect(counted[name]!.verdict).toBe(exact[name]!.verdict)
    }
    expect(counted.kind!.statistic).toBe(exact.kind!.statistic)
    expect(counted.gaps!.current).toMatchObject({ missing: 12_500, infinite: 50 })
    expect(counted.gaps!.warnings.join()).toContain('infinite values counted as missing')
  })

  test('are sampled for a method that needs the values', async () => {
    const method = ['--method', 'moved=wasserstein']
    const exact = await columnsBy(...method)
    const sampled = await columnsBy(...method, '--exact-rows', '10000')
    expect(sampled.moved!.warnings[0]).toMatch(/even sample of about 10,000 rows/)
    expect(sampled.moved!.method).toBe('wasserstein')
    expect(Math.abs(sampled.moved!.statistic! / exact.moved!.statistic! - 1)).toBeLessThan(0.1)
  })

  test('with more categories than can be counted are counted in a sample', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      `COPY (SELECT 'id-' || i AS id FROM range(1200000) t(i)) TO '${file('ids.parquet')}'`,
    )
    connection.closeSync()
    instance.closeSync()
    const [id] = (await reportOn(['ids.parquet', 'ids.parquet', '--exact-rows', '100000'])).columns
    expect(id!.warnings.join()).toContain('an even sample of about 100,000 rows a side')
    expect(id!.current!.n).toBeGreaterThan(98_000)
    expect(id!.current!.n).toBeLessThan(102_000)
    expect(id!.missing.current).toBe(0)
  })

  test('of long texts are compared by as many documents as are held', async () => {
    const documents = (shift: number) =>
      Array.from({ length: 8000 }, (_, row) => {
        const words = Array.from(
          { length: 1300 },
          (_, i) => `w${(row * 7919 + i * i + shift) % 997}`,
        )
        return `${row % 50},"${words.join(' ')}"`
      })
    for (const [i, name] of ['docs-a', 'docs-b'].entries()) {
      writeFileSync(file(`${name}.csv`), ['x,doc', ...documents(i * 31)].join('\n'))
    }
    const { columns } = await reportOn(['docs-a.csv', 'docs-b.csv'])
    const doc = columns.find(({ name }) => name === 'doc')!
    expect(doc).toMatchObject({ type: 'text', verdict: 'stable' })
    expect(doc.warnings.join()).toMatch(/an even sample of about [56],[0-9]{3} rows a side/)
  })

  test('of which one does not fit into memory are judged but for that one', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      `COPY (SELECT i % 50 AS x, repeat(md5(i::VARCHAR), 600) AS code FROM range(12000) t(i)) TO '${file('codes.parquet')}'`,
    )
    connection.closeSync()
    instance.closeSync()
    const { columns } = await reportOn(['codes.parquet', 'codes.parquet'])
    const [code, x] = columns.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    expect(x!.verdict).toBe('stable')
    expect(code).toMatchObject({
      verdict: 'insufficient-data',
      reason: expect.stringMatching(
        /^not read in the reference and the current table: it does not fit into the memory .* leave it out \(--exclude\)/,
      ),
    })
    const few = Array.from({ length: 60 }, (_, i) => `${i % 50},k${i % 3}`)
    writeFileSync(file('few.csv'), ['x,code', ...few].join('\n'))
    await runCommand(['profile', 'few.csv', '--out', 'few.json'], directory)
    for (const [files, where, held] of [
      [['few.json', 'codes.parquet'], 'current table', 'reference'],
      [['codes.parquet', 'few.json'], 'reference', 'current'],
    ] as const) {
      const beside = (await reportOn(files)).columns
      expect(beside.find(({ name }) => name === 'code')).toMatchObject({
        verdict: 'insufficient-data',
        reason: expect.stringMatching(`^not read in the ${where}: it does not fit`),
        [held]: { kind: 'categorical' },
      })
    }
    const stored = await runCommand(['profile', 'codes.parquet', '--out', 'codes.json'], directory)
    expect(stored).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(', without code: it does not fit'),
    })
    const [left] = JSON.parse(readFileSync(file('codes.json'), 'utf8')).unprofiled
    expect(left).toEqual({ name: 'code', type: null, reason: expect.stringContaining('memory') })
  })

  test('give the same report in each run', async () => {
    const once = await reportOn([...args, '--exact-rows', '10000'])
    expect(await reportOn([...args, '--exact-rows', '10000'])).toEqual(once)
  })
})

test('leaves nothing in the folder for temporary files', async () => {
  const temporary = file('temporary')
  mkdirSync(temporary)
  const env = { TMPDIR: temporary }
  await runCommand(['drift', 'plain.csv', '-'], directory, {
    env,
    input: readFileSync(file('plain.csv')),
  })
  await runCommand(['drift', 'plain.csv', 'none.csv'], directory, { env })
  expect(readdirSync(temporary).filter((name) => name.startsWith('tidegauge'))).toEqual([])
})
