import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts, type ServerProcess, startServer } from '../../../../vitest.processes.ts'
import { chdbPython, clickHouseServer } from '../../../../vitest.servers.ts'
import { onlyOnce, ownFolder, untilPortIsFree } from './own-folder.ts'

export interface RunningClickHouse {
  /** With its user and password, as `@clickhouse/client` takes it: `http://user:password@127.0.0.1:port`. */
  readonly url: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** As the server says it: `18.16.1`. */
  readonly version: string
  readonly pid: number
  /** What is its own: configuration, data. */
  readonly folder: string
  /** What one statement answers, as text (tab-separated, unless it ends with a FORMAT); for setting the scene. */
  run(sql: string): Promise<string>
  /** Ends it and removes its data. A second call does nothing. */
  stop(): Promise<void>
}

export interface ClickHouseShards {
  readonly shards: readonly [RunningClickHouse, RunningClickHouse]
  /** Of the shards, in their order. */
  readonly urls: readonly [string, string]
  readonly cluster: string
  /**
   * `name` as a Distributed table over both, on each shard, whose rows lie in `name_local` there. What is written to it is
   * spread by `key`, an expression, and is there when the statement ends.
   */
  distribute(name: string, columns: string, key?: string): Promise<void>
  stop(): Promise<void>
}

const USER = 'tidegauge'
const CLUSTER = 'tidegauge'

/** Two ClickHouse servers as the shards of one cluster, each with ports of loopback and a folder of its own. */
export async function startClickHouseShards(): Promise<ClickHouseShards> {
  const program = clickHouseServer()
  if (program === undefined) throw new Error('no clickhouse-server: see describeWithServer')
  const password = randomBytes(12).toString('hex')
  const shards = await untilPortIsFree(async () => {
    const [http0, tcp0, http1, tcp1] = (await freePorts(4)) as [number, number, number, number]
    const shared = { program, password, peers: [tcp0, tcp1] }
    const starts = await Promise.allSettled([
      startShard({ ...shared, http: http0, tcp: tcp0 }),
      startShard({ ...shared, http: http1, tcp: tcp1 }),
    ])
    const failed = starts.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    if (failed === undefined) {
      return starts.map((start) => (start as PromiseFulfilledResult<RunningClickHouse>).value)
    }
    await Promise.all(starts.map((start) => start.status === 'fulfilled' && start.value.stop()))
    throw failed.reason
  })
  const [first, second] = shards as [RunningClickHouse, RunningClickHouse]
  return {
    shards: [first, second],
    urls: [first.url, second.url],
    cluster: CLUSTER,
    async distribute(name, columns, key = 'rand()') {
      for (const { run } of [first, second]) {
        const local = `${name}_local`
        await run(`CREATE TABLE ${local} (${columns}) ENGINE = MergeTree ORDER BY tuple()`)
        const over = `Distributed(${CLUSTER}, default, ${local}, ${key})`
        await run(`CREATE TABLE ${name} (${columns}) ENGINE = ${over}`)
      }
    },
    stop: async () => void (await Promise.all([first.stop(), second.stop()])),
  }
}

interface ShardSetup {
  readonly program: string
  readonly password: string
  readonly http: number
  readonly tcp: number
  /** The ports by which the shards of the cluster speak with each other. */
  readonly peers: readonly number[]
}

async function startShard(setup: ShardSetup): Promise<RunningClickHouse> {
  const folder = ownFolder('tidegauge-clickhouse-')
  for (const name of ['data', 'tmp', 'files', 'formats']) mkdirSync(join(folder.path, name))
  const config = join(folder.path, 'config.xml')
  writeFileSync(config, serverConfig(folder.path, setup), { mode: 0o600 })
  writeFileSync(join(folder.path, 'users.xml'), usersConfig(setup.password), { mode: 0o600 })
  const server = startServer(setup.program, [`--config-file=${config}`], {
    cwd: folder.path,
    env: { PATH: process.env.PATH, TZ: 'UTC', CLICKHOUSE_WATCHDOG_ENABLE: '0' },
    stopSignal: 'SIGKILL', // it waits long for clients, and its data are gone anyway
  })
  return running(server, folder, setup.password, async () => {
    await server.printed(/Ready for connections/)
    return setup.http
  })
}

function serverConfig(folder: string, { password, http, tcp, peers }: ShardSetup): string {
  const replica = (port: number) =>
    `<shard><replica><host>127.0.0.1</host><port>${port}</port>` +
    `<user>${USER}</user><password>${password}</password></replica></shard>`
  return `<yandex>
  <logger><level>information</level><console>true</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${http}</http_port>
  <tcp_port>${tcp}</tcp_port>
  <path>${folder}/data/</path>
  <tmp_path>${folder}/tmp/</tmp_path>
  <user_files_path>${folder}/files/</user_files_path>
  <format_schema_path>${folder}/formats/</format_schema_path>
  <users_config>${folder}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <timezone>UTC</timezone>
  <max_concurrent_queries>50</max_concurrent_queries>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <remote_servers><${CLUSTER}>${peers.map(replica).join('')}</${CLUSTER}></remote_servers>
  <query_log>
    <database>system</database><table>query_log</table>
    <flush_interval_milliseconds>500</flush_interval_milliseconds>
  </query_log>
</yandex>
`
}

function usersConfig(password: string): string {
  return `<yandex>
  <profiles><default>
    <max_memory_usage>2000000000</max_memory_usage>
    <max_threads>2</max_threads>
    <background_pool_size>2</background_pool_size>
    <insert_distributed_sync>1</insert_distributed_sync>
    <log_queries>1</log_queries>
  </default></profiles>
  <users><${USER}>
    <password>${password}</password>
    <networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
  </${USER}></users>
  <quotas><default/></quotas>
</yandex>
`
}

/**
 * A current ClickHouse: its engine, as the Python package chdb has it, behind a bridge that speaks the HTTP interface. It shows what
 * that engine makes of a statement, not how a server behaves: no cluster, no sessions, no compression, no answer by parts.
 */
export async function startClickHouse(): Promise<RunningClickHouse> {
  const python = chdbPython()
  if (python === undefined) throw new Error('no chdb: see describeWithServer')
  const folder = ownFolder('tidegauge-chdb-')
  const password = randomBytes(12).toString('hex')
  const bridge = fileURLToPath(new URL('chdb-bridge.py', import.meta.url))
  const limits = ['max_memory_usage=2000000000', 'max_threads=2']
  const server = startServer(
    python,
    [bridge, join(folder.path, 'data'), USER, password, ...limits],
    {
      cwd: folder.path,
      env: { PATH: process.env.PATH, TZ: 'UTC', PYTHONDONTWRITEBYTECODE: '1' },
      tied: true,
    },
  )
  return running(server, folder, password, async () => {
    const [, port] = await server.printed(/listening on (\d+)/)
    return Number(port)
  })
}

async function running(
  server: ServerProcess,
  folder: ReturnType<typeof ownFolder>,
  password: string,
  untilReady: () => Promise<number>,
): Promise<RunningClickHouse> {
  const stop = onlyOnce(async () => {
    await server.stop()
    folder.remove()
  })
  try {
    const port = await untilReady()
    const run = (sql: string) => answer(`http://127.0.0.1:${port}/`, password, sql)
    const version = (await run('SELECT version()')).trim()
    const url = `http://${USER}:${password}@127.0.0.1:${port}`
    const { pid } = server
    return { url, port, user: USER, password, version, pid, folder: folder.path, run, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function answer(url: string, password: string, sql: string): Promise<string> {
  const headers = { 'X-ClickHouse-User': USER, 'X-ClickHouse-Key': password }
  const response = await fetch(url, { method: 'POST', headers, body: sql })
  const text = await response.text()
  if (!response.ok) throw new Error(`${text.trim()} (${sql.slice(0, 200)})`)
  return text
}
