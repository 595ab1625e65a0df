import {
  areTooFewJudged,
  featuresToJudge,
  isInQuestion,
  isTargetUnjudged,
  wasJudged,
} from '@tidegauge/core/internal'
import type { ColumnRole, DriftReport } from '@tidegauge/drift'
import { formatCount, formatPercent, formatPercents, plural, plurals } from '../format.ts'
import { visibleText } from '../visible-text.ts'

/** Green is for what was judged and found well, red for drift; amber for what could not be judged. */
export type DecisionTone = 'fine' | 'act' | 'unsure'

export function decisionTone({ decision }: Pick<DriftReport, 'decision'>): DecisionTone {
  if (decision.action === 'UNDECIDED' || decision.cause === 'columns') return 'unsure'
  return decision.action === 'ACTION' ? 'act' : 'fine'
}

/** What to do, in the fewest words. */
export function decisionHeading(report: DriftReport): string {
  const { action, cause } = report.decision
  if (cause === 'columns') return `Check the data: ${faultClause(report)}`
  if (action === 'UNDECIDED') return 'Cannot tell'
  return action === 'ACTION' ? 'Action needed' : 'No action needed'
}

function faultClause(report: DriftReport): string {
  const features = featuresToJudge(report, report.decision.policy)!
  const count = (finding: string) => features.filter((one) => one.finding === finding).length
  const [gone, changed] = [count('gone'), count('changed-type')]
  const of = `of ${plural(features.length, featureNoun(report))}`
  const type = changed === 1 ? 'changed its type' : 'changed their type'
  if (gone === 0) return `${formatCount(changed)} ${of} ${type}`
  const missing = `${formatCount(gone)} ${of} ${gone === 1 ? 'is' : 'are'} missing`
  return changed === 0 ? missing : `${missing}, ${formatCount(changed)} ${type}`
}

/** The decision's reason in sentences. */
export function decisionWords(report: DriftReport): string[] {
  const isOfColumns = report.decision.cause === 'columns'
  return [
    ...(isOfColumns ? restSentences(report) : [judgedSentence(report), featureSentence(report)]),
    roleSentence(report, 'target'),
    roleSentence(report, 'prediction'),
  ].filter((sentence) => sentence !== null)
}

/** Where features are gone or changed their type, the heading says so: this is of the others, and decides nothing. */
function restSentences(report: DriftReport): string[] {
  const others = featuresToJudge(report, report.decision.policy)!.filter(isInQuestion)
  const judged = others.filter(wasJudged).length
  const until = 'that decides once the data is mended'
  const noun = featureNoun(report)
  if (others.length === 0) return [`There is no other ${noun}.`]
  if (others.length === 1) {
    const [other] = others
    if (judged === 0) return [`The other ${noun} could not be judged.`]
    return [`The other ${noun} ${other!.drifted ? 'drifted' : 'did not drift'}; ${until}.`]
  }
  if (judged === 0)
    return [`None of the ${formatCount(others.length)} other ${plurals(noun)} could be judged.`]
  const drifted = others.filter((column) => column.drifted).length
  const some =
    judged === others.length
      ? `${formatCount(judged)} other ${plurals(noun)}`
      : `${formatCount(judged)} of ${formatCount(others.length)} other ${plurals(noun)} that could be judged`
  return [`Of the ${some}, ${drifted === 0 ? 'none' : formatCount(drifted)} drifted; ${until}.`]
}

/** What stands before the share where that says little. */
function judgedSentence(report: DriftReport): string | null {
  const { policy } = report.decision
  const features = featuresToJudge(report, policy)!
  const judged = features.filter(wasJudged).length
  if (decisionTone(report) !== 'unsure' || judged === features.length) return null
  // The next sentence says it.
  if (judged === 0) return null
  const some = `${formatCount(judged)} of ${plural(features.length, featureNoun(report))} could be judged`
  if (!areTooFewJudged(report, policy)) return `${some}.`
  return `${some}, fewer than the ${formatPercent(policy.minimumJudged)} that it takes to decide.`
}

function featureSentence(report: DriftReport): string {
  const { shareOfDriftedColumns: share, driftedFeatures, evaluatedFeatures } = report
  const { shareThreshold } = report.decision.policy
  if (share === null) {
    return `No ${featureNoun(report)} could be judged, so there is no share to hold against the threshold.`
  }
  const [shown, threshold] = formatPercents(share, shareThreshold)
  const features = `${formatCount(driftedFeatures)} of ${plural(evaluatedFeatures, judgedFeature(report))}`
  const side = share >= shareThreshold ? 'which reaches' : 'below'
  return `${features} drifted: ${shown}${byWeight(report)}, ${side} the threshold of ${threshold}.`
}

/** A share of few judged features is not one of all. */
function judgedFeature(report: DriftReport): string {
  return areAllJudged(report) ? featureNoun(report) : `judged ${featureNoun(report)}`
}

export function areAllJudged(report: DriftReport): boolean {
  return featuresToJudge(report, report.decision.policy)!.every(wasJudged)
}

/** What each compared column is called. */
export function featureNoun({ settings }: Pick<DriftReport, 'settings'>): string {
  return visibleText(settings.feature ?? 'feature')
}

/** Weights of null: nobody knows them, but they are not all alike. */
export function byWeight({ settings }: DriftReport): string {
  return settings.weights === undefined ? '' : ' by weight'
}

function roleSentence(report: DriftReport, role: Exclude<ColumnRole, 'feature'>): string | null {
  const drift = role === 'target' ? report.targetDrift : report.predictionDrift
  const columns = report.columns.filter((column) => column.role === role)
  if (columns.length === 0) return null
  const noun = columns.length === 1 ? `The ${role}` : `Of ${columns.length} ${role} columns,`
  const acts = role === 'target' && report.decision.policy.actOnTargetDrift
  const unjudged = columns.filter((column) => !wasJudged(column)).length
  if (role === 'target' && isTargetUnjudged(report, report.decision.policy)) {
    const some = unjudged === columns.length ? 'none' : `only ${columns.length - unjudged}`
    const told = columns.length === 1 ? 'could not be judged' : `${some} could be judged`
    return `${noun} ${told}, and its drift would call for action by itself.`
  }
  if (drift === null) {
    return columns.length === 1 ? `${noun} could not be judged.` : `${noun} none could be judged.`
  }
  const drifted = columns.filter((column) => column.drifted).length
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
