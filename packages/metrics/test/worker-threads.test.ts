import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { shareRecorder, threadRecorder } from '../src/cluster/worker-threads.ts'
import { histogramRow, latencyRecorder, type RecorderReader } from '../src/index.ts'

// In a thread of Node 20 `--import` comes too late for the first file.
const app = new URL('worker-threads-app.ts', import.meta.url).href
const load = `import('tsx/esm/api').then(({ register }) => { register(); return import('${app}') })`

function start(count: number): Worker {
  const worker = new Worker(load, {
    eval: true,
    argv: [String(count)],
    execArgv: ['--conditions=tidegauge-source'],
  })
  onTestFinished(async () => void (await worker.terminate()))
  return worker
}

const ended = (worker: Worker) => new Promise((resolve) => worker.once('exit', resolve))

test('the sum holds the threads and the main one, and does not drop when they end', async () => {
  const recorder = latencyRecorder({ bounds: [1] })
  recorder.observe('GET', '/', 200, 0.5)
  const sum = threadRecorder({ recorder, timeoutMilliseconds: 5000 })
  onTestFinished(sum.stop)
  const [first, second] = [start(20), start(300)]
  sum.add(first)
  sum.add(second)
  await expect.poll(async () => countOf(await sum.read()), { timeout: 60_000 }).toBe(321)

  // Four more that were never read: told by the thread's last words.
  first.postMessage('observe 4 and end')
  await ended(first)
  await expect.poll(async () => countOf(await sum.read())).toBe(325)

  await second.terminate()
  expect(countOf(await sum.read())).toBe(325)
})

test('a thread hears its own messages, and ends by itself', async () => {
  const worker = start(1)
  const sum = threadRecorder()
  onTestFinished(sum.stop)
  sum.add(worker)
  await expect
    .poll(async () => countOf(await sum.read().catch(() => undefined)), { timeout: 60_000 })
    .toBe(1)
  const end = ended(worker)
  worker.postMessage('end')
  expect(await end).toBe(0)
})

test('the main thread has nobody to share with', () => {
  // vitest runs tests in a child process: this is a main thread.
  expect(() => shareRecorder(latencyRecorder())).toThrow('must be called in a worker thread')
  expect(() => shareRecorder({} as never)).toThrow('"recorder" must be a LatencyRecorder')
})

function countOf(reader: RecorderReader | undefined): number | undefined {
  if (reader === undefined) return undefined
  const [duration] = reader.histograms
  const row = histogramRow(duration!)
  let count = 0
  for (let slot = 0; slot < reader.seriesCount; slot++) {
    if (duration!.read(slot, row)) count += row.count
  }
  return count
}
