import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { dealings, testRejections, twoSampleCases } from '../../test/two-samples.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { maximumMeanDiscrepancy } from './maximum-mean-discrepancy.ts'

test.each(twoSampleCases.filter((entry) => entry.maximumMeanDiscrepancy !== null))(
  'agrees with numpy on $name',
  ({ name, reference, current, maximumMeanDiscrepancy: expected }) => {
    const result = maximumMeanDiscrepancy(reference, current, { permutations: 1 })
    const gate = name === 'far from zero' ? 1e-9 : 1e-13
    expect(relativeError(result.bandwidth, expected!.bandwidth)).toBeLessThan(gate)
    expect(Math.abs(result.statistic - expected!.statistic)).toBeLessThan(gate)
    expect([result.referenceValues, result.currentValues]).toEqual([
      reference.length,
      current.length,
    ])
  },
)

test('p estimates the share of all dealings with a discrepancy as large', () => {
  const pooled = [1, 2, 2.5, 4, 7, 7.5, 8, 9, 9.25]
  const bandwidth = 2
  const all = dealings(pooled, 4).map(
    ([a, b]) => maximumMeanDiscrepancy(a, b, { bandwidth, permutations: 1 }).statistic,
  )
  for (const reference of [
    [1, 2, 2.5, 4],
    [1, 4, 7, 8],
  ]) {
    const current = pooled.filter((x) => !reference.includes(x))
    const options = { bandwidth, permutations: 5000 }
    const { statistic, pValue } = maximumMeanDiscrepancy(reference, current, options)
    const share = all.filter((other) => other >= statistic - 1e-12).length / all.length
    expect(Math.abs(pValue - share)).toBeLessThan(0.03)
  }
})

const integers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 15 })

test('the same seed gives the same result, and another seed the same statistic', () => {
  fc.assert(
    fc.property(integers, integers, (a, b) => {
      const options = { permutations: 19 }
      const result = maximumMeanDiscrepancy(a, b, options)
      expect(maximumMeanDiscrepancy(a, b, options)).toEqual(result)
      const reseeded = maximumMeanDiscrepancy(a, b, { ...options, seed: 5 })
      expect(reseeded.statistic).toBe(result.statistic)
      // Never 0: the observed dealing is one of them.
      expect(result.pValue * 20).toBeGreaterThanOrEqual(1)
    }),
    { numRuns: 40 },
  )
})

test('neither moving the values nor another unit changes it', () => {
  fc.assert(
    fc.property(integers, integers, (a, b) => {
      const moved = [a, b].map((sample) => sample.map((x) => 8 * x - 3))
      const { statistic, bandwidth } = maximumMeanDiscrepancy(a, b, { permutations: 1 })
      const other = maximumMeanDiscrepancy(moved[0]!, moved[1]!, { permutations: 1 })
      expect(Math.abs(other.statistic - statistic)).toBeLessThan(1e-12)
      expect(other.bandwidth).toBe(8 * bandwidth)
    }),
  )
})

test('draws large samples down to maxValues, from all over them', () => {
  const reference = Float64Array.from({ length: 50_000 }, (_, i) => i)
  const result = maximumMeanDiscrepancy(reference, reference, { maxValues: 60, permutations: 99 })
  expect(result).toMatchObject({ referenceValues: 60, currentValues: 60 })
  expect(result.bandwidth).toBeGreaterThan(5000)
  expect(result.pValue).toBeGreaterThan(0.01)
  const shifted = reference.map((x) => x + 40_000)
  expect(maximumMeanDiscrepancy(reference, shifted, { maxValues: 60 }).pValue).toBe(1 / 200)
})

test('is at most 5 % in about 5 % of all cases without drift', () => {
  const random = seededRandom(3)
  const sample = (n: number): number[] => Array.from({ length: n }, random)
  const runs = 600
  let drifted = 0
  for (let run = 0; run < runs; run++) {
    const options = { permutations: 59, seed: run }
    if (maximumMeanDiscrepancy(sample(15), sample(10), options).pValue <= 0.05) drifted++
  }
  expect(drifted / runs).toBeGreaterThan(0.025)
  expect(drifted / runs).toBeLessThan(0.08)
})

test('equal constants have statistic 0 and p 1', () => {
  expect(maximumMeanDiscrepancy([3, 3, 3], [3, 3])).toMatchObject({
    statistic: 0,
    pValue: 1,
    bandwidth: 0,
  })
})

test('works at both ends of the doubles', () => {
  const options = { permutations: 19 }
  const plain = maximumMeanDiscrepancy([-1, -0.9, -0.8], [1, 0.9], options)
  for (const unit of [0.9e308, 1e-300]) {
    const [a, b] = [[-1, -0.9, -0.8].map((x) => x * unit), [unit, 0.9 * unit]]
    const { statistic, bandwidth } = maximumMeanDiscrepancy(a, b, options)
    expect(relativeError(statistic, plain.statistic)).toBeLessThan(1e-12)
    expect(relativeError(bandwidth, plain.bandwidth * unit)).toBeLessThan(1e-12)
  }
})

testRejections(maximumMeanDiscrepancy, 2)

test.each([
  [{ permutations: 0 }, '"permutations" must be an integer of at least 1, received 0'],
  [{ permutations: Number.NaN }, '"permutations" must be an integer of at least 1, received NaN'],
  [{ maxValues: 1.5 }, '"maxValues" must be an integer of at least 2, received 1.5'],
  [{ seed: 0.5 }, '"seed" must be an integer, received 0.5'],
  [{ bandwidth: 0 }, '"bandwidth" must be a positive number, received 0'],
  [{ bandwidth: Number.NaN }, '"bandwidth" must be a positive number, received NaN'],
])('rejects %o', (options, message) => {
  expect(() => maximumMeanDiscrepancy([1, 2], [3, 4], options)).toThrow(message)
})

test('rejects a single value', () => {
  expect(() => maximumMeanDiscrepancy([1, 2], [3])).toThrow(
    '"current" must be an array of at least 2 values, received an array of 1',
  )
})
