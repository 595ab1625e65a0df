import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import golden from '../../golden/kolmogorov-two-sample.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { twoSampleKolmogorovSurvival, twoSampleSmirnovSurvival } from './kolmogorov-two-sample.ts'
import { tiedKolmogorovCost, tiedKolmogorovSurvival } from './tied-kolmogorov.ts'
import { tiedKolmogorovLimit } from './tied-kolmogorov-limit.ts'

test.each(golden.tied)(
  'agrees with the count of paths for $n and $m values, nmD $steps',
  ({ n, m, ends, steps, twoSided, oneSided }) => {
    expect(relativeError(tiedKolmogorovSurvival(n, m, ends, steps), twoSided)).toBeLessThan(1e-13)
    const p = tiedKolmogorovSurvival(n, m, ends, steps, 'one-sided')
    expect(relativeError(p, oneSided)).toBeLessThan(1e-13)
  },
)

const size = fc.integer({ min: 1, max: 30 })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const blockSizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 60, maxLength: 60 })

function endsOf(sizes: number[], total: number): number[] {
  const ends: number[] = []
  let end = 0
  for (const block of sizes) {
    end = Math.min(total, end + block)
    ends.push(end)
    if (end === total) break
  }
  return ends
}

test('without a tie is the probability that ignores ties', () => {
  fc.assert(
    fc.property(size, size, share, (n, m, d) => {
      const ends = Array.from({ length: n + m }, (_, i) => i + 1)
      const steps = Math.ceil(d * n * m)
      expect(
        relativeError(
          tiedKolmogorovSurvival(n, m, ends, steps),
          twoSampleKolmogorovSurvival(n, m, steps),
        ),
      ).toBeLessThan(1e-12)
      expect(
        relativeError(
          tiedKolmogorovSurvival(n, m, ends, steps, 'one-sided'),
          twoSampleSmirnovSurvival(n, m, steps),
        ),
      ).toBeLessThan(1e-12)
    }),
  )
})

test('is at most the probability that ignores ties', () => {
  fc.assert(
    fc.property(size, size, share, blockSizes, (n, m, d, sizes) => {
      const steps = Math.ceil(d * n * m)
      const p = tiedKolmogorovSurvival(n, m, endsOf(sizes, n + m), steps)
      expect(p).toBeLessThanOrEqual(twoSampleKolmogorovSurvival(n, m, steps) * (1 + 1e-12))
    }),
  )
})

test('the samples may change places', () => {
  fc.assert(
    fc.property(size, size, share, blockSizes, (n, m, d, sizes) => {
      const ends = endsOf(sizes, n + m)
      const steps = Math.ceil(d * n * m)
      const swapped = tiedKolmogorovSurvival(m, n, ends, steps)
      expect(relativeError(tiedKolmogorovSurvival(n, m, ends, steps), swapped)).toBeLessThan(1e-12)
    }),
  )
})

test('the cost stays below its limit only where the walk does', () => {
  const ends = [5000, 10_000]
  const steps = 0.05 * 5000 * 5000
  const cost = tiedKolmogorovCost(5000, 5000, ends, steps, { limit: 1e9 })
  expect(cost).toBeGreaterThan(1e6)
  expect(tiedKolmogorovCost(5000, 5000, ends, steps, { limit: cost })).toBe(cost)
  expect(tiedKolmogorovCost(5000, 5000, ends, steps, { limit: 1000 })).toBe(1000)
  expect(tiedKolmogorovCost(5000, 5000, ends, 25_000_000, { limit: 1000 })).toBe(0)
})

describe('the limit for large samples', () => {
  // More than 512 values: 15 in 100, and never too small, as their blocks are joined.
  const ties: Array<[string, number[]]> = [
    ['two values', [0.5, 0.5]],
    ['six values', [0.3, 0.3, 0.2, 0.1, 0.05, 0.05]],
    ['forty values', Array(40).fill(1 / 40)],
    ['three hundred values', Array(300).fill(1 / 300)],
    ['one value among many', [...Array(500).fill(0.0005), 0.5, ...Array(500).fill(0.0005)]],
  ]
  test.each(ties)('of %s is within 1 in 100 of the exact p down to 1e-4', (_, shares) => {
    const isJoined = shares.length > 512
    const [n, m] = [6000, 5000]
    const ends = shares.map((_, i) =>
      Math.round(shares.slice(0, i + 1).reduce((sum, x) => sum + x) * (n + m)),
    )
    ends[ends.length - 1] = n + m
    // A walk over hundreds of blocks takes seconds: there one z, not in the middle and not in the tail.
    for (const z of shares.length > 100 ? [1.3] : [0.6, 0.9, 1.3, 1.7]) {
      const steps = Math.round(z * Math.sqrt(n * m * (n + m)))
      for (const sidedness of ['two-sided', 'one-sided'] as const) {
        const exact = tiedKolmogorovSurvival(n, m, ends, steps, sidedness)
        if (exact < 1e-4) continue
        const limit = tiedKolmogorovLimit(n, m, ends, steps, sidedness)
        expect(relativeError(limit, exact), `z ${z}, ${sidedness}`).toBeLessThan(
          isJoined ? 0.15 : 0.01,
        )
        if (isJoined) expect(limit).toBeGreaterThan(exact)
      }
    }
  })

  test('is 0 where the only block leaves nothing to compare', () => {
    expect(tiedKolmogorovLimit(100, 100, [200], 1000)).toBe(0)
  })

  test('sees the few values that follow one with nearly all the weight', () => {
    const n = 5000
    const ends = [2 * n - 18, ...Array.from({ length: 18 }, (_, i) => 2 * n - 17 + i)]
    for (const h of [5, 6, 7]) {
      const exact = tiedKolmogorovSurvival(n, n, ends, h * n)
      expect(relativeError(tiedKolmogorovLimit(n, n, ends, h * n), exact)).toBeLessThan(0.04)
    }
  })

  test('without ties is the limit of all: exp(−2z²) one-sided', () => {
    const n = 10_000
    const ends = Float64Array.from({ length: 2 * n }, (_, i) => i + 1)
    const p = tiedKolmogorovLimit(n, n, ends, Math.round(n * Math.sqrt(2 * n)), 'one-sided')
    expect(relativeError(p, Math.exp(-2))).toBeLessThan(1e-3)
  })
})
