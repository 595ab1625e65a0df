import { type CategoricalProfile, countedCategories, hiddenAtMost } from '@tidegauge/core'

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
  for (const side of [before, after]) {
    side.categories.forEach((name, i) => {
      const isUsed = (side.countsAtMost ?? side.counts)[i]! > 0
      if (isUsed && !indices.has(name)) indices.set(name, indices.size)
    })
  }
  const sideOf = (profile: CategoricalProfile): SideOfNames => {
    const otherAtMost = hiddenAtMost(profile)
    const atLeast = new Float64Array(indices.size)
    const atMost = new Float64Array(indices.size).fill(otherAtMost)
    let named = 0
    for (const [name, count, most = count] of countedCategories(profile)) {
      const i = indices.get(name)
      if (i === undefined) continue
      named++
      atLeast[i] = count
      atMost[i] = most
    }
    const { n, other } = profile
    return { n, other, otherAtMost, atLeast, atMost, namesAll: named === indices.size }
  }
  return { names: [...indices.keys()], reference: sideOf(before), current: sideOf(after) }
}

/** The same with the sides exchanged: what is new in it is what was lost. */
export function exchanged({ names, reference, current }: CategoryNames): CategoryNames {
  return { names, reference: current, current: reference }
}
