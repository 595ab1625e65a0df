import { categoricalProfile, type NumericProfile, numericProfile } from '@tidegauge/core'
import {
  type ColumnReading,
  type DetectDriftOptions,
  type DriftReport,
  detectDrift,
  profile,
  type TableProfile,
  tableProfileOf,
} from '@tidegauge/drift'
import { driftReport, generator, HOSTILE_NAMES } from './drift-report.fixture.ts'

const ROWS = 400

/** Columns of every kind, and of the kinds that go wrong. */
function awkwardTable(seed: number, shift: number): Record<string, unknown[]> {
  const random = generator(seed)
  const cells = <T>(cell: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => cell(i))
  return {
    number: cells(() => 10 * random() + shift),
    label: cells(() => random() < 0.3 + shift / 4),
    score: cells(() => random() + shift / 2),
    gaps: cells((i) => (random() < shift / 4 ? null : i % 7)),
    infinite: cells((i) => (i % 50 === 0 ? Number.POSITIVE_INFINITY : random())),
    huge: cells(() => 1e300 * random() * (1 + shift)),
    zeros: cells((i) => [-0, 0, -1e-300][i % 3]),
    constant: cells(() => 7),
    city: cells((i) => `city ${i % (3 + 2 * shift)}`),
    many: cells((i) => `id ${shift}-${i}`),
    hostile: cells((i) => ['</script>', '__proto__', 'a|b', '\u0000\ud800'][i % (3 + shift)]),
    date: cells((i) => new Date(1.7e12 + i * 1e8 * (1 + shift))),
    prose: cells((i) => `order ${i} came ${shift > 0 ? 'too late' : 'in time'} to the customer`),
    rare: cells((i) => (i < 5 ? i : null)),
    empty: cells(() => null),
    mixed: cells((i) => [i, 'x', true][i % 3]),
    broken: cells((i) => (i === 3 && shift > 0 ? { not: 'a value' } : i)),
    [shift > 0 ? 'new' : 'gone']: cells((i) => i),
  }
}

/** Reports of detectDrift on every kind of column and with every option that shows in a report. */
export function manyReports(): ReadonlyArray<{
  readonly name: string
  readonly report: DriftReport
}> {
  const [before, after] = [awkwardTable(1, 0), awkwardTable(2, 1)]
  const roles = { target: 'label', prediction: 'score' }
  const compare = (name: string, options: DetectDriftOptions = {}) => ({
    name,
    report: detectDrift(before, after, { ...roles, ...options }),
  })
  const { prose: _, broken: __, ...countable } = before
  const latencies = (slower: number) => ({
    '/predict': numericProfile([0.1, 0.2 + slower, 0.3, 2], [0.05, 0.1, 0.25, 0.5, 1]),
    status: categoricalProfile(
      [
        ['200', 900],
        ['500', 10 * slower, 10 * slower + 2],
      ],
      { other: 3, otherAtMost: 2 },
    ),
  })
  return [
    compare('of awkward tables'),
    compare('of equal tables', { columns: [] }),
    compare('redacted', { redact: true }),
    compare('with named tables', { names: { reference: 'a\u0000/b', current: '' } }),
    compare('in the way of Evidently 0.4', { preset: 'evidently' }),
    compare('in the way of Evidently 0.7', { preset: 'evidently-0.7' }),
    compare('by distances', { method: 'psi', methods: { number: 'wasserstein' } }),
    compare('by a distance that has its threshold', {
      methods: { number: { method: 'wasserstein', threshold: 0.1 } },
    }),
    compare('by p-values alone', { method: { method: 'ks', threshold: 0.05 } }),
    ...(['holm', 'bonferroni', 'none'] as const).map((correction) =>
      compare(`corrected by ${correction}`, { correction }),
    ),
    compare('with another policy', {
      policy: { shareThreshold: 0.9, actOnTargetDrift: true },
      weights: { number: 0.5 },
    }),
    { name: 'of the same table twice', report: detectDrift(before, before, roles) },
    { name: 'of few rows', report: detectDrift({ x: [1, 2] }, { x: [3] }) },
    { name: 'of a change too small to matter', report: detectDrift(even(0), even(0.03)) },
    { name: 'of a far shift', report: detectDrift(far(0), far(1e6)) },
    { name: 'of a stored profile', report: detectDrift(profile(countable), after, roles) },
    {
      name: 'of a stored profile with its sample',
      report: detectDrift(profile(countable, { keepSample: true }), after, roles),
    },
    { name: 'of two sides in bins of their own', report: detectDrift(counted(0), counted(1)) },
    { name: 'of latencies', report: detectDrift(latencies(0), latencies(0.4)) },
    { name: 'of files that are read', report: detectDrift(readFrom(0), readFrom(0.4)) },
    { name: 'of names that nobody should choose', report: detectDrift(hostile(0), hostile(1)) },
    { name: 'of no columns', report: driftReport([]) },
    compare('with a column of times', { time: 'date' }),
    compare('with a column left out', { exclude: ['many'] }),
    compare('of routes in seconds', { units: { number: 'seconds' }, names: { feature: 'route' } }),
    {
      name: 'of columns that failed',
      report: detectDrift({ a: [{}, {}] }, { a: [{}, {}] }),
    },
  ]
}

/** With all that can be told of how a file was read. */
function readFrom(shift: number): TableProfile {
  const values = Array.from({ length: 300 }, (_, i) => i / 300 + shift)
  const profile = numericProfile(values, [0, 0.5, 1, 1.5], { missing: 30 })
  const plain: ColumnReading = { sourceType: 'DOUBLE', decimalSign: '.' }
  const odd: ColumnReading = {
    sourceType: 'text',
    missing: [
      { text: 'NA', count: 25 },
      { text: '<b>|`none`\u001b[31m', count: 2 },
    ],
    decimalSign: ',',
    thousandsSign: '\u00a0',
    unit: '€',
    misfits: { count: 3, example: '</script>::error::12abc', line: 1002, file: '<b>2</b>.csv' },
    notes: ['numbers beyond 2^53 were read as the nearest ones'],
  }
  const columnOf = (name: string, reading?: ColumnReading) => ({
    ...{ name, type: 'numeric' as const, profile },
    ...(reading && { reading }),
  })
  const columns = [
    columnOf('price', odd),
    columnOf('plain', plain),
    columnOf('at', { timeOfDay: true, dateOrder: 'day-month-year' }),
    columnOf('untold'),
    columnOf('unlike', shift > 0 ? odd : plain),
    columnOf('unfit', { misfits: { count: 28, example: 'x' } }),
  ]
  const reading = {
    format: 'csv',
    encoding: 'utf-16le',
    delimiter: ';',
    header: shift > 0,
    mended: [{ what: 'row with too few cells', count: 2, line: 17, file: '<i>1</i>.csv' }],
  }
  return tableProfileOf({ rows: 330, reading, columns })
}

/** Between quantiles of its own: told, found, and too coarse to be either. */
function counted(shift: 0 | 1): Record<string, NumericProfile> {
  const random = generator(5 + shift)
  const cells = Array.from({ length: 800 }, random)
  const of = (values: readonly number[], bins: number) =>
    profile({ x: values }, { bins }).columns[0]!.profile as NumericProfile
  return {
    calm: of(cells, 200),
    moved: of(
      cells.map((x) => x + shift / 4),
      200,
    ),
    coarse: of(cells, 8),
  }
}

function hostile(shift: number): Record<string, unknown[]> {
  const cells = Array.from({ length: 60 }, (_, i) => (i + shift) % 7)
  return Object.fromEntries(HOSTILE_NAMES.map((name) => [name, cells]))
}

/** A shift that is seen in so many rows, and matters to nobody. */
function even(shift: number): { x: number[] } {
  return { x: Array.from({ length: 20_000 }, (_, i) => i / 20_000 + shift) }
}

/** So far apart that p is smaller than a double can be. */
function far(shift: number): { x: number[] } {
  return { x: Array.from({ length: 2000 }, (_, i) => i + shift) }
}
