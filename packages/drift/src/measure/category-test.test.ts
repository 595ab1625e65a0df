import { categoricalProfile } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { chiSquared } from '../methods/chi-squared.ts'
import { fisherExact } from '../methods/fisher-exact.ts'
import { profile } from '../profile/profile-table.ts'
import { detectDrift } from '../run/detect-drift.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { categoryTest } from './category-test.ts'

const profileOf = (counts: Record<string, number>) => categoricalProfile(Object.entries(counts))

describe('categoryTest', () => {
  // The count of a rare category is binomial, so that the chance of each p is known without simulation.
  test.each([
    [200, 0.0002],
    [200, 0.001],
    [200, 0.026],
    [200, 0.1],
    [1000, 0.006],
  ])('keeps a level of 5e-6: %i values, a category with share %d', (m, share) => {
    const alpha = 5e-6
    const n = 1_000_000
    const before = profileOf({ no: n - n * share, yes: n * share })
    let chance = (1 - share) ** m
    let alarms = 0
    for (let yes = 0; yes <= m; yes++) {
      const { pValue } = categoryTest(before, profileOf({ no: m - yes, yes }), alpha)
      if (pValue <= alpha) alarms += chance
      chance *= ((m - yes) / (yes + 1)) * (share / (1 - share))
    }
    // Fisher's test holds for both counts at random, and here one is fixed: that is worth a few per cent.
    expect(alarms).toBeLessThanOrEqual(1.1 * alpha)
  })

  test('of several categories, the one that changed most is tested, and the number of them paid for', () => {
    const before = profileOf({ a: 9000, b: 6000, c: 600 })
    const after = profileOf({ a: 180, b: 120, c: 60 })
    const { pValue } = fisherExact(
      profileOf({ c: 600, other: 15_000 }),
      profileOf({ c: 60, other: 300 }),
    )
    expect(categoryTest(before, after, 5e-6).pValue).toBeCloseTo(3 * pValue, 20)
  })

  test.each([5e-6, 0.05])(
    'takes no alarm from categories that a small reference has not met: level %d',
    (alpha) => {
      const draw = seededRandom(7)
      // A long tail: of 400 categories a thousand values show half.
      const weights = Array.from({ length: 400 }, (_, i) => 1 / (i + 3))
      const sum = weights.reduce((all, weight) => all + weight, 0)
      const sample = (size: number) => {
        const counts: Record<string, number> = {}
        for (let i = 0; i < size; i++) {
          let left = draw() * sum
          let k = 0
          while (k < weights.length - 1 && left >= weights[k]!) left -= weights[k++]!
          counts[`c${k}`] = (counts[`c${k}`] ?? 0) + 1
        }
        return counts
      }
      const runs = 300
      let alarms = 0
      for (let run = 0; run < runs; run++) {
        const before = profileOf(sample(1000))
        const counts = sample(1300)
        const known = before.categories.map((name) => counts[name] ?? 0)
        const n = 1300
        const other = n - known.reduce((all, count) => all + count, 0)
        const after = { ...before, counts: known, other, n }
        if (categoryTest(before, after, alpha).pValue <= alpha) alarms++
      }
      expect(alarms).toBeLessThanOrEqual(alpha < 0.001 ? 0 : 2.5 * alpha * runs)
    },
  )

  test('is chi-squared at usual levels, and where every category is frequent', () => {
    const before = profileOf({ a: 9000, b: 6000 })
    const few = profileOf({ a: 180, b: 110 })
    expect(categoryTest(before, few, 0.05)).toEqual(chiSquared(before, few))
    const many = profileOf({ a: 9000, b: 5500 })
    expect(categoryTest(before, many, 5e-6)).toEqual(chiSquared(before, many))
  })

  test('is what a report at a small level is made of, whichever method is named', () => {
    const reference = profile({ fraud: Array.from({ length: 20_000 }, (_, i) => i % 5000 === 0) })
    const current = { fraud: Array.from({ length: 240 }, (_, i) => i % 120 === 0) }
    for (const method of ['chi-squared', 'population-stability-index'] as const) {
      const { columns } = detectDrift(reference, current, { alpha: 5e-6, method })
      expect(columns[0]!.verdict).toBe('stable')
    }
  })
})

test('of any number of categories', () => {
  const names = Array.from({ length: 130_000 }, (_, i) => `c${i}`)
  const { length: maxCategories } = names
  const side = categoricalProfile(
    names.map((name) => [name, 6]),
    { maxCategories },
  )
  expect(categoryTest(side, side, 1e-9).pValue).toBe(1)
}, 120_000)
