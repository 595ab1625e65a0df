import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts, type ServerProcess, startServer } from '../../../../vitest.processes.ts'
import { processesOf } from './gone.ts'
import { onlyOnce, ownFolder, untilPortIsFree } from './own-folder.ts'

export interface RunningSpark {
  /** `spark://127.0.0.1:port` */
  readonly master: string
  readonly version: string
  readonly pids: readonly number[]
  /** What is its own: work, tables, logs. */
  readonly folder: string
  /** Where the session's tables are asked for by Hive's protocol (no SASL, no password); only where it was wanted. */
  readonly thriftPort: number | undefined
  /** The rows that one statement answers, as objects; an integer beyond 2^53 is text. The signal cancels its jobs. */
  run(sql: string, signal?: AbortSignal): Promise<Record<string, unknown>[]>
  /** The process of the session, which is its driver. */
  readonly sessionPid: number
  /** The processes that count. */
  executorPids(): number[]
  /** Those that are gone among them; only where the session has its page. */
  allExecutors(): Promise<Array<{ readonly id: string; readonly isActive: boolean }>>
  /** What jobs there are; only where the session has its page. */
  jobs(): Promise<SparkJob[]>
  /** What each executor has done until now; only where the session has its page. */
  executors(): Promise<SparkExecutor[]>
  /** What the master says of its workers: their state and the cores that they have lent. */
  workers(): Promise<{ state: string; coresused: number }[]>
  /** Ends the worker of that number, as if its machine had failed. */
  killWorker(number: number): Promise<void>
  stop(): Promise<void>
}

export interface SparkExecutor {
  readonly completedTasks: number
  /** Bytes that were made ready for other executors. */
  readonly totalShuffleWrite: number
}

export interface SparkJob {
  readonly jobId: number
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'UNKNOWN'
  readonly numActiveTasks: number
}

const WORKERS = 2

/**
 * A Spark cluster: a master, two workers of one core and 1 GB, and a session on them, from the folder of PySpark that
 * `TIDEGAUGE_SPARK_HOME` names. Half a minute, when nobody else works, until it is ready.
 */
export async function startSpark({
  thrift = false,
  page: hasPage = false,
}: {
  readonly thrift?: boolean
  /** Does the session say by HTTP what its executors have done? */
  readonly page?: boolean
} = {}): Promise<RunningSpark> {
  const home = process.env.TIDEGAUGE_SPARK_HOME
  if (home === undefined) throw new Error('no Spark: see describeWithServer')
  const folder = ownFolder('tidegauge-spark-')
  return untilPortIsFree(async () => {
    const servers: ServerProcess[] = []
    const start = (program: string, args: string[], options = {}) => {
      const server = startServer(program, args, {
        cwd: folder.path,
        env: environment(home, folder.path),
        ...options,
      })
      servers.push(server)
      return server
    }
    const stop = onlyOnce(async () => {
      // The session before the workers, which end what they have started for it, and the master last.
      for (const server of servers.toReversed()) await server.stop()
      folder.remove()
    })
    try {
      const [port, page, third, own] = (await freePorts(4)) as [number, number, number, number]
      const thriftPort = thrift ? third : undefined
      writeConfiguration(folder.path, thriftPort, hasPage ? own : undefined)
      const master = `spark://127.0.0.1:${port}`
      const deploy = (name: 'Master' | 'Worker', ...args: string[]) => {
        const main = `org.apache.spark.deploy.${name.toLowerCase()}.${name}`
        return start(join(home, 'bin/spark-class'), [
          '-Xmx256m',
          main,
          '--host',
          '127.0.0.1',
          ...args,
        ])
      }
      const leader = deploy('Master', '--port', `${port}`, '--webui-port', `${page}`)
      await leader.printed(/I have been elected leader/)
      const workers = Array.from({ length: WORKERS }, (_, index) =>
        deploy('Worker', '--webui-port', '0', '-c', '1', '-m', '1g', '-d', `work-${index}`, master),
      )
      await Promise.all(
        workers.map((worker) => worker.printed(/Successfully registered with master/)),
      )

      const script = fileURLToPath(new URL('spark-session.py', import.meta.url))
      const session = start(pythonOf(home), [script, master, ...(thrift ? ['--thrift'] : [])], {
        tied: true,
      })
      const [, version] = await session.printed(/session of Spark ([\d.]+)/, 300_000)
      let asked = 0
      /** What the session itself says. */
      const api = async <T>(what: string): Promise<T> => {
        const applications = `http://127.0.0.1:${own}/api/v1/applications`
        const [application] = (await (await fetch(applications)).json()) as [{ id: string }]
        return (await (await fetch(`${applications}/${application.id}/${what}`)).json()) as T
      }
      return {
        master,
        version: version!,
        pids: servers.map(({ pid }) => pid),
        folder: folder.path,
        thriftPort,
        sessionPid: session.pid,
        executorPids: () => processesOf(join(folder.path, 'work-')).filter(isExecutor),
        allExecutors: () => api('allexecutors'),
        jobs: () => api('jobs'),
        async executors() {
          const all = await api<(SparkExecutor & { id: string })[]>('executors')
          return all.filter(({ id }) => id !== 'driver')
        },
        async run(sql, signal) {
          asked += 1
          const id = asked
          const cancel = () => session.say(`${JSON.stringify({ cancel: id })}\n`)
          signal?.addEventListener('abort', cancel, { once: true })
          try {
            session.say(`${JSON.stringify({ id, sql })}\n`)
            const answer = new RegExp(`^\\{"id": ${id}, .*\\n`, 'm')
            const [line] = await session.printed(answer, 600_000).catch(() => {
              throw new Error('the session of Spark has ended')
            })
            const { rows, error } = JSON.parse(line) as Answer
            if (error !== undefined) throw new Error(error)
            return rows!
          } finally {
            signal?.removeEventListener('abort', cancel)
          }
        },
        async workers() {
          const response = await fetch(`http://127.0.0.1:${page}/json/`)
          return ((await response.json()) as { workers: { state: string; coresused: number }[] })
            .workers
        },
        killWorker: (number) => workers[number]!.stop(),
        stop,
      }
    } catch (error) {
      await stop()
      throw error
    }
  })
}

function isExecutor(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('CoarseGrainedExecutorBackend')
  } catch {
    return false // gone meanwhile
  }
}

interface Answer {
  readonly rows?: Record<string, unknown>[]
  readonly error?: string
}

/** Of the virtual environment that PySpark lies in: `lib/python3.11/site-packages/pyspark`. */
function pythonOf(home: string): string {
  const own = join(home, '../../../../bin/python')
  return existsSync(own) ? own : 'python3'
}

function environment(home: string, folder: string): NodeJS.ProcessEnv {
  const java = process.env.TIDEGAUGE_SPARK_JAVA_HOME
  return {
    PATH: java === undefined ? process.env.PATH : `${java}/bin:${process.env.PATH}`,
    ...(java === undefined ? {} : { JAVA_HOME: java }),
    TZ: 'UTC',
    PYTHONDONTWRITEBYTECODE: '1',
    SPARK_HOME: home,
    SPARK_LOCAL_IP: '127.0.0.1',
    SPARK_CONF_DIR: join(folder, 'conf'),
    SPARK_LOCAL_DIRS: join(folder, 'local'),
    SPARK_LOG_DIR: join(folder, 'logs'),
  }
}

/** A secret, without which whoever reaches the master's port could have it run programs. */
function writeConfiguration(
  folder: string,
  thriftPort: number | undefined,
  page: number | undefined,
): void {
  for (const name of ['conf', 'local', 'logs']) mkdirSync(join(folder, name), { recursive: true })
  const settings = {
    'spark.authenticate': true,
    'spark.authenticate.secret': randomBytes(24).toString('hex'),
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.driver.memory': '700m',
    'spark.executor.memory': '700m',
    'spark.ui.enabled': page !== undefined,
    ...(page === undefined ? {} : { 'spark.ui.port': page }),
    'spark.sql.catalogImplementation': 'in-memory',
    'spark.sql.jsonGenerator.ignoreNullFields': false,
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.shuffle.partitions': 4,
    'spark.sql.warehouse.dir': join(folder, 'warehouse'),
    ...(thriftPort === undefined
      ? {}
      : {
          'spark.hadoop.hive.server2.thrift.port': thriftPort,
          'spark.hadoop.hive.server2.thrift.bind.host': '127.0.0.1',
          'spark.hadoop.hive.server2.authentication': 'NOSASL',
        }),
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`)
  writeFileSync(join(folder, 'conf/spark-defaults.conf'), lines.join(''), { mode: 0o600 })
  writeFileSync(join(folder, 'conf/log4j2.properties'), LOGGING)
}

const LOGGING = `rootLogger.level = warn
logger.deploy.name = org.apache.spark.deploy
logger.deploy.level = info
rootLogger.appenderRef.stdout.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n%ex
`
