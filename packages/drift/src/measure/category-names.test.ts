import { type CategoricalProfile, categoricalProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { categoryNames, exchanged } from './category-names.ts'

const names = ['a', 'b', 'c', 'd', '__proto__', 'constructor']
const side = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 3 })), { maxLength: 6 })
  .map((counts) => categoricalProfile(new Map(counts), { maxCategories: 9, other: 2 }))

const countIn = ({ categories, counts }: CategoricalProfile, name: string): number | undefined =>
  counts[categories.indexOf(name)]

test('every name that a side has once, with the counts of both sides, whichever names more', () => {
  fc.assert(
    fc.property(side, side, (before, after) => {
      const known = categoryNames(before, after)
      const present = names.filter((name) =>
        [before, after].some((profile) => (countIn(profile, name) ?? 0) > 0),
      )
      expect([...known.names].sort()).toEqual(present.sort())
      for (const [own, profile] of [
        [known.reference, before],
        [known.current, after],
      ] as const) {
        known.names.forEach((name, i) => {
          const count = countIn(profile, name)
          expect(own.atLeast[i]).toBe(count ?? 0)
          expect(own.atMost[i]).toBe(count ?? own.otherAtMost)
        })
        expect(own.namesAll).toBe(known.names.every((name) => profile.categories.includes(name)))
      }
      const turned = exchanged(categoryNames(after, before))
      const byName = (one: typeof known) =>
        one.names
          .map((name, i) => [name, one.reference.atLeast[i], one.current.atLeast[i]])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
      expect(byName(turned)).toEqual(byName(known))
    }),
  )
})
