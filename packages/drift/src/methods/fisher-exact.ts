import { type BinnedProfile, InvalidArgumentError } from '@tidegauge/core'
import {
  logProbability,
  lowerTail,
  type Margins,
  modeOf,
  upperTail,
} from '../distributions/hypergeometric.ts'
import type { CategoryValue } from '../samples/sample.ts'
import { type TwoByTwo, twoByTwo } from '../samples/two-by-two.ts'
import type { HypothesisTest } from './result.ts'

export interface FisherExactTest extends HypothesisTest {
  /** Odds ratio, ad / bc: 1 for equal shares, ∞ where b or c is 0; 1 where the test is void. */
  readonly statistic: number
}

/**
 * Fisher's exact test of two categories, two-sided: have both samples the same share of each?
 *
 * Given the sizes n, m and how often each category occurs over both sides, the count in the first cell is
 * hypergeometric where the shares are equal. p is the probability of all counts that are at most as likely
 * as the one observed. It holds for any sample size, the smallest included. Where only one category occurs,
 * p is 1.
 *
 * @param reference - categories in any order, at most two over both sides, or their profile
 * @param current - the same
 * @returns odds ratio of the category that comes first by name, and p
 * @throws InvalidArgumentError on an empty sample, a value that is no category, more than two categories,
 *   or a profile whose counts are not integers
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 * @see Fisher (1935), Journal of the Royal Statistical Society 98, 39–82; Loader (2000) for the probabilities
 * @example
 * fisherExact(['a', 'a', 'a'], ['b', 'b', 'b']).pValue // 0.1
 */
export function fisherExact(reference: BinnedProfile, current: BinnedProfile): FisherExactTest
export function fisherExact(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): FisherExactTest
export function fisherExact(
  reference: BinnedProfile | ArrayLike<CategoryValue>,
  current: BinnedProfile | ArrayLike<CategoryValue>,
): FisherExactTest {
  const table = twoByTwo(reference, current)
  assertIntegers(table)
  const [a, b] = table.reference
  const [c, d] = table.current
  if (a + c === 0 || b + d === 0) {
    return { kind: 'hypothesis-test', statistic: 1, pValue: 1, logPValue: 0 }
  }
  const tail = twoSidedTail(a, { n: a + b, m: c + d, drawn: a + c })
  return { kind: 'hypothesis-test', statistic: (a * d) / (b * c), ...tail }
}

function assertIntegers(table: TwoByTwo): void {
  for (const side of ['reference', 'current'] as const) {
    for (const count of table[side]) {
      if (!Number.isSafeInteger(count)) {
        throw new InvalidArgumentError(side, 'a profile of integer counts', count)
      }
    }
  }
}

function twoSidedTail(
  count: number,
  margins: Margins,
): { readonly pValue: number; readonly logPValue: number } {
  const { n, m, drawn } = margins
  const mode = modeOf(margins)
  // The other category's count has the mirrored distribution: the observed side is always the lower one.
  if (count > mode) return twoSidedTail(n - count, { n, m, drawn: n + m - drawn })
  const opposite = firstAsUnlikely(count, mode, margins)
  const logLower = logProbability(count, margins)
  const logUpper = opposite === null ? Number.NEGATIVE_INFINITY : logProbability(opposite, margins)
  const lowerSum = lowerTail(count, margins)
  const upperSum = opposite === null ? 0 : upperTail(opposite, margins)
  // The upper side's first count is at most as likely as the lower side's: the quotient is at most 1.
  const both = lowerSum + Math.exp(logUpper - logLower) * upperSum
  return {
    pValue: Math.min(1, Math.exp(logLower) * lowerSum + Math.exp(logUpper) * upperSum),
    logPValue: Math.min(0, logLower + Math.log(both)),
  }
}

/** The smallest count from the mode on, and above `count`, that is at most as likely; null where none is. */
function firstAsUnlikely(count: number, mode: number, margins: Margins): number | null {
  let low = Math.max(mode, count + 1)
  let high = Math.min(margins.n, margins.drawn)
  if (low > high || !isAtMostAsLikely(high, count, margins)) return null
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isAtMostAsLikely(middle, count, margins)) high = middle
    else low = middle + 1
  }
  return low
}

/** P(upper) ≤ P(lower). Ties are common in balanced tables and have to count. */
function isAtMostAsLikely(upper: number, lower: number, margins: Margins): boolean {
  return logProbability(upper, margins) - logProbability(lower, margins) <= TIE_TOLERANCE
}

/** Well above the rounding error of the logarithms; probabilities that differ do so by more, but for freaks. */
const TIE_TOLERANCE = 1e-11
