import { type CategoricalProfile, categoricalProfile } from '@tidegauge/core'
import { fisherExact } from '../methods/fisher-exact.ts'
import { missingShareTest } from '../methods/two-proportion-z.ts'
import type { MissingCounts } from './measured-column.ts'

/** What the test of missing values found; z sizes the effect, whatever gives the p-value. */
export interface MissingShare {
  readonly statistic: number
  readonly pValue: number
  readonly logPValue: number
}

/** Smaller levels lie in the far tail of the normal distribution. */
const FAR_TAIL = 0.001
/**
 * There it makes rare counts too rare unless so many are expected: by exp(z³ / (6 √expected)), 1.6 times at 1000
 * and p = 5e-6; ten thousand times where a quarter of a value is expected.
 */
const ENOUGH_FOR_FAR_TAIL = 1000
const ENOUGH = 5

/** So many values have to be expected of each kind on each side for the normal and the chi-squared distribution. */
export function enoughExpected(alpha: number): number {
  return alpha >= FAR_TAIL ? ENOUGH : ENOUGH_FOR_FAR_TAIL
}

/**
 * Did the share of missing values change? By the z test; exactly, by Fisher's, where they are too few for what the
 * normal distribution says at the level: that of one look out of many takes more than that of a report.
 */
export function missingShare(counts: MissingCounts, alpha: number): MissingShare {
  const { reference, referenceRows, current, currentRows } = counts
  const z = missingShareTest(reference, referenceRows, current, currentRows)
  const isNormal = z.smallestExpectedCount >= enoughExpected(alpha)
  const { statistic } = z
  if (isNormal || !Object.values(counts).every(Number.isSafeInteger)) {
    return { statistic, pValue: z.pValue, logPValue: z.logPValue! }
  }
  const exact = fisherExact(sideOf(reference, referenceRows), sideOf(current, currentRows))
  return { statistic, pValue: exact.pValue, logPValue: exact.logPValue! }
}

function sideOf(missing: number, rows: number): CategoricalProfile {
  return categoricalProfile([
    ['missing', missing],
    ['present', rows - missing],
  ])
}
