/**
 * One observation with three labels, look-up included: the recorder against the clients' own histograms, in CPU
 * time and in bytes of heap. All contenders count the same observations, and are checked against each other.
 * `pnpm --filter @tidegauge/bench observe`
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
} from '@opentelemetry/api'
import { AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import platformatic from '@platformatic/prom-client'
import prometheusIo from '@prometheus-io/client'
import {
  type LatencyRecorder,
  type LatencyRecorderOptions,
  latencyRecorder,
  openTelemetryExemplars,
  REQUEST_DURATION,
} from '@tidegauge/metrics'
import promClient from 'prom-client'
import { alternate, printResults } from './harness.ts'

const OPERATIONS = 100_000
const names = REQUEST_DURATION.prometheus.labels
const attributes = REQUEST_DURATION.openTelemetry.attributes

// 40 series, in an order that no branch predictor learns; looked up, so that the loop itself costs next to nothing.
const series = Array.from({ length: 1024 }, (_, i) => (i * 613) % 40)
const templates = Array.from({ length: 10 }, (_, i) => `/resource${i}/:id`)
const methods = series.map((k) => (k % 2 === 0 ? 'GET' : 'POST'))
const statuses = series.map((k) => (k % 4 < 2 ? 200 : 404))
const routes = series.map((k) => templates[Math.floor(k / 4)]!)
const seconds = Array.from({ length: 1024 }, (_, i) => ((i * 7919) % 1024) / 2000)

type ObserveLabels = (method: string, route: string, statusCode: number, seconds: number) => void

interface Observer {
  readonly name: string
  readonly run: () => void
  /** Series and bucket to cumulative count. */
  readonly counts: () => Promise<Map<string, number>>
}

const classic = recorderObserver('recorder, classic buckets', { native: false })
const both = recorderObserver('recorder, classic and native buckets', { native: true })
const withExemplars = recorderObserver('recorder, classic, with exemplars', {
  exemplars: openTelemetryExemplars(trace),
})
const asMiddleware = middlewareObserver('recorder, classic, exemplar at a known time')
const peers = [
  clientObserver('prom-client 15', promClient as unknown as Client),
  clientObserver('@prometheus-io/client 0.16', prometheusIo as unknown as Client),
  clientObserver('@platformatic/prom-client 1', platformatic as unknown as Client),
  openTelemetryObserver(),
]
const observers = [...peers, classic, both, withExemplars, asMiddleware]

context.setGlobalContextManager(asyncLocalStorageManager())
const span = trace.wrapSpanContext({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
} satisfies SpanContext)

context.with(trace.setSpan(context.active(), span), () => {
  const results = alternate(observers, OPERATIONS)
  printResults('One observation, 3 labels, 40 series, 14 bounds; CPU time', results)
  const nanoseconds = ({ name }: Observer): number =>
    results.find((result) => result.name === name)!.nanoseconds
  for (const mine of [classic, both]) {
    const ratios = peers.map(
      (peer) => `${(nanoseconds(peer) / nanoseconds(mine)).toFixed(1)}x ${peer.name}`,
    )
    process.stdout.write(`  ${mine.name}: ${ratios.join(', ')}\n`)
  }
  for (const mine of [withExemplars, asMiddleware]) {
    const extra = nanoseconds(mine) - nanoseconds(classic)
    process.stdout.write(`  ${mine.name}: ${extra.toFixed(0)} ns more\n`)
  }
  printBytes()
})
await assertSameCounts()

/** A histogram of a client with prom-client's shape. */
interface Client {
  readonly Registry: new () => object
  readonly Histogram: new (
    options: object,
  ) => {
    observe(labels: object, value: number): void
    get(): Promise<{
      values: { metricName?: string; labels: Record<string, unknown>; value: number }[]
    }>
  }
}

/** The same loop for all, but a function of its own for each: a shared one would see all their types. */
function loop(observe: ObserveLabels): () => void {
  return new Function(
    'observe',
    'methods',
    'routes',
    'statuses',
    'seconds',
    `return () => {
      for (let i = 0; i < ${OPERATIONS}; i++) {
        const k = i & 1023
        observe(methods[k], routes[k], statuses[k], seconds[k])
      }
    }`,
  )(observe, methods, routes, statuses, seconds) as () => void
}

function clientObserver(name: string, { Histogram, Registry }: Client): Observer {
  const histogram = new Histogram({
    name: REQUEST_DURATION.prometheus.name,
    help: REQUEST_DURATION.prometheus.help,
    labelNames: Object.values(names),
    buckets: [...REQUEST_DURATION.bounds],
    registers: [new Registry()],
  })
  return {
    name,
    run: loop((method, route, statusCode, value) => {
      histogram.observe(
        { [names.method]: method, [names.route]: route, [names.statusCode]: statusCode },
        value,
      )
    }),
    async counts() {
      const { values } = await histogram.get()
      return new Map(
        values
          .filter(({ metricName }) => metricName?.endsWith('_bucket'))
          .map(({ labels, value }) => [
            [labels[names.method], labels[names.route], labels[names.statusCode], labels.le].join(),
            value,
          ]),
      )
    },
  }
}

function openTelemetryObserver(): Observer {
  class Reader extends MetricReader {
    protected override async onShutdown(): Promise<void> {}
    protected override async onForceFlush(): Promise<void> {}
  }
  const reader = new Reader()
  const boundaries = [...REQUEST_DURATION.bounds]
  const { name, unit } = REQUEST_DURATION.openTelemetry
  const histogram = new MeterProvider({
    readers: [reader],
    views: [
      {
        instrumentName: '*',
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries } },
      },
    ],
  })
    .getMeter('bench')
    .createHistogram(name, { unit })
  return {
    name: 'OpenTelemetry Histogram.record',
    run: loop((method, route, statusCode, value) => {
      histogram.record(value, {
        [attributes.method]: method,
        [attributes.route]: route,
        [attributes.statusCode]: statusCode,
      })
    }),
    async counts() {
      const { resourceMetrics } = await reader.collect()
      const points = resourceMetrics.scopeMetrics[0]!.metrics[0]!.dataPoints
      return new Map(
        points.flatMap((point) => {
          const { [attributes.method]: method, [attributes.route]: route } = point.attributes
          const series = [method, route, point.attributes[attributes.statusCode]].join()
          const { buckets } = point.value as { buckets: { counts: number[] } }
          return cumulative(series, boundaries, buckets.counts)
        }),
      )
    },
  }
}

function recorderObserver(name: string, options: LatencyRecorderOptions): Observer {
  const recorder = latencyRecorder(options)
  return ofRecorder(name, recorder, (method, route, statusCode, value) => {
    recorder.observe(method, route, statusCode, value)
  })
}

/** It has read the clock for the duration, and hands it on: the exemplar needs no other. */
function middlewareObserver(name: string): Observer {
  const source = openTelemetryExemplars(trace)
  const recorder = latencyRecorder({ exemplars: source })
  const now = Date.now()
  return ofRecorder(name, recorder, (method, route, statusCode, value) => {
    const slot = recorder.slot(method, route, statusCode)
    recorder.duration.observe(slot, value, source() ?? null, now)
  })
}

function ofRecorder(name: string, recorder: LatencyRecorder, observe: ObserveLabels): Observer {
  return {
    name,
    run: loop(observe),
    async counts() {
      return new Map(
        recorder
          .snapshot()
          .flatMap(({ labels: { method, route, statusCode }, counts }) =>
            cumulative([method, route, statusCode].join(), recorder.bounds, counts),
          ),
      )
    },
  }
}

function cumulative(
  series: string,
  bounds: readonly number[],
  counts: readonly number[],
): [string, number][] {
  let sum = 0
  return counts.map((count, i) => {
    sum += count
    return [`${series},${bounds[i] ?? '+Inf'}`, sum]
  })
}

function printBytes(): void {
  if (globalThis.gc === undefined) throw new Error('run node with --expose-gc')
  process.stdout.write('Heap per observation, in a young generation that holds a whole round\n')
  for (const { name, run } of observers) {
    const rounds = Array.from({ length: 7 }, () => {
      globalThis.gc!()
      const before = process.memoryUsage().heapUsed
      run()
      return (process.memoryUsage().heapUsed - before) / OPERATIONS
    }).sort((a, b) => a - b)
    process.stdout.write(`  ${name.padEnd(42)} ${rounds[3]!.toFixed(1).padStart(8)} B\n`)
  }
}

/** All have counted the same requests into the same buckets. */
async function assertSameCounts(): Promise<void> {
  const [first, ...others] = await Promise.all(observers.map(({ counts }) => counts()))
  if (first!.size !== 40 * 15) throw new Error(`${first!.size} buckets are not 600`)
  others.forEach((counts, i) => {
    const { name } = observers[i + 1]!
    if (counts.size !== first!.size) throw new Error(`${name} has ${counts.size} buckets`)
    for (const [key, count] of first!) {
      if (counts.get(key) !== count) {
        throw new Error(`${name}: ${key} is ${counts.get(key)}, not ${count}`)
      }
    }
  })
}

/** What @opentelemetry/context-async-hooks does where a context is read. */
function asyncLocalStorageManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, fn, self, ...args) =>
      storage.run(active, () => fn.apply(self as never, args as never)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}
