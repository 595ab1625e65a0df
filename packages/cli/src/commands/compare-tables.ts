import {
  type DetectDriftOptions,
  type DriftReport,
  type TableProfile,
  withReportId,
} from '@tidegauge/drift'
import { compareSources, type TableSource } from '@tidegauge/sources'
import type { DataFormat } from '../data/formats.ts'
import type { OpenOptions } from '../data/open-tables.ts'
import { type EngineTable, openTable, type TableRequest } from '../engines/engine-table.ts'
import { type FileSide, openFileSide } from '../engines/file-source.ts'
import type { OpenedEngine } from '../engines/open-engine.ts'
import { inFlagsOfSources } from '../engines/source-words.ts'
import { warningInFlags } from '../options/option-words.ts'
import { progressOn } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

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
  readonly texts: OpenOptions['texts']
  readonly exactRows: number | undefined
  readonly options: DetectDriftOptions
  readonly terminal: Terminal
}

const SIDES = ['reference', 'current'] as const

/**
 * Compares rows of a table in a database with others, or with a file: its engine counts.
 *
 * @throws UsageError where something cannot be read, or an option names what is not there
 */
export function compareTables(
  request: CompareTables,
  opened: OpenedEngine,
  signal: AbortSignal,
): Promise<DriftReport> {
  return inFlagsOfSources(async () => {
    const files: FileSide[] = []
    try {
      return await compare(request, opened, signal, files)
    } finally {
      for (const file of files) file.close()
      request.terminal.progress('')
    }
  })
}

async function compare(
  request: CompareTables,
  opened: OpenedEngine,
  signal: AbortSignal,
  files: FileSide[],
): Promise<DriftReport> {
  const { terminal, options } = request
  const progress = progressOn(terminal, () => 0)
  progress.reading(request.table.from)
  const table = await openTable(opened, request.table, signal)
  const sides: Array<{ readonly name: string; readonly source: TableSource | TableProfile }> = []
  for (const side of SIDES) {
    const own = request[side]
    if (own.kind === 'rows') {
      const source = await table.rowsOf(`--${side}`, own.value)
      sides.push({ name: source.name, source })
    } else {
      progress.reading(own.path)
      const file = await openFileSide(own.path, fileOptionsOf(request))
      files.push(file)
      sides.push(file)
    }
  }
  const [reference, current] = sides as [(typeof sides)[number], (typeof sides)[number]]
  const { time: _, ...others } = options
  const own = await timeOptionOf(request, table, [reference.source, current.source])
  const report = await compareSources(reference.source, current.source, {
    ...others,
    ...own,
    names: { reference: reference.name, current: current.name, ...options.names },
    ...(request.exactRows !== undefined && { exactRows: request.exactRows }),
    onProgress: ({ column, done, total }) => progress.column(column, done - 1, total),
    signal,
  })
  const columns = report.columns.map((column) => {
    const warnings = column.warnings.map((warning) => warningInFlags(warning, column.name))
    return { ...column, warnings }
  })
  return withReportId({ ...report, columns })
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
    columns: undefined,
    types: options.types ?? {},
    redactionKey: typeof options.redact === 'string' ? options.redact : undefined,
  }
}

function listOf(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names
}
