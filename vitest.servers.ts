import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  findProgram,
  isExecutable,
  PROGRAMS,
  type Program,
} from './examples/prometheus-grafana/stack/programs.ts'
import { startServer } from './vitest.processes.ts'

export { startServer }

const INSTALL_ENGINES = 'bash scripts/engines/install.sh'

interface Server {
  /** What it needs and is not there, in the words of the line that says so. */
  readonly missing: () => readonly string[]
  readonly install: string
  /** The variable by which a run says that it wants its tests to fail without it. */
  readonly required?: string
}

type ServerName =
  | 'prometheus'
  | 'alertmanager'
  | 'chromium'
  | 'postgres'
  | 'clickhouse'
  | 'chdb'
  | 'trino'
  | 'spark'
  | 'feast'
  | 'grafanaData'
  | MlflowVersion

/** The one of the stack that tidegauge makes again, and today's. */
export type MlflowVersion = 'mlflow' | 'mlflow3'

const MLFLOW_VARIABLES: Readonly<Record<MlflowVersion, string>> = {
  mlflow: 'TIDEGAUGE_MLFLOW_PYTHON',
  mlflow3: 'TIDEGAUGE_MLFLOW3_PYTHON',
}

/** Programs of Prometheus, found as `pnpm stack` finds them: in the folder `TIDEGAUGE_PROMETHEUS`, or on the PATH. */
const PROMETHEUS_PROGRAMS: Readonly<Record<PrometheusProgram, Program>> = {
  prometheus: PROGRAMS.prometheus,
  promtool: { ...PROGRAMS.prometheus, names: ['promtool'] },
  alertmanager: PROGRAMS.alertmanager,
}

type PrometheusProgram = 'prometheus' | 'promtool' | 'alertmanager'

/** Servers that tests start for themselves. */
const SERVERS: Readonly<Record<ServerName, Server>> = {
  prometheus: {
    missing: () => withoutPrograms('prometheus', 'promtool'),
    install: 'apt-get install prometheus, or pnpm servers',
  },
  alertmanager: {
    missing: () => withoutPrograms('alertmanager'),
    install: 'apt-get install prometheus-alertmanager, or pnpm servers',
  },
  chromium: { missing: () => notOnPath('chromium'), install: 'apt-get install chromium' },
  postgres: {
    missing: () => (postgresFolder() === undefined ? ['PostgreSQL (15 or later)'] : []),
    install: `${INSTALL_ENGINES} <folder> postgres, then . <folder>/env; or apt-get install postgresql`,
  },
  clickhouse: {
    missing: () => (clickHouseServer() === undefined ? ['clickhouse-server'] : []),
    install: 'apt-get install clickhouse-server',
  },
  chdb: {
    missing: () => (chdbPython() === undefined ? ['python with chdb'] : []),
    install: `${INSTALL_ENGINES} <folder> chdb, then . <folder>/env`,
  },
  // Half a gigabyte and more: not in every run.
  trino: {
    missing: () => [
      ...withoutFolder('TIDEGAUGE_TRINO_HOME', 'bin/launcher'),
      ...withoutFolder('TIDEGAUGE_TRINO_JAVA_HOME', 'bin/java'),
    ],
    install: `${INSTALL_ENGINES} <folder> trino, then . <folder>/env`,
    required: 'TIDEGAUGE_REQUIRE_ENGINES',
  },
  spark: {
    missing: () => withoutFolder('TIDEGAUGE_SPARK_HOME', 'bin/spark-class'),
    install: `${INSTALL_ENGINES} <folder> spark, then . <folder>/env`,
    required: 'TIDEGAUGE_REQUIRE_ENGINES',
  },
  feast: {
    missing: () => [
      ...(feastPython() === undefined ? ['python with feast of TIDEGAUGE_FEAST_PYTHON'] : []),
      ...(postgresFolder() === undefined ? ['PostgreSQL (15 or later)'] : []),
    ],
    install: `${INSTALL_ENGINES} <folder> feast postgres, then . <folder>/env`,
    required: 'TIDEGAUGE_REQUIRE_ENGINES',
  },
  grafanaData: {
    missing: () => (grafanaDataFolder() === undefined ? ['@grafana/data 11 and 13'] : []),
    install: `${INSTALL_ENGINES} <folder> grafana, then . <folder>/env`,
  },
  mlflow: {
    missing: () => withoutMlflow('mlflow'),
    install: `${INSTALL_ENGINES} <folder> mlflow, then . <folder>/env`,
  },
  mlflow3: {
    missing: () => withoutMlflow('mlflow3'),
    install: `${INSTALL_ENGINES} <folder> mlflow3, then . <folder>/env`,
  },
}

/**
 * A `describe` whose tests need a real server. Where what it needs is not there they are left out,
 * and a line says so; with `TIDEGAUGE_REQUIRE_SERVERS=1` in the environment they fail (Trino's, Spark's and Feast's with
 * `TIDEGAUGE_REQUIRE_ENGINES=1`).
 */
export function describeWithServer(server: ServerName, title: string, tests: () => void): void {
  const { missing: find, install, required = 'TIDEGAUGE_REQUIRE_SERVERS' } = SERVERS[server]
  const missing = find()
  if (missing.length > 0 && process.env[required] === '1') {
    describe(title, { tags: [server] }, () => {
      test(`${missing.join(' and ')} can be run`, () => {
        expect(missing, `not found; get them with: ${install}`).toEqual([])
      })
    })
    return
  }
  if (missing.length > 0) {
    console.warn(`"${title}" was not run: no ${missing.join(', ')} found (${install})`)
  }
  describe.runIf(missing.length === 0)(title, { tags: [server] }, tests)
}

/**
 * Where PostgreSQL's programs are, of version 15 or later: the folder that `TIDEGAUGE_POSTGRES_BIN` names, one on the
 * PATH, Debian's newest. On Windows, where nothing asks a server to end, it has to be named.
 */
export function postgresFolder(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => +b - +a) : []
  const found = [...onPath(), ...versions.map((version) => join(debian, version, 'bin'))]
  const named = process.env.TIDEGAUGE_POSTGRES_BIN
  const places = named !== undefined ? [named] : process.platform === 'win32' ? [] : found
  return places.find((folder) => {
    const [initdb, postgres] = [join(folder, exe('initdb')), join(folder, exe('postgres'))]
    return isExecutable(initdb) && isExecutable(postgres) && majorVersion(postgres) >= 15
  })
}

function majorVersion(program: string): number {
  const { stdout } = spawnSync(program, ['--version'], { timeout: 30_000, encoding: 'utf8' })
  return Number(/ (\d+)/.exec(stdout ?? '')?.[1] ?? 0)
}

/** A ClickHouse server: `TIDEGAUGE_CLICKHOUSE_SERVER`, or the one of Debian, whose folder is not on everyone's PATH. */
export function clickHouseServer(): string | undefined {
  const named = process.env.TIDEGAUGE_CLICKHOUSE_SERVER
  const places =
    named === undefined
      ? [...onPath(), '/usr/sbin'].map((folder) => join(folder, 'clickhouse-server'))
      : [named]
  return places.find(isExecutable)
}

/** A Python that has chdb, ClickHouse's engine: `TIDEGAUGE_CHDB_PYTHON`, or the one on the PATH. */
export function chdbPython(): string | undefined {
  return pythonWith('chdb', process.env.TIDEGAUGE_CHDB_PYTHON ?? pathOf('python3'))
}

/** A Python that has MLflow: the one that a variable names, and no other, since its version counts. */
export function mlflowPython(version: MlflowVersion): string | undefined {
  return pythonWith('mlflow', process.env[MLFLOW_VARIABLES[version]])
}

/** A Python that has Feast: the one that a variable names. */
export function feastPython(): string | undefined {
  return pythonWith('feast', process.env.TIDEGAUGE_FEAST_PYTHON)
}

/** Where Grafana's library for data is installed in both versions; the one that a variable names. */
export function grafanaDataFolder(): string | undefined {
  const folder = process.env.TIDEGAUGE_GRAFANA_DATA
  return folder !== undefined && existsSync(join(folder, 'node_modules')) ? folder : undefined
}

function withoutMlflow(version: MlflowVersion): string[] {
  const variable = MLFLOW_VARIABLES[version]
  return mlflowPython(version) === undefined ? [`python with mlflow of ${variable}`] : []
}

function pythonWith(module: string, python: string | undefined): string | undefined {
  if (python === undefined || !isExecutable(python)) return undefined
  const has = `import importlib.util as u, sys; sys.exit(u.find_spec("${module}") is None)`
  const { status } = spawnSync(python, ['-c', has], { timeout: 30_000 })
  return status === 0 ? python : undefined
}

/** Trino and Spark are never guessed at: whoever has them names their folders. */
function withoutFolder(variable: string, program: string): string[] {
  const folder = process.env[variable]
  return folder !== undefined && isExecutable(join(folder, program))
    ? []
    : [`${program} of ${variable}`]
}

const onPath = () => (process.env.PATH ?? '').split(delimiter)
const exe = (program: string) => (process.platform === 'win32' ? `${program}.exe` : program)
const notOnPath = (...programs: string[]) =>
  programs.filter((program) => pathOf(program) === undefined)

/** Where on the PATH a program is; undefined where it is not. */
export function pathOf(program: string): string | undefined {
  return onPath()
    .map((folder) => join(folder, exe(program)))
    .find(isExecutable)
}

function withoutPrograms(...names: PrometheusProgram[]): string[] {
  return names.filter((name) => findProgram(PROMETHEUS_PROGRAMS[name]) === undefined)
}

/** Where a program of Prometheus or Alertmanager is: its bare name where it is not, so that what starts it says so. */
export function prometheusProgram(name: PrometheusProgram): string {
  return findProgram(PROMETHEUS_PROGRAMS[name]) ?? name
}

/** Runs promtool to its end. */
export function promtool(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string } = {},
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync(prometheusProgram('promtool'), args, {
    ...options,
    encoding: 'utf8',
    timeout: 120_000,
  })
  return { status, output: error === undefined ? stdout + stderr : error.message }
}

/** Which Prometheus the tests run: `[2, 42, 0]`. Where there is none the tests are named all the same, and none is run. */
function prometheusVersion(): readonly number[] {
  const { stdout } = spawnSync(prometheusProgram('prometheus'), ['--version'], {
    timeout: 60_000,
    encoding: 'utf8',
  })
  const [, version] = /version (\d+\.\d+\.\d+)/.exec(stdout ?? '') ?? []
  return (version ?? '0.0.0').split('.').map(Number)
}

/** Whether it is at least that one, such as `3.8`. */
export function prometheusIs(atLeast: `${number}.${number}`): boolean {
  const [major, minor] = prometheusVersion()
  const [wantedMajor, wantedMinor] = atLeast.split('.').map(Number)
  return major === wantedMajor ? minor! >= wantedMinor! : major! > wantedMajor!
}

export interface PrometheusSetup {
  /** What `prometheus.yml` holds. */
  readonly config: PrometheusConfig
  /** What lies beside it, by name: files of rules. */
  readonly files?: Readonly<Record<string, string>>
  /** Of `--enable-feature`; `native-histograms` is set as this version has it. */
  readonly features?: readonly string[]
  readonly arguments?: readonly string[]
}

export interface PrometheusConfig {
  readonly global?: object
  readonly [key: string]: unknown
}

export interface RunningPrometheus {
  /** Without a slash at its end. */
  readonly url: string
  /** What an expression is, in the form of labels and a value. */
  query(
    expr: string,
    milliseconds?: number,
  ): Promise<Array<Readonly<Record<string, string>> & { value: number }>>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** A Prometheus on a port of its own and in a folder of its own, ready to be asked. */
export async function startPrometheus(setup: PrometheusSetup): Promise<RunningPrometheus> {
  const { files = {}, features, config, arguments: more = [] } = nativeHistogramsIn(setup)
  const directory = mkdtempSync(join(tmpdir(), 'tidegauge-prometheus-'))
  const texts = { ...files, 'prometheus.yml': JSON.stringify(config) }
  for (const [name, content] of Object.entries(texts)) writeFileSync(join(directory, name), content)
  const server = startServer(prometheusProgram('prometheus'), [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    ...(features === undefined ? [] : [`--enable-feature=${features.join()}`]),
    ...more,
  ])
  const stop = async () => {
    await server.stop()
    rmSync(directory, { recursive: true })
  }
  try {
    const [, address] = await server.printed(/Listening on" .*address=(127\.0\.0\.1:\d+)/)
    await server.printed(/Server is ready/)
    const url = `http://${address}`
    return { url, query: (expr, milliseconds) => instantQuery(url, expr, milliseconds), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** From 3.8 on it is a setting of what is scraped, and from 3.9 on that alone. */
function nativeHistogramsIn(setup: PrometheusSetup): PrometheusSetup {
  const { config, features = [] } = setup
  if (!features.includes('native-histograms') || !prometheusIs('3.8')) return setup
  const global = { ...config.global, scrape_native_histograms: true }
  const others = features.filter((feature) => feature !== 'native-histograms')
  const { features: _, ...rest } = setup
  return {
    ...rest,
    config: { ...config, global },
    ...(others.length > 0 && { features: others }),
  }
}

async function instantQuery(url: string, query: string, milliseconds?: number) {
  const parameters = new URLSearchParams({ query })
  if (milliseconds !== undefined) parameters.set('time', String(milliseconds / 1000))
  const response = await fetch(`${url}/api/v1/query?${parameters}`)
  const { data, error } = (await response.json()) as {
    error?: string
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  if (data === undefined) throw new Error(`${error}: ${query}`)
  return data.result.map(
    ({ metric, value }) =>
      ({ ...metric, value: Number(value[1]) }) as Record<string, string> & { value: number },
  )
}
