/**
 * One scrape of many histograms: what it costs in CPU time, and for how long it keeps the event loop from
 * everything else. All contenders show the same observations, and their pages are compared sample by sample.
 * `pnpm --filter @tidegauge/bench scrape`
 */
import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { cpus } from 'node:os'
import { Duplex } from 'node:stream'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import platformatic from '@platformatic/prom-client'
import prometheusIo from '@prometheus-io/client'
import { latencyRecorder, REQUEST_DURATION, type RecorderReader } from '@tidegauge/metrics'
import { metricsHandler } from '@tidegauge/metrics/metrics-handler'
import promClient from 'prom-client'

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10]
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const STATUSES = [200, 201, 400, 404, 500]
const OBSERVATIONS = 8
const { name: NAME, help: HELP, labels: LABELS } = REQUEST_DURATION.prometheus
const ROUNDS = 15
const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'

interface Series {
  readonly method: string
  readonly route: string
  readonly statusCode: number
  readonly seconds: readonly number[]
}

interface Contender {
  readonly name: string
  /** One scrape; how many bytes it gave. */
  readonly scrape: () => Promise<number>
  /** The page as text, to be compared; of ours in protobuf there is none. */
  readonly text?: () => Promise<string>
}

interface Measured {
  readonly name: string
  readonly bytes: number
  /** Medians and minima, in ms. */
  readonly cpu: Spread
  readonly block: Spread
}

interface Spread {
  readonly median: number
  readonly min: number
}

if (globalThis.gc === undefined) throw new Error('run node with --expose-gc')
for (const routes of [100, 400]) {
  const series = seriesOf(routes)
  const contenders = [
    clientContender('prom-client 15', promClient as never, series),
    clientContender('@prometheus-io/client 0.16', prometheusIo as never, series),
    clientContender('@platformatic/prom-client 1', platformatic as never, series),
    openTelemetryContender(series),
    ...handlerContenders(series),
  ]
  await assertSameSamples(contenders)
  const lines = series.length * (BOUNDS.length + 3)
  print(`${series.length} histograms, ${lines} lines`, await measure(contenders))
}
const wide = nativeContender(40)
print('2500 series of 40 native buckets', await measure([wide]))

function seriesOf(routes: number): Series[] {
  const names = Array.from({ length: routes }, (_, i) => `/api/v1/resource${i}/:id`)
  return names.flatMap((route, r) =>
    METHODS.flatMap((method, m) =>
      STATUSES.map((statusCode, s) => ({
        method,
        route,
        statusCode,
        // Sums of such fractions are exact, so that their order does not matter.
        seconds: Array.from(
          { length: OBSERVATIONS },
          (_, i) => 2 ** (((r * 7 + m * 5 + s * 3 + i * 11) % 20) - 10),
        ),
      })),
    ),
  )
}

/** A client of prom-client's shape, as the handler that its users write calls it. */
interface Client {
  readonly Registry: new () => { metrics(): Promise<string> }
  readonly Histogram: new (
    options: object,
  ) => {
    observe(labels: object, value: number): void
  }
}

function clientContender(name: string, client: Client, series: readonly Series[]): Contender {
  const registry = new client.Registry()
  const histogram = new client.Histogram({
    name: NAME,
    help: HELP,
    labelNames: Object.values(LABELS),
    buckets: BOUNDS,
    registers: [registry],
  })
  for (const { method, route, statusCode, seconds } of series) {
    const labels = {
      [LABELS.method]: method,
      [LABELS.route]: route,
      [LABELS.statusCode]: statusCode,
    }
    for (const value of seconds) histogram.observe(labels, value)
  }
  return {
    name: `${name}, registry.metrics()`,
    scrape: async () => (await registry.metrics()).length,
    text: () => registry.metrics(),
  }
}

function openTelemetryContender(series: readonly Series[]): Contender {
  class Reader extends MetricReader {
    protected override async onShutdown(): Promise<void> {}
    protected override async onForceFlush(): Promise<void> {}
  }
  const reader = new Reader()
  const { attributes } = REQUEST_DURATION.openTelemetry
  const histogram = new MeterProvider({
    readers: [reader],
    views: [
      {
        instrumentName: '*',
        aggregationCardinalityLimit: series.length + 1,
        aggregation: {
          type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
          options: { boundaries: BOUNDS },
        },
      },
    ],
  })
    .getMeter('bench')
    // Its exporter puts no unit behind the name.
    .createHistogram(NAME, { unit: 's', description: HELP })
  for (const { method, route, statusCode, seconds } of series) {
    const own = {
      [attributes.method]: method,
      [attributes.route]: route,
      [attributes.statusCode]: statusCode,
    }
    for (const value of seconds) histogram.record(value, own)
  }
  // As lean as its options allow: without the labels of its scope on each line.
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true)
  const text = async () => serializer.serialize((await reader.collect()).resourceMetrics)
  return {
    name: 'OpenTelemetry collect and serialize',
    scrape: async () => (await text()).length,
    text,
  }
}

function handlerContenders(series: readonly Series[]): Contender[] {
  const recorder = latencyRecorder({ bounds: BOUNDS, maxSeries: series.length })
  for (const { method, route, statusCode, seconds } of series) {
    for (const value of seconds) recorder.observe(method, route, statusCode, value)
  }
  return [
    handlerContender('metricsHandler, text', recorder, {}),
    handlerContender('metricsHandler, text, gzip', recorder, { 'accept-encoding': 'gzip' }),
    handlerContender('metricsHandler, OpenMetrics', recorder, {
      accept: 'application/openmetrics-text;version=1.0.0',
    }),
    handlerContender('metricsHandler, protobuf', recorder, { accept: PROTOBUF }),
  ]
}

function nativeContender(buckets: number): Contender {
  const recorder = latencyRecorder({ maxSeries: 2500, native: true })
  for (const { method, route, statusCode } of seriesOf(100)) {
    for (let i = 0; i < buckets; i++) {
      for (let n = 0; n <= (i * 7) % 50; n++) {
        recorder.observe(method, route, statusCode, 2 ** ((i - 30 - 0.5) / 8))
      }
    }
  }
  return handlerContender('metricsHandler, protobuf', recorder, { accept: PROTOBUF })
}

/** Through the handler as a server calls it, into a socket that swallows everything. */
function handlerContender(
  name: string,
  recorder: RecorderReader,
  headers: Readonly<Record<string, string>>,
): Contender {
  const handler = metricsHandler({ recorder })
  const respond = async (pieces?: Buffer[]): Promise<number> => {
    let bytes = 0
    const socket = new Duplex({
      // It never asks to wait: nobody would tell the response when to go on.
      writableHighWaterMark: Number.MAX_SAFE_INTEGER,
      read() {},
      write(chunk: Buffer, _, done) {
        bytes += chunk.length
        pieces?.push(Buffer.from(chunk))
        done()
      },
    }) as Socket
    const req = new IncomingMessage(socket)
    Object.assign(req, { method: 'GET', url: '/metrics', headers, httpVersionMajor: 1 })
    const res = new ServerResponse(req)
    // HTTP/1.0 has no chunks, whose lengths would be in the way of reading the page.
    res.useChunkedEncodingByDefault = false
    res.assignSocket(socket)
    await handler(req, res)
    return bytes
  }
  const contender = { name, scrape: () => respond() }
  if (headers.accept === PROTOBUF || headers['accept-encoding'] !== undefined) return contender
  return {
    ...contender,
    async text() {
      const pieces: Buffer[] = []
      await respond(pieces)
      const page = Buffer.concat(pieces).toString()
      return page.slice(page.indexOf('\r\n\r\n') + 4)
    },
  }
}

async function measure(contenders: readonly Contender[]): Promise<Measured[]> {
  const samples = contenders.map((contender) => ({
    contender,
    bytes: 0,
    cpu: [] as number[],
    block: [] as number[],
  }))
  for (let round = 0; round < ROUNDS + 3; round++) {
    for (const sample of samples) {
      const { scrape } = sample.contender
      await withoutGarbage()
      const before = process.cpuUsage()
      sample.bytes = await scrape()
      const { user, system } = process.cpuUsage(before)
      await withoutGarbage()
      const block = await longestBlock(scrape)
      // The first rounds only warm up.
      if (round < 3) continue
      sample.cpu.push((user + system) / 1000)
      sample.block.push(block)
    }
  }
  return samples.map(({ contender: { name }, bytes, cpu, block }) => {
    return { name, bytes, cpu: spread(cpu), block: spread(block) }
  })
}

/** Each pays for its own garbage, and not for that of the one before. */
async function withoutGarbage(): Promise<void> {
  globalThis.gc!()
  // The collector's threads go on for a while.
  await new Promise((resolve) => setTimeout(resolve, 60))
}

/** The longest time between two turns of the event loop. */
async function longestBlock(scrape: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now()
  let running = true
  const tick = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (running) setImmediate(tick)
  }
  await new Promise((resolve) => setImmediate(resolve))
  last = performance.now()
  setImmediate(tick)
  await scrape()
  tick()
  running = false
  return longest
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: sorted[Math.floor(sorted.length / 2)]!, min: sorted[0]! }
}

/** @throws Error where two pages do not have the same samples */
async function assertSameSamples(contenders: readonly Contender[]): Promise<void> {
  let expected: Set<string> | undefined
  for (const { name, text } of contenders) {
    if (text === undefined) continue
    const samples = samplesOf(await text())
    expected ??= samples
    const missing = [...expected].find((sample) => !samples.has(sample))
    const surplus = [...samples].find((sample) => !expected!.has(sample))
    if (missing !== undefined || surplus !== undefined) {
      throw new Error(`${name} has ${surplus ?? 'no'} sample for ${missing}`)
    }
  }
}

/** The histogram's samples, with labels in one order and bounds in one spelling. */
function samplesOf(text: string): Set<string> {
  const samples = new Set<string>()
  for (const line of text.split('\n')) {
    if (!line.startsWith(NAME)) continue
    const brace = line.indexOf('{')
    const end = line.lastIndexOf('}')
    const labels = [...line.slice(brace + 1, end).matchAll(/(\w+)="([^"]*)"/g)].map(
      ([, label, value]) =>
        `${label}=${label === 'le' && value !== '+Inf' ? Number(value) : value}`,
    )
    const sample = `${line.slice(0, brace)} ${labels.sort().join()} ${Number(line.slice(end + 1))}`
    if (samples.has(sample)) throw new Error(`twice: ${line}`)
    samples.add(sample)
  }
  return samples
}

function print(title: string, measured: readonly Measured[]): void {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ${date}`
  process.stdout.write(`${title}; ${ROUNDS} rounds, median (min)\n  ${machine}\n`)
  for (const { name, bytes, cpu, block } of measured) {
    const ratio = measured[0]!.cpu.median / cpu.median
    process.stdout.write(
      `  ${name.padEnd(46)} ${both(cpu)} ms CPU ${ratio.toFixed(1).padStart(6)}x` +
        `  longest block ${both(block)} ms  ${(bytes / 1000).toFixed(0).padStart(6)} kB\n`,
    )
  }
}

function both({ median, min }: Spread): string {
  return `${median.toFixed(1).padStart(6)} (${min.toFixed(1)})`.padEnd(16)
}
