import { describe, expect, test } from 'vitest'
import golden from '../golden/evidently-report.json' with { type: 'json' }
import { relativeError } from '../test/relative-error.ts'
import { typedGoldenTable } from '../test/typed-golden-table.ts'
import { detectDrift } from './detect-drift.ts'

const METHODS: Readonly<Record<string, string>> = {
  'K-S p_value': 'kolmogorov-smirnov',
  'Z-test p_value': 'z-test',
  'chi-square p_value': 'chi-square-fit',
  'Wasserstein distance (normed)': 'wasserstein',
  'Jensen-Shannon distance': 'jensen-shannon',
}

describe.each(golden.cases)('the report of Evidently 0.4.40 on the $size tables', (expected) => {
  const report = detectDrift(
    typedGoldenTable('small_reference.csv', expected.repeats),
    typedGoldenTable('small_current.csv', expected.repeats),
    { preset: 'evidently' },
  )

  test.each(expected.columns)('$name: method, threshold, score and flag', (truth) => {
    const column = report.columns.find(({ name }) => name === truth.name)!
    const { criterion } = column
    const score = criterion.measure === 'pValue' ? column.pValue! : column.statistic!
    expect(column.method).toBe(METHODS[truth.stattest_name])
    expect(column.threshold).toBe(truth.threshold)
    // Where p is below 1e-15, Evidently's z test has subtracted it from 1 and says 0.
    if (truth.score === 0) expect(score).toBeLessThan(1e-15)
    else expect(relativeError(score, truth.score)).toBeLessThan(1e-9)
    expect(column.drifted).toBe(truth.drifted)
  })

  test('the share of drifted columns, and the verdict on the dataset at 0.5', () => {
    expect(report.shareOfDriftedColumns).toBe(expected.share_of_drifted_columns)
    expect(report.decision.action === 'ACTION').toBe(expected.dataset_drift)
  })
})

const rows = Array.from({ length: 600 }, (_, i) => i)

test('counts the target among the columns', () => {
  const [a, b] = [
    { x: rows, y: rows },
    { x: rows, y: rows.map((i) => i + 300) },
  ]
  expect(detectDrift(a, b, { preset: 'evidently', target: 'y' })).toMatchObject({
    shareOfDriftedColumns: 0.5,
    targetDrift: 1,
    decision: { action: 'ACTION' },
  })
  expect(detectDrift(a, b, { target: 'y' }).shareOfDriftedColumns).toBe(0)
})

test('0.7 takes a few whole numbers for categories, 0.4 does not', () => {
  const table = { x: Array.from({ length: 2000 }, (_, i) => i % 8) }
  const methodOf = (preset: 'evidently' | 'evidently-0.7') =>
    detectDrift(table, table, { preset }).columns[0]!.method
  expect(methodOf('evidently')).toBe('wasserstein')
  expect(methodOf('evidently-0.7')).toBe('jensen-shannon')
})

test('is blind to missing values, as Evidently is', () => {
  const current = rows.map((i) => (i % 2 === 0 ? null : i))
  expect(
    detectDrift({ x: rows }, { x: current }, { preset: 'evidently' }).columns[0]!.drifted,
  ).toBe(false)
  expect(detectDrift({ x: rows }, { x: current }).columns[0]!.drifted).toBe(true)
})

test('a column that makes Evidently raise is an error of that column alone', () => {
  const report = detectDrift(
    { x: rows, day: rows.map((i) => new Date(i)) },
    { x: rows, day: rows.map((i) => new Date(i)) },
    { preset: 'evidently' },
  )
  expect(report.columns.map(({ verdict }) => verdict)).toEqual(['stable', 'error'])
})

test('a new category has p = 0 and no finite statistic', () => {
  const letters = (last: string) => ({ x: rows.map((i) => (i === 0 ? last : 'ab'[i % 2])) })
  const [column] = detectDrift(letters('c'), letters('d'), { preset: 'evidently' }).columns
  expect(column).toMatchObject({ statistic: null, pValue: 0, drifted: true })
})
