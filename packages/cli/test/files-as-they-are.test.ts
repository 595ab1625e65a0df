import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { TableInput } from '@tidegauge/core'
import {
  type ColumnReadings,
  type DriftReport,
  detectDrift,
  profile,
  type TableProfile,
} from '@tidegauge/drift'
import { beforeAll, describe, expect, test } from 'vitest'
import { drawNumbers } from '../../sources/test/drawing.ts'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

/**
 * Files that the command used to read as something else than they say. Each column is made twice: as the values that
 * are meant, which the library is given, and as the texts that stand in the file.
 */
const { directory, file } = workFolder()

type Value = number | string | boolean | Date | null
/** A value, and how the file has it. */
type Cell = readonly [value: Value, text: string]

interface Column {
  readonly name: string
  readonly reference: readonly Cell[]
  readonly current: readonly Cell[]
  /** As it is told, of each format; undefined: there is nothing to tell. */
  readonly reading?: ColumnReadings
}

const draw = drawNumbers(13)
const normal = (mean: number, deviation: number) =>
  mean + deviation * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
const ROWS = 700
const rows = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i))
const sides = <T>(of: (mean: number) => T) => ({ reference: of(50), current: of(60) })
const two = (n: number) => String(n).padStart(2, '0')
const MISSING = 0.05

const groups = (whole: string, sign: string) => whole.replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, sign)
const written = (x: number, thousands: string, decimal: string) => {
  const [whole, cents] = x.toFixed(2).split('.') as [string, string]
  return `${groups(whole, thousands)}${decimal}${cents}`
}

/** Numbers whose mean moves by one standard deviation, some of them missing under a name. */
function withMissing(name: string, spelling: string, on = ['reference', 'current']): Column {
  const cellsOf = (side: string, mean: number) =>
    rows(ROWS, (i): Cell => {
      if (on.includes(side) && (i === 0 || draw() < MISSING)) return [null, spelling]
      const text = normal(mean, 10).toFixed(3)
      return [Number(text), text]
    })
  const reference = cellsOf('reference', 50)
  const current = cellsOf('current', 60)
  const told = (cells: readonly Cell[]) => {
    const count = cells.filter(([value]) => value === null).length
    return { sourceType: 'text', missing: [{ text: spelling.trim(), count }] }
  }
  const reading = {
    ...(on.includes('reference') && { reference: told(reference) }),
    ...(on.includes('current') && { current: told(current) }),
  }
  return { name, reference, current, reading }
}

function numbers(
  name: string,
  factor: number,
  text: (x: number) => string,
  told: ColumnReadings['reference'],
): Column {
  const of = (mean: number) =>
    rows(ROWS, (): Cell => {
      const x = Number((factor * normal(mean, 10)).toFixed(2))
      return [x, text(x)]
    })
  const reading = { sourceType: 'text', ...told }
  return { name, ...sides(of), reading: { reference: reading, current: reading } }
}

function ofRows(
  name: string,
  reference: (i: number) => Cell,
  current: (i: number) => Cell,
  told?: ColumnReadings['reference'],
  n = ROWS,
): Column {
  const reading = told && { sourceType: 'text', ...told }
  return {
    name,
    reference: rows(n, reference),
    current: rows(n, current),
    ...(reading && { reading: { reference: reading, current: reading } }),
  }
}

const date = (order: (day: string, month: string) => string) => (days: number) => (i: number) =>
  [new Date(Date.UTC(2024, 0, 1 + (i % days))), order(two(1 + (i % days)), '01')] satisfies Cell
const clock = (start: number) => (): Cell => {
  const [h, m] = [start + Math.floor(4 * draw()), Math.floor(60 * draw())]
  return [h * 3600 + m * 60, `${two(h)}:${two(m)}:00`]
}
const account = (shares: readonly number[]) => (): Cell => {
  const u = draw()
  const at = shares.findIndex((_, i) => u < shares.slice(0, i + 1).reduce((a, b) => a + b, 0))
  const code = String(1_445_078_208_190_291_968n + BigInt(at))
  return [code, code]
}
const whole =
  (value: (i: number) => number) =>
  (i: number): Cell => [value(i), String(value(i))]

const monthsFirst = date((day, month) => `${month}/${day}/2024`)
const daysFirst = date((day, month) => `${day}.${month}.2024`)

interface Pair {
  readonly delimiter: string
  readonly columns: readonly Column[]
  readonly options?: readonly string[]
  /** Of `profile`, which sees one side alone. */
  readonly toStore?: readonly string[]
}

const AMERICAN: Pair = {
  delimiter: ',',
  options: ['--type', 'account=categorical'],
  toStore: ['--date-format', 'month-first'],
  columns: [
    withMissing('NA', 'NA'),
    withMissing('null', 'null'),
    withMissing('dash', '-'),
    withMissing('None', 'None'),
    withMissing('backslash', '\\N'),
    withMissing('question', '?'),
    withMissing('point', '.'),
    withMissing('blank', ' '),
    withMissing('NA before', 'NA', ['reference']),
    withMissing('NA after', 'n/a', ['current']),
    numbers('thousands', 1000, (x) => written(x, ',', '.'), { thousandsSign: ',' }),
    numbers('dollars', 1, (x) => `$${written(x, '', '.')}`.replace('$-', '-$'), { unit: '$' }),
    numbers('percent', 1, (x) => `${written(x, '', '.')} %`, { unit: '%' }),
    ofRows('month first', monthsFirst(12), monthsFirst(31), { dateOrder: 'month-day-year' }),
    ofRows('time of day', clock(8), clock(16), { timeOfDay: true }),
    ofRows('account', account(rows(6, () => 1 / 6)), account([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])),
    ofRows(
      'constructor',
      whole((i) => i),
      whole((i) => i + 100),
    ),
    ofRows(
      '__proto__',
      whole((i) => i % 3),
      whole((i) => i % 5),
    ),
    ofRows(
      '::error file=x.js::drifted',
      whole((i) => i % 9),
      whole((i) => i % 9),
    ),
  ],
}

const EUROPEAN: Pair = {
  delimiter: ';',
  toStore: ['--date-format', 'day-first'],
  columns: [
    ofRows(
      'ville',
      (i) => [['Lyon', 'Lille'][i % 2]!, ['Lyon', 'Lille'][i % 2]!],
      (i) => {
        const name = i % 3 ? 'Lyon' : 'Lille'
        return [name, name]
      },
    ),
    numbers('virgule', 1, (x) => written(x, '', ','), { decimalSign: ',' }),
    numbers('milliers', 1000, (x) => written(x, '.', ','), {
      decimalSign: ',',
      thousandsSign: '.',
    }),
    numbers('espaces', 1000, (x) => written(x, '\u202f', ','), {
      decimalSign: ',',
      thousandsSign: ' ',
    }),
    numbers('euros', 1, (x) => `${written(x, '', ',')} €`, { decimalSign: ',', unit: '€' }),
    ofRows('tag', daysFirst(12), daysFirst(31), { dateOrder: 'day-month-year' }),
  ],
}

/** Past the 20,480 rows by which types were once decided. */
const EARLY = 25_000
const LATE = 6_000
const lately = (early: (i: number) => Cell, late: (i: number) => Cell) => (i: number) =>
  i < EARLY ? early(i) : late(i)
const plainDate = (i: number): Cell => {
  const day = 1 + (i % 28)
  return [new Date(Date.UTC(2024, 0, day)), `2024-01-${two(day)}`]
}
const withTime =
  (hour: number) =>
  (i: number): Cell => {
    const day = 1 + (i % 28)
    return [new Date(Date.UTC(2024, 0, day, hour, 30)), `2024-01-${two(day)} ${two(hour)}:30:00`]
  }
const fraction = (low: number) => (): Cell => {
  const text = (low + 0.23 * draw()).toFixed(2)
  return [Number(text), text]
}
const code = (n: number): Cell => [String(n).padStart(4, '0'), String(n).padStart(4, '0')]

const LATELY: Pair = {
  delimiter: '\t',
  columns: [
    ofRows(
      'decimals',
      lately(() => [0, '0'], fraction(0.01)),
      lately(() => [0, '0'], fraction(0.25)),
      undefined,
      EARLY + LATE,
    ),
    ofRows(
      'times',
      lately(plainDate, withTime(6)),
      lately(plainDate, withTime(18)),
      undefined,
      EARLY + LATE,
    ),
    ofRows(
      'codes',
      lately(
        (i) => code(1000 + (i % 7)),
        (i) => code(1 + (i % 7)),
      ),
      lately(
        (i) => code(1000 + (i % 7)),
        (i) => code(3 + (i % 7)),
      ),
      {
        notes: [
          'whole numbers with leading zeros: read as codes; where they are numbers, say --type column=numeric',
        ],
      },
      EARLY + LATE,
    ),
    {
      ...ofRows(
        'NA',
        lately(
          whole((i) => i % 50),
          (i) => (i % 2 ? [null, 'NA'] : [80, '80']),
        ),
        lately(
          whole((i) => i % 50),
          (i) => (i % 2 ? [null, 'NA'] : [99, '99']),
        ),
        { missing: [{ text: 'NA', count: LATE / 2 }] },
        EARLY + LATE,
      ),
    },
    ofRows(
      'commas',
      lately(
        () => [7, '7'],
        () => [7.25, '7,25'],
      ),
      lately(
        () => [7, '7'],
        () => [8.5, '8,5'],
      ),
      { decimalSign: ',' },
      EARLY + LATE,
    ),
  ],
}

const PAIRS = { American: AMERICAN, European: EUROPEAN, lately: LATELY } as const
const FORMATS = ['csv', 'csv.gz', 'json', 'ndjson'] as const
type Side = 'reference' | 'current'
const SIDES: readonly Side[] = ['reference', 'current']

function linesOf({ columns, delimiter }: Pair, side: Side): string {
  const cellText = (text: string) => (text.includes(delimiter) ? `"${text}"` : text)
  const names = columns.map(({ name }) => name).join(delimiter)
  const lines = columns[0]![side].map((_, i) =>
    columns.map((column) => cellText(column[side][i]![1])).join(delimiter),
  )
  return `${[names, ...lines].join('\n')}\n`
}

/** Numbers without quotes as far as JSON has such. */
function objectsOf({ columns }: Pair, side: Side): string[] {
  const isNumber = /^-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?$/
  return columns[0]![side].map((_, i) => {
    const members = columns.map((column) => {
      const text = column[side][i]![1]
      return `${JSON.stringify(column.name)}:${isNumber.test(text) ? text : JSON.stringify(text)}`
    })
    return `{${members.join(',')}}`
  })
}

function write(name: string, pair: Pair, side: Side): void {
  const csv = linesOf(pair, side)
  writeFileSync(file(`${name}.csv`), csv)
  writeFileSync(file(`${name}.csv.gz`), gzipSync(csv))
  const objects = objectsOf(pair, side)
  writeFileSync(file(`${name}.ndjson`), `${objects.join('\n')}\n`)
  writeFileSync(file(`${name}.json`), `[${objects.join(',\n')}]`)
}

function truthOf({ columns }: Pair, side: Side): TableInput {
  return Object.fromEntries(
    columns.map((column) => [column.name, column[side].map(([value]) => value)]),
  )
}

async function reportOn(args: readonly string[]): Promise<DriftReport> {
  const { code, stdout, stderr } = await runCommand(['drift', ...args, '--json'], directory)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

const measured = ({ columns }: DriftReport) =>
  new Map(
    columns.map(
      ({ name, type, method, statistic, pValue, verdict, missing, reference, current }) => [
        name,
        {
          ...{ type, method, verdict },
          statistic: statistic === null ? null : Number(statistic.toPrecision(10)),
          pValue: pValue === undefined || pValue === null ? null : Number(pValue.toPrecision(10)),
          missing: [missing?.reference, missing?.current],
          n: [reference?.n, current?.n],
        },
      ],
    ),
  )

const readings = ({ columns }: DriftReport) =>
  new Map(columns.flatMap(({ name, reading }) => (reading ? [[name, reading] as const] : [])))

describe.each(Object.entries(PAIRS))('%s', (title, pair) => {
  const { columns, options = [], toStore = [] } = pair
  const name = (side: Side) => `${title}-${side}`
  const expected = detectDrift(truthOf(pair, 'reference'), truthOf(pair, 'current'))
  const expectedReadings = new Map(
    columns.flatMap(({ name, reading }) => (reading ? [[name, reading] as const] : [])),
  )

  beforeAll(() => {
    for (const side of SIDES) write(name(side), pair, side)
  })

  test.each([
    ...FORMATS.map((format) => [format, format] as const),
    ['csv', 'ndjson'] as const,
    ['json', 'csv.gz'] as const,
  ])('%s against %s', async (before, after) => {
    const report = await reportOn([
      ...[`${name('reference')}.${before}`, `${name('current')}.${after}`],
      ...options,
    ])
    expect(measured(report)).toEqual(measured(expected))
    expect(readings(report)).toEqual(expectedReadings)
    expect([report.reference.rows, report.current.rows]).toEqual(
      SIDES.map((side) => columns[0]![side].length),
    )
  })

  describe.each(FORMATS)('stored from %s', (format) => {
    beforeAll(async () => {
      for (const side of SIDES) {
        const { code, stderr } = await runCommand(
          [
            'profile',
            `${name(side)}.${format}`,
            '--out',
            `${name(side)}.${format}.json`,
            '--force',
            ...options,
            ...toStore,
          ],
          directory,
        )
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      }
    })

    /** What the profile has as categories, the other side is: nobody needs to find that out. */
    const readingsWith = (stored: Side) => {
      const told = [...expectedReadings].map(([name, reading]) => {
        return [name, name === 'codes' ? { [stored]: reading[stored] } : reading] as const
      })
      return new Map(told)
    }

    test('reference', async () => {
      const report = await reportOn([
        ...[`${name('reference')}.${format}.json`, `${name('current')}.${format}`],
        ...options,
      ])
      const stored = profile(truthOf(pair, 'reference'))
      expect(measured(report)).toEqual(measured(detectDrift(stored, truthOf(pair, 'current'))))
      expect(readings(report)).toEqual(readingsWith('reference'))
    })
    test('current', async () => {
      const report = await reportOn([
        ...[`${name('reference')}.${format}`, `${name('current')}.${format}.json`],
        ...options,
      ])
      const stored: TableProfile = profile(truthOf(pair, 'current'))
      expect(measured(report)).toEqual(measured(detectDrift(truthOf(pair, 'reference'), stored)))
      expect(readings(report)).toEqual(readingsWith('current'))
    })
  })
})

test('dates of an order that one side alone cannot tell are not stored', async () => {
  write('undecided', AMERICAN, 'reference')
  const { code, stderr } = await runCommand(
    ['profile', 'undecided.csv', '--out', 'undecided.json'],
    directory,
  )
  expect(code).toBe(2)
  expect(stderr).toContain('say --date-format day-first or --date-format month-first')
})

test('dates of an order that neither side tells are not judged, and not said to be left out of a profile', async () => {
  const days = rows(200, (i) => `0${(i % 9) + 1}/0${(i % 7) + 1}/2024,${i}`)
  writeFileSync(file('either.csv'), `${['at,x', ...days].join('\n')}\n`)
  const { columns } = await reportOn(['either.csv', 'either.csv'])
  expect(columns.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['at', 'insufficient-data'],
    ['x', 'stable'],
  ])
  expect(columns[0]!.reason).toBe(
    'not read in the reference and the current table: the order of day and month cannot be told: say --date-format day-first or --date-format month-first',
  )
})

test('what cannot be read is no hindrance to a profile that leaves it out', async () => {
  const days = rows(200, (i) => `0${(i % 9) + 1}/0${(i % 7) + 1}/2024,${i}`)
  writeFileSync(file('left-out.csv'), `${['at,x', ...days].join('\n')}\n`)
  const args = ['profile', 'left-out.csv', '--exclude', 'at', '--out', 'left-out.profile.json']
  const { code, stderr } = await runCommand(args, directory)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { columns } = await reportOn(['left-out.profile.json', 'left-out.csv', '--exclude', 'at'])
  expect(columns.map(({ name, verdict }) => [name, verdict])).toEqual([['x', 'stable']])
})

test('decimals of more digits than can be read are not judged, and not stored', async () => {
  const wide = fileURLToPath(new URL('../golden/wide-decimals.parquet', import.meta.url))
  const { columns } = await reportOn([wide, wide])
  expect(columns.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['wide', 'insufficient-data'],
    ['within', 'insufficient-data'],
    ['narrow', 'stable'],
    ['x', 'stable'],
  ])
  expect(columns[0]!.reason).toContain('decimals of more than 38 digits are not read')
  const { code, stderr } = await runCommand(['profile', wide, '--out', 'wide.json'], directory)
  expect(code).toBe(2)
  expect(stderr).toMatch(/column wide of .*decimals of more than 38 digits/)
})

test('a row that gains a cell is refused with its line, in any of the forms of a text file', async () => {
  const lines = ['price,kind', ...rows(1000, (i) => `${i},a${i >= 500 ? ',new' : ''}`)]
  writeFileSync(file('grows.csv'), lines.join('\n'))
  writeFileSync(file('grows.csv.gz'), gzipSync(lines.join('\n')))
  for (const name of ['grows.csv', 'grows.csv.gz']) {
    const { code, stderr } = await runCommand(['drift', name, name], directory)
    expect(code).toBe(2)
    expect(stderr).toContain('line 502 has 3 cells where the header has 2')
  }
})

test('the largest double takes no other column with it', async () => {
  const ok = rows(99, (i) => i)
  const lines = ok.map((i) => `${i},${i}`)
  writeFileSync(file('largest.csv'), ['x,ok', '1.7976931348623157e308,0', ...lines].join('\n'))
  writeFileSync(file('usual.csv'), ['x,ok', ...lines].join('\n'))
  const report = await reportOn(['largest.csv', 'usual.csv'])
  const [x, usual] = [[Number.MAX_VALUE, ...ok], ok]
  expect(measured(report)).toEqual(
    measured(detectDrift({ x, ok: [0, ...ok] }, { x: usual, ok: usual })),
  )
  expect(readings(report)).toEqual(new Map())
})

test('a category that nobody has met and that takes half of the rows is named, raw and stored', async () => {
  const before = rows(30_000, (i) => (i % 2 ? `h${i % 3}` : `z${(i * 7919) % 6000}`))
  const after = rows(1000, (i) => (i % 2 ? `h${i % 3}` : 'UNKNOWN'))
  writeFileSync(file('zip-before.csv'), ['zip', ...before, ''].join('\n'))
  writeFileSync(file('zip-after.csv'), ['zip', ...after, ''].join('\n'))
  await runCommand(['profile', 'zip-before.csv', '--out', 'zip.json'], directory)
  for (const reference of ['zip-before.csv', 'zip.json']) {
    const report = await reportOn([reference, 'zip-after.csv'])
    expect(report.columns[0]).toMatchObject({ verdict: 'drifted', newCategories: ['UNKNOWN'] })
  }
})

test.each(['gone', 'text'])('columns that are %s are not green', async (how) => {
  const five = (cell: (i: number) => string) => rows(200, (i) => [i % 7, ...rows(4, () => cell(i))])
  writeFileSync(file('five.csv'), ['a,b,c,d,e', ...five((i) => String(i % 7))].join('\n'))
  const others = how === 'gone' ? rows(200, (i) => i % 7) : five((i) => `x${i % 7}`)
  writeFileSync(file(`${how}.csv`), [how === 'gone' ? 'a' : 'a,b,c,d,e', ...others].join('\n'))
  const { code, stdout } = await runCommand(
    ['drift', 'five.csv', `${how}.csv`, '--fail-on', 'drift', '--json'],
    directory,
  )
  expect(code).toBe(1)
  const { missingColumns, changedTypes }: DriftReport = JSON.parse(stdout)
  const lost = how === 'gone' ? missingColumns : changedTypes.map(({ name }) => name)
  expect(lost).toEqual(['b', 'c', 'd', 'e'])
})
