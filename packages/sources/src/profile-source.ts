import { InvalidArgumentError } from '@tidegauge/core'
import { categoriesLike, ownValue } from '@tidegauge/core/internal'
import { assertOptions, listed } from '@tidegauge/core/options'
import {
  type DriftProgress,
  type ProfileOptions,
  redactTableProfile,
  type StoredColumn,
  type TableProfile,
  tableProfileOf,
  type UnprofiledColumn,
} from '@tidegauge/drift'
import { assertOrigin, assertUnits, ORIGIN_KEYS, withUnit } from '@tidegauge/drift/internal'
import { COLUMNS_AT_ONCE, readAhead, runOf } from './run.ts'
import { assertSource, type SourceColumn, type TableSource } from './table-source.ts'

export interface ProfileSourceOptions extends Omit<ProfileOptions, 'keepSample'> {
  /** Up to so many values, quantiles are exact; default 1,000,000. */
  readonly exactRows?: number
  /** Ends it, on the server too where the engine can. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: DriftProgress) => void
}

const OPTIONS = {
  columns: true,
  types: true,
  bins: true,
  maxCategories: true,
  like: true,
  time: true,
  units: true,
  redact: true,
  origin: true,
  exactRows: true,
  signal: true,
  onProgress: true,
} as const satisfies Record<keyof ProfileSourceOptions, true>

/** More than any profile holds. */
const MOST_CATEGORIES = 100_000

/**
 * `profile` of a table that stays where it is: its engine counts.
 *
 * @throws InvalidArgumentError (by rejection) where an option is not what it must be
 * @throws SourceError (by rejection) where the source cannot be read
 * @example
 * const january = await profileSource(sqlSource({ engine: pool, dialect: postgres, from: 'january' }))
 */
export async function profileSource(
  source: TableSource,
  options: ProfileSourceOptions = {},
): Promise<TableProfile> {
  assertOptions('options', options, OPTIONS)
  assertSource('source', source)
  const { like, time, redact, origin, signal, onProgress } = options
  if (origin !== undefined) {
    assertOptions('origin', origin, ORIGIN_KEYS)
    assertOrigin('origin', origin)
  }
  assertUnits(options.units)
  assertWhole('bins', options.bins ?? 2, 2)
  assertWhole('maxCategories', options.maxCategories ?? 1, 1)
  const run = runOf(signal)
  try {
    const sides = { source, ...(like && { like }) }
    const opened = (await source.open?.(run, { side: 'source', sides, options })) ?? source
    const { rowCount, columns: all, reading } = await opened.shape()
    const chosen = chosenOf(all, options)
    const likes = new Map(like?.columns.map((column) => [column.name, column]))
    const columns: StoredColumn[] = []
    const unprofiled: UnprofiledColumn[] = []
    const byName = new Map(chosen.map((column) => [column.name, column]))
    const names = [...byName.keys()]
    const ahead = readAhead(
      names,
      (name) => storedOf(opened, byName.get(name)!, likes.get(name), options),
      Math.max(opened.columnsAtOnce ?? 0, COLUMNS_AT_ONCE),
    )
    for (const [i, name] of names.entries()) {
      const stored = await ahead(name)
      if ('profile' in stored) columns.push(withUnit(stored, options.units, likes.get(name)))
      else unprofiled.push(stored)
      onProgress?.({ column: name, done: i + 1, total: names.length })
    }
    const timed = all.find(({ name }) => name === time)
    const isStored = time === undefined || byName.has(time)
    // It may be asked for its first and its last alone.
    const ofTimes =
      isStored || timed === undefined
        ? columns
        : [await storedOf(opened, timed, undefined, options)]
    const range = time === undefined ? null : rangeOf(time, ofTimes)
    const profileOf = (own: readonly StoredColumn[]) =>
      tableProfileOf({
        rows: rowCount,
        ...(range !== null && { timeRange: range }),
        ...(time !== undefined && { time }),
        ...(origin !== undefined && { origin }),
        ...(reading && { reading }),
        columns: own,
        ...(unprofiled.length > 0 && { unprofiled }),
      })
    const made = profileOf(columns)
    const coded = redact === undefined ? made : redactTableProfile(made, redact)
    if (like === undefined) return coded
    return profileOf(coded.columns.map((column) => besideLike(column, likes, options)))
  } finally {
    await run.end()
  }
}

function assertWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new InvalidArgumentError(name, `a whole number, at least ${least}`, value)
}

function chosenOf(
  all: readonly SourceColumn[],
  { columns, like, time }: ProfileSourceOptions,
): readonly SourceColumn[] {
  const byName = new Map(all.map((column) => [column.name, column]))
  for (const name of [...(columns ?? []), ...(time === undefined ? [] : [time])]) {
    if (byName.has(name)) continue
    throw new InvalidArgumentError(
      'columns',
      `columns of the table (${listed([...byName.keys()])})`,
      name,
    )
  }
  if (columns !== undefined) return [...new Set(columns)].map((name) => byName.get(name)!)
  if (like === undefined) return all
  const known = [...like.columns, ...(like.unprofiled ?? [])]
  const common = known.flatMap(({ name }) => byName.get(name) ?? [])
  if (common.length > 0 || all.length === 0) return common
  throw new InvalidArgumentError(
    'like',
    `a profile of one of the table's columns at least (${listed([...byName.keys()])})`,
    listed(known.map(({ name }) => name)),
  )
}

async function storedOf(
  source: TableSource,
  { name, type: own }: SourceColumn,
  like: StoredColumn | undefined,
  { types, bins = 260, maxCategories = 1000, exactRows = 1_000_000 }: ProfileSourceOptions,
): Promise<StoredColumn | UnprofiledColumn> {
  const type = ownValue(types, name) ?? own ?? 'categorical'
  if (type === 'text') return { name, type, reason: 'documents of texts are not kept' }
  const beside = like?.type === type && like.profile.n > 0 ? like.profile : undefined
  const read =
    type === 'categorical'
      ? await source.read({
          as: 'categories',
          column: name,
          most: beside === undefined ? Math.min(maxCategories, MOST_CATEGORIES) : MOST_CATEGORIES,
        })
      : await source.read({
          as: 'numbers',
          column: name,
          type,
          bins: beside?.kind === 'numeric' ? beside.edges : bins,
          exactRows,
          moments: true,
        })
  if ('profile' in read || 'reason' in read) return read
  const reason = 'unreadable' in read ? read.unreadable : 'it was not counted'
  return { name, type: own, reason }
}

/** Of categories the names that "like" has, whether they occur or not. */
function besideLike(
  column: StoredColumn,
  likes: ReadonlyMap<string, StoredColumn>,
  { maxCategories = 1000 }: ProfileSourceOptions,
): StoredColumn {
  const like = likes.get(column.name)
  const { profile } = column
  if (profile.kind !== 'categorical' || like?.profile.kind !== 'categorical') return column
  if (like.keyCheck !== column.keyCheck) {
    const expected = like.keyCheck === undefined ? 'left out, as in "like"' : 'the key of "like"'
    throw new InvalidArgumentError('redact', expected, column.keyCheck && 'another key')
  }
  if (like.profile.n === 0) return column
  return { ...column, profile: categoriesLike(profile, like.profile, maxCategories) }
}

function rangeOf(
  time: string,
  columns: ReadonlyArray<StoredColumn | UnprofiledColumn>,
): readonly [number, number] | null {
  const found = columns.find(({ name }) => name === time)
  const profile = found !== undefined && 'profile' in found ? found.profile : undefined
  if (profile?.kind !== 'numeric') {
    throw new InvalidArgumentError('time', 'a column of dates, or of milliseconds since 1970', time)
  }
  return profile.min === null || profile.max === null ? null : [profile.min, profile.max]
}
