import { numericProfile } from '@tidegauge/core'
import {
  categoriesLike,
  countedCategories,
  ownValue,
  withCategories,
} from '@tidegauge/core/internal'
import {
  type ColumnType,
  profile,
  redactTableProfile,
  type StoredColumn,
  type UnprofiledColumn,
} from '@tidegauge/drift'
import { SourceError } from '../source-error.ts'
import { countCategories } from './count-values.ts'
import { assertUnchanged, type DataColumn, type DataTable } from './data-table.ts'
import { areDocuments, leftDocuments } from './documents.ts'
import { EDGE_SAMPLE, longNumbers } from './long-numbers.ts'
import { type OnRows, readNumbers } from './read-values.ts'
import type { Session } from './session.ts'
import { namesKnownTo } from './stored-profile.ts'

export interface StoreOptions {
  readonly types: Readonly<Record<string, ColumnType>>
  readonly bins: number
  readonly maxCategories: number
  readonly keepSample: boolean
  /** Columns of more rows than this are counted between approximate quantiles. */
  readonly exactRows: number
  /** Of a stored profile: its bins and categories are counted into. */
  readonly like: StoredColumn | undefined
  /** Categories are stored under codes of this key. */
  readonly redactionKey: string | undefined
  readonly onRows: OnRows
}

/**
 * The profile of one column, read and dropped again; of texts no profile can be stored.
 *
 * @throws InvalidArgumentError where `bins` or `maxCategories` is not what it must be
 */
export async function storeColumn(
  session: Session,
  table: DataTable,
  column: DataColumn,
  options: StoreOptions,
): Promise<StoredColumn | UnprofiledColumn> {
  try {
    return await storeAs(session, table, column, options)
  } finally {
    // Whatever became of it.
    assertUnchanged(table)
  }
}

async function storeAs(
  session: Session,
  table: DataTable,
  column: DataColumn,
  options: StoreOptions,
): Promise<StoredColumn | UnprofiledColumn> {
  const { name, kind } = column
  const { like } = options
  const chosen = ownValue(options.types, name)
  if (like !== undefined && chosen !== undefined) assertKind(like, chosen)
  const type = chosen ?? typeOf(kind)
  if (type === 'text') return leftDocuments(name)
  if (type !== 'categorical') return storeNumbers(session, table, column, type, options)
  // What is beside categories is counted by name, of however many words it is.
  if (chosen === undefined && kind === 'text' && like?.type !== 'categorical') {
    if (await areDocuments(session, table, column)) return leftDocuments(name)
  }
  return storeCategories(session, table, column, options)
}

function typeOf(kind: DataColumn['kind']): ColumnType {
  if (kind === 'whole') return 'numeric'
  return kind === 'numeric' || kind === 'datetime' ? kind : 'categorical'
}

function assertKind({ name, type: stored }: StoredColumn, chosen: ColumnType): void {
  if (stored === chosen) return
  throw new SourceError(
    `\`types: { ${name}: '${chosen}' }\`: the profile of \`like\` has it as ${stored}`,
  )
}

async function storeCategories(
  session: Session,
  table: DataTable,
  column: DataColumn,
  { maxCategories, exactRows, onRows, like, redactionKey }: StoreOptions,
): Promise<StoredColumn> {
  const beside = like?.profile.kind === 'categorical' && like.profile.n > 0 ? like : undefined
  const { columns } = await countCategories(session, column.name, [{ table, column }], {
    exactRows,
    onRows,
    known: beside && namesKnownTo(beside, redactionKey),
  })
  const { name, profile: named, ...known } = columns[0]!
  if (named.n === 0 && like?.profile.kind === 'numeric') {
    // A column of a text file that holds nothing is none of numbers yet.
    const empty = numericProfile([], like.profile.edges, { missing: named.missing })
    return { name, type: like.type, profile: empty, distinct: 0 }
  }
  if (named.kind !== 'categorical') throw new TypeError('categories have a categorical profile')
  if (beside?.profile.kind === 'categorical') {
    const coded = underKey({ ...known, name, type: 'categorical', profile: named }, redactionKey)
    if (coded.profile.kind !== 'categorical') throw new TypeError('a code is a category')
    return { ...coded, profile: categoriesLike(coded.profile, beside.profile, maxCategories) }
  }
  const kept = withCategories(named, countedCategories(named), maxCategories)
  return underKey({ ...known, name, type: 'categorical', profile: kept }, redactionKey)
}

function underKey(column: StoredColumn, key: string | undefined): StoredColumn {
  if (key === undefined) return column
  return redactTableProfile({ ...profile({}), columns: [column] }, key).columns[0]!
}

/** The profile of a column of numbers, or of dates by their milliseconds. */
export async function storeNumbers(
  session: Session,
  table: DataTable,
  column: DataColumn,
  type: 'numeric' | 'datetime',
  options: Pick<StoreOptions, 'bins' | 'keepSample' | 'exactRows' | 'onRows' | 'like'>,
): Promise<StoredColumn> {
  const { bins, keepSample, exactRows, onRows, like } = options
  const { name } = column
  const types = { [name]: type }
  const numbers =
    table.rowCount > exactRows ? await longNumbers(session, { table, column }, onRows) : undefined
  const values =
    numbers === undefined
      ? await readNumbers(session, { table, column }, onRows)
      : await numbers.sample(keepSample ? exactRows : EDGE_SAMPLE)
  const beside = like?.type === type && like.profile.n > 0 ? like : undefined
  const besideTable = beside && { ...profile({}), columns: [beside] }
  const [stored] = profile(
    { [name]: values },
    { types, bins, keepSample, ...(besideTable && { like: besideTable }) },
  ).columns as [StoredColumn]
  if (numbers === undefined || stored.profile.kind !== 'numeric') return stored
  const counted = await numbers.counted(stored.profile.edges)
  const holdsDeciles = beside === undefined && bins % 10 === 0
  const withEdges = holdsDeciles ? await numbers.withDeciles(counted) : counted
  // Those of the sample that the edges come from are not those of all rows.
  const { moments: _, distinct: __, ...counts } = stored
  return { ...counts, profile: withEdges }
}
