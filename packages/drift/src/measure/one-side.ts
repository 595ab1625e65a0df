import { categoricalProfile } from '@tidegauge/core'
import { COLUMN_KINDS } from '../plan/column-kinds.ts'
import type { ColumnChoice } from '../plan/plan.ts'
import type { Semantics } from '../presets/semantics.ts'
import type { ColumnType, DriftSettings } from '../report/drift-report.ts'
import { inferType } from './column.ts'
import { blank, type ColumnSource, type MeasuredColumn } from './measured-column.ts'

export type SideName = 'reference' | 'current'

/** null where every cell is missing; `error` where a cell is none that is compared. */
export function typeOrError(source: ColumnSource): ColumnType | 'error' | null {
  try {
    return typeOf(source)
  } catch {
    return 'error'
  }
}

/** Short texts on one side, long ones on the other: still texts. */
export function areBothText(...types: ReadonlyArray<ColumnType | null>): boolean {
  return types.includes('text') && types.includes('categorical')
}

export function typeOf(source: ColumnSource): ColumnType | null {
  if (source.kind === 'cells') return inferType(source.column)
  const { profile, type } = source.column
  return profile.n === 0 ? null : type
}

/** A column that one side alone has: what that side says of it, and how it would have been compared. */
export function measureOneSide(
  choice: ColumnChoice,
  side: SideName,
  source: ColumnSource,
  settings: DriftSettings,
): Omit<MeasuredColumn, 'state'> {
  const { name } = choice
  const type = choice.type ?? typeOfOneSide(source, choice.semantics)
  if (type === null) return blank(name, 'unknown', null, settings)
  return {
    ...blank(name, type, choice.methodFor(type), settings),
    ...knownOf(choice, side, source, type, settings),
  }
}

/** As the rules take it, where they take it at all. */
function typeOfOneSide(source: ColumnSource, semantics: Semantics): ColumnType | null {
  try {
    return semantics.typeOf({ reference: source, current: source })
  } catch {
    // Left out, or no column at all: what it holds is known all the same.
    const type = typeOrError(source)
    return type === 'error' ? null : type
  }
}

/** Profile and missing values of one side; nothing where its cells cannot be read as that. */
export function knownOf(
  { name, methodFor, redactionKey }: ColumnChoice,
  side: SideName,
  source: ColumnSource,
  type: ColumnType,
  settings: DriftSettings,
): Pick<MeasuredColumn, 'reference' | 'current' | 'missing'> {
  const nothing = emptyLike(source)
  const pair =
    side === 'reference'
      ? { reference: source, current: nothing }
      : { reference: nothing, current: source }
  const method = methodFor(type)
  try {
    const compared = { name, ...pair, method, settings, redactionKey }
    const { reference, current, missing } = COLUMN_KINDS[type].measure(compared)
    return side === 'reference'
      ? { reference, current: null, missing }
      : { reference: null, current, missing }
  } catch {
    const { reference, current, missing } = blank(name, type, method, settings)
    return { reference, current, missing }
  }
}

/** The other side of a column that is alone: no rows. */
function emptyLike(source: ColumnSource): ColumnSource {
  if (source.kind === 'cells' || source.column.profile.kind === 'numeric') {
    return { kind: 'cells', column: { name: source.column.name, values: [] } }
  }
  // Under the key of the side that is there: what is stored redacted stays so.
  const { sample: _, ...column } = source.column
  return { kind: 'profile', column: { ...column, profile: categoricalProfile([]) } }
}
