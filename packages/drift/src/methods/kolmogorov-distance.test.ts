import { describe, expect, test } from 'vitest'
import { cdfDifference } from './cdf-difference.ts'
import { kolmogorovDistance } from './kolmogorov-distance.ts'

/** Uniform numbers in (0, 1), reproducible: mulberry32. */
function uniformNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
}

type Draw = (u: () => number) => number
const normal: Draw = (u) => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u())

const DISTRIBUTIONS: Record<string, Draw> = {
  normal,
  lognormal: (u) => Math.exp(normal(u)),
  Cauchy: (u) => Math.tan(Math.PI * (u() - 0.5)),
  'all magnitudes, both signs': (u) => (u() < 0.5 ? -1 : 1) * 10 ** (600 * u() - 300),
  'the ends of the range': (u) => (u() < 0.5 ? -1 : 1) * Number.MAX_VALUE * u(),
  'the smallest doubles': (u) => Number.MIN_VALUE * Math.round(2000 * (u() - 0.5)),
  'few integers': (u) => Math.floor(10 * u() * u()),
  'a thousand integers': (u) => Math.floor(1000 * u()),
  'mostly 0, of either sign': (u) => (u() < 0.95 ? (u() < 0.5 ? -0 : 0) : normal(u)),
  'mostly one value that is not 0': (u) => (u() < 0.9 ? 2.5 : 2.5 + normal(u)),
  'half of it one value': (u) => (u() < 0.5 ? -1.25 : normal(u)),
  'two values': (u) => (u() < 0.3 ? -7 : 1e9),
  'one value': () => 42,
  'two cents': (u) => Math.round(100 * normal(u)) / 100,
  timestamps: (u) => 1.7e12 + Math.floor(8.64e7 * u()),
  'timestamps, some missing as 0': (u) => (u() < 0.1 ? 0 : 1.7e12 + Math.floor(8.64e7 * u())),
  'two crowds far apart': (u) => (u() < 0.5 ? 1e9 : 2e9) + u(),
  'a crowd below 0': (u) => -1e6 - u(),
  'steps in the last bit': (u) => 1 + Number.EPSILON * Math.floor(3000 * u()),
}
const SIZES = [
  [30_000, 30_000],
  [45_000, 21_000],
  [60_000, 7],
] as const

function draw(distribution: Draw, size: number, seed: number): Float64Array {
  const u = uniformNumbers(seed)
  return Float64Array.from({ length: size }, () => distribution(u))
}

function walked(a: Float64Array, b: Float64Array, alternative?: 'greater' | 'less') {
  return cdfDifference(a.slice().sort(), b.slice().sort(), alternative)
}

describe.each(Object.entries(DISTRIBUTIONS))(
  'finds what a walk over the sorted values finds: %s',
  (_, distribution) => {
    test.each(SIZES)('without drift, %d against %d', (n, m) => {
      const a = draw(distribution, n, 1)
      const b = draw(distribution, m, 2)
      expect(kolmogorovDistance(a, b)).toEqual(walked(a, b))
      expect(kolmogorovDistance(a, b, 'greater')).toEqual(walked(a, b, 'greater'))
      expect(kolmogorovDistance(a, b, 'less')).toEqual(walked(a, b, 'less'))
    })

    test.each(SIZES)('against twice the value, %d against %d', (n, m) => {
      const a = draw(distribution, n, 3)
      const b = draw((u) => Math.max(-1e308, Math.min(1e308, 2 * distribution(u))), m, 4)
      expect(kolmogorovDistance(a, b)).toEqual(walked(a, b))
    })

    test('against itself with one value changed', () => {
      const a = draw(distribution, 30_000, 5)
      const b = a.toReversed()
      b[777] = b[778]!
      expect(kolmogorovDistance(a, b)).toEqual(walked(a, b))
    })
  },
)

test('sorted and reversed samples are no different', () => {
  const a = draw(normal, 40_000, 6)
  const b = draw(normal, 40_000, 7)
  const expected = walked(a, b)
  expect(kolmogorovDistance(a.slice().sort(), b.slice().sort().reverse())).toEqual(expected)
})

test('samples that do not overlap are nm apart', () => {
  const a = draw((u) => u(), 30_000, 8)
  const b = draw((u) => 5 + u(), 20_000, 9)
  expect(kolmogorovDistance(a, b)).toEqual({ steps: 6e8, location: a.toSorted().at(-1), sign: 1 })
  expect(kolmogorovDistance(b, a).sign).toBe(-1)
})

test('changes neither sample', () => {
  const a = draw(normal, 40_000, 10)
  const b = draw(normal, 40_000, 11)
  const copies = [a.slice(), b.slice()]
  kolmogorovDistance(a, b)
  kolmogorovDistance(a, a)
  expect([a, b]).toEqual(copies)
})
