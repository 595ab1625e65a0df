import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { SqlEngine, SqlRow } from '@tidegauge/sources'
import { UsageError } from '../usage-error.ts'
import type { EngineName } from './engine-names.ts'
import { dialectOf, type OpenedEngine } from './open-engine.ts'

/** Statements that somebody else runs, as lines of JSON: `{ id, sql }` there, `{ id, rows }` back. */
export interface Statement {
  readonly id: string
  readonly sql: string
}

/** What a statement gave back; or why it gave nothing. */
type Answer = { readonly rows: readonly SqlRow[] } | { readonly error: string }

export interface Exchanged<T> {
  /** What came of it; undefined where statements have no rows yet. */
  readonly result?: T
  readonly missing: readonly Statement[]
  /** Rows of statements that were not asked for. */
  readonly ignored: number
}

/** More would have to be held. */
const MOST_BYTES = 2 ** 28

/**
 * Does with the rows of a file what would be done with an engine, as far as they go; what they do not answer is missing. The
 * columns go on each by itself: a statement that waits for rows holds up no other column.
 *
 * @param rows - a file; undefined: there is none yet
 * @param work - given an engine, and a column alone or all
 * @throws UsageError where the file is not what it must be, and what `work` throws
 */
export async function exchanged<T>(
  name: EngineName,
  rows: string | undefined,
  work: (opened: OpenedEngine, only: string | undefined) => Promise<T>,
): Promise<Exchanged<T>> {
  const answers = rows === undefined ? new Map<string, Answer>() : await answersIn(rows)
  const dialect = await dialectOf(name)
  const asked = new Set<string>()
  const missing = new Map<string, Statement>()
  let columns: readonly string[] = []
  const begin = (only: string | undefined) =>
    settledOrWaiting<T>((wait) => {
      const engine: SqlEngine = {
        async query(sql) {
          // Where a statement failed: is the engine still there? It is not here.
          if (sql === 'SELECT 1 AS one') return { rows: [{ one: 1 }] }
          const id = idOf(sql)
          asked.add(id)
          const answer = answers.get(id)
          if (answer === undefined) {
            missing.set(id, { id, sql })
            return wait()
          }
          if ('error' in answer) throw new Error(answer.error)
          return { rows: answer.rows }
        },
      }
      const seen = {
        ...dialect,
        // Several columns in one statement would wait for each other.
        rowStore: false,
        async columns(...from: Parameters<typeof dialect.columns>) {
          const found = await dialect.columns(...from)
          columns = found.map((column) => column.name)
          return found
        },
      }
      return work({ engine, dialect: seen, close: async () => {} }, only)
    })
  const whole = await begin(undefined)
  if (whole.kind === 'failed') throw whole.error
  // A column alone may be none that is compared: what is wrong with it is told once all of them are.
  if (whole.kind === 'waiting') await Promise.all(columns.map(begin))
  const ignored = [...answers.keys()].filter((id) => !asked.has(id)).length
  return {
    ...(whole.kind === 'done' && { result: whole.value }),
    missing: [...missing.values()],
    ignored,
  }
}

/** The same statement has the same id, whenever and wherever it is made. */
function idOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex').slice(0, 24)
}

type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'waiting' }

/** @param work - calls what it is given for rows that nobody has: that never comes back */
function settledOrWaiting<T>(
  work: (wait: () => Promise<never>) => Promise<T>,
): Promise<Outcome<T>> {
  return new Promise((resolve) => {
    const wait = () => {
      // What is asked for at the same time is missing too.
      setImmediate(() => resolve({ kind: 'waiting' }))
      return new Promise<never>(() => {})
    }
    work(wait).then(
      (value) => resolve({ kind: 'done', value }),
      (error) => resolve({ kind: 'failed', error }),
    )
  })
}

async function answersIn(path: string): Promise<Map<string, Answer>> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new UsageError(`cannot read ${path}: there is no such file`)
  if (found.isFile() && found.size > MOST_BYTES) {
    throw new UsageError(
      `${path} has ${found.size.toLocaleString('en-US')} bytes; the rows of statements have at most ${MOST_BYTES.toLocaleString('en-US')}`,
    )
  }
  const answers = new Map<string, Answer>()
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
  let number = 0
  let held = 0
  for await (const line of lines) {
    number++
    held += line.length
    if (held > MOST_BYTES)
      throw new UsageError(`${path}: it goes on beyond ${MOST_BYTES} characters`)
    if (line.trim() === '') continue
    const { id, ...answer } = answerIn(line, `${path}: line ${number}`)
    // Of a statement that was run again, what it gave last.
    answers.set(id, answer)
  }
  return answers
}

function answerIn(line: string, where: string): Answer & { readonly id: string } {
  let value: unknown
  try {
    value = JSON.parse(line.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new UsageError(`${where} is no JSON: ${(error as Error).message}`)
  }
  const { id, rows, error } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (typeof id !== 'string') {
    throw new UsageError(`${where} must have the "id" of its statement: {"id": …, "rows": […]}`)
  }
  if (typeof error === 'string') return { id, error }
  if (Array.isArray(rows) && rows.every(isRow)) return { id, rows }
  throw new UsageError(`${where} must have "rows", a list of objects by the names of the columns`)
}

function isRow(row: unknown): row is SqlRow {
  return typeof row === 'object' && row !== null && !Array.isArray(row)
}

export function linesOf(statements: readonly Statement[]): string {
  return statements.map((statement) => `${JSON.stringify(statement)}\n`).join('')
}
