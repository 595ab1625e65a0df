import jStat from 'jstat'
import { expect, test } from 'vitest'
import { seededRandom } from '../samples/seeded-random.ts'
import { populationStabilityIndexPValue } from './divergence-p-value.ts'
import { populationStabilityIndex, psiNoiseFloor } from './population-stability-index.ts'

test('of the noise floor is its alpha', () => {
  for (const alpha of [0.5, 0.05, 1e-6]) {
    const floor = psiNoiseFloor(1000, 300, 10, alpha)
    const p = populationStabilityIndexPValue(floor, { n: 1000, m: 300, cells: 10 })
    expect(Math.abs(p / alpha - 1)).toBeLessThan(1e-8)
  }
})

test('is the chi-squared survival function of PSI · nm / (n + m)', () => {
  const p = populationStabilityIndexPValue(0.03, { n: 400, m: 1200, cells: 5 })
  expect(Math.abs(p - (1 - jStat.chisquare.cdf(9, 4)))).toBeLessThan(1e-10)
  expect(populationStabilityIndexPValue(0, { n: 4, m: 1, cells: 1 })).toBe(1)
})

test('is up to 5% for about 5% of the samples of one distribution', () => {
  // 400 pairs, of which about 20 should lie below: 6 and 40 are more than three standard deviations away.
  const random = seededRandom(51)
  let below = 0
  for (let i = 0; i < 400; i++) {
    const { statistic, cells } = populationStabilityIndex(
      Float64Array.from({ length: 600 }, random),
      Float64Array.from({ length: 200 }, random),
    )
    if (populationStabilityIndexPValue(statistic, { n: 600, m: 200, cells }) <= 0.05) below++
  }
  expect(below).toBeGreaterThan(6)
  expect(below).toBeLessThan(40)
})

test.each([
  [-0.1, 1, 1, 2, '"statistic" must be a number of at least 0, received -0.1'],
  [Number.NaN, 1, 1, 2, '"statistic" must be a number of at least 0, received NaN'],
  [0.1, 0, 1, 2, '"n" must be a positive number, received 0'],
  [0.1, 1, Number.NaN, 2, '"m" must be a positive number, received NaN'],
  [0.1, 1, 1, Number.POSITIVE_INFINITY, '"cells" must be a positive number, received Infinity'],
])('rejects (%d, %d, %d, %d)', (statistic, n, m, cells, message) => {
  expect(() => populationStabilityIndexPValue(statistic, { n, m, cells })).toThrow(message)
})
