import { columnVerdict, isJudged } from '@tidegauge/core/internal'
import type { ColumnDrift, DriftSettings } from '@tidegauge/drift'
import { criterionValue, MEASURE_WORDS, trueOperator } from './criterion.ts'
import { formatBeside, formatNumber, formatPercent, formatPercents, NOTHING } from './format.ts'

/**
 * What led to the verdict, in few words: no number beside a verdict may read against it. A shift above its tolerance
 * that could be chance says so, and a column that drifted by its missing values shows these.
 *
 * @example
 * decidedBy(column, report.settings) // 'shift 0.178, could be chance (p = 0.21)'
 */
export function decidedBy(
  column: ColumnDrift,
  settings: Pick<DriftSettings, 'alpha' | 'preset' | 'tolerance'>,
): string {
  const value = criterionValue(column)
  if (!isJudged(column)) return value === null ? NOTHING : `${measured(column, value)}, not judged`
  const { alpha, preset, tolerance } = settings
  const held = value === null ? NOTHING : heldClause(column, value, preset)
  if (preset !== null) return held
  const { causes } = columnVerdict(column, alpha)
  if (column.verdict === 'stable') return chanceClause(column, alpha) ?? held
  const clauses = [
    ...(causes.values ? [held] : []),
    ...(causes.missing ? [missingClause(column, tolerance)] : []),
  ]
  return clauses.length === 0 ? held : clauses.join('; ')
}

/**
 * The same beside the change that it decided on, which says the rest: of values and missing ones that both drifted, the one
 * that changed more.
 *
 * @example
 * decidedBriefly(column, report.settings) // 'shift 0.178, p = 0.21'
 */
export function decidedBriefly(
  column: ColumnDrift,
  settings: Pick<DriftSettings, 'alpha' | 'preset' | 'tolerance'>,
): string {
  const { alpha, preset, tolerance } = settings
  const { missing, verdict } = column
  if (!isJudged(column) || preset !== null) return decidedBy(column, settings)
  if (verdict === 'stable') return chanceClause(column, alpha, true) ?? decidedBy(column, settings)
  if (!isMissingWhatDecided(column, settings)) {
    return heldClause(column, criterionValue(column)!, preset)
  }
  return missing.effect === null ? 'missing values' : effectClause(missing.effect, tolerance)
}

/** Is it the share of missing values that changed more, of what led to the verdict? */
export function isMissingWhatDecided(
  column: ColumnDrift,
  { alpha, preset }: Pick<DriftSettings, 'alpha' | 'preset'>,
): boolean {
  const { effect, missing, verdict } = column
  if (preset !== null || !isJudged(column) || verdict === 'stable') return false
  const { causes } = columnVerdict(column, alpha)
  return causes.missing && !(causes.values && (missing.effect ?? 0) <= (effect ?? 0))
}

/** The adjusted p-value that led to the verdict: that of the missing values, where these alone did. */
export function decidingPValue(
  column: ColumnDrift,
  { alpha, preset }: Pick<DriftSettings, 'alpha' | 'preset'>,
): number | undefined {
  const { adjustedPValue, missing } = column
  if (preset !== null || !isJudged(column)) return adjustedPValue
  const { values, missing: ofMissing } = columnVerdict(column, alpha).causes
  return ofMissing && !values ? missing.adjustedPValue! : adjustedPValue
}

function measured({ criterion }: ColumnDrift, value: number): string {
  return `${MEASURE_WORDS[criterion.measure]} ${formatNumber(value)}`
}

/** A preset adjusts no p-value; ours is never decided by another than the adjusted one. */
function heldClause(column: ColumnDrift, value: number, preset: DriftSettings['preset']): string {
  const { adjustedPValue, criterion, threshold } = column
  const isAdjusted =
    criterion.measure === 'pValue' && preset === null && adjustedPValue !== undefined
  const [words, held] = isAdjusted
    ? ['adjusted p', adjustedPValue]
    : [MEASURE_WORDS[criterion.measure], value]
  return `${words} ${formatBeside(held, threshold)} ${trueOperator(held, column)} ${threshold}`
}

/** null where what was measured is too small anyway, or the p-value alone decides. */
function chanceClause(column: ColumnDrift, alpha: number, isBrief = false): string | null {
  const { adjustedPValue, criterion, threshold } = column
  const value = criterionValue(column)
  if (criterion.measure === 'pValue' || adjustedPValue === undefined) return null
  if (value === null || value < threshold) return null
  const p = formatBeside(adjustedPValue, alpha)
  const shown = measured(column, value)
  return isBrief ? `${shown}, p = ${p}` : `${shown}, could be chance (p = ${p})`
}

function missingClause({ missing }: ColumnDrift, tolerance: number): string {
  const { current, effect, reference } = missing
  const rough = [formatPercent(reference), formatPercent(current)]
  const [before, after] = rough[0] === rough[1] ? formatPercents(reference, current) : rough
  const change = `missing ${before} -> ${after}`
  if (effect === null) return change
  return `${change}, ${effectClause(effect, tolerance)}`
}

function effectClause(effect: number, tolerance: number): string {
  return `shift ${formatBeside(effect, tolerance)} ${effect >= tolerance ? '>=' : '<'} ${tolerance}`
}
