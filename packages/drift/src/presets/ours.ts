import { uncounted } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import { judgeInSteps } from '../judge/judge.ts'
import { ColumnError } from '../read/column-error.ts'
import type { Evidence } from '../read/evidence.ts'
import {
  type EvidencePair,
  type HeldColumn,
  type HeldPair,
  isBlank,
  noCategories,
  readAs,
  typeIn,
} from '../read/held-column.ts'
import { areBothText } from '../read/own-kind.ts'
import type { Reader } from '../read/read-cells.ts'
import type { ColumnType } from '../report/drift-report.ts'
import type { Semantics } from './semantics.ts'

/** What is drift where the caller names no preset. */
export const OURS: Semantics = {
  name: null,
  defaults: { correction: 'benjamini-hochberg', minimumValues: 30, policy: {} },
  method: null,
  typeOf: commonType,
  read: readBoth,
  missingOfFailed: noCounts,
  judge: judgeInSteps,
}

// biome-ignore lint/correctness/useYield: others look at cells for it
function* commonType({ reference, current }: HeldPair): Steps<ColumnType | null> {
  const before = typeIn(reference)
  const after = typeIn(current)
  if (areBothText(before, after)) {
    // No profile keeps documents: what one side has by name is compared by name.
    return reference.kind === 'profile' || current.kind === 'profile' ? 'categorical' : 'text'
  }
  if (before !== null && after !== null && before !== after) {
    throw new ColumnError(`its type changed from ${before} in the reference to ${after}`)
  }
  return before ?? after
}

function* readBoth(pair: HeldPair, type: ColumnType, reader: Reader): Steps<EvidencePair> {
  const { reference, current } = pair
  return {
    reference: yield* readBeside(reference, current, type, reader),
    current: yield* readBeside(current, reference, type, reader),
  }
}

/** A stored side without a value is of no kind yet, and under no key: it is empty as the other side is. */
function* readBeside(
  held: HeldColumn,
  other: HeldColumn,
  type: ColumnType,
  reader: Reader,
): Steps<Evidence> {
  const isEmpty = held.kind === 'profile' && isBlank(held.column.profile)
  if (!(isEmpty && type === 'categorical')) return yield* readAs(held, type, reader)
  const keyCheck = other.kind === 'profile' ? other.column.keyCheck : undefined
  return noCategories(uncounted(held.column.profile), keyCheck)
}

// biome-ignore lint/correctness/useYield: others look at cells for it
function* noCounts(): Steps<null> {
  return null
}
