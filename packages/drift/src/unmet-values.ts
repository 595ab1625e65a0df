import type { CategoryNames } from './category-names.ts'
import { logProbability, type Margins } from './distributions/hypergeometric.ts'

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
 * bounds its factor. The smallest bound is the p-value: never too small, at any size and any level.
 *
 * @param family - indices of the categories that have no cell of their own
 * @see Joag-Dev and Proschan (1983), Annals of Statistics 11, 286–295, for the fates
 */
export function unmetValues(known: CategoryNames, family: readonly number[]): UnmetValues {
  const { reference, current } = known
  const hidden = reference.otherAtMost
  let unmet = hidesUnmetOnly(known) ? current.other : 0
  let met = reference.other
  let single = reference.other + current.other
  const timesOfTotal = new Map<number, number>()
  for (const i of family) {
    const before = reference.atLeast[i]!
    const after = current.atLeast[i]!
    if (reference.atMost[i]! <= hidden) unmet += after
    if (before > 0 && before <= hidden + 1) met += before
    if (reference.atMost[i]! > before || current.atMost[i]! > after) single += before + after
    else {
      const total = Math.round(before + after)
      timesOfTotal.set(total, (timesOfTotal.get(total) ?? 0) + 1)
    }
  }
  const n = Math.round(current.n)
  const m = Math.round(reference.n)
  const fates = [...timesOfTotal].map(([total, times]) => fateOf(total, times, hidden, n, m))
  const one: Fate = {
    times: single,
    from: 0,
    logProbabilities: Float64Array.of(Math.log(m / (n + m)), Math.log(n / (n + m))),
    otherwise: 0,
  }
  const logPValue = smallestBound([one, ...fates], unmet)
  return { logPValue, reference: met, current: unmet }
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
