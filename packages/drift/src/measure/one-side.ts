import { categoricalProfile } from '@tidegauge/core'
import { COLUMN_KINDS } from '../plan/column-kinds.ts'
import type { Side } from '../plan/open-table.ts'
import type { ColumnChoice } from '../plan/plan.ts'
import type { Evidence } from '../read/evidence.ts'
import type { ColumnType, DriftSettings } from '../report/drift-report.ts'
import { blank, type MeasuredColumn } from './measured-column.ts'

/** Profile and missing values of one side; nothing where its cells cannot be read as that. */
export function knownOf(
  { name, methodFor, redactionKey }: ColumnChoice,
  side: Side,
  evidence: Evidence | null,
  type: ColumnType,
  settings: DriftSettings,
): Pick<MeasuredColumn, 'reference' | 'current' | 'missing'> {
  const method = methodFor(type)
  const nothing = blank(name, type, method, settings)
  if (evidence === null) return shownOf(nothing)
  const empty = emptyLike(evidence)
  const pair =
    side === 'reference'
      ? { reference: evidence, current: empty }
      : { reference: empty, current: evidence }
  try {
    const comparable = { name, ...pair, method, settings, redactionKey }
    const known = shownOf(COLUMN_KINDS[type].measure(comparable))
    return side === 'reference' ? { ...known, current: null } : { ...known, reference: null }
  } catch {
    return shownOf(nothing)
  }
}

function shownOf({
  reference,
  current,
  missing,
}: Omit<MeasuredColumn, 'state'>): Pick<MeasuredColumn, 'reference' | 'current' | 'missing'> {
  return { reference, current, missing }
}

/** The other side of a column that is alone: no rows. */
function emptyLike(evidence: Evidence): Evidence {
  switch (evidence.kind) {
    case 'values':
    case 'bins':
      return { kind: 'values', numbers: [] }
    case 'counts':
      // Under the key of the side that is there: what is stored redacted stays so.
      return 'profile' in evidence
        ? { ...evidence, profile: categoricalProfile([]) }
        : { kind: 'counts', parts: [], missing: 0 }
    case 'documents':
      return { kind: 'documents', parts: [], missing: 0 }
  }
}
