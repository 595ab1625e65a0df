import { categoricalProfile } from '@tidegauge/core'
import { judgeInSteps } from '../judge/judge.ts'
import { ColumnError } from '../measure/column.ts'
import type { ColumnPair, ColumnSource } from '../measure/measured-column.ts'
import { areBothText, typeOf } from '../measure/one-side.ts'
import type { ColumnType } from '../report/drift-report.ts'
import type { Semantics } from './semantics.ts'

/** What is drift where the caller names no preset. */
export const OURS: Semantics = {
  name: null,
  defaults: { correction: 'benjamini-hochberg', minimumValues: 30, policy: {} },
  method: null,
  looksAtCells: false,
  typeOf: commonType,
  comparable,
  missingOfFailed: () => null,
  judge: judgeInSteps,
}

/** A stored side without a value is of no kind yet, and under no key: it is empty as the other side is. */
function comparable({ reference, current }: ColumnPair, type: ColumnType): ColumnPair {
  if (type !== 'categorical') return { reference, current }
  return {
    reference: asEmptyCategories(reference, current),
    current: asEmptyCategories(current, reference),
  }
}

function asEmptyCategories(source: ColumnSource, other: ColumnSource): ColumnSource {
  if (source.kind === 'cells' || source.column.profile.n > 0) return source
  const { keyCheck: _, sample: __, ...column } = source.column
  const keyCheck = other.kind === 'profile' ? other.column.keyCheck : undefined
  return {
    kind: 'profile',
    column: {
      ...column,
      profile: categoricalProfile([], { missing: column.profile.missing }),
      ...(keyCheck === undefined ? {} : { keyCheck }),
    },
  }
}

function commonType({ reference, current }: ColumnPair): ColumnType | null {
  const before = typeOf(reference)
  const after = typeOf(current)
  if (areBothText(before, after)) {
    // No profile keeps documents: what one side has by name is compared by name.
    return reference.kind === 'profile' || current.kind === 'profile' ? 'categorical' : 'text'
  }
  if (before !== null && after !== null && before !== after) {
    throw new ColumnError(`its type changed from ${before} in the reference to ${after}`)
  }
  return before ?? after
}
