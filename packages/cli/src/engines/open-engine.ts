import { Socket } from 'node:net'
import { userInfo } from 'node:os'
import type { SqlDialect, SqlEngine, SqlRow } from '@tidegauge/sources'
import { makeScratch } from '@tidegauge/sources/files/internal'
import { lineOf } from '@tidegauge/sources/internal'
import { onInterrupt } from '../terminal/interrupts.ts'
import { UsageError } from '../usage-error.ts'
import {
  type Database,
  parsedUrl,
  secretsIn,
  URL_VARIABLE,
  withoutSecrets,
} from './database-url.ts'
import type { ClientEngine, EngineName } from './engine-names.ts'

export interface OpenedEngine {
  readonly engine: SqlEngine
  readonly dialect: SqlDialect
  close(): Promise<void>
}

/** Until a server that does not answer is given up. */
const CONNECT_WITHIN = 15_000

/**
 * A client of the engine. Its errors hold no password, whoever made them.
 *
 * @throws UsageError where the client is not installed, or the URL is none of the engine
 */
export async function openEngine(name: ClientEngine, database: Database): Promise<OpenedEngine> {
  const secrets = secretsIn(database)
  try {
    const opened = await OPEN[name](database)
    return { ...opened, engine: guarded(opened.engine, secrets) }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${name}: ${withoutSecretsIn(error, secrets).message}`)
  }
}

export async function dialectOf(name: EngineName): Promise<SqlDialect> {
  switch (name) {
    case 'postgres':
      return (await import('@tidegauge/sources/postgres')).postgres
    case 'clickhouse':
      return (await import('@tidegauge/sources/clickhouse')).clickhouse
    case 'trino':
      return (await import('@tidegauge/sources/trino')).trino
    case 'duckdb':
      return (await import('@tidegauge/sources/duckdb')).duckdb
    case 'spark':
      return (await import('@tidegauge/sources/spark')).spark
  }
}

const OPEN: Readonly<Record<ClientEngine, (database: Database) => Promise<OpenedEngine>>> = {
  postgres: openPostgres,
  clickhouse: openClickHouse,
  trino: openTrino,
  duckdb: openDuckDB,
}

async function openPostgres(database: Database): Promise<OpenedEngine> {
  const url = parsedUrl(database, ['postgres', 'postgresql'])
  const { default: pg } = await loaded('pg', () => import('pg'))
  const { postgres, postgresEngine } = await import('@tidegauge/sources/postgres')
  const { isOfEnvironment, url: connectionString } = database
  const sockets = new Set<Socket>()
  const pool = new pg.Pool({
    ...(isOfEnvironment ? { connectionString } : withoutEnvironment(url)),
    max: 2,
    connectionTimeoutMillis: CONNECT_WITHIN,
    application_name: 'tidegauge',
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket
    },
  })
  // A connection that ends while nobody waits for it is told to the pool alone; the next statement says so.
  pool.on('error', () => {})
  return {
    engine: postgresEngine(pool),
    dialect: postgres,
    async close() {
      let timer: NodeJS.Timeout | undefined
      const waited = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_WITHIN)
      })
      await Promise.race([pool.end(), waited])
      clearTimeout(timer)
      // A connection whose login failed half way is neither ended by the client nor, for a minute, by the server.
      for (const socket of sockets) socket.destroy()
    },
  }
}

const CLOSE_WITHIN = 5000

/** `pg` would fill up what is not said with `PGPASSWORD`, `PGPORT` … and with what `.pgpass` has for any host. */
function withoutEnvironment(url: URL) {
  const user = decodeURIComponent(url.username) || userInfo().username
  const password = decodeURIComponent(url.password)
  const [unknown] = [...url.searchParams.keys()].filter((name) => name !== 'sslmode')
  if (unknown !== undefined) {
    throw new UsageError(`"url" in the config file must have no ${unknown}: sslmode alone is taken`)
  }
  const mode = url.searchParams.get('sslmode')
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[(.+)\]$/, '$1') || 'localhost',
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    password: () => {
      if (password !== '') return password
      throw new Error(
        `the server asks for a password, and "url" in the config file has none: set ${URL_VARIABLE} in its place`,
      )
    },
    ssl: mode === null || mode === 'disable' ? false : { rejectUnauthorized: mode !== 'no-verify' },
  }
}

async function openClickHouse(database: Database): Promise<OpenedEngine> {
  const url = parsedUrl(database, ['http', 'https'])
  const { createClient, ClickHouseLogLevel } = await loaded(
    '@clickhouse/client',
    () => import('@clickhouse/client'),
  )
  const { clickhouse, clickhouse18, clickhouseEngine } = await import(
    '@tidegauge/sources/clickhouse'
  )
  const username = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  const named = decodeURIComponent(url.pathname.slice(1))
  const client = createClient({
    url: url.origin,
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(named !== '' && { database: named }),
    application: 'tidegauge',
    max_open_connections: 2,
    // The time limit is that of each statement.
    request_timeout: 2 ** 31 - 1,
    // It would write to standard output and error what the command says in one line.
    log: { level: ClickHouseLogLevel.OFF },
  })
  const engine = clickhouseEngine(client)
  try {
    const { rows } = (await engine.query('SELECT version() AS v')) as { rows: SqlRow[] }
    const isOld = Number.parseInt(String(rows[0]?.v), 10) < FIRST_WITH_WINDOWS
    return { engine, dialect: isOld ? clickhouse18 : clickhouse, close: () => client.close() }
  } catch (error) {
    await client.close()
    throw error
  }
}

const FIRST_WITH_WINDOWS = 21

async function openTrino(database: Database): Promise<OpenedEngine> {
  const url = parsedUrl(database, ['http', 'https'])
  const { trino, trinoEngine } = await import('@tidegauge/sources/trino')
  const user = decodeURIComponent(url.username)
  if (user === '') {
    throw new UsageError(`${database.label} must name a user: http://user@host:8080/catalog/schema`)
  }
  const [catalog, schema] = url.pathname.split('/').slice(1).map(decodeURIComponent)
  const credentials = `${user}:${decodeURIComponent(url.password)}`
  const engine = trinoEngine({
    url: url.origin,
    user,
    ...(catalog && { catalog }),
    ...(schema && { schema }),
    ...(url.password !== '' && {
      headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    }),
  })
  return { engine, dialect: trino, close: async () => {} }
}

/** A database file. What a config file asks for opens no other file, and fetches nothing. */
async function openDuckDB({ url, label }: Database): Promise<OpenedEngine> {
  const path = url.replace(/^duckdb:(\/\/)?/, '')
  if (path === '' || path === ':memory:' || /^[a-z][a-z0-9+.-]+:/i.test(path)) {
    throw new UsageError(`${label} must be the path of a DuckDB database`)
  }
  const { DuckDBInstance } = await loaded('@duckdb/node-api', () => import('@duckdb/node-api'))
  const { duckdb } = await import('@tidegauge/sources/duckdb')
  const scratch = makeScratch(onInterrupt)
  try {
    const instance = await DuckDBInstance.create(path, {
      access_mode: 'READ_ONLY',
      temp_directory: scratch.directory,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const connection = await instance.connect()
    for (const setting of CLOSED) await connection.run(`SET ${setting}`)
    const query = async (sql: string) =>
      (await connection.runAndReadAll(sql)).getRowObjects() as Array<Record<string, unknown>>
    const engine: SqlEngine = {
      query,
      async queryUntil(sql, signal) {
        const end = () => connection.interrupt()
        signal.addEventListener('abort', end, { once: true })
        try {
          return await query(sql)
        } finally {
          signal.removeEventListener('abort', end)
        }
      },
    }
    return {
      engine,
      dialect: duckdb,
      async close() {
        connection.closeSync()
        instance.closeSync()
        scratch.remove()
      },
    }
  } catch (error) {
    scratch.remove()
    throw new UsageError(`cannot open the DuckDB database: ${firstLine(error)}`)
  }
}

const CLOSED = ["TimeZone = 'UTC'", 'enable_external_access = false', 'lock_configuration = true']

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0]!
}

/** @throws UsageError with the command that installs it */
async function loaded<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    if (!isMissing || !message.includes(name)) throw error
    throw new UsageError(
      `${name}, the client of this engine, is not installed: npm install ${name}`,
    )
  }
}

/** The same engine, whose errors hold none of the secrets. */
function guarded(engine: SqlEngine, secrets: readonly string[]): SqlEngine {
  const { queryUntil, snapshot } = engine
  const within = async <T>(work: () => PromiseLike<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw withoutSecretsIn(error, secrets)
    }
  }
  return {
    query: (sql) => within(() => engine.query(sql)),
    ...(queryUntil && {
      queryUntil: (sql: string, signal: AbortSignal) =>
        within(() => queryUntil.call(engine, sql, signal)),
    }),
    ...(snapshot && {
      async snapshot() {
        const own = await within(() => snapshot.call(engine))
        return { ...guarded(own, secrets), end: () => own.end() }
      },
    }),
  }
}

function withoutSecretsIn(error: unknown, secrets: readonly string[]): Error {
  const { name, code } = (error ?? {}) as NodeJS.ErrnoException
  const own = new Error(withoutSecrets(lineOf(error), secrets))
  if (name === 'AbortError') own.name = name
  return code === undefined ? own : Object.assign(own, { code })
}
