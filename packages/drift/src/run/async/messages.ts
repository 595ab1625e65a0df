import type { CategoricalProfile, NumericProfile } from '@tidegauge/core'
import type { MeasuredColumn, StoredColumn } from '../../measure/measured-column.ts'
import type { DriftMethod, EvidenceKind } from '../../plan/drift-method.ts'
import type { UnprofiledSource } from '../../plan/open-table.ts'
import type { Preset } from '../../presets/semantics.ts'
import type { ColumnType, DriftSettings } from '../../report/drift-report.ts'

/** What a worker is told; `list` adds to the lists that a following `measure` refers to. */
export type ToWorker =
  | { readonly kind: 'begin' }
  | { readonly kind: 'list'; readonly items: readonly unknown[] }
  | { readonly kind: 'measure'; readonly request: MeasureRequest }

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'measured'; readonly column: MeasuredColumn }
  /** The column needs a method whose functions only the caller has. */
  | { readonly kind: 'own-method' }

/** A column and all that measuring it takes, as plain data. */
export interface MeasureRequest {
  readonly name: string
  readonly reference: SentSource
  readonly current: SentSource
  readonly type: ColumnType | undefined
  readonly methods: SentMethods
  readonly redactionKey: string | undefined
  readonly settings: DriftSettings
}

/** Of what was chosen, the part that concerns one column. */
export interface SentMethods {
  readonly preset?: Preset
  readonly method?: SentChoice | Readonly<Record<string, SentChoice>>
  readonly methods?: Readonly<Record<string, SentChoice>>
}

/** A `MethodChoice` without functions. */
export type SentChoice =
  | string
  | { readonly method: SentChoice; readonly threshold: number }
  | SentOwnMethod

/** A method of the caller's own: what it takes, and that its functions are elsewhere. */
export interface SentOwnMethod {
  readonly name: string
  readonly threshold: DriftMethod['threshold']
  readonly bins: DriftMethod['bins']
  readonly takes: readonly EvidenceKind[]
}

/** One side of a column. Numbers lie in shared memory; a list is named by its place among those sent. */
export type SentSource =
  | { readonly kind: 'none' }
  /** Reading the column threw. */
  | { readonly kind: 'thrown'; readonly error: SentError }
  | {
      readonly kind: 'typed'
      readonly values: ArrayLike<unknown>
      readonly categories?: ListRange
    }
  /** Milliseconds since 1970; NaN is a missing date. */
  | { readonly kind: 'dates'; readonly values: Float64Array }
  | SentCells
  | { readonly kind: 'profile'; readonly column: SentProfile; readonly sample?: Float64Array }
  | UnprofiledSource

/** Cells of any kind, each a number into the list of its segment. */
export interface SentCells {
  readonly kind: 'cells'
  readonly length: number
  readonly codes: Uint16Array
  /** Where each segment ends; `lists` has one list for each. */
  readonly ends: readonly number[]
  readonly lists: ListRange
  /** Reading the cell at this place threw. */
  readonly failure?: { readonly at: number; readonly error: SentError }
}

/** The code of a missing cell. */
export const MISSING = 0xffff

export interface ListRange {
  readonly from: number
  readonly to: number
}

/** Long arrays of the profile are lists: `{ $list }` in their place. */
export type SentProfile = Omit<StoredColumn, 'profile' | 'sample'> & {
  readonly profile: {
    readonly [Key in keyof (NumericProfile & CategoricalProfile)]?: unknown
  }
}

export interface SentList {
  readonly $list: ListRange
}

/** In the place of a cell that cannot be sent, and that no method takes: the worker refuses it as well. */
export interface StandIn {
  readonly standsFor: 'object' | 'array' | 'function' | 'symbol'
}

export type SentError =
  | { readonly isError: true; readonly message: string }
  | { readonly isError: false; readonly value: string }
