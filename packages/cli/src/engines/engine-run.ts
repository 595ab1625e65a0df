import { ownValue } from '@tidegauge/core/internal'
import type { ENGINE_OPTIONS } from '../options/engine-options.ts'
import type { OptionValues } from '../options/option-spec.ts'
import { saveFiles } from '../output/save-files.ts'
import { untilInterrupted } from '../terminal/interrupts.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import { databaseOf } from './database-url.ts'
import type { EngineName } from './engine-names.ts'
import type { TableRequest } from './engine-table.ts'
import { type Exchanged, exchanged, linesOf, type Statement } from './exchange.ts'
import { explained } from './explained.ts'
import { type OpenedEngine, openEngine } from './open-engine.ts'
import { openStatementLog, type StatementLog } from './statement-log.ts'

export type EngineValues = OptionValues<typeof ENGINE_OPTIONS> & {
  readonly where?: string
  readonly time?: string
  readonly rows?: string
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
    timeLimit: 1000 * (values['time-limit'] ?? DEFAULT_LIMIT),
    onStatement: undefined,
  }
}

/** Options of a database without one are a mistake: files would be read, and the rest not heard. */
export function assertNoEngineOptions(
  values: Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  const said = names.find((name) => ownValue(values, name) !== undefined)
  if (said !== undefined) {
    throw new UsageError(`--${said} is about a database: name what it lies in with --engine`)
  }
}

/** What is done with an engine, once or several times. */
export interface EngineWork<T> {
  /**
   * @param only - of all columns this one
   */
  run(
    opened: OpenedEngine,
    table: Pick<TableRequest, 'onStatement' | 'isCarried'>,
    signal: AbortSignal,
    only?: string,
  ): Promise<T>
  /** Once nothing more is run, and what is still read has ended. */
  close(): Promise<void>
}

/**
 * Does the work: with the engine, or with rows that somebody else has carried here.
 *
 * @throws UsageError where some of those are missing
 */
export async function done<T>(
  name: EngineName,
  values: EngineValues & { readonly statements?: string; readonly force?: boolean },
  work: EngineWork<T>,
  terminal: Terminal,
): Promise<T> {
  try {
    if (values.rows === undefined) {
      return await withEngine(name, values, (opened, log, signal) => work.run(opened, log, signal))
    }
    const { result, missing, ignored } = await carried(name, values.rows, work)
    if (ignored > 0) {
      terminal.error(
        `${values.rows}: rows of ${ignored} statements that are not asked for were ignored`,
      )
    }
    if (result !== undefined) return result
    throw new UsageError(toBeRun(values, missing))
  } finally {
    await work.close()
  }
}

function toBeRun(
  { rows, statements: path, force = false }: Parameters<typeof done>[1],
  missing: readonly Statement[],
): string {
  const what = `${rows} lacks the rows of ${missing.length} statements`
  if (path === undefined) {
    return `${what}: tidegauge statements writes them, with the same options (or name a file with --statements)`
  }
  saveFiles({ [path]: linesOf(missing) }, force)
  return `${what}: run those in ${path} too, add what they give back to ${rows}, and call this again`
}

/** The statements whose rows are still missing, as lines of JSON. */
export async function statementsOf(
  name: EngineName,
  values: EngineValues,
  work: EngineWork<unknown>,
): Promise<string> {
  try {
    return linesOf((await carried(name, values.rows, work)).missing)
  } finally {
    await work.close()
  }
}

function carried<T>(
  name: EngineName,
  rows: string | undefined,
  work: EngineWork<T>,
): Promise<Exchanged<T>> {
  const { signal } = new AbortController()
  const table = { onStatement: undefined, isCarried: true }
  return exchanged(name, rows, (opened, only) => work.run(opened, table, signal, only))
}

/** The statements that would be run, for a person. */
export async function explanationOf(
  name: EngineName,
  values: EngineValues,
  work: EngineWork<unknown>,
): Promise<string> {
  if (values.rows !== undefined) {
    throw new UsageError('--explain asks the catalogue of an engine: leave --rows out')
  }
  try {
    return await withEngine(name, values, (opened, log, signal) => {
      const limit = 1000 * (values['time-limit'] ?? DEFAULT_LIMIT)
      return explained(opened, limit, signal, (standIn) => work.run(standIn, log, signal))
    })
  } finally {
    await work.close()
  }
}

const DEFAULT_LIMIT = 600

/**
 * Opens the engine, runs the work, and closes it. A signal ends what runs on the server first.
 *
 * @throws UsageError where it cannot be opened
 */
function withEngine<T>(
  name: EngineName,
  values: EngineValues,
  work: (
    opened: OpenedEngine,
    log: Pick<TableRequest, 'onStatement'>,
    signal: AbortSignal,
  ) => Promise<T>,
): Promise<T> {
  if (name === 'spark') {
    throw new UsageError(
      'Spark runs the statements itself: tidegauge statements writes them, --rows takes what they give back',
    )
  }
  return untilInterrupted(async (signal) => {
    let log: StatementLog | undefined
    let opened: OpenedEngine | undefined
    try {
      opened = await openEngine(name, databaseOf(name, values.url))
      const path = values['log-statements']
      log = path === undefined ? undefined : openStatementLog(path)
      return await work(opened, { onStatement: log?.onStatement }, signal)
    } finally {
      log?.close()
      await opened?.close()
    }
  })
}
