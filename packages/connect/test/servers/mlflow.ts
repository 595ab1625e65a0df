import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePorts, startServer } from '../../../../vitest.processes.ts'
import { type MlflowVersion, mlflowPython } from '../../../../vitest.servers.ts'
import { onlyOnce, ownFolder, untilPortIsFree } from '../../../sources/test/servers/own-folder.ts'

export interface MlflowSetup {
  /** Asks for this user, who may do everything. */
  readonly admin?: { readonly username: string; readonly password: string }
  /** More arguments of `mlflow server`. */
  readonly more?: readonly string[]
}

/** What MLflow's own client reads. */
export interface ReadExperiment {
  readonly experiments: readonly string[]
  readonly runs: readonly ReadRun[]
  /** Tags of a registered model's versions. */
  readonly versions: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface ReadRun {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly stage: string
  readonly startTime: number
  readonly endTime: number | null
  readonly metrics: Readonly<Record<string, number>>
  /** Of some metrics: `drift_share`, `current_rows`, `drift_effect/age`. */
  readonly history: Readonly<
    Record<string, ReadonlyArray<readonly [value: number, timestamp: number, step: number]>>
  >
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** Their texts, by path. */
  readonly artifacts: Readonly<Record<string, string>>
}

export interface RunningMlflow {
  readonly url: string
  readonly version: string
  /** What MLflow's own client reads of an experiment, and of the versions of a model. */
  read(experiment: string, ...models: readonly string[]): Promise<ReadExperiment>
  /** Asks its REST interface, to set a scene. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every kind
  post(path: string, body: object): Promise<any>
  stop(): Promise<void>
}

const folderOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** A tracking server of its own: on a free port of loopback, with a database and artifacts in a folder of its own. */
export async function startMlflow(
  version: MlflowVersion,
  { admin, more = [] }: MlflowSetup = {},
): Promise<RunningMlflow> {
  const python = mlflowPython(version)
  if (python === undefined) throw new Error('no MLflow: see describeWithServer')
  return untilPortIsFree(async () => {
    const [port] = (await freePorts(1)) as [number]
    const folder = ownFolder('tidegauge-mlflow-')
    const store = join(folder.path, 'artifacts')
    mkdirSync(store)
    const own: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOME: folder.path,
      DO_NOT_TRACK: 'true',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      GIT_PYTHON_REFRESH: 'quiet',
      PYTHONDONTWRITEBYTECODE: '1',
    }
    if (admin !== undefined) {
      const config = join(folder.path, 'auth.ini')
      writeFileSync(
        config,
        [
          '[mlflow]',
          'default_permission = NO_PERMISSIONS',
          `database_uri = sqlite:///${folder.path}/auth.db`,
          `admin_username = ${admin.username}`,
          `admin_password = ${admin.password}`,
          'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
          '',
        ].join('\n'),
        { mode: 0o600 },
      )
      own.MLFLOW_AUTH_CONFIG_PATH = config
      own.MLFLOW_FLASK_SERVER_SECRET_KEY = 'of-the-tests'
    }
    const server = startServer(
      python,
      [
        ...[folderOf('tied-program.py'), python, '-m', 'mlflow', 'server'],
        ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
        ...['--backend-store-uri', `sqlite:///${folder.path}/mlflow.db`],
        ...['--serve-artifacts', '--artifacts-destination', store],
        ...(admin === undefined ? [] : ['--app-name', 'basic-auth']),
        ...more,
      ],
      { cwd: folder.path, env: own, tied: true, force: 'SIGTERM' },
    )
    const stop = onlyOnce(async () => {
      await server.stop()
      folder.remove()
    })
    const url = `http://127.0.0.1:${port}`
    const authorization: Record<string, string> =
      admin === undefined
        ? {}
        : { Authorization: `Basic ${btoa(`${admin.username}:${admin.password}`)}` }
    try {
      await untilHealthy(url, server)
      const answer = await fetch(`${url}/version`, { headers: authorization })
      return {
        url,
        version: await answer.text(),
        read: (experiment, ...models) =>
          readBy(python, [folderOf('read-runs.py'), url, experiment, ...models], {
            ...own,
            ...(admin && {
              MLFLOW_TRACKING_USERNAME: admin.username,
              MLFLOW_TRACKING_PASSWORD: admin.password,
            }),
          }),
        async post(path, body) {
          const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', ...authorization },
            body: JSON.stringify(body),
          })
          const text = await response.text()
          if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
          return text === '' ? {} : JSON.parse(text)
        },
        stop,
      }
    } catch (error) {
      await stop()
      throw error
    }
  })
}

/** Its imports take long on a loaded machine. */
const LONGEST_START = 240_000

async function untilHealthy(url: string, server: ReturnType<typeof startServer>): Promise<void> {
  let isOver = false
  const ended = server.printed(/^\b$/, LONGEST_START).catch((error) => {
    isOver = true
    return error as Error
  })
  while (!isOver) {
    const isHealthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isHealthy) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw await ended
}

async function readBy(
  python: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ReadExperiment> {
  const options = { env, maxBuffer: 64 * 2 ** 20, timeout: 240_000 }
  const { stdout } = await promisify(execFile)(python, args, options)
  return JSON.parse(stdout) as ReadExperiment
}
