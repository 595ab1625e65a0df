import { criterionValue, presetVerdict, type Steps } from '@tidegauge/core/internal'
import { isEmptied, lossOf, sharesOf, UNTESTED } from '../../judge/judge-missing.ts'
import type { MeasuredColumn } from '../../measure/measured-column.ts'
import { missingShare } from '../../measure/missing-share.ts'
import type { DriftSettings } from '../../report/drift-report.ts'
import type { JudgedColumn } from '../semantics.ts'

/** Each column by its own method's score alone. */
export function* judgeByRulings(
  columns: readonly MeasuredColumn[],
  settings: DriftSettings,
): Steps<JudgedColumn[]> {
  // No test of the preset's own pays for the number of columns.
  const alpha = settings.alpha / columns.length
  return columns.map((column) => judgeByRuling(column, alpha))
}

function judgeByRuling(
  { state, effect, missing, changedType: _, untold: __, invalid = 0, ...column }: MeasuredColumn,
  alpha: number,
): JudgedColumn {
  const known = {
    ...column,
    missing: { ...UNTESTED, ...sharesOf(missing) },
    effect: effect?.value ?? null,
    effectInterval: effect?.interval ?? null,
  }
  if (state !== 'judged') {
    const isLost = isEmptied(missing) && missingShare(missing, alpha).pValue <= alpha
    if (!isLost) return { ...known, drifted: false, verdict: state }
    const { finding, reason } = lossOf(missing, invalid, column.type)
    // No numbers of the report tell it from a column that failed: the words do, and then why the preset passes over it.
    const words = column.reason === '' ? reason : `${reason}; ${column.reason}`
    return { ...known, finding, reason: words, drifted: false, verdict: 'error' }
  }
  const { criterion, method, threshold } = known
  const verdict = presetVerdict(known)!
  const score = Number(criterionValue(known)!.toPrecision(3))
  return {
    ...known,
    drifted: verdict === 'drifted',
    verdict,
    reason: `${method} gives ${score}; ${criterion.operator} ${threshold} is drift`,
  }
}
