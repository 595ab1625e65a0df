import { InvalidArgumentError, type NumericProfile } from '@tidegauge/core'
import { ownValue } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import {
  type ColumnPairInput,
  type ColumnPairs,
  type ColumnSideInput,
  type ColumnSideValues,
  type ColumnType,
  type DetectDriftOptions,
  type DriftReport,
  detectDriftByColumn,
  type StoredColumn,
  type TableProfile,
  type TableShape,
  type WantedColumn,
} from '@tidegauge/drift'
import { DRIFT_OPTIONS } from '@tidegauge/drift/internal'
import { asStored, isProfile, profileFacts, profileSide } from './profile-side.ts'
import { COLUMNS_AT_ONCE, type Run, readAhead, runOf } from './run.ts'
import {
  assertSource,
  type NumbersRequest,
  type OpenContext,
  type PairReading,
  type SourceColumn,
  type TableSource,
} from './table-source.ts'

export interface CompareSourcesOptions extends DetectDriftOptions {
  /** Ends the comparison, on the server too where the engine can. */
  readonly signal?: AbortSignal
  /**
   * Up to so many values a side, what the values themselves would tell is found by sorting them in the engine. Beyond,
   * they are counted between approximate quantiles. Default 1,000,000.
   */
  readonly exactRows?: number
  /** So many columns are asked for at once; default 4, of a row store 25, which are counted in one pass. */
  readonly concurrency?: number
  /** Values that are fetched of a column where its method, or a preset, needs them; default 50,000 a side. */
  readonly sampleRows?: number
}

/** Categories that are told apart. */
const MOST_CATEGORIES = 100_000
const BINS = 260
const EXACT_ROWS = 1_000_000
const SAMPLE_ROWS = 50_000

/**
 * `detectDrift` of tables that stay where they are: has the data changed since the reference?
 *
 * Both sides of a column of numbers that lie in one engine are compared as if their values were at hand: the report is that
 * of `detectDrift` on the rows, but for the last digits of sums. Where they lie in two places, each is counted between the
 * quantiles of the reference. A column of texts is counted as one of categories unless `types` says `text`.
 *
 * @param reference - a source, or a stored profile
 * @param current - the same
 * @throws InvalidArgumentError (by rejection) where an option is not what it must be
 * @throws SourceError (by rejection) where a source cannot be read; a single column that cannot be costs no other
 * @example
 * const month = (date) => sqlSource({ engine: pool, dialect: postgres, from: 'snapshots', where: `as_of = '${date}'` })
 * const report = await compareSources(month('2024-01-31'), month('2024-02-29'), { target: 'churn' })
 */
export async function compareSources(
  reference: TableSource | TableProfile,
  current: TableSource | TableProfile,
  options: CompareSourcesOptions = {},
): Promise<DriftReport> {
  assertOptions('options', options, OPTIONS)
  const {
    signal,
    concurrency,
    exactRows = EXACT_ROWS,
    sampleRows = SAMPLE_ROWS,
    ...drift
  } = options
  for (const [name, value] of Object.entries({
    concurrency: concurrency ?? 1,
    exactRows,
    sampleRows,
  })) {
    assertCount(name, value)
  }
  for (const [argument, given] of Object.entries({ reference, current })) {
    if (!isProfile(given)) assertSource(argument, given)
  }
  const run = runOf(signal)
  try {
    const context = { sides: { reference, current }, options: drift }
    const sides = {
      reference: await sideOf('reference', reference, run, context),
      current: await sideOf('current', current, run, context),
    }
    const names = { reference: sides.reference.name, current: sides.current.name, ...drift.names }
    const held = heldPairs(sides, exactRows, drift)
    if (held !== undefined) {
      assertTimes(sides, drift)
      const types = { ...held.types, ...drift.types }
      return await detectDriftByColumn(held, { ...drift, names, types })
    }
    const needsCells = drift.preset !== undefined
    const best = [sides.reference, sides.current].map(({ source }) => source.columnsAtOnce ?? 0)
    const atOnce = concurrency ?? Math.max(COLUMNS_AT_ONCE, ...best)
    const reader = readerOf(sides, { concurrency: atOnce, exactRows, sampleRows, needsCells })
    const types = { ...datesOf(sides), ...drift.types }
    return await detectDriftByColumn(reader, { ...drift, names, types })
  } finally {
    await run.end()
  }
}

const OPTIONS = {
  ...DRIFT_OPTIONS,
  signal: true,
  concurrency: true,
  exactRows: true,
  sampleRows: true,
} as const satisfies Record<keyof CompareSourcesOptions, true>

function assertCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new InvalidArgumentError(name, 'a whole number, at least 1', value)
}

/** A side that was opened. */
interface OpenedSide {
  readonly name: string
  readonly shape: TableShape
  readonly columns: ReadonlyMap<string, SourceColumn>
  readonly source: TableSource
  /** Of one that is a stored profile. */
  readonly stored?: TableProfile
}

interface OpenedSides {
  readonly reference: OpenedSide
  readonly current: OpenedSide
}

async function sideOf(
  argument: string,
  given: TableSource | TableProfile,
  run: Run,
  context: Omit<OpenContext, 'side'>,
): Promise<OpenedSide> {
  const stored = isProfile(given) ? asStored(given) : undefined
  const source = stored === undefined ? (given as TableSource) : profileSide(argument, stored)
  const opened = (await source.open?.(run, { ...context, side: argument })) ?? source
  const { rowCount, columns, reading } = await opened.shape()
  const known = stored === undefined ? { ...(reading && { reading }) } : profileFacts(stored)
  const columnNames = columns.map(({ name }) => name)
  return {
    name: source.name,
    shape: { rowCount, columnNames, ...known },
    columns: new Map(columns.map((column) => [column.name, column])),
    source: opened,
    ...(stored && { stored }),
  }
}

/** @throws InvalidArgumentError where the column of the times is none: its cells are not looked at here */
function assertTimes(
  { reference, current }: OpenedSides,
  { time, types = {} }: DetectDriftOptions,
): void {
  if (time === undefined) return
  for (const { columns } of [reference, current]) {
    const type = columns.get(time)?.type
    if (type === 'datetime' || (type === 'numeric' && ownValue(types, time) === 'datetime'))
      continue
    throw new InvalidArgumentError(
      'time',
      'a column of dates on both sides (of milliseconds: say so in `types`)',
      time,
    )
  }
}

/** Of sources whose values can be held here, a column at a time: their report is made of the values. */
function heldPairs(
  { reference, current }: OpenedSides,
  exactRows: number,
  { preset, redact }: DetectDriftOptions,
): (ColumnPairs & Pick<PairReading, 'types'>) | undefined {
  const redactionKey = typeof redact === 'string' ? redact : undefined
  const given = {
    reference: reference.stored ?? reference.source,
    current: current.stored ?? current.source,
  }
  for (const { source } of [reference, current]) {
    const read = source.together?.(given, {
      exactRows,
      redactionKey,
      ...(preset !== undefined && { preset }),
    })
    if (read !== undefined) return { reference: reference.shape, current: current.shape, ...read }
  }
  return undefined
}

/** The catalogue knows which columns are dates; as milliseconds they would look like any other number. */
function datesOf({ reference, current }: OpenedSides): Record<string, 'datetime'> {
  const dates: Record<string, 'datetime'> = Object.create(null)
  for (const name of new Set([...reference.columns.keys(), ...current.columns.keys()])) {
    const types = [reference, current].map(({ columns }) => columns.get(name)?.type ?? 'datetime')
    if (types.every((type) => type === 'datetime')) dates[name] = 'datetime'
  }
  return dates
}

interface Bounds {
  readonly concurrency: number
  readonly exactRows: number
  readonly sampleRows: number
  readonly needsCells: boolean
}

function readerOf(sides: OpenedSides, bounds: Bounds): ColumnPairs {
  const { reference, current } = sides
  let ahead = (name: string): Promise<ColumnPairInput> => Promise.reject(new Error(name))
  const asked = new Set<string>()
  return {
    reference: reference.shape,
    current: current.shape,
    begin(columns) {
      const both = columns.filter(
        ({ name }) => reference.columns.has(name) && current.columns.has(name),
      )
      const wanted = new Map(both.map((column) => [column.name, column.wanted]))
      for (const { name } of both) asked.add(name)
      const read = (name: string) => readPair(name, wanted.get(name)!, sides, bounds)
      ahead = readAhead([...asked], read, bounds.concurrency)
    },
    // That of the times is asked for before the others, for its first and its last.
    read: (name) => (asked.has(name) ? ahead(name) : readTimes(name, sides)),
    async readOne(name, side, wanted): Promise<ColumnSideInput> {
      const own = sides[side]
      const values = await readSide(own, name, typeIn(own, name, wanted), wanted, bounds)
      return { values }
    },
  }
}

/** Only the extremes count: one bin, in which all values lie. */
async function readTimes(
  column: string,
  { reference, current }: OpenedSides,
): Promise<ColumnPairInput> {
  const request = { as: 'numbers', column, type: 'datetime', bins: 1, exactRows: 1 } as const
  return {
    reference: await reference.source.read(request),
    current: await current.source.read(request),
  }
}

/** As the caller has it; else by the catalogue. */
function typeIn({ columns }: OpenedSide, name: string, { type }: WantedColumn): ColumnType {
  return type ?? columns.get(name)?.type ?? 'categorical'
}

async function readPair(
  name: string,
  wanted: WantedColumn,
  { reference, current }: OpenedSides,
  bounds: Bounds,
): Promise<ColumnPairInput> {
  const types = [typeIn(reference, name, wanted), typeIn(current, name, wanted)] as const
  const areNumbers = types.every(isOfNumbers)
  const isCounted = areNumbers && types[0] === types[1] && wanted.takesBins && !bounds.needsCells
  if (!isCounted) {
    return {
      reference: await readSide(reference, name, types[0], wanted, bounds),
      current: await readSide(current, name, types[1], wanted, bounds),
      ...sampled([reference, current], types, wanted, bounds),
    }
  }
  const type = types[0] as 'numeric' | 'datetime'
  const request = {
    as: 'numbers',
    column: name,
    type,
    bins: BINS,
    exactRows: bounds.exactRows,
  } as const
  const together = await reference.source.readPair?.(current.source, request)
  if (together !== undefined) return together
  const before = await beside(reference, request, await edgesIn(current, name))
  const after = await current.source.read({ ...request, bins: edgesOf(before) ?? BINS })
  return { reference: before, current: after }
}

/** A stored profile has its bins: the other side is counted into them. */
async function edgesIn(
  { source, shape }: OpenedSide,
  column: string,
): Promise<readonly number[] | null> {
  if (shape.profileId === undefined) return null
  const request = { as: 'numbers', column, type: 'numeric', bins: BINS, exactRows: 1 } as const
  return edgesOf(await source.read(request))
}

async function beside(
  { source }: OpenedSide,
  request: NumbersRequest,
  edges: readonly number[] | null,
): Promise<ColumnSideValues> {
  return source.read({ ...request, bins: edges ?? request.bins })
}

function edgesOf(values: ColumnSideValues): readonly number[] | null {
  const profile = (values as Partial<StoredColumn>).profile as NumericProfile | undefined
  return profile?.kind === 'numeric' && profile.n > 0 ? profile.edges : null
}

function isOfNumbers(type: ColumnType): boolean {
  return type === 'numeric' || type === 'datetime'
}

function readSide(
  { source }: OpenedSide,
  column: string,
  type: ColumnType,
  wanted: WantedColumn,
  { exactRows, sampleRows, needsCells }: Bounds,
): Promise<ColumnSideValues> {
  if (needsCells || type === 'text' || (isOfNumbers(type) && !wanted.takesBins)) {
    return source.read({ as: 'sample', column, type, most: sampleRows })
  }
  if (!isOfNumbers(type)) return source.read({ as: 'categories', column, most: MOST_CATEGORIES })
  const numeric = type as 'numeric' | 'datetime'
  return source.read({ as: 'numbers', column, type: numeric, bins: BINS, exactRows })
}

function sampled(
  sides: readonly OpenedSide[],
  types: readonly ColumnType[],
  wanted: WantedColumn,
  { sampleRows, needsCells }: Bounds,
): { readonly warnings?: readonly string[] } {
  const isSampled = types.some(
    (type) => needsCells || type === 'text' || (isOfNumbers(type) && !wanted.takesBins),
  )
  const isCut = sides.some(
    ({ shape }) => shape.profileId === undefined && shape.rowCount > sampleRows,
  )
  if (!isSampled || !isCut) return {}
  const most = sampleRows.toLocaleString('en-US')
  return { warnings: [`compared by a random sample of ${most} rows a side: the values are needed`] }
}
