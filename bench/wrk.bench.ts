/**
 * Indicative: CPU time of a server's process for each request that wrk sends over loopback, 20 connections. The
 * servers take turns; the kernel's share of the work is in the figures, and so are the neighbours. What metrics cost
 * without a network: request-overhead.bench.ts.
 * `pnpm --filter @tidegauge/bench wrk`
 */
import { type ChildProcess, execFile, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EXPRESS, FASTIFY, pathOf } from './request-variants.ts'

const ROUNDS = 5
const SECONDS = 3
const CONNECTIONS = 20
const GROUPS = {
  'express 5': { variants: EXPRESS, names: ['bare', 'ours', 'express-prom-bundle'] },
  'fastify 5': { variants: FASTIFY, names: ['bare', 'ours', 'fastify-metrics, histogram'] },
}
type Group = keyof typeof GROUPS

if (process.send !== undefined) await serve(process.argv[2] as Group, process.argv[3]!)
else if (spawnSync('wrk', ['--version']).error !== undefined) print('skipped: no wrk on the PATH')
else await compareAll()

interface Running {
  readonly name: string
  readonly child: ChildProcess
  readonly port: number
  readonly microseconds: number[]
}

async function compareAll(): Promise<void> {
  const date = new Date().toISOString().slice(0, 10)
  print(`${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ${date}`)
  print(`CPU us of the server per request; wrk, ${CONNECTIONS} connections, ${SECONDS} s rounds`)
  for (const group of Object.keys(GROUPS) as Group[]) await compare(group)
}

async function compare(group: Group): Promise<void> {
  const servers: Running[] = []
  for (const name of GROUPS[group].names) {
    const child = fork(fileURLToPath(import.meta.url), [group, name])
    const [port] = await once(child, 'message')
    servers.push({ name, child, port, microseconds: [] })
  }
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const order = round % 2 === 0 ? servers : servers.toReversed()
    for (const server of order) {
      const spent = await load(server)
      if (round > 0) server.microseconds.push(spent)
    }
  }
  for (const { child } of servers) child.disconnect()
  print(`${group.padEnd(32)}    median   minimum   on top`)
  for (const { name, microseconds } of servers) {
    const figures = [median(microseconds), Math.min(...microseconds)].map((us) => us.toFixed(1))
    const extra = (median(microseconds) - median(servers[0]!.microseconds)).toFixed(1)
    print(`  ${name.padEnd(30)} ${[...figures, extra].map((text) => text.padStart(9)).join('')}`)
  }
}

/** CPU microseconds per request of one round. */
async function load({ child, port }: Running): Promise<number> {
  const before = await cpuOf(child)
  const url = `http://127.0.0.1:${port}${pathOf(1)}`
  const options = ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, url]
  const { stdout } = await promisify(execFile)('wrk', options)
  const spent = (await cpuOf(child)) - before
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
  if (!(requests > 0) || stdout.includes('Non-2xx')) throw new Error(stdout)
  return spent / requests
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [microseconds] = await once(child, 'message')
  return microseconds
}

async function serve(group: Group, name: string): Promise<void> {
  const { server } = await GROUPS[group].variants[name]!()
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send!(user + system)
  })
  process.on('disconnect', () => process.exit())
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
