import { logProbability, type Margins } from '../distributions/hypergeometric.ts'
import type { CategoryNames } from './category-names.ts'

/** Values of categories that the reference has not met, or too rarely to name them, all together. */
export interface UnmetValues {
  readonly logPValue: number
  /** So many of the reference's values would be expected to be of such categories: those that it met once. */
  readonly reference: number
  /** So many of the current ones are, at least. */
  readonly current: number
}

/**
 * Are there more values of categories that the reference has not met than a reference of its size leaves unmet?
 *
 * Nothing is estimated of how much that is. Without drift the values of both sides are one heap, of which chance put
 * m on the current side. How often each category occurs in the heap is known, so is the chance that none of its values
 * fell to the reference; and that these fates depend on each other makes their sum less variable only. By Chernoff's
 * bound, for any s ≥ 0,
 *
 * P(V ≥ v) ≤ e^(−s v) Π E[e^(s V_i)],
 *
 * where V_i are the current values of category i if the reference has at most as many as it can hide (0 where it
 * names all), else 0. A value of which it is not known to which category it belongs counts as one of its own, which
 * bounds its factor. The smallest bound is a p-value: never too small, at any size and any level.
 *
 * It is asked of all categories together, and of each class of them that occur about as often in the heap: a thousand
 * names that came once each are not made up for by the frequent ones, of which a side full of new names has fewer.
 * The one question may take half of the level, the others share the other half. The heap alone must make the classes:
 * there are none where a side hides categories.
 *
 * @param family - indices of the categories that have no cell of their own
 * @see Joag-Dev and Proschan (1983), Annals of Statistics 11, 286–295, for the fates
 */
export function unmetValues(known: CategoryNames, family: readonly number[]): UnmetValues {
  const classes = classesOf(known, family)
  const sizes: Sizes = {
    n: Math.round(known.current.n),
    m: Math.round(known.reference.n),
    hidden: known.reference.otherAtMost,
  }
  const all = together([...classes.values()])
  // Where a category belongs is fixed by chance too, once a side may hide it.
  const areFair = classes.size > 1 && !classes.has(UNKNOWN)
  if (!areFair) return boundOf(all, 1, sizes)
  // Half of the level for the one question, half for the others.
  return Array.from(classes.values(), (one) => boundOf(one, 2 * classes.size, sizes)).reduce(
    (smallest, one) => (one.logPValue < smallest.logPValue ? one : smallest),
    boundOf(all, 2, sizes),
  )
}

/** @param factor - p is multiplied by it: 1 over the part of the level that the question may take */
function boundOf(
  { met, unmet, timesOfTotal, single }: RarityClass,
  factor: number,
  sizes: Sizes,
): UnmetValues {
  const bound = smallestBound(fatesOf(timesOfTotal, single, sizes), unmet)
  return { logPValue: Math.min(0, bound + Math.log(factor)), reference: met, current: unmet }
}

/** Categories that occur about as often on both sides together. */
interface RarityClass {
  /** Current values of which the reference names no category. */
  unmet: number
  /** The reference's values of categories that it met once. */
  met: number
  /** How many categories have so many values. */
  readonly timesOfTotal: Map<number, number>
  /** Values of which it is not known to which category they belong. */
  single: number
}

/** The class of values of an unknown category; those of n known values are in class ⌊log₂ n⌋. */
const UNKNOWN = -1

function classesOf(known: CategoryNames, family: readonly number[]): Map<number, RarityClass> {
  const { reference, current } = known
  const hidden = reference.otherAtMost
  const classes = new Map<number, RarityClass>()
  const classOf = (key: number) => {
    const made = classes.get(key) ?? { unmet: 0, met: 0, timesOfTotal: new Map(), single: 0 }
    classes.set(key, made)
    return made
  }
  if (reference.other + current.other > 0) {
    const unknown = classOf(UNKNOWN)
    unknown.unmet = hidesUnmetOnly(known) ? current.other : 0
    unknown.met = reference.other
    unknown.single = reference.other + current.other
  }
  for (const i of family) {
    const before = reference.atLeast[i]!
    const after = current.atLeast[i]!
    const isCounted = reference.atMost[i]! === before && current.atMost[i]! === after
    const total = Math.round(before + after)
    const rarity = classOf(isCounted ? Math.floor(Math.log2(Math.max(1, total))) : UNKNOWN)
    if (reference.atMost[i]! <= hidden) rarity.unmet += after
    if (before > 0 && before <= hidden + 1) rarity.met += before
    if (isCounted) rarity.timesOfTotal.set(total, (rarity.timesOfTotal.get(total) ?? 0) + 1)
    else rarity.single += before + after
  }
  return classes
}

function together(classes: readonly RarityClass[]): RarityClass {
  const sum = (of: 'unmet' | 'met' | 'single') => classes.reduce((all, one) => all + one[of], 0)
  const timesOfTotal = new Map<number, number>()
  for (const one of classes) {
    for (const [total, times] of one.timesOfTotal) {
      timesOfTotal.set(total, (timesOfTotal.get(total) ?? 0) + times)
    }
  }
  return { unmet: sum('unmet'), met: sum('met'), single: sum('single'), timesOfTotal }
}

/** The sizes of the current side and of the reference, and the most values of a category that the latter can hide. */
interface Sizes {
  readonly n: number
  readonly m: number
  readonly hidden: number
}

function fatesOf(
  timesOfTotal: ReadonlyMap<number, number>,
  single: number,
  { n, m, hidden }: Sizes,
): Fate[] {
  const ofOne: Fate = {
    times: single,
    from: 0,
    logProbabilities: Float64Array.of(Math.log(m / (n + m)), Math.log(n / (n + m))),
    otherwise: 0,
  }
  return [
    ofOne,
    ...Array.from(timesOfTotal, ([total, times]) => fateOf(total, times, hidden, n, m)),
  ]
}

/** Does the current side name all that the reference does, and count it in full? Then it hides only what that does not name. */
function hidesUnmetOnly({ names, reference, current }: CategoryNames): boolean {
  const isCounted = (_: string, i: number) =>
    reference.atLeast[i] === 0 || current.atMost[i] === current.atLeast[i]
  return current.namesAll && names.every(isCounted)
}

/** What may become of a category: `from`, `from + 1` … current values that count as unmet, or none. */
interface Fate {
  /** So many categories share it. */
  readonly times: number
  readonly from: number
  readonly logProbabilities: Float64Array
  /** The probability that they do not count. */
  readonly otherwise: number
}

function fateOf(total: number, times: number, hidden: number, n: number, m: number): Fate {
  const from = Math.max(0, total - hidden, total - m)
  const length = Math.max(0, Math.min(total, n) - from + 1)
  const margins: Margins = { n, m, drawn: total }
  const logProbabilities = Float64Array.from({ length }, (_, i) =>
    logProbability(from + i, margins),
  )
  const counts = logProbabilities.reduce((sum, log) => sum + Math.exp(log), 0)
  const isAll = from === Math.max(0, total - m)
  return { times, from, logProbabilities, otherwise: isAll ? 0 : Math.max(0, 1 - counts) }
}

/** As far as the bound is looked for: beyond, no factor changes any more. */
const LARGEST_S = 100
const STEPS = 40

/** The logarithm of Chernoff's bound of P(Σ ≥ sum): a convex function of s, smallest where its slope is 0. */
function smallestBound(fates: readonly Fate[], sum: number): number {
  const at = (s: number) => {
    let log = -s * sum
    let slope = -sum
    for (const fate of fates) {
      if (fate.times === 0) continue
      const moment = momentOf(fate, s)
      log += fate.times * moment.log
      slope += fate.times * moment.slope
    }
    return { log, slope }
  }
  if (sum === 0 || at(0).slope >= 0) return 0
  let low = 0
  let high = 1
  while (high < LARGEST_S && at(high).slope < 0) [low, high] = [high, 2 * high]
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    if (at(middle).slope < 0) low = middle
    else high = middle
  }
  return Math.min(0, at(high).log)
}

/** ln E[e^(s V)] and its derivative. */
function momentOf(
  { from, logProbabilities, otherwise }: Fate,
  s: number,
): { readonly log: number; readonly slope: number } {
  const terms = logProbabilities.length
  let largest = otherwise > 0 ? 0 : Number.NEGATIVE_INFINITY
  for (let i = 0; i < terms; i++) {
    largest = Math.max(largest, logProbabilities[i]! + s * (from + i))
  }
  let sum = otherwise > 0 ? otherwise * Math.exp(-largest) : 0
  let weighted = 0
  for (let i = 0; i < terms; i++) {
    const term = Math.exp(logProbabilities[i]! + s * (from + i) - largest)
    sum += term
    weighted += term * (from + i)
  }
  return { log: largest + Math.log(sum), slope: weighted / sum }
}
