import { type CategoricalProfile, hiddenAtMost } from '@tidegauge/core'

/** Every category that a side names, with what is known of its count on both sides. */
export interface CategoryNames {
  readonly names: readonly string[]
  readonly reference: SideOfNames
  readonly current: SideOfNames
}

export interface SideOfNames {
  /** Values of the side. */
  readonly n: number
  /** Values of categories that it does not name, and the most that one of them can have. */
  readonly other: number
  readonly otherAtMost: number
  /** One of each for a category: the least and the most that it has. */
  readonly atLeast: Float64Array
  readonly atMost: Float64Array
  /** Does it name every category that the other side names? */
  readonly namesAll: boolean
}

/** Categories that both sides name with 0 are left out. */
export function categoryNames(
  before: CategoricalProfile,
  after: CategoricalProfile,
): CategoryNames {
  const indices = new Map<string, number>()
  // A look-up among a million names costs more than all else here: one for each name of each side.
  const placesOf = ({ categories, counts, countsAtMost = counts }: CategoricalProfile) =>
    Int32Array.from(categories, (name, i) => {
      const known = indices.get(name)
      if (known !== undefined) return known
      if (!(countsAtMost[i]! > 0)) return NOWHERE
      indices.set(name, indices.size)
      return indices.size - 1
    })
  const places = { before: placesOf(before), after: placesOf(after) }
  // What the reference names with 0, the current side may have given a place since.
  before.categories.forEach((name, i) => {
    if (places.before[i] === NOWHERE) places.before[i] = indices.get(name) ?? NOWHERE
  })
  return {
    names: [...indices.keys()],
    reference: sideOf(before, places.before, indices.size),
    current: sideOf(after, places.after, indices.size),
  }
}

const NOWHERE = -1

function sideOf(profile: CategoricalProfile, places: Int32Array, names: number): SideOfNames {
  const { n, other, counts, countsAtMost = counts } = profile
  const otherAtMost = hiddenAtMost(profile)
  const atLeast = new Float64Array(names)
  const atMost = new Float64Array(names).fill(otherAtMost)
  let named = 0
  places.forEach((place, i) => {
    if (place === NOWHERE) return
    named++
    atLeast[place] = counts[i]!
    atMost[place] = countsAtMost[i]!
  })
  return { n, other, otherAtMost, atLeast, atMost, namesAll: named === names }
}

/** The same with the sides exchanged: what is new in it is what was lost. */
export function exchanged({ names, reference, current }: CategoryNames): CategoryNames {
  return { names, reference: current, current: reference }
}
