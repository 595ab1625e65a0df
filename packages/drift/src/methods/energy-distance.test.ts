import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { anySample, testRejections, twoSampleCases } from '../../test/two-samples.ts'
import { poolSorted } from '../samples/pooled-samples.ts'
import {
  energyDistance,
  energyDistanceOfPooled,
  energyDistanceOfSorted,
} from './energy-distance.ts'

test.each(twoSampleCases)('agrees with scipy on $name', ({ reference, current, ...expected }) => {
  const { statistic } = energyDistance(reference, current)
  expect(relativeError(statistic, expected.energyDistance)).toBeLessThan(1e-12)
})

const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 })

test('squared is what mean distances between exceed those within by', () => {
  const meanDistance = (a: number[], b: number[]): number =>
    a.flatMap((x) => b.map((y) => Math.abs(x - y))).reduce((sum, d) => sum + d, 0) /
    (a.length * b.length)
  fc.assert(
    fc.property(integers, integers, (a, b) => {
      const squared = 2 * meanDistance(a, b) - meanDistance(a, a) - meanDistance(b, b)
      expect(Math.abs(energyDistance(a, b).statistic ** 2 - squared)).toBeLessThan(1e-9)
    }),
  )
})

test('swapping the samples changes nothing, and a sample is at no distance from itself', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      expect(energyDistance(a, b)).toEqual(energyDistance(b, a))
      expect(energyDistance(a, a.toReversed()).statistic).toBe(0)
    }),
  )
})

test('stays finite at both ends of the doubles', () => {
  const { statistic } = energyDistance([-Number.MAX_VALUE], [Number.MAX_VALUE])
  expect(relativeError(statistic, 2 * Math.sqrt(Number.MAX_VALUE))).toBeLessThan(1e-12)
})

test('of sorted and of merged samples is the same distance', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
      expect(energyDistanceOfSorted(x, y)).toEqual(energyDistance(a, b))
      expect(energyDistanceOfPooled(poolSorted(x, y))).toEqual(energyDistance(a, b))
    }),
  )
})

testRejections(energyDistance, 1)
