import type {
  ColumnPairs,
  ColumnReading,
  ColumnReadings,
  ColumnType,
  StoredColumn,
  TableShape,
  UnreadableColumn,
} from '@tidegauge/drift'
import { profileFacts } from '../profile-side.ts'
import { assertUnchanged } from './data-table.ts'
import type { FileSide } from './open-files.ts'
import { whyUnread } from './read-error.ts'
import { type ReadableSide, type ReadPairOptions, readPair, readSide } from './read-pair.ts'
import type { Session } from './session.ts'

export interface FilePairsOptions extends ReadPairOptions {
  readonly signal?: AbortSignal | undefined
  /** Called before a column is read. */
  readonly onColumn?: (name: string) => void
}

/** The two sides of a comparison. */
export interface FilePair {
  readonly reference: ReadableSide
  readonly current: ReadableSide
}

/**
 * Both sides of each column, as `detectDriftByColumn` asks for them: of each no more than one column is held.
 *
 * A column that cannot be read costs no other.
 */
export function filePairs(
  sides: FilePair,
  session: Session,
  { signal, onColumn, ...options }: FilePairsOptions,
): Required<Pick<ColumnPairs, 'read' | 'readOne'>> {
  const unread = (name: string, error: unknown): UnreadableColumn => {
    signal?.throwIfAborted()
    assertWhole()
    return { name, type: null, unreadable: whyUnread(name, error) }
  }
  const assertWhole = () => {
    for (const side of [sides.reference, sides.current]) {
      if (side.kind === 'table') assertUnchanged(side.table)
    }
  }
  const begin = (name: string) => {
    signal?.throwIfAborted()
    onColumn?.(name)
  }
  return {
    async read(name, wanted) {
      begin(name)
      const pair = await readPair(name, wanted, sides, session, options).catch((error) => {
        const column = unread(name, error)
        return {
          reference: storedIn(sides.reference, name) ?? column,
          current: storedIn(sides.current, name) ?? column,
        }
      })
      assertWhole()
      return { ...pair, ...readingsOf(name, sides) }
    },
    async readOne(name, side, wanted) {
      begin(name)
      const own = sides[side]
      const alone = await readSide(name, wanted, own, session, options).catch((error) => {
        return { values: unread(name, error) }
      })
      assertWhole()
      const reading = readingOf(name, own)
      return { ...alone, ...(reading && { reading }) }
    },
  }
}

/** What is known of a side before any of its columns is read. */
export function shapeOf(side: FileSide): TableShape {
  if (side.kind === 'table') {
    const { rowCount, columnNames, reading } = side.table
    return { rowCount, columnNames, ...(reading && { reading }) }
  }
  const { rows, columns, unprofiled = [] } = side.stored
  const columnNames = [...unprofiled, ...columns].map(({ name }) => name)
  return { rowCount: rows, columnNames, ...profileFacts(side.stored) }
}

/** How the cells of a table were read; a stored profile tells it itself. */
function readingOf(name: string, side: ReadableSide): ColumnReading | undefined {
  return side.kind === 'table' ? side.table.columns.get(name)?.reading : undefined
}

function readingsOf(name: string, sides: FilePair): { readonly readings?: ColumnReadings } {
  const reference = readingOf(name, sides.reference)
  const current = readingOf(name, sides.current)
  if (reference === undefined && current === undefined) return {}
  return { readings: { ...(reference && { reference }), ...(current && { current }) } }
}

function storedIn(side: ReadableSide, name: string): StoredColumn | undefined {
  return side.kind === 'profile'
    ? side.stored.columns.find((column) => column.name === name)
    : undefined
}

/**
 * What DuckDB knows of the columns and their cells do not tell: which are dates, which would look like any other number.
 *
 * @param asPandas - for Evidently 0.7, which takes whole numbers of few values for categories unless they are floats to pandas
 */
export function typesOf(
  { reference, current }: FilePair,
  asPandas: boolean,
): Readonly<Record<string, ColumnType>> {
  const sides = [reference, current]
  const names = new Set(
    sides.flatMap((side) => (side.kind === 'table' ? [...side.table.columns.keys()] : [])),
  )
  const types: Record<string, ColumnType> = Object.create(null)
  for (const name of names) {
    if (sides.every((side) => mayBeDate(side, name))) types[name] = 'datetime'
    else if (asPandas && isFloat(reference, name, 'whole') && isFloat(current, name)) {
      types[name] = 'numeric'
    }
  }
  return types
}

/** What a side lacks, or has no value of, is what it is on the other. */
function mayBeDate(side: ReadableSide, name: string): boolean {
  if (side.kind === 'table') {
    return (side.table.columns.get(name)?.kind ?? 'datetime') === 'datetime'
  }
  const stored = side.stored.columns.find((column) => column.name === name)
  return stored === undefined || stored.profile.n === 0 || stored.type === 'datetime'
}

function isFloat(side: ReadableSide, name: string, ...others: readonly string[]): boolean {
  if (side.kind === 'profile') return false
  return ['numeric', ...others].includes(side.table.columns.get(name)?.kind ?? '')
}
