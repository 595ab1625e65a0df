/**
 * `detectDriftAsync` against `detectDrift`: wall time, and how long the caller's event loop was held at most.
 * A million rows, 20 columns: numbers in shared memory, not in shared memory, and mixed with texts.
 * `pnpm --filter @tidegauge/bench async [--rows 1000000]`
 *
 * The loop is watched by a chain of immediates: the longest time between two of them is the longest block.
 * Collections of garbage that fell into it are told apart: they hold the loop too, whoever works. So is (on
 * Linux) the time for which the thread did not run: where there are more threads than cores, or other work, the
 * machine holds the loop. The same loop beside as many threads that only spin says how long.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { PerformanceObserver } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { detectDrift, detectDriftAsync, driftPool } from '@tidegauge/drift'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    columns: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    workers: { type: 'string' },
  },
})
const rows = Number(values.rows)
const columns = Number(values.columns)
const pool = driftPool(values.workers === undefined ? {} : { workers: Number(values.workers) })

const SCHEDSTAT = `/proc/self/task/${process.pid}/schedstat`
const HAS_SCHEDSTAT = existsSync(SCHEDSTAT)

type Table = Record<string, ArrayLike<unknown>>
type MakeColumn = (index: number, shift: number) => ArrayLike<unknown>

const SUBJECTS: ReadonlyArray<readonly [title: string, make: MakeColumn]> = [
  [
    'Float64Array, shared',
    (index, shift) => normals(index, shift, new SharedArrayBuffer(8 * rows)),
  ],
  ['Float64Array, not shared', (index, shift) => normals(index, shift, new ArrayBuffer(8 * rows))],
  [
    'mixed: arrays of numbers with gaps, few texts, many texts, dates',
    (index, shift) => {
      const numbers = normals(index, shift, new ArrayBuffer(8 * rows))
      const kinds: Array<(x: number, i: number) => unknown> = [
        (x, i) => (i % 13 === 0 ? null : x),
        (x) => `city ${Math.round(x * 5)}`,
        (_, i) => `user ${Math.floor(i / 50)}`,
        (x, i) => (i % 17 === 0 ? undefined : new Date(1.7e12 + x * 1e9)),
      ]
      return Array.from(numbers, kinds[index % kinds.length]!)
    },
  ],
]

process.stdout.write(
  `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}, ${pool.workers} workers\n`,
)
for (const [title, make] of SUBJECTS) {
  const [reference, current] = [tableOf(make, 0), tableOf(make, 0.05)]
  process.stdout.write(`${title}: ${rows} x ${columns}\n`)
  await detectDriftAsync(reference, current, { pool, columns: Object.keys(reference).slice(0, 4) })
  for (let round = 0; round < Number(values.rounds); round++) {
    const beside = await watched(besideSpinningThreads)
    const there = await watched(() => detectDriftAsync(reference, current, { pool }))
    const here = await watched(async () => detectDrift(reference, current))
    deepStrictEqual(there.result, here.result)
    process.stdout.write(
      [
        `  detectDrift ${seconds(here.wall)}`,
        `detectDriftAsync ${seconds(there.wall)}`,
        `its longest block ${milliseconds(there.longest)}`,
        `without collecting garbage ${milliseconds(there.longestWithoutGc)}`,
        `of which the thread ran ${milliseconds(there.longestOwn)}`,
        `an idle loop's beside spinning threads ${milliseconds(beside.longest)}\n`,
      ].join(', '),
    )
  }
}
await pool.close()

interface Watched<T> {
  readonly result: T
  readonly wall: number
  readonly longest: number
  readonly longestWithoutGc: number
  readonly longestOwn: number
}

async function watched<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const blocks: Array<readonly [start: number, end: number, ran: number]> = []
  const collections: Array<readonly [start: number, end: number]> = []
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      collections.push([startTime, startTime + duration])
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  let isWatching = true
  let last = performance.now()
  let lastRan = timeOnCore()
  const tick = () => {
    const time = performance.now()
    const ran = timeOnCore()
    if (time - last > 2) blocks.push([last, time, ran - lastRan])
    last = time
    lastRan = ran
    if (isWatching) setImmediate(tick)
  }
  setImmediate(tick)
  const start = performance.now()
  const result = await work()
  const wall = performance.now() - start
  isWatching = false
  // What the observer has not heard of yet.
  await new Promise((resolve) => setTimeout(resolve, 50))
  observer.disconnect()
  const lengths = blocks.map(([from, to, ran]) => {
    const collecting = collections.reduce(
      (sum, [start, end]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)),
      0,
    )
    const withoutGc = to - from - collecting
    return { all: to - from, withoutGc, own: Math.min(withoutGc, Math.max(0, ran - collecting)) }
  })
  return {
    result,
    wall,
    longest: Math.max(0, ...lengths.map(({ all }) => all)),
    longestWithoutGc: Math.max(0, ...lengths.map(({ withoutGc }) => withoutGc)),
    longestOwn: Math.max(0, ...lengths.map(({ own }) => own)),
  }
}

/** As many threads as the pool has, with work that has nothing to do with this one. */
async function besideSpinningThreads(): Promise<void> {
  const spin = 'const end = Date.now() + 2000; while (Date.now() < end);'
  const threads = Array.from({ length: pool.workers }, () => new Worker(spin, { eval: true }))
  await Promise.all(threads.map((thread) => once(thread, 'exit')))
}

/** Milliseconds for which this thread had a core; where that is not told, the clock. */
function timeOnCore(): number {
  if (!HAS_SCHEDSTAT) return performance.now()
  return Number(readFileSync(SCHEDSTAT, 'utf8').split(' ')[0]) / 1e6
}

function tableOf(make: MakeColumn, shift: number): Table {
  return Object.fromEntries(
    Array.from({ length: columns }, (_, index) => [`column ${index}`, make(index, shift)]),
  )
}

/** Seeded: the same numbers in every run. */
function normals(
  index: number,
  shift: number,
  memory: ArrayBuffer | SharedArrayBuffer,
): Float64Array {
  const numbers = new Float64Array(memory)
  let state = (index * 2 + (shift > 0 ? 1 : 0)) * 7919 + 1
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = shift + Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  }
  return numbers
}

function seconds(time: number): string {
  return `${(time / 1000).toFixed(2)} s`
}

function milliseconds(time: number): string {
  return `${time.toFixed(1)} ms`
}
