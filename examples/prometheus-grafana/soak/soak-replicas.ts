import { Agent, request as httpRequest } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parsePrometheusHistogram, REQUEST_DURATION } from '@tidegauge/metrics'
import { loadPlayedMonth } from '../player/played-month.ts'
import { createPlayer, type PlayerCounts } from '../player/player.ts'
import { type Child, startScript } from '../stack/child.ts'
import { until } from '../stack/until.ts'

export interface SoakOptions {
  /** Of steady load; a fifth as much again warms up. */
  readonly seconds: number
  /** Predictions per second, to both replicas together. */
  readonly rate: number
  readonly onProgress?: (text: string) => void
}

/** What is asked of a replica beside the predictions, per second. */
const SCRAPES = 2
const CHECKS = 1
const ABORTS = 5

export interface SoakReport {
  readonly sent: number
  readonly answers: Readonly<Record<string, number>>
  readonly scrapes: number
  readonly checks: number
  /** Scrapes and checks that were not answered as they should be, and why. */
  readonly failures: readonly string[]
  readonly replicas: readonly ReplicaReport[]
}

export interface ReplicaReport {
  /** Predictions that were asked for, and how many the page counted, whatever became of them. */
  readonly requests: { readonly sent: number; readonly counted: number }
  /**
   * Predictions that the player saw answered with 200, and how often the pages counted such; some clients that broke off
   * were too late, and were answered.
   */
  readonly predicted: { readonly seen: number; readonly latency: number; readonly drift: number }
  /** Requests whose client left, without those that left before they had sent all. */
  readonly aborted: number
  /** Bytes after a full collection: warmed up, and at the end. */
  readonly heap: readonly [before: number, after: number]
  /** Seconds that the event loop was late, by its own histogram. */
  readonly eventLoop: { readonly p99: number; readonly max: number }
}

const REPLICA = fileURLToPath(new URL('./replica.ts', import.meta.url))

/** Two replicas, each in a process of its own, under predictions, outcomes, scrapes, checks and aborts. */
export async function soakReplicas({
  seconds,
  rate,
  onProgress = () => {},
}: SoakOptions): Promise<SoakReport> {
  const children: Child[] = []
  const agent = new Agent({ keepAlive: true })
  try {
    const urls = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const child = startScript(`replica ${name}`, REPLICA, { WINDOW_SECONDS: '10' })
        children.push(child)
        return (await child.message<{ url: string }>()).url
      }),
    )
    const month = await loadPlayedMonth('2001-01')
    const load = async (duration: number) => {
      const players = urls.map((url) =>
        createPlayer({
          urls: [url],
          months: ['2001-01'],
          loadMonth: async () => month,
          rate: rate / 2,
        }),
      )
      const beside = besides(urls, agent)
      await Promise.all(players.map((player) => player.start()))
      for (let second = 0; second < duration; second++) {
        await new Promise((resolve) => setTimeout(resolve, 1000))
        onProgress(`${second + 1} of ${duration} s`)
      }
      await Promise.all(players.map((player) => player.stop()))
      return { players: players.map((player) => player.counts()), ...(await beside.stop()) }
    }

    await load(Math.max(3, Math.round(seconds / 5)))
    const before = await Promise.all(urls.map((url) => get<Vitals>(agent, `${url}/vitals`)))
    const counted = await Promise.all(urls.map((url) => countedBy(agent, url)))
    const { players, ...beside } = await load(seconds)
    const replicas = await Promise.all(
      urls.map(async (url, i) => {
        const { answers } = players[i]!
        const aborted = beside.aborted[i]!
        const sent = answered(answers) + aborted
        const { requests, latency, drift } = await settled(agent, url, counted[i]!, sent)
        const vitals = await get<Vitals>(agent, `${url}/vitals`)
        return {
          requests: { sent, counted: requests },
          predicted: { seen: answers['200'] ?? 0, latency, drift },
          aborted,
          heap: [before[i]!.heap, vitals.heap] as const,
          eventLoop: { p99: vitals.eventLoopP99, max: vitals.eventLoopMax },
        }
      }),
    )
    const answers: Record<string, number> = {}
    for (const player of players) {
      for (const [status, count] of Object.entries(player.answers)) {
        answers[status] = (answers[status] ?? 0) + count
      }
    }
    const sent = players.reduce((sum, player) => sum + player.sent, 0)
    const { scrapes, checks, failures } = beside
    return { sent, answers, scrapes, checks, failures, replicas }
  } finally {
    agent.destroy()
    await Promise.all(children.map((child) => child.stop()))
  }
}

/** More heap than that after a soak is a leak; a warm process moves by less. */
export const MOST_GROWTH_BYTES = 4e6

/** What must not be: an empty list is a pass. */
export function brokenPromises({ sent, answers, failures, replicas }: SoakReport): string[] {
  const lost = sent - answered(answers)
  const broken = lost === 0 ? [] : [`${sent} were sent, ${sent - lost} answered`]
  if (failures.length > 0) {
    broken.push(`${failures.length} scrapes or checks failed, the first: ${failures[0]}`)
  }
  for (const [i, { requests, predicted, aborted, heap }] of replicas.entries()) {
    const { seen, latency, drift } = predicted
    const tell = (what: string) => broken.push(`replica ${i}: ${what}`)
    if (seen === 0) tell('no prediction')
    if (requests.counted !== requests.sent) {
      tell(`${requests.sent} requests, ${requests.counted} counted`)
    }
    if (latency < seen || latency > seen + aborted) {
      tell(`${seen} predictions and ${aborted} aborts, ${latency} counted (latency)`)
    }
    if (drift !== latency) tell(`${latency} predictions, ${drift} counted (drift)`)
    const growth = heap[1] - heap[0]
    if (growth > MOST_GROWTH_BYTES) tell(`${growth} bytes more heap`)
  }
  return broken
}

function answered({ none: _, ...statuses }: PlayerCounts['answers']): number {
  return Object.values(statuses).reduce((sum, count) => sum + count, 0)
}

interface Vitals {
  readonly heap: number
  readonly eventLoopP99: number
  readonly eventLoopMax: number
}

interface Counted {
  readonly requests: number
  readonly latency: number
  readonly drift: number
}

/** The last response closes on its own time. */
async function settled(
  agent: Agent,
  url: string,
  before: Counted,
  wanted: number,
): Promise<Counted> {
  const since = async () => {
    const now = await countedBy(agent, url)
    return {
      requests: now.requests - before.requests,
      latency: now.latency - before.latency,
      drift: now.drift - before.drift,
    }
  }
  const all = async () => {
    const counted = await since()
    return counted.requests === wanted && counted.drift === counted.latency ? counted : undefined
  }
  return await until(all, { seconds: 15, what: 'every count' }).catch(since)
}

async function countedBy(agent: Agent, url: string): Promise<Counted> {
  const page = await text(agent, `${url}/metrics`)
  const series = parsePrometheusHistogram(page, REQUEST_DURATION.prometheus.name).filter(
    ({ labels }) => labels.http_route === '/predict',
  )
  const count = (of: typeof series) => of.reduce((sum, { profile }) => sum + profile.n, 0)
  const requests = count(series)
  const latency = count(series.filter(({ labels }) => labels.http_response_status_code === '200'))
  const drift = page
    .split('\n')
    .filter((line) => line.startsWith('drift_feature_bin_total{') && line.includes('"hour"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  return { requests, latency, drift }
}

/** Scrapes, looks at the live page, and requests whose client leaves before the answer. */
function besides(urls: readonly string[], agent: Agent) {
  const aborted = urls.map(() => 0)
  let scrapes = 0
  let checks = 0
  const failures: string[] = []
  const pending = new Set<Promise<void>>()
  const follow = (work: Promise<unknown>, count: () => void) => {
    const followed: Promise<void> = work
      .then(count, (error: Error) => void failures.push(error.message))
      .finally(() => pending.delete(followed))
    pending.add(followed)
  }
  const timers = urls.flatMap((url, i) => [
    setInterval(() => follow(text(agent, `${url}/metrics`), () => scrapes++), 1000 / SCRAPES),
    setInterval(() => follow(text(agent, `${url}/drift`), () => checks++), 1000 / CHECKS),
    setInterval(() => follow(abort(url), () => aborted[i]!++), 1000 / ABORTS),
  ])
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(pending)
      return { aborted, scrapes, checks, failures }
    },
  }
}

const ABORTED = JSON.stringify({
  hour: 1,
  weekday: 1,
  distance: 100,
  origin: 'ORD',
  destination: 'LGA',
})

/** Asks slowly, and leaves once all is sent: counted as its own, or as answered where that came before. */
function abort(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/predict`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'x-simulate': 'slow' },
    })
    let leaves = false
    request.on('error', (error) => leaves || reject(error))
    request.once('close', resolve)
    request.once('finish', () => {
      setTimeout(() => {
        leaves = true
        request.destroy()
      }, 50)
    })
    request.end(ABORTED)
  })
}

async function get<T>(agent: Agent, url: string): Promise<T> {
  return JSON.parse(await text(agent, url)) as T
}

function text(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { agent, headers: { accept: 'application/json' } },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (piece) => {
          body += piece
        })
        response.once('end', () => {
          if (response.statusCode === 200) resolve(body)
          else reject(new Error(`${url} answered ${response.statusCode}`))
        })
        response.once('error', reject)
      },
    )
    request.once('error', reject)
    request.end()
  })
}
