import { listed, suggestion } from '@tidegauge/core/options'
import type { DetectDriftOptions, DriftReport, TableProfile } from '@tidegauge/drift'
import { compareSources, type TableSource } from '@tidegauge/sources'
import type { DataFormat, TextFileOptions } from '@tidegauge/sources/files'
import type { EngineWork } from '../engines/engine-run.ts'
import { type EngineTable, openTable, type TableRequest } from '../engines/engine-table.ts'
import { type OpenedFileSide, openFileSide } from '../engines/file-source.ts'
import type { OpenedEngine } from '../engines/open-engine.ts'
import { inFlagsOfSources, reportInFlags } from '../engines/source-words.ts'
import { progressOn } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import { listOf, namedColumns } from './named-columns.ts'

/** Rows of the table by the value of its column of times (undefined: all of them), or a file. */
export type TableSide =
  | { readonly kind: 'rows'; readonly value: string | undefined }
  | { readonly kind: 'file'; readonly path: string }

export interface CompareTables {
  readonly reference: TableSide
  readonly current: TableSide
  readonly table: TableRequest
  /** Of a side that is a file. */
  readonly input: DataFormat | undefined
  readonly texts: TextFileOptions
  readonly exactRows: number | undefined
  readonly options: DetectDriftOptions
  readonly terminal: Terminal
  /** Is one column alone asked for, whatever it is to the others? */
  readonly isOfOneColumn?: boolean
}

const SIDES = ['reference', 'current'] as const

/**
 * Compares rows of a table in a database with others, or with a file: its engine counts.
 *
 * @throws UsageError (by rejection of `run`) where something cannot be read, or an option names what is not there
 */
export function comparingTables(request: CompareTables): EngineWork<DriftReport> {
  const files = new Map<string, Promise<OpenedFileSide>>()
  const fileAt = (path: string) => {
    // Of one of several runs nobody may wait any more.
    if (!files.has(path)) files.set(path, openFileSide(path, fileOptionsOf(request)))
    return files.get(path)!
  }
  return {
    run: (opened, table, signal, only) => {
      const own = { ...request, table: { ...request.table, ...table } }
      return inFlagsOfSources(() => {
        return compare(only === undefined ? own : ofColumn(only, own), opened, signal, fileAt)
      })
    },
    async close() {
      const opened = await Promise.allSettled(files.values())
      for (const file of opened) if (file.status === 'fulfilled') await file.value.close()
      request.terminal.progress('')
    },
  }
}

/** Its statements are the same, whatever it is to the others. */
function ofColumn(only: string, request: CompareTables): CompareTables {
  const { columns, exclude, target, prediction, ...options } = request.options
  // First and last of the times are asked for before any column is.
  if (only === request.table.time) return request
  const isLeftOut = columns !== undefined && ![...columns, ...listOf(target)].includes(only)
  if (isLeftOut && !listOf(prediction).includes(only)) return request
  return {
    ...request,
    isOfOneColumn: true,
    options: { ...options, columns: [only], ...(exclude && { exclude }) },
  }
}

type AnySource = TableSource | TableProfile

async function compare(
  request: CompareTables,
  opened: OpenedEngine,
  signal: AbortSignal,
  fileAt: (path: string) => Promise<OpenedFileSide>,
): Promise<DriftReport> {
  const { terminal, options } = request
  const progress = progressOn(terminal, () => 0)
  progress.reading(request.table.from)
  const table = await openTable(opened, request.table, signal)
  const open = async (
    side: 'reference' | 'current',
  ): Promise<{ readonly name: string; readonly source: AnySource }> => {
    const own = request[side]
    if (own.kind === 'file') return fileAt(own.path)
    const source = await table.rowsOf(`--${side}`, own.value)
    return { name: source.name, source }
  }
  const sides: Array<Awaited<ReturnType<typeof open>>> = []
  if (request.table.isCarried) sides.push(...(await Promise.all(SIDES.map(open))))
  else for (const side of SIDES) sides.push(await open(side))
  const [reference, current] = sides as [(typeof sides)[number], (typeof sides)[number]]
  const known = new Set([table.columnNames, ...(await Promise.all(sides.map(namesIn)))].flat())
  assertNamed(request, [...known])
  const { time: _, ...others } = options
  const own = request.isOfOneColumn
    ? {}
    : await timeOptionOf(request, table, [reference.source, current.source])
  const report = await compareSources(reference.source, current.source, {
    ...others,
    ...own,
    names: { reference: reference.name, current: current.name, ...options.names },
    ...(request.exactRows !== undefined && { exactRows: request.exactRows }),
    onProgress: ({ column, done, total }) => progress.column(column, done - 1, total),
    signal,
  })
  return reportInFlags(report)
}

async function namesIn({ source }: { readonly source: AnySource }): Promise<readonly string[]> {
  // What the table has is known: not of that which was hidden.
  if (!('format' in source) && source.open !== undefined) return []
  const columns = 'format' in source ? storedNames(source) : (await source.shape()).columns
  return columns.map(({ name }) => name)
}

function storedNames({ columns, unprofiled = [] }: TableProfile) {
  return [...columns, ...unprofiled]
}

/** @throws UsageError where an option names a column that no side has */
function assertNamed({ options }: CompareTables, known: readonly string[]): void {
  for (const [option, names] of Object.entries(namedColumns(options))) {
    const name = names.find((one) => !known.includes(one))
    if (name === undefined) continue
    throw new UsageError(
      `--${option} ${name} is not a column of either side, which have ${listed(known)}${suggestion(name, known)}`,
    )
  }
}

/** Of dates that both sides have, first and last are told; else the column is left out. */
async function timeOptionOf(
  { table: { time }, options }: CompareTables,
  table: EngineTable,
  sources: ReadonlyArray<TableSource | TableProfile>,
): Promise<Pick<DetectDriftOptions, 'time' | 'exclude'>> {
  if (time === undefined) return {}
  const clashing = [...listOf(options.target), ...listOf(options.prediction)].includes(time)
  if (clashing) throw new UsageError(`--time ${time} is not compared: it can be no target`)
  const having = []
  for (const source of sources) having.push(await typeIn(source, time, table))
  if (having.every((type) => type === 'datetime')) return { time }
  const { exclude = [] } = options
  return having.some((type) => type !== undefined) && !exclude.includes(time)
    ? { exclude: [...exclude, time] }
    : {}
}

/** Of a table in the database it is known already, and what is not one of dates is hidden there. */
async function typeIn(
  source: TableSource | TableProfile,
  name: string,
  table: EngineTable,
): Promise<string | null | undefined> {
  if ('format' in source) return source.columns.find((column) => column.name === name)?.type
  if (source.open !== undefined) return table.hasDates ? 'datetime' : undefined
  return (await source.shape()).columns.find((column) => column.name === name)?.type
}

function fileOptionsOf({ input, texts, table, options }: CompareTables) {
  return {
    input,
    texts,
    where: table.where,
    types: options.types ?? {},
    redactionKey: typeof options.redact === 'string' ? options.redact : undefined,
  }
}
