import { InvalidArgumentError } from '@tidegauge/core'
import { countedCategories, ownValue, withCategories } from '@tidegauge/core/internal'
import { assertOptions, listed, suggestion } from '@tidegauge/core/options'
import {
  type ColumnSideValues,
  type ColumnType,
  profile,
  type StoredColumn,
  type TableProfile,
} from '@tidegauge/drift'
import { isProfile } from '../profile-side.ts'
import { SourceError } from '../source-error.ts'
import type {
  CategoriesRequest,
  NumbersRequest,
  OpenContext,
  PairReading,
  PairReadingOptions,
  ReadRequest,
  SampleRequest,
  SourceColumn,
  SourceRun,
  TableSource,
} from '../table-source.ts'
import { atHand } from './at-hand.ts'
import { countCategories, countHeld, countNumbers } from './count-values.ts'
import {
  assertUnchanged,
  type DataColumn,
  type DataTable,
  isNumeric,
  unreadable,
} from './data-table.ts'
import { areDocuments, leftDocuments } from './documents.ts'
import { filePairs, typesOf } from './file-pairs.ts'
import type { DataFormat } from './formats.ts'
import { isData, type Located, nameOf } from './locate.ts'
import { type FileRequest, type FileSide, openFiles } from './open-files.ts'
import { whyUnread } from './read-error.ts'
import type { ReadableSide } from './read-pair.ts'
import { categoryReading, readCells, readNumbers } from './read-values.ts'
import type { Session } from './session.ts'
import { storeNumbers } from './store-columns.ts'
import {
  assertTextFileOptions,
  TEXT_FILE_OPTIONS,
  type TextFileOptions,
} from './text-file-options.ts'

export interface FileSourceOptions extends TextFileOptions {
  /** Default: by the file's ending and its first bytes. */
  readonly format?: DataFormat
  /** Rows to read: one condition on the columns, in SQL as DuckDB has it. */
  readonly where?: string
  /** Columns to read; default: all. */
  readonly columns?: readonly string[]
}

/**
 * A file as a source: CSV, Parquet, JSON, NDJSON or Arrow, or several of one table by a pattern. DuckDB reads it
 * (`npm install @duckdb/node-api`; Arrow besides `@uwdata/flechette`), a column at a time.
 *
 * Two files in `compareSources` are read together: how dates and numbers are written is found out on both, and the report is
 * the one that `tidegauge drift` makes of them. What a file has to say for itself (mended lines, texts that were taken for
 * missing, cells that do not fit) stands in the report.
 *
 * @param path - of a file, or a pattern such as `months/2026-*.parquet`
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * const report = await compareSources(fileSource('january.csv'), fileSource('february.parquet'), { target: 'churned' })
 */
export function fileSource(path: string, options: FileSourceOptions = {}): TableSource {
  if (typeof path !== 'string' || path === '') {
    throw new InvalidArgumentError('path', 'the path of a file, or a pattern', path)
  }
  assertOptions('options', options, OPTIONS)
  const { format, where, columns, ...texts } = options
  assertFormat(format)
  if (where !== undefined && typeof where !== 'string') {
    throw new InvalidArgumentError('where', 'a text', where)
  }
  assertColumns(columns)
  assertTextFileOptions(texts)
  const request = { path, format, where, columns, texts, check: assertTable }
  /** For one question outside of a comparison. */
  const alone = async <T>(ask: (source: TableSource) => Promise<T>): Promise<T> => {
    const files = await openFiles([{ side: 'table', ...request }])
    try {
      return await ask(openedSource(files.sides[0]!, files.session, { chosen: columns }))
    } finally {
      files.close()
    }
  }
  const open: Open = (run, context) => openIn(run, request, context)
  requests.set(open, request)
  return {
    name: nameOf(path),
    shape: () => alone((own) => own.shape()),
    read: (asked) => alone((own) => own.read(asked)),
    open,
  }
}

const OPTIONS = {
  ...TEXT_FILE_OPTIONS,
  format: true,
  where: true,
  columns: true,
} as const satisfies Record<keyof FileSourceOptions, true>

const FORMATS = {
  csv: true,
  parquet: true,
  json: true,
  ndjson: true,
  arrow: true,
} as const satisfies Record<DataFormat, true>

function assertFormat(format: DataFormat | undefined): void {
  if (format === undefined || Object.hasOwn(FORMATS, format)) return
  throw new InvalidArgumentError('format', Object.keys(FORMATS).join(', '), format)
}

function assertColumns(columns: readonly string[] | undefined): void {
  if (columns === undefined) return
  const areNames = Array.isArray(columns) && columns.every((name) => typeof name === 'string')
  if (areNames && columns.length > 0) return
  throw new InvalidArgumentError('columns', 'a list of names, at least one', columns)
}

type Open = NonNullable<TableSource['open']>
type Request = Omit<FileRequest, 'side'>

/**
 * What a file as a source opens, by the function that does it, so that `{ ...fileSource(path), name }` is known too. Another
 * file on the other side is opened together with it.
 */
const requests = new WeakMap<Open, Request>()

function requestOf(one: TableSource | TableProfile): Request | undefined {
  return isProfile(one) || one.open === undefined ? undefined : requests.get(one.open)
}

const assertTable = (located: Located): void => {
  if (isData(located)) return
  throw new SourceError(
    `${located.label} is a stored profile, and no table: hand over what parseTableProfile makes of it`,
  )
}

/** Both sides of one comparison share what was opened. */
const FILES = {}

async function openIn(
  run: SourceRun,
  own: Request,
  { side, sides, options }: OpenContext = { side: 'source', sides: {}, options: {} },
): Promise<TableSource> {
  const asSide = (name: string, request: Request) => {
    return { ...request, side: name, columns: request.columns ?? wantedOf(options), request }
  }
  const isBesideEngine = Object.values(sides).some(
    (one) => !isProfile(one) && requestOf(one) === undefined,
  )
  const openAll = async (files: ReadonlyArray<ReturnType<typeof asSide>>) => {
    const { preset, time, types } = options
    const made = await openFiles(files, {
      types,
      beside: Object.values(sides).find(isProfile),
      // Evidently is given what pandas has read; what comes from a database is what it is there.
      asPandas: preset === undefined || isBesideEngine ? undefined : { time },
      signal: run.signal,
    })
    const turns = takingTurns()
    run.atEnd(async () => {
      await turns.last()
      made.close()
    })
    return { ...made, turns, files }
  }
  const known = Object.entries(sides).flatMap(([name, one]) => {
    const request = requestOf(one)
    return request === undefined ? [] : asSide(name, request)
  })
  const isOwn = (file: ReturnType<typeof asSide>) => file.side === side && file.request === own
  // Within a source of somebody else's it is not known, and opened by itself.
  const opened = known.some(isOwn)
    ? await run.shared(FILES, () => openAll(known))
    : await openAll([asSide(side, own)])
  return openedSource(opened.sides[opened.files.findIndex(isOwn)]!, opened.session, {
    chosen: own.columns,
    leavesTexts: side === 'source',
    types: options.types ?? {},
    turns: opened.turns,
    signal: run.signal,
  })
}

/** What is read of each side; undefined: all. */
function wantedOf(options: OpenContext['options']): readonly string[] | undefined {
  const { columns, target, prediction, time } = options
  // Of none that is named the rows are counted all the same.
  if (columns === undefined || columns.length === 0) return undefined
  return [...columns, ...[target, prediction, time].flatMap((names) => names ?? [])]
}

/**
 * One thing after the other: what one statement still gives back, the next one on the same connection would end.
 */
interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>
  /** When all that was asked for has been done. */
  last(): Promise<unknown>
}

function takingTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return {
    take(work) {
      const own = last.then(work)
      last = own.catch(() => {})
      return own
    },
    last: () => last,
  }
}

interface OpenedSourceOptions {
  readonly turns?: Turns
  /** Of all columns these. */
  readonly chosen?: readonly string[] | undefined
  /** Documents are told from categories, unless a type is said: no profile holds them. */
  readonly leavesTexts?: boolean
  readonly types?: Readonly<Record<string, ColumnType>>
  readonly signal?: AbortSignal | undefined
}

interface Opened {
  readonly side: ReadableSide
  readonly session: Session
  readonly turns: Turns
}

const opened = new WeakMap<TableSource, Opened>()

/** When all that was asked of an open file has been answered. */
export async function whenIdle(source: TableSource): Promise<void> {
  await opened.get(source)?.turns.last()
}

/** A file that is open: asked for counts, as a table in a database is, or together with another one for its values. */
export function openedSource(
  side: FileSide,
  session: Session,
  {
    turns = takingTurns(),
    chosen,
    signal,
    leavesTexts = false,
    types = {},
  }: OpenedSourceOptions = {},
): TableSource {
  if (side.kind === 'profile') throw new TypeError('a stored profile is no table')
  const { table } = side
  const source: TableSource = {
    name: table.name,
    async shape() {
      const columnNames = chosen === undefined ? table.columnNames : namesOf(table, chosen)
      const columns = columnNames.map((name) => describe(name, table.columns.get(name)))
      return { rowCount: table.rowCount, columns, ...(table.reading && { reading: table.reading }) }
    },
    read: (request) =>
      turns.take(async () => {
        const isSaid = ownValue(types, request.column) !== undefined
        const probes = leavesTexts && !isSaid && request.as === 'categories'
        return readOne(session, table, request, signal, probes)
      }),
    together: (sides, options) => together(sides, { ...options, signal }),
  }
  opened.set(source, { side, session, turns })
  return source
}

/** Both are files, or stored profiles: a column of both is held at a time. */
function together(
  sides: Readonly<Record<'reference' | 'current', TableSource | TableProfile>>,
  { preset, ...options }: PairReadingOptions & { readonly signal: AbortSignal | undefined },
): PairReading | undefined {
  const halves = [sides.reference, sides.current].map((one) =>
    isProfile(one) ? { side: { kind: 'profile' as const, stored: one } } : opened.get(one),
  )
  const [reference, current] = halves
  if (reference === undefined || current === undefined) return undefined
  const sessions = [reference, current].flatMap((half) => ('session' in half ? half.session : []))
  const [session] = sessions
  // Of two that were opened apart neither sees what the other has loaded.
  if (session === undefined || sessions.some((other) => other !== session)) return undefined
  const pair = { reference: reference.side, current: current.side }
  const needsCells = preset !== undefined
  const reading = filePairs(pair, session, { ...options, needsCells, onRows: ROWS })
  return { ...reading, types: typesOf(pair, preset === 'evidently-0.7') }
}

function namesOf({ label, columnNames }: DataTable, chosen: readonly string[]): readonly string[] {
  const missing = chosen.find((name) => !columnNames.includes(name))
  if (missing === undefined) return columnNames.filter((name) => chosen.includes(name))
  throw new SourceError(
    `${label} has no column ${missing}, but ${listed(columnNames)}${suggestion(missing, columnNames)}`,
  )
}

async function readOne(
  session: Session,
  table: DataTable,
  request: ReadRequest,
  signal: AbortSignal | undefined,
  probesTexts: boolean,
): Promise<ColumnSideValues> {
  signal?.throwIfAborted()
  const column = table.columns.get(request.column)
  if (column === undefined) {
    throw new SourceError(`${table.label} has no column ${request.column} that was opened`)
  }
  const { name, reading } = column
  const without = unreadable(column) ?? notCompared(column)
  if (without !== undefined) return without
  try {
    const own = await atHand(session, table, column)
    if (request.as === 'sample') return await sample(session, table, own, request)
    if (probesTexts && own.kind === 'text' && (await areDocuments(session, table, own))) {
      return leftDocuments(name)
    }
    const stored =
      request.as === 'numbers'
        ? await numbers(session, table, own, request)
        : await categories(session, table, own, request)
    return { ...stored, ...(reading && { reading }) }
  } catch (error) {
    signal?.throwIfAborted()
    return { name, type: null, unreadable: whyUnread(name, error) }
  } finally {
    assertUnchanged(table)
  }
}

/** One that was not opened is not asked for either. */
function describe(name: string, column: DataColumn | undefined): SourceColumn {
  if (column === undefined || notCompared(column) !== undefined) return { name, type: null }
  if (column.kind === 'datetime') return { name, type: 'datetime' }
  return { name, type: isNumeric(column) ? 'numeric' : 'categorical' }
}

/** Lists, structures and bytes stand there as texts. */
function notCompared({ name, kind, reading }: DataColumn) {
  const type = reading?.sourceType
  if (type === undefined || type === 'text' || kind !== 'text') return undefined
  return { name, type: null, unreadable: `its type ${type} is none that is compared` }
}

const ROWS = () => {}

async function numbers(
  session: Session,
  table: DataTable,
  column: DataColumn,
  { bins, exactRows, type, moments = false }: NumbersRequest,
): Promise<StoredColumn> {
  const { name } = column
  if (typeof bins === 'number') {
    const options = { bins: Math.max(2, bins), keepSample: false, exactRows, like: undefined }
    return storeNumbers(session, table, column, type, { ...options, onRows: ROWS })
  }
  if (!moments || table.rowCount > exactRows) {
    return { name, type, profile: await countNumbers(session, table, column, bins, ROWS) }
  }
  const values = await readNumbers(session, { table, column }, ROWS)
  const made = profile({ [name]: values }, { types: { [name]: type } }).columns[0]!
  return { ...made, profile: countHeld(values, bins) }
}

async function categories(
  session: Session,
  table: DataTable,
  column: DataColumn,
  { most }: CategoriesRequest,
): Promise<StoredColumn> {
  const options = { exactRows: table.rowCount, onRows: ROWS }
  const { columns } = await countCategories(session, column.name, [{ table, column }], options)
  const [counted] = columns as [StoredColumn]
  const { profile: named } = counted
  if (named.kind !== 'categorical') return counted
  return { ...counted, profile: withCategories(named, countedCategories(named), most) }
}

async function sample(
  session: Session,
  table: DataTable,
  column: DataColumn,
  { type, most }: SampleRequest,
): Promise<ColumnSideValues> {
  const selection = { table, column, sample: table.rowCount > most ? most : undefined }
  // As a database gives them: of more digits than a number holds, too.
  if (type === 'categorical' || type === 'text') {
    const cells = await readCells(session, selection, ROWS, categoryReading(column))
    return cells as readonly (string | null)[]
  }
  if (!isNumeric(column)) return readCells(session, selection, ROWS)
  const values = await readNumbers(session, selection, ROWS)
  if (type !== 'datetime' && column.kind !== 'datetime') return values
  return Array.from(values, (time) => (Number.isNaN(time) ? null : new Date(time)))
}
