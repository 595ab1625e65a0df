import { listed, suggestion } from '@tidegauge/core/options'
import type { ColumnType, TableProfile } from '@tidegauge/drift'
import { profileSource } from '@tidegauge/sources'
import type { EngineWork } from '../engines/engine-run.ts'
import { type EngineTable, openTable, type TableRequest } from '../engines/engine-table.ts'
import { type OpenedFileSide, openFileSide } from '../engines/file-source.ts'
import { inFlagsOfSources } from '../engines/source-words.ts'
import { textsOf } from '../options/text-file-options.ts'
import { progressOn } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

export interface ProfileTables {
  readonly table: TableRequest
  /** The value of the column of times; undefined: all rows. */
  readonly at: string | undefined
  readonly exclude: readonly string[]
  readonly types: Readonly<Record<string, ColumnType>>
  readonly units: Readonly<Record<string, string>>
  readonly bins: number | undefined
  readonly maxCategories: number | undefined
  /** A stored profile into whose bins the table is counted. */
  readonly like: string | undefined
  readonly exactRows: number | undefined
  readonly redactionKey: string | undefined
  readonly terminal: Terminal
}

/**
 * The profile of rows of a table in a database.
 *
 * @throws UsageError (by rejection of `run`) where it cannot be read, or a column is named that it does not have
 */
export function profilingTables(request: ProfileTables): EngineWork<TableProfile> {
  let like: Promise<OpenedFileSide> | undefined
  const readLike = async (): Promise<TableProfile | undefined> => {
    if (request.like === undefined) return undefined
    like ??= openFileSide(request.like, { ...FILE, redactionKey: request.redactionKey })
    const { source } = await like
    if ('format' in source) return source
    throw new UsageError(`--like takes a stored profile, which ${request.like} is not`)
  }
  return {
    run: (opened, table, signal, only) =>
      inFlagsOfSources(async () => {
        const { terminal, redactionKey, exactRows, types, units, bins, maxCategories } = request
        const progress = progressOn(terminal, () => 0)
        progress.reading(request.table.from)
        const stored = await readLike()
        const own = await openTable(opened, { ...request.table, ...table }, signal)
        const source = await own.rowsOf('--at', request.at)
        const columns = only === undefined ? columnsOf(request, own, stored) : [only]
        return profileSource(source, {
          columns,
          types,
          units,
          ...(stored && { like: stored }),
          ...(own.hasDates && only === undefined && { time: request.table.time! }),
          ...(bins !== undefined && { bins }),
          ...(maxCategories !== undefined && { maxCategories }),
          ...(exactRows !== undefined && { exactRows }),
          ...(redactionKey !== undefined && { redact: redactionKey }),
          origin: { source: originOf(request, own) },
          signal,
          onProgress: ({ column, done, total }) => {
            if (only === undefined) progress.column(column, done - 1, total)
          },
        })
      }),
    async close() {
      const [file] = await Promise.allSettled([like])
      if (file.status === 'fulfilled') await file.value?.close()
      request.terminal.progress('')
    },
  }
}

const FILE = {
  input: undefined,
  where: undefined,
  types: {},
  texts: textsOf({}),
}

/** In the order of the table; those of `like`, where nothing else is said. The times are kept beside them. */
function columnsOf(
  { table: { columns, time }, exclude }: ProfileTables,
  { name, columnNames, hasDates }: EngineTable,
  like: TableProfile | undefined,
): readonly string[] {
  for (const [option, names] of Object.entries({ columns: columns ?? [], exclude })) {
    const unknown = names.find((name) => !columnNames.includes(name))
    if (unknown === undefined) continue
    throw new UsageError(
      `--${option} ${unknown} is not a column of ${name}, which has ${listed(columnNames)}${suggestion(unknown, columnNames)}`,
    )
  }
  const known =
    like && new Set([...like.columns, ...(like.unprofiled ?? [])].map(({ name }) => name))
  const chosen = columns ?? columnNames.filter((name) => known?.has(name) ?? true)
  const kept = chosen.filter((name) => name !== time && !exclude.includes(name))
  if (kept.length === 0) throw new UsageError('no column is left to profile')
  return hasDates ? [time!, ...kept] : kept
}

function originOf({ table: { time }, at }: ProfileTables, { name }: EngineTable): string {
  return at === undefined ? name : `${name} ${time} ${at}`
}
