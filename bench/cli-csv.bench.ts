/**
 * The command `tidegauge drift` on CSV files that are larger than the memory it takes: wall time and peak resident
 * memory of the whole process, as the kernel counted it.
 *
 * `pnpm --filter "tidegauge..." build && pnpm --filter @tidegauge/bench cli-csv`
 * `… cli-csv 0.5` takes two files of half a gigabyte in place of two of 2.08 GB. They are made below TMPDIR and deleted
 * when it ends, however it ends. Needs /proc (Linux).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  createWriteStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { statfs } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { command } from './built-command.ts'

const GIGABYTE = 1e9
const NUMBERS = 14
/** How many categories each of the columns of text has. */
const CATEGORIES = [2, 5, 11, 30, 100, 500]
const ROWS_A_BLOCK = 2_000

const gigabytes = Number(process.argv[2] ?? 2.08)
if (!(gigabytes > 0)) throw new Error(`gigabytes a file: a positive number, not ${process.argv[2]}`)
const directory = mkdtempSync(join(tmpdir(), 'tidegauge-bench-'))
const running = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => running.abort())

try {
  await assertRoom()
  const paths = ['reference.csv', 'current.csv'].map((name) => join(directory, name))
  const rows: number[] = []
  for (const [side, path] of paths.entries()) rows.push(await writeTable(path, side))
  const run = await measured(['drift', ...paths, '--target', 'x0', '--out', directory])
  if (!readdirSync(directory).some((name) => name.endsWith('.html'))) {
    throw new Error('the report was not written')
  }
  printTable(paths, rows, run)
} catch (error) {
  if (!running.signal.aborted) throw error
  process.exitCode = 130
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** The files, and the table that the command makes of them. */
async function assertRoom(): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  const needed = 4 * gigabytes * GIGABYTE
  if (bavail * bsize < needed) {
    throw new Error(
      `${needed / GIGABYTE} GB of disk needed in ${tmpdir()}: free some, or name another folder with TMPDIR`,
    )
  }
}

/** Rows of 14 numbers and 6 texts until the file has its size; the numbers are the same everywhere. */
async function writeTable(path: string, side: number): Promise<number> {
  const random = uniform(side + 1)
  const out = createWriteStream(path, { signal: running.signal })
  const columns = NUMBERS + CATEGORIES.length
  out.write(`${Array.from({ length: columns }, (_, i) => `x${i}`).join(',')}\n`)
  let rows = 0
  for (let bytes = 0; bytes < gigabytes * GIGABYTE; rows += ROWS_A_BLOCK) {
    let block = ''
    for (let row = 0; row < ROWS_A_BLOCK; row++) block += line(random, side)
    bytes += block.length
    if (!out.write(block)) await once(out, 'drain', { signal: running.signal })
  }
  out.end()
  await finished(out)
  return rows
}

function line(random: () => number, side: number): string {
  let text = ''
  for (let i = 0; i < NUMBERS; i++) {
    const moved = side === 1 && i < 3 ? 0.1 * i : 0
    text += `${Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) + moved},`
  }
  return `${text}${CATEGORIES.map((count) => `category ${Math.floor(count * random())}`).join(',')}\n`
}

/** mulberry32 */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Run {
  readonly seconds: number
  readonly megabytes: number
}

async function measured(args: readonly string[]): Promise<Run> {
  const start = performance.now()
  const child = spawn(process.execPath, [command, ...args], {
    signal: running.signal,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TMPDIR: directory },
  })
  // The mark only rises, so the last reading is the peak but for what the end of the process takes.
  let kilobytes = 0
  const watch = setInterval(() => {
    kilobytes = peakOf(child.pid) ?? kilobytes
  }, 20)
  try {
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`tidegauge ${args.join(' ')} ended with ${code}`)
    return { seconds: (performance.now() - start) / 1000, megabytes: (kilobytes * 1024) / 1e6 }
  } finally {
    clearInterval(watch)
    // What is still running would write into the folder while it is deleted.
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

/** VmHWM, the high-water mark of resident memory; a process that has ended has none. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const mark = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return mark === null ? undefined : Number(mark[1])
  } catch {
    return undefined
  }
}

function printTable(paths: readonly string[], rows: readonly number[], run: Run): void {
  const sizes = paths.map((path) => `${(statSync(path).size / GIGABYTE).toFixed(2)} GB`)
  process.stdout.write(
    `${[
      `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
      `${NUMBERS + CATEGORIES.length} columns (${NUMBERS} of numbers, ${CATEGORIES.length} of text), CSV to HTML`,
      `  reference    ${sizes[0]}  ${rows[0]!.toLocaleString('en-US')} rows`,
      `  current      ${sizes[1]}  ${rows[1]!.toLocaleString('en-US')} rows`,
      `  wall time    ${run.seconds.toFixed(1)} s`,
      `  peak memory  ${run.megabytes.toFixed(0)} MB resident`,
    ].join('\n')}\n`,
  )
}
