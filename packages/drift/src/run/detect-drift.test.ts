import type { TableInput } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import golden from '../../golden/small-tables.json' with { type: 'json' }
import { typedGoldenTable } from '../../test/typed-golden-table.ts'
import type { DetectDriftOptions } from '../plan/options.ts'
import { profile } from '../profile/profile-table.ts'
import type { ColumnDrift } from '../report/drift-report.ts'
import { detectDrift } from './detect-drift.ts'

const integers = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i)

function only(
  reference: TableInput,
  current: TableInput,
  options?: DetectDriftOptions,
): ColumnDrift {
  const { columns } = detectDrift(reference, current, options)
  expect(columns).toHaveLength(1)
  return columns[0]!
}

describe('the numbers', () => {
  const report = detectDrift(
    typedGoldenTable('small_reference.csv'),
    typedGoldenTable('small_current.csv'),
  )

  test.each(Object.entries(golden.columns))('agree with scipy on %s', (name, expected) => {
    const column = report.columns.find((known) => known.name === name)!
    const { missing } = column
    expect(column.method).toBe(expected.method)
    for (const [actual, truth] of [
      [column.statistic, expected.statistic],
      [column.pValue, expected.pValue],
      [column.adjustedPValue, expected.adjustedPValue],
      [missing.pValue, expected.missingPValue],
      [
        missing.adjustedPValue,
        'adjustedMissingPValue' in expected ? expected.adjustedMissingPValue : null,
      ],
    ] as const) {
      if (truth === null) expect(actual).toBeNull()
      else expect(relativeError(actual!, truth)).toBeLessThan(1e-12)
    }
  })

  test('the verdicts are these: what moved, what did not, and a gap that widened', () => {
    const verdicts = Object.fromEntries(report.columns.map(({ name, verdict }) => [name, verdict]))
    expect(verdicts).toEqual({
      norm_same: 'stable',
      norm_shift: 'drifted',
      norm_scale: 'drifted',
      lognorm: 'drifted',
      ties_int: 'drifted',
      low_uniq: 'drifted',
      int4: 'stable',
      bin01: 'stable',
      disjoint: 'drifted',
      const: 'stable',
      const_shift: 'drifted',
      nan_num: 'drifted',
      tiny_std: 'drifted',
      big_offset: 'drifted',
      cat_same: 'stable',
      cat_shift: 'drifted',
      cat_new: 'drifted',
      cat_gone: 'drifted',
      cat_many: 'stable',
      cat_nan: 'drifted',
      boolean: 'stable',
      cat_const: 'stable',
    })
  })

  test('the effect of every column lies inside its interval', () => {
    for (const { effect, effectInterval, name } of report.columns) {
      expect(effect, name).toBeGreaterThanOrEqual(effectInterval![0])
      expect(effect, name).toBeLessThanOrEqual(effectInterval![1])
    }
  })
})

describe('a column that cannot be judged', () => {
  test.each<[string, TableInput, TableInput, Partial<ColumnDrift>]>([
    [
      'lost',
      { x: [1], y: [1] },
      { y: [1] },
      { name: 'x', reason: 'the current table has no such column' },
    ],
    [
      'new',
      { y: [1] },
      { x: [1], y: [1] },
      { name: 'x', reason: 'the reference has no such column' },
    ],
    [
      'changed its type',
      { x: [1, 2] },
      { x: ['1', '2'] },
      { reason: 'its type changed from numeric in the reference to categorical' },
    ],
    [
      'of objects',
      { x: [{}] },
      { x: [1] },
      { reason: 'a value is an object, neither number, text, boolean nor date' },
    ],
  ])('%s: has the verdict error and a reason, and the others are judged', (_, a, b, expected) => {
    const { columns } = detectDrift(a, b)
    const column = columns.find(({ name }) => name === 'x')
    expect(column).toMatchObject({ ...expected, verdict: 'error', drifted: false, statistic: null })
    expect(
      columns.filter(({ name }) => name !== 'x').every(({ verdict }) => verdict !== 'error'),
    ).toBe(true)
  })

  test('a getter that throws ends its own column alone', () => {
    const rows = integers(50).map((x) => ({
      fine: x,
      get broken(): number {
        throw new Error('no value today')
      },
    }))
    const { columns } = detectDrift(rows, rows)
    expect(columns.map(({ name, verdict, reason }) => [name, verdict, reason])).toEqual([
      ['fine', 'stable', expect.any(String)],
      ['broken', 'error', 'no value today'],
    ])
  })

  test.each<[string, unknown[], unknown[]]>([
    ['one row', [1], [2]],
    ['no row', [], []],
    ['nothing but missing values', [null, undefined, Number.NaN], [1, 2, 3]],
    ['nothing but missing values on both sides', [null], [null]],
    ['29 values', integers(29), integers(100)],
    ['29 categories', integers(29).map(String), integers(100).map(String)],
  ])('%s: insufficient data', (_, a, b) => {
    const column = only({ x: a }, { x: b })
    expect(column).toMatchObject({ verdict: 'insufficient-data', drifted: false })
    expect(column.reason).toMatch(/^too few values to tell: \d+ in the /)
    expect(column).not.toHaveProperty('adjustedPValue')
  })

  test('is no part of the share', () => {
    const reference = { a: integers(100), b: [...integers(1), ...Array(99).fill(null)] }
    const report = detectDrift(reference, { ...reference, a: integers(100, 200) })
    expect(report).toMatchObject({
      shareOfDriftedColumns: 1,
      evaluatedFeatures: 1,
      driftedFeatures: 1,
    })
  })
})

describe('values', () => {
  test('bigint, date and number columns are numeric; text, boolean and mixed ones categorical', () => {
    const table = {
      big: integers(40).map(BigInt),
      day: integers(40).map((day) => new Date(Date.UTC(2001, 0, day + 1))),
      typed: Int32Array.from(integers(40)),
      text: integers(40).map(String),
      flag: integers(40).map((i) => i % 2 === 0),
      mixed: integers(40).map((i) => (i % 2 === 0 ? i : String(i))),
    }
    const { columns } = detectDrift(table, table)
    expect(columns.map(({ type }) => type)).toEqual([
      'numeric',
      'datetime',
      'numeric',
      'categorical',
      'categorical',
      'categorical',
    ])
    // Forty texts that occur once each tell nothing.
    expect(columns.map(({ verdict }) => verdict)).toEqual([
      'stable',
      'stable',
      'stable',
      'insufficient-data',
      'stable',
      'insufficient-data',
    ])
  })

  test('a type that the caller names is the type', () => {
    const numbers = { x: integers(60).map((i) => i % 3) }
    expect(only(numbers, numbers, { types: { x: 'categorical' } }).method).toBe('chi-squared')
    const text = { x: integers(60).map((i) => ` ${i}.5 `) }
    expect(only(text, text, { types: { x: 'numeric' } })).toMatchObject({
      statistic: 0,
      type: 'numeric',
    })
    expect(only({ x: ['a'] }, { x: ['b'] }, { types: { x: 'numeric' } })).toMatchObject({
      verdict: 'error',
      reason: 'a value is the text "a", not a number',
    })
  })

  test('infinite values are missing ones, counted and mentioned', () => {
    const reference = { x: [...integers(100), Number.POSITIVE_INFINITY, null] }
    const current = { x: [...integers(100), ...Array(40).fill(Number.NaN)] }
    const column = only(reference, current)
    expect(column).toMatchObject({
      statistic: 0,
      verdict: 'drifted',
      reason: 'missing values went from 1.96% to 28.6%',
    })
    expect(column.reference).toMatchObject({ n: 100, missing: 1, infinite: 1 })
    expect(column.current).toMatchObject({ n: 100, missing: 40 })
    expect(column.warnings).toEqual([
      'infinite values counted as missing: 1 in the reference, 0 in the current table',
    ])
  })

  test.each([1, 0.9, 0.5])(
    'a share of %d of infinite values is drift, from cells as from a profile',
    (share) => {
      const reference = { x: integers(300), y: integers(300) }
      const x = integers(300).map((i) => (i < 300 * share ? Number.POSITIVE_INFINITY : i))
      const current = { x, y: integers(300) }
      const reports = [reference, profile(reference)].map((side) => detectDrift(side, current))
      for (const { columns, decision, missingColumns } of reports) {
        expect(columns[0]!.verdict).not.toBe('stable')
        expect(columns[0]!.missing.current).toBeCloseTo(share)
        expect(decision.action).toBe('ACTION')
        expect(missingColumns).toEqual(share === 1 ? ['x'] : [])
      }
    },
  )

  test('new and lost categories are named, few of them', () => {
    const column = only(
      { x: [...Array(50).fill('a'), 'lost'] },
      { x: [...Array(50).fill('a'), ...integers(7).map((i) => `new${i}`)] },
    )
    expect(column.warnings.slice(0, 2)).toEqual([
      'new categories: new0, new1, new2, new3, new4 and 2 more',
      'lost categories: lost',
    ])
  })

  test('categories named like properties of an object are counted like any other', () => {
    const names = ['__proto__', 'constructor', 'toString', 'length']
    const x = integers(80).map((i) => names[i % 4])
    expect(only({ x }, { x })).toMatchObject({ statistic: 0, pValue: 1 })
  })

  test('a report names a bounded number of categories, its test sees all', () => {
    const x = integers(5000).map((i) => `id${i}`)
    const column = only({ x }, { x })
    expect(column.reference).toMatchObject({ n: 5000, other: 4950 })
    expect(column.statistic).toBe(0)
  })

  test('the arguments stay as they are', () => {
    const reference = { x: [3, 1, 2, ...integers(50)] }
    const before = structuredClone(reference)
    detectDrift(reference, reference)
    expect(reference).toEqual(before)
  })
})

describe('roles', () => {
  const reference = {
    a: integers(200),
    b: integers(200),
    late: integers(200),
    score: integers(200),
  }
  const current = { ...reference, late: integers(200, 150), score: integers(200, 150) }
  const report = detectDrift(reference, current, { target: 'late', prediction: ['score'] })

  test('target and prediction are judged apart from the features', () => {
    expect(report.columns.map(({ role }) => role)).toEqual([
      'feature',
      'feature',
      'target',
      'prediction',
    ])
    expect(report).toMatchObject({
      shareOfDriftedColumns: 0,
      targetDrift: 1,
      predictionDrift: 1,
      decision: { action: 'NO_ACTION', reason: 'drift_share=0.00 < 0.30 (target_drift=1.0)' },
    })
  })

  test('without a target its drift is not known, which is not none', () => {
    expect(detectDrift(reference, current)).toMatchObject({
      targetDrift: null,
      predictionDrift: null,
    })
  })

  test('`columns` chooses, and the target comes along', () => {
    const chosen = detectDrift(reference, current, { columns: ['b'], target: 'late' })
    expect(chosen.columns.map(({ name }) => name)).toEqual(['b', 'late'])
  })
})

describe('the report', () => {
  test('is plain JSON: what is written is what is read', () => {
    const tables = [
      typedGoldenTable('small_reference.csv'),
      { ...typedGoldenTable('small_current.csv'), extra: Array(300).fill(null) },
    ]
    const report = detectDrift(tables[0]!, tables[1]!)
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  test('says how small a p-value is that no double holds', () => {
    const constant = (value: number) => new Float64Array(1000).fill(value)
    const apart = only({ x: constant(0) }, { x: constant(1) })
    expect(apart.pValue).toBe(0)
    // Of all orders of 2000 values, two keep the sides apart: ln 2 − ln C(2000, 1000).
    expect(apart.logPValue).toBeCloseTo(Math.LN2 - 1381.83, 0)
    const categories = only({ x: Array(2000).fill('a') }, { x: Array(2000).fill('b') })
    // χ² = 4000 with one degree of freedom (mpmath).
    expect(categories.logPValue).toBeCloseTo(-2004.373066016638, 9)
    expect(only({ x: integers(100) }, { x: integers(100) })).not.toHaveProperty('logPValue')
  })

  test('tells of numbers where their curves are farthest apart, and their quantiles', () => {
    const { statistic, widestGap, quantiles } = only({ x: integers(100) }, { x: integers(100, 30) })
    expect(widestGap).toEqual({ at: 29, reference: 0.3, current: 0 })
    expect(statistic).toBe(0.3)
    expect(quantiles!.levels).toEqual([0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1])
    expect(quantiles!.current).toEqual([30, 30, 34, 54, 79, 104, 124, 128, 129])
    const dates = { x: integers(50, 1).map((day) => new Date(Date.UTC(2026, 0, day))) }
    expect(only(dates, dates).quantiles!.reference[8]).toBe(Date.UTC(2026, 0, 50))
    expect(only({ x: integers(100) }, { x: Array(100).fill(null) })).not.toHaveProperty('quantiles')
    const zeros = { x: [...Array(50).fill(-0), ...Array(50).fill(5)] }
    expect(only(zeros, { x: Array(100).fill(5) }).widestGap!.at).toBe(0)
    expect(only(zeros, zeros).quantiles!.reference[0]).toBe(0)
    const words = { x: Array(90).fill('a') }
    expect(only(words, words)).not.toHaveProperty('widestGap')
  })

  test('tells of its progress, column by column', () => {
    const seen: string[] = []
    const table = { a: integers(3), b: integers(3) }
    detectDrift(table, table, {
      onProgress: ({ column, done, total }) => seen.push(`${column} ${done}/${total}`),
    })
    expect(seen).toEqual(['a 1/2', 'b 2/2'])
  })

  test('two tables without columns have nothing to judge, and say so', () => {
    expect(detectDrift([], [])).toMatchObject({
      columns: [],
      shareOfDriftedColumns: null,
      decision: { reason: 'insufficient data: no feature could be judged (target_drift=n/a)' },
    })
  })
})

describe('wrong options', () => {
  const table = { a: [1], b: [2] }
  test.each<[DetectDriftOptions, string]>([
    [{ target: 'c' }, '"target" must be a column of the tables (a, b), received c'],
    [{ columns: ['c'] }, '"columns" must be a column'],
    [{ target: 'a', prediction: 'a' }, '"prediction" must be another column than the target'],
    [{ alpha: Number.NaN }, '"alpha" must be a number in (0, 1), received NaN'],
    [{ correction: 'sidak' as 'holm' }, '"correction" must be one of benjamini-hochberg'],
    [{ weights: { a: -1 } }, '"weights.a" must be a non-negative number'],
    [{ method: 'kss' as 'ks' }, '"method" must be "ks", maybe: one of kolmogorov-smirnov'],
    [{ methods: { a: 'psii' as 'psi' } }, '"methods.a" must be "psi", maybe: one of'],
    [{ methods: { a: { method: 'psi', threshold: Number.NaN } } }, '"methods.a.threshold" must be'],
    [
      { methods: { a: { name: 'own', compare: {}, threshold: Number.NaN } } },
      '"methods.a.threshold" must be a non-negative number, received NaN',
    ],
    [
      {
        method: {
          name: 'own',
          compare: { values: () => ({ kind: 'divergence', statistic: 1 }) },
          threshold: -1,
        },
      },
      '"method.threshold" must be a non-negative number, received -1',
    ],
    [{ tolerance: -1 }, '"tolerance" must be a non-negative number'],
    [{ redact: 'short' }, '"redact" must be a key of at least 8 characters, received 5 characters'],
    [{ redact: 1 as unknown as boolean }, '"redact" must be true, false or a key'],
    [{ minimumValues: 0 }, '"minimumValues" must be a positive integer'],
    [{ types: { a: 'words' as 'text' } }, '"types.a" must be one of numeric'],
    [{ policy: { shareThreshold: 3 } }, '"policy.shareThreshold" must be a number in [0, 1]'],
  ])('%j are refused before any work', (options, message) => {
    expect(() =>
      detectDrift(table, table, { ...options, onProgress: () => expect.unreachable() }),
    ).toThrow(message)
  })
})

function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected)
}
