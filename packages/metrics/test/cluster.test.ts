import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { clusterRecorder, shareRecorder } from '../src/cluster/cluster.ts'
import { latencyRecorder } from '../src/index.ts'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

interface Worker {
  readonly worker: number
  readonly pid: number
  readonly port: number
}

let app: ChildProcess
let metricsPort: number
let workers: Worker[] = []
const exited: number[] = []

beforeAll(async () => {
  app = fork(fileURLToPath(new URL('cluster-app.ts', import.meta.url)), {
    execArgv: ['--conditions=tidegauge-source', '--import', tsx],
  })
  app.on('message', (message: { metrics?: number; exited?: number } & Worker) => {
    if (message.metrics !== undefined) metricsPort = message.metrics
    else if (message.exited !== undefined) exited.push(message.exited)
    else workers.push(message)
  })
  await vi.waitFor(() => expect(workers.length === 3 && metricsPort > 0).toBe(true), 60_000)
})

afterAll(() => {
  for (const { pid } of workers) resume(pid)
  app.disconnect()
})

test('one scrape shows the sum over the workers, and so does one of any worker', async () => {
  for (const [i, worker] of workers.entries()) await request(worker, 10 * (i + 1))
  await expect.poll(() => count(metricsPort)).toBe(60)
  expect(await count(workers[2]!.port)).toBe(60)
})

test('a worker that exits keeps all it counted, one that is killed what was scraped; none drops', async () => {
  const [first, second, third] = workers as [Worker, Worker, Worker]
  await request(first, 5)
  // Not scraped in between: these five are told by the worker's last words.
  await fetch(`http://127.0.0.1:${first.port}/exit`)
  await vi.waitFor(() => expect(exited).toContain(first.worker), 60_000)
  await expect.poll(() => count(metricsPort)).toBe(65)

  await request(second, 2)
  expect(await count(metricsPort)).toBe(67)
  process.kill(second.pid, 'SIGKILL')
  await vi.waitFor(() => expect(exited).toContain(second.worker), 60_000)
  expect(await count(metricsPort)).toBe(67)

  workers = [third]
  app.send('fork')
  await vi.waitFor(() => expect(workers).toHaveLength(2), 60_000)
  await request(workers[1]!, 3)
  await expect.poll(() => count(metricsPort)).toBe(70)
})

test('a worker that is stuck does not fail the scrape', async () => {
  const [stuck, well] = workers as [Worker, Worker]
  const before = await count(metricsPort)
  process.kill(stuck.pid, 'SIGSTOP')
  await request(well, 4)
  expect(await count(metricsPort)).toBe(before + 4)
  resume(stuck.pid)
  await request(stuck, 1)
  await expect.poll(() => count(metricsPort)).toBe(before + 5)
})

test('without a cluster the sum is the recorder alone', async () => {
  const recorder = latencyRecorder()
  expect(await shareRecorder(recorder).read()).toBe(recorder)
})

test.each([
  [() => clusterRecorder({ timeoutMilliseconds: 0 }), '"timeoutMilliseconds" must be'],
  [() => clusterRecorder({ recorder: {} as never }), '"recorder" must be a LatencyRecorder'],
  [() => shareRecorder({} as never), '"recorder" must be a LatencyRecorder'],
])('%s is refused', (call, message) => {
  expect(call).toThrow(message)
})

async function request({ port }: Worker, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await (await fetch(`http://127.0.0.1:${port}/`)).text()
}

async function count(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  const text = await response.text()
  expect(response.status, text).toBe(200)
  const lines = text.match(/^http_server_request_duration_seconds_count.*$/gm) ?? []
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {}
}
