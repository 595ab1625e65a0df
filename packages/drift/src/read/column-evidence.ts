import type { ColumnFinding } from '@tidegauge/core'
import type { MissingCounts } from '../measure/measured-column.ts'
import type { UnprofiledContent, UnreadableContent } from '../plan/open-table.ts'
import type { ColumnType } from '../report/drift-report.ts'
import type { CellCount } from './cells.ts'
import { ColumnError } from './column-error.ts'
import type { Evidence } from './evidence.ts'
import type { EvidencePair } from './held-column.ts'
import type { OwnKind, OwnKinds } from './own-kind.ts'

/** All that was read of a column: what it is measured by, wherever. */
export type ColumnEvidence =
  | PairEvidence
  | UnpairedEvidence
  /** A side could not be read. */
  | { readonly kind: 'failed'; readonly fault: Fault }

/** Both sides hold something. */
export interface PairEvidence {
  readonly kind: 'pair'
  /** What it is compared as; undefined where that cannot be told. */
  readonly type: ColumnType | undefined
  /** Both sides as that, or why they cannot be compared. */
  readonly compared: EvidencePair | Fault
  readonly own: OwnKinds
  /** Were its cells lists, objects or bytes, on a side, before they were texts? */
  readonly isNested: boolean
  /** Where those differ: each side as what it is by itself, if it is something. */
  readonly apart: { readonly reference: Evidence | null; readonly current: Evidence | null } | null
  /** How the values of each side fit its type; null of cells of which nobody told. */
  readonly fits: { readonly reference: Fit | null; readonly current: Fit | null }
  /** Of a current side that holds cells that are none. */
  readonly currentCells: CellCount | null
  /** What tells whether the column has lost its values, where it cannot be compared; null: nothing does. */
  readonly missingOfFailed: MissingCounts | null
}

export interface Fit {
  readonly n: number
  readonly missing: number
  /** Of the missing ones, so many are there, and of another type. */
  readonly invalid: number
}

/** One side does not have the column, or nobody has read it. */
export interface UnpairedEvidence {
  readonly kind: 'unpaired'
  readonly reference: LoneEvidence
  readonly current: LoneEvidence
}

export type LoneEvidence =
  | HeldEvidence
  | UnprofiledContent
  | UnreadableContent
  | { readonly kind: 'unread' }
  | null

export interface HeldEvidence {
  readonly kind: 'held'
  readonly own: OwnKind
  /** What it is shown as; null where that cannot be told, or is not asked for. */
  readonly type: ColumnType | null
  /** null where it does not read as that. */
  readonly evidence: Evidence | null
}

/** What was thrown, as plain data. */
export interface Fault {
  readonly kind: 'fault'
  readonly message: string
  /** The message without any value of the column; null where it is not ours, and may quote the cells. */
  readonly redacted: string | null
  readonly finding?: ColumnFinding
}

export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof ColumnError)) return { kind: 'fault', message, redacted: null }
  const { redacted, finding } = error
  return { kind: 'fault', message, redacted, ...(finding !== undefined && { finding }) }
}

export function isFault(compared: EvidencePair | Fault): compared is Fault {
  return 'message' in compared
}
