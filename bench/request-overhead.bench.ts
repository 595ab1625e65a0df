/**
 * What request metrics cost a server: CPU time and heap per request, net of the same server without them. Real
 * requests and responses of Node over connections without a network. Each contender has a process to itself; they
 * take turns, in several generations of processes, since two runs of one program differ as well ("bare again").
 * "bare, timed" reads the clock twice and listens once: the least that a duration can cost.
 * First, each must have counted exactly the requests that it was given.
 * `pnpm --filter @tidegauge/bench requests`
 */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { fakeClient } from './fake-connection.ts'
import { ALONE, type Counts, EXPRESS, FASTIFY, HTTP, pathOf, ROUTES } from './request-variants.ts'

const GENERATIONS = 5
const ROUNDS = 20
const WARM_UP = 8
const HEAP_ROUNDS = 7
/** Young objects are not collected while the heap is looked at. */
const HEAP_FLAGS = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']

const GROUPS = {
  'middleware alone': { variants: ALONE, requests: 20_000, heapRequests: 5_000 },
  'node:http': { variants: HTTP, requests: 4_000, heapRequests: 2_000 },
  'express 5': { variants: EXPRESS, requests: 1_200, heapRequests: 1_200 },
  'fastify 5': { variants: FASTIFY, requests: 3_000, heapRequests: 2_000 },
}
type Group = keyof typeof GROUPS

interface Contest {
  readonly group: Group
  readonly name: string
}

/** What a contender is asked for: to handle that many requests, or for what it has counted. */
type Question = { readonly requests: number } | { readonly counts: true }

interface Answer {
  readonly cpu: number
  readonly heap: number
}

const HEADER = 'HTTP/1.1 200 OK\r\n\r\n'

const PACKAGES = [
  'express',
  'express-prom-bundle',
  'fastify',
  'fastify-metrics',
  'prom-client',
  '@platformatic/prom-client',
  '@opentelemetry/instrumentation-http',
]

if (process.send === undefined) await compareAll(process.argv.slice(2))
else await contend(JSON.parse(process.argv[2]!))

/** @param only - names of groups; default: all */
async function compareAll(only: readonly string[]): Promise<void> {
  printMachine()
  for (const group of Object.keys(GROUPS) as Group[]) {
    if (only.length === 0 || only.includes(group)) await compare(group)
  }
}

async function compare(group: Group): Promise<void> {
  const names = Object.keys(GROUPS[group].variants)
  for (const name of names) await assertCounts({ group, name })
  const generations: number[][][] = []
  for (let i = 0; i < GENERATIONS; i++) generations.push(await timeGeneration(group, names, i))
  const heaps: number[] = []
  for (const name of names) heaps.push(await heapOf({ group, name }))
  const costs = names.map((name, i): Cost => {
    const net = (key: keyof Spread, of: (contender: number) => readonly number[]): number =>
      spread(of(i))[key] - (i === 0 ? 0 : spread(of(0))[key])
    const pooled = (contender: number) => generations.flatMap((times) => times[contender]!)
    return {
      name,
      tenth: net('tenth', pooled),
      median: net('median', pooled),
      medians: generations.map((times) => net('median', (contender) => times[contender]!)),
      heap: heaps[i]! - (i === 0 ? 0 : heaps[0]!),
    }
  })
  printCosts(group, costs)
}

/** CPU nanoseconds per request of each contender, over the rounds of one process. */
async function timeGeneration(group: Group, names: readonly string[], first: number) {
  const children = names.map((name) => start({ group, name }))
  const { requests } = GROUPS[group]
  const times: number[][] = names.map(() => [])
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (let turn = 0; turn < children.length; turn++) {
      const i = (turn + round + first) % children.length
      const { cpu } = await ask<Answer>(children[i]!, { requests })
      if (round >= WARM_UP) times[i]!.push((cpu * 1000) / requests)
    }
  }
  for (const child of children) child.disconnect()
  return times
}

/** @throws Error where a contender's metrics have not counted just the requests that it was given */
async function assertCounts(contest: Contest): Promise<void> {
  const child = start(contest)
  const requests = 100 * ROUTES.length
  await ask(child, { requests })
  const counts = await ask<Record<string, number> | null>(child, { counts: true })
  child.disconnect()
  const bare = contest.name.startsWith('bare')
  const perRoute = Object.fromEntries(ROUTES.map((route) => [route, 100]))
  const expected = contest.name === 'OpenTelemetry http' ? { '': requests } : perRoute
  if (sortedText(counts) !== sortedText(bare ? null : expected)) {
    throw new Error(`${contest.group}, ${contest.name}: counted ${JSON.stringify(counts)}`)
  }
}

function sortedText(counts: Record<string, number> | null): string {
  return JSON.stringify(counts === null ? null : Object.entries(counts).sort())
}

/** Bytes of heap per request, median. */
async function heapOf(contest: Contest): Promise<number> {
  const child = start(contest, HEAP_FLAGS)
  const { heapRequests, requests } = GROUPS[contest.group]
  for (let round = 0; round < WARM_UP; round++) await ask(child, { requests })
  const heaps: number[] = []
  for (let round = 0; round < HEAP_ROUNDS; round++) {
    const { heap } = await ask<Answer>(child, { requests: heapRequests })
    heaps.push(heap / heapRequests)
  }
  child.disconnect()
  return spread(heaps).median
}

function start(contest: Contest, execArgv: string[] = []): ChildProcess {
  return fork(fileURLToPath(import.meta.url), [JSON.stringify(contest)], { execArgv })
}

function ask<T>(child: ChildProcess, question: Question): Promise<T> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null): void => {
      reject(new Error(`a contender has exited with ${code}`))
    }
    child.once('exit', exited)
    child.once('message', (message) => {
      child.off('exit', exited)
      resolve(message as T)
    })
    child.send(question)
  })
}

async function contend({ group, name }: Contest): Promise<void> {
  const contender = group === 'middleware alone' ? alone(name) : served(group, name)
  process.on('message', async (question: Question) => {
    const { handle, counts } = await contender
    if ('counts' in question) process.send!((await counts?.()) ?? null)
    else process.send!(await measure(() => handle(question.requests)))
  })
}

interface Contender {
  readonly handle: (requests: number) => Promise<void> | void
  readonly counts?: Counts | undefined
}

async function served(group: Exclude<Group, 'middleware alone'>, name: string): Promise<Contender> {
  const { server, counts } = await GROUPS[group].variants[name]!()
  return { handle: fakeClient(server, pathOf), counts }
}

/** A request and its response are made, the middleware meets them, and they end; nothing else. */
async function alone(name: string): Promise<Contender> {
  const { middleware, counts } = await ALONE[name]!()
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, written) => written() })
  const routes = ROUTES.map((path) => ({ path }))
  const paths = Array.from({ length: 9970 }, (_, n) => pathOf(n))
  const next = (): void => {}
  let n = 0
  const handle = (requests: number): void => {
    for (let i = 0; i < requests; i++) {
      const req = new IncomingMessage(socket as Socket)
      req.method = 'GET'
      req.url = paths[n % paths.length]!
      const res = new ServerResponse(req)
      res.assignSocket(socket as Socket)
      middleware(req, res, next)
      Object.assign(req, { route: routes[n++ % routes.length] })
      // What `end` leaves behind.
      Object.assign(res, { _header: HEADER, finished: true })
      res.emit('finish')
      res.detachSocket(socket as Socket)
      res.emit('close')
    }
  }
  return { handle, counts }
}

async function measure(work: () => Promise<void> | void): Promise<Answer> {
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { cpu: user + system, heap: process.memoryUsage().heapUsed - heapBefore }
}

interface Spread {
  readonly tenth: number
  readonly median: number
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!
  return { tenth: at(0.1), median: at(0.5) }
}

/** CPU nanoseconds and bytes per request, net of bare, but for bare itself. */
interface Cost {
  readonly name: string
  readonly tenth: number
  readonly median: number
  /** Of each generation. */
  readonly medians: readonly number[]
  readonly heap: number
}

function printCosts(group: Group, costs: readonly Cost[]): void {
  const mine = costs.find(({ name }) => name === 'ours')!
  print(`${group}; net of bare, per request`)
  print(
    `  ${''.padEnd(32)} ${columns(['p10 us', 'median us', 'lowest', 'highest', 'x ours', 'heap B'])}`,
  )
  for (const { name, tenth, median, medians, heap } of costs) {
    const times = [tenth, median, Math.min(...medians), Math.max(...medians)]
    const ratio = name.startsWith('bare') ? '' : (median / mine.median).toFixed(1)
    const figures = times.map((nanoseconds) => (nanoseconds / 1000).toFixed(2))
    print(`  ${name.padEnd(32)} ${columns([...figures, ratio, heap.toFixed(0)])}`)
  }
}

function columns(texts: readonly string[]): string {
  return texts.map((text) => text.padStart(9)).join(' ')
}

function printMachine(): void {
  const date = new Date().toISOString().slice(0, 10)
  print(`${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ${date}`)
  print(PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', '))
  print(
    `CPU time; ${GENERATIONS} generations of processes, ${ROUNDS} rounds each, taking turns: ` +
      'p10 and median of all rounds; lowest and highest median of a generation',
  )
}

function versionOf(name: string): string {
  const modules = join(dirname(fileURLToPath(import.meta.url)), '../node_modules')
  return JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')).version
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
