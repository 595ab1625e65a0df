import { ownValue } from '@tidegauge/core/internal'
import { listed, suggestion } from '@tidegauge/core/options'
import {
  BUILT_IN_METHODS,
  type ColumnPairs,
  type ColumnReading,
  type ColumnReadings,
  type DetectDriftOptions,
  type DriftReport,
  detectDrift,
  detectDriftByColumn,
  type MethodChoice,
  type MethodName,
  type StoredColumn,
  type TableProfile,
  type TableShape,
  type UnreadableColumn,
  withReportId,
} from '@tidegauge/drift'
import { assertCondition } from '../data/condition.ts'
import type { DataTable } from '../data/data-table.ts'
import type { DataFormat } from '../data/formats.ts'
import { isData, type Located, locate } from '../data/locate.ts'
import { loadTables, type OpenOptions, openTables } from '../data/open-tables.ts'
import { whyUnread } from '../data/read-error.ts'
import { type ReadPairOptions, readPair, readSide, type Side } from '../data/read-pair.ts'
import { makeScratch } from '../data/scratch.ts'
import { openSession, type Session } from '../data/session.ts'
import { assertKey, readStored } from '../data/stored-profile.ts'
import { inFlags, warningInFlags } from '../options/option-words.ts'
import { progressOn } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

export interface CompareFiles {
  /** Paths, patterns, or `-`; each may be a stored profile. */
  readonly reference: string
  readonly current: string
  readonly input: DataFormat | undefined
  readonly where: string | undefined
  readonly columns: readonly string[] | undefined
  /** What the user says of text files. */
  readonly texts: OpenOptions['texts']
  readonly exactRows: number
  readonly options: DetectDriftOptions
  readonly terminal: Terminal
}

/**
 * Compares two files column by column: of each side no more than one column is held.
 *
 * @throws UsageError where one of them cannot be read, or an option names what they do not have
 */
export async function compareFiles(files: CompareFiles): Promise<DriftReport> {
  const scratch = makeScratch()
  let session: Session | undefined
  try {
    session = await openSession(scratch)
    return await compare(files, session)
  } finally {
    session?.close()
    scratch.remove()
    files.terminal.progress('')
  }
}

/** With all columns that it has, also what --columns leaves out. */
interface NamedSide extends TableShape {
  readonly name: string
  readonly label: string
  readonly side: Side
}

async function compare(files: CompareFiles, session: Session): Promise<DriftReport> {
  const { terminal, exactRows, options } = files
  let rowsOfColumn = 0
  const progress = progressOn(terminal, () => rowsOfColumn)
  const found: Located[] = []
  for (const side of SIDES) {
    progress.reading(files[side])
    found.push(await locate(files[side], session, files.input))
  }
  // Both sides are known: from here on nothing else is opened, whatever a file holds or --where says.
  await session.confine(found.flatMap(({ paths }) => paths))
  if (files.where !== undefined) await assertCondition(files.where, session)
  const stored = new Map<Located, TableProfile>()
  for (const located of found) {
    if (!isData(located)) stored.set(located, await readStored(located))
  }
  const opening = openingOf(files, [...stored.values()])
  const requests = SIDES.flatMap((side, i) => {
    const located = found[i]!
    return isData(located) ? [{ side, located }] : []
  })
  const loaded = await loadTables(requests, session, opening)
  await session.lock()
  const tables = await openTables(loaded, session, opening)
  const sides = found.map((located): NamedSide => {
    const profile = stored.get(located)
    return profile === undefined
      ? sideOfTable(tables[requests.findIndex((request) => request.located === located)]!)
      : sideOfProfile(located, profile)
  })
  const [reference, current] = sides as [NamedSide, NamedSide]
  for (const { side, rowCount } of sides) if (side.kind === 'table') rowsOfColumn += rowCount
  const names = comparedNames(reference, current, files)
  assertMethods(options)
  assertTimes(options, reference, current)
  const redactionKey = typeof options.redact === 'string' ? options.redact : undefined
  assertKeys(reference, current, redactionKey)
  const read = [...listOf(options.time), ...names]
  const reading: ReadPairOptions = {
    exactRows,
    needsCells: options.preset !== undefined,
    redactionKey,
    onRows: progress.rows,
  }
  const pairs: ColumnPairs = {
    reference,
    current,
    read: (name, wanted) => {
      progress.column(name, read.indexOf(name), read.length)
      const halves = { reference: reference.side, current: current.side }
      const pair = readPair(name, wanted, halves, session, reading).catch((error) => {
        const column = unread(name, error)
        return {
          reference: storedIn(halves.reference, name) ?? column,
          current: storedIn(halves.current, name) ?? column,
        }
      })
      return pair.then((read) => ({ ...read, ...readingsOf(name, reference, current) }))
    },
    readOne: (name, side, wanted) => {
      progress.column(name, read.indexOf(name), read.length)
      const half = side === 'reference' ? reference.side : current.side
      const alone = readSide(name, wanted, half, session, reading).catch((error) => {
        return { values: unread(name, error) }
      })
      const own = readingOf(name, half)
      return alone.then((read) => ({ ...read, ...(own && { reading: own }) }))
    },
  }
  const report = await inFlags(() =>
    detectDriftByColumn(pairs, {
      ...options,
      columns: names,
      types: {
        ...datesOf(reference, current),
        ...(options.preset === 'evidently-0.7' ? floatsOf(reference, current) : {}),
        ...options.types,
      },
      names: { reference: reference.name, current: current.name, ...options.names },
    }),
  )
  const columns = report.columns.map((column) => {
    const warnings = column.warnings.map((warning) => warningInFlags(warning, column.name))
    return { ...column, warnings }
  })
  return withReportId({ ...report, columns })
}

/** How the cells of a table were read; a stored profile tells it itself. */
function readingOf(name: string, side: Side): ColumnReading | undefined {
  return side.kind === 'table' ? side.table.columns.get(name)?.reading : undefined
}

function readingsOf(
  name: string,
  { side: before }: NamedSide,
  { side: after }: NamedSide,
): { readonly readings?: ColumnReadings } {
  const [reference, current] = [readingOf(name, before), readingOf(name, after)]
  if (reference === undefined && current === undefined) return {}
  return { readings: { ...(reference && { reference }), ...(current && { current }) } }
}

function storedIn(side: Side, name: string): StoredColumn | undefined {
  return side.kind === 'profile'
    ? side.stored.columns.find((column) => column.name === name)
    : undefined
}

/** Instead of its cells: it costs no other column. */
function unread(name: string, error: unknown): UnreadableColumn {
  return { name, type: null, unreadable: whyUnread(name, error) }
}

const SIDES = ['reference', 'current'] as const

function sideOfProfile({ name, label }: Located, stored: TableProfile): NamedSide {
  const columnNames = [...(stored.unprofiled ?? []), ...stored.columns].map(({ name }) => name)
  const { id: profileId, rows: rowCount, timeRange, reading } = stored
  const known = { ...(timeRange && { timeRange }), ...(reading && { reading }) }
  const shape = { name, label, rowCount, columnNames, profileId, ...known }
  return { ...shape, side: { kind: 'profile', stored } }
}

function sideOfTable(table: DataTable): NamedSide {
  const { name, label, rowCount, columnNames, reading } = table
  return {
    name,
    label,
    rowCount,
    columnNames,
    ...(reading && { reading }),
    side: { kind: 'table', table },
  }
}

function openingOf(files: CompareFiles, stored: readonly TableProfile[]): OpenOptions {
  const { where, options, texts } = files
  const [beside] = stored
  return {
    where,
    columns: wantedOf(files),
    types: options.types ?? {},
    texts,
    // Evidently is given what pandas has read.
    asPandas: options.preset === undefined ? undefined : { time: listOf(options.time).at(0) },
    storedColumn: beside && ((name) => beside.columns.find((column) => column.name === name)),
  }
}

/** What is read of each side; undefined: all. */
function wantedOf({ columns, options }: CompareFiles): readonly string[] | undefined {
  const roles = [options.target, options.prediction, options.time].flatMap(listOf)
  return columns && [...columns, ...roles]
}

/** Two profiles under one key are compared by their codes, whoever has it. */
function assertKeys(reference: NamedSide, current: NamedSide, key: string | undefined): void {
  const checks = [reference, current].map(({ side }) =>
    side.kind === 'profile' ? side.stored.columns.find(({ keyCheck }) => keyCheck)?.keyCheck : null,
  )
  if (checks[0] === checks[1]) return
  for (const { side, label } of [reference, current]) {
    if (side.kind === 'profile') assertKey(label, side.stored.columns, key)
  }
}

/** In the order of the reference; what the current table alone has comes last. */
function comparedNames(
  reference: NamedSide,
  current: NamedSide,
  files: CompareFiles,
): readonly string[] {
  const { columns, options } = files
  const wanted = wantedOf(files)
  const common = reference.columnNames.filter(
    (name) => current.columnNames.includes(name) && (wanted?.includes(name) ?? true),
  )
  if (common.length === 0) {
    const headless = [reference, current].filter(({ reading }) => reading?.header === false)
    const cure =
      headless.length === 1
        ? `; ${headless[0]!.label} was read as one without a header: say --header yes where its first line names the columns, else put such a line there`
        : ''
    throw new UsageError(
      `no column is on both sides: ${reference.label} has ${listed(reference.columnNames)}; ${current.label} has ${listed(current.columnNames)}${cure}`,
    )
  }
  const known = [...new Set([...reference.columnNames, ...current.columnNames])]
  const named = {
    columns: columns ?? [],
    exclude: options.exclude ?? [],
    target: listOf(options.target),
    prediction: listOf(options.prediction),
    time: listOf(options.time),
    method: Object.keys(options.methods ?? {}),
    type: Object.keys(options.types ?? {}),
    weight: Object.keys(options.weights ?? {}),
  }
  for (const [option, names] of Object.entries(named)) {
    for (const name of names) {
      const missing = [reference, current].filter(({ columnNames }) => !columnNames.includes(name))
      // Labels come late: a target that one side lacks is a warning of the report.
      if (missing.length === 0 || (missing.length === 1 && option !== 'time')) continue
      throw new UsageError(
        `--${option} ${name} is not a column of ${missing[0]!.name}, which has ${listed(missing[0]!.columnNames)}${suggestion(name, missing[0]!.columnNames)}`,
      )
    }
  }
  for (const option of ['target', 'prediction', 'time'] as const) {
    const both = named[option].find((name) => named.exclude.includes(name))
    if (both === undefined) continue
    throw new UsageError(`--exclude ${both} is what --${option} names: leave it out of one of them`)
  }
  const chosen = (columns ?? known).filter((name) => !options.exclude?.includes(name))
  const compared = new Set([...chosen, ...named.target, ...named.prediction])
  return [...compared].filter((name) => name !== options.time)
}

/** Milliseconds are numbers like any other: that they are times must be said. */
function assertTimes(
  { time, types = {} }: DetectDriftOptions,
  ...sides: readonly NamedSide[]
): void {
  if (time === undefined) return
  for (const { side, label } of sides) {
    const kind =
      side.kind === 'table'
        ? side.table.columns.get(time)?.kind
        : side.stored.columns.find(({ name }) => name === time)?.type
    const isNumber = kind === 'numeric' || kind === 'whole'
    if (kind === 'datetime' || (isNumber && ownValue(types, time) === 'datetime')) continue
    throw new UsageError(
      isNumber
        ? `--time ${time} is a number in ${label}: where it is milliseconds since 1970, say --type ${time}=datetime`
        : `--time ${time} is no column of dates in ${label}`,
    )
  }
}

/** The library would name its own option. */
function assertMethods({ methods = {}, method }: DetectDriftOptions): void {
  const byType = isByType(method) ? Object.values(method) : []
  const others = [...(isByType(method) ? [] : [method]), ...Object.values(methods)]
  for (const choice of [...byType, ...others]) {
    const name = typeof choice === 'object' && 'method' in choice ? choice.method : choice
    if (typeof name !== 'string') continue
    try {
      detectDrift({}, {}, { method: name as MethodName })
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'ERR_INVALID_ARGUMENT') throw error
      const near = /^"method" must be "([^"]+)", maybe/.exec(message)?.[1]
      const hint = near === undefined ? '' : `; did you mean ${near}?`
      const known = Object.keys(BUILT_IN_METHODS)
      throw new UsageError(
        `--${byType.includes(choice!) ? 'type-method' : 'method'}: there is no method ${name}${hint} (known: ${known.join(', ')}, and short names such as psi, js, ks)`,
      )
    }
  }
}

function isByType(
  method: DetectDriftOptions['method'],
): method is Exclude<DetectDriftOptions['method'], MethodChoice | undefined> {
  return typeof method === 'object' && !('method' in method) && !('name' in method)
}

/** DuckDB knows which columns are dates; as numbers they would look like any other. */
function datesOf(...sides: readonly NamedSide[]): Record<string, 'datetime'> {
  const names = new Set(
    sides.flatMap(({ side }) => (side.kind === 'table' ? [...side.table.columns.keys()] : [])),
  )
  const dates = [...names].filter((name) => sides.every(({ side }) => mayBeDate(side, name)))
  return Object.fromEntries(dates.map((name) => [name, 'datetime']))
}

/** What a side lacks, or has no value of, is what it is on the other. */
function mayBeDate(side: Side, name: string): boolean {
  if (side.kind === 'table')
    return (side.table.columns.get(name)?.kind ?? 'datetime') === 'datetime'
  const stored = side.stored.columns.find((column) => column.name === name)
  return stored === undefined || stored.profile.n === 0 || stored.type === 'datetime'
}

/** Evidently 0.7 takes whole numbers of few values for categories, unless they are floats to pandas. */
function floatsOf({ side: before }: NamedSide, { side: after }: NamedSide) {
  const names = after.kind === 'table' ? [...after.table.columns.keys()] : []
  const isKind = (side: Side, name: string, kinds: readonly string[]) =>
    side.kind === 'table' && kinds.includes(side.table.columns.get(name)?.kind ?? '')
  const floats = names.filter(
    (name) => isKind(after, name, ['numeric']) && isKind(before, name, ['numeric', 'whole']),
  )
  return Object.fromEntries(floats.map((name) => [name, 'numeric' as const]))
}

function listOf(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names
}
