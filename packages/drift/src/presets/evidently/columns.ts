import { isMissing } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { MissingCounts } from '../../measure/measured-column.ts'
import { type CellCount, type Cells, cellsOfNumbers, eachBlock } from '../../read/cells.ts'
import { article, ColumnError } from '../../read/column-error.ts'
import type { Counts, Evidence } from '../../read/evidence.ts'
import {
  countMissing,
  type EvidencePair,
  type HeldColumn,
  type HeldPair,
  readAs,
} from '../../read/held-column.ts'
import { MOST_CHARACTERS, type Reader, readCounts } from '../../read/read-cells.ts'
import type { ColumnType } from '../../report/drift-report.ts'
import type { Preset } from '../semantics.ts'
import { distinctTexts } from './distinct-texts.ts'
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
export function* typeForEvidently(
  preset: Preset,
  { reference, current }: HeldPair,
): Steps<ColumnType> {
  if (preset === 'evidently') return typeOfReference((yield* lookAt(reference)).makeup)
  return typeOfCurrent((yield* lookAt(current)).makeup)
}

/**
 * A column as Evidently compares it: what it refuses is refused, and categories of different kinds are told
 * apart as Python does, where 1 equals true and differs from "1".
 *
 * @throws ColumnError where Evidently raises or leaves the column out
 */
export function* readForEvidently(
  preset: Preset,
  type: ColumnType,
  pair: HeldPair,
  reader: Reader,
): Steps<EvidencePair> {
  if (type === 'datetime') throw leftOut('Evidently leaves dates out')
  assertValues(pair.reference)
  assertValues(pair.current)
  const reference = yield* lookAt(pair.reference)
  const current = yield* lookAt(pair.current)
  const [before, after] = [reference.makeup, current.makeup]
  assertFilled('reference', before)
  assertFilled('current table', after)
  if (type === 'numeric') assertNumbers(preset, before, after)
  if (type === 'text' && !(isOnly('text', before) && isOnly('text', after))) {
    throw new ColumnError('Evidently raises where a text column holds something else')
  }
  if (type === 'categorical') return yield* readByPythonKeys(preset, reference, current, reader)
  return {
    reference: yield* readAs(reference.held, type, reader),
    current: yield* readAs(current.held, type, reader),
  }
}

/** How many cells are missing, as pandas counts them. */
export function* missingForEvidently({ reference, current }: HeldPair): Steps<MissingCounts> {
  const [before, after] = [yield* cellCountOf(reference), yield* cellCountOf(current)]
  return {
    reference: before.missing,
    referenceRows: before.rows,
    current: after.missing,
    currentRows: after.rows,
  }
}

function* cellCountOf(held: HeldColumn): Steps<CellCount> {
  const seen = held.kind === 'cells' ? looks.get(held) : undefined
  if (seen === undefined) return yield* countMissing(held)
  const { n, missing } = seen.makeup
  return { missing, rows: n + missing }
}

type Kind = 'number' | 'boolean' | 'text' | 'date'

/** What a side holds; missing cells apart. */
interface Makeup {
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

function typeOfReference(before: Makeup): ColumnType {
  assertFilled('reference', before)
  if (isOnly('number', before)) return 'numeric'
  return isOnly('date', before) ? 'datetime' : 'categorical'
}

/** Whole numbers of at most so many distinct values are categories to Evidently 0.7. */
const MOST_WHOLE_CATEGORIES = 10

function typeOfCurrent(after: Makeup): ColumnType {
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

function assertFilled(side: string, { n, infinite }: Makeup): void {
  if (n > infinite) return
  throw new ColumnError(`Evidently cannot compare a column without values in the ${side}`)
}

function assertNumbers(preset: Preset, before: Makeup, after: Makeup): void {
  // A reference of booleans is taken for 0 and 1.
  const isNumeric = isOnly('number', before) || isOnly('boolean', before)
  if (!(isNumeric && isOnly('number', after))) {
    throw new ColumnError('Evidently raises where one side of a numeric column is not numbers')
  }
  const keepsInfinities = [before, after].some((one) => one.infinite > 0 && one.missing === 0)
  if (preset === 'evidently' && keepsInfinities) {
    throw new ColumnError(
      'Evidently 0.4 raises on infinite values where no value is missing on their side',
    )
  }
}

function isOnly(kind: Kind, { kinds }: Makeup): boolean {
  return kinds.size === 1 && kinds.has(kind)
}

function* readByPythonKeys(
  preset: Preset,
  reference: Look,
  current: Look,
  reader: Reader,
): Steps<EvidencePair> {
  const [before, after] = [reference.makeup, current.makeup]
  const kinds = new Set([...before.kinds, ...after.kinds])
  if (kinds.size === 1 && before.infinite + after.infinite === 0) {
    return {
      reference: yield* readAs(reference.held, 'categorical', reader),
      current: yield* readAs(current.held, 'categorical', reader),
    }
  }
  const isMixed = kinds.size > (kinds.has('number') && kinds.has('boolean') ? 2 : 1)
  const keyOf = (cell: unknown): string => {
    if (typeof cell === 'boolean' && kinds.has('number')) return String(Number(cell))
    if (cell instanceof Date) return cell.toISOString()
    return typeof cell === 'string' && isMixed ? JSON.stringify(cell) : String(cell)
  }
  const read = function* ({ held, makeup: { missing } }: Look): Steps<Evidence> {
    if (held.kind === 'profile') return yield* readAs(held, 'categorical', reader)
    const setsAside = preset === 'evidently-0.7' || missing > 0
    return yield* readCounts(held.cells, reader, (cell) =>
      isMissing(cell) || (setsAside && isInfinite(cell)) ? null : keyOf(cell),
    )
  }
  const pair = { reference: yield* read(reference), current: yield* read(current) }
  if (isMixed && areAtMostTwo(pair) && !isLargeForEvidently(before.n)) {
    throw new ColumnError('Evidently raises where its z test has to sort values of different kinds')
  }
  return pair
}

/** Of the keys alone: a stored side's are those of one kind. */
function areAtMostTwo({ reference, current }: EvidencePair): boolean {
  const parts = [reference, current].flatMap((counts) =>
    'parts' in counts ? (counts as Counts).parts : [],
  )
  const distinct = new Set<string>()
  for (const { names } of parts) {
    for (let i = 0; i < names.length && distinct.size <= 2; i++) distinct.add(names[i]!)
  }
  return distinct.size <= 2
}

function isInfinite(cell: unknown): boolean {
  return cell === Number.POSITIVE_INFINITY || cell === Number.NEGATIVE_INFINITY
}

/** A side in the form of cells, where it can be had, and what they are. */
interface Look {
  readonly held: HeldColumn
  readonly makeup: Makeup
}

/** Its type and what is compared of it are asked for apart: a side is looked through once. */
const looks = new WeakMap<HeldColumn, Look>()

function* lookAt(given: HeldColumn): Steps<Look> {
  const known = looks.get(given)
  if (known !== undefined) return known
  const held = yield* asCells(given)
  const look = { held, makeup: yield* makeupOf(held) }
  looks.set(given, look)
  return look
}

function assertValues(held: HeldColumn): void {
  if (held.kind === 'cells' || held.column.profile.kind === 'categorical') return
  if (held.column.sample !== undefined) return
  throw new ColumnError(
    'evidently needs the values themselves: store the reference with keepSample',
  )
}

/** A stored profile of numbers by the values that it kept, in the form of a column. */
function* asCells(held: HeldColumn): Steps<HeldColumn> {
  if (held.kind === 'cells' || held.column.profile.kind === 'categorical') return held
  assertValues(held)
  const { profile, sample, type } = held.column
  const cellOf = (x: number) => (type === 'datetime' ? new Date(x) : x)
  const infinite = new Array<unknown>(profile.infinite).fill(type === 'datetime' ? null : Infinity)
  const besides = [...new Array<null>(profile.missing).fill(null), ...infinite]
  const cells = yield* cellsOfNumbers(sample!, cellOf, besides)
  return { kind: 'cells', cells, own: held.own }
}

function* makeupOf(held: HeldColumn): Steps<Makeup> {
  if (held.kind === 'cells') return yield* makeupOfCells(held.cells)
  const { n } = held.column.profile
  return { ...NOTHING, kinds: new Set(['text']), n, isDictionary: true }
}

const NOTHING: Makeup = {
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

function* makeupOfCells(cells: Cells): Steps<Makeup> {
  const kinds = new Set<Kind>()
  const numbers = new Set<number>()
  const texts = distinctTexts()
  let [n, missing, infinite] = [0, 0, 0]
  let areWhole = true
  let first: Kind | null = null
  let last: Kind | null = null
  yield* eachBlock(cells, (values, start, end) => {
    let characters = 0
    for (let i = start; i < end; i++) {
      const cell = values[i]
      if (isMissing(cell)) {
        missing++
        continue
      }
      n++
      const kind = kindOf(cell)
      if (kind !== last) kinds.add(kind)
      last = kind
      first ??= kind
      if (kind === 'number') {
        if (isInfinite(cell)) infinite++
        if (typeof cell === 'number' && !Number.isInteger(cell)) areWhole = false
        if (numbers.size + texts.size <= MOST_WHOLE_CATEGORIES) numbers.add(Number(cell))
      } else if (kind === 'text') {
        texts.add(cell as string)
        characters += (cell as string).length
        if (characters >= MOST_CHARACTERS) return i + 1
      }
    }
    return end
  })
  return {
    kinds,
    n,
    missing,
    infinite,
    distinct: numbers.size + texts.size,
    areWhole,
    first,
    last,
    isDictionary: cells.dictionary !== undefined,
  }
}

function kindOf(cell: unknown): Kind {
  if (typeof cell === 'number' || typeof cell === 'bigint') return 'number'
  if (typeof cell === 'boolean') return 'boolean'
  if (typeof cell === 'string') return 'text'
  if (cell instanceof Date) return 'date'
  throw new ColumnError(`a value is ${article(cell)}, neither number, text, boolean nor date`)
}
