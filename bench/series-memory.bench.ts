/**
 * Memory that one series keeps: labels, 15 classic buckets (14 bounds), sum; 5 series a route. And with 60 native
 * buckets populated. Heap and array buffers, after a full collection; each contender in a process of its own.
 * `pnpm --filter @tidegauge/bench series-memory`
 */
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import platformatic from '@platformatic/prom-client'
import prometheusIo from '@prometheus-io/client'
import { latencyRecorder, REQUEST_DURATION } from '@tidegauge/metrics'
import promClient from 'prom-client'

const ROUTES = 4000
const SERIES = [
  ['GET', 200],
  ['GET', 404],
  ['POST', 201],
  ['POST', 400],
  ['POST', 500],
] as const
const POPULATED = 60
const names = REQUEST_DURATION.prometheus.labels
const attributes = REQUEST_DURATION.openTelemetry.attributes

type Observe = (method: string, route: string, statusCode: number, seconds: number) => void

interface Contender {
  readonly observe: Observe
  /** Distinct durations of each series. */
  readonly durations: readonly number[]
  /** Bucket counts of native rows: populated, and from the lowest to the highest. */
  readonly spread?: () => { populated: number; span: number; schema: number }
}

const contenders: Readonly<Record<string, () => Contender>> = {
  'prom-client 15': () => ofClient(promClient as unknown as Client),
  '@prometheus-io/client 0.16': () => ofClient(prometheusIo as unknown as Client),
  '@platformatic/prom-client 1': () => ofClient(platformatic as unknown as Client),
  'OpenTelemetry Histogram': ofOpenTelemetry,
  'recorder, classic': () => ofRecorder(false),
  'recorder, classic and native': () => ofRecorder(true),
}

const [, , only] = process.argv
if (only === undefined) printAll()
else process.stdout.write(JSON.stringify(measure(contenders[only]!)))

function printAll(): void {
  const date = new Date().toISOString().slice(0, 10)
  const count = ROUTES * SERIES.length
  process.stdout.write(
    `Memory per series: ${count} series, ${SERIES.length} a route, ${REQUEST_DURATION.bounds.length} bounds\n` +
      `  ${cpus()[0]?.model.trim()}, Node ${process.version}, ${date}\n`,
  )
  for (const name of Object.keys(contenders)) {
    const measured = execFileSync(process.execPath, ['--expose-gc', process.argv[1]!, name])
    const { bytes, spread } = JSON.parse(measured.toString()) as ReturnType<typeof measure>
    const native =
      spread &&
      `; ${spread.populated} native buckets populated, span ${spread.span}, schema ${spread.schema}`
    process.stdout.write(`  ${name.padEnd(32)} ${bytes.toFixed(0).padStart(6)} B${native ?? ''}\n`)
  }
}

function measure(make: () => Contender): {
  bytes: number
  spread: { populated: number; span: number; schema: number } | null
} {
  // What is loaded and compiled once is no series' memory.
  fill(make(), 20, 'warm')
  const contender = make()
  contender.observe('GET', '/first', 200, 0.1)
  const before = retained()
  fill(contender, ROUTES, 'resource')
  const bytes = (retained() - before) / (ROUTES * SERIES.length)
  contender.observe('GET', '/last', 200, 0.1)
  return { bytes, spread: contender.spread?.() ?? null }
}

function fill({ observe, durations }: Contender, routes: number, word: string): void {
  for (let i = 0; i < routes; i++) {
    const route = `/api/v1/${word}${i}/:id`
    for (const [method, statusCode] of SERIES) {
      for (const seconds of durations) observe(method, route, statusCode, seconds)
    }
  }
}

/** `external` has the array buffers among it. */
function retained(): number {
  for (let i = 0; i < 4; i++) globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

interface Client {
  readonly Registry: new () => object
  readonly Histogram: new (options: object) => { observe(labels: object, value: number): void }
}

function ofClient({ Histogram, Registry }: Client): Contender {
  const histogram = new Histogram({
    name: REQUEST_DURATION.prometheus.name,
    help: REQUEST_DURATION.prometheus.help,
    labelNames: Object.values(names),
    buckets: [...REQUEST_DURATION.bounds],
    registers: [new Registry()],
  })
  return {
    durations: classicDurations(),
    observe(method, route, statusCode, seconds) {
      histogram.observe(
        { [names.method]: method, [names.route]: route, [names.statusCode]: statusCode },
        seconds,
      )
    },
  }
}

function ofOpenTelemetry(): Contender {
  class Reader extends MetricReader {
    protected override async onShutdown(): Promise<void> {}
    protected override async onForceFlush(): Promise<void> {}
  }
  const boundaries = [...REQUEST_DURATION.bounds]
  const type = AggregationType.EXPLICIT_BUCKET_HISTOGRAM
  const histogram = new MeterProvider({
    readers: [new Reader()],
    views: [
      {
        instrumentName: '*',
        aggregation: { type, options: { boundaries } },
        // Beyond its limit, 2000 by default, it would add series together.
        aggregationCardinalityLimit: 50_000,
      },
    ],
  })
    .getMeter('bench')
    .createHistogram(REQUEST_DURATION.openTelemetry.name)
  return {
    durations: classicDurations(),
    observe(method, route, statusCode, seconds) {
      histogram.record(seconds, {
        [attributes.method]: method,
        [attributes.route]: route,
        [attributes.statusCode]: statusCode,
      })
    },
  }
}

function ofRecorder(native: boolean): Contender {
  const recorder = latencyRecorder({ native, maxSeries: 50_000 })
  return {
    durations: native ? nativeDurations() : classicDurations(),
    observe: recorder.observe,
    ...(native && {
      spread() {
        const row = recorder.duration.native(100)!
        const populated = row.counts.filter((count) => count > 0).length
        return { populated, span: row.counts.length, schema: row.schema }
      },
    }),
  }
}

/** One duration for each bucket. */
function classicDurations(): number[] {
  return [...REQUEST_DURATION.bounds, 20]
}

/** Lognormal durations, median 50 ms, until 60 buckets are populated: the tails leave gaps. */
function nativeDurations(): number[] {
  const recorder = latencyRecorder({ native: true })
  const random = mulberry32(42)
  const durations: number[] = []
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    durations.push(0.05 * Math.exp(normal))
    recorder.observe('GET', '/', 200, durations.at(-1)!)
    const { counts } = recorder.duration.native(1)!
    if (counts.filter((count) => count > 0).length === POPULATED) return durations
  }
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
