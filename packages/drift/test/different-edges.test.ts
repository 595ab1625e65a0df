import { type NumericProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type BinnedKolmogorovSmirnov,
  binnedKolmogorovSmirnov,
  type ColumnDrift,
  type DetectDriftOptions,
  type DriftMethod,
  detectDrift,
  detectDriftAsync,
  detectDriftByColumn,
  parseTableProfile,
  profile,
  type TableProfile,
} from '../src/index.ts'
import { normalSample } from './normal-sample.ts'

const stored = (values: readonly number[], options = {}): TableProfile =>
  parseTableProfile(JSON.stringify(profile({ x: values }, options)))

const only = ({ columns }: { readonly columns: readonly ColumnDrift[] }): ColumnDrift => columns[0]!

const between = (
  before: readonly number[],
  after: readonly number[],
  options: DetectDriftOptions & { readonly bins?: number } = {},
): ColumnDrift => {
  const { bins = 260, ...others } = options
  return only(detectDrift(stored(before, { bins }), stored(after, { bins }), others))
}

const BRACKET =
  /^each side has bins of its own: the Kolmogorov-Smirnov distance lies between (\S+) and (\S+); statistic, p-value and effect are those of the lower end$/
const TOO_COARSE =
  /^bins too coarse to tell: the Kolmogorov-Smirnov distance lies between \S+ and \S+, which may be drift or none; count both tables into the same edges: profile\(table, \{ like \}\), or tidegauge profile --like$/

function endsOf({ warnings }: ColumnDrift): readonly [lower: number, upper: number] | null {
  const [, lower, upper] =
    warnings.map((text) => BRACKET.exec(text)).find((found) => found !== null) ?? []
  return lower === undefined ? null : [Number(lower), Number(upper)]
}

const isNoDrift = ({ verdict }: ColumnDrift) => verdict === 'stable' || verdict === 'negligible'

const sample = fc.oneof(
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 30, maxLength: 300 }),
  fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 30, maxLength: 300 }),
  fc
    .tuple(
      fc.integer({ min: 0, max: 99 }),
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 30, maxLength: 60 }),
    )
    .map(([times, others]) => [...new Array<number>(times).fill(0), ...others]),
)

test('the distance of the values lies between the two that are told, and no verdict is against that of the values', () => {
  const told = new Map<string, number>()
  fc.assert(
    fc.property(
      sample,
      sample,
      fc.constantFrom(0, 0, 0.3, 4),
      fc.constantFrom(7, 20, 260),
      (before, unshifted, shift, bins) => {
        const after = unshifted.map((x) => x + shift)
        const expected = only(detectDrift({ x: before }, { x: after }))
        const column = between(before, after, { bins })
        const ends = endsOf(column)
        told.set(column.verdict, (told.get(column.verdict) ?? 0) + (ends === null ? 0 : 1))
        if (ends === null) return
        const [lower, upper] = ends
        expect(lower).toBeLessThanOrEqual(column.statistic!)
        expect(lower).toBeLessThanOrEqual(expected.statistic! + 1e-12)
        expect(upper).toBeGreaterThanOrEqual(expected.statistic! - 1e-12)
        expect(column.pValue!).toBeGreaterThanOrEqual(expected.pValue! * (1 - 1e-9))
        expect(column.effectInterval![0]).toBeLessThanOrEqual(expected.effectInterval![0] + 1e-9)
        expect(column.effectInterval![1]).toBeGreaterThanOrEqual(expected.effectInterval![1] - 1e-9)
        if (column.verdict === 'drifted') expect(expected.verdict).toBe('drifted')
        if (isNoDrift(column)) expect(isNoDrift(expected)).toBe(true)
        if (column.verdict === 'insufficient-data') expect(column.reason).toMatch(TOO_COARSE)
      },
    ),
    { seed: 3, numRuns: 600 },
  )
  for (const verdict of ['drifted', 'stable', 'insufficient-data']) {
    expect(told.get(verdict), verdict).toBeGreaterThan(10)
  }
})

test('where one side has all edges of the other, the finer is counted between them, and both are compared as ever', () => {
  const [before, after] = [normalSample(900, 1), normalSample(800, 2).map((x) => x + 0.1)]
  const fine = Array.from({ length: 33 }, (_, i) => -8 + i / 2)
  const coarse = fine.filter((_, i) => i % 4 === 0)
  for (const method of ['ks', 'psi'] as const) {
    const options = { method }
    for (const [ofReference, ofCurrent] of [
      [fine, coarse],
      [coarse, fine],
    ] as const) {
      const column = only(
        detectDrift(
          { x: numericProfile(before, ofReference) },
          { x: numericProfile(after, ofCurrent) },
          options,
        ),
      )
      const expected = only(
        detectDrift(
          { x: numericProfile(before, coarse) },
          { x: numericProfile(after, coarse) },
          options,
        ),
      )
      expect(column).toEqual(expected)
      expect(column.reference).toMatchObject({ edges: coarse })
    }
  }
})

test('each side keeps its own bins where they differ', () => {
  const column = between(normalSample(500, 3), normalSample(500, 4))
  const [reference, current] = [column.reference, column.current] as NumericProfile[]
  expect(reference!.edges).not.toEqual(current!.edges)
  expect(reference).toMatchObject({ n: 500, min: reference!.edges[0] })
  expect(column.quantiles).toBeUndefined()
  expect(column.widestGap).toBeUndefined()
})

test('ten bins do not tell a small change from none, and that is no verdict', () => {
  const before = normalSample(5000, 5)
  for (const shift of [0, 0.1]) {
    const after = normalSample(5000, 6).map((x) => x + shift)
    const column = between(before, after, { bins: 10 })
    expect(column.verdict).toBe('insufficient-data')
    expect(column.reason).toMatch(TOO_COARSE)
    // The cure works.
    const like = stored(before, { bins: 10 })
    const counted = only(detectDrift(like, profile({ x: after }, { like })))
    expect(counted.verdict).not.toBe('insufficient-data')
  }
  expect(
    between(
      before,
      normalSample(5000, 6).map((x) => x + 1),
      { bins: 10 },
    ).verdict,
  ).toBe('drifted')
})

test('what is nothing at its upper end is stable; too small at its upper end is negligible', () => {
  expect(between(normalSample(2000, 7), normalSample(2000, 8)).verdict).toBe('stable')
  const small = between(
    normalSample(50_000, 9),
    normalSample(50_000, 10).map((x) => x + 0.05),
  )
  expect(small.verdict).toBe('negligible')
  const intolerant = between(normalSample(50_000, 9), normalSample(50_000, 10), {
    tolerance: 0.001,
  })
  expect(intolerant.verdict).not.toBe('negligible')
})

test('a distance with a threshold of its own is drift where its lower end meets it, none where its upper end does not', () => {
  const distance: DriftMethod = {
    name: 'binned-distance',
    compare: {
      bins: (reference, current): BinnedKolmogorovSmirnov =>
        binnedKolmogorovSmirnov(reference, current),
    },
  }
  const direct: DriftMethod = { ...distance, compare: { bins: binnedKolmogorovSmirnov } }
  const [before, after] = [normalSample(3000, 11), normalSample(3000, 12).map((x) => x + 0.3)]
  const [lower, upper] = endsOf(between(before, after))!
  const verdictAt = (threshold: number) =>
    between(before, after, { method: { numeric: { method: direct, threshold } } })
  expect(verdictAt(lower - 0.001)).toMatchObject({
    verdict: 'drifted',
    criterion: { measure: 'statistic' },
  })
  expect(verdictAt((lower + upper) / 2)).toMatchObject({ verdict: 'insufficient-data' })
  expect(verdictAt(upper + 0.001)).toMatchObject({ verdict: 'negligible' })
  // One's own function is asked for bins that are the same.
  expect(between(before, after, { method: { numeric: distance } })).toMatchObject({
    verdict: 'error',
  })
})

test('where both ends are one number, the correction for many tests has the last word', () => {
  // Zeros and ones between neighbouring numbers: known exactly, though each side has an edge that the other has not.
  const [least, beforeOne] = [Number.MIN_VALUE, 1 - Number.EPSILON / 2]
  const counted = (zeros: number, edges: readonly number[]) =>
    numericProfile([...new Array(zeros).fill(0), ...new Array(400 - zeros).fill(1)], edges)
  const reference = counted(200, [-5, -least, 0, beforeOne, 1])
  const current = counted(240, [-2 * least, -least, 0, beforeOne, 1, 5])
  const verdictAmong = (others: number) => {
    const same = Object.fromEntries(Array.from({ length: others }, (_, i) => [`c${i}`, reference]))
    return only(detectDrift({ x: reference, ...same }, { x: current, ...same }))
  }
  expect(verdictAmong(0)).toMatchObject({ verdict: 'drifted', statistic: 0.1 })
  expect(verdictAmong(9)).toMatchObject({ verdict: 'stable', statistic: 0.1 })
})

test.each(['psi', 'js', 'kl', 'hellinger', 'tv'] as const)(
  '%s of sides with other bins is refused with the cure',
  (method) => {
    const column = between(normalSample(300, 13), normalSample(300, 14), { method })
    expect(column).toMatchObject({
      verdict: 'error',
      reason: expect.stringMatching(
        /^\S+ needs both sides in the same bins: count both tables into the same edges: profile\(table, \{ like \}\), or tidegauge profile --like$/,
      ),
    })
  },
)

test('in a worker, and column by column, it is the same', async () => {
  for (const shift of [0, 0.1, 0.5]) {
    const [before, after] = [
      stored(normalSample(1500, 15), { bins: 40 }),
      stored(
        normalSample(1500, 16).map((x) => x + shift),
        { bins: 40 },
      ),
    ]
    const expected = JSON.parse(JSON.stringify(detectDrift(before, after)))
    expect(JSON.parse(JSON.stringify(await detectDriftAsync(before, after)))).toEqual(expected)
    const shape = { rowCount: 1500, columnNames: ['x'] }
    const read = async () => ({ reference: before.columns[0]!, current: after.columns[0]! })
    const report = await detectDriftByColumn({ reference: shape, current: shape, read })
    expect(only(report)).toEqual(only(expected))
  }
})

describe('two stored months of 260 bins each', () => {
  const pairs = 200

  test.each([
    [500, 500],
    [2000, 2000],
    [20_000, 5000],
  ])('of one distribution, %d and %d values: no more than alpha are called drifted', (n, m) => {
    let drifted = 0
    for (let i = 0; i < pairs; i++) {
      const column = between(normalSample(n, 1000 + i), normalSample(m, 5000 + i), { tolerance: 0 })
      if (column.verdict === 'drifted') drifted++
    }
    // 0.05 of 200, and three standard errors.
    expect(drifted).toBeLessThanOrEqual(0.05 * pairs + 3 * Math.sqrt(0.05 * 0.95 * pairs))
    expect(drifted).toBeGreaterThan(0)
  })

  test('a shift of 0.3 standard deviations is found in 2,000 against 2,000', () => {
    let found = 0
    for (let i = 0; i < 50; i++) {
      const after = normalSample(2000, 7000 + i).map((x) => x + 0.3)
      if (between(normalSample(2000, 3000 + i), after).verdict === 'drifted') found++
    }
    expect(found).toBeGreaterThanOrEqual(49)
  })
})
