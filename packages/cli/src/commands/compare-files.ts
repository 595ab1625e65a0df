import { ownValue } from '@tidegauge/core/internal'
import { listed, suggestion } from '@tidegauge/core/options'
import {
  BUILT_IN_METHODS,
  type DetectDriftOptions,
  type DriftReport,
  detectDrift,
  detectDriftByColumn,
  type MethodChoice,
  type MethodName,
  type TableShape,
} from '@tidegauge/drift'
import {
  assertKey,
  type DataFormat,
  type FileSide,
  filePairs,
  openFiles,
  type Session,
  shapeOf,
  type TextFileOptions,
  typesOf,
} from '@tidegauge/sources/files/internal'
import { fileInFlags, inFlagsOfSources, reportInFlags } from '../engines/source-words.ts'
import { onInterrupt } from '../terminal/interrupts.ts'
import { progressOn } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import { listOf, namedColumns } from './named-columns.ts'

export interface CompareFiles {
  /** Paths, patterns, or `-`; each may be a stored profile. */
  readonly reference: string
  readonly current: string
  readonly input: DataFormat | undefined
  readonly where: string | undefined
  readonly columns: readonly string[] | undefined
  /** What the user says of text files. */
  readonly texts: TextFileOptions
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
  const { terminal, input, where, texts, options } = files
  let rowsOfColumn = 0
  const progress = progressOn(terminal, () => rowsOfColumn)
  try {
    return await inFlagsOfSources(async () => {
      const columns = wantedOf(files)
      const requests = SIDES.map((side) => {
        return { side, path: files[side], format: input, where, columns, texts }
      })
      const opened = await openFiles(requests, {
        types: options.types,
        // Evidently is given what pandas has read.
        asPandas: options.preset === undefined ? undefined : { time: options.time },
        beforeEnd: onInterrupt,
        onReading: progress.reading,
      })
      try {
        const [reference, current] = opened.sides.map(fileInFlags) as [FileSide, FileSide]
        for (const side of [reference, current]) {
          if (side.kind === 'table') rowsOfColumn += side.table.rowCount
        }
        return await compare(files, { reference, current }, opened.session, progress)
      } finally {
        opened.close()
      }
    })
  } finally {
    terminal.progress('')
  }
}

const SIDES = ['reference', 'current'] as const

type Sides = Readonly<Record<(typeof SIDES)[number], FileSide>>

/** With all columns that it has, also what --columns leaves out. */
interface NamedSide extends TableShape {
  readonly name: string
  readonly label: string
  readonly side: FileSide
}

function namedSide(side: FileSide): NamedSide {
  const { name, label } = side.located
  return { ...shapeOf(side), name, label, side }
}

async function compare(
  files: CompareFiles,
  sides: Sides,
  session: Session,
  progress: ReturnType<typeof progressOn>,
): Promise<DriftReport> {
  const { exactRows, options } = files
  const [reference, current] = SIDES.map((side) => namedSide(sides[side])) as [NamedSide, NamedSide]
  const names = comparedNames(reference, current, files)
  assertMethods(options)
  assertTimes(options, reference, current)
  const redactionKey = typeof options.redact === 'string' ? options.redact : undefined
  assertKeys(reference, current, redactionKey)
  const read = [...listOf(options.time), ...names]
  const pairs = filePairs(sides, session, {
    exactRows,
    needsCells: options.preset !== undefined,
    redactionKey,
    onRows: progress.rows,
    onColumn: (name) => progress.column(name, read.indexOf(name), read.length),
  })
  const report = await detectDriftByColumn(
    { reference: shapeOf(sides.reference), current: shapeOf(sides.current), ...pairs },
    {
      ...options,
      columns: names,
      types: { ...typesOf(sides, options.preset === 'evidently-0.7'), ...options.types },
      names: { reference: reference.name, current: current.name, ...options.names },
    },
  )
  return reportInFlags(report)
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
  const named = namedColumns({ ...options, ...(columns && { columns }) })
  const time = listOf(options.time)
  for (const [option, names] of Object.entries({ ...named, time })) {
    for (const name of names) {
      const missing = [reference, current].filter(({ columnNames }) => !columnNames.includes(name))
      // Labels come late: a target that one side lacks is a warning of the report.
      if (missing.length === 0 || (missing.length === 1 && option !== 'time')) continue
      throw new UsageError(
        `--${option} ${name} is not a column of ${missing[0]!.name}, which has ${listed(missing[0]!.columnNames)}${suggestion(name, missing[0]!.columnNames)}`,
      )
    }
  }
  const { target = [], prediction = [], exclude = [] } = named
  for (const [option, names] of Object.entries({ target, prediction, time })) {
    const both = names.find((name) => exclude.includes(name))
    if (both === undefined) continue
    throw new UsageError(`--exclude ${both} is what --${option} names: leave it out of one of them`)
  }
  const chosen = (columns ?? known).filter((name) => !options.exclude?.includes(name))
  const compared = new Set([...chosen, ...target, ...prediction])
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
