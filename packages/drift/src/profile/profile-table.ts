import {
  categoricalProfile,
  InvalidArgumentError,
  numericProfile,
  type Table,
  type TableInput,
  toTable,
} from '@tidegauge/core'
import { categoriesLike, finish, ownValue } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { StoredColumn, UnprofiledColumn } from '../measure/measured-column.ts'
import { assertUnits } from '../plan/options.ts'
import { ColumnError } from '../read/column-error.ts'
import { categoricalSample, inferType, numericSample } from '../read/whole-column.ts'
import type { ColumnType } from '../report/drift-report.ts'
import { type TimeRange, timeRangeOf } from '../report/time-range.ts'
import { decilePlaces } from '../samples/decile-cells.ts'
import { quantileEdges } from '../samples/quantile-edges.ts'
import { assertWhole } from './assert-whole.ts'
import { assertOrigin } from './parse-table-profile.ts'
import { type Redactor, redactor } from './redaction.ts'
import { storedMoments } from './stored-moments.ts'
import {
  currentTableProfile,
  isTableProfile,
  madeProfile,
  ORIGIN_KEYS,
  onlyTimeRange,
  type ProfileOrigin,
  type TableProfile,
} from './table-profile.ts'
import { withUnit } from './with-unit.ts'

/** A multiple of 20: the deciles are among the edges, and the middles between them. */
const DEFAULT_BINS = 260

export interface ProfileOptions {
  /** Columns to profile; default: all. Texts are `unprofiled`: their documents are not kept. */
  readonly columns?: readonly string[]
  readonly types?: Readonly<Record<string, ColumnType>>
  /**
   * Bins of a numeric column, between the quantiles of its values; default 260. A multiple of 10 holds the deciles,
   * so that PSI and other statistics summed over cells are those of the values themselves.
   */
  readonly bins?: number
  /** Categories kept by name, the most frequent first; the rest is counted as `other`. Default 1000. */
  readonly maxCategories?: number
  /**
   * A secret key of at least 8 characters: categories are stored under codes that only the key can tell
   * (HMAC-SHA-256). Pass the same key to `detectDrift`. A sample that is kept is not redacted.
   */
  readonly redact?: string
  /** Keep the values of numeric columns, sorted and apart from their rows, for exact tests; default false. */
  readonly keepSample?: boolean
  /**
   * Count into the bins and categories of this profile, so that both can be compared and merged: its edges, its
   * categories, and besides them the table's own most frequent ones, up to `maxCategories`. By default its columns
   * that the table has. A column that holds something else than there is stored as what it is: the comparison then
   * says that its type changed. Where `types` made the other profile, pass them here too.
   */
  readonly like?: TableProfile
  /**
   * The column that the profile's `timeRange` is of: dates, or milliseconds since 1970. Dates are not compared by whoever
   * has the profile as the reference.
   */
  readonly time?: string
  /** What the numbers of a column are in, for reports to show: see the `units` of detectDrift. */
  readonly units?: Readonly<Record<string, string>>
  /** Where the rows come from: kept beside the counts. */
  readonly origin?: ProfileOrigin
}

const PROFILE_OPTIONS = {
  columns: true,
  types: true,
  bins: true,
  maxCategories: true,
  redact: true,
  keepSample: true,
  like: true,
  time: true,
  units: true,
  origin: true,
} as const satisfies Readonly<Record<keyof ProfileOptions, true>>

/**
 * Profile a table, so that it can be the reference of many comparisons without being read again.
 *
 * A column that cannot be counted is listed under `unprofiled`; the others are profiled all the same.
 *
 * @throws InvalidArgumentError where the table or an option is not what it must be
 * @example
 * const stored = JSON.stringify(profile(january))
 * detectDrift(parseTableProfile(stored), february)
 */
export function profile(table: TableInput, options: ProfileOptions = {}): TableProfile {
  assertOptions('options', options, PROFILE_OPTIONS)
  const { bins = DEFAULT_BINS, maxCategories = 1000, keepSample = false } = options
  assertWhole('bins', bins, 2)
  assertWhole('maxCategories', maxCategories, 1)
  const redaction = options.redact === undefined ? undefined : redactor('redact', options.redact)
  const { origin } = options
  if (origin !== undefined) {
    assertOptions('origin', origin, ORIGIN_KEYS)
    assertOrigin('origin', origin)
  }
  assertUnits(options.units)
  const given = toTable('table', table)
  const like = likeOf(options.like)
  const likes = new Map(like?.columns.map((column) => [column.name, column]))
  const has = new Set(given.columnNames)
  const known = [...likes.keys(), ...(like?.unprofiled ?? []).map(({ name }) => name)]
  const names = like === undefined ? given.columnNames : known.filter((one) => has.has(one))
  const isApart = like !== undefined && names.length === 0 && given.columnNames.length > 0
  if (isApart && options.columns === undefined) {
    const expected = `a profile of one of its columns at least (${given.columnNames.join(', ')})`
    throw new InvalidArgumentError('like', expected, known.join(', '))
  }
  const outcomes = [...new Set(options.columns ?? names)].map((name) => {
    const choice = { bins, maxCategories, keepSample, redaction, like: likes.get(name) }
    return profileColumn(given, name, ownValue(options.types, name), choice)
  })
  const columns = outcomes
    .filter((one) => 'profile' in one)
    .map((column) => withUnit(column, options.units, likes.get(column.name)))
  const unprofiled = outcomes.filter((one): one is UnprofiledColumn => !('profile' in one))
  const timeRange =
    options.time === undefined ? onlyTimeRange(columns) : timeRangeIn(given, options.time)
  return madeProfile({
    rows: given.rowCount,
    ...(timeRange !== undefined && { timeRange }),
    ...(options.time !== undefined && { time: options.time }),
    ...(origin !== undefined && { origin }),
    columns,
    ...(unprofiled.length > 0 && { unprofiled }),
  })
}

function likeOf(like: TableProfile | undefined): TableProfile | undefined {
  if (like === undefined) return undefined
  if (isTableProfile(like)) return currentTableProfile('like', like)
  throw new InvalidArgumentError('like', 'a table profile, as profile() makes it', like)
}

/** Of the column that was named; undefined where it has no value. */
function timeRangeIn(table: Table, time: string): TimeRange | undefined {
  if (!table.columnNames.includes(time)) {
    throw new InvalidArgumentError('time', 'a column of the table', time)
  }
  return finish(timeRangeOf({ kind: 'cells', column: table.column(time) })) ?? undefined
}

interface StoredChoice
  extends Required<Pick<ProfileOptions, 'bins' | 'maxCategories' | 'keepSample'>> {
  readonly redaction: Redactor | undefined
  readonly like: StoredColumn | undefined
}

function profileColumn(
  table: Table,
  name: string,
  chosen: ColumnType | undefined,
  choice: StoredChoice,
): StoredColumn | UnprofiledColumn {
  const { like, redaction } = choice
  if (like !== undefined && chosen !== undefined) assertKind(like, chosen)
  let own: ColumnType | null = null
  try {
    own = inferType(table.column(name))
    const type = chosen ?? typeBeside(own, like)
    if (type === 'text') return { name, type, reason: 'documents of texts are not kept' }
    if (like?.type === 'categorical' && type === 'categorical') assertKey(like, redaction)
    return storedColumn(table, name, type, choice)
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error
    // Other errors than ours may quote the cells.
    const reason = error instanceof ColumnError ? error.redacted : 'its cells could not be read'
    return { name, type: own, reason }
  }
}

/** What the column is; as what is beside it where it holds nothing, and texts by name where those are. */
function typeBeside(own: ColumnType | null, like: StoredColumn | undefined): ColumnType {
  if (like === undefined) return own ?? 'categorical'
  const isByName = own === 'text' && like.type === 'categorical'
  return own === null || isByName ? like.type : own
}

function storedColumn(
  table: Table,
  name: string,
  type: Exclude<ColumnType, 'text'>,
  { bins, maxCategories, keepSample, redaction, like }: StoredChoice,
): StoredColumn {
  // Bins that never held anything fit no values, and those of another type not these.
  const beside = like?.type === type && like.profile.n > 0 ? like.profile : undefined
  if (type === 'categorical') {
    const { counts, missing } = categoricalSample(table.column(name))
    const distinct = counts.length
    const kept = beside === undefined ? maxCategories : Math.max(1, counts.length)
    const counted = categoricalProfile(counts, { missing, maxCategories: kept })
    const named = redaction === undefined ? counted : redaction.profile(counted)
    const profile =
      beside?.kind === 'categorical' ? categoriesLike(named, beside, maxCategories) : named
    return { name, type, profile, ...(redaction && { keyCheck: redaction.keyCheck }), distinct }
  }
  const { sorted, missing, infinite } = numericSample(table.column(name))
  const set = { missing, infinite }
  const known = {
    ...(keepSample && { sample: Array.from(sorted) }),
    ...momentsOf(sorted),
    distinct: distinctOf(sorted),
  }
  if (beside?.kind === 'numeric') {
    return { name, type, profile: numericProfile(sorted, beside.edges, set), ...known }
  }
  const edges = sorted.length === 0 ? [0, 1] : quantileEdges(sorted, bins)
  const deciles = sorted.length === 0 ? undefined : decilePlaces(sorted, edges)
  const counted = numericProfile(sorted, edges, set)
  const profile = deciles === undefined ? counted : { ...counted, deciles }
  return { name, type, profile, ...known }
}

function momentsOf(sorted: Float64Array): Pick<StoredColumn, 'moments'> {
  const moments = sorted.length === 0 ? undefined : storedMoments(sorted)
  return moments === undefined ? {} : { moments }
}

function distinctOf(sorted: Float64Array): number {
  let distinct = 0
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++
  return distinct
}

function assertKind({ name, profile: { kind } }: StoredColumn, type: ColumnType): void {
  if ((kind === 'categorical') === (type === 'categorical')) return
  const expected = `of the kind that "like" has: ${kind}`
  throw new InvalidArgumentError(`types.${name}`, expected, type)
}

function assertKey({ keyCheck }: StoredColumn, redaction: Redactor | undefined): void {
  if (keyCheck === redaction?.keyCheck) return
  const expected = keyCheck === undefined ? 'left out, as in "like"' : 'the key of "like"'
  throw new InvalidArgumentError('redact', expected, redaction && 'another key')
}
