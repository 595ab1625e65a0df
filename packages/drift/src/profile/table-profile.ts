import {
  assertProfile,
  type BinnedProfile,
  categoricalProfile,
  IncompatibleProfilesError,
  InvalidArgumentError,
  mergeProfiles as mergeColumnProfiles,
  type NumericProfile,
  numericProfile,
  type Table,
  type TableInput,
  toTable,
  UnsupportedVersionError,
} from '@tidegauge/core'
import { categoriesLike, ownValue } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { StoredColumn, UnprofiledColumn } from '../measure/measured-column.ts'
import { ColumnError } from '../read/column-error.ts'
import { categoricalSample, inferType, numericSample } from '../read/whole-column.ts'
import type { ColumnType } from '../report/drift-report.ts'
import { decilePlaces } from '../samples/decile-cells.ts'
import { quantileEdges } from '../samples/quantile-edges.ts'
import { sortNumbers } from '../samples/sort-numbers.ts'
import { type Redactor, redactor } from './redaction.ts'

/**
 * A reference that is stored once and compared many times: for each column its counts, and its sorted
 * values where they were asked for. Plain JSON.
 */
export interface TableProfile {
  readonly format: 'tidegauge.table-profile'
  readonly version: typeof TABLE_PROFILE_VERSION
  readonly rows: number
  readonly columns: readonly StoredColumn[]
  /** Columns that the table had and that no profile can hold; absent where there was none. */
  readonly unprofiled?: readonly UnprofiledColumn[]
}

/** Another version is refused; a change that old readers would misread raises it. */
export const TABLE_PROFILE_VERSION = 1

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
}

const PROFILE_OPTIONS = {
  columns: true,
  types: true,
  bins: true,
  maxCategories: true,
  redact: true,
  keepSample: true,
  like: true,
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
  assertCount('bins', bins, 2)
  assertCount('maxCategories', maxCategories, 1)
  const redaction = options.redact === undefined ? undefined : redactor('redact', options.redact)
  const source = toTable('table', table)
  const likes = likesOf(options.like)
  const has = new Set(source.columnNames)
  const known = [...likes.keys(), ...(options.like?.unprofiled ?? []).map(({ name }) => name)]
  const names =
    options.like === undefined ? source.columnNames : known.filter((one) => has.has(one))
  const outcomes = (options.columns ?? names).map((name) => {
    const choice = { bins, maxCategories, keepSample, redaction, like: likes.get(name) }
    return profileColumn(source, name, ownValue(options.types, name), choice)
  })
  const columns = outcomes.filter((one) => 'profile' in one)
  const unprofiled = outcomes.filter((one): one is UnprofiledColumn => !('profile' in one))
  return {
    format: 'tidegauge.table-profile',
    version: TABLE_PROFILE_VERSION,
    rows: source.rowCount,
    columns,
    ...(unprofiled.length === 0 ? {} : { unprofiled }),
  }
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
    const kept = beside === undefined ? maxCategories : Math.max(1, counts.length)
    const counted = categoricalProfile(counts, { missing, maxCategories: kept })
    const named = redaction === undefined ? counted : redaction.profile(counted)
    const profile =
      beside?.kind === 'categorical' ? categoriesLike(named, beside, maxCategories) : named
    return { name, type, profile, ...(redaction && { keyCheck: redaction.keyCheck }) }
  }
  const { sorted, missing, infinite } = numericSample(table.column(name))
  if (beside?.kind === 'numeric') {
    const profile = numericProfile(sorted, beside.edges, { missing: missing + infinite })
    return { name, type, profile, ...(keepSample ? { sample: Array.from(sorted) } : {}) }
  }
  const edges = sorted.length === 0 ? [0, 1] : quantileEdges(sorted, bins)
  const deciles = sorted.length === 0 ? undefined : decilePlaces(sorted, edges)
  const counted = numericProfile(sorted, edges, { missing: missing + infinite })
  return {
    name,
    type,
    profile: deciles === undefined ? counted : { ...counted, deciles },
    ...(keepSample ? { sample: Array.from(sorted) } : {}),
  }
}

function likesOf(like: TableProfile | undefined): ReadonlyMap<string, StoredColumn> {
  if (like === undefined) return new Map()
  if (!isTableProfile(like)) {
    throw new InvalidArgumentError('like', 'a table profile, as profile() makes it', like)
  }
  return new Map(like.columns.map((column) => [column.name, column]))
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

/**
 * Add two profiles that were counted into the same bins: of two replicas, or two days.
 *
 * @throws IncompatibleProfilesError where the edges of a column differ
 * @throws InvalidArgumentError where the columns differ
 */
export function mergeTableProfiles(a: TableProfile, b: TableProfile): TableProfile {
  const others = new Map(b.columns.map((column) => [column.name, column]))
  if (others.size !== a.columns.length || !a.columns.every(({ name }) => others.has(name))) {
    throw new InvalidArgumentError(
      'b',
      `a profile of the columns ${a.columns.map(({ name }) => name).join(', ')}`,
      [...others.keys()].join(', '),
    )
  }
  const columns = a.columns.map((column) => mergeColumns(column, others.get(column.name)!))
  const ofA = a.unprofiled ?? []
  const unprofiled = [
    ...ofA,
    ...(b.unprofiled ?? []).filter(({ name }) => ofA.every((one) => one.name !== name)),
  ]
  const merged = { ...a, rows: a.rows + b.rows, columns }
  return unprofiled.length === 0 ? merged : { ...merged, unprofiled }
}

function mergeColumns(a: StoredColumn, b: StoredColumn): StoredColumn {
  const { name, type, keyCheck } = a
  if (a.profile.n === 0) return withMissing(b, a)
  if (b.profile.n === 0) return withMissing(a, b)
  if (type !== b.type) {
    throw new IncompatibleProfilesError(
      `column "${name}" is ${type} in one and ${b.type} in the other`,
    )
  }
  if (keyCheck !== b.keyCheck) {
    throw new IncompatibleProfilesError(`column "${name}" was redacted with another key`)
  }
  const profile = mergeColumnProfiles(a.profile, b.profile)
  const invalid = (a.invalid ?? 0) + (b.invalid ?? 0)
  const merged = {
    name,
    type,
    profile,
    ...(keyCheck === undefined ? {} : { keyCheck }),
    ...(invalid === 0 ? {} : { invalid }),
  }
  if (a.sample === undefined || b.sample === undefined) return merged
  const both = Float64Array.from([...Array.from(a.sample), ...Array.from(b.sample)])
  return { ...merged, sample: Array.from(sortNumbers(both)) }
}

/** A side without a value has neither a type nor bins of its own. */
function withMissing(column: StoredColumn, empty: StoredColumn): StoredColumn {
  const missing = column.profile.missing + empty.profile.missing
  const invalid = (column.invalid ?? 0) + (empty.invalid ?? 0)
  return { ...column, profile: { ...column.profile, missing }, ...(invalid > 0 && { invalid }) }
}

/**
 * Put codes in the place of the names of categories, as `profile` does with the option `redact`: for a profile
 * that was counted elsewhere, or stored before there was a key.
 *
 * @param key - at least 8 characters, secret
 * @throws InvalidArgumentError where the key is too short, or a column was redacted already
 * @example
 * redactTableProfile(parseTableProfile(json), key) // the same as profile(january, { redact: key })
 */
export function redactTableProfile(table: TableProfile, key: string): TableProfile {
  const redaction = redactor('key', key)
  const columns = table.columns.map((column) => {
    if (column.profile.kind !== 'categorical') return column
    if (column.keyCheck !== undefined) {
      const received = `column "${column.name}" with codes`
      throw new InvalidArgumentError('table', 'a profile that holds names', received)
    }
    return {
      ...column,
      profile: redaction.profile(column.profile),
      keyCheck: redaction.keyCheck,
    }
  })
  return { ...table, columns }
}

/** Is it a stored reference, and not a table? */
export function isTableProfile(input: unknown): input is TableProfile {
  try {
    return (input as Partial<TableProfile> | null)?.format === 'tidegauge.table-profile'
  } catch {
    return false // a column of that name, which throws when it is read
  }
}

/**
 * Read a profile that was stored as JSON.
 *
 * @throws UnsupportedVersionError where another version of the format wrote it
 * @throws InvalidArgumentError where it is not a profile of a table
 */
export function parseTableProfile(json: string): TableProfile {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new InvalidArgumentError('json', 'the JSON of a table profile', (cause as Error).message)
  }
  if (!isTableProfile(value)) {
    throw new InvalidArgumentError('json', 'a table profile, as profile() makes it', value)
  }
  if (value.version !== TABLE_PROFILE_VERSION) {
    throw new UnsupportedVersionError('the profile', TABLE_PROFILE_VERSION, value.version)
  }
  if (!Array.isArray(value.columns)) {
    throw new InvalidArgumentError('profile.columns', 'an array', value.columns)
  }
  assertCount('profile.rows', value.rows, 0)
  const names = new Set<string>()
  value.columns.forEach((column: StoredColumn | null, i) => {
    if (typeof column !== 'object' || column === null || Array.isArray(column)) {
      throw new InvalidArgumentError(`profile.columns[${i}]`, 'an object', column)
    }
    assertStored(`profile.columns[${i}]`, column)
    if (names.has(column.name)) {
      throw new InvalidArgumentError(`profile.columns[${i}].name`, 'a name of its own', column.name)
    }
    names.add(column.name)
    assertRows(column, value.rows)
  })
  assertUnprofiled(value.unprofiled, names)
  return value
}

const TYPES: ReadonlyArray<ColumnType | null> = ['numeric', 'datetime', 'categorical', 'text', null]

function assertUnprofiled(listed: unknown, names: Set<string>): void {
  if (listed === undefined) return
  if (!Array.isArray(listed)) {
    throw new InvalidArgumentError('profile.unprofiled', 'an array', listed)
  }
  listed.forEach((column: Partial<UnprofiledColumn> | null, i) => {
    const at = `profile.unprofiled[${i}]`
    const { name, type, reason } = column ?? {}
    if (typeof name !== 'string' || names.has(name)) {
      throw new InvalidArgumentError(`${at}.name`, 'a name of its own', name)
    }
    names.add(name)
    if (!TYPES.includes(type as ColumnType | null)) {
      throw new InvalidArgumentError(`${at}.type`, 'a type of columns or null', type)
    }
    if (typeof reason !== 'string') throw new InvalidArgumentError(`${at}.reason`, 'a text', reason)
  })
}

/** Of categories too many to be counted one by one, a sample of the rows was. */
function assertRows({ name, profile, invalid = 0 }: StoredColumn, rows: number): void {
  const counted = profile.n + profile.missing
  const isWhole = counted === rows || counted + invalid === rows
  if (profile.kind === 'numeric' ? isWhole : counted <= rows) return
  const expected = `the rows of column "${name}", which has ${counted} (profile the data again)`
  throw new InvalidArgumentError('profile.rows', expected, rows)
}

function assertStored(
  at: string,
  { name, type, profile, sample, keyCheck, invalid }: StoredColumn,
): void {
  if (invalid !== undefined && !(Number.isInteger(invalid) && invalid >= 0)) {
    throw new InvalidArgumentError(`${at}.invalid`, 'a whole number', invalid)
  }
  if (keyCheck !== undefined && typeof keyCheck !== 'string') {
    throw new InvalidArgumentError(`${at}.keyCheck`, 'a string', keyCheck)
  }
  if (typeof name !== 'string') throw new InvalidArgumentError(`${at}.name`, 'a string', name)
  const counted: BinnedProfile = assertProfile(profile)
  const expected = counted.kind === 'categorical' ? ['categorical'] : ['numeric', 'datetime']
  if (!expected.includes(type)) {
    throw new InvalidArgumentError(`${at}.type`, expected.join(' or '), type)
  }
  if (sample === undefined) return
  if (counted.kind !== 'numeric' || !Array.isArray(sample)) {
    const expected = 'an array of numbers, of a column of numbers'
    throw new InvalidArgumentError(`${at}.sample`, expected, sample)
  }
  for (let i = 0; i < sample.length; i++) {
    if (!Number.isFinite(sample[i]) || (i > 0 && sample[i]! < sample[i - 1]!)) {
      throw new InvalidArgumentError(`${at}.sample`, 'finite and ascending', sample[i])
    }
  }
  assertSampleOf(at, counted, sample)
}

/** A sample is all of the values, or an even part of them where they were too many to be kept. */
function assertSampleOf(at: string, counted: NumericProfile, sample: readonly number[]): void {
  const { counts, underflow, overflow } = numericProfile(sample, counted.edges)
  const kept = [underflow, ...counts, overflow]
  const all = [counted.underflow, ...counted.counts, counted.overflow]
  const isWhole = sample.length === counted.n
  if (kept.every((count, i) => (isWhole ? count === all[i] : count <= all[i]!))) return
  const expected = `values that its bins count (${counted.n})`
  throw new InvalidArgumentError(`${at}.sample`, expected, sample)
}

function assertCount(argument: string, value: number, atLeast: number): void {
  if (!(Number.isInteger(value) && value >= atLeast)) {
    throw new InvalidArgumentError(argument, `an integer of at least ${atLeast}`, value)
  }
}
