import { uncounted } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { ColumnSide, ColumnSides, UnprofiledSource } from '../plan/open-table.ts'
import type { ColumnChoice } from '../plan/plan.ts'
import type { Semantics } from '../presets/semantics.ts'
import type { ColumnType } from '../report/drift-report.ts'
import {
  type ColumnEvidence,
  type Fault,
  faultOf,
  type LoneSide,
  type PairEvidence,
  type UnpairedEvidence,
} from './column-evidence.ts'
import type { Evidence } from './evidence.ts'
import {
  countMissing,
  type EvidencePair,
  type HeldColumn,
  type HeldPair,
  hold,
  isHeld,
  ownKindOf,
  readAs,
} from './held-column.ts'
import { changeOfType, shownAs } from './own-kind.ts'
import type { Reader } from './read-cells.ts'

/** What a column is measured by: its evidence on both sides, as far as there is any. No cell is looked at afterwards. */
export function* readColumn(
  column: ColumnChoice,
  sides: ColumnSides,
  reader: Reader,
): Steps<ColumnEvidence> {
  let reference: MaybeHeld
  let current: MaybeHeld
  try {
    reference = yield* holdIfThere(sides.reference)
    current = yield* holdIfThere(sides.current)
  } catch (error) {
    return { kind: 'failed', fault: faultOf(error) }
  }
  if (isColumn(reference) && isColumn(current)) {
    return yield* readPair(column, { reference, current }, reader)
  }
  return yield* readUnpaired(column, reference, current, reader)
}

type MaybeHeld = HeldColumn | UnprofiledSource | { readonly kind: 'unread' } | null

function* holdIfThere(side: ColumnSide): Steps<MaybeHeld> {
  if (side?.kind === 'failed') throw side.error
  return isHeld(side) ? yield* hold(side) : side
}

function isColumn(side: MaybeHeld): side is HeldColumn {
  return side?.kind === 'cells' || side?.kind === 'profile'
}

function* readPair(choice: ColumnChoice, pair: HeldPair, reader: Reader): Steps<PairEvidence> {
  const { semantics } = choice
  const own = { reference: ownKindOf(pair.reference), current: ownKindOf(pair.current) }
  let { type } = choice
  let compared: EvidencePair | Fault
  try {
    type ??= (yield* semantics.typeOf(pair)) ?? 'categorical'
    compared = yield* semantics.read(pair, type, reader)
  } catch (error) {
    compared = faultOf(error)
  }
  const change = changeOfType(own, choice.type)
  return {
    kind: 'pair',
    type,
    compared,
    own,
    apart: change && {
      reference: yield* readIfCan(pair.reference, change.reference, reader),
      current: yield* readIfCan(pair.current, change.current, reader),
    },
    window: windowOf(pair.current),
    currentCells: own.current === 'error' ? yield* countMissing(pair.current) : null,
    missingOfFailed: yield* semantics.missingOfFailed(pair),
  }
}

function windowOf(side: HeldColumn): PairEvidence['window'] {
  if (side.kind === 'cells') return null
  const { profile, invalid = 0 } = side.column
  return { n: profile.n, missing: uncounted(profile), invalid }
}

/** null where there is no type, or a cell does not read as that. */
function* readIfCan(
  side: HeldColumn,
  type: ColumnType | null,
  reader: Reader,
): Steps<Evidence | null> {
  try {
    return type === null ? null : yield* readAs(side, type, reader)
  } catch {
    return null
  }
}

function* readUnpaired(
  choice: ColumnChoice,
  reference: MaybeHeld,
  current: MaybeHeld,
  reader: Reader,
): Steps<UnpairedEvidence> {
  const loneSide = function* (side: MaybeHeld, type: ColumnType | null): Steps<LoneSide> {
    if (!isColumn(side)) return side
    const evidence = yield* readIfCan(side, type, reader)
    return { kind: 'held', own: ownKindOf(side), type, evidence }
  }
  const there = reference ?? current
  if (reference === null || current === null) {
    const type = isColumn(there)
      ? (choice.type ?? (yield* typeAlone(there, choice.semantics)))
      : null
    return {
      kind: 'unpaired',
      reference: yield* loneSide(reference, type),
      current: yield* loneSide(current, type),
    }
  }
  const before = typeShown(reference, choice)
  const after = typeShown(current, choice)
  const isOfType = after === null || before === null || after === before
  return {
    kind: 'unpaired',
    reference: yield* loneSide(reference, before),
    current: yield* loneSide(current, isOfType ? (after ?? 'categorical') : null),
  }
}

/** As the rules take it, where they take it at all. */
function* typeAlone(side: HeldColumn, semantics: Semantics): Steps<ColumnType | null> {
  try {
    return yield* semantics.typeOf({ reference: side, current: side })
  } catch {
    // Left out, or no column at all: what it holds is known all the same.
    return shownAs(ownKindOf(side), undefined)
  }
}

function typeShown(side: MaybeHeld, { type }: ColumnChoice): ColumnType | null {
  if (isColumn(side)) return shownAs(ownKindOf(side), type)
  return side?.kind === 'unprofiled' ? side.column.type : null
}
