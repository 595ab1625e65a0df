/**
 * What watching costs: a row of twenty features into the bins of their reference, a check of the window, and the
 * page of a scrape with and without it. Counted against a Map and arrays by hand, in CPU time and bytes of heap.
 * `pnpm --filter @tidegauge/bench monitor`
 */

import type { BinnedProfile } from '@tidegauge/core'
import { profile } from '@tidegauge/drift'
import { latencyRecorder } from '@tidegauge/metrics'
import { fetchMetricsHandler } from '@tidegauge/metrics/metrics-handler'
import { type FeatureMonitor, featureMonitor } from '@tidegauge/monitor'
import { alternate, printResults } from './harness.ts'

const ROWS = 1024
const ROUNDS = 40
const ROUTES = 20
const KINDS = ['mixed', 'numbers', 'categories'] as const

for (const kind of KINDS) await compareOn(kind)

async function compareOn(kind: (typeof KINDS)[number]): Promise<void> {
  const draw = seeded(7)
  const names = Array.from({ length: 20 }, (_, i) => `feature_${i}`)
  const isNumber = (i: number) => kind === 'numbers' || (kind === 'mixed' && i % 4 !== 3)
  const cell = (i: number) =>
    isNumber(i) ? numberAt(i, draw) : `category ${Math.floor(30 * draw() * draw())}`
  // As a server gets them: parsed, so that texts and numbers are not the very objects of the reference.
  const rowsOf = (count: number): Array<Record<string, unknown>> =>
    JSON.parse(
      JSON.stringify(
        Array.from({ length: count }, () => Object.fromEntries(names.map((n, i) => [n, cell(i)]))),
      ),
    )
  const reference = profile(rowsOf(20_000))
  const rows = rowsOf(ROWS)
  const monitor = featureMonitor({ reference, model: 'bench' })
  const byHand = handCounter(reference.columns)
  const watch = loop(monitor.observe)
  const read = () => loopByHand(rows, byHand.observe)
  const results = alternate(
    [
      { name: 'by hand: Map, binary search', run: read },
      { name: 'featureMonitor.observe', run: () => watch(rows) },
    ],
    ROUNDS * ROWS * names.length,
    11,
  )
  printResults(`One feature of a row of ${names.length} (${kind}); CPU time`, results)
  assertSame(monitor, byHand.profiles())
  print('heap per row, by hand', `${bytesPerRow(read).toFixed(1)} B`)
  print('heap per row, observe', `${bytesPerRow(() => watch(rows)).toFixed(1)} B`)
  print('check()', `${milliseconds(() => monitor.check())} ms`)
  print('families(), all samples read', `${milliseconds(() => drain(monitor))} ms`)
  await comparePages(monitor)
}

/** Scrapes of a service with twenty routes, in text; the medians of alternating scrapes. */
async function comparePages(monitor: FeatureMonitor): Promise<void> {
  const recorder = latencyRecorder()
  for (let i = 0; i < 100 * ROUTES; i++) {
    recorder.observe('GET', `/api/${i % ROUTES}/:id`, 200, (i % 17) / 20)
  }
  const pages = [
    { name: 'a scrape without the monitor', page: fetchMetricsHandler({ recorder }) },
    { name: 'a scrape with it', page: fetchMetricsHandler({ recorder, sources: [monitor] }) },
  ].map((page) => ({ ...page, times: [] as number[], bytes: 0 }))
  for (let round = 0; round < 60; round++) {
    for (const entry of pages) {
      const before = process.cpuUsage()
      const text = await (await entry.page(new Request('http://localhost/metrics'))).text()
      const { user, system } = process.cpuUsage(before)
      entry.times.push((user + system) / 1000)
      entry.bytes = Buffer.byteLength(text)
      if (text.includes('drift_feature_bin_total') !== entry.name.endsWith('it')) {
        throw new Error(`${entry.name}: not the page that was asked for`)
      }
    }
  }
  for (const { name, times, bytes } of pages) {
    const middle = times.sort((a, b) => a - b)[30]!
    print(name, `${middle.toFixed(2)} ms`)
    print('', `${(bytes / 1000).toFixed(0)} kB`)
  }
}

/** Half of them with long tails, a few with few values. */
function numberAt(i: number, draw: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
  if (i % 5 === 0) return Math.round(3 * Math.abs(normal))
  return i % 2 === 0 ? Math.exp(normal) : normal
}

/** A function of its own for each: a shared one would see both. */
function loop(observe: FeatureMonitor['observe']): (rows: readonly object[]) => void {
  return new Function(
    'observe',
    `return (rows) => {
      for (let k = 0; k < ${ROUNDS}; k++) for (let i = 0; i < rows.length; i++) observe(rows[i])
    }`,
  )(observe)
}

function loopByHand(
  rows: ReadonlyArray<Record<string, unknown>>,
  observe: (row: Record<string, unknown>) => void,
): void {
  for (let k = 0; k < ROUNDS; k++) for (const row of rows) observe(row)
}

function handCounter(
  columns: ReadonlyArray<{ readonly name: string; readonly profile: BinnedProfile }>,
) {
  const counters = columns.map(({ name, profile: reference }) => {
    if (reference.kind === 'numeric') {
      const counts = new Array<number>(reference.edges.length + 1).fill(0)
      return {
        name,
        count: (x: unknown) => counts[slotOf(x as number, reference.edges)]!++,
        counts,
      }
    }
    const counts = new Map(reference.categories.map((category) => [category, 0]))
    return {
      name,
      count: (text: unknown) => counts.set(text as string, (counts.get(text as string) ?? 0) + 1),
      counts,
    }
  })
  return {
    observe(row: Record<string, unknown>): void {
      for (const { name, count } of counters) if (Object.hasOwn(row, name)) count(row[name])
    },
    profiles: () => new Map(counters.map(({ name, counts }) => [name, counts])),
  }
}

function slotOf(x: number, edges: readonly number[]): number {
  if (x === edges[0]) return 1
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (edges[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}

function assertSame(
  monitor: FeatureMonitor,
  counted: ReadonlyMap<string, readonly number[] | ReadonlyMap<string, number>>,
): void {
  for (const { name, profile: live } of monitor.window().columns) {
    const expected = counted.get(name)!
    const same =
      live.kind === 'numeric'
        ? [live.underflow, ...live.counts, live.overflow].join() === String(expected)
        : live.categories.every((category, i) => {
            return live.counts[i] === (expected as ReadonlyMap<string, number>).get(category)
          })
    if (!same || live.n === 0) throw new Error(`${name}: other counts than by hand`)
  }
}

function bytesPerRow(run: () => void): number {
  if (globalThis.gc === undefined) throw new Error('run node with --expose-gc')
  const rounds = Array.from({ length: 7 }, () => {
    globalThis.gc!()
    const before = process.memoryUsage().heapUsed
    run()
    return (process.memoryUsage().heapUsed - before) / (ROUNDS * ROWS)
  }).sort((a, b) => a - b)
  return rounds[3]!
}

function milliseconds(run: () => unknown): string {
  const times = Array.from({ length: 30 }, () => {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }).sort((a, b) => a - b)
  return times[15]!.toFixed(2)
}

function drain(monitor: FeatureMonitor): number {
  let sum = 0
  for (const { samples } of monitor.families()) for (const { value } of samples) sum += value
  return sum
}

function print(name: string, value: string): void {
  process.stdout.write(`  ${name.padEnd(42)} ${value.padStart(11)}\n`)
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
