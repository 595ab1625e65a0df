import type { MeasuredColumn } from '../../measure/measured-column.ts'
import type { DriftMethod } from '../../plan/drift-method.ts'
import type { Preset } from '../../presets/semantics.ts'
import type { ColumnType, DriftSettings } from '../../report/drift-report.ts'

/** What a worker is told; the pieces are those of the `measure` that follows. */
export type ToWorker =
  | { readonly kind: 'begin' }
  | { readonly kind: 'piece'; readonly items: readonly unknown[] }
  | { readonly kind: 'measure'; readonly request: MeasureRequest }

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'measured'; readonly column: MeasuredColumn }

/** A column's plan and what was read of it, as plain data. */
export interface MeasureRequest {
  readonly name: string
  readonly type: ColumnType | undefined
  readonly redactionKey: string | undefined
  readonly preset: Preset | null
  readonly methods: Readonly<Record<ColumnType, SentMethod>>
  /** `ColumnEvidence`, taken apart. */
  readonly evidence: unknown
  readonly settings: DriftSettings
}

/** A method without its functions: those of a built-in one are there too, others are never called there. */
export interface SentMethod extends Pick<DriftMethod, 'name' | 'bins' | 'threshold'> {
  readonly isBuiltIn: boolean
}
