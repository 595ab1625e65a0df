import {
  type ColumnFinding,
  categoryOf,
  isMissing,
  numberOf,
  type TableColumn,
  TidegaugeError,
} from '@tidegauge/core'
import type { ColumnType } from '../report/drift-report.ts'
import { sortNumbers } from '../samples/sort-numbers.ts'

/** The finite values of a numeric or date column, sorted, and what was set aside. */
export interface NumericSample {
  readonly sorted: Float64Array
  readonly missing: number
  readonly infinite: number
}

/** How often each category of a column occurs, and what was set aside. */
export interface CategoricalSample {
  /** Each category once, in the order in which they were met. */
  readonly counts: ReadonlyArray<readonly [category: string, count: number]>
  /** Values counted: without the missing ones. */
  readonly n: number
  readonly missing: number
}

export interface TextSample {
  readonly documents: readonly string[]
  readonly missing: number
}

/** A column whose cells cannot be compared; becomes the column's verdict, never the end of a run. */
export class ColumnError extends TidegaugeError {
  override readonly name = 'ColumnError'

  /** The message without any value of the column. */
  readonly redacted: string
  /** Where the column itself is at fault, and not a value of it. */
  readonly finding: ColumnFinding | undefined

  constructor(message: string, redacted: string = message, finding?: ColumnFinding) {
    super('ERR_COLUMN', message)
    this.redacted = redacted
    this.finding = finding
  }
}

/**
 * What kind of values a column holds.
 *
 * Numbers and bigints make it numeric, dates a date column; text and booleans, or a mixture, a categorical
 * one. Text is `text` where most of it is distinct and it has several words: then it is no category.
 *
 * @returns null where every cell is missing
 * @throws ColumnError where a cell is an object, a function or a symbol
 */
export function inferType(column: TableColumn): ColumnType | null {
  if (column.categories !== undefined) return 'categorical'
  if (ArrayBuffer.isView(column.values)) return 'numeric'
  const seen = { numeric: false, datetime: false, text: false, boolean: false }
  forEachCell(column, (cell) => {
    if (typeof cell === 'string') seen.text = true
    else if (isMissing(cell)) return
    else if (typeof cell === 'number' || typeof cell === 'bigint') seen.numeric = true
    else if (cell instanceof Date) seen.datetime = true
    else if (typeof cell === 'boolean') seen.boolean = true
    else
      throw new ColumnError(`a value is ${article(cell)}, neither number, text, boolean nor date`)
  })
  const kinds = Object.values(seen).filter(Boolean).length
  if (kinds === 0) return null
  if (kinds > 1) return 'categorical'
  if (seen.numeric) return 'numeric'
  if (seen.datetime) return 'datetime'
  return seen.text && isProse(column) ? 'text' : 'categorical'
}

/** So many cells tell what the rest is like. */
const PROBED_CELLS = 1000
const WORDS_OF_PROSE = 4

function isProse(column: TableColumn): boolean {
  // Words of each distinct text: those of a category are counted once.
  const wordsOf = new Map<string, number>()
  let n = 0
  let words = 0
  const length = lengthOf(column)
  const step = Math.max(1, Math.floor(length / PROBED_CELLS))
  for (let i = 0; i < length; i += step) {
    const cell = cellAt(column, i)
    if (typeof cell !== 'string') continue
    const known = wordsOf.get(cell) ?? cell.split(/\s+/).length
    wordsOf.set(cell, known)
    n++
    words += known
  }
  return wordsOf.size > n / 2 && words >= WORDS_OF_PROSE * n
}

/**
 * Text is read where the caller has said that the column is numeric.
 *
 * @throws ColumnError where a cell is no number, as `numberOf` of core reads it
 */
export function numericSample(column: TableColumn): NumericSample {
  const { values, rows, categories } = column
  if (values instanceof Float64Array && rows === undefined && categories === undefined) {
    return sampleOfDoubles(values)
  }
  const finite = new Float64Array(lengthOf(column))
  let n = 0
  let missing = 0
  let infinite = 0
  forEachCell(column, (cell) => {
    const x = numberOf(cell) ?? throwNoNumber(cell)
    if (Number.isNaN(x)) missing++
    else if (Number.isFinite(x)) finite[n++] = x
    else infinite++
  })
  return { sorted: sortNumbers(finite.subarray(0, n)), missing, infinite }
}

/** The same, without asking each cell what it is. */
function sampleOfDoubles(values: Float64Array): NumericSample {
  const finite = new Float64Array(values.length)
  let n = 0
  let missing = 0
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!
    // ∞ − ∞ and NaN are no numbers; x − x of any other is 0.
    if (x - x === 0) finite[n++] = x
    else if (Number.isNaN(x)) missing++
  }
  const infinite = values.length - n - missing
  return { sorted: sortNumbers(finite.subarray(0, n)), missing, infinite }
}

export function categoricalSample(column: TableColumn): CategoricalSample {
  if (column.categories !== undefined) return countCodes(column, column.categories)
  const tally = textTally()
  let n = 0
  let missing = 0
  forEachCell(column, (cell) => {
    const category = categoryOf(cell)
    if (category === null) {
      missing++
      return
    }
    if (category === undefined) throw new ColumnError(`a value is ${article(cell)}, no category`)
    n++
    tally.add(category)
  })
  return { counts: tally.counts(), n, missing }
}

/** From so many texts on, a Map is the faster way: an object keeps its keys in a table of all strings there are. */
const MANY_TEXTS = 4096

function textTally(): {
  readonly add: (text: string) => void
  readonly counts: () => CategoricalSample['counts']
} {
  // Without a prototype, so that any text is a key like another; twice as fast as a Map where texts repeat.
  const few: Record<string, number | undefined> = Object.create(null)
  let many: Map<string, number> | null = null
  const names: string[] = []
  const counts: number[] = []
  return {
    add(text) {
      const place = many === null ? few[text] : many.get(text)
      if (place !== undefined) {
        counts[place]!++
        return
      }
      const next = names.push(text) - 1
      counts.push(1)
      if (many !== null) many.set(text, next)
      else if (next < MANY_TEXTS) few[text] = next
      else many = new Map(names.map((name, i) => [name, i]))
    },
    counts: () => names.map((name, i) => [name, counts[i]!]),
  }
}

/** Counts codes instead of text: no string is hashed but the few categories. */
function countCodes(column: TableColumn, categories: readonly string[]): CategoricalSample {
  const { values, rows } = column
  const length = lengthOf(column)
  const tally = new Uint32Array(categories.length)
  let missing = 0
  for (let i = 0; i < length; i++) {
    const code = values[rows === undefined ? i : rows[i]!] as number
    if (code >= 0) tally[code]!++
    else missing++
  }
  const counts = new Map<string, number>()
  categories.forEach((category, code) => {
    const count = tally[code]!
    if (count > 0) counts.set(category, (counts.get(category) ?? 0) + count)
  })
  return { counts: [...counts], n: length - missing, missing }
}

export function textSample(column: TableColumn): TextSample {
  const documents: string[] = []
  let missing = 0
  forEachCell(column, (cell) => {
    const document = categoryOf(cell)
    if (document === undefined) throw new ColumnError(`a value is ${article(cell)}, no text`)
    if (document === null) missing++
    else documents.push(document)
  })
  return { documents, missing }
}

/** Cells as they are, in the order of the table: text for codes, null for a missing one. */
export function forEachCell(column: TableColumn, visit: (cell: unknown) => void): void {
  const { values, rows, categories } = column
  if (rows === undefined && categories === undefined) {
    for (let i = 0; i < values.length; i++) visit(values[i])
    return
  }
  const length = lengthOf(column)
  for (let i = 0; i < length; i++) visit(cellAt(column, i))
}

function lengthOf({ values, rows }: TableColumn): number {
  return rows?.length ?? values.length
}

function cellAt(column: TableColumn, i: number): unknown {
  const { values, rows, categories } = column
  if (categories === undefined) return values[rows === undefined ? i : rows[i]!]
  const code = codeAt(column, i)
  return code >= 0 ? categories[code] : null
}

function codeAt({ values, rows }: TableColumn, i: number): number {
  return values[rows === undefined ? i : rows[i]!] as number
}

function throwNoNumber(cell: unknown): never {
  throw new ColumnError(`a value is ${article(cell)}, not a number`, 'a value is not a number')
}

/** A value as an error names it. */
export function article(cell: unknown): string {
  if (typeof cell === 'string') return `the text "${cell.slice(0, 40)}"`
  return Array.isArray(cell)
    ? 'an array'
    : `${typeof cell === 'object' ? 'an' : 'a'} ${typeof cell}`
}
