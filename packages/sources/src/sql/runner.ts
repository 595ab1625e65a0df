import { lineOf, SourceError } from '../source-error.ts'
import type { RanStatement, SqlEngine, SqlResult, SqlRow } from './engine.ts'

export interface RunnerOptions {
  readonly engine: SqlEngine
  readonly signal: AbortSignal | undefined
  readonly timeLimit: number
  /** Is it a connection, which runs one statement at a time? */
  readonly isSerial?: boolean
  readonly onStatement: ((statement: RanStatement) => void) | undefined
}

/** Runs statements: with a time limit, a bound on the rows that come back, and a log. */
export interface Runner {
  run(sql: string, most: number): Promise<ReadonlyArray<Record<string, unknown>>>
  /** Once nothing runs any more that it was asked for. */
  settled(): Promise<void>
}

export function runnerOf(options: RunnerOptions): Runner {
  const { engine, signal, timeLimit, onStatement } = options
  const running = new Set<Promise<unknown>>()
  return {
    async run(sql, most) {
      const one = inTurn(sql, most)
      running.add(one)
      try {
        return await one
      } finally {
        running.delete(one)
      }
    },
    async settled() {
      await Promise.allSettled(running)
    },
  }

  async function inTurn(sql: string, most: number): Promise<SqlRow[]> {
    const release = options.isSerial ? await turnOf(engine) : () => {}
    try {
      return await runOne(sql, most)
    } finally {
      release()
    }
  }

  async function runOne(sql: string, most: number): Promise<SqlRow[]> {
    const start = performance.now()
    const rows = await withinTime(engine, sql, signal, timeLimit)
    if (rows.length > most) {
      throw new SourceError(
        `the engine gave back ${rows.length} rows where at most ${most} were asked for`,
      )
    }
    onStatement?.({ sql, milliseconds: performance.now() - start, rows: rows.length })
    return rows
  }
}

const turns = new WeakMap<SqlEngine, Promise<void>>()

/** Of a connection that runs one statement after the other: the time of one begins when it is its turn. */
async function turnOf(engine: SqlEngine): Promise<() => void> {
  const before = turns.get(engine)
  let release = (): void => {}
  turns.set(
    engine,
    new Promise((resolve) => {
      release = resolve
    }),
  )
  await before
  return release
}

async function withinTime(
  engine: SqlEngine,
  sql: string,
  signal: AbortSignal | undefined,
  timeLimit: number,
): Promise<SqlRow[]> {
  signal?.throwIfAborted()
  const limit = AbortSignal.timeout(timeLimit)
  const until = signal === undefined ? limit : AbortSignal.any([signal, limit])
  let stop = (_: unknown): void => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(until.reason)
    until.addEventListener('abort', stop, { once: true })
  })
  // It may end after nobody waits for it any more.
  stopped.catch(() => {})
  let running: Promise<SqlResult> | undefined
  try {
    running = Promise.resolve(
      engine.queryUntil === undefined ? engine.query(sql) : engine.queryUntil(sql, until),
    )
    running.catch(() => {})
    const result = await Promise.race([running, stopped])
    return rowsOf(result)
  } catch (error) {
    // Whoever hears of it may end the process: by then it has ended on the server too.
    if (until.aborted && engine.queryUntil !== undefined) await endOf(running)
    signal?.throwIfAborted()
    if (!limit.aborted) throw error
    const seconds = timeLimit / 1000
    throw new SourceError(
      `a statement took longer than ${seconds} s: raise the time limit, or narrow the rows (where)`,
      { cause: error },
    )
  } finally {
    until.removeEventListener('abort', stop)
  }
}

/** So long an engine may take to end what it was told to end. */
const END_WITHIN = 5000

function endOf(running: Promise<unknown> | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, END_WITHIN)
    const ended = () => {
      clearTimeout(timer)
      resolve()
    }
    Promise.resolve(running).then(ended, ended)
  })
}

function rowsOf(result: unknown): SqlRow[] {
  const rows = isIterable(result) ? result : (result as { rows?: unknown } | null)?.rows
  if (!isIterable(rows)) {
    throw new SourceError(
      'the engine gave back no rows: query(sql) must return them as objects, or { rows }',
    )
  }
  return Array.from(rows as Iterable<SqlRow>)
}

function isIterable(value: unknown): boolean {
  return typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function'
}

/**
 * An error that ends the comparison: of the source as a whole, and not of a column.
 *
 * @throws what `signal` was aborted with: then it is no fault of the source
 */
export function sourceErrorOf(name: string, error: unknown, signal?: AbortSignal): SourceError {
  signal?.throwIfAborted()
  if (error instanceof SourceError)
    return new SourceError(`${name}: ${error.message}`, { cause: error })
  return new SourceError(`${name}: ${lineOf(error)}`, { cause: error })
}
