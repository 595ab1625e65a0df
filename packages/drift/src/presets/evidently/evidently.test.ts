import { readFileSync } from 'node:fs'
import type { TableInput } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { relativeError } from '../../../test/relative-error.ts'
import { typedGoldenTable } from '../../../test/typed-golden-table.ts'
import type { DetectDriftOptions } from '../../plan/options.ts'
import { profile } from '../../profile/profile-table.ts'
import type { ColumnType } from '../../report/drift-report.ts'
import { detectDrift } from '../../run/detect-drift.ts'

type Outcome = {
  /** Absent where Evidently gives no score. */
  readonly method?: string
  readonly stattest_name?: string
  readonly threshold: number
  readonly score: number
  readonly drifted: boolean
  /** What it raised. */
  readonly error?: string
  readonly left_out?: true
}
type Cell = number | string | boolean | null
interface Sides {
  readonly name: string
  readonly kind: 'number' | 'boolean' | 'text' | 'date' | 'mixed'
  readonly reference: readonly Cell[]
  readonly current: readonly Cell[]
}
type Size = 'small' | 'large'
interface Golden07 {
  readonly columns: ReadonlyArray<Sides & Outcome & { readonly size: Size }>
  readonly reports: ReadonlyArray<{
    readonly size: Size
    readonly columns: readonly string[]
    readonly share: number
    /** Its count denies its own flags. */
    readonly at_odds: boolean
  }>
  readonly verdicts: ReadonlyArray<Sides & { readonly methods: Readonly<Record<string, Outcome>> }>
}
interface Golden04 {
  readonly cases: ReadonlyArray<{
    readonly size: Size
    readonly repeats: number
    readonly share_of_drifted_columns: number
    readonly dataset_drift: boolean
    readonly columns: ReadonlyArray<Outcome & { readonly name: string }>
  }>
  readonly columns: ReadonlyArray<Outcome & { readonly name: string; readonly size: Size }>
  readonly verdicts: ReadonlyArray<
    Outcome & { readonly name: string; readonly kind: Sides['kind']; readonly method: string }
  >
}

const golden04: Golden04 = readGolden('evidently-report.json')
const golden07: Golden07 = readGolden('evidently-0.7-report.json')

function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../golden/${name}`, import.meta.url), 'utf8'))
}

/** As a table holds them; infinities are text in the file. */
function cellsOf({ kind }: Sides, cells: readonly Cell[]): unknown[] {
  return cells.map((cell) => {
    if (cell === null) return null
    return kind === 'number' ? Number(cell) : kind === 'date' ? new Date(String(cell)) : cell
  })
}

const METHODS: Readonly<Record<string, string>> = {
  'K-S p_value': 'kolmogorov-smirnov',
  'Z-test p_value': 'z-test',
  'chi-square p_value': 'chi-square-fit',
  'Wasserstein distance (normed)': 'wasserstein',
  'Jensen-Shannon distance': 'jensen-shannon',
  'Percentile text content drift': 'domain-classifier',
  'Absolute text content drift': 'domain-classifier',
}

type Column = ReturnType<typeof detectDrift>['columns'][number]

function expectOutcome(column: Column, truth: Outcome): void {
  const { criterion } = column
  if (truth.error !== undefined || truth.left_out) {
    expect(column).toMatchObject({ verdict: 'error', drifted: false })
    expect(column.reason).toMatch(/(^|; )Evidently/)
    return
  }
  expect(column.method).toBe(METHODS[(truth.method ?? truth.stattest_name)!])
  expect(column.drifted).toBe(truth.drifted)
  if (column.method === 'domain-classifier') return
  const score = criterion.measure === 'pValue' ? column.pValue! : column.statistic!
  expect(column.threshold).toBe(truth.threshold)
  // Where p is below 1e-15, Evidently's z test has subtracted it from 1 and says 0.
  if (truth.score === 0) expect(score).toBeLessThan(1e-15)
  else expect(relativeError(score, truth.score)).toBeLessThan(1e-9)
}

describe.each(golden04.cases)('the report of Evidently 0.4.40 on the $size tables', (expected) => {
  const report = detectDrift(
    typedGoldenTable('small_reference.csv', expected.repeats),
    typedGoldenTable('small_current.csv', expected.repeats),
    { preset: 'evidently' },
  )

  test.each(expected.columns)('$name: method, threshold, score and flag', (truth) => {
    expectOutcome(report.columns.find(({ name }) => name === truth.name)!, truth)
  })

  test('the share of drifted columns, and the verdict on the dataset at 0.5', () => {
    expect(report.shareOfDriftedColumns).toBe(expected.share_of_drifted_columns)
    expect(report.decision.action === 'ACTION').toBe(expected.dataset_drift)
  })
})

const columns04 = golden07.columns.map((sides) => {
  const truth = golden04.columns.find(
    ({ name, size }) => name === sides.name && size === sides.size,
  )!
  return { preset: 'evidently' as const, size: sides.size, name: sides.name, sides, truth }
})
const columns07 = golden07.columns.map((sides) => {
  return {
    preset: 'evidently-0.7' as const,
    size: sides.size,
    name: sides.name,
    sides,
    truth: sides as Outcome,
  }
})

test.each([...columns04, ...columns07])(
  '$preset has Evidently’s method, threshold, score and flag for $size $name, or its error',
  ({ preset, sides, truth }) => {
    const [reference, current] = [
      { x: cellsOf(sides, sides.reference) },
      { x: cellsOf(sides, sides.current) },
    ]
    const report = detectDrift(reference, current, { preset })
    expectOutcome(report.columns[0]!, truth)
  },
)

test.each(golden07.reports)(
  'evidently-0.7 has the share of drifted columns of $columns.length columns of the $size tables, or that of the flags where at odds ($at_odds)',
  ({ size, columns, share, at_odds }) => {
    const side = (key: 'reference' | 'current') =>
      Object.fromEntries(
        columns.map((name) => {
          const sides = golden07.columns.find((row) => row.name === name && row.size === size)!
          return [name, cellsOf(sides, sides[key])]
        }),
      )
    const report = detectDrift(side('reference'), side('current'), { preset: 'evidently-0.7' })
    const flags = columns.map(
      (name) => golden07.columns.find((row) => row.name === name && row.size === size)!,
    )
    const judged = flags.filter(({ drifted }) => drifted !== undefined)
    const shareOfFlags = judged.filter(({ drifted }) => drifted).length / judged.length
    expect(report.shareOfDriftedColumns).toBe(shareOfFlags)
    expect(shareOfFlags === share).toBe(!at_odds)
    expect(report.decision.action === 'ACTION').toBe(shareOfFlags >= 0.5)
  },
)

describe('gives the verdict of Evidently where the score is another one', () => {
  const options: Readonly<Record<string, DetectDriftOptions>> = {
    TVD: { method: { method: 'total-variation', threshold: 0.1 } },
    empirical_mmd: { method: 'maximum-mean-discrepancy' },
    perc_text_content_drift: { types: { x: 'text' } },
    abs_text_content_drift: { types: { x: 'text' } },
  }
  const rows = golden07.verdicts.flatMap((sides) =>
    Object.entries(sides.methods).map(([method, by07]) => {
      const by04 = golden04.verdicts.find(
        (row) => row.name === sides.name && row.kind === sides.kind && row.method === method,
      )!
      return { method, name: sides.name, sides, by04, by07 }
    }),
  )

  test.each(rows)('$method: $name', ({ method, sides, by04, by07 }) => {
    const column = detectDrift(
      { x: cellsOf(sides, sides.reference) },
      { x: cellsOf(sides, sides.current) },
      options[method],
    ).columns[0]!
    expect(column.verdict).not.toBe('error')
    expect(column.drifted).toBe(by04.drifted)
    // empirical_mmd of 0.7.21 needs numpy before 2.4.
    if (by07.error !== undefined) expect(method).toBe('empirical_mmd')
    else expect(column.drifted).toBe(by07.drifted)
  })

  test('both verdicts are among the golden ones of each method', () => {
    for (const name of Object.keys(options)) {
      const flags = rows.filter(({ method }) => method === name).map(({ by04 }) => by04.drifted)
      expect(new Set(flags), name).toEqual(new Set([true, false]))
    }
  })

  test('texts are judged by p up to 1000 reference values, by AUC > 0.55 above', () => {
    const criterionOf = (size: Size) => {
      const sides = golden07.columns.find((row) => row.name === 'text_same' && row.size === size)!
      const [column] = detectDrift(
        { x: sides.reference },
        { x: sides.current },
        { preset: 'evidently-0.7' },
      ).columns
      return [column!.criterion.measure, column!.criterion.operator, column!.threshold]
    }
    expect(criterionOf('small')).toEqual(['pValue', '<=', 0.05])
    expect(criterionOf('large')).toEqual(['statistic', '>', 0.55])
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

test('a declared type is not inferred again', () => {
  const table = { x: Array.from({ length: 2000 }, (_, i) => i % 8) }
  const prose = { x: rows.map((i) => `one more line of text ${i}`) }
  const report = (data: object, preset: 'evidently' | 'evidently-0.7', type: ColumnType) =>
    detectDrift(data as TableInput, data as TableInput, { preset, types: { x: type } }).columns[0]!
  expect(report(table, 'evidently-0.7', 'numeric').method).toBe('wasserstein')
  expect(report(table, 'evidently', 'categorical').method).toBe('jensen-shannon')
  expect(report(prose, 'evidently', 'text').method).toBe('domain-classifier')
  expect(report(prose, 'evidently-0.7', 'categorical').method).toBe('chi-square-fit')
  expect(report(prose, 'evidently-0.7', 'numeric').verdict).toBe('error')
})

test('columns as codes are categories, however many there are', () => {
  const table = { x: { codes: rows, categories: rows.map(String) } }
  const [column] = detectDrift(table, table, { preset: 'evidently-0.7' }).columns
  expect(column!.method).toBe('chi-square-fit')
})

test('takes a stored profile by its kept sample, or its counts, and says what is lacking', () => {
  const current = { x: rows, few: rows.map((i) => i % 3), letter: rows.map((i) => 'abc'[i % 3]) }
  const methodsOf = (keepSample: boolean, preset: 'evidently' | 'evidently-0.7') =>
    detectDrift(profile(current, { keepSample }), current, { preset }).columns.map(
      ({ method, verdict }) => (verdict === 'error' ? verdict : method),
    )
  expect(methodsOf(true, 'evidently')).toEqual([
    'kolmogorov-smirnov',
    'chi-square-fit',
    'chi-square-fit',
  ])
  expect(methodsOf(false, 'evidently')).toEqual(['error', 'error', 'chi-square-fit'])
  const [lacking] = detectDrift(profile(current), current, { preset: 'evidently' }).columns
  expect(lacking!.reason).toContain('store the reference with keepSample')
})

test('a stored profile remembers that a value was missing, which makes whole numbers numeric', () => {
  const eight = rows.map((i) => i % 8)
  const methodOf = (cells: ReadonlyArray<number | null>) => {
    const current = profile({ x: cells }, { keepSample: true })
    return detectDrift({ x: eight }, current, { preset: 'evidently-0.7' }).columns[0]!.method
  }
  expect(methodOf(eight)).toBe('chi-square-fit')
  expect(methodOf([null, ...eight])).toBe('kolmogorov-smirnov')
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
