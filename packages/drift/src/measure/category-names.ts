import type { CategoricalProfile } from '@tidegauge/core'
import { hiddenAtMost } from '@tidegauge/core/internal'

/** Every category that a side names, with what is known of its count on both sides. */
export interface CategoryNames {
  readonly names: readonly string[]
  readonly reference: CategoryCounts
  readonly current: CategoryCounts
}

export interface CategoryCounts {
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
  const names: string[] = []
  const places = {
    before: new Int32Array(before.categories.length).fill(NOWHERE),
    after: new Int32Array(after.categories.length).fill(NOWHERE),
  }
  const give = (
    side: Int32Array,
    { categories, counts, countsAtMost = counts }: CategoricalProfile,
    i: number,
  ) => {
    if (countsAtMost[i]! > 0) side[i] = names.push(categories[i]!) - 1
  }
  for (let i = 0; i < places.before.length; i++) give(places.before, before, i)
  const twins = twinsOf(before.categories, after.categories)
  for (let i = 0; i < places.after.length; i++) {
    const twin = twins[i]!
    if (twin !== NOWHERE && places.before[twin] !== NOWHERE) places.after[i] = places.before[twin]!
    else {
      give(places.after, after, i)
      // What the reference names with 0 has a place by the other side.
      if (twin !== NOWHERE) places.before[twin] = places.after[i]!
    }
  }
  return {
    names,
    reference: sideOf(before, places.before, names.length),
    current: sideOf(after, places.after, names.length),
  }
}

/**
 * Where each name of the current side stands on the reference's. A look-up among a million names costs more than all
 * else here, so that the side of fewer names alone is put into a Map, and each name of the other is asked for once.
 */
function twinsOf(before: readonly string[], after: readonly string[]): Int32Array {
  const twins = new Int32Array(after.length).fill(NOWHERE)
  const [few, many] = before.length <= after.length ? [before, after] : [after, before]
  const places = new Map<string, number>()
  for (let i = 0; i < few.length; i++) places.set(few[i]!, i)
  for (let i = 0; i < many.length; i++) {
    const place = places.get(many[i]!)
    if (place === undefined) continue
    if (many === after) twins[i] = place
    else twins[place] = i
  }
  return twins
}

const NOWHERE = -1

function sideOf(profile: CategoricalProfile, places: Int32Array, names: number): CategoryCounts {
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
