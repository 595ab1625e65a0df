import type { Correction, DecisionPolicy } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { MeasuredColumn, MissingCounts } from '../measure/measured-column.ts'
import type { DriftMethod } from '../plan/drift-method.ts'
import type { EvidencePair, HeldPair } from '../read/held-column.ts'
import type { Reader } from '../read/read-cells.ts'
import type { ColumnDrift, ColumnType, DriftSettings } from '../report/drift-report.ts'

/**
 * Whose rules: `evidently` is Evidently (Python) 0.4 (0.4.40), `evidently-0.7` the API of 0.7 (0.7.21). They differ in
 * what they take a column for.
 */
export type Preset = 'evidently' | 'evidently-0.7'

/** A column with its verdict; its role is the caller's to know. */
export type JudgedColumn = Omit<ColumnDrift, 'role'>

/** All that a preset may have rules of its own for. Ours are one such object, those of each preset another. */
export interface Semantics {
  /** As the report's settings name it; null: ours. */
  readonly name: Preset | null
  /** Where the caller says nothing of them. */
  readonly defaults: {
    readonly correction: Correction
    readonly minimumValues: number
    readonly policy: Partial<DecisionPolicy>
  }
  /** For every column; null: the caller chooses, or the column's type. */
  readonly method: DriftMethod | null
  /**
   * What it takes a column for; null where no cell tells. This and the next two are asked while cells are read.
   *
   * @throws ColumnError where it takes it for nothing
   */
  typeOf(pair: HeldPair): Steps<ColumnType | null>
  /**
   * What of the column it compares.
   *
   * @throws ColumnError where it compares nothing
   */
  read(pair: HeldPair, type: ColumnType, reader: Reader): Steps<EvidencePair>
  /** What tells whether a column that cannot be compared has lost its values; null: nothing does. */
  missingOfFailed(pair: HeldPair): Steps<MissingCounts | null>
  /** Every column's verdict, once all are measured. */
  judge(columns: readonly MeasuredColumn[], settings: DriftSettings): Steps<JudgedColumn[]>
}
