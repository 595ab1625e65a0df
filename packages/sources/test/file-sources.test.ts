import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { detectDrift, profile } from '@tidegauge/drift'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { duckdb } from '../src/dialects/duckdb.ts'
import { type FileSourceOptions, fileSource } from '../src/files/index.ts'
import { compareSources, profileSource, sqlSource, type TableSource } from '../src/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'tidegauge-file-sources-'))
afterAll(() => rmSync(directory, { recursive: true }))
const path = (name: string) => join(directory, name)
const source = (name: string, options?: FileSourceOptions) => fileSource(path(name), options)

function write(name: string, text: string): string {
  writeFileSync(path(name), text)
  return path(name)
}

/** 400 rows of a month: numbers, words, dates, truth, and cells that are missing. */
function rowsOf(month: number) {
  return Array.from({ length: 400 }, (_, i) => ({
    amount: i % 20 === 0 ? null : ((i * 37) % 211) + 50 * month,
    city: i % 30 === 0 ? null : ['Oslo', 'Bergen', 'Troms\u00f8'][(i * (month + 1)) % 3]!,
    day: new Date(Date.UTC(2026, month, 1 + ((i * 11) % 28))),
    paid: i % (month + 2) === 0,
  }))
}

function tableOf(month: number) {
  const rows = rowsOf(month)
  return {
    amount: rows.map(({ amount }) => amount),
    city: rows.map(({ city }) => city),
    day: rows.map(({ day }) => day),
    paid: rows.map(({ paid }) => paid),
  }
}

const iso = (day: Date) => day.toISOString().slice(0, 10)

function csvOf(month: number): string {
  const lines = rowsOf(month).map(
    ({ amount, city, day, paid }) => `${amount ?? ''},${city ?? ''},${iso(day)},${paid}`,
  )
  return ['amount,city,day,paid', ...lines].join('\n')
}

beforeAll(async () => {
  write('january.csv', csvOf(0))
  write('february.csv', csvOf(1))
  const ndjson = rowsOf(1).map((row) => JSON.stringify({ ...row, day: iso(row.day) }))
  write('february.ndjson', ndjson.join('\n'))
  const connection = await (await DuckDBInstance.create()).connect()
  for (const [name, from] of [
    ['february.parquet', 'february.csv'],
    ['january.parquet', 'january.csv'],
  ] as const) {
    await connection.run(
      `COPY (FROM read_csv('${path(from)}')) TO '${path(name)}' (FORMAT parquet)`,
    )
  }
  await connection.run(
    `COPY (SELECT *, 1 AS month FROM read_csv('${path('january.csv')}') UNION ALL SELECT *, 2 FROM read_csv('${path('february.csv')}'))
      TO '${path('both.parquet')}' (FORMAT parquet)`,
  )
  connection.closeSync()
})

/** What is about the data, and not about how it was read. */
function told(report: Awaited<ReturnType<typeof compareSources>>) {
  const { id: _, settings, reference, current, columns, ...others } = report
  return {
    ...others,
    settings,
    rows: [reference.rows, current.rows],
    columns: columns.map(({ reading: _, ...column }) => column),
  }
}

const options = { target: 'paid', names: { reference: 'a', current: 'b' } } as const

describe('the report of two files is that of their rows', () => {
  const expected = () => told(detectDrift(tableOf(0), tableOf(1), options))

  test.each(['february.csv', 'february.ndjson', 'february.parquet'])('%s', async (current) => {
    const report = await compareSources(source('january.csv'), source(current), options)
    expect(told(report)).toEqual(expected())
  })

  test('each of one file, by a condition of its own', async () => {
    const columns = ['amount', 'city', 'day', 'paid']
    const month = (n: number) => source('both.parquet', { where: `month = ${n}`, columns })
    expect(told(await compareSources(month(1), month(2), options))).toEqual(expected())
  })

  test('and beside a stored profile that of its values', async () => {
    const stored = profile(tableOf(0))
    const report = await compareSources(stored, source('february.csv'), options)
    const names = (columns: readonly { readonly name: string; readonly verdict: string }[]) =>
      columns.map(({ name, verdict }) => [name, verdict])
    const ofRows = detectDrift(stored, tableOf(1), options)
    expect(names(report.columns)).toEqual(names(ofRows.columns))
    expect(report.columns.map(({ effect }) => effect)).toEqual(
      ofRows.columns.map(({ effect }) => effect),
    )
  })
})

test('a file beside a table of a database', async () => {
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`CREATE TABLE january AS FROM read_csv('${path('january.csv')}')`)
  const engine = {
    query: async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects(),
  }
  const table = sqlSource({ engine, dialect: duckdb, from: 'january' })
  const report = await compareSources(table, source('february.parquet'), options)
  const ofRows = detectDrift(tableOf(0), tableOf(1), options)
  expect(report.columns.map(({ name, verdict }) => [name, verdict])).toEqual(
    ofRows.columns.map(({ name, verdict }) => [name, verdict]),
  )
  connection.closeSync()
})

test('the profile of a file is that of its rows, and says how it was read', async () => {
  const stored = await profileSource(source('january.csv'))
  const { columns, reading, rows } = stored
  const ofRows = profile(tableOf(0))
  expect(rows).toBe(400)
  expect(reading).toEqual({ format: 'csv', delimiter: ',', header: true })
  expect(columns.map(({ name, type, profile }) => ({ name, type, profile }))).toEqual(
    ofRows.columns.map(({ name, type, profile }) => ({ name, type, profile })),
  )
})

test('a profile keeps as many categories as that of the rows', async () => {
  const codes = Array.from({ length: 3000 }, (_, i) => `k${i % 1500}`)
  write('codes.csv', ['code', ...codes].join('\n'))
  for (const options of [{}, { maxCategories: 20 }]) {
    const { columns } = await profileSource(source('codes.csv'), options)
    expect(columns[0]!.profile).toEqual(profile({ code: codes }, options).columns[0]!.profile)
  }
})

test('of one side alone the order of day and month is not known, of both it is', async () => {
  const dated = (name: string, dates: readonly string[]) =>
    write(
      name,
      ['day', ...Array.from({ length: 100 }, (_, i) => dates[i % dates.length]!)].join('\n'),
    )
  dated('open.csv', ['01/02/2026', '03/04/2026'])
  dated('certain.csv', ['01/02/2026', '28/04/2026'])
  const alone = await compareSources(source('open.csv'), source('open.csv'))
  expect(alone.columns[0]).toMatchObject({ verdict: 'insufficient-data' })
  expect(JSON.stringify(alone.columns[0])).toContain("say `dateFormat: 'day-first'`")
  expect(alone.decision.action).toBe('UNDECIDED')
  const together = await compareSources(source('open.csv'), source('certain.csv'))
  expect(together.columns[0]).toMatchObject({
    type: 'datetime',
    reading: { reference: { dateOrder: 'day-month-year' } },
  })
})

test('files of which different things are said are read each by itself', async () => {
  const numbers = (name: string, decimal: string) =>
    write(
      name,
      ['x;y', ...Array.from({ length: 100 }, (_, i) => `1${decimal}${100 + i};a`)].join('\n'),
    )
  numbers('comma.csv', ',')
  numbers('point.csv', '.')
  const report = await compareSources(
    source('comma.csv', { decimal: ',' }),
    source('point.csv', { decimal: '.' }),
  )
  const [x] = report.columns
  expect(x).toMatchObject({ name: 'x', type: 'numeric', verdict: 'stable', effect: 0 })
})

describe('what cannot be read is one clear line', () => {
  const errorOf = (work: Promise<unknown>): Promise<{ code: string; message: string }> =>
    work.then(
      () => expect.fail('it was read'),
      (error) => error,
    )

  test.each<[what: string, make: () => TableSource, message: RegExp]>([
    [
      'no file',
      () => source('january.cvs'),
      /january\.cvs: there is no such file; did you mean january\.csv\?$/,
    ],
    [
      'a condition',
      () => source('january.csv', { where: 'amont > 1' }),
      /^`where` cannot be used on .*did you mean/,
    ],
    [
      'more than a condition',
      () => source('january.csv', { where: 'true); DROP TABLE x; --' }),
      /^`where` must be one condition/,
    ],
    [
      'a column',
      () => source('january.csv', { columns: ['amount', 'cty'] }),
      /has no column cty, but amount, city, day, paid; did you mean city\?$/,
    ],
    [
      'an encoding',
      () => source('january.csv', { encoding: 'utf-9' }),
      /^`encoding` utf-9 is no encoding/,
    ],
    [
      'a stored profile',
      () => {
        write('stored.json', JSON.stringify(profile(tableOf(0))))
        return source('stored.json')
      },
      /stored\.json is a stored profile, and no table/,
    ],
    ['a directory', () => fileSource(directory), /it is a directory: name its files/],
  ])('%s', async (_, make, message) => {
    for (const work of [
      () => compareSources(make(), source('february.csv')),
      () => profileSource(make()),
    ]) {
      const error = await errorOf(work())
      expect(error).toMatchObject({ code: 'ERR_SOURCE' })
      expect(error.message).toMatch(message)
    }
  })

  test.each<[options: object, message: string]>([
    [{ format: 'xml' }, '"format" must be csv, parquet, json, ndjson, arrow'],
    [{ formats: 'csv' }, '"formats" must be an option: "format"'],
    [{ dateFormat: 'day_first' }, '"dateFormat" must be'],
    [{ decimal: ';' }, '"decimal" must be'],
    [{ header: 'yes' }, '"header" must be true or false'],
    [{ missing: 'NA' }, '"missing" must be a list of texts'],
  ])('options %o', (options, message) => {
    expect(() => source('january.csv', options as FileSourceOptions)).toThrow(message)
  })
})

test('an aborted comparison ends with what it was aborted with, and leaves nothing behind', async () => {
  const { readdirSync } = await import('node:fs')
  const scratch = mkdtempSync(join(directory, 'scratch-'))
  const before = process.env.TMPDIR
  process.env.TMPDIR = scratch
  try {
    const controller = new AbortController()
    const running = compareSources(source('january.csv'), source('february.csv'), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    })
    await expect(running).rejects.toThrow('enough')
    expect(readdirSync(scratch)).toEqual([])
    await compareSources(source('january.csv'), source('february.csv'))
    expect(readdirSync(scratch)).toEqual([])
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
})

describe('found by attack', () => {
  test.runIf(process.platform !== 'win32')('two pipes are two files', async () => {
    const pipe = (name: string, from: string) => {
      const fifo = path(name)
      expect(spawnSync('mkfifo', [fifo]).status).toBe(0)
      const writing = spawn('sh', ['-c', `cat '${path(from)}' > '${fifo}'`])
      return { fifo, ended: new Promise((resolve) => writing.once('exit', resolve)) }
    }
    const [a, b] = [pipe('fifo-a', 'january.csv'), pipe('fifo-b', 'february.csv')]
    const report = await compareSources(fileSource(a.fifo), fileSource(b.fifo), options)
    await Promise.all([a.ended, b.ended])
    const files = await compareSources(source('january.csv'), source('february.csv'), options)
    expect(told(report)).toEqual(told(files))
  })

  test('rows that are drawn are the same of each column', async () => {
    const drawn = source('both.parquet', { where: 'random() < 0.5' })
    const { rows, columns } = await profileSource(drawn)
    expect(rows).toBeGreaterThan(200)
    for (const { profile } of columns) {
      const infinite = profile.kind === 'numeric' ? (profile.infinite ?? 0) : 0
      expect(profile.n + profile.missing + infinite).toBe(rows)
    }
  })

  describe('a file that is written anew while it is read is an error', () => {
    const CELLS = `'k' || (r % 5) AS a, 'l' || (r % 7) AS b, r AS c, 'm' || (r % 3) AS d`
    const writeRows = async (name: string, rows: number) => {
      const connection = await (await DuckDBInstance.create()).connect()
      const to = `TO '${path(name)}' (FORMAT parquet)`
      await connection.run(`COPY (SELECT ${CELLS} FROM range(${rows}) t(r)) ${to}`)
      connection.closeSync()
    }

    test.each([
      ['fewer rows', 500],
      ['more rows', 9000],
      ['as many rows', 5000],
    ])('%s', async (_, rows) => {
      await writeRows('changes.parquet', 5000)
      await writeRows('next.parquet', rows)
      let isChanged = false
      const onProgress = () => {
        if (!isChanged) renameSync(path('next.parquet'), path('changes.parquet'))
        isChanged = true
      }
      const changing = source('changes.parquet')
      const work = [
        () => compareSources(changing, changing, { onProgress }),
        () => compareSources(profile({ a: ['k1'], b: ['l1'] }), changing, { onProgress }),
        () => profileSource(changing, { onProgress }),
      ]
      for (const begin of work) {
        await writeRows('changes.parquet', 5000)
        await writeRows('next.parquet', rows)
        isChanged = false
        await expect(begin()).rejects.toThrow(/changes\.parquet was written anew while it was read/)
      }
    })

    test('one that is gone, too', async () => {
      await writeRows('changes.parquet', 5000)
      const onProgress = () => rmSync(path('changes.parquet'), { force: true })
      const running = profileSource(source('changes.parquet'), { onProgress })
      await expect(running).rejects.toMatchObject({ code: 'ERR_SOURCE' })
    })
  })

  test('documents of texts are in no profile, unless they are said to be categories', async () => {
    const words = ['one', 'of', 'many', 'words', 'that', 'nobody', 'counts', 'as', 'a', 'category']
    const documents = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: 12 }, (_, j) => words[(i * 7 + j * j) % words.length])
        .join(' ')
        .concat(` ${i}`),
    )
    write('documents.csv', ['text,x', ...documents.map((text, i) => `${text},${i}`)].join('\n'))
    const { columns, unprofiled } = await profileSource(source('documents.csv'))
    expect(columns.map(({ name }) => name)).toEqual(['x'])
    expect(unprofiled).toEqual(
      profile({ text: documents, x: documents.map((_, i) => i) }).unprofiled,
    )
    const said = await profileSource(source('documents.csv'), { types: { text: 'categorical' } })
    expect(said.columns.map(({ name }) => name)).toEqual(['text', 'x'])
  })

  test('a column of times that is not stored has its range', async () => {
    const stored = await profileSource(source('january.csv'), { columns: ['amount'], time: 'day' })
    expect(stored.columns.map(({ name }) => name)).toEqual(['amount'])
    expect(stored.timeRange).toEqual(profile(tableOf(0), { time: 'day' }).timeRange)
  })

  test('times that are none are refused', async () => {
    const running = compareSources(source('january.csv'), source('february.csv'), { time: 'city' })
    await expect(running).rejects.toThrow('"time" must be a column of dates on both sides')
  })

  describe.each(['reference', 'current'] as const)(
    'a source put into another one: the %s',
    (side) => {
      const reportsOf = async (into: (own: TableSource) => TableSource) => {
        const files = { reference: source('january.csv'), current: source('february.parquet') }
        const wrapped = { ...files, [side]: into(files[side]) }
        return {
          report: await compareSources(wrapped.reference, wrapped.current, { target: 'paid' }),
          plain: await compareSources(files.reference, files.current, { target: 'paid' }),
        }
      }

      test('renamed, it is read together with the other', async () => {
        const { report, plain } = await reportsOf((own) => ({ ...own, name: 'mine' }))
        expect(report[side].name).toBe('mine')
        expect(report.columns).toEqual(plain.columns)
      })

      test('hidden within, it is read by itself', async () => {
        const { report, plain } = await reportsOf((own) => ({
          name: 'mine',
          shape: () => own.shape(),
          read: (request) => own.read(request),
          open: (run, context) => own.open!(run, context),
        }))
        expect(report.columns.map(({ name, verdict }) => [name, verdict])).toEqual(
          plain.columns.map(({ name, verdict }) => [name, verdict]),
        )
        expect(report.columns.map(({ reason }) => reason).join()).not.toContain('not read')
      })
    },
  )

  test('whole numbers written as floats are no categories to Evidently 0.7', async () => {
    const cells = Array.from({ length: 200 }, (_, i) => i % 3)
    write('floats.csv', ['x,y', ...cells.map((x) => `${x}.0,${x}`)].join('\n'))
    const one = source('floats.csv')
    const { columns } = await compareSources(one, one, { preset: 'evidently-0.7' })
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ['x', 'numeric'],
      ['y', 'categorical'],
    ])
  })

  test('dates are dates beside what has them as dates: to Evidently’s rules too', async () => {
    const stored = profile(tableOf(0), { columns: ['day', 'amount'], keepSample: true })
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(`CREATE TABLE t AS SELECT day, amount FROM '${path('january.csv')}'`)
    const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects()
    const table = sqlSource({ engine: { query }, dialect: duckdb, from: 't' })
    for (const reference of [stored, table]) {
      const report = await compareSources(reference, source('february.csv'), {
        columns: ['day', 'amount'],
        preset: 'evidently-0.7',
      })
      const day = report.columns.find(({ name }) => name === 'day')
      expect(day).toMatchObject({ type: 'datetime', finding: 'left-out' })
      expect(report.changedTypes).toEqual([])
    }
    connection.closeSync()
    instance.closeSync()
  })

  test('a profile like one of other columns is refused', async () => {
    await expect(
      profileSource(source('january.csv'), { like: profile({ elsewhere: [1, 2, 3] }) }),
    ).rejects.toThrow(/^"like" must be a profile of one of the table's columns at least \(.*amount/)
  })

  test('a profile like another one tells moments and distinct values too', async () => {
    const like = profile(tableOf(0), { columns: ['amount', 'day'] })
    const stored = await profileSource(source('february.csv'), { like })
    const ofRows = profile(tableOf(1), { like })
    const facts = (all: typeof stored) =>
      all.columns.map(({ name, distinct, moments, profile }) => ({
        name,
        distinct,
        moments,
        profile,
      }))
    expect(facts(stored)).toEqual(facts(ofRows))
  })

  test('a long column has its deciles, as that of the command', async () => {
    const { columns } = await profileSource(source('january.csv'), { exactRows: 100 })
    const { columns: exact } = profile(tableOf(0))
    const decilesOf = (all: typeof columns) => {
      const [{ profile: counted }] = all as unknown as [
        { profile: { edges: number[]; deciles?: number[] } },
      ]
      return counted.deciles?.map((place) => counted.edges[place])
    }
    expect(decilesOf(columns)).toEqual(decilesOf(exact))
  })

  test.each([undefined, null, 'b.csv', {}])(
    'a current side that is %j is refused',
    async (other) => {
      await expect(compareSources(source('january.csv'), other as never)).rejects.toThrow(
        '"current" must be a source, as sqlSource and fileSource make it, or a stored profile',
      )
    },
  )

  test('no column that is named is all rows, and no columns', async () => {
    const report = await compareSources(source('january.csv'), source('february.csv'), {
      columns: [],
    })
    expect(report.columns).toEqual([])
    expect(() => source('january.csv', { columns: [] })).toThrow(
      '"columns" must be a list of names',
    )
    expect(() => source('january.csv', { where: 5 as never })).toThrow('"where" must be a text')
  })

  test('many comparisons at once', async () => {
    const warnings: unknown[] = []
    const hear = (warning: unknown) => warnings.push(warning)
    process.on('warning', hear)
    const one = source('january.csv')
    const all = await Promise.all(
      Array.from({ length: 12 }, () => compareSources(one, one, { columns: ['amount'] })),
    )
    process.off('warning', hear)
    expect(new Set(all.map(({ decision }) => decision.action))).toEqual(new Set(['NO_ACTION']))
    expect(warnings).toEqual([])
  })
})
