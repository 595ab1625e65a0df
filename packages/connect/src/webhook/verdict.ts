import { featuresToJudge, wasJudged } from '@tidegauge/core/internal'
import type { ColumnDrift, DriftReport, TableSummary } from '@tidegauge/drift'
import { summaryLine } from '@tidegauge/reporters'

/** What a report says, for who acts on it: without pictures, bins and settings. Plain JSON. */
export interface Verdict {
  readonly format: 'tidegauge.verdict'
  readonly version: 1
  /** The `id` of the report: the same where it is sent again. */
  readonly reportId: string
  readonly action: DriftReport['decision']['action']
  readonly cause: DriftReport['decision']['cause']
  readonly reason: string
  /** `drift_share=0.50 -> ACTION …`: for a log. */
  readonly summary: string
  readonly reference: VerdictSide
  readonly current: VerdictSide
  /** null where none could be judged, and with UNDECIDED: that of the few that could be is no answer. */
  readonly driftShare: number | null
  readonly targetDrift: number | null
  readonly predictionDrift: number | null
  readonly features: {
    readonly judged: number
    readonly drifted: number
    readonly notJudged: number
  }
  /** The largest effects first, at most 50. */
  readonly driftedColumns: ReadonlyArray<Pick<ColumnDrift, 'name' | 'role' | 'effect' | 'reason'>>
  /** Likewise. */
  readonly notJudgedColumns: ReadonlyArray<Pick<ColumnDrift, 'name' | 'role' | 'reason'>>
  /** The page of the report, where there is one. */
  readonly link?: string
}

export interface VerdictSide {
  readonly name: string
  readonly rows: number
  /** Of its rows, in milliseconds since 1970. */
  readonly timeRange?: readonly [from: number, to: number]
}

const MOST_COLUMNS = 50

/** @param report - of the newest version, with its id */
export function verdictOf(report: DriftReport, link?: string): Verdict {
  const { decision, columns } = report
  const features = featuresToJudge(report, decision.policy) ?? []
  const drifted = columns
    .filter((column) => column.drifted)
    .sort((a, b) => (b.effect ?? Infinity) - (a.effect ?? Infinity) || 0)
  return {
    format: 'tidegauge.verdict',
    version: 1,
    reportId: report.id!,
    action: decision.action,
    cause: decision.cause,
    reason: decision.reason,
    summary: summaryLine(report),
    reference: sideOf(report.reference),
    current: sideOf(report.current),
    driftShare: decision.action === 'UNDECIDED' ? null : report.shareOfDriftedColumns,
    targetDrift: report.targetDrift,
    predictionDrift: report.predictionDrift,
    features: {
      judged: report.evaluatedFeatures,
      drifted: report.driftedFeatures,
      notJudged: features.filter((column) => !wasJudged(column)).length,
    },
    driftedColumns: drifted
      .slice(0, MOST_COLUMNS)
      .map(({ name, role, effect, reason }) => ({ name, role, effect, reason })),
    notJudgedColumns: columns
      .filter((column) => !wasJudged(column))
      .slice(0, MOST_COLUMNS)
      .map(({ name, role, reason }) => ({ name, role, reason })),
    ...(link !== undefined && { link }),
  }
}

function sideOf({ name, rows, timeRange }: TableSummary): VerdictSide {
  return { name, rows, ...(timeRange && { timeRange }) }
}
