import { readFileSync } from 'node:fs'
import { DEFAULT_POLICY, type DriftReport, detectDrift } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { column, driftReport, exampleReport, HOSTILE_NAMES } from '../test/drift-report.fixture.ts'
import { evidentlyReport } from './evidently.ts'

interface Distribution {
  readonly x: ReadonlyArray<number | string>
  readonly y: readonly number[]
}
interface Side {
  readonly small_distribution: Distribution | null
}
interface Entry {
  readonly column_name: string
  readonly column_type: string
  readonly stattest_name: string
  readonly stattest_threshold: number
  readonly drift_score: number | null
  readonly drift_detected: boolean
  readonly current: Side
  readonly reference: Side
}
interface Counts {
  readonly number_of_columns: number
  readonly number_of_drifted_columns: number
  readonly share_of_drifted_columns: number
  readonly dataset_drift: boolean
}
interface AsDict {
  readonly metrics: readonly [
    { readonly metric: string; readonly result: Counts & { readonly drift_share: number } },
    {
      readonly metric: string
      readonly result: Counts & { readonly drift_by_columns: Readonly<Record<string, Entry>> }
    },
  ]
}
type Cells = ReadonlyArray<number | string | null>
interface Golden {
  readonly reference: Readonly<Record<string, Cells>>
  readonly current: Readonly<Record<string, Cells>>
  readonly cases: ReadonlyArray<{
    readonly name: string
    readonly repeats: number
    readonly drift_share: number
    readonly as_dict: AsDict
  }>
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../golden/evidently-as-dict.json', import.meta.url), 'utf8'),
)

function repeated(table: Golden['reference'], repeats: number): Record<string, Cells> {
  const times = Array.from({ length: repeats })
  return Object.fromEntries(
    Object.entries(table).map(([name, cells]) => [name, times.flatMap(() => cells)]),
  )
}

function read(report: DriftReport): AsDict {
  return JSON.parse(evidentlyReport(report))
}

describe.each(golden.cases)('as_dict() of Evidently 0.4.40, $name', (truth) => {
  const report = detectDrift(
    repeated(golden.reference, truth.repeats),
    repeated(golden.current, truth.repeats),
    {
      preset: 'evidently',
      target: 'cat_shift',
      prediction: 'cat_same',
      policy: { shareThreshold: truth.drift_share },
    },
  )
  const ours = read(report)
  const [dataset, table] = ours.metrics
  const [goldenDataset, goldenTable] = truth.as_dict.metrics

  test('has its metrics, with the same keys in the same order', () => {
    expect(keysOf(ours)).toEqual(keysOf(truth.as_dict))
    expect(Object.keys(table.result.drift_by_columns)).toEqual(
      Object.keys(goldenTable.result.drift_by_columns),
    )
  })

  test('has its counts and its verdict on the whole', () => {
    expect(dataset).toEqual(goldenDataset)
    const { drift_by_columns: _, dataset_drift, ...counts } = table.result
    expect(goldenTable.result).toMatchObject(counts)
    // The table of Evidently keeps to a share of 0.5, whatever the preset was told.
    expect(goldenTable.result.dataset_drift).toBe(counts.share_of_drifted_columns >= 0.5)
    expect(dataset_drift).toBe(goldenDataset.result.dataset_drift)
  })

  test.each(Object.entries(goldenTable.result.drift_by_columns))(
    'has its entry for %s',
    (name, entry) => {
      const { current, reference, drift_score, ...flags } = table.result.drift_by_columns[name]!
      expect(entry).toMatchObject(flags)
      const [score, expected] = [drift_score!, entry.drift_score!]
      expect(Math.abs(score - expected)).toBeLessThanOrEqual(
        1e-9 * Math.max(Math.abs(expected), 1e-9),
      )
      for (const [side, distribution] of [
        [current.small_distribution!, entry.current.small_distribution!],
        [reference.small_distribution!, entry.reference.small_distribution!],
      ]) {
        if (entry.column_type === 'cat') expect(side).toEqual(distribution)
        else {
          expect(area(distribution!)).toBeCloseTo(1, 9)
          expect(area(side!)).toBeCloseTo(1, 9)
        }
      }
    },
  )
})

/** Keys of every level but the columns' names and the histograms' lengths. */
function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysOf)
  if (typeof value !== 'object' || value === null) return null
  if ('x' in value) return ['x', 'y']
  return Object.entries(value).map(([key, item]) => [key, keysOf(item)])
}

function area({ x, y }: Distribution): number {
  return y.reduce((sum, height, i) => sum + height * (Number(x[i + 1]) - Number(x[i])), 0)
}

test('leaves out what could not be judged, and counts the rest', () => {
  const { result } = read(exampleReport()).metrics[1]
  expect(Object.keys(result.drift_by_columns)).not.toContain('loyalty_tier')
  expect(Object.keys(result.drift_by_columns)).not.toContain('discount')
  expect(result.number_of_columns).toBe(Object.keys(result.drift_by_columns).length)
  expect(result.number_of_columns).toBe(exampleReport().columns.length - 2)
})

test('our own semantics: the score is what was held against the threshold, and says so', () => {
  const columns = [
    column('by effect', 'drifted'),
    column('by p', 'drifted', {
      criterion: { measure: 'pValue', operator: '<=' },
      pValue: 0.01,
      threshold: 0.05,
    }),
    column('by an own method', 'drifted', {
      method: 'toString',
      criterion: { measure: 'statistic', operator: '>=' },
      statistic: 0.7,
    }),
    column('by missing values', 'drifted', { effect: null }),
  ]
  const entries = read(driftReport(columns)).metrics[1].result.drift_by_columns
  const named = Object.entries(entries).map(([name, entry]) => [
    name,
    entry.stattest_name,
    entry.drift_score,
  ])
  expect(named).toEqual([
    ['by an own method', 'toString', 0.7],
    ['by effect', 'kolmogorov-smirnov equivalent shift', 0.3121],
    ['by missing values', 'kolmogorov-smirnov equivalent shift', null],
    ['by p', 'K-S p_value', 0.01],
  ])
})

test('a report without a judged column shows no drift', () => {
  const { result } = read(
    driftReport([column('a', 'error')], {
      decision: {
        ...driftReport([]).decision,
        policy: { ...DEFAULT_POLICY, shareThreshold: 0 },
      },
    }),
  ).metrics[0]
  expect(result).toEqual({
    drift_share: 0,
    number_of_columns: 0,
    number_of_drifted_columns: 0,
    share_of_drifted_columns: 0,
    dataset_drift: false,
  })
})

test('a text has no histogram, a histogram without values no height', () => {
  const empty = {
    ...column('a').reference!,
    counts: [0, 0, 0],
    n: 0,
  } as DriftReport['columns'][0]['reference']
  const entries = read(
    driftReport([
      column('prose', 'stable', { type: 'text' }),
      column('none', 'stable', { current: empty }),
    ]),
  ).metrics[1].result.drift_by_columns
  expect(entries.prose!.current.small_distribution).toBeNull()
  expect(entries.none!.current.small_distribution!.y).toEqual([0, 0, 0])
})

test('any name is a key', () => {
  const names = [...HOSTILE_NAMES, '__proto__', 'constructor', '10', '9']
  const entries = read(driftReport(names.map((name) => column(name)))).metrics[1].result
  expect(Object.keys(entries.drift_by_columns).sort()).toEqual([...names].sort())
  for (const name of names) {
    expect(Object.entries(entries.drift_by_columns)).toContainEqual([
      name,
      expect.objectContaining({ column_name: name }),
    ])
  }
})

test('refuses NaN by its path in the report', () => {
  const report = driftReport([column('a', 'stable', { threshold: Number.NaN })])
  expect(() => evidentlyReport(report)).toThrow('"report.columns[0].threshold" must be a finite')
})
