import { type BinnedProfile, categoricalProfile, uncounted } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { StoredColumn } from '../measure/measured-column.ts'
import { COLUMN_KINDS } from '../plan/column-kinds.ts'
import type { ColumnContent } from '../plan/open-table.ts'
import type { ColumnReading } from '../reading/column-reading.ts'
import type { ColumnType } from '../report/drift-report.ts'
import { type CellCount, type Cells, countCells, heldCells } from './cells.ts'
import { ColumnError } from './column-error.ts'
import type { Evidence, RankedPair, StoredCounts } from './evidence.ts'
import type { OwnKind } from './own-kind.ts'
import { ownType } from './own-type.ts'
import { READ_CELLS, type Reader, readSample } from './read-cells.ts'

/** A side of a column in which there is something to compare: its cells, or what was stored of them. */
export type HeldColumn =
  | {
      readonly kind: 'cells'
      readonly cells: Cells
      readonly own: OwnType
      /** How they became cells, where somebody told. */
      readonly reading?: ColumnReading
    }
  | { readonly kind: 'profile'; readonly column: StoredColumn; readonly own: OwnType }

export interface HeldPair {
  readonly reference: HeldColumn
  readonly current: HeldColumn
}

/** What it is by itself: null where every cell is missing; what was thrown where a cell is none that is compared. */
export type OwnType = { readonly type: ColumnType | null } | { readonly error: unknown }

export interface EvidencePair {
  readonly reference: Evidence
  readonly current: Evidence
  /** Where both are counts that tell as much as their values would. */
  readonly ranked?: RankedPair
}

type Held = Extract<ColumnContent, { readonly kind: 'cells' | 'profile' }>

export function isHeld(content: ColumnContent): content is Held {
  return content?.kind === 'cells' || content?.kind === 'profile'
}

/** Throws what a table throws of which a cell is read. */
export function* hold(held: Held): Steps<HeldColumn> {
  if (held.kind === 'cells') {
    const cells = yield* heldCells(held.column)
    const { reading } = held
    return { kind: 'cells', cells, own: yield* ownTypeOf(cells), ...(reading && { reading }) }
  }
  const { column } = held
  return { kind: 'profile', column, own: { type: isBlank(column.profile) ? null : column.type } }
}

export function readingIn(held: HeldColumn): ColumnReading | undefined {
  return held.kind === 'cells' ? held.reading : held.column.reading
}

/** So many of its missing values are there, and of another type. */
export function invalidIn({ invalid, reading }: StoredColumn): number {
  return invalid ?? reading?.misfits?.count ?? 0
}

/** Was there no value at all? Infinite ones are none to compare, but numbers. */
export function isBlank(profile: BinnedProfile): boolean {
  return profile.n === 0 && uncounted(profile) === profile.missing
}

function* ownTypeOf(cells: Cells): Steps<OwnType> {
  try {
    return { type: yield* ownType(cells) }
  } catch (error) {
    return { error }
  }
}

/** null where every cell is missing. Throws where a cell is none that is compared. */
export function typeIn({ own }: HeldColumn): ColumnType | null {
  if ('error' in own) throw own.error
  return own.type
}

export function ownKindOf({ own }: HeldColumn): OwnKind {
  return 'error' in own ? 'error' : own.type
}

/**
 * The evidence that a column of this type is compared by.
 *
 * @throws ColumnError where a cell does not read as that, or nothing of the kind was stored
 */
export function* readAs(held: HeldColumn, type: ColumnType, reader: Reader): Steps<Evidence> {
  if (held.kind === 'cells') {
    return yield* READ_CELLS[COLUMN_KINDS[type].evidence[0]](held.cells, reader)
  }
  const { profile, sample, keyCheck } = held.column
  assertStoredAs(type, profile)
  if (profile.kind === 'categorical') return storedCounts(profile, keyCheck)
  if (sample === undefined || profile.n === 0) return { kind: 'bins', profile }
  const numbers = yield* readSample(sample, reader)
  return { kind: 'values', numbers, stored: profile }
}

/** What holds no value is of no kind yet; but categories it must be, to be counted beside others. */
function assertStoredAs(type: ColumnType, { kind, n }: BinnedProfile): void {
  if (type === 'categorical') {
    if (kind !== 'categorical') throw new ColumnError('the stored profile counts numbers')
  } else if (n > 0) {
    if (type === 'text') {
      const reason = 'texts are compared by their documents, which a stored profile does not hold'
      throw new ColumnError(reason)
    }
    if (kind !== 'numeric') throw new ColumnError('the stored profile counts categories')
  }
}

function storedCounts(
  profile: StoredCounts['profile'],
  keyCheck: string | undefined,
): StoredCounts {
  return { kind: 'counts', profile, ...(keyCheck === undefined ? {} : { keyCheck }) }
}

/** Categories of which none occurs, under the key of the other side. */
export function noCategories(missing: number, keyCheck: string | undefined): StoredCounts {
  return storedCounts(categoricalProfile([], { missing }), keyCheck)
}

export function* countMissing(held: HeldColumn): Steps<CellCount> {
  if (held.kind === 'cells') return yield* countCells(held.cells)
  const { profile } = held.column
  const missing = uncounted(profile)
  return { missing, rows: profile.n + missing }
}
