import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, startProgram, startScript } from './child.ts'
import { writeConfiguration } from './configuration.ts'
import { startGrafana } from './grafana.ts'
import { ready, startParts } from './parts.ts'
import { freePorts } from './ports.ts'
import type { Tempo } from './rules.ts'

export interface StackOptions {
  /** Paths; Prometheus must be there. */
  readonly programs: {
    readonly prometheus: string
    readonly alertmanager?: string
    readonly grafana?: string
  }
  readonly tempo: Tempo
  /** Requests per second, to both replicas together. */
  readonly rate: number
  /** What is played, one month after another. */
  readonly months: readonly string[]
  /** Any free ports, instead of the usual ones where they are free. */
  readonly anyPorts?: boolean
  readonly progress?: (text: string) => void
  /** Ends what has been started so far, and starts no more. */
  readonly signal?: AbortSignal
}

export interface Stack {
  readonly urls: {
    readonly services: readonly [string, string]
    readonly player: string
    readonly prometheus: string
    readonly alertmanager?: string
    readonly grafana?: string
  }
  readonly children: readonly Child[]
  /** Resolves with why, where a part ends that was not told to. */
  readonly broken: Promise<string>
  /** Ends every part and takes its files away. */
  stop(): Promise<void>
}

const PORTS = {
  serviceA: 3000,
  grafana: 3001,
  serviceB: 3002,
  player: 3003,
  prometheus: 9090,
  alertmanager: 9093,
}

const RUNBOOK = 'https://github.com/tidegauge/tidegauge/blob/main/docs/alerts.md'

const SERVICE = fileURLToPath(new URL('../service/main.ts', import.meta.url))
const PLAYER = fileURLToPath(new URL('../player/main.ts', import.meta.url))

/**
 * Starts two replicas, the player, Prometheus and what else is there; everything on 127.0.0.1 alone.
 *
 * @throws where a part does not start, or the signal was given meanwhile; then everything has ended
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { programs, tempo, rate, months, anyPorts = false, progress = () => {}, signal } = options
  return await startParts(
    'tidegauge-stack-',
    signal,
    async ({ folder, children, add, broken, stop }) => {
      const wanted = anyPorts
        ? (Object.fromEntries(Object.keys(PORTS).map((name) => [name, 0])) as typeof PORTS)
        : PORTS
      const ports = await freePorts(wanted)
      const at = (port: number) => `127.0.0.1:${port}`
      const tokenFile = join(folder, 'token')
      writeFileSync(tokenFile, randomBytes(32).toString('hex'), { mode: 0o600 })

      progress('train two replicas')
      const service = async (name: string, port: number) => {
        const child = add(
          startScript(name, SERVICE, {
            PORT: String(port),
            HOST: '127.0.0.1',
            WATCH: '1',
            SIMULATE_FAULTS: '1',
            WINDOW_SECONDS: String(tempo.windowSeconds),
            RECENT_FLIGHTS: String(recentFlights(rate, tempo)),
            TOKEN_FILE: tokenFile,
            REPLICA: name,
            RUNBOOK_URL: RUNBOOK,
            ALERTS_URL:
              programs.alertmanager === undefined
                ? `http://${at(ports.prometheus)}/alerts`
                : `http://${at(ports.alertmanager)}`,
            GRAFANA_URL:
              programs.grafana === undefined ? '' : `http://${at(ports.grafana)}/d/tidegauge-drift`,
          }),
        )
        return (await child.message<{ url: string }>()).url
      }
      const services = await Promise.all([
        service('service-a', ports.serviceA),
        service('service-b', ports.serviceB),
      ])

      progress('start Prometheus')
      const files = writeConfiguration(
        folder,
        {
          services: services.map((url) => new URL(url).host),
          ...(programs.alertmanager !== undefined && { alertmanager: at(ports.alertmanager) }),
        },
        tokenFile,
        tempo,
      )
      if (programs.alertmanager !== undefined) {
        const alertmanager = add(
          startProgram('alertmanager', programs.alertmanager, [
            `--config.file=${files.alertmanager}`,
            `--storage.path=${join(folder, 'alertmanager')}`,
            `--web.listen-address=${at(ports.alertmanager)}`,
            '--cluster.listen-address=', // one alone gossips with nobody
          ]),
        )
        await ready(alertmanager, `http://${at(ports.alertmanager)}/-/ready`)
      }
      const prometheus = add(
        startProgram('prometheus', programs.prometheus, [
          `--config.file=${files.prometheus}`,
          `--storage.tsdb.path=${join(folder, 'prometheus')}`,
          `--web.listen-address=${at(ports.prometheus)}`,
        ]),
      )
      await ready(prometheus, `http://${at(ports.prometheus)}/-/ready`)
      if (programs.grafana !== undefined) {
        add(
          startGrafana(programs.grafana, {
            folder,
            port: ports.grafana,
            prometheus: at(ports.prometheus),
            scrapeSeconds: tempo.scrapeSeconds,
          }),
        )
      }

      progress('start the player')
      const player = add(
        startScript('player', PLAYER, {
          PORT: String(ports.player),
          HOST: '127.0.0.1',
          SERVICE_URLS: services.join(','),
          MONTHS: months.join(','),
          RATE: String(rate),
        }),
      )
      const { url } = await player.message<{ url: string }>()
      return {
        urls: {
          services: [services[0]!, services[1]!],
          player: url,
          prometheus: `http://${at(ports.prometheus)}`,
          ...(programs.alertmanager !== undefined && {
            alertmanager: `http://${at(ports.alertmanager)}`,
          }),
          ...(programs.grafana !== undefined && { grafana: `http://${at(ports.grafana)}` }),
        },
        children,
        broken: broken(),
        stop,
      }
    },
  )
}

/** Half a window of one replica's flights: when an alert is told, all of them are of the new kind. */
function recentFlights(rate: number, { windowSeconds }: Tempo): number {
  return Math.max(1000, Math.round(((rate / 2) * windowSeconds) / 2))
}
