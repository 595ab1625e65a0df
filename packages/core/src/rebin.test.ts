import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NumericProfile, numericProfile } from './binned-profile.ts'
import { rebin } from './rebin.ts'

const SUBSET_RUNS = 500

/** Values that often meet an edge; fine edges, and which of them are the coarse ones. */
const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 14 }), fc.double({ min: -3, max: 14 })))
const fine = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 13 })

test('it is what the values give between the fewer edges, or it is refused', () => {
  const told = { exact: 0, refused: 0 }
  fc.assert(
    fc.property(values, fine, fc.infiniteStream(fc.boolean()), (sample, unsorted, kept) => {
      const edges = [...unsorted].sort((a, b) => a - b)
      const coarse = edges.filter(() => kept.next().value)
      if (coarse.length < 2) return
      const profile = numericProfile(sample, edges, { missing: 2 })
      const first = edges.indexOf(coarse[0]!)
      if (first > 0 && profile.counts[first - 1]! > 0) {
        told.refused++
        expect(() => rebin(profile, coarse)).toThrow(
          `values of ${coarse[0]} would be in the first bin`,
        )
        return
      }
      told.exact++
      expect(rebin(profile, coarse)).toEqual(numericProfile(sample, coarse, { missing: 2 }))
    }),
    { numRuns: SUBSET_RUNS, seed: 12 },
  )
  expect(told.exact).toBeGreaterThan(SUBSET_RUNS / 4)
  expect(told.refused).toBeGreaterThan(SUBSET_RUNS / 10)
})

test('an empty bin below the new first edge hides no value of that edge', () => {
  const profile = numericProfile([0.5, 2.5, 3.5], [0, 1, 2, 3, 4])
  expect(rebin(profile, [2, 4])).toEqual(numericProfile([0.5, 2.5, 3.5], [2, 4]))
  const touched = numericProfile([0.5, 2, 3.5], [0, 1, 2, 3, 4])
  expect(() => rebin(touched, [2, 4])).toThrow('counted with those between 1 and it')
})

test('deciles stay where all of them are among the new edges, at their new places', () => {
  const profile: NumericProfile = {
    ...numericProfile([0.5, 1.5, 2.5, 3.5], [0, 1, 2, 3, 4]),
    deciles: [1, 3],
  }
  expect(rebin(profile, [0, 1, 3]).deciles).toEqual([1, 2])
  expect(rebin({ ...profile, counts: [0, 1, 1, 1], n: 3 }, [1, 3, 4]).deciles).toEqual([0, 1])
  expect('deciles' in rebin(profile, [0, 1, 2])).toBe(false)
})

test('counts of a rate add up, and what it does not know of the bins stays', () => {
  const rates = { ...numericProfile([], [0, 1, 2, 3]), counts: [0.25, 0.5, 0.125], n: 0.875 }
  const unknown = { ...rates, min: null, max: null, sum: null }
  expect(rebin(unknown, [0, 2])).toEqual({
    ...unknown,
    edges: [0, 2],
    counts: [0.75],
    overflow: 0.125,
  })
})

test('what is no subset is refused with the cure, and wrong edges as anywhere', () => {
  const profile = numericProfile([1, 2], [0, 1, 2])
  expect(() => rebin(profile, [0, 1.5])).toThrow(
    'the profile cannot be rebinned: 1.5 is none of its edges; count the values anew into these edges, a table by profile(table, { like })',
  )
  expect(() => rebin(profile, [0, 1.5])).toThrow(
    expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }),
  )
  expect(() => rebin(profile, [2, 1])).toThrow('"edges[1]" must be above edges[0] (2)')
  expect(() => rebin(profile, [1])).toThrow('"edges" must be at least two numbers')
})
