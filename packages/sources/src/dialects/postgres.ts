import { neighbour } from '@tidegauge/drift/internal'
import type { SqlDialect, SqlKind } from '../sql/dialect.ts'
import type { SqlEngine, SqlResult } from '../sql/engine.ts'
import { STANDARD } from './standard.ts'

/** PostgreSQL, from 14 on. */
export const postgres: SqlDialect = {
  ...STANDARD,
  name: 'postgres',
  // With `standard_conforming_strings` off.
  mayEscapeByBackslash: true,
  // Of an empty table too there is a row: of nulls, whose names and types are those of the columns.
  async columns(from, run) {
    const row = `(SELECT t.* FROM (SELECT 1) one LEFT JOIN ${from} AS t ON false) u`
    const [named] = await run(`SELECT row_to_json(u)::text AS names FROM ${row}`, 1)
    const names = namesIn(String(named!.names))
    const types = new Map<string, string>()
    for (let i = 0; i < names.length; i += 500) {
      const asked = names.slice(i, i + 500)
      const sql = asked.map((name, k) => `${typeName(name)} AS t${k}`)
      const [typed] = await run(`SELECT ${sql.join(', ')} FROM ${row}`, 1)
      for (const [k, name] of asked.entries()) types.set(name, String(typed![`t${k}`]))
    }
    return names.map((name) => ({ name, type: types.get(name)! }))
  },
  kindOf: (type) => KINDS.get(type) ?? null,
  number(column, kind) {
    switch (kind) {
      case 'moment':
      case 'day':
        return `CAST(FLOOR(EXTRACT(EPOCH FROM ${column}) * 1000) AS DOUBLE PRECISION)`
      case 'time':
        return `CAST(EXTRACT(EPOCH FROM ${column}) AS DOUBLE PRECISION)`
      case 'boolean':
        return `CAST(CAST(${column} AS INTEGER) AS DOUBLE PRECISION)`
      default:
        return `CAST(${column} AS DOUBLE PRECISION)`
    }
  },
  isNaN: (x) => `${x} = 'NaN'::float8`,
  isInfinite: (x) => `${x} IN ('Infinity'::float8, '-Infinity'::float8)`,
  literal: (x) => `${STANDARD.literal(x)}::float8`,
  text: (column) => `CAST(${column} AS TEXT)`,
  byBytes: (text) => `${text} COLLATE "C"`,
  // Its buckets hold their lower end: x > e where x is at least the next number above e.
  slot: (x, edges) => `width_bucket(${x}, ARRAY[${edges.map(nextAbove).join(', ')}]::float8[])`,
  rowStore: true,
  sketches: false,
  quantiles: (x, levels) =>
    `percentile_disc(ARRAY[${levels.join(', ')}]::float8[]) WITHIN GROUP (ORDER BY ${x})`,
  // By its class: of the connection, of the system, or of who ends statements (a statement_timeout, too).
  hasFailed: (error) => /^(08|57|58)/.test(String((error as { code?: unknown } | null)?.code)),
}

const KINDS = new Map<string, SqlKind>([
  ['smallint', 'whole'],
  ['integer', 'whole'],
  ['bigint', 'whole'],
  ['oid', 'whole'],
  ['real', 'float'],
  ['double precision', 'float'],
  // It may be NaN and infinite too.
  ['numeric', 'float'],
  ['date', 'day'],
  ['timestamp without time zone', 'moment'],
  ['timestamp with time zone', 'moment'],
  ['time without time zone', 'time'],
  ['boolean', 'boolean'],
  ['text', 'text'],
  ['character varying', 'text'],
  ['character', 'text'],
  ['uuid', 'text'],
  ['enum', 'text'],
  ['citext', 'text'],
  ['name', 'text'],
])

function nextAbove(edge: number): string {
  const next = neighbour(edge, 1)
  return Number.isFinite(next) ? STANDARD.literal(next) : `'Infinity'`
}

/** The keys of a JSON object of nulls, in their order: of an object that JavaScript has parsed, `1` would come first. */
function namesIn(json: string): string[] {
  return Array.from(json.matchAll(/"((?:[^"\\]|\\.)*)":null/g), ([, name]) =>
    String(JSON.parse(`"${name}"`)),
  )
}

/** Of a domain that of its base; `enum` of any enumeration. */
function typeName(column: string): string {
  const type = `pg_typeof(u.${STANDARD.identifier(column)})::oid`
  return `(SELECT CASE typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN format_type(typbasetype, NULL) ELSE format_type(oid, NULL) END FROM pg_catalog.pg_type WHERE oid = ${type})`
}

/** What is asked of a pool: that of `pg` is one. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
}

export interface PostgresClient {
  query(
    statement: string | ExtendedQuery,
  ): Promise<{ readonly rows: ReadonlyArray<Record<string, unknown>> }>
  release(destroy?: boolean): void
  /** Of the server's process, so that its statement can be cancelled. */
  readonly processID?: number | null
  on?(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
}

/** One statement a message, whatever it holds: of the simple protocol a message may hold several. */
interface ExtendedQuery {
  readonly text: string
  readonly values: readonly unknown[]
  readonly queryMode: 'extended'
}

/**
 * A pool of `pg`, so that all statements of a comparison see the data at one moment, in a transaction that only reads, and
 * end on the server once they are not waited for. A `pg.Pool` alone does for a script.
 *
 * @example
 * sqlSource({ engine: postgresEngine(new Pool()), dialect: postgres, from: 'snapshots' })
 */
export function postgresEngine(pool: PostgresPool): SqlEngine {
  const alone = async (sql: string, signal?: AbortSignal) => {
    const snapshot = await begin(pool)
    try {
      return await snapshot.queryUntil(sql, signal ?? NEVER)
    } finally {
      await snapshot.end()
    }
  }
  return { query: (sql) => alone(sql), queryUntil: alone, snapshot: () => begin(pool) }
}

const NEVER = /* @__PURE__ */ new AbortController().signal

interface Snapshot extends SqlEngine {
  queryUntil(sql: string, signal: AbortSignal): Promise<SqlResult>
  end(): Promise<void>
}

async function begin(pool: PostgresPool): Promise<Snapshot> {
  const client = await pool.connect()
  let isBroken = false
  // A connection that goes away is told to whoever waits for a statement, and as an event too, which would end the process.
  const onError = () => {
    isBroken = true
  }
  client.on?.('error', onError)
  let isReleased = false
  const release = () => {
    if (isReleased) return
    isReleased = true
    client.release(isBroken)
    // Of what is not given back to the pool, more may be heard until it is closed.
    if (!isBroken) client.removeListener?.('error', onError)
  }
  const run = async (sql: string, signal: AbortSignal): Promise<SqlResult> => {
    let cancelled: Promise<void> | undefined
    const cancel = () => {
      // Of a pool with one connection there would be none by which to cancel.
      isBroken = true
      release()
      cancelled = cancelOn(pool, client.processID).catch(() => {})
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      const { rows } = await client.query({ text: sql, values: [], queryMode: 'extended' })
      return { rows }
    } catch (error) {
      if (!isBroken) await undone(client)
      throw error
    } finally {
      signal.removeEventListener('abort', cancel)
      await cancelled
    }
  }
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query(`SAVEPOINT ${SAVEPOINT}`)
  } catch (error) {
    isBroken = true
    release()
    throw error
  }
  return {
    query: (sql) => run(sql, NEVER),
    queryUntil: run,
    async end() {
      if (!isBroken) {
        await client.query('ROLLBACK').catch(() => {
          isBroken = true
        })
      }
      release()
    },
  }
}

/** A failed statement ends the transaction otherwise, and with it the moment that all of them see. */
async function undone(client: PostgresClient): Promise<void> {
  try {
    await client.query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`)
  } catch {
    // The connection is gone: the next statement says so.
  }
}

const SAVEPOINT = 'tidegauge'

async function cancelOn(pool: PostgresPool, process: number | null | undefined): Promise<void> {
  if (typeof process !== 'number') return
  const other = await pool.connect()
  other.on?.('error', () => {})
  try {
    await other.query(`SELECT pg_cancel_backend(${process})`)
  } finally {
    other.release(true)
  }
}
