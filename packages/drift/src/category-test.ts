import type { CategoricalProfile } from '@tidegauge/core'
import { alignCells, total } from './methods/cells.ts'
import { type ChiSquaredTest, chiSquared } from './methods/chi-squared.ts'
import { poolRareCells } from './methods/pool-rare-cells.ts'
import { ENOUGH_FOR_FAR_TAIL, FAR_TAIL, missingShare } from './missing-share.ts'

/** Rarer categories are pooled. */
const MINIMUM_EXPECTED_COUNT = 5

/**
 * Did the shares of the categories change? By chi-squared; where the level is too small for what few values let
 * that distribution say, by the share of each category against all others, as {@link missingShare} tests it, the
 * smallest p times their number (Bonferroni).
 */
export function categoryTest(
  before: CategoricalProfile,
  after: CategoricalProfile,
  alpha: number,
): ChiSquaredTest {
  const test = chiSquared(before, after, { minimumExpectedCount: MINIMUM_EXPECTED_COUNT })
  if (alpha >= FAR_TAIL || test.smallestExpectedCount >= ENOUGH_FOR_FAR_TAIL) return test
  const cells = poolRareCells(alignCells(before, after), MINIMUM_EXPECTED_COUNT)
  const [referenceRows, currentRows] = [total(cells.reference), total(cells.current)]
  const pValues = cells.reference.map((reference, i) => {
    const current = cells.current[i]!
    return missingShare({ reference, referenceRows, current, currentRows }, alpha).pValue
  })
  // Of two categories one share says all.
  const questions = pValues.length === 2 ? 1 : pValues.length
  const pValue = Math.min(1, questions * Math.min(...pValues))
  return { ...test, pValue, ...(pValue > 0 && { logPValue: Math.log(pValue) }) }
}
