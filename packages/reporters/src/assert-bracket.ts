import { type DistanceBracket, InvalidArgumentError } from '@tidegauge/core'
import type { ColumnDrift, DriftSettings } from '@tidegauge/drift'
import { areClose } from './are-close.ts'
import { bracketOf } from './bracket.ts'
import { distanceOfShift, LARGEST_SHIFT, spread } from './distance-of-shift.ts'

/**
 * Both sides in bins of their own: only counts are known, all that was measured is of the lower end of the distance,
 * and what the upper end could make drift is not told to be none.
 *
 * @param path - of a column that was judged by ours, or had too few values
 * @throws InvalidArgumentError naming the field that contradicts the others
 */
export function assertBracket(path: string, column: ColumnDrift, settings: DriftSettings): void {
  const bracket = bracketOf(column)
  if (bracket === null) return
  const { statistic, verdict } = column
  if (settings.preset !== null) refuse(path, 'current.edges', 'those of the reference', 'others')
  for (const field of ['quantiles', 'widestGap'] as const) {
    if (column[field] !== undefined) refuse(path, field, 'left out', column[field])
  }
  if (!areClose(bracket.lower, statistic)) {
    refuse(path, 'statistic', `${bracket.lower}, the least that both profiles allow`, statistic)
  }
  const isTold = verdict === 'stable' || verdict === 'negligible'
  if (isTold && reaches(column, bracket, 1 + SLACK) && isDetectable(column, bracket, settings)) {
    refuse(path, 'verdict', 'drifted or insufficient-data', verdict)
  }
}

/** Are its bins so coarse that drift could be hidden in them? */
export function mayBeHidden(column: ColumnDrift): boolean {
  const bracket = bracketOf(column)
  return bracket !== null && BINS_TOO_COARSE.test(column.reason) && reaches(column, bracket, 1)
}

export const BINS_TOO_COARSE: RegExp = /^bins too coarse to tell/

const SLACK = 1e-6

/** Would the upper end be as large as what matters? Where it is the lower one, nothing is hidden. */
function reaches(
  { criterion, current, reference, threshold }: ColumnDrift,
  { lower, upper }: DistanceBracket,
  times: number,
): boolean {
  if (upper === lower) return false
  if (criterion.measure === 'statistic') return upper >= threshold * times
  if (threshold > LARGEST_SHIFT) return false
  const { chance } = spread(reference!.n, current!.n, 1)
  const distance = Math.sqrt(Math.max(0, upper ** 2 - chance))
  return distance * (1 + SLACK) >= distanceOfShift(threshold) * times
}

/** Surely: the p-value of a larger distance is no larger, and ten times below the bound it is so by any law. */
function isDetectable(
  { current, pValue, reference }: ColumnDrift,
  { upper }: DistanceBracket,
  { alpha }: DriftSettings,
): boolean {
  const [n, m] = [reference!.n, current!.n]
  const distance = Math.max(0, upper - 1 / Math.max(n, m))
  const bound = 2 * Math.exp((-2 * distance ** 2) / (1 / n + 1 / m))
  return pValue! <= alpha || bound <= alpha / 10
}

function refuse(path: string, field: string, expected: string, received: unknown): never {
  throw new InvalidArgumentError(`${path}.${field}`, `${expected}, as its column says`, received)
}
