import type { ColumnRole, DriftReport } from '@tidegauge/drift'
import { formatCount, formatPercents, plural } from '../format.ts'

/** The decision's reason in sentences. */
export function decisionWords(report: DriftReport): string[] {
  return [
    featureSentence(report),
    roleSentence(report, 'target'),
    roleSentence(report, 'prediction'),
  ].filter((sentence) => sentence !== null)
}

function featureSentence(report: DriftReport): string {
  const { shareOfDriftedColumns: share, driftedFeatures, evaluatedFeatures } = report
  const { shareThreshold } = report.decision.policy
  if (share === null) {
    return 'No feature could be judged, so there is no share to hold against the threshold.'
  }
  const [shown, threshold] = formatPercents(share, shareThreshold)
  const features = `${formatCount(driftedFeatures)} of ${plural(evaluatedFeatures, 'judged feature')}`
  const side = share >= shareThreshold ? 'which reaches' : 'below'
  return `${features} drifted: ${shown}, ${side} the threshold of ${threshold}.`
}

function roleSentence(report: DriftReport, role: Exclude<ColumnRole, 'feature'>): string | null {
  const drift = role === 'target' ? report.targetDrift : report.predictionDrift
  const columns = report.columns.filter((column) => column.role === role)
  if (columns.length === 0) return null
  const noun = columns.length === 1 ? `The ${role}` : `Of ${columns.length} ${role} columns,`
  if (drift === null) {
    return columns.length === 1 ? `${noun} could not be judged.` : `${noun} none could be judged.`
  }
  const drifted = columns.filter((column) => column.drifted).length
  const acts = role === 'target' && report.decision.policy.actOnTargetDrift
  const consequence =
    drifted === 0
      ? ''
      : acts
        ? ', which calls for action by itself'
        : ', which by itself does not call for action'
  if (columns.length === 1) {
    return `${noun} ${drifted === 0 ? 'did not drift' : 'drifted'}${consequence}.`
  }
  return `${noun} ${drifted === 0 ? 'none' : formatCount(drifted)} drifted${consequence}.`
}
