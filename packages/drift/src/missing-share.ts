import { type CategoricalProfile, categoricalProfile } from '@tidegauge/core'
import type { MissingCounts } from './measured-column.ts'
import { fisherExact } from './methods/fisher-exact.ts'
import { missingShareTest } from './methods/two-proportion-z.ts'

/** What the test of missing values found; z sizes the effect, whatever gives the p-value. */
export interface MissingShare {
  readonly statistic: number
  readonly pValue: number
}

/** Smaller levels lie in the far tail of the normal distribution. */
export const FAR_TAIL = 0.001
/**
 * There it makes rare counts too rare unless so many are expected: by exp(z³ / (6 √expected)), 1.6 times at 1000
 * and p = 5e-6; ten thousand times where a quarter of a value is expected.
 */
export const ENOUGH_FOR_FAR_TAIL = 1000

/**
 * Did the share of missing values change? By the z test; exactly, by Fisher's, where the level is too small for
 * what few values let the normal distribution say: that of one look out of many.
 */
export function missingShare(counts: MissingCounts, alpha: number): MissingShare {
  const { reference, referenceRows, current, currentRows } = counts
  const z = missingShareTest(reference, referenceRows, current, currentRows)
  const isNormal = alpha >= FAR_TAIL || z.smallestExpectedCount >= ENOUGH_FOR_FAR_TAIL
  if (isNormal || !Object.values(counts).every(Number.isSafeInteger)) return z
  const { pValue } = fisherExact(sideOf(reference, referenceRows), sideOf(current, currentRows))
  return { statistic: z.statistic, pValue }
}

function sideOf(missing: number, rows: number): CategoricalProfile {
  return categoricalProfile([
    ['missing', missing],
    ['present', rows - missing],
  ])
}
