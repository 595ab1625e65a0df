import {
  type ColumnDrift,
  type DriftReport,
  detectDrift,
  detectDriftByColumn,
  withReportId,
} from '@tidegauge/drift'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alone } from '../test/alone.ts'
import {
  assertValidReport,
  isValidReport,
  SCHEMA,
  type SchemaNode,
} from '../test/assert-valid-report.ts'
import { column, driftReport, exampleReport } from '../test/drift-report.fixture.ts'
import { manyReports } from '../test/many-reports.ts'
import { evidentlyReport } from './evidently.ts'
import { htmlReport } from './html/html-report.tsx'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { parseReport } from './parse-report.ts'
import { summaryLine, textReport } from './text.ts'

const reports = manyReports()

test.each(reports)(
  'a report $name is valid by the schema, and is read back as it was',
  ({ report }) => {
    const json = jsonReport(report)
    assertValidReport(JSON.parse(json))
    expect(parseReport(json)).toEqual(report)
  },
)

test('the reports of these tests have every verdict, type and role, and every field of the schema', () => {
  const columns = reports.flatMap(({ report }) => report.columns)
  const seen = (key: 'verdict' | 'type' | 'role') => new Set(columns.map((one) => one[key]))
  const { properties } = SCHEMA.$defs!.columnDrift!
  for (const key of ['verdict', 'type', 'role'] as const) {
    expect(seen(key)).toEqual(new Set(properties![key]!.enum))
  }
  const met = new Set<string>()
  for (const { report } of reports) collectFields(SCHEMA, report, '', met)
  expect([...met].sort()).toEqual(fieldsOf(SCHEMA).sort())
})

/** A real report on one column of numbers, whose statistic is what is said. */
function withStatistic(statistic: number): DriftReport {
  const [one] = first!.report.columns
  return alone({ ...one!, statistic }, first!.report)
}

test('a cell that did not fit stands in no redacted report', () => {
  const { report } = reports.find(({ name }) => name === 'of files that are read')!
  const { id: _, ...told } = { ...report, settings: { ...report.settings, redacted: true } }
  for (const side of ['reference', 'current'] as const) {
    const columns = told.columns.map(({ reading, ...column }) => {
      return { ...column, ...(reading?.[side] && { reading: { [side]: reading[side] } }) }
    })
    expect(() => parseReport(JSON.stringify({ ...told, columns }))).toThrow(
      `.reading.${side}.misfits.example" must be empty`,
    )
  }
})

test('a column that was not read is insufficient data, whatever else is said of it', async () => {
  const shape = { rowCount: 60, columnNames: ['at'] }
  const at = Array.from({ length: 60 }, (_, i) => new Date(i * 864e5))
  const unreadable = { name: 'at', type: 'datetime', unreadable: 'nobody knows its order' } as const
  const read = async () => ({ reference: at, current: unreadable })
  const report = await detectDriftByColumn({ reference: shape, current: shape, read })
  expect(parseReport(jsonReport(report))).toEqual(report)
  const { id: _, columns, ...rest } = report
  for (const forged of [
    { verdict: 'error' },
    { verdict: 'stable' },
    { current: columns[0]!.reference },
  ]) {
    const told = { ...rest, columns: [{ ...columns[0]!, ...forged }] }
    expect(() => parseReport(JSON.stringify(told))).toThrow('"report.columns[0].verdict" must be')
  }
})

test.each([
  'too many values of another type to tell: 20% of those in the reference',
  'too few words to tell: nearly every word is of one text alone',
  'too many categories to tell: nearly every value is another one',
  'bins too coarse to tell: the Kolmogorov-Smirnov distance lies between 0 and 0.5',
])('numbers without a missing value are not called "%s"', (reason) => {
  const x = Array.from({ length: 100 }, (_, i) => i)
  const { id: _, columns, ...rest } = detectDrift({ x }, { x })
  expect(columns[0]!.verdict).toBe('stable')
  const told = { ...rest, columns: [{ ...columns[0]!, reason, verdict: 'insufficient-data' }] }
  expect(() => parseReport(JSON.stringify(told))).toThrow(
    '"report.columns[0].verdict" must be stable',
  )
})

test('-0 is read back as -0, and a number to its last digit', () => {
  const report = withStatistic(-0)
  expect(jsonReport(report)).toContain('"statistic": -0,')
  expect(parseReport(jsonReport(report)).columns[0]!.statistic).toBe(-0)
  const { statistic } = parseReport(jsonReport(withStatistic(0.1 + 0.2))).columns[0]!
  expect(statistic).toBe(0.30000000000000004)
})

test('any finite number is read back as it was', () => {
  const number = fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (statistic) => {
    const report = withStatistic(statistic)
    expect(parseReport(jsonReport(report)).columns[0]!.statistic).toBe(statistic)
  })
  fc.assert(number)
})

test('any text is read back as it was', () => {
  const text = fc.property(fc.string({ unit: 'binary' }), (name) => {
    const cells = (category: string) => Array.from({ length: 40 }, () => category)
    const report = detectDrift({ [name]: cells(`not ${name}`) }, { [name]: cells(name) })
    expect(report.columns[0]!.newCategories).toEqual([name])
    expect(parseReport(jsonReport(report))).toEqual(report)
  })
  fc.assert(text)
})

test('a field that this release does not know is no error, but is none of the schema', () => {
  const later = { ...withReportId({ ...first!.report, fromALaterRelease: 1 } as DriftReport) }
  expect(parseReport(JSON.stringify(later))).toEqual(later)
  expect(() => assertValidReport(later)).toThrow('additional properties')
})

test('refuses what another version wrote', () => {
  const later = { ...exampleReport(), version: 3, columns: 'otherwise' }
  expect(() => parseReport(JSON.stringify(later))).toThrow(
    expect.objectContaining({
      code: 'ERR_UNSUPPORTED_VERSION',
      message: expect.stringContaining('the report has version 3, this release reads version 2'),
    }),
  )
})

test.each([
  ['', '"json" must be the JSON of a drift report, received Unexpected end'],
  ['{', '"json" must be the JSON of a drift report'],
  ['null', `"report.format" must be 'tidegauge.drift-report', received undefined`],
  ['[]', '"report.format"'],
  ['7', '"report.format"'],
  ['{"format":"tidegauge.profile","version":1}', '"report.format"'],
  ['{"format":"tidegauge.drift-report"}', 'the report has version undefined'],
  [
    '{"format":"tidegauge.drift-report","version":2}',
    '"report.reference" must be an object, received undefined',
  ],
  [
    '{"format":"tidegauge.drift-report","version":1}',
    '"report.reference" must be an object, received undefined',
  ],
])('refuses %j, saying why', (json, message) => {
  expect(() => parseReport(json)).toThrow(message)
})

describe('names the path of what is wrong', () => {
  const wrong = (json: string) => () => parseReport(json)
  const withColumn = (overrides: object) =>
    JSON.stringify(driftReport([column('a'), column('b', 'stable', overrides)]))
  const profile = column('a').reference!

  test.each([
    [{ effect: '0.1' }, '"report.columns[1].effect" must be a finite number, received 0.1'],
    [{ verdict: 'fine' }, '"report.columns[1].verdict" must be one of drifted, negligible'],
    [{ pValue: 2 }, '"report.columns[1].pValue" must be a number in [0, 1], received 2'],
    [{ effectInterval: [1] }, '"report.columns[1].effectInterval" must be an array of 2'],
    [
      { reference: { ...profile, n: 99 } },
      '"report.columns[1].reference" must be a profile that adds up, received "profile.n" must be',
    ],
    [
      { quantiles: { levels: [0, 1], reference: [1], current: [1, 2] } },
      '"report.columns[1].quantiles.reference" must be an array of 2',
    ],
  ])('%j', (overrides, message) => {
    expect(wrong(withColumn(overrides))).toThrow(message)
  })

  test('a number too large for a double is no number', () => {
    const json = withColumn({}).replaceAll('"threshold":0.1', '"threshold":1e999')
    expect(wrong(json)).toThrow(
      '"report.columns[0].threshold" must be a finite number, received Infinity',
    )
  })
})

const [first] = reports
const timed = reports.find(({ report }) => report.current.timeRange !== undefined)!

test('a side does not end before it begins', () => {
  for (const side of ['reference', 'current'] as const) {
    const [from, to] = timed.report[side].timeRange!
    const turned = { ...timed.report, [side]: { ...timed.report[side], timeRange: [to, from] } }
    expect(() => parseReport(JSON.stringify(turned))).toThrow(
      `"report.${side}.timeRange" must be two times, the earlier one first, received from ${to} to ${from}`,
    )
  }
})

/** A report for each set of fields that columns have, with one such column. */
const kinds: readonly DriftReport[] = columnKinds().map(({ one, report }) => {
  const { producer } = first!.report
  return { ...alone(one, report), current: timed.report.current, producer: producer! }
})

test('the schema and parseReport refuse the same: a field left out, or another value in its place', () => {
  const disagreements: string[] = []
  const counts = { valid: 0, refused: 0 }
  for (const { path, json } of kinds.flatMap(mutations)) {
    const valid = isValidReport(JSON.parse(json))
    const refusal = refusalOf(json)
    // Counts and lengths that do not fit together, and fields that contradict others, are no matter of a schema.
    const addsUp =
      /\.(counts|edges|categories|levels|n|underflow|overflow|min|max|other|otherAtMost|countsAtMost|timeRange|quantiles\.\w+)\b/
    const isOfOneField = !addsUp.test(path) && !CONTRADICTION.test(refusal ?? '')
    if (valid !== (refusal === null) && (!valid || isOfOneField)) {
      disagreements.push(`${path}: ${refusal}: ${json.slice(0, 400)}`)
    }
    counts[valid ? 'valid' : 'refused']++
  }
  expect(disagreements).toEqual([])
  expect(counts.refused).toBeGreaterThan(1000)
  expect(counts.valid).toBeGreaterThan(100)
})

const OUTPUTS = {
  evidentlyReport,
  htmlReport,
  jsonReport,
  junitReport,
  markdownReport,
  summaryLine,
  textReport,
}

test.each(Object.entries(OUTPUTS))(
  '%s refuses NaN and infinities wherever they are, by their path',
  (_, render) => {
    const places = kinds.flatMap((report) => numberPaths(report).map((path) => ({ report, path })))
    expect(places.length).toBeGreaterThan(100)
    const anywhere = fc.property(
      fc.constantFrom(...places),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
      ({ report: whole, path }, number) => {
        const report = structuredClone(whole)
        assign(report, path, number)
        expect(() => render(report)).toThrow(
          expect.objectContaining({
            code: 'ERR_INVALID_ARGUMENT',
            message: `"${named(path)}" must be a finite number or null, received ${number}`,
          }),
        )
      },
    )
    fc.assert(anywhere)
  },
)

type Path = ReadonlyArray<string | number>

function named(path: Path): string {
  return `report${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')}`
}

const CONTRADICTION =
  /as (its|the p-values of all) (columns?|shares) says?|as "?(finding" is|report\.)|must be (that of no other column|none of report)/

/** null where it is read. */
function refusalOf(json: string): string | null {
  try {
    parseReport(json)
    return null
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'ERR_INVALID_ARGUMENT' || code === 'ERR_UNSUPPORTED_VERSION') return message
    throw error
  }
}

interface ColumnKind {
  readonly one: ColumnDrift
  readonly report: DriftReport
}

/** One column of each set of fields and nulls, of both kinds of profile. */
function columnKinds(): ColumnKind[] {
  const found = new Map<string, ColumnKind>()
  for (const { report } of reports) {
    for (const one of report.columns) {
      const fields = Object.entries(one).map(([key, value]) => `${key}${value === null}`)
      const kind = [...fields.sort(), one.reference?.kind].join()
      if (!found.has(kind)) found.set(kind, { one, report })
    }
  }
  return [...found.values()]
}

const OTHER_VALUES = [null, true, 'x', 2, -1, 0.5, [], {}, [1], [1, 2], [1, 'x'], 'error']

/** Each field, and the first element of each array, left out and replaced by some other values. */
function mutations(report: DriftReport): Array<{ path: string; json: string }> {
  const paths = [...pathsOf(report)].filter((path) =>
    path.every((key) => key === 0 || key === String(key)),
  )
  const copy = structuredClone(report)
  return paths.flatMap((path) => {
    const original = valueAt(copy, path)
    const mutants = [undefined, ...OTHER_VALUES].map((value) => {
      assign(copy, path, value)
      return { path: named(path), json: JSON.stringify(copy) }
    })
    assign(copy, path, original)
    return mutants
  })
}

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* pathsOf(item, [...path, i])
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* pathsOf(item, [...path, key])
  }
}

function numberPaths(report: DriftReport): Path[] {
  return [...pathsOf(report)].filter((path) => typeof valueAt(report, path) === 'number')
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown>)[key], root)
}

function assign(root: unknown, path: Path, value: unknown): void {
  const parent = valueAt(root, path.slice(0, -1)) as Record<string | number, unknown>
  const last = path.at(-1)!
  if (value === undefined && !Array.isArray(parent)) delete parent[last]
  else parent[last] = value
}

/** The definitions and fields that a schema names, as `definition.field`. */
function fieldsOf(schema: SchemaNode): string[] {
  const own = Object.entries({ '': schema, ...schema.$defs })
  return own.flatMap(([name, node]) => propertiesBelow(node, name))
}

function propertiesBelow(node: SchemaNode, name: string): string[] {
  if (node.items) return propertiesBelow(node.items, name)
  return Object.entries(node.properties ?? {}).flatMap(([key, below]) => [
    `${name}.${key}`,
    ...propertiesBelow(below, `${name}.${key}`),
  ])
}

function collectFields(node: SchemaNode, value: unknown, name: string, met: Set<string>): void {
  if (node.$ref !== undefined) {
    const target = node.$ref.split('/').at(-1)!
    collectFields(SCHEMA.$defs![target]!, value, target, met)
    return
  }
  for (const choice of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) {
    collectFields(choice, value, name, met)
  }
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    if (node.items) for (const item of value) collectFields(node.items, item, name, met)
    return
  }
  for (const [key, below] of Object.entries(node.properties ?? {})) {
    if (!Object.hasOwn(value, key)) continue
    met.add(`${name}.${key}`)
    collectFields(below, (value as Record<string, unknown>)[key], `${name}.${key}`, met)
  }
}
