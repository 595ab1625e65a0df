import { describe, expect, test } from 'vitest'
import golden from '../golden/mean-differences.json' with { type: 'json' }
import { studentT, welchT, zTest } from '../src/index.ts'
import { relativeError } from './relative-error.ts'

type Recipe = (typeof golden.cases)[number]['reference']

function sampleOf({ n, offset, multiplier, modulus, divisor }: Recipe): Float64Array {
  return Float64Array.from(
    { length: n },
    (_, i) => offset + ((i * i * multiplier) % modulus) / divisor,
  )
}

describe.each(golden.cases)('agrees with mpmath $name', ({ reference, current, ...expected }) => {
  test.each([
    ['studentT', studentT],
    ['welchT', welchT],
    ['zTest', zTest],
  ] as const)('%s', (name, method) => {
    const result = method(sampleOf(reference), sampleOf(current))
    const { statistic, pValue } = expected[name]
    expect(relativeError(result.statistic, statistic)).toBeLessThan(1e-12)
    // p of a statistic far out magnifies its error.
    const gate = 1e-12 * Math.max(1, statistic * statistic)
    expect(relativeError(result.pValue, pValue)).toBeLessThan(gate)
    if ('degreesOfFreedom' in result) {
      const error = relativeError(result.degreesOfFreedom, expected.welchT.degreesOfFreedom)
      if (name === 'welchT') expect(error).toBeLessThan(1e-12)
    }
  })
})
