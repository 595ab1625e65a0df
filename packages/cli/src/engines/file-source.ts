import type { ColumnSideValues, ColumnType, StoredColumn, TableProfile } from '@tidegauge/drift'
import { profile } from '@tidegauge/drift'
import type {
  NumbersRequest,
  ReadRequest,
  SampleRequest,
  SourceColumn,
  TableSource,
} from '@tidegauge/sources'
import { atHand } from '../data/at-hand.ts'
import { assertCondition } from '../data/condition.ts'
import { countCategories, countNumbers } from '../data/count-values.ts'
import { type DataColumn, type DataTable, isNumeric, unreadable } from '../data/data-table.ts'
import type { DataFormat } from '../data/formats.ts'
import { isData, locate } from '../data/locate.ts'
import { loadTables, type OpenOptions, openTables } from '../data/open-tables.ts'
import { whyUnread } from '../data/read-error.ts'
import { readCells, readNumbers } from '../data/read-values.ts'
import { makeScratch } from '../data/scratch.ts'
import { openSession, type Session } from '../data/session.ts'
import { assertKey, readStored } from '../data/stored-profile.ts'

export interface FileSideOptions {
  readonly input: DataFormat | undefined
  readonly where: string | undefined
  readonly columns: readonly string[] | undefined
  readonly types: Readonly<Record<string, ColumnType>>
  readonly texts: OpenOptions['texts']
  /** Of a profile that was stored redacted. */
  readonly redactionKey: string | undefined
}

/** A file as a side, beside one that lies in a database. */
export interface FileSide {
  /** Its name, for reports. */
  readonly name: string
  readonly source: TableSource | TableProfile
  close(): void
}

/** @throws UsageError where it cannot be read */
export async function openFileSide(path: string, options: FileSideOptions): Promise<FileSide> {
  const scratch = makeScratch()
  let session: Session | undefined
  const close = () => {
    session?.close()
    scratch.remove()
  }
  try {
    session = await openSession(scratch)
    const located = await locate(path, session, options.input)
    const { name } = located
    if (!isData(located)) {
      const stored = await readStored(located)
      assertKey(path, stored.columns, options.redactionKey)
      return { name, source: stored, close }
    }
    await session.confine(located.paths)
    if (options.where !== undefined) await assertCondition(options.where, session)
    const loaded = await loadTables([{ side: 'file', located }], session, options)
    await session.lock()
    const [table] = (await openTables(loaded, session, options)) as [DataTable]
    return { name, source: fileSource(table, session), close }
  } catch (error) {
    close()
    throw error
  }
}

/**
 * Asked for counts, as a table in a database is; but for one thing after the other: what one statement still gives back, the
 * next one on the same connection would end.
 */
function fileSource(table: DataTable, session: Session): TableSource {
  const columns = [...table.columns.values()]
  let last: Promise<unknown> = Promise.resolve()
  return {
    name: table.name,
    async shape() {
      return { rowCount: table.rowCount, columns: columns.map(describe) }
    },
    read(request) {
      const reading = last.then(() => readOne(session, table, request))
      last = reading.catch(() => {})
      return reading
    },
  }
}

async function readOne(
  session: Session,
  table: DataTable,
  request: ReadRequest,
): Promise<ColumnSideValues> {
  const column = table.columns.get(request.column)!
  const without = unreadable(column) ?? notCompared(column)
  if (without !== undefined) return without
  try {
    const own = await atHand(session, table, column)
    switch (request.as) {
      case 'numbers':
        return await numbers(session, table, own, request)
      case 'categories':
        return await categories(session, table, own)
      case 'sample':
        return await sample(session, table, own, request)
    }
  } catch (error) {
    return { name: column.name, type: null, unreadable: whyUnread(column.name, error) }
  }
}

function describe(column: DataColumn): SourceColumn {
  const { name, kind } = column
  if (notCompared(column) !== undefined) return { name, type: null }
  if (kind === 'datetime') return { name, type: 'datetime' }
  return { name, type: isNumeric(column) ? 'numeric' : 'categorical' }
}

/** Lists, structures and bytes stand there as texts. */
function notCompared({ name, kind, reading }: DataColumn) {
  const type = reading?.sourceType
  if (type === undefined || kind !== 'text') return undefined
  return { name, type: null, unreadable: `its type ${type} is none that is compared` }
}

const ROWS = () => {}
/** Values enough for edges that hold their share of the values to a thousandth. */
const EDGE_SAMPLE = 200_000

async function numbers(
  session: Session,
  table: DataTable,
  column: DataColumn,
  { bins, exactRows, type }: NumbersRequest,
): Promise<StoredColumn> {
  const { name } = column
  const isSampled = typeof bins === 'number' && table.rowCount > exactRows
  const sample = isSampled ? EDGE_SAMPLE : undefined
  if (typeof bins !== 'number') {
    return { name, type, profile: await countNumbers(session, table, column, bins, ROWS) }
  }
  const values = await readNumbers(session, { table, column, sample }, ROWS)
  const options = { types: { [name]: 'numeric' }, bins: Math.max(2, bins) } as const
  const made = profile({ [name]: values }, options).columns[0]!
  if (!isSampled) return { ...made, type }
  const { edges } = made.profile as { readonly edges: readonly number[] }
  return { name, type, profile: await countNumbers(session, table, column, edges, ROWS) }
}

async function categories(
  session: Session,
  table: DataTable,
  column: DataColumn,
): Promise<StoredColumn> {
  const options = { exactRows: table.rowCount, onRows: ROWS }
  const { columns } = await countCategories(session, column.name, [{ table, column }], options)
  return columns[0]!
}

async function sample(
  session: Session,
  table: DataTable,
  column: DataColumn,
  { type, most }: SampleRequest,
): Promise<ColumnSideValues> {
  const selection = { table, column, sample: table.rowCount > most ? most : undefined }
  if (!isNumeric(column)) return readCells(session, selection, ROWS)
  const values = await readNumbers(session, selection, ROWS)
  if (type !== 'datetime' && column.kind !== 'datetime') return values
  return Array.from(values, (time) => (Number.isNaN(time) ? null : new Date(time)))
}
