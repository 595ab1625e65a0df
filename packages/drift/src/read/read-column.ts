import { uncounted } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { ColumnContent, ColumnContents } from '../plan/open-table.ts'
import type { ColumnChoice } from '../plan/plan.ts'
import type { Semantics } from '../presets/semantics.ts'
import { isNested } from '../reading/nested.ts'
import type { ColumnType } from '../report/drift-report.ts'
import {
  type ColumnEvidence,
  type Fault,
  type Fit,
  faultOf,
  type HeldEvidence,
  type LoneEvidence,
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
  invalidIn,
  isHeld,
  ownKindOf,
  readAs,
  readingIn,
} from './held-column.ts'
import { changeOfType, shownAs } from './own-kind.ts'
import type { Reader } from './read-cells.ts'

/** What a column is measured by: its evidence on both sides, as far as there is any. No cell is looked at afterwards. */
export function* readColumn(
  column: ColumnChoice,
  contents: ColumnContents,
  reader: Reader,
): Steps<ColumnEvidence> {
  let reference: MaybeHeld
  let current: MaybeHeld
  try {
    reference = yield* holdIfThere(contents.reference)
    current = yield* holdIfThere(contents.current)
  } catch (error) {
    return { kind: 'failed', fault: faultOf(error) }
  }
  if (isColumn(reference) && isColumn(current)) {
    return yield* readPair(column, { reference, current }, reader)
  }
  return yield* readUnpaired(column, reference, current, reader)
}

type MaybeHeld = HeldColumn | Exclude<LoneEvidence, HeldEvidence>

function* holdIfThere(content: ColumnContent): Steps<MaybeHeld> {
  if (content?.kind === 'failed') throw content.error
  return isHeld(content) ? yield* hold(content) : content
}

function isColumn(found: MaybeHeld): found is HeldColumn {
  return found?.kind === 'cells' || found?.kind === 'profile'
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
    isNested: [pair.reference, pair.current].some((held) => isNested(readingIn(held))),
    apart: change && {
      reference: yield* readIfCan(pair.reference, change.reference, reader),
      current: yield* readIfCan(pair.current, change.current, reader),
    },
    fits: { reference: yield* fitOf(pair.reference), current: yield* fitOf(pair.current) },
    currentCells: own.current === 'error' ? yield* countMissing(pair.current) : null,
    missingOfFailed: yield* semantics.missingOfFailed(pair),
  }
}

function* fitOf(held: HeldColumn): Steps<Fit | null> {
  if (held.kind === 'cells') {
    const misfits = readingIn(held)?.misfits?.count ?? 0
    if (misfits === 0) return null
    const { missing, rows } = yield* countMissing(held)
    return { n: rows - missing, missing, invalid: Math.min(missing, misfits) }
  }
  const { profile } = held.column
  return { n: profile.n, missing: uncounted(profile), invalid: invalidIn(held.column) }
}

/** null where there is no type, or a cell does not read as that. */
function* readIfCan(
  held: HeldColumn,
  type: ColumnType | null,
  reader: Reader,
): Steps<Evidence | null> {
  try {
    return type === null ? null : yield* readAs(held, type, reader)
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
  const loneEvidence = function* (held: MaybeHeld, type: ColumnType | null): Steps<LoneEvidence> {
    if (!isColumn(held)) return held
    const evidence = yield* readIfCan(held, type, reader)
    return { kind: 'held', own: ownKindOf(held), type, evidence }
  }
  const there = reference ?? current
  if (reference === null || current === null) {
    const type = isColumn(there)
      ? (choice.type ?? (yield* typeAlone(there, choice.semantics)))
      : null
    return {
      kind: 'unpaired',
      reference: yield* loneEvidence(reference, type),
      current: yield* loneEvidence(current, type),
    }
  }
  const before = typeShown(reference, choice)
  const after = typeShown(current, choice)
  const isOfType = after === null || before === null || after === before
  return {
    kind: 'unpaired',
    reference: yield* loneEvidence(reference, before),
    current: yield* loneEvidence(current, isOfType ? (after ?? 'categorical') : null),
  }
}

/** As the rules take it, where they take it at all. */
function* typeAlone(held: HeldColumn, semantics: Semantics): Steps<ColumnType | null> {
  try {
    return yield* semantics.typeOf({ reference: held, current: held })
  } catch {
    // Left out, or no column at all: what it holds is known all the same.
    return shownAs(ownKindOf(held), undefined)
  }
}

function typeShown(found: MaybeHeld, { type }: ColumnChoice): ColumnType | null {
  if (isColumn(found)) return shownAs(ownKindOf(found), type)
  return found?.kind === 'unprofiled' || found?.kind === 'unreadable' ? found.column.type : null
}
