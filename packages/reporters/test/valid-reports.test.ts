import type { BinnedProfile, NumericProfile } from '@tidegauge/core'
import {
  type ColumnReading,
  type DetectDriftOptions,
  type DriftMethod,
  detectDrift,
  detectDriftByColumn,
  type MethodResult,
  profile,
  type TableReading,
} from '@tidegauge/drift'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BUILT_IN_METHODS } from '../../drift/src/plan/built-in-methods.ts'
import { jsonReport, parseReport } from '../src/index.ts'
import { generator } from './drift-report.fixture.ts'

/** What a column holds, from a number drawn and the side that it is on. */
const KINDS: ReadonlyArray<(u: number, i: number, shift: number) => unknown> = [
  (u, _, shift) => u + shift,
  (u, _, shift) => Math.floor(4 * u + 2 * shift),
  (u, _, shift) => `city ${Math.floor(3 * u + 2 * shift)}`,
  (_, i) => `id ${i}`,
  (u) => `rare ${Math.floor(5000 * u)}`,
  (u, _, shift) => u < 0.5 + shift / 3,
  (u, _, shift) => (u < 0.1 + shift / 2 ? null : u),
  (u) => (u < 0.05 ? Number.POSITIVE_INFINITY : u),
  (_, i, shift) => new Date(1.7e12 + i * 1e7 * (1 + shift)),
  (_, i, shift) => `order ${i} came ${shift > 0.3 ? 'late' : 'in time'} to the customer, ${i * 7}`,
  () => null,
  () => 7,
  (_, __, shift) => (shift > 0.3 ? null : 1),
  (u, _, shift) => (shift > 0.3 ? `x${Math.floor(3 * u)}` : u),
  (_, __, shift) => (shift > 0.3 ? {} : 'a'),
  () => ({}),
]

const column = fc.record({
  kind: fc.integer({ min: 0, max: KINDS.length - 1 }),
  shift: fc.constantFrom(0, 0, 0.05, 0.4, 1),
  on: fc.constantFrom('both', 'both', 'both', 'both', 'reference', 'current'),
})
const rows = fc.constantFrom(0, 1, 9, 29, 30, 31, 60, 200, 1200)
const median: DriftMethod = {
  name: 'median-shift',
  compare: {
    values: (a, b) => ({
      kind: 'divergence',
      statistic: Math.abs(a[a.length >> 1]! - b[b.length >> 1]!),
    }),
    documents: (a, b) => ({
      kind: 'hypothesis-test',
      statistic: 1,
      pValue: a.length === b.length ? 1 : 0,
    }),
  },
}
const METHODS: ReadonlyArray<DetectDriftOptions> = [
  {},
  {},
  { preset: 'evidently' },
  { preset: 'evidently-0.7' },
  { method: 'psi' },
  { method: { method: 'js', threshold: 0.1 } },
  { method: 'mann-whitney-u' },
  { method: { numeric: median, text: median } },
  { method: { text: { method: median, threshold: 2 } } },
  { method: { categorical: 'fisher-exact', numeric: { method: median, threshold: 0.1 } } },
]
/** Of one's own, by any name: also by that of a built-in test, which has no threshold where this may have one. */
const ownMethod = fc
  .record({
    name: fc.constantFrom(...Object.keys(BUILT_IN_METHODS), 'median-shift', '', '__proto__'),
    result: fc.record(
      {
        kind: fc.constantFrom('divergence', 'hypothesis-test'),
        statistic: fc.constantFrom(0, 0.04, 1, -2, 1e300, Number.POSITIVE_INFINITY),
        pValue: fc.constantFrom(0, 1e-320, 1e-9, 0.04, 0.2, 1),
        logPValue: fc.constantFrom(-740, 5, Number.NEGATIVE_INFINITY),
      },
      { requiredKeys: ['kind', 'statistic'] },
    ),
    threshold: fc.constantFrom(undefined, 0, 0.04, 2),
    isChoice: fc.boolean(),
  })
  .map(({ name, result, threshold, isChoice }): DetectDriftOptions => {
    const own = () => result as MethodResult
    const method = { name, compare: { values: own, bins: own, counts: own, documents: own } }
    if (threshold === undefined) return { method }
    return { method: isChoice ? { method, threshold } : { ...method, threshold } }
  })

const options = fc.record(
  {
    alpha: fc.constantFrom(0.001, 0.05, 0.3),
    correction: fc.constantFrom('benjamini-hochberg', 'holm', 'bonferroni', 'none'),
    tolerance: fc.constantFrom(0, 0.125, 1),
    minimumValues: fc.constantFrom(1, 30, 100),
    maxCategories: fc.constantFrom(1, 3, 50),
    redact: fc.constantFrom(true, false),
    target: fc.constantFrom('c0', 'c1'),
    exclude: fc.constant(['c2']),
    weights: fc.constantFrom({ c1: 0.3 }, { c0: 0, c1: 0 }),
    policy: fc.record(
      {
        minimumJudged: fc.constantFrom(0, 1),
        onMissingColumn: fc.constantFrom('ignore', 'undecided'),
        onChangedType: fc.constantFrom('ignore', 'undecided'),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)

type Side = Record<string, unknown[]>

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('NA', '__proto__', '</script>', '\u001b[31m', '::error::x', ' '),
)
const count = fc.nat(500)
const line = fc.integer({ min: 1, max: 1e9 })
const columnReading: fc.Arbitrary<ColumnReading> = fc.record(
  {
    sourceType: hostile,
    missing: fc.array(fc.record({ text: hostile, count }), { maxLength: 20 }),
    decimalSign: fc.constantFrom('.', ','),
    thousandsSign: fc.constantFrom("'", '\u00a0', '.'),
    unit: fc.constantFrom('%', '€'),
    dateOrder: fc.constantFrom('year-month-day', 'day-month-year', 'month-day-year'),
    timeOfDay: fc.constant(true),
    misfits: fc.record(
      { count, example: hostile, line, file: hostile },
      { requiredKeys: ['count', 'example'] },
    ),
    notes: fc.array(hostile, { maxLength: 30 }),
  },
  { requiredKeys: [] },
)
const tableReading: fc.Arbitrary<TableReading> = fc.record(
  {
    format: hostile,
    encoding: hostile,
    delimiter: hostile,
    header: fc.boolean(),
    mended: fc.array(
      fc.record({ what: hostile, count, line }, { requiredKeys: ['what', 'count'] }),
    ),
  },
  { requiredKeys: ['format'] },
)
const howRead = fc.record({
  /** Sides of which nobody can read the first column. */
  unreadable: fc.constantFrom<Array<'reference' | 'current'>>(
    [],
    [],
    ['reference'],
    ['current'],
    ['reference', 'current'],
  ),
  table: fc.option(tableReading, { nil: undefined }),
  columns: fc.record({ reference: columnReading, current: columnReading }, { requiredKeys: [] }),
})
type HowRead = typeof howRead extends fc.Arbitrary<infer T> ? T : never

test('a report of detectDrift is read back as it was, whatever it compares, and how', async () => {
  const seen = new Map<string, number>()
  const anything = fc.asyncProperty(
    fc.array(column, { minLength: 3, maxLength: 7 }),
    fc.tuple(rows, rows),
    options,
    fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...METHODS) }, ownMethod),
    fc.constantFrom(
      'tables',
      'tables',
      'stored',
      'with samples',
      'counted',
      'at a rate',
      'like it',
      'by column',
    ),
    howRead,
    fc.nat(),
    async (columns, [n, m], chosen, method, form, how, seed) => {
      const random = generator(seed)
      const sideOf = (side: 'reference' | 'current', size: number): Side =>
        Object.fromEntries(
          columns.flatMap(({ kind, on, shift }, k) =>
            on === 'both' || on === side
              ? [
                  [
                    `c${k}`,
                    Array.from({ length: size }, (_, i) =>
                      KINDS[kind]!(random(), i, side === 'current' ? shift : 0),
                    ),
                  ],
                ]
              : [],
          ),
        )
      const [before, after] = [sideOf('reference', n), sideOf('current', m)]
      const all = { ...chosen, ...method } as DetectDriftOptions
      const report = await reportOf(form, before, after, all, how)
      if (report === null) return
      for (const { finding, reason, verdict } of report.columns) {
        const key = finding ?? (reason.startsWith('not read in the ') ? 'not read' : verdict)
        seen.set(key, (seen.get(key) ?? 0) + 1)
      }
      expect(parseReport(jsonReport(report))).toEqual(report)
    },
  )
  await fc.assert(anything, { numRuns: Number(process.env.TIDEGAUGE_RUNS ?? 300) })
  const kinds = ['drifted', 'negligible', 'stable', 'insufficient-data', 'error']
  for (const kind of [...kinds, 'gone', 'new', 'changed-type', 'left-out', 'not read']) {
    expect(seen.get(kind), kind).toBeGreaterThan(0)
  }
})

/** Of a counter a 64th is left: a few values are less than half a one. */
function atARate(profile: BinnedProfile): BinnedProfile {
  const rate = (_: string, value: unknown) => (typeof value === 'number' ? value / 64 : value)
  const { edges, deciles }: Partial<NumericProfile> = profile.kind === 'numeric' ? profile : {}
  const kept = { ...(edges && { edges }), ...(deciles && { deciles }) }
  const { version } = profile
  return { ...JSON.parse(JSON.stringify(profile, rate)), ...kept, version, min: null, max: null }
}

/** null where such tables cannot be compared in such a way. */
async function reportOf(
  form: string,
  before: Side,
  after: Side,
  chosen: DetectDriftOptions,
  { table, columns, unreadable }: HowRead,
) {
  try {
    if (form === 'by column') {
      const shapeOf = (side: Side) => ({
        rowCount: Object.values(side)[0]?.length ?? 0,
        columnNames: Object.keys(side),
        ...(table && { reading: table }),
      })
      const cellsOf = (side: 'reference' | 'current', name: string) => {
        if (name !== 'c0' || !unreadable.includes(side)) {
          return (side === 'reference' ? before : after)[name]!
        }
        return { name, type: 'datetime' as const, unreadable: 'the order cannot be told' }
      }
      const read = async (name: string) => ({
        reference: cellsOf('reference', name),
        current: cellsOf('current', name),
        readings: columns,
      })
      const pairs = { reference: shapeOf(before), current: shapeOf(after), read }
      return await detectDriftByColumn(pairs, chosen)
    }
    if (form === 'counted') {
      const countsOf = (side: Side) =>
        Object.fromEntries(profile(side).columns.map((one) => [one.name, one.profile] as const))
      return detectDrift(countsOf(before), countsOf(after), chosen)
    }
    if (form === 'at a rate') {
      const ratesOf = (side: Side) =>
        Object.fromEntries(profile(side).columns.map((one) => [one.name, atARate(one.profile)]))
      return detectDrift(ratesOf(before), ratesOf(after), chosen)
    }
    if (form === 'like it') {
      const reference = profile(before)
      return detectDrift(reference, profile(after, { like: reference }), chosen)
    }
    const stored =
      form === 'tables' ? before : profile(before, { keepSample: form === 'with samples' })
    return detectDrift(stored, after, chosen)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ERR_INVALID_ARGUMENT' || code === 'ERR_INCOMPATIBLE_PROFILES') return null
    // A table that cannot be stored: it holds something else than values.
    if (form !== 'tables' && form !== 'by column') return null
    throw error
  }
}
