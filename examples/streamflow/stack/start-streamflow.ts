import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Child,
  startProgram,
  startScript,
} from '@tidegauge/example-prometheus-grafana/stack/child.ts'
import { writeConfiguration } from '@tidegauge/example-prometheus-grafana/stack/configuration.ts'
import { startGrafana } from '@tidegauge/example-prometheus-grafana/stack/grafana.ts'
import { ready, startParts } from '@tidegauge/example-prometheus-grafana/stack/parts.ts'
import { freePorts } from '@tidegauge/example-prometheus-grafana/stack/ports.ts'
import type { Tempo } from '@tidegauge/example-prometheus-grafana/stack/rules.ts'
import pg from 'pg'
import { asOf, createSchema, loadSnapshot, STORY } from '../database/snapshots.ts'
import { startPostgres } from './postgres.ts'
import type { StackPrograms } from './programs.ts'

export interface StreamflowOptions {
  /** PostgreSQL and Feast must be there. */
  readonly programs: Pick<StackPrograms, 'postgres' | 'feast'> & Partial<StackPrograms>
  readonly tempo: Tempo
  /** Requests per second. */
  readonly rate: number
  /** Any free ports, instead of the usual ones where they are free. */
  readonly anyPorts?: boolean
  readonly progress?: (text: string) => void
  /** Ends what has been started so far, and starts no more. */
  readonly signal?: AbortSignal
}

export interface Streamflow {
  readonly urls: {
    readonly service: string
    readonly feast: string
    readonly player: string
    readonly mlflow?: string
    readonly prometheus?: string
    readonly grafana?: string
  }
  /** For clients of PostgreSQL, and what else the monthly job reads. */
  readonly env: Readonly<Record<string, string>>
  /** The folder of Feast's registry and online store. */
  readonly feastData: string
  /** What sets `env`, for a shell. */
  readonly envFile: string
  readonly pool: pg.Pool
  readonly children: readonly Child[]
  /** Resolves with why, where a part ends that was not told to. */
  readonly broken: Promise<string>
  /** Ends every part and takes its files away. */
  stop(): Promise<void>
}

const PORTS = {
  service: 3000,
  grafana: 3001,
  player: 3003,
  mlflow: 5000,
  postgres: 5432,
  feast: 6567,
  prometheus: 9090,
}

const SERVICE = fileURLToPath(new URL('../service/main.ts', import.meta.url))
const PLAYER = fileURLToPath(new URL('../player/main.ts', import.meta.url))
const FEAST = fileURLToPath(new URL('../features/serve.sh', import.meta.url))
const MLFLOW = fileURLToPath(new URL('../tracking/serve.sh', import.meta.url))

/** Their imports take long on a loaded machine. */
const PYTHON_SECONDS = 600

/**
 * Starts PostgreSQL and loads the months, then Feast over them, MLflow, the API that is fed by Feast, Prometheus, Grafana if it is
 * there, and who asks the API; everything on 127.0.0.1 alone.
 *
 * @throws where a part does not start, or the signal was given meanwhile; then everything has ended
 */
export async function startStreamflow(options: StreamflowOptions): Promise<Streamflow> {
  const { programs, tempo, rate, anyPorts = false, progress = () => {}, signal } = options
  return await startParts('tidegauge-streamflow-', signal, async (parts) => {
    const { folder, add } = parts
    const wanted = anyPorts
      ? (Object.fromEntries(Object.keys(PORTS).map((name) => [name, 0])) as typeof PORTS)
      : PORTS
    const ports = await freePorts(wanted)
    const at = (port: number) => `http://127.0.0.1:${port}`
    const python = (name: 'feast' | 'mlflow', script: string, env: Record<string, string>) => {
      const home = join(folder, name)
      mkdirSync(home)
      const PATH = [dirname(programs[name]!), process.env.PATH].join(delimiter)
      const own = { PATH, HOME: home, HOST: '127.0.0.1', PORT: String(ports[name]), ...env }
      const options = { cwd: home, hasChildren: true }
      return add(startProgram(name, 'sh', [script], own, options))
    }

    progress('start PostgreSQL')
    const mlflow =
      programs.mlflow === undefined
        ? undefined
        : python('mlflow', MLFLOW, { MLFLOW_DATA: join(folder, 'mlflow') })
    const { env } = await startPostgres(programs.postgres, folder, ports.postgres, add)
    const pool = new pg.Pool({
      host: env.PGHOST,
      port: ports.postgres,
      user: env.PGUSER,
      password: env.PGPASSWORD,
      database: env.PGDATABASE,
    })
    pool.on('error', () => {}) // the server is ended before its idle connections are
    parts.atTheEnd(() => pool.end())
    await createSchema(pool)
    for (const [name, month] of Object.entries(STORY)) {
      const snapshot = { month, isBroken: name === 'broken' }
      await loadSnapshot(pool, snapshot, (rows) => {
        signal?.throwIfAborted()
        progress(`load ${asOf(month)}: ${rows.toLocaleString('en')} flights`)
      })
    }

    progress('fill Feast’s online store')
    const feastData = join(folder, 'feast')
    const feast = python('feast', FEAST, { ...env, FEAST_DATA: feastData })
    await ready(feast, `${at(ports.feast)}/health`, PYTHON_SECONDS)

    progress('train the model')
    const service = add(
      startScript('service', SERVICE, {
        ...env,
        HOST: '127.0.0.1',
        PORT: String(ports.service),
        FEAST_URL: at(ports.feast),
        WINDOW_SECONDS: String(tempo.windowSeconds),
        SIMULATE_FAULTS: '1',
      }),
    )
    const { url: serviceUrl } = await service.message<{ url: string }>()
    if (mlflow !== undefined) {
      progress('wait for MLflow')
      await ready(mlflow, `${at(ports.mlflow)}/health`, PYTHON_SECONDS)
    }

    if (programs.prometheus !== undefined) {
      progress('start Prometheus')
      const files = writeConfiguration(folder, { services: [new URL(serviceUrl).host] }, '', tempo)
      const prometheus = add(
        startProgram('prometheus', programs.prometheus, [
          `--config.file=${files.prometheus}`,
          `--storage.tsdb.path=${join(folder, 'prometheus')}`,
          `--web.listen-address=127.0.0.1:${ports.prometheus}`,
        ]),
      )
      await ready(prometheus, `${at(ports.prometheus)}/-/ready`)
      if (programs.grafana !== undefined) {
        add(
          startGrafana(programs.grafana, {
            folder,
            port: ports.grafana,
            prometheus: `127.0.0.1:${ports.prometheus}`,
            scrapeSeconds: tempo.scrapeSeconds,
          }),
        )
      }
    }

    progress('start the player')
    const player = add(
      startScript('player', PLAYER, {
        ...env,
        HOST: '127.0.0.1',
        PORT: String(ports.player),
        SERVICE_URLS: serviceUrl,
        RATE: String(rate),
      }),
    )
    const { url: playerUrl } = await player.message<{ url: string }>()
    const jobEnv = {
      ...env,
      TIDEGAUGE_DATABASE_URL: `postgres://${env.PGUSER}@${env.PGHOST}:${env.PGPORT}/${env.PGDATABASE}`,
      ...(mlflow !== undefined && {
        MLFLOW_TRACKING_URI: at(ports.mlflow),
        MLFLOW_EXPERIMENT_NAME: 'late flights',
      }),
    }
    const envFile = join(folder, 'env')
    const exports = Object.entries(jobEnv).map(([name, value]) => `export ${name}='${value}'\n`)
    writeFileSync(envFile, exports.join(''), { mode: 0o600 })
    return {
      urls: {
        service: serviceUrl,
        feast: at(ports.feast),
        player: playerUrl,
        ...(mlflow !== undefined && { mlflow: at(ports.mlflow) }),
        ...(programs.prometheus !== undefined && { prometheus: at(ports.prometheus) }),
        ...(programs.prometheus !== undefined &&
          programs.grafana !== undefined && { grafana: at(ports.grafana) }),
      },
      env: jobEnv,
      feastData,
      envFile,
      pool,
      children: parts.children,
      broken: parts.broken(),
      stop: parts.stop,
    }
  })
}
