/**
 * One scrape of a cluster: what its workers send, and what the primary does with it. Four workers of 2,500
 * histograms each; prom-client's AggregatorRegistry against `mergeStates` and `renderText`.
 * `pnpm --filter @tidegauge/bench cluster`
 */
import { latencyRecorder, REQUEST_DURATION } from '@tidegauge/metrics'
import { AggregatorRegistry, Histogram, type MetricObject, Registry } from 'prom-client'
import { decodeState, encodeState } from '../packages/metrics/src/cluster/encode-state.ts'
import { familiesOf } from '../packages/metrics/src/exposition/families.ts'
import { renderAll } from '../packages/metrics/src/exposition/rendering.ts'
import { renderText } from '../packages/metrics/src/exposition/text/text.ts'
import { namingOf } from '../packages/metrics/src/naming/naming.ts'
import { mergeStates } from '../packages/metrics/src/recorder/merge-states.ts'
import { readState } from '../packages/metrics/src/recorder/recorder-state.ts'
import { alternate, printResults } from './harness.ts'

const WORKERS = 4
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10]
const ROUTES = Array.from({ length: 100 }, (_, i) => `/v1/resource-${i}/:id`)
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const STATUSES = [200, 201, 400, 404, 500]
const OBSERVATIONS = 40
const { name: NAME, help: HELP, labels: LABELS } = REQUEST_DURATION.prometheus

const workers = Array.from({ length: WORKERS }, (_, worker) => fill(worker))
const asJson = await Promise.all(
  workers.map(async ({ registry }) => JSON.stringify(await registry.getMetricsAsJSON())),
)
const bytesOf = (kind: 'classic' | 'native') =>
  workers.map((worker) => encodeState(worker[kind].state()))
const asBytes = { classic: bytesOf('classic'), native: bytesOf('native') }

const theirs = await aggregateTheirs(asJson)
for (const kind of ['classic', 'native'] as const)
  assertSameSamples(theirs, aggregateOurs(asBytes[kind]))

const size = (pieces: readonly { readonly length: number }[]) =>
  pieces.reduce((sum, { length }) => sum + length, 0) / pieces.length
process.stdout.write(
  `sent by each worker of ${ROUTES.length * METHODS.length * STATUSES.length} series\n`,
)
for (const [name, bytes] of [
  ['prom-client, JSON', size(asJson)],
  ['encodeState, base64', (size(asBytes.classic) * 4) / 3],
  ['encodeState with native buckets, base64', (size(asBytes.native) * 4) / 3],
] as const) {
  const ratio = (size(asJson) / bytes).toFixed(1)
  process.stdout.write(
    `  ${name.padEnd(42)} ${(bytes / 1024).toFixed(0).padStart(8)} KiB ${ratio.padStart(6)}x\n`,
  )
}

printResults('the primary: read four, add them up, render (ns a scrape)', [
  ...(await timeTheirs()),
  ...alternate(
    [
      { name: 'decodeState, mergeStates, renderText', run: () => aggregateOurs(asBytes.classic) },
      { name: 'the same with native buckets', run: () => aggregateOurs(asBytes.native) },
    ],
    1,
    15,
  ),
])

function fill(worker: number) {
  const registry = new Registry()
  const labelNames = [LABELS.method, LABELS.route, LABELS.statusCode]
  const histogram = new Histogram({
    name: NAME,
    help: HELP,
    labelNames,
    buckets: BOUNDS,
    registers: [registry],
  })
  const classic = latencyRecorder({ bounds: BOUNDS, native: false, maxSeries: 3000 })
  const native = latencyRecorder({ bounds: BOUNDS, native: true, maxSeries: 3000 })
  let state = worker + 1
  for (const route of ROUTES) {
    for (const method of METHODS) {
      for (const status of STATUSES) {
        for (let i = 0; i < OBSERVATIONS; i++) {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0
          // Dyadic numbers: sums are the same in any order.
          const seconds = Math.ceil(2 ** (14 * (state / 2 ** 32))) / 1024
          const labels = {
            [LABELS.method]: method,
            [LABELS.route]: route,
            [LABELS.statusCode]: String(status),
          }
          histogram.observe(labels, seconds)
          classic.observe(method, route, status, seconds)
          native.observe(method, route, status, seconds)
        }
      }
    }
  }
  return { registry, classic, native }
}

async function aggregateTheirs(messages: readonly string[]): Promise<string> {
  const metrics = messages.map((message) => JSON.parse(message) as MetricObject[])
  return AggregatorRegistry.aggregate(metrics).metrics()
}

function aggregateOurs(messages: readonly Uint8Array[]): string {
  const sum = readState(mergeStates(messages.map(decodeState)))
  const families = familiesOf([{ reader: sum, naming: namingOf(), labels: {} }])
  return renderAll(renderText(families)).toString()
}

/** Their call is asynchronous: CPU time around it, nothing else runs meanwhile. */
async function timeTheirs() {
  const samples: number[] = []
  for (let round = 0; round < 9; round++) {
    const before = process.cpuUsage()
    await aggregateTheirs(asJson)
    const { user, system } = process.cpuUsage(before)
    if (round >= 2) samples.push((user + system) * 1000)
  }
  samples.sort((a, b) => a - b)
  return [
    { name: 'prom-client, JSON.parse and aggregate', nanoseconds: samples[samples.length >> 1]! },
  ]
}

function assertSameSamples(expected: string, actual: string): void {
  const [want, got] = [samplesOf(expected), samplesOf(actual)]
  if (want.size !== got.size) throw new Error(`${got.size} samples, prom-client has ${want.size}`)
  for (const [series, value] of want) {
    if (got.get(series) !== value) throw new Error(`${series} is ${got.get(series)}, not ${value}`)
  }
}

function samplesOf(page: string): Map<string, number> {
  const lines = page.split('\n').filter((line) => line.startsWith(NAME))
  return new Map(
    lines.map((line) => {
      const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line)!
      return [`${name}{${labels!.split(',').sort().join()}}`, Number(value)]
    }),
  )
}
