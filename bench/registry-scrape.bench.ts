/**
 * One scrape of a Registry in which 2,500 histograms stand: the client's own, against a recorder's that
 * `prometheusAdapter` shows in the same client's unmodified Registry. Each contender has a process to itself, so
 * that none pays for another's garbage; they take turns; their pages are compared sample by sample first.
 * `pnpm --filter @tidegauge/bench registry-scrape`
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import platformatic from '@platformatic/prom-client'
import prometheusIo from '@prometheus-io/client'
import { latencyRecorder, REQUEST_DURATION } from '@tidegauge/metrics'
import { type PrometheusRegistry, prometheusAdapter } from '@tidegauge/metrics/prometheus'
import promClient from 'prom-client'

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10]
const ROUTES = 100
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const STATUSES = [200, 201, 400, 404, 500]
const OBSERVATIONS = 8
const ROUNDS = 60
const WARM_UP = 15
const LINES = ROUTES * METHODS.length * STATUSES.length * (BOUNDS.length + 3)
const { name: NAME, help: HELP, labels: LABELS } = REQUEST_DURATION.prometheus

interface Registry extends PrometheusRegistry {
  metrics(): Promise<string> | string
  setDefaultLabels(labels: object): void
}

/** A client of prom-client's shape. */
interface Client {
  readonly Registry: new () => Registry
  readonly Histogram: new (
    options: object,
  ) => {
    observe(labels: object, value: number): void
  }
}

const CLIENTS: Readonly<Record<string, Client>> = {
  'prom-client 15': promClient as unknown as Client,
  '@prometheus-io/client 0.16': prometheusIo as unknown as Client,
  '@platformatic/prom-client 1': platformatic as unknown as Client,
}
const KINDS = ['its own histograms', 'prometheusAdapter'] as const
const DEFAULT_LABELS = [{}, { service: 'shop', region: 'eu' }]

if (process.send === undefined) await compareAll()
else await contend(JSON.parse(process.argv[2]!))

interface Contest {
  readonly name: string
  readonly kind: (typeof KINDS)[number]
  readonly defaultLabels: object
}

async function compareAll(): Promise<void> {
  printMachine()
  for (const defaultLabels of DEFAULT_LABELS) {
    const labels = Object.keys(defaultLabels).length
    print(`${LINES} lines, ${labels} default labels; CPU ms of metrics(), median and minimum`)
    for (const name of Object.keys(CLIENTS)) await compare(name, defaultLabels)
  }
}

async function compare(name: string, defaultLabels: object): Promise<void> {
  const children = KINDS.map((kind) => {
    const contest: Contest = { name, kind, defaultLabels }
    return fork(fileURLToPath(import.meta.url), [JSON.stringify(contest)])
  })
  const pages = await Promise.all(children.map((child) => answer<string>(child)))
  assertSameSamples(name, pages[0]!, pages[1]!)

  const times: number[][] = children.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, child] of children.entries()) {
      child.send('scrape')
      const milliseconds = await answer<number>(child)
      if (round >= WARM_UP) times[i]!.push(milliseconds)
    }
  }
  for (const child of children) child.disconnect()
  const spreads = times.map(spread)
  for (const [i, kind] of KINDS.entries()) {
    const { median, min } = spreads[i]!
    const ratio = (spreads[0]!.median / median).toFixed(1)
    const columns = [median.toFixed(1), min.toFixed(1), `${ratio}x`].map((text) => text.padStart(7))
    print(`  ${`${name}, ${kind}`.padEnd(48)} ${columns.join(' ')}`)
  }
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message')
  return message as T
}

/** Sends its page, and then for each message the time of a scrape. */
async function contend({ name, kind, defaultLabels }: Contest): Promise<void> {
  const client = CLIENTS[name]!
  const registry = kind === 'prometheusAdapter' ? ourHistograms(client) : ownHistograms(client)
  registry.setDefaultLabels(defaultLabels)
  await new Promise((resolve) => setImmediate(resolve))
  process.send!(await registry.metrics())
  process.on('message', async () => {
    const before = process.cpuUsage()
    await registry.metrics()
    const { user, system } = process.cpuUsage(before)
    process.send!((user + system) / 1000)
  })
}

function ourHistograms({ Registry }: Client): Registry {
  const registry = new Registry()
  const recorder = latencyRecorder({ bounds: BOUNDS, maxSeries: 5000 })
  forEachObservation((method, route, statusCode, seconds) =>
    recorder.observe(method, route, statusCode, seconds),
  )
  prometheusAdapter({ recorder, registry, activeRequests: false })
  return registry
}

function ownHistograms({ Registry, Histogram }: Client): Registry {
  const registry = new Registry()
  const histogram = new Histogram({
    name: NAME,
    help: HELP,
    labelNames: Object.values(LABELS),
    buckets: BOUNDS,
    registers: [registry],
  })
  forEachObservation((method, route, statusCode, seconds) => {
    const labels = {
      [LABELS.method]: method,
      [LABELS.route]: route,
      [LABELS.statusCode]: statusCode,
    }
    histogram.observe(labels, seconds)
  })
  return registry
}

type Observe = (method: string, route: string, statusCode: number, seconds: number) => void

function forEachObservation(observe: Observe): void {
  for (let r = 0; r < ROUTES; r++) {
    for (const [m, method] of METHODS.entries()) {
      for (const [s, statusCode] of STATUSES.entries()) {
        for (let i = 0; i < OBSERVATIONS; i++) {
          // Sums of such fractions are exact, so that their order does not matter.
          const seconds = 2 ** (((r * 7 + m * 5 + s * 3 + i * 11) % 20) - 10)
          observe(method, `/api/v1/resource${r}/:id`, statusCode, seconds)
        }
      }
    }
  }
}

/** @throws Error where two pages differ by a sample or more, whatever the order of lines and labels */
function assertSameSamples(name: string, theirs: string, ours: string): void {
  const expected = samplesOf(theirs)
  const shown = samplesOf(ours)
  const missing = [...expected].filter((sample) => !shown.has(sample))
  if (missing.length > 0 || shown.size !== expected.size) {
    throw new Error(`${name}: ${expected.size} samples, ours ${shown.size}; lacking ${missing[0]}`)
  }
}

/** No label value of this benchmark has a comma. */
function samplesOf(page: string): Set<string> {
  const samples = page.split('\n').filter((line) => line.includes('{'))
  const sorted = samples.map((line) =>
    line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join()}}`),
  )
  if (new Set(sorted).size !== sorted.length) throw new Error('a sample stands there twice')
  return new Set(sorted)
}

interface Spread {
  readonly median: number
  readonly min: number
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: sorted[Math.floor(sorted.length / 2)]!, min: sorted[0]! }
}

function printMachine(): void {
  const date = new Date().toISOString().slice(0, 10)
  print(`${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ${date}`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
