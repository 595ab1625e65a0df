import type { ENGINE_OPTIONS } from '../options/engine-options.ts'
import type { OptionValues } from '../options/option-spec.ts'
import { untilInterrupted } from '../terminal/interrupts.ts'
import { UsageError } from '../usage-error.ts'
import { databaseOf } from './database-url.ts'
import type { EngineName } from './engine-names.ts'
import type { TableRequest } from './engine-table.ts'
import { type OpenedEngine, openEngine } from './open-engine.ts'
import { openStatementLog, type StatementLog } from './statement-log.ts'

export type EngineValues = OptionValues<typeof ENGINE_OPTIONS> & {
  readonly where?: string
  readonly time?: string
}

/**
 * What is said of a table in a database.
 *
 * @throws UsageError where none is named, or two
 */
export function tableOf({ table, from, where, time, ...values }: EngineValues): TableRequest {
  if (table !== undefined && from !== undefined) {
    throw new UsageError('--table and --from both say what is read: leave one of them out')
  }
  const named = table ?? from
  if (named === undefined) {
    throw new UsageError('--engine reads a table: name it with --table, or say a query with --from')
  }
  return {
    from: named,
    where,
    time,
    columns: undefined,
    timeLimit: 1000 * (values['time-limit'] ?? 600),
    onStatement: undefined,
  }
}

/** Options of a database without one are a mistake: files would be read, and the rest not heard. */
export function assertNoEngineOptions(
  values: Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  const said = names.find((name) => values[name] !== undefined)
  if (said !== undefined) {
    throw new UsageError(`--${said} is about a database: name what it lies in with --engine`)
  }
}

/**
 * Opens the engine, runs the work, and closes it. A signal ends what runs on the server first.
 *
 * @throws UsageError where it cannot be opened
 */
export function withEngine<T>(
  name: EngineName,
  values: EngineValues,
  work: (
    opened: OpenedEngine,
    log: Pick<TableRequest, 'onStatement'>,
    signal: AbortSignal,
  ) => Promise<T>,
): Promise<T> {
  return untilInterrupted(async (signal) => {
    let log: StatementLog | undefined
    let opened: OpenedEngine | undefined
    try {
      opened = await openEngine(name, databaseOf(values.url))
      const path = values['log-statements']
      log = path === undefined ? undefined : openStatementLog(path)
      return await work(opened, { onStatement: log?.onStatement }, signal)
    } finally {
      log?.close()
      await opened?.close()
    }
  })
}
