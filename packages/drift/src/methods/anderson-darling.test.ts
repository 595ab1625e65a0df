import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { anySample, testRejections, twoSampleCases } from '../../test/two-samples.ts'
import { poolSorted } from '../samples/pooled-samples.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import {
  andersonDarling,
  andersonDarlingOfPooled,
  andersonDarlingOfSorted,
} from './anderson-darling.ts'

test.each(twoSampleCases)(
  'agrees with scipy on $name',
  ({ reference, current, andersonDarling: expected }) => {
    const { statistic, cappedPValue } = andersonDarling(reference, current)
    expect(relativeError(statistic, expected.statistic)).toBeLessThan(1e-12)
    expect(relativeError(cappedPValue, expected.cappedPValue)).toBeLessThan(1e-12)
  },
)

const isUntied = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  new Set([...Array.from(a), ...Array.from(b)]).size === a.length + b.length

test.each(
  twoSampleCases.filter(
    ({ reference, current, andersonDarling: { cappedPValue } }) =>
      isUntied(reference, current) && cappedPValue > 0.001 && cappedPValue < 0.25,
  ),
)('p without ties is within 5 % of the table that scipy interpolates on $name', (entry) => {
  const { pValue } = andersonDarling(entry.reference, entry.current)
  expect(relativeError(pValue, entry.andersonDarling.cappedPValue)).toBeLessThan(0.05)
})

test('depends on ranks alone, and not on which sample comes first', () => {
  const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 60 })
  fc.assert(
    fc.property(integers, integers, (a, b) => {
      const { statistic, pValue } = andersonDarling(a, b)
      expect(andersonDarling(a.map(Math.cbrt), b.map(Math.cbrt)).statistic).toBe(statistic)
      const swapped = andersonDarling(b, a)
      expect(Math.abs(swapped.statistic - statistic)).toBeLessThan(
        1e-11 * (1 + Math.abs(statistic)),
      )
      expect(relativeError(swapped.pValue, pValue)).toBeLessThan(1e-9)
    }),
  )
})

test('equal samples have the least statistic for their sizes, and p close to 1', () => {
  fc.assert(
    fc.property(anySample, (a) => {
      const { statistic, pValue } = andersonDarling(a, a)
      expect(statistic).toBeLessThan(0)
      expect(pValue).toBeGreaterThan(0.9)
    }),
  )
})

test('two equal constants have p 1', () => {
  const { statistic, pValue, logPValue } = andersonDarling([3, 3, 3, 3], [3, 3, 3])
  expect({ pValue, logPValue }).toEqual({ pValue: 1, logPValue: 0 })
  expect(statistic).toBeLessThan(0)
})

test('on binary and on rounded values p is at most 5 % in about 5 % of all cases', () => {
  const random = seededRandom(2)
  for (const draw of [() => Math.floor(2 * random()), () => Math.floor(7 * random() ** 2)]) {
    const sample = (n: number): number[] => Array.from({ length: n }, draw)
    const runs = 1000
    let drifted = 0
    for (let run = 0; run < runs; run++) {
      if (andersonDarling(sample(100), sample(40)).pValue <= 0.05) drifted++
    }
    expect(drifted / runs).toBeGreaterThan(0.03)
    expect(drifted / runs).toBeLessThan(0.07)
  }
})

test('the tie correction does not jump where its sum gives way to the integral', () => {
  const rounded = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i % 7)
  const pOf = (n: number): number =>
    andersonDarling(
      rounded(n),
      rounded(n).map((x) => x + (x > 5 ? 1 : 0)),
    ).pValue
  expect(relativeError(Math.log(pOf(5000)) / 5000, Math.log(pOf(5007)) / 5007)).toBeLessThan(2e-3)
})

test('p has no floor, and its logarithm still says how small where p is 0', () => {
  const reference = Float64Array.from({ length: 3000 }, (_, i) => i)
  const apart = andersonDarling(
    reference,
    reference.map((x) => x + 3000),
  )
  expect([apart.pValue, apart.cappedPValue]).toEqual([0, 0.001])
  expect(apart.logPValue).toBeLessThan(-750)
  expect(apart.logPValue).toBeGreaterThan(-1e5)
  const shifted = andersonDarling(
    reference,
    reference.map((x) => x + 300),
  )
  expect(shifted.pValue).toBeLessThan(1e-20)
  expect(shifted.pValue).toBeGreaterThan(0)
})

test('of sorted and of merged samples is the same test', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
      expect(andersonDarlingOfSorted(x, y)).toEqual(andersonDarling(a, b))
      expect(andersonDarlingOfPooled(poolSorted(x, y))).toEqual(andersonDarling(a, b))
    }),
  )
})

testRejections(andersonDarling, 2)

test('rejects fewer than four values in all', () => {
  expect(() => andersonDarling([1, 2], [3])).toThrow(
    '"current" must be at least 4 values together with "reference", received 3',
  )
})
