import { isMissing } from '@tidegauge/core'
import type { ColumnRole, ColumnType, UnprofiledColumn } from '@tidegauge/drift'
import type { Slice } from '../window/window-ring.ts'

const KINDS = ['text', 'number', 'date', 'boolean', 'other', 'blank'] as const
type Kind = (typeof KINDS)[number]

/**
 * Counts what kinds of values a feature has that the stored reference could not hold: a text, an object. It cannot be
 * judged, but it can be gone, or of another type.
 */
export class UnheldFeature {
  readonly name: string
  /** Does every object have something of that name? */
  readonly isInherited: boolean
  readonly role: ColumnRole = 'feature'
  readonly reference: UnprofiledColumn
  /** One a kind: from `start` on, and then the absent ones and those that cannot be read. */
  readonly cells: number = KINDS.length
  readonly start: number

  constructor(reference: UnprofiledColumn, start: number) {
    this.name = reference.name
    this.isInherited = reference.name in Object.prototype
    this.reference = reference
    this.start = start
  }

  count(value: unknown, { counts }: Slice): void {
    const cell = value === undefined ? this.cells : KINDS.indexOf(kindOf(value))
    counts[this.start + cell]!++
  }

  /** Behind the last of its cells. */
  get end(): number {
    return this.start + this.cells + 2
  }

  /**
   * What a profile of the window says of it.
   *
   * @param counts - of all features
   * @param minimumValues - fewer rows do not tell that it is gone
   * @returns undefined where no row has it
   */
  unprofiled(
    counts: ArrayLike<number>,
    rows: number,
    minimumValues: number,
  ): UnprofiledColumn | undefined {
    const { cells, reference, start } = this
    const countOf = (kind: Kind) => counts[start + KINDS.indexOf(kind)]!
    const unreadable = countOf('other') + counts[start + cells + 1]!
    const readable = (['text', 'number', 'date', 'boolean'] as const).filter(
      (kind) => countOf(kind) > 0,
    )
    const values = readable.reduce((sum, kind) => sum + countOf(kind), unreadable)
    if (values === 0) {
      // Nulls are no absence where it is not known what was there.
      const isThere = reference.type === null && countOf('blank') > 0
      return isThere || rows < minimumValues ? reference : undefined
    }
    // One odd row is no change of the type.
    if (2 * unreadable <= values) return { ...reference, type: typeOf(readable) }
    return reference.type === null
      ? reference
      : {
          ...reference,
          type: null,
          reason: `its type changed from ${reference.type} in the reference to something else`,
        }
  }
}

function kindOf(value: unknown): Kind {
  if (isMissing(value)) return 'blank'
  if (value instanceof Date) return 'date'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
    case 'bigint':
      return 'number'
    case 'boolean':
      return 'boolean'
    default:
      return 'other'
  }
}

/** As `detectDrift` would take such cells: a mixture is categories, and long texts and short ones are texts. */
function typeOf(kinds: readonly Kind[]): ColumnType {
  const [kind] = kinds
  if (kinds.length > 1 || kind === 'boolean') return 'categorical'
  if (kind === 'number') return 'numeric'
  return kind === 'date' ? 'datetime' : 'text'
}
