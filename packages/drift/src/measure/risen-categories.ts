import { countBelow } from '@tidegauge/core/internal'
import { logProbability, logUpperTail } from '../distributions/hypergeometric.ts'
import type { CategoryNames } from './category-names.ts'
import { memoized } from './memoized.ts'

/** A category that became more frequent than chance would make any. */
export interface RisenCategory {
  /** Index into the names. */
  readonly name: number
  /** ln p, paid for the choice. */
  readonly logPValue: number
  /** Its counts: the most that it has in the reference, the least that it has in the current values. */
  readonly reference: number
  readonly current: number
}

/**
 * Which categories became more frequent? Each by Fisher's exact test, one-sided: that `current` or more of its values
 * are on the current side, where it has at most `reference` on the other.
 *
 * The smallest p is picked by looking, and that is paid for: it is multiplied by the number of categories that could
 * have had one as small, those so frequent on both sides together that all of their values on the current side have no
 * larger probability. That number depends on the totals alone, so that without drift the product is at most a with
 * probability a at most, for any distribution over any number of categories. To count those that the reference has not
 * met would not be enough: a thousand equally frequent ones, five on each side, leave seven unmet, of which one has
 * ten.
 *
 * @param family - indices of the categories that are tested together
 * @returns those with a logarithm of p up to `logLevel`, the smallest first; at least the first one, where there is any
 * @see Tarone (1990), Biometrics 46, 515–522
 */
export function risenCategories(
  { reference, current }: CategoryNames,
  family: readonly number[],
  logLevel: number,
): RisenCategory[] {
  const n = Math.round(current.n)
  const m = Math.round(reference.n)
  const share = n / (n + m)
  // A million categories have few pairs of counts.
  const logUpperTailOf = memoized((before, after) =>
    logUpperTail(after, { n, m, drawn: before + after }),
  )
  let surest: RisenCategory | undefined
  // The choice only makes a p larger: those above the level now stay there.
  const tested: RisenCategory[] = []
  for (const name of family) {
    const before = Math.ceil(reference.atMost[name]!)
    const after = Math.floor(current.atLeast[name]!)
    const drawn = before + after
    if (after <= share * drawn || drawn > n + m) continue
    const logPValue = logUpperTailOf(before, after)
    const isSurest = surest === undefined || inOrder({ logPValue, current: after }, surest) < 0
    if (!isSurest && logPValue > logLevel) continue
    const one = { name, logPValue, reference: before, current: after }
    if (isSurest) surest = one
    if (logPValue <= logLevel) tested.push(one)
  }
  if (surest === undefined) return []
  if (tested.length === 0) tested.push(surest)
  tested.sort(inOrder)
  const rivals = rivalCounter({ reference, current }, family)
  const risen: RisenCategory[] = []
  for (const one of tested) {
    const logPValue = Math.min(0, one.logPValue + Math.log(rivals(one.logPValue)))
    if (risen.length > 0 && logPValue > logLevel) break
    risen.push({ ...one, logPValue })
  }
  return risen
}

/** The smallest p first; of equal ones that with the most values. */
function inOrder(
  a: Pick<RisenCategory, 'logPValue' | 'current'>,
  b: Pick<RisenCategory, 'logPValue' | 'current'>,
): number {
  return a.logPValue - b.logPValue || b.current - a.current
}

/** How many categories of the family could have had a p as small; of those that no side names, as many as there may be. */
function rivalCounter(
  { reference, current }: Pick<CategoryNames, 'reference' | 'current'>,
  family: readonly number[],
): (logPValue: number) => number {
  const n = Math.round(current.n)
  const m = Math.round(reference.n)
  // A million categories have few totals.
  const having = new Map<number, number>()
  for (const i of family) {
    const total = Math.floor(reference.atMost[i]! + current.atMost[i]!)
    having.set(total, (having.get(total) ?? 0) + 1)
  }
  const totals = Float64Array.from(having.keys()).sort()
  const withAtLeast = Array.from(totals, (total) => having.get(total)!)
  for (let i = totals.length - 2; i >= 0; i--) withAtLeast[i]! += withAtLeast[i + 1]!
  const hidden = reference.other + current.other
  const mostHidden = reference.otherAtMost + current.otherAtMost
  return (logPValue) => {
    const least = leastTotal(logPValue, n, m)
    const unnamed = mostHidden >= least ? Math.floor(hidden / least) : 0
    const named = withAtLeast[countBelow(totals, least)] ?? 0
    return Math.max(1, named + unnamed)
  }
}

/** The smallest total of which all values are among the n with no larger probability. */
function leastTotal(logPValue: number, n: number, m: number): number {
  const isSmall = (drawn: number) => logProbability(drawn, { n, m, drawn }) <= logPValue
  let low = 0
  let high = 1
  while (high < n && !isSmall(high)) [low, high] = [high, 2 * high]
  high = Math.min(high, n + 1)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isSmall(middle)) high = middle
    else low = middle
  }
  return high
}
