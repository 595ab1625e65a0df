import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, type ServerProcess, startServer } from '../../../../vitest.processes.ts'
import { onlyOnce, ownFolder, untilPortIsFree } from './own-folder.ts'

export interface TrinoSetup {
  /** A PostgreSQL that Trino shows as the catalogue `postgresql`. */
  readonly postgres?:
    | { readonly port: number; readonly user: string; readonly password: string }
    | undefined
  /** Beside the coordinator, which only plans; 1 by default. */
  readonly workers?: number
}

export interface RunningTrino {
  /** Without a slash at its end. Trino asks for a user's name (`X-Trino-User`) but, without TLS, for no password. */
  readonly url: string
  readonly port: number
  readonly version: string
  /** The catalogues `memory`, `tpch`, and `lake`: Parquet below the folder of that name. */
  readonly catalogs: readonly string[]
  /** `local:///` in the catalogue `lake`. */
  readonly lake: string
  readonly pids: readonly number[]
  readonly folder: string
  /** The rows that one statement answers, as Trino's JSON has them; for setting the scene. */
  run(sql: string): Promise<unknown[][]>
  /** Ends the worker of that number, as if its machine had failed. */
  killWorker(number: number): Promise<void>
  stop(): Promise<void>
}

/** A Trino coordinator and its workers, each a process of its own with at most 1 GB; a minute or so until they are ready. */
export async function startTrino({
  postgres,
  workers = 1,
}: TrinoSetup = {}): Promise<RunningTrino> {
  const home = process.env.TIDEGAUGE_TRINO_HOME
  const java = process.env.TIDEGAUGE_TRINO_JAVA_HOME
  if (home === undefined || java === undefined) throw new Error('no Trino: see describeWithServer')
  const folder = ownFolder('tidegauge-trino-')
  const lake = join(folder.path, 'lake')
  mkdirSync(lake)
  const catalogs = { ...CATALOGS, ...lakeCatalog(lake), ...postgresCatalog(postgres) }

  return untilPortIsFree(async () => {
    const ports = await freePorts(1 + workers)
    const url = `http://127.0.0.1:${ports[0]}`
    const servers: ServerProcess[] = []
    const stop = onlyOnce(async () => {
      await Promise.all(servers.map((server) => server.stop()))
      folder.remove()
    })
    try {
      for (const [index, port] of ports.entries()) {
        const node = join(folder.path, `node-${index}`)
        writeNode(node, { home, url, port, isCoordinator: index === 0, index, catalogs })
        servers.push(
          startServer(
            join(home, 'bin/launcher'),
            ['run', '-etc-dir', join(node, 'etc'), '-data-dir', join(node, 'data')],
            {
              cwd: node,
              env: { PATH: `${java}/bin:${process.env.PATH}`, JAVA_HOME: java },
              stopSignal: 'SIGKILL', // it waits minutes for its queries, and its data are gone anyway
            },
          ),
        )
      }
      await Promise.all(servers.map((server) => server.printed(/SERVER STARTED/, 570_000)))
      await untilNodesAreKnown(url, servers.length)
      const [[version]] = (await ask(url, 'SELECT version()')) as [[string]]
      return {
        url,
        port: ports[0]!,
        version,
        catalogs: Object.keys(catalogs),
        lake,
        pids: servers.map(({ pid }) => pid),
        folder: folder.path,
        run: (sql) => ask(url, sql),
        killWorker: (number) => servers[1 + number]!.stop(),
        stop,
      }
    } catch (error) {
      await stop()
      throw error
    }
  })
}

const MEMORY = { 'connector.name': 'memory', 'memory.max-data-per-node': '400MB' }
const CATALOGS = { memory: MEMORY, tpch: { 'connector.name': 'tpch' } }
/** What these catalogues need: all 55 plugins take minutes to load. PostgreSQL's knows the types of geospatial. */
const PLUGINS = ['memory', 'tpch', 'hive', 'postgresql', 'geospatial']

function lakeCatalog(folder: string) {
  return {
    lake: {
      'connector.name': 'hive',
      'hive.metastore': 'file',
      'hive.metastore.catalog.dir': 'local:///metastore',
      'fs.native-local.enabled': 'true',
      'local.location': folder,
      'hive.non-managed-table-writes-enabled': 'true',
      'hive.timestamp-precision': 'MICROSECONDS',
    },
  }
}

function postgresCatalog(postgres: TrinoSetup['postgres']) {
  if (postgres === undefined) return {}
  return {
    postgresql: {
      'connector.name': 'postgresql',
      'connection-url': `jdbc:postgresql://127.0.0.1:${postgres.port}/postgres`,
      'connection-user': postgres.user,
      'connection-password': postgres.password,
    },
  }
}

interface NodeSetup {
  readonly home: string
  readonly url: string
  readonly port: number
  readonly isCoordinator: boolean
  readonly index: number
  readonly catalogs: Readonly<Record<string, Readonly<Record<string, string>>>>
}

function writeNode(folder: string, setup: NodeSetup): void {
  const { home, url, port, isCoordinator, index, catalogs } = setup
  mkdirSync(join(folder, 'etc/catalog'), { recursive: true })
  const write = (name: string, properties: Readonly<Record<string, string | number | boolean>>) => {
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`)
    writeFileSync(join(folder, 'etc', name), lines.join(''), { mode: 0o600 })
  }
  const plugins = join(folder, 'plugin')
  mkdirSync(plugins)
  for (const name of PLUGINS) symlinkSync(join(home, 'plugin', name), join(plugins, name))
  write('node.properties', {
    'node.environment': 'tidegauge',
    'node.id': `node-${index}`,
    'node.internal-address': '127.0.0.1',
    'node.bind-ip': '127.0.0.1',
  })
  write('config.properties', {
    coordinator: isCoordinator,
    ...(isCoordinator ? { 'node-scheduler.include-coordinator': false } : {}),
    'http-server.http.port': port,
    'discovery.uri': url,
    'query.max-memory': '1GB',
    'query.max-memory-per-node': '400MB',
    'memory.heap-headroom-per-node': '250MB',
    'plugin.dir': plugins,
  })
  const jvm = ['-server', '-Xmx1G', '-XX:+UseG1GC', '-XX:+ExitOnOutOfMemoryError']
  jvm.push('-Djdk.attach.allowAttachSelf=true', '--add-modules=jdk.incubator.vector')
  writeFileSync(join(folder, 'etc/jvm.config'), `${jvm.join('\n')}\n`)
  for (const [name, properties] of Object.entries(catalogs)) {
    write(`catalog/${name}.properties`, properties)
  }
}

async function untilNodesAreKnown(url: string, count: number): Promise<void> {
  const active = "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'"
  for (let attempt = 0; attempt < 600; attempt++) {
    // Asked early, Trino answers that it is starting.
    const [[known]] = (await ask(url, active).catch(() => [[0]])) as [[number]]
    if (known === count) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`Trino does not know its ${count} nodes`)
}

interface Page {
  readonly nextUri?: string
  readonly data?: unknown[][]
  readonly error?: { readonly errorName: string; readonly message: string }
}

async function ask(url: string, sql: string): Promise<unknown[][]> {
  const headers = { 'X-Trino-User': 'tidegauge', 'X-Trino-Time-Zone': 'UTC' }
  const rows: unknown[][] = []
  const send = async (to: string, init: RequestInit): Promise<Page> => {
    const response = await fetch(to, { ...init, headers })
    if (!response.ok) throw new Error(`Trino: ${response.status} ${await response.text()}`)
    return (await response.json()) as Page
  }
  for (let page = await send(`${url}/v1/statement`, { method: 'POST', body: sql }); ; ) {
    if (page.error !== undefined) throw new Error(`${page.error.errorName}: ${page.error.message}`)
    rows.push(...(page.data ?? []))
    if (page.nextUri === undefined) return rows
    page = await send(page.nextUri, {})
  }
}
