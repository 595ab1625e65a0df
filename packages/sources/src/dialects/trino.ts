import { setTimeout } from 'node:timers/promises'
import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { neighbour } from '@tidegauge/drift/internal'
import { SourceError } from '../source-error.ts'
import type { SqlDialect, SqlKind } from '../sql/dialect.ts'
import type { SqlEngine, SqlRow } from '../sql/engine.ts'
import { bareType, doubleLiteral, STANDARD } from './standard.ts'

/** Trino, from 400 on. */
export const trino: SqlDialect = {
  ...STANDARD,
  name: 'trino',
  async columns(from, run) {
    if (!from.includes('(')) {
      const rows = await run(`SHOW COLUMNS FROM ${from}`, Number.POSITIVE_INFINITY)
      return rows.map((row) => ({ name: String(row.Column), type: String(row.Type) }))
    }
    const row = `(SELECT t.* FROM (SELECT 1) one LEFT JOIN ${from} AS t ON false) u`
    const [nulls] = await run(`SELECT * FROM ${row}`, 1)
    const names = Object.keys(nulls!)
    const types = names.map((name, i) => `typeof(u.${STANDARD.identifier(name)}) AS t${i}`)
    const [typed] = await run(`SELECT ${types.join(', ')} FROM ${row}`, 1)
    return names.map((name, i) => ({ name, type: String(typed![`t${i}`]) }))
  },
  kindOf: (type) => KINDS.get(bareType(type).replace(/\s+/g, ' ')) ?? null,
  number(column, kind, type) {
    switch (kind) {
      case 'day':
        return `CAST(date_diff('day', DATE '1970-01-01', ${column}) AS DOUBLE) * 86400000e0`
      case 'moment': {
        const local = /with time zone/.test(type)
          ? `CAST(${column} AT TIME ZONE 'UTC' AS TIMESTAMP(6))`
          : column
        // What it truncates, it truncates towards 1970.
        return `CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00', date_trunc('millisecond', ${local})) AS DOUBLE)`
      }
      case 'time':
        return `CAST(date_diff('millisecond', TIME '00:00:00', ${column}) AS DOUBLE) / 1e3`
      default:
        return `CAST(${column} AS DOUBLE)`
    }
  },
  isNaN: (x) => `is_nan(${x})`,
  isInfinite: (x) => `is_infinite(${x})`,
  literal: doubleLiteral,
  text: (column) => `CAST(${column} AS VARCHAR)`,
  // Its buckets hold their lower end: x > e where x is at least the next number above e.
  slot(x, edges) {
    // All of them are finite, as x is: of the largest number there is none above.
    const above = edges.map((edge) => neighbour(edge, 1)).filter(Number.isFinite)
    return above.length === 0
      ? '0'
      : `width_bucket(${x}, ARRAY[${above.map(doubleLiteral).join(', ')}])`
  },
  quantiles: (x, levels) =>
    `approx_percentile(${x}, ARRAY[${levels.map(doubleLiteral).join(', ')}])`,
  hasFailed: (error) => FAILURES.test(String((error as Partial<Error> | null)?.message)),
}

/** A worker that is not there or went away, or whoever ends queries. Of one column are the others: `INVALID_CAST_ARGUMENT` … */
const FAILURES =
  /^(REMOTE_|PAGE_TRANSPORT_|TOO_MANY_REQUESTS_FAILED|NO_NODES_AVAILABLE|SERVER_|ABANDONED_|ADMINISTRATIVELY_|USER_CANCELED|EXCEEDED_TIME_LIMIT|CLUSTER_OUT_OF_MEMORY|QUERY_QUEUE_FULL)/

const KINDS = new Map<string, SqlKind>([
  ['tinyint', 'whole'],
  ['smallint', 'whole'],
  ['integer', 'whole'],
  ['bigint', 'whole'],
  ['real', 'float'],
  ['double', 'float'],
  ['decimal', 'decimal'],
  ['date', 'day'],
  ['timestamp', 'moment'],
  ['timestamp with time zone', 'moment'],
  ['time', 'time'],
  ['boolean', 'boolean'],
  ['varchar', 'text'],
  ['char', 'text'],
  ['uuid', 'text'],
])

export interface TrinoEngineOptions {
  /** Of the coordinator: `http://localhost:8080`. */
  readonly url: string
  readonly user: string
  readonly catalog?: string
  readonly schema?: string
  /** Further headers: `Authorization`, say. They go to this host alone. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof fetch
}

const OPTIONS = {
  url: true,
  user: true,
  catalog: true,
  schema: true,
  headers: true,
  fetch: true,
} as const satisfies Record<keyof TrinoEngineOptions, true>

/**
 * A client of Trino's own protocol.
 *
 * @throws InvalidArgumentError where `url` is none, or holds a password
 * @throws Error (by rejection) with what Trino says of a statement, SourceError where it is not Trino that answers
 * @example
 * const engine = trinoEngine({ url: 'http://localhost:8080', user: 'drift', catalog: 'lake', schema: 'prod' })
 */
export function trinoEngine(options: TrinoEngineOptions): SqlEngine {
  assertOptions('options', options, OPTIONS)
  const { url, user, catalog, schema, headers = {}, fetch: send = fetch } = options
  if (typeof user !== 'string' || user === '') {
    throw new InvalidArgumentError('user', 'the name that Trino knows you by', user)
  }
  const base = baseOf(url)
  const all = {
    'X-Trino-User': user,
    'X-Trino-Source': 'tidegauge',
    'X-Trino-Time-Zone': 'UTC',
    // Without it a timestamp is rounded to milliseconds.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
    ...(catalog !== undefined && { 'X-Trino-Catalog': catalog }),
    ...(schema !== undefined && { 'X-Trino-Schema': schema }),
    ...headers,
  }
  const request = async (target: URL, init: RequestInit): Promise<Page> => {
    for (let attempt = 0; ; attempt++) {
      const response = await send(target, { ...init, headers: all, redirect: 'error' })
      if (BUSY.has(response.status) && attempt < MOST_ATTEMPTS) {
        await response.body?.cancel()
        await waited(100 * 2 ** Math.min(attempt, 5), init.signal ?? undefined)
        continue
      }
      const text = await response.text()
      if (!response.ok)
        throw new SourceError(`Trino answers ${response.status}: ${text.slice(0, 200)}`)
      return pageOf(text)
    }
  }
  const end = async (running: URL): Promise<void> => {
    const until = AbortSignal.timeout(END_WITHIN)
    const answer = await send(running, { method: 'DELETE', headers: all, signal: until })
    await answer.body?.cancel()
  }
  const run = async (sql: string, signal?: AbortSignal): Promise<{ rows: SqlRow[] }> => {
    const until = signal === undefined ? {} : { signal }
    const rows: SqlRow[] = []
    let names: readonly string[] = []
    let next: URL | undefined
    let page = await request(new URL('/v1/statement', base), {
      method: 'POST',
      body: sql,
      ...until,
    })
    try {
      for (;;) {
        next = page.nextUri === undefined ? undefined : sameOrigin(page.nextUri, base)
        // It may be of one column alone, whose value cannot be cast.
        if (page.error !== undefined)
          throw new Error(`${page.error.errorName}: ${page.error.message}`)
        names = page.columns?.map(({ name }) => name) ?? names
        for (const row of page.data ?? []) {
          rows.push(Object.fromEntries(names.map((name, i) => [name, row[i]])))
        }
        if (next === undefined) return { rows }
        page = await request(next, until)
      }
    } catch (error) {
      // It would run to its end otherwise.
      if (next !== undefined) await end(next).catch(() => {})
      throw error
    }
  }
  return { query: (sql) => run(sql), queryUntil: run }
}

function baseOf(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : undefined
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new InvalidArgumentError('url', 'an address, as http://localhost:8080', url)
  }
  if (base.username !== '' || base.password !== '') {
    // Which no error is to repeat.
    const expected = 'an address without a user and a password: give them as headers.Authorization'
    throw new InvalidArgumentError('url', expected, `${base.protocol}//…@${base.host}`)
  }
  return base
}

/** A page may name any host; what the user has sent to one is not sent to another, nor without encryption. */
function sameOrigin(uri: string, base: URL): URL {
  const next = URL.canParse(uri, base.href) ? new URL(uri, base.href) : undefined
  if (next?.origin === base.origin) return next
  const cure =
    next?.host === base.host ? ': set http-server.process-forwarded=true on the coordinator' : ''
  throw new SourceError(`Trino sends on from ${base.origin} to ${next?.origin ?? uri}${cure}`)
}

interface Page {
  readonly nextUri?: string
  readonly columns?: ReadonlyArray<{ readonly name: string }>
  readonly data?: ReadonlyArray<readonly unknown[]>
  readonly error?: { readonly errorName: string; readonly message: string }
}

const END_WITHIN = 5000
const BUSY = new Set([429, 502, 503, 504])
const MOST_ATTEMPTS = 8

/** Whole numbers beyond 2^53 become texts: as numbers they would lose their last digits. */
function pageOf(text: string): Page {
  const kept = text.replace(LONG_NUMBER, (all, quoted, before, digits) =>
    quoted === undefined ? `${before}"${digits}"` : all,
  )
  try {
    const page: unknown = JSON.parse(kept)
    if (typeof page === 'object' && page !== null) return page
  } catch {
    // Of a proxy, perhaps.
  }
  throw new SourceError(`no answer of Trino, but: ${text.slice(0, 200)}`)
}

/** In a list, between texts: a text is passed over as a whole. */
const LONG_NUMBER = /("(?:[^"\\]|\\.)*")|([[,]\s*)(-?\d{16,})(?=\s*[,\]])/g

async function waited(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal && { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
