import { countedCategories, ownValue, withCategories } from '@tidegauge/core'
import { type ColumnType, profile, type StoredColumn } from '@tidegauge/drift'
import { countCategories, countNumbers } from './count-values.ts'
import type { DataColumn, DataTable } from './data-table.ts'
import { withDeciles } from './exact-deciles.ts'
import { type OnRows, readCells, readNumbers } from './read-values.ts'
import type { Session } from './session.ts'

export interface StoreOptions {
  readonly types: Readonly<Record<string, ColumnType>>
  readonly bins: number
  readonly maxCategories: number
  readonly keepSample: boolean
  /** Columns of more rows than this are counted between approximate quantiles. */
  readonly exactRows: number
  readonly onRows: OnRows
}

const EDGE_SAMPLE = 200_000
const PROBED_CELLS = 1000

/**
 * The profile of one column, read and dropped again; null for texts, of which no profile can be stored.
 *
 * @throws InvalidArgumentError where `bins` or `maxCategories` is not what it must be
 */
export async function storeColumn(
  session: Session,
  table: DataTable,
  column: DataColumn,
  options: StoreOptions,
): Promise<StoredColumn | null> {
  const { name, kind } = column
  const type = ownValue(options.types, name) ?? typeOf(kind)
  if (type === 'text') return null
  if (type === 'categorical') {
    if (ownValue(options.types, name) === undefined && kind === 'text') {
      const cells = await readCells(session, { table, column, sample: PROBED_CELLS }, () => {})
      if (profile({ [name]: cells }).columns.length === 0) return null
    }
    return storeCategories(session, table, column, options)
  }
  return storeNumbers(session, table, column, type, options)
}

function typeOf(kind: DataColumn['kind']): ColumnType {
  if (kind === 'whole') return 'numeric'
  return kind === 'numeric' || kind === 'datetime' ? kind : 'categorical'
}

async function storeCategories(
  session: Session,
  table: DataTable,
  column: DataColumn,
  { maxCategories, exactRows, onRows }: StoreOptions,
): Promise<StoredColumn> {
  const { columns } = await countCategories(session, column.name, [{ table, column }], {
    exactRows,
    onRows,
  })
  const { profile: counted } = columns[0]!
  if (counted.kind !== 'categorical') throw new TypeError('categories have a categorical profile')
  return {
    name: column.name,
    type: 'categorical',
    profile: withCategories(counted, countedCategories(counted), maxCategories),
  }
}

async function storeNumbers(
  session: Session,
  table: DataTable,
  column: DataColumn,
  type: 'numeric' | 'datetime',
  { bins, keepSample, exactRows, onRows }: StoreOptions,
): Promise<StoredColumn> {
  const { name } = column
  const types = { [name]: type }
  const isLarge = table.rowCount > exactRows
  const sample = isLarge ? (keepSample ? exactRows : EDGE_SAMPLE) : undefined
  const values = await readNumbers(session, { table, column, sample }, isLarge ? () => {} : onRows)
  const [stored] = profile({ [name]: values }, { types, bins, keepSample }).columns
  if (!isLarge || stored!.profile.kind !== 'numeric') return stored!
  const counted = await countNumbers(session, table, column, stored!.profile.edges, onRows)
  const profileWithDeciles =
    bins % 10 === 0
      ? await withDeciles(session, { table, column }, counted.profile)
      : counted.profile
  return { ...stored!, profile: profileWithDeciles }
}
