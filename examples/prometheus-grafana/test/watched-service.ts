import type { AddressInfo } from 'node:net'
import { type LatencyRecorder, latencyRecorder } from '@tidegauge/metrics'
import { loadFlights } from '../service/flights.ts'
import { trainDelayModel } from '../service/model.ts'
import { delayService, LATENCY_BOUNDS, type ServiceOptions } from '../service/service.ts'
import {
  type WatchedModel,
  type WatchedModelOptions,
  watchedModel,
} from '../service/watched-model.ts'

export interface WatchedService {
  readonly url: string
  readonly watched: WatchedModel
  readonly recorder: LatencyRecorder
  readonly lines: readonly string[]
  predict(flight: object): Promise<Response>
  page(): Promise<string>
  close(): void
}

let january: Promise<Pick<WatchedModelOptions, 'flights' | 'model'>> | undefined

/** Read and trained on once: no test changes either. */
function trainedOnJanuary() {
  january ??= loadFlights('2001-01').then((flights) => {
    return { flights, model: trainDelayModel(flights) }
  })
  return january
}

/** A replica of the stack, in this process. */
export async function startWatchedService({
  port = 0,
  ...options
}: Partial<WatchedModelOptions> &
  Pick<ServiceOptions, 'retrainToken'> & { readonly port?: number } = {}): Promise<WatchedService> {
  const watched = watchedModel({ ...(await trainedOnJanuary()), ...options })
  const recorder = latencyRecorder({ bounds: LATENCY_BOUNDS })
  const lines: string[] = []
  const app = delayService({
    model: watched,
    recorder,
    simulateFaults: true,
    log: (line) => lines.push(line),
    ...(options.retrainToken !== undefined && { retrainToken: options.retrainToken }),
  })
  const server = app.listen(port, '127.0.0.1')
  server.keepAliveTimeout = 65_000 // as main.ts has it
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    watched,
    recorder,
    lines,
    predict: (flight) => postJson(`${url}/predict`, JSON.stringify(flight)),
    page: async () => await (await fetch(`${url}/metrics`)).text(),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

export function postJson(
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** What Alertmanager sends, about one reference. */
export function notification(reference: string, startsAt = '2026-01-01T00:00:00Z'): string {
  return JSON.stringify({
    version: '4',
    groupKey: '{}',
    status: 'firing',
    receiver: 'retrain',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'DriftAction', model: 'late-flights', reference },
        annotations: {},
        startsAt,
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: reference,
      },
    ],
  })
}

export const FLIGHT = { hour: 17, weekday: 5, distance: 733, origin: 'ORD', destination: 'LGA' }

/** The sum of a counter's samples on a page that Prometheus could read. */
export function sumOf(page: string, name: string, labels = ''): number {
  return samplesOf(page, name)
    .filter((line) => line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

export function samplesOf(page: string, name: string): string[] {
  return page.split('\n').filter((line) => line.startsWith(`${name}{`))
}
