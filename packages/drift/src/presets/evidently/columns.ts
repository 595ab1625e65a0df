import { isMissing, type TableColumn } from '@tidegauge/core'
import { article, ColumnError, forEachCell } from '../../measure/column.ts'
import type { ColumnPair, ColumnSource } from '../../measure/measured-column.ts'
import type { ColumnType } from '../../report/drift-report.ts'
import type { Preset } from '../semantics.ts'
import { isLargeForEvidently } from './method.ts'

/**
 * The type that Evidently takes a column for where none is declared.
 *
 * 0.4 looks at the reference: numbers are numeric, dates left out, all else categories, texts too.
 * 0.7 looks at the current table: whole numbers of at most ten distinct values are categories, and so are
 * booleans and texts, unless more than half of the texts are distinct: those are texts. A missing or
 * infinite value makes pandas store whole numbers as floats, which are numeric, and booleans as objects,
 * which are left out, as is all else.
 *
 * @throws ColumnError where Evidently raises or leaves the column out
 */
export function typeForEvidently(preset: Preset, { reference, current }: ColumnPair): ColumnType {
  if (preset === 'evidently') return typeOfReference(contentsOf(asCells(reference)))
  return typeOfCurrent(contentsOf(asCells(current)))
}

/**
 * A column as Evidently compares it: what it refuses is refused, and categories of different kinds are told
 * apart as Python does, where 1 equals true and differs from "1".
 *
 * @throws ColumnError where Evidently raises or leaves the column out
 */
export function columnsForEvidently(
  preset: Preset,
  type: ColumnType,
  stored: ColumnPair,
): ColumnPair {
  if (type === 'datetime') throw leftOut('Evidently leaves dates out')
  const pair = { reference: asCells(stored.reference), current: asCells(stored.current) }
  const before = contentsOf(pair.reference)
  const after = contentsOf(pair.current)
  assertFilled('reference', before)
  assertFilled('current table', after)
  if (type === 'numeric') assertNumbers(preset, before, after)
  if (type === 'text' && !(isOnly('text', before) && isOnly('text', after))) {
    throw new ColumnError('Evidently raises where a text column holds something else')
  }
  return type === 'categorical' ? withPythonKeys(preset, pair, before, after) : pair
}

type Kind = 'number' | 'boolean' | 'text' | 'date'

/** What a side holds; missing cells apart. */
interface Contents {
  readonly kinds: ReadonlySet<Kind>
  /** Cells that are not missing. */
  readonly n: number
  readonly missing: number
  readonly infinite: number
  /** Of numbers, counting stops where more make no difference. */
  readonly distinct: number
  readonly areWhole: boolean
  readonly first: Kind | null
  readonly last: Kind | null
  /** Given as codes: pandas' own type for categories. */
  readonly isDictionary: boolean
}

function typeOfReference(before: Contents): ColumnType {
  assertFilled('reference', before)
  if (isOnly('number', before)) return 'numeric'
  return isOnly('date', before) ? 'datetime' : 'categorical'
}

/** Whole numbers of at most so many distinct values are categories to Evidently 0.7. */
const MOST_WHOLE_CATEGORIES = 10

function typeOfCurrent(after: Contents): ColumnType {
  assertFilled('current table', after)
  if (after.isDictionary) return 'categorical'
  const isComplete = after.missing + after.infinite === 0
  if (isOnly('number', after)) {
    const isCategory = isComplete && after.areWhole && after.distinct <= MOST_WHOLE_CATEGORIES
    return isCategory ? 'categorical' : 'numeric'
  }
  if (isOnly('date', after)) return 'datetime'
  if (isOnly('boolean', after) && isComplete) return 'categorical'
  // Of a mixture it looks at the first and the last value alone.
  if (after.first === 'text' && after.last === 'text') {
    return after.distinct > after.n / 2 ? 'text' : 'categorical'
  }
  if (isOnly('boolean', after)) {
    throw leftOut('Evidently 0.7 leaves out booleans of which one is missing')
  }
  const kinds = [...after.kinds].join(' and ')
  throw leftOut(
    `Evidently 0.7 leaves out a mixture of ${kinds} that does not start and end with text`,
  )
}

/** What Evidently passes over is not missing from its verdict; where it raises, there is none. */
function leftOut(message: string): ColumnError {
  return new ColumnError(message, message, 'left-out')
}

function assertFilled(side: string, { n, infinite }: Contents): void {
  if (n > infinite) return
  throw new ColumnError(`Evidently cannot compare a column without values in the ${side}`)
}

function assertNumbers(preset: Preset, before: Contents, after: Contents): void {
  // A reference of booleans is taken for 0 and 1.
  const isNumeric = isOnly('number', before) || isOnly('boolean', before)
  if (!(isNumeric && isOnly('number', after))) {
    throw new ColumnError('Evidently raises where one side of a numeric column is not numbers')
  }
  const keepsInfinities = [before, after].some((side) => side.infinite > 0 && side.missing === 0)
  if (preset === 'evidently' && keepsInfinities) {
    throw new ColumnError(
      'Evidently 0.4 raises on infinite values where no value is missing on their side',
    )
  }
}

function isOnly(kind: Kind, { kinds }: Contents): boolean {
  return kinds.size === 1 && kinds.has(kind)
}

function withPythonKeys(
  preset: Preset,
  pair: ColumnPair,
  before: Contents,
  after: Contents,
): ColumnPair {
  const kinds = new Set([...before.kinds, ...after.kinds])
  if (kinds.size === 1 && before.infinite + after.infinite === 0) return pair
  const isMixed = kinds.size > (kinds.has('number') && kinds.has('boolean') ? 2 : 1)
  const keyOf = (cell: unknown): string => {
    if (typeof cell === 'boolean' && kinds.has('number')) return String(Number(cell))
    if (cell instanceof Date) return cell.toISOString()
    return typeof cell === 'string' && isMixed ? JSON.stringify(cell) : String(cell)
  }
  const distinct = new Set<string>()
  const keyed = (source: ColumnSource, { missing }: Contents): ColumnSource => {
    if (source.kind === 'profile') return source
    const values: Array<string | null> = []
    const setsAside = preset === 'evidently-0.7' || missing > 0
    forEachCell(source.column, (cell) => {
      const isAbsent = isMissing(cell) || (setsAside && isInfinite(cell))
      const key = isAbsent ? null : keyOf(cell)
      if (key !== null) distinct.add(key)
      values.push(key)
    })
    return { kind: 'cells', column: { name: source.column.name, values } }
  }
  const columns = {
    reference: keyed(pair.reference, before),
    current: keyed(pair.current, after),
  }
  if (isMixed && distinct.size <= 2 && !isLargeForEvidently(before.n)) {
    throw new ColumnError('Evidently raises where its z test has to sort values of different kinds')
  }
  return columns
}

function isInfinite(cell: unknown): boolean {
  return cell === Number.POSITIVE_INFINITY || cell === Number.NEGATIVE_INFINITY
}

/** A stored profile of numbers by the values that it kept, in the form of a column. */
function asCells(source: ColumnSource): ColumnSource {
  if (source.kind === 'cells' || source.column.profile.kind === 'categorical') return source
  const { name, profile, sample, type } = source.column
  if (sample === undefined) {
    throw new ColumnError(
      'evidently needs the values themselves: store the reference with keepSample',
    )
  }
  const kept = Array.from(sample, (x) => (type === 'datetime' ? new Date(x) : x))
  const values = [...kept, ...new Array<null>(profile.missing).fill(null)]
  return { kind: 'cells', column: { name, values } }
}

function contentsOf(source: ColumnSource): Contents {
  if (source.kind === 'cells') return contentsOfCells(source.column)
  const { n } = source.column.profile
  return { ...NOTHING, kinds: new Set(['text']), n, isDictionary: true }
}

const NOTHING: Contents = {
  kinds: new Set(),
  n: 0,
  missing: 0,
  infinite: 0,
  distinct: 0,
  areWhole: true,
  first: null,
  last: null,
  isDictionary: false,
}

function contentsOfCells(column: TableColumn): Contents {
  const kinds = new Set<Kind>()
  const distinct = new Set<unknown>()
  let [n, missing, infinite] = [0, 0, 0]
  let areWhole = true
  let first: Kind | null = null
  let last: Kind | null = null
  forEachCell(column, (cell) => {
    if (isMissing(cell)) {
      missing++
      return
    }
    n++
    last = kindOf(cell)
    first ??= last
    kinds.add(last)
    if (last === 'number') {
      if (isInfinite(cell)) infinite++
      if (typeof cell === 'number' && !Number.isInteger(cell)) areWhole = false
      if (distinct.size <= MOST_WHOLE_CATEGORIES) distinct.add(Number(cell))
    } else if (last === 'text') distinct.add(cell)
  })
  const isDictionary = column.categories !== undefined
  return {
    kinds,
    n,
    missing,
    infinite,
    distinct: distinct.size,
    areWhole,
    first,
    last,
    isDictionary,
  }
}

function kindOf(cell: unknown): Kind {
  if (typeof cell === 'number' || typeof cell === 'bigint') return 'number'
  if (typeof cell === 'boolean') return 'boolean'
  if (typeof cell === 'string') return 'text'
  if (cell instanceof Date) return 'date'
  throw new ColumnError(`a value is ${article(cell)}, neither number, text, boolean nor date`)
}
