import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { anySample, dealings, testRejections, twoSampleCases } from '../../test/two-samples.ts'
import { poolSorted } from '../samples/pooled-samples.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import {
  cramerVonMises,
  cramerVonMisesOfPooled,
  cramerVonMisesOfSorted,
} from './cramer-von-mises.ts'

/** A dozen at most, or more than the exact law is asked for: that of twice twenty takes half a second. */
const fewOrMany = anySample.map((values) => (values.length > 20 ? values : values.slice(0, 12)))

const hasTies = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  new Set([...Array.from(a), ...Array.from(b)]).size < a.length + b.length

test.each(twoSampleCases)(
  'with midranks agrees with scipy on $name',
  ({ reference, current, cramerVonMises: expected }) => {
    const result = cramerVonMises(reference, current, { ties: 'midranks' })
    expect(relativeError(result.statistic, expected.statistic)).toBeLessThan(1e-12)
    const isExact = Math.max(reference.length, current.length) <= 20
    expect(result.nullDistribution).toBe(isExact ? 'exact' : 'limit')
    if (isExact) expect(relativeError(result.pValue, expected.pValue)).toBeLessThan(1e-12)
    // scipy stops adding at terms of 1e-7; the law itself is held to mpmath in its own test.
    else expect(Math.abs(result.pValue - expected.pValue)).toBeLessThan(2e-7)
  },
)

test.each(twoSampleCases.filter(({ reference, current }) => !hasTies(reference, current)))(
  'without ties there is one test: $name',
  ({ reference, current }) => {
    const conditional = cramerVonMises(reference, current)
    const midranks = cramerVonMises(reference, current, { ties: 'midranks' })
    expect(relativeError(conditional.statistic, midranks.statistic)).toBeLessThan(1e-12)
    expect(relativeError(conditional.pValue, midranks.pValue)).toBeLessThan(1e-10)
  },
)

describe('T', () => {
  test('sums the squared differences of both distribution functions just below and just above', () => {
    fc.assert(
      fc.property(fewOrMany, fewOrMany, (a, b) => {
        const share = (values: number[], isBelow: (y: number) => boolean): number =>
          values.filter(isBelow).length / values.length
        const difference = (isBelow: (y: number) => boolean): number =>
          share(a, isBelow) - share(b, isBelow)
        const sum = [...a, ...b].reduce(
          (sum, x) => sum + difference((y) => y < x) ** 2 / 2 + difference((y) => y <= x) ** 2 / 2,
          0,
        )
        const expected = (sum * a.length * b.length) / (a.length + b.length) ** 2
        expect(Math.abs(cramerVonMises(a, b).statistic - expected)).toBeLessThan(1e-12)
      }),
    )
  })

  test('swapping the samples or turning the axis round changes nothing', () => {
    fc.assert(
      fc.property(fewOrMany, fewOrMany, (a, b) => {
        const { statistic, pValue } = cramerVonMises(a, b)
        const negated = [a, b].map((sample) => sample.map((x) => -x))
        for (const other of [cramerVonMises(b, a), cramerVonMises(negated[0]!, negated[1]!)]) {
          expect(Math.abs(other.statistic - statistic)).toBeLessThan(1e-13)
          expect(relativeError(other.pValue, pValue)).toBeLessThan(1e-9)
        }
      }),
    )
  })
})

test('small samples with ties: p is the share of dealings with a T as large', () => {
  const pooled = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 9 })
  fc.assert(
    fc.property(pooled, (values) => {
      const all = dealings(values, 2).map(([a, b]) => cramerVonMises(a, b))
      for (const { statistic, pValue } of all) {
        const share =
          all.filter((other) => other.statistic >= statistic - 1e-12).length / all.length
        expect(pValue).toBeCloseTo(share, 12)
      }
    }),
  )
})

test.each([
  [5, 7],
  [30, 40],
])('two equal constants of %d and %d values have T 0 and p 1', (n, m) => {
  const [a, b] = [new Float64Array(n).fill(3), new Float64Array(m).fill(3)]
  expect(cramerVonMises(a, b)).toMatchObject({ statistic: 0, pValue: 1 })
  // Whereas scipy calls them drifted.
  expect(cramerVonMises(a, b, { ties: 'midranks' }).pValue).toBeLessThan(0.9)
})

test('on binary and on rounded values p is at most 5 % in about 5 % of all cases', () => {
  const random = seededRandom(1)
  for (const draw of [() => Math.floor(2 * random()), () => Math.floor(7 * random() ** 2)]) {
    const sample = (n: number): number[] => Array.from({ length: n }, draw)
    const runs = 1000
    let conditional = 0
    for (let run = 0; run < runs; run++) {
      const { pValue } = cramerVonMises(sample(100), sample(40))
      if (pValue <= 0.05) conditional++
    }
    expect(conditional / runs).toBeGreaterThan(0.03)
    expect(conditional / runs).toBeLessThan(0.07)
  }
})

test('says how small where p is 0 as a double', () => {
  const reference = Float64Array.from({ length: 3000 }, (_, i) => i)
  const current = reference.map((x) => x + 3000)
  const { statistic, pValue, logPValue } = cramerVonMises(reference, current)
  expect(pValue).toBe(0)
  // T's mean and standard deviation are close to those of the limit: ln p ≈ −π² T / 2.
  expect(relativeError(logPValue!, (-(Math.PI ** 2) / 2) * statistic)).toBeLessThan(0.02)
})

test('of sorted and of merged samples is the same test', () => {
  fc.assert(
    fc.property(fewOrMany, fewOrMany, (a, b) => {
      const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
      expect(cramerVonMisesOfSorted(x, y)).toEqual(cramerVonMises(a, b))
      expect(cramerVonMisesOfPooled(poolSorted(x, y))).toEqual(cramerVonMises(a, b))
    }),
    { numRuns: 30 },
  )
})

testRejections(cramerVonMises, 1)

test('rejects an unknown treatment of ties', () => {
  expect(() => cramerVonMises([1], [2], { ties: 'random' as never })).toThrow(
    `"ties" must be 'conditional' or 'midranks', received random`,
  )
})
