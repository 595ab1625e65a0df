import type { BinnedProfile } from '@tidegauge/core'

/** What `detectDrift` found. Plain JSON: no NaN, no infinity, no function; what could not be measured is null. */
export interface DriftReport {
  readonly format: 'tidegauge.drift-report'
  readonly version: typeof REPORT_VERSION
  readonly reference: TableSummary
  readonly current: TableSummary
  /** In the order of the reference, columns of the current table alone at the end. */
  readonly columns: readonly ColumnDrift[]
  /** Drifted features over evaluated ones, in [0, 1]; null where none could be evaluated. */
  readonly shareOfDriftedColumns: number | null
  /** Features with a verdict other than `insufficient-data` and `error`. */
  readonly evaluatedFeatures: number
  readonly driftedFeatures: number
  /** Share of target columns that drifted; null where there is none, or none could be evaluated. */
  readonly targetDrift: number | null
  /** The same for prediction columns. */
  readonly predictionDrift: number | null
  readonly decision: Decision
  readonly settings: DriftSettings
}

/** Readers refuse a report of another version. */
export const REPORT_VERSION = 1

export interface TableSummary {
  readonly name: string
  readonly rows: number
}

export type ColumnType = 'numeric' | 'categorical'

/** Features make up the share of drifted columns; targets and predictions are counted apart. */
export type ColumnRole = 'feature' | 'target' | 'prediction'

/**
 * - `drifted`: the adjusted p-value and the effect both say so
 * - `negligible`: detectable, but the effect stays below its threshold
 * - `stable`: no difference was detectable
 * - `insufficient-data`: too few values to tell
 * - `error`: the column could not be compared; `reason` says why
 */
export type Verdict = 'drifted' | 'negligible' | 'stable' | 'insufficient-data' | 'error'

export interface ColumnDrift {
  readonly name: string
  readonly type: ColumnType
  readonly role: ColumnRole
  /** The test behind `statistic` and `pValue`: `kolmogorov-smirnov` or `chi-squared`. */
  readonly method: string
  /** null where the verdict is `error`. */
  readonly statistic: number | null
  readonly pValue?: number
  /** Adjusted for the number of columns tested in this run. */
  readonly adjustedPValue?: number
  /** Size of the change, on the scale that `effectMeasure` names; null where the verdict is `error`. */
  readonly effect: number | null
  readonly effectMeasure: EffectMeasure
  /** The smallest `effect` that counts as drift. */
  readonly threshold: number
  readonly drifted: boolean
  readonly verdict: Verdict
  /** The verdict in one plain sentence. */
  readonly reason: string
  /** What a reader should know before trusting the numbers. */
  readonly warnings: readonly string[]
  /** Both sides counted into the same bins; null where a side has no such column. */
  readonly reference: BinnedProfile | null
  readonly current: BinnedProfile | null
}

/** `distance`: the Kolmogorov-Smirnov D, in [0, 1]. `psi`: population stability index, ≥ 0. */
export type EffectMeasure = 'distance' | 'psi'

export interface Decision {
  readonly action: 'ACTION' | 'NO_ACTION'
  /** For instance `drift_share=0.06 < 0.30 (target_drift=0.0)`. */
  readonly reason: string
  readonly policy: DecisionPolicy
}

export interface DecisionPolicy {
  /** ACTION from this share of drifted features on, in [0, 1]. */
  readonly shareThreshold: number
  /** ACTION also where any target column drifted. */
  readonly actOnTargetDrift: boolean
}

export interface DriftSettings {
  /** False-discovery rate: a column's adjusted p-value must not exceed it. */
  readonly alpha: number
  readonly correction: 'benjamini-hochberg'
  /** Smallest effect that counts as drift, by its measure. */
  readonly thresholds: Readonly<Record<EffectMeasure, number>>
  /** Fewer values than this on either side: insufficient data. */
  readonly minimumValues: number
}
