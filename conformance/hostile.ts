import { createServer, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type LatencyRecorder, latencyRecorder, OVERFLOW_ROUTE } from '@tidegauge/metrics'
import { latencyMiddleware as expressMiddleware } from '@tidegauge/metrics/express'
import express, { type Express, type RequestHandler } from 'express'
import { type Drive, driveInProcess, driveOverSockets } from './hostile-drivers.ts'
import {
  type HostileRequest,
  hostileTraffic,
  realTraffic,
  scannerTraffic,
  seededRandom,
  type Traffic,
} from './hostile-traffic.ts'
import { express4 } from './stacks/express.ts'
import type { StackName } from './stacks/stack.ts'
import { type Counts, type Listening, listen } from './subjects/subject.ts'
import { countsOf, INSTRUMENTED, seriesName } from './subjects/tidegauge.ts'

export interface FloodOptions {
  readonly inProcess: number
  readonly overSockets: number
  /** Sent before the heap is first looked at, each way. Counted like any other. */
  readonly warmUp: number
  readonly seed?: number
  readonly progress?: (text: string) => void
}

/** What hostile traffic left behind. */
export interface FloodReport {
  readonly sent: number
  /** Over all series. */
  readonly counted: number
  /** With the overflow's, which is always there. */
  readonly series: number
  readonly rejected: number
  readonly underWay: number
  /** By series of real routes: what was sent, and what was counted. */
  readonly realRoutes: Readonly<Record<string, readonly [sent: number, counted: number]>>
  /** Bytes of heap and of buffers outside of it, after garbage collection. */
  readonly growth: number
  readonly seconds: number
}

export const LIMITS = { series: 50, growth: 1e6 }

/** Hostile traffic on one stack with a recorder of the default limits. */
export async function flood(
  stack: StackName,
  { inProcess, overSockets, warmUp, seed = 1, progress = () => {} }: FloodOptions,
): Promise<FloodReport> {
  const recorder = latencyRecorder()
  const running = await start(stack, recorder)
  const expected: Record<string, number> = {}
  const drive = async (how: Drive, requests: number, from: number, title: string) => {
    const traffic = tallied(hostileTraffic(from), expected)
    const say = (answered: number) => progress(`${title} ${answered}`)
    await how(running.server, traffic, requests, say)
    await quiet(recorder)
  }
  try {
    await drive(driveInProcess, warmUp, seed, 'warming up')
    await drive(driveOverSockets, warmUp, seed + 1, 'warming up')
    const before = await memoryInUse()
    const startedAt = performance.now()
    await drive(driveInProcess, inProcess, seed + 2, 'in process')
    await drive(driveOverSockets, overSockets, seed + 3, 'over sockets')
    const seconds = (performance.now() - startedAt) / 1000
    const growth = (await memoryInUse()) - before
    const counts = countsOf(recorder)
    return {
      sent: inProcess + overSockets + 2 * warmUp,
      counted: sum(counts),
      series: recorder.seriesCount,
      rejected: recorder.rejected,
      underWay: recorder.activeRequests,
      realRoutes: pairs(expected, counts),
      growth,
      seconds,
    }
  } finally {
    await running.stop()
  }
}

/** @returns what is not as it must be; empty where all is */
export function brokenLimits(report: FloodReport): string[] {
  const { sent, counted, series, rejected, underWay, realRoutes, growth } = report
  const broken: string[] = []
  if (counted !== sent) broken.push(`${sent} requests were sent, ${counted} counted`)
  if (rejected !== 0) broken.push(`${rejected} observations were rejected`)
  if (underWay !== 0) broken.push(`${underWay} requests are still under way`)
  if (series > LIMITS.series) broken.push(`${series} series, above ${LIMITS.series}`)
  if (growth >= LIMITS.growth) broken.push(`the heap grew by ${growth} bytes`)
  for (const [name, [wanted, got]] of Object.entries(realRoutes)) {
    if (wanted !== got) broken.push(`${name}: ${wanted} were sent, ${got} counted`)
  }
  return broken
}

export interface BudgetReport {
  readonly sent: number
  readonly counted: number
  readonly matchedSeries: number
  readonly unmatchedSeries: number
  /** Requests in the overflow's series. */
  readonly overflow: number
  /** By series and tenant, of the tenants that were there first: what was sent, and what was counted. */
  readonly known: Readonly<Record<string, readonly [sent: number, counted: number]>>
}

const BUDGETS = { maxSeries: 60, maxUnmatchedSeries: 10 }
const KNOWN_TENANTS = ['bronze', 'silver', 'gold']

/**
 * Clients that choose the values of an extra label: a third each of scanners, of real routes by three known
 * tenants, and of real routes by as many tenants as there are requests.
 */
export async function floodLabels(
  stack: StackName,
  requests: number,
  seed = 1,
): Promise<BudgetReport> {
  const recorder = latencyRecorder({ ...BUDGETS, extraLabels: ['tenant'] })
  const running = await start(stack, recorder, tenantOf)
  const expected: Record<string, number> = {}
  const third = Math.floor(requests / 3)
  const phases = [
    scannerTraffic(seed),
    tallied(realTraffic(seed + 1, KNOWN_TENANTS), expected, (one) => `${one.series} ${one.tenant}`),
    realTraffic(seed + 2),
  ]
  try {
    for (const traffic of phases) await driveInProcess(running.server, traffic, third)
    await quiet(recorder)
    return budgetReport(recorder, third * phases.length, expected)
  } finally {
    await running.stop()
  }
}

/** @returns what is not as it must be; empty where all is */
export function brokenBudgets(report: BudgetReport): string[] {
  const { sent, counted, matchedSeries, unmatchedSeries, overflow, known } = report
  const broken: string[] = []
  if (counted !== sent) broken.push(`${sent} requests were sent, ${counted} counted`)
  if (matchedSeries !== BUDGETS.maxSeries) broken.push(`${matchedSeries} series of routes`)
  if (unmatchedSeries !== BUDGETS.maxUnmatchedSeries) {
    broken.push(`${unmatchedSeries} series without a route`)
  }
  if (overflow === 0) broken.push('nothing is in the overflow series')
  for (const [name, [wanted, got]] of Object.entries(known)) {
    if (wanted !== got) broken.push(`${name}: ${wanted} were sent, ${got} counted`)
  }
  return broken
}

export interface TableReport {
  /** Entries in all that the middleware keeps in weak maps, when each route was met once, and in the end. */
  readonly entries: readonly [before: number, after: number]
  readonly counts: Counts
  readonly expected: Counts
}

/**
 * What `expressRoute` keeps of an app, under as many tenants as there are requests, where the names of routes
 * are hard to find: routers mounted twice, at several paths, at an expression, apps in apps.
 */
export async function floodRouteTables(
  stack: 'express' | 'express4',
  requests: number,
  seed = 1,
): Promise<TableReport> {
  const kept = watchWeakMaps()
  const recorder = latencyRecorder()
  const app = FRAMEWORKS[stack]()
  app.use(expressMiddleware({ recorder }))
  const routes = mountHard(app, stack)
  const server = createServer(app)
  const random = seededRandom(seed)
  const expected: Record<string, number> = {}
  let sent = 0
  const traffic: Traffic = () => {
    const pattern = routes[sent++ % routes.length]!
    const name = `GET ${pattern} 200`
    expected[name] = (expected[name] ?? 0) + 1
    const tenant = `t${Math.floor(random() * 2 ** 32).toString(36)}`
    return { method: 'GET', url: pattern.replaceAll(/:\w+/g, tenant), tenant }
  }
  try {
    await driveInProcess(server, traffic, 2 * routes.length)
    const before = kept.entries()
    await driveInProcess(server, traffic, requests)
    return { entries: [before, kept.entries()], counts: countsOf(recorder), expected }
  } finally {
    kept.stop()
  }
}

const FRAMEWORKS = { express, express4 }

/** @returns its routes */
function mountHard(app: Express, stack: keyof typeof FRAMEWORKS): readonly string[] {
  const framework = FRAMEWORKS[stack]
  const answer: RequestHandler = (_, res) => void res.end()
  const router = framework.Router().get('/users/:id', answer)
  app.use('/shop/:shop', router)
  app.use('/market/:market', router)
  app.use(['/v1/:tenant', '/v2/:tenant'], framework.Router().get('/items/:item', answer))
  const inner = framework()
  inner.get('/orders/:order', answer)
  app.use('/sub/:tenant', inner)
  app.get('/plain/:id', answer)
  return [
    '/shop/:shop/users/:id',
    '/market/:market/users/:id',
    '/sub/:tenant/orders/:order',
    '/plain/:id',
    '/v1/:tenant/items/:item',
    '/v2/:tenant/items/:item',
  ]
}

/** Remembers what is put into any weak map from now on, of all but single requests and their parts. */
function watchWeakMaps(): { entries(): number; stop(): void } {
  const { set } = WeakMap.prototype
  const values = new Set<unknown>()
  WeakMap.prototype.set = function (key, value) {
    values.add(value)
    return set.call(this, key, value)
  }
  return {
    entries: () => [...values].reduce((total: number, value) => total + entriesOf(value, 3), 0),
    stop() {
      WeakMap.prototype.set = set
    },
  }
}

function entriesOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth === 0) return 1
  const parts =
    value instanceof Map || value instanceof Set ? [...value.values()] : Object.values(value)
  return parts.reduce((total: number, part) => total + entriesOf(part, depth - 1), 1)
}

async function start(
  stack: StackName,
  recorder: LatencyRecorder,
  labels?: (source: never) => readonly string[],
): Promise<Listening> {
  return listen(INSTRUMENTED[stack]({ recorder, ...(labels && { labels }) }), {
    counts: async () => countsOf(recorder),
    inFlight: () => recorder.activeRequests,
  })
}

/** Adds up what is sent of real routes. */
function tallied(
  traffic: Traffic,
  into: Record<string, number>,
  nameOf: (one: HostileRequest) => string | undefined = ({ series }) => series,
): Traffic {
  return () => {
    const one = traffic()
    const name = nameOf(one)
    if (name !== undefined) into[name] = (into[name] ?? 0) + 1
    return one
  }
}

function pairs(expected: Counts, counts: Counts): FloodReport['realRoutes'] {
  return Object.fromEntries(
    Object.entries(expected).map(([name, sent]) => [name, [sent, counts[name] ?? 0]]),
  )
}

function budgetReport(recorder: LatencyRecorder, sent: number, expected: Counts): BudgetReport {
  const rows = recorder.snapshot()
  const counts = Object.fromEntries(
    rows.map(({ labels, count }) => [`${seriesName(labels)} ${labels.extra[0]}`, count]),
  )
  const overflow = rows.filter(({ labels }) => labels.route === OVERFLOW_ROUTE)
  const unmatched = rows.filter(({ labels }) => labels.route === undefined)
  return {
    sent,
    counted: sum(counts),
    matchedSeries: rows.length - overflow.length - unmatched.length,
    unmatchedSeries: unmatched.length,
    overflow: overflow.reduce((total, { count }) => total + count, 0),
    known: pairs(expected, counts),
  }
}

/** The request of Node's that is in what each framework hands out. */
interface Source {
  readonly headers?: IncomingHttpHeaders
  readonly raw?: Source
  readonly req?: Source
  readonly env?: { readonly incoming?: Source }
}

function tenantOf(source: Source): readonly string[] {
  const { headers } = source.env?.incoming ?? source.raw ?? (source.headers ? source : source.req!)
  return [String(headers!['x-tenant'])]
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** A client that left is counted when the server hears of it. */
async function quiet(recorder: LatencyRecorder): Promise<void> {
  const deadline = Date.now() + 5000
  while (recorder.activeRequests > 0 && Date.now() < deadline) await delay(5)
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Typed arrays lie outside of the heap. The lowest of some looks: what V8 and Node free late is no growth. */
async function memoryInUse(): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY
  for (let look = 0; look < 5; look++) {
    await delay(20)
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    lowest = Math.min(lowest, heapUsed + external)
  }
  return lowest
}
