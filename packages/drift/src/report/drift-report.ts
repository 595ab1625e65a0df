import type { BinnedProfile, ColumnFinding, Correction, Criterion, Decision } from '@tidegauge/core'
import type { Preset } from '../presets/semantics.ts'
import type { ColumnReadings, TableReading } from '../reading/column-reading.ts'

/** What `detectDrift` found. Plain JSON: no NaN, no infinity, no function; what could not be measured is null. */
export interface DriftReport {
  readonly format: 'tidegauge.drift-report'
  readonly version: typeof REPORT_VERSION
  /**
   * 12 hexadecimal digits that tell reports apart: a hash of all that it says but the pictures (`columns[…].reference`,
   * `current`, `quantiles`, `widestGap` and `texts`). Absent where an older release made it.
   */
  readonly id?: string
  readonly reference: TableSummary
  readonly current: TableSummary
  /** In the order of the reference, columns of the current table alone at the end. */
  readonly columns: readonly ColumnDrift[]
  /** Features of the reference that are gone: absent from the current table, or without any value there. */
  readonly missingColumns: readonly string[]
  /** Features that hold something else than in the reference. */
  readonly changedTypes: readonly ChangedType[]
  /** Drifted features over evaluated ones, in [0, 1], weighted; null where none could be evaluated. */
  readonly shareOfDriftedColumns: number | null
  /** Features with a verdict other than `insufficient-data` and `error`. */
  readonly evaluatedFeatures: number
  readonly driftedFeatures: number
  /** Did any feature drift? null where none could be evaluated. */
  readonly covariateDrift: boolean | null
  /** Share of target columns that drifted; null where there is none, or none could be evaluated. */
  readonly targetDrift: number | null
  /** The same for prediction columns. */
  readonly predictionDrift: number | null
  readonly decision: Decision
  readonly settings: DriftSettings
  /** What measured it, with its version: `@tidegauge/drift 0.1.0`. Absent where an older release did. */
  readonly producer?: string
}

/**
 * Readers refuse a report of a later version. 2: what could not be judged has its own action, `UNDECIDED`; features
 * that are gone or changed their type are named.
 */
export const REPORT_VERSION = 2

/** `datetime` is compared as numbers (milliseconds since 1970), `text` as documents. */
export type ColumnType = 'numeric' | 'datetime' | 'categorical' | 'text'

export interface ChangedType {
  readonly name: string
  readonly reference: ColumnType
  /** null where it is none that is compared, or not known. */
  readonly current: ColumnType | null
}

export interface TableSummary {
  readonly name: string
  readonly rows: number
  /** First and last time of its rows, in milliseconds since 1970, where that is known: see `settings.timeColumn`. */
  readonly timeRange?: readonly [from: number, to: number]
  /** The `id` of the stored profile that it was; absent where it was a table. */
  readonly profileId?: string
  /** How its file was read; absent where it was no file, or nobody told. */
  readonly reading?: TableReading
}

/** Features make up the share of drifted columns; targets and predictions are counted apart. */
export type ColumnRole = 'feature' | 'target' | 'prediction'

/**
 * - `drifted`: the adjusted p-value and the effect both say so
 * - `negligible`: detectable, but the effect stays below its threshold
 * - `stable`: no difference was detectable
 * - `insufficient-data`: too few values to tell, or bins too coarse
 * - `error`: the column could not be compared; `reason` says why
 */
export type Verdict = 'drifted' | 'negligible' | 'stable' | 'insufficient-data' | 'error'

export interface ColumnDrift {
  readonly name: string
  /** Of the reference where it is gone or changed its type; `unknown` where no value tells, of a column not compared. */
  readonly type: ColumnType | 'unknown'
  readonly role: ColumnRole
  /** What is wrong with the column itself: it is gone, for instance. Absent where nothing is. */
  readonly finding?: ColumnFinding
  /** The method behind `statistic`, such as `kolmogorov-smirnov`; empty where the type is `unknown`. */
  readonly method: string
  /**
   * null where the verdict is `error`. Of sides in bins of their own it is the least that the Kolmogorov-Smirnov distance
   * can be; p-value and effect are those of that, and the upper end of the interval that of the most that it can be.
   */
  readonly statistic: number | null
  /** Of the method; of the type's own test where the method is a distance and has none. */
  readonly pValue?: number
  /** ln p, where p is smaller than a double holds in full precision (2.2e-308). */
  readonly logPValue?: number
  /** Adjusted for the number of tests in this run. */
  readonly adjustedPValue?: number
  /** Size of the change as an equivalent shift, in standard deviations: one scale for all columns. */
  readonly effect: number | null
  /** Where the true effect lies, with confidence 1 − alpha. */
  readonly effectInterval: readonly [low: number, high: number] | null
  /** The smallest shift that these numbers of values would have shown. */
  readonly smallestDetectableEffect: number | null
  /** What was held against `threshold`; `effect` unless a preset or an own threshold says otherwise. */
  readonly criterion: Criterion
  readonly threshold: number
  readonly drifted: boolean
  readonly verdict: Verdict
  /** The verdict in one plain sentence. */
  readonly reason: string
  /** What a reader should know before trusting the numbers. */
  readonly warnings: readonly string[]
  readonly missing: MissingValues
  /** How the cells of each side were read, where there is something to tell of it. */
  readonly reading?: ColumnReadings
  /** Categories of the current side alone, the most frequent first, and of the reference alone; at most 20. */
  readonly newCategories: readonly string[]
  readonly lostCategories: readonly string[]
  /**
   * Both sides counted into the same bins; each into its own where its type changed, or where both were stored in
   * different ones. null where a side has no such column, or it holds texts.
   */
  readonly reference: BinnedProfile | null
  readonly current: BinnedProfile | null
  /** Of numbers and dates; absent where only their bins are known, or a side has no values. */
  readonly quantiles?: Quantiles
  /** Likewise. */
  readonly widestGap?: WidestGap
  /** Of texts that were compared: what tells them apart. */
  readonly texts?: TextChange
}

/** What tells the texts of two sides apart. */
export interface TextChange {
  /**
   * Words that stand in more of the texts of one side, beyond chance, the most telling first; at most 10. Absent where
   * the report is redacted.
   */
  readonly words?: readonly WordShares[]
  /** How many words a text has: lower quartile, median and upper quartile. */
  readonly lengths: Readonly<Record<'reference' | 'current', readonly [number, number, number]>>
  /** A text of each side that shows it, at most 300 characters; null where no word tells. Absent where it is redacted. */
  readonly examples?: Readonly<Record<'reference' | 'current', string | null>>
}

export interface WordShares {
  readonly word: string
  /** Shares of the texts that hold it, in [0, 1]. */
  readonly reference: number
  readonly current: number
}

/** The values up to which given shares of each side lie: the smallest and the largest at 0 and 1. */
export interface Quantiles {
  /** Shares in [0, 1], ascending. */
  readonly levels: readonly number[]
  /** One value for each level. */
  readonly reference: readonly number[]
  readonly current: readonly number[]
}

/** Where the two cumulative curves are farthest apart: by the Kolmogorov-Smirnov distance. */
export interface WidestGap {
  /** The smallest value at which they are. */
  readonly at: number
  /** Shares of the values that are at most as large, in [0, 1]. */
  readonly reference: number
  readonly current: number
}

/** Shares of missing values, in [0, 1], tested like any proportion. */
export interface MissingValues {
  readonly reference: number
  readonly current: number
  /** null where no value is missing on either side, or a side has no rows. */
  readonly pValue: number | null
  readonly adjustedPValue: number | null
  /** The change of the share as an equivalent shift. */
  readonly effect: number | null
  readonly drifted: boolean
}

export interface DriftSettings {
  /** Whose semantics were used instead of ours; null for ours. */
  readonly preset: Preset | null
  /** Level of the adjusted p-values, and 1 − the confidence of the intervals. */
  readonly alpha: number
  readonly correction: Correction
  /** Smallest effect that counts as drift, in standard deviations. */
  readonly tolerance: number
  /** Fewer values than this on either side: insufficient data. */
  readonly minimumValues: number
  /** So many categories are named in the report; the tests see all of them. */
  readonly maxCategories: number
  /** Categories are called `category 1`, `category 2` … instead of what they are. */
  readonly redacted: boolean
  /**
   * How much a feature counts in the shares, by name, where that is not 1; absent where it is for all. null where nobody
   * knows: of a report that was stored as version 1 and whose share says that not all counted alike.
   */
  readonly weights?: Readonly<Record<string, number>> | null
  /** Columns that were left out because the caller said so; absent where none was. */
  readonly excluded?: readonly string[]
  /** What each compared column is, where it is no `feature`: a `route`, say. */
  readonly feature?: string
  /** The column that the `timeRange` of both tables comes from; absent where none was chosen, or several could be. */
  readonly timeColumn?: string
}
