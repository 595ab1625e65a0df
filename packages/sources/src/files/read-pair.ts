import {
  type ColumnPairInput,
  type ColumnSideInput,
  type ColumnSideValues,
  type ColumnType,
  profile,
  type StoredColumn,
  type TableProfile,
  type UnprofiledColumn,
  type UnreadableColumn,
  type WantedColumn,
} from '@tidegauge/drift'
import { atHand } from './at-hand.ts'
import {
  type CountedCategories,
  countCategories,
  countNumbers,
  MOST_CATEGORIES,
  MOST_COUNTED,
} from './count-values.ts'
import { type DataColumn, type DataTable, isNumeric, unreadable } from './data-table.ts'
import { areDocuments, PROBED_CELLS } from './documents.ts'
import { EDGE_SAMPLE, longNumbers } from './long-numbers.ts'
import {
  bytesOfTexts,
  categoryReading,
  numberExpression,
  type OnRows,
  readCells,
  readNumbers,
} from './read-values.ts'
import type { Session } from './session.ts'
import { type KnownNames, namesKnownTo } from './stored-profile.ts'

/** A table that is read, or the profile that was stored of one. */
export type ReadableSide =
  | { readonly kind: 'table'; readonly table: DataTable }
  | { readonly kind: 'profile'; readonly stored: TableProfile }

export interface ReadPairOptions {
  /** Columns of more rows than this are counted, or sampled, instead of held. */
  readonly exactRows: number
  /** Does a preset want the cells themselves? */
  readonly needsCells: boolean
  /** Of categories that were stored under codes. */
  readonly redactionKey: string | undefined
  readonly onRows: OnRows
}

/** The input of one column: its cells, or counts where they are too many. */
type HeldCells = Exclude<ColumnSideValues, UnprofiledColumn | UnreadableColumn>

/**
 * Reads both sides of a column, so that no more than the column is held.
 *
 * Numbers as they are up to `exactRows`; beyond, counted between approximate quantiles of the reference, or
 * sampled for a method that needs the values. Categories are counted by DuckDB. Texts are read, sampled where
 * they are many.
 */
export async function readPair(
  name: string,
  wanted: WantedColumn,
  sides: { readonly reference: ReadableSide; readonly current: ReadableSide },
  session: Session,
  options: ReadPairOptions,
): Promise<ColumnPairInput> {
  const without = {
    reference: withoutCells(sides.reference, name),
    current: withoutCells(sides.current, name),
  }
  const alone = (side: Side) => readSide(name, wanted, sides[side], session, options)
  if (without.reference !== undefined) {
    const { values, ...read } = await alone('current')
    return { reference: without.reference, current: values, ...read }
  }
  if (without.current !== undefined) {
    const { values, ...read } = await alone('reference')
    return { reference: values, current: without.current, ...read }
  }
  const reference = await halfOf(sides.reference, name, session)
  const current = await halfOf(sides.current, name, session)
  const context = { name, wanted, session, options }
  if (reference.kind === 'stored' && current.kind === 'stored') {
    return { reference: reference.column, current: current.column }
  }
  const isNumeric = [reference, current].every((half) => areNumbers(half, wanted.type))
  const isMixed = isNumeric && (await areDatesAndNumbers(reference, current, context))
  if (isNumeric && !isMixed) return readNumericPair(reference, current, context)
  const areCategories = [reference, current].every((half) => !areNumbers(half, wanted.type))
  if (areCategories) return readCategoricalPair(reference, current, context)
  // Numbers on one side, none or dates on the other: a few of each tell that the type has changed.
  const isSampled = [reference, current].some(
    (half) => half.kind === 'cells' && half.table.rowCount > PROBED_CELLS,
  )
  const about = PROBED_CELLS.toLocaleString('en-US')
  return {
    reference: await fewOf(reference, context),
    current: await fewOf(current, context),
    warnings: isSampled ? [`shown by an even sample of about ${about} rows a side`] : [],
  }
}

type Side = 'reference' | 'current'

/** A column that one side alone has: for its type and its picture, there is nothing to compare it with. */
export async function readSide(
  name: string,
  wanted: WantedColumn,
  side: ReadableSide,
  session: Session,
  options: ReadPairOptions,
): Promise<ColumnSideInput> {
  const without = withoutCells(side, name)
  if (without !== undefined) return { values: without }
  const half = await halfOf(side, name, session)
  if (half.kind === 'stored') return { values: half.column }
  const context = { name, wanted, session, options }
  if (areNumbers(half, wanted.type)) {
    const isLarge = half.table.rowCount > options.exactRows
    if (isLarge && !wanted.takesBins) return sampleOf(half, context, options.exactRows)
    const { column } = await sideWithEdges(half, context, isLarge)
    return { values: column }
  }
  if (options.needsCells) return sampleOf(half, context, options.exactRows)
  const ofDocuments = async () => sampleOf(half, context, await mostDocuments([half], session))
  if (wanted.type === 'text') return ofDocuments()
  const isUntyped = wanted.type === undefined
  if (isUntyped && (await areLargeDocuments(half, session))) return ofDocuments()
  const { columns } = await countedSides(name, [half], context)
  const isText = isUntyped && (await isProse(columns[0]!, half, session))
  return isText ? ofDocuments() : { values: columns[0]! }
}

async function sampleOf(half: Cells, context: Context, most: number): Promise<ColumnSideInput> {
  const { session, options } = context
  const isSampled = half.table.rowCount > most
  const sampled = { ...half, sample: isSampled ? most : undefined }
  const values = isNumeric(half.column)
    ? await readNumbers(session, sampled, options.onRows)
    : await readCells(session, sampled, options.onRows)
  const about = most.toLocaleString('en-US')
  return { values, warnings: isSampled ? [`shown by an even sample of about ${about} rows`] : [] }
}

interface Context {
  readonly name: string
  readonly wanted: WantedColumn
  readonly session: Session
  readonly options: ReadPairOptions
}

/** One side of a column before it is read. */
type Unread =
  | { readonly kind: 'stored'; readonly column: StoredColumn }
  | { readonly kind: 'cells'; readonly table: DataTable; readonly column: DataColumn }

/** A column that a stored profile could not hold, or whose cells cannot be read; and why. */
function withoutCells(
  side: ReadableSide,
  name: string,
): UnprofiledColumn | UnreadableColumn | undefined {
  if (side.kind === 'table') return unreadable(side.table.columns.get(name)!)
  return side.stored.unprofiled?.find((column) => column.name === name)
}

async function halfOf(side: ReadableSide, name: string, session: Session): Promise<Unread> {
  if (side.kind === 'table') {
    const { table } = side
    return { kind: 'cells', table, column: await atHand(session, table, table.columns.get(name)!) }
  }
  return { kind: 'stored', column: side.stored.columns.find((column) => column.name === name)! }
}

function areNumbers(half: Unread, type: ColumnType | undefined): boolean {
  if (half.kind === 'stored') return half.column.profile.kind === 'numeric'
  if (type !== undefined) return type === 'numeric' || type === 'datetime'
  return isNumeric(half.column)
}

/** Milliseconds are dates where `types` says so: the cells do not. A side without a value is of no type. */
async function areDatesAndNumbers(
  reference: Unread,
  current: Unread,
  { wanted, session }: Context,
): Promise<boolean> {
  if (wanted.type !== undefined) return false
  if (areDates(reference) === areDates(current)) return false
  return (await hasValue(reference, session)) && (await hasValue(current, session))
}

function areDates(half: Unread): boolean {
  return (half.kind === 'stored' ? half.column.type : half.column.kind) === 'datetime'
}

async function hasValue(half: Unread, { connection }: Session): Promise<boolean> {
  if (half.kind === 'stored') return half.column.profile.n > 0
  const { column } = half
  const found = await connection.runAndReadAll(
    `SELECT 1 FROM ${column.from} WHERE NOT isnan(${numberExpression(column)}) LIMIT 1`,
  )
  return found.getRows().length > 0
}

async function readNumericPair(
  reference: Unread,
  current: Unread,
  context: Context,
): Promise<ColumnPairInput> {
  const { wanted, options } = context
  const isLarge = (half: Unread) => half.kind === 'cells' && half.table.rowCount > options.exactRows
  if (!isLarge(reference) && !isLarge(current)) {
    return {
      reference: await numbersOf(reference, context),
      current: await numbersOf(current, context),
    }
  }
  const limit = options.exactRows.toLocaleString('en-US')
  if (!wanted.takesBins) {
    return {
      reference: await numbersOf(reference, context, options.exactRows),
      current: await numbersOf(current, context, options.exactRows),
      warnings: [
        `compared by an even sample of about ${limit} rows a side: the method needs the values`,
      ],
    }
  }
  if (reference.kind === 'cells' && current.kind === 'stored') {
    return readBesideStored(reference, current.column, context)
  }
  const first = await sideWithEdges(reference, context, isLarge(reference))
  const second = isLarge(current)
    ? await countedNumbers(current as Cells, edgesOf(first.edges), context)
    : await numbersOf(current, context)
  return {
    reference: first.column,
    current: second,
    warnings: [
      `more than ${limit} rows: every value was counted, between approximate quantiles of the reference (${edgesOf(first.edges).length - 1} bins)`,
    ],
  }
}

/** A large reference beside a stored profile: its bins are the only ones that both can have. */
async function readBesideStored(
  reference: Cells,
  current: StoredColumn,
  context: Context,
): Promise<ColumnPairInput> {
  const limit = context.options.exactRows.toLocaleString('en-US')
  return {
    reference: await countedNumbers(reference, edgesOf(current), context),
    current,
    warnings: [
      `more than ${limit} rows: every value was counted, into the bins of the stored profile`,
    ],
  }
}

type Cells = Extract<Unread, { kind: 'cells' }>

async function numbersOf(
  half: Unread,
  { session, options }: Context,
  sample?: number,
): Promise<HeldCells> {
  if (half.kind === 'stored') return half.column
  return readNumbers(session, { ...half, sample }, options.onRows)
}

interface SideWithEdges {
  readonly column: HeldCells
  readonly edges: StoredColumn
}

/** The reference, and the bins into which the current side is counted. */
async function sideWithEdges(
  reference: Unread,
  context: Context,
  isLarge: boolean,
): Promise<SideWithEdges> {
  const { session, options, name } = context
  if (reference.kind === 'stored') {
    return { column: reference.column, edges: reference.column }
  }
  if (!isLarge) {
    const values = await readNumbers(session, reference, options.onRows)
    return { column: values, edges: storedColumn(name, values) }
  }
  const numbers = await longNumbers(session, reference, options.onRows)
  const edges = storedColumn(name, await numbers.sample(EDGE_SAMPLE))
  const between = await numbers.counted(edgesOf(edges))
  // Where a statistic is summed between them: those of the sample are not quite.
  const profile = context.wanted.takesDeciles ? await numbers.withDeciles(between) : between
  const counted: StoredColumn = { name, type: 'numeric', profile }
  return { column: counted, edges: counted }
}

function storedColumn(name: string, values: Float64Array): StoredColumn {
  return profile({ [name]: values }, { types: { [name]: 'numeric' } }).columns[0]!
}

function edgesOf({ profile: counted }: StoredColumn): readonly number[] {
  if (counted.kind !== 'numeric') throw new TypeError('a numeric column has numeric bins')
  return counted.edges
}

async function countedNumbers(
  { table, column }: Cells,
  edges: readonly number[],
  { session, options, name }: Context,
): Promise<StoredColumn> {
  const counted = await countNumbers(session, table, column, edges, options.onRows)
  return { name, type: 'numeric', profile: counted }
}

async function readCategoricalPair(
  reference: Unread,
  current: Unread,
  context: Context,
): Promise<ColumnPairInput> {
  const { name, wanted, session, options } = context
  if (options.needsCells) return cellsOfPair(reference, current, context, options.exactRows)
  const sides = [reference, current].filter((half) => half.kind === 'cells')
  const ofDocuments = async () =>
    cellsOfPair(reference, current, context, await mostDocuments(sides, session))
  if (wanted.type === 'text') return ofDocuments()
  if (wanted.type === undefined) {
    for (const side of sides) if (await areLargeDocuments(side, session)) return ofDocuments()
  }
  const stored = [reference, current].find((half) => half.kind === 'stored')
  const known = stored && namesKnownTo(stored.column, options.redactionKey)
  const { columns, isCut, isSampled } = await countedSides(name, sides, context, known)
  if (wanted.type === undefined) {
    for (const [i, side] of sides.entries()) {
      if (await isProse(columns[i]!, side, session)) return ofDocuments()
    }
  }
  const warnings = [
    ...(isCut
      ? [
          `more than ${MOST_CATEGORIES.toLocaleString('en-US')} categories: the rarest were counted together; if this is an id, leave the column out`,
        ]
      : []),
    ...(isSampled
      ? [
          `more than a million categories: counted in an even sample of about ${Math.min(options.exactRows, MOST_COUNTED).toLocaleString('en-US')} rows a side`,
        ]
      : []),
  ]
  const left = reference.kind === 'stored' ? reference.column : columns[0]!
  const right = current.kind === 'stored' ? current.column : columns[columns.length - 1]!
  return { reference: left, current: right, warnings }
}

async function countedSides(
  name: string,
  sides: readonly Cells[],
  { session, options: { exactRows, onRows } }: Context,
  known?: KnownNames,
): Promise<CountedCategories> {
  const options = { exactRows, onRows, known }
  const isOneKind = new Set(sides.map(({ column }) => categoryReading(column).kind)).size === 1
  if (isOneKind) return countCategories(session, name, sides, options)
  const counted = []
  for (const side of sides) counted.push(await countCategories(session, name, [side], options))
  return {
    columns: counted.flatMap(({ columns }) => columns),
    isCut: counted.some(({ isCut }) => isCut),
    isSampled: counted.some(({ isSampled }) => isSampled),
  }
}

const WORDS_OF_PROSE = 4

/** Asked of the library itself, on cells spread over the column; only where a category has many words. */
async function isProse(
  { profile: counted }: StoredColumn,
  { table, column }: Cells,
  session: Session,
): Promise<boolean> {
  if (column.kind !== 'text' || counted.kind !== 'categorical') return false
  if (!counted.categories.some((text) => text.split(/\s+/).length >= WORDS_OF_PROSE)) return false
  return areDocuments(session, table, column)
}

/** Bytes of the texts of a side that are held, or counted before they are known to be categories. */
const LARGE_TEXTS = 2 ** 25

/** Is a column one of texts, and too large to be counted as if it were one of categories? */
async function areLargeDocuments(half: Cells, session: Session): Promise<boolean> {
  if (half.column.kind !== 'text') return false
  return (
    (await bytesOfTexts(session, half)) > LARGE_TEXTS &&
    areDocuments(session, half.table, half.column)
  )
}

/** The classifier of texts draws its own sample out of these. */
const MOST_DOCUMENTS = 50_000
const FEWEST_DOCUMENTS = 1000

/** So many of each side are held: fewer where they are long. */
async function mostDocuments(sides: readonly Cells[], session: Session): Promise<number> {
  let most = MOST_DOCUMENTS
  for (const side of sides) {
    const bytes = await bytesOfTexts(session, side)
    const fitting = Math.floor((LARGE_TEXTS / bytes) * side.table.rowCount)
    if (bytes > LARGE_TEXTS) most = Math.min(most, Math.max(FEWEST_DOCUMENTS, fitting))
  }
  return most
}

async function cellsOfPair(
  reference: Unread,
  current: Unread,
  { session, options }: Context,
  most: number,
): Promise<ColumnPairInput> {
  let isSampled = false
  const cellsOf = async (half: Unread): Promise<HeldCells> => {
    if (half.kind === 'stored') return half.column
    const sample = half.table.rowCount > most ? most : undefined
    isSampled ||= sample !== undefined
    if (half.column.kind === 'numeric')
      return readNumbers(session, { ...half, sample }, options.onRows)
    return readCells(session, { ...half, sample }, options.onRows)
  }
  const pair = { reference: await cellsOf(reference), current: await cellsOf(current) }
  if (!isSampled) return pair
  const warning = `compared by an even sample of about ${most.toLocaleString('en-US')} rows a side`
  return { ...pair, warnings: [warning] }
}

async function fewOf(half: Unread, { session }: Context): Promise<HeldCells> {
  if (half.kind === 'stored') return half.column
  const { column } = half
  const few = { ...half, sample: PROBED_CELLS }
  if (!isNumeric(column)) return readCells(session, few, () => {})
  const numbers = await readNumbers(session, few, () => {})
  if (column.kind !== 'datetime') return numbers
  return Array.from(numbers, (time) => (Number.isNaN(time) ? null : new Date(time)))
}
