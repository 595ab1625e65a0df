import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FleetFeature, type FleetSeries, seriesOf } from './drift-fleet.ts'

/** What a replica sees of a feature: so much a second, in bins of these weights. */
export interface Traffic {
  readonly feature: FleetFeature
  readonly weights: readonly number[]
  readonly perSecond: number
}

export interface DriftReplica {
  readonly port: number
  /** Of each feature in the order of the traffic, counted since the start, up to now. */
  counts(): readonly (readonly number[])[]
  page(): string
  /** No more traffic; it is still scraped. */
  pause(): void
  /** As a process that is killed: what it had counted is gone for those who scrape. */
  kill(): Promise<void>
}

const KINDS: Readonly<Record<string, string>> = {
  drift_feature_bin_total: 'counter',
  drift_feature_missing_total: 'counter',
  drift_feature_invalid_total: 'counter',
  drift_reference_bin_ratio: 'gauge',
  drift_reference_values: 'gauge',
  drift_reference_missing_ratio: 'gauge',
}

/** A replica of a service with a monitor: a server of its own that shows the monitor's counters. */
export async function startReplica(
  traffic: readonly Traffic[],
  seed: number,
  port = 0,
): Promise<DriftReplica> {
  const random = randomNumbers(seed)
  const started = Date.now()
  let ended: number | null = null
  const seen = traffic.map(() => 0)
  const counted = traffic.map(({ weights }) => weights.map(() => 0))
  const thresholds = traffic.map(({ weights }) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    let below = 0
    return weights.map((weight) => {
      below += weight
      return below / total
    })
  })

  function catchUp(): void {
    const seconds = ((ended ?? Date.now()) - started) / 1000
    traffic.forEach(({ perSecond }, i) => {
      for (const until = Math.floor(seconds * perSecond); seen[i]! < until; seen[i]!++) {
        const at = random()
        counted[i]![thresholds[i]!.findIndex((threshold) => at < threshold)]!++
      }
    })
  }
  function page(): string {
    catchUp()
    const families = new Map<string, FleetSeries[]>()
    traffic.forEach(({ feature }, i) => {
      for (const series of seriesOf(feature, { bins: counted[i]! })) {
        families.set(series.metric, [...(families.get(series.metric) ?? []), series])
      }
    })
    return [...families]
      .map(([metric, all]) => {
        const lines = all.map(({ labels, value }) => `${metric}{${labels}} ${value}\n`)
        return `# TYPE ${metric} ${KINDS[metric]}\n${lines.join('')}`
      })
      .join('')
  }
  const server = await listening(page, port)
  return {
    port: (server.address() as AddressInfo).port,
    page,
    counts() {
      catchUp()
      return counted.map((bins) => [...bins])
    },
    pause() {
      ended ??= Date.now()
    },
    async kill() {
      catchUp()
      ended ??= Date.now()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listening(page: () => string, port: number): Promise<Server> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(page())
  }).listen(port, '127.0.0.1')
  await new Promise((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
  })
  return server
}

/** Mulberry32: the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
