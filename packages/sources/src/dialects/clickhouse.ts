import type { SqlDialect, SqlKind } from '../sql/dialect.ts'
import type { SqlEngine } from '../sql/engine.ts'
import { doubleLiteral, STANDARD } from './standard.ts'

/** ClickHouse, from 21 on: releases with window functions. */
export const clickhouse: SqlDialect = {
  ...STANDARD,
  name: 'clickhouse',
  escapesByBackslash: true,
  identifier: (name) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``,
  async columns(from, run) {
    const rows = await run(`DESCRIBE TABLE (SELECT * FROM ${from} AS t)`, Number.POSITIVE_INFINITY)
    return rows.map(({ name, type }) => ({ name: String(name), type: String(type) }))
  },
  kindOf,
  number(column, kind, type) {
    switch (kind) {
      case 'day':
        return `toFloat64(toInt32(toDate32(${column}))) * 86400000`
      case 'moment':
        return /DateTime64/.test(type)
          ? `floor(toFloat64(toUnixTimestamp64Micro(toDateTime64(${column}, 6))) / 1000)`
          : `toFloat64(toUnixTimestamp(${column})) * 1000`
      default:
        return `toFloat64(${column})`
    }
  },
  isNaN: (x) => `isNaN(${x})`,
  isInfinite: (x) => `isInfinite(${x})`,
  text: (column, kind) =>
    kind === 'boolean'
      ? `CASE WHEN ${column} THEN 'true' WHEN NOT ${column} THEN 'false' END`
      : `toString(${column})`,
  quantiles: (x, levels) => `quantilesTDigest(${levels.join(', ')})(${x})`,
  drawn: (share) => `randCanonical() < ${doubleLiteral(share)}`,
  hasFailed(error) {
    const { code, message } = (error ?? {}) as Readonly<Record<'code' | 'message', unknown>>
    const [, written] = /\bCode: (\d+)/.exec(String(message)) ?? []
    return FAILURES.has(String(written ?? code))
  },
}

/**
 * A shard that is not there or went away (32, 209, 210, 279, 519), or whoever ends statements (236, 394, 735), for the time that
 * they take, too (159, 160).
 */
const FAILURES = new Set(['32', '159', '160', '209', '210', '236', '279', '394', '519', '735'])

/**
 * ClickHouse as Debian has it, 18.16: no window functions, so that distances lie between two numbers, and no subquery, since
 * it would send the rows of a distributed table to one node.
 */
export const clickhouse18: SqlDialect = {
  ...clickhouse,
  name: 'clickhouse18',
  flat: true,
  windows: false,
  async columns(from, run) {
    const rows = await run(`DESCRIBE TABLE ${from}`, Number.POSITIVE_INFINITY)
    return rows.map(({ name, type }) => ({ name: String(name), type: String(type) }))
  },
  number(column, kind) {
    if (kind === 'day') return `toFloat64(toRelativeDayNum(${column})) * 86400000`
    if (kind === 'moment') return `toFloat64(toUnixTimestamp(${column})) * 1000`
    return `toFloat64(${column})`
  },
  // It evaluates every branch of a CASE, and finds no lambda of a distributed table again.
  slot: (x, edges) => edges.map((edge) => `(${x} > ${literal18(edge)})`).join(' + '),
  literal: literal18,
  drawn: (share) => `rand() < ${Math.round(share * 2 ** 32)}`,
}

/** It reads no number that is smaller than the least normal one. */
function literal18(x: number): string {
  if (x === 0 || Math.abs(x) >= SMALLEST_NORMAL) return doubleLiteral(x)
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setFloat64(0, x, true)
  const hex = Array.from({ length: 8 }, (_, i) => bytes.getUint8(i).toString(16).padStart(2, '0'))
  return `reinterpretAsFloat64(unhex('${hex.join('')}'))`
}

const SMALLEST_NORMAL = 2 ** -1022

function kindOf(type: string): SqlKind | null {
  const bare = bareOf(type)
  if (/^U?Int\d+$/.test(bare)) return 'whole'
  if (/^Float\d+$/.test(bare)) return 'float'
  if (/^Decimal/.test(bare)) return 'decimal'
  if (/^Date(32)?$/.test(bare)) return 'day'
  if (/^DateTime/.test(bare)) return 'moment'
  if (bare === 'Bool') return 'boolean'
  return /^(String|FixedString|Enum|UUID)/.test(bare) ? 'text' : null
}

/** `LowCardinality(Nullable(String))` is a `String`. */
function bareOf(type: string): string {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/s.exec(type)?.[1]
  return inner === undefined ? type : bareOf(inner)
}

/** What is asked of a client of ClickHouse: `createClient` of @clickhouse/client returns one. */
export interface ClickHouseClient {
  query(options: {
    readonly query: string
    readonly format: 'JSON'
    readonly clickhouse_settings?: Readonly<Record<string, string | number>>
    readonly abort_signal?: AbortSignal
    readonly query_id?: string
  }): Promise<{ json(): Promise<unknown> }>
}

/**
 * A client of ClickHouse, so that it only reads and writes numbers that are none as such.
 *
 * @example
 * sqlSource({ engine: clickhouseEngine(createClient({ url })), dialect: clickhouse, from: 'snapshots' })
 */
export function clickhouseEngine(client: ClickHouseClient): SqlEngine {
  const run = async (
    query: string,
    until: { readonly query_id?: string; readonly abort_signal?: AbortSignal } = {},
  ) => {
    const reading = { query, format: 'JSON', clickhouse_settings: READING, ...until } as const
    const result = await client.query(reading)
    return { rows: ((await result.json()) as { data: Array<Record<string, unknown>> }).data }
  }
  const runUntil = async (query: string, signal: AbortSignal) => {
    const id = globalThis.crypto.randomUUID()
    // Whoever leaves leaves it running.
    const kill = async () => {
      const query = `KILL QUERY WHERE query_id = '${id}'`
      await (await client.query({ query, format: 'JSON' })).json()
    }
    let killed: Promise<void> | undefined
    const stop = () => {
      killed = kill().catch(() => {})
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await run(query, { query_id: id, abort_signal: signal })
    } finally {
      signal.removeEventListener('abort', stop)
      await killed
    }
  }
  return { query: (sql) => run(sql), queryUntil: runUntil }
}

/** `readonly` 2: only this request's settings may be changed. Without the second a NaN would be null. */
const READING = {
  readonly: 2,
  output_format_json_quote_denormals: 1,
  output_format_json_quote_64bit_integers: 1,
}
