/**
 * How often does a week cry wolf in which nothing changes, with a look at the window every minute?
 * `pnpm --filter @tidegauge/bench live-false-alarms [--weeks 70] [--minutes 600]`; writes
 * docs/live-false-alarms.md, of as many weeks as were begun by then. With `--results FILE` each week is kept there when
 * it is done, and those that are there already are not run again.
 */
import { fork } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import {
  ARMS,
  type Arm,
  assertNoLookIsPassedOver,
  type Cell,
  type CellResult,
  LOOKS,
} from './simulate.ts'

const { values } = parseArgs({
  options: {
    weeks: { type: 'string', default: '70' },
    minutes: { type: 'string', default: '600' },
    results: { type: 'string' },
  },
})
const weeks = Number(values.weeks)
const deadline = performance.now() + Number(values.minutes) * 60_000
const REFERENCE_ROWS = 20_000
const ROWS_PER_HOUR = [240, 1200, 6000]

/** A week at a time, of each row in turn. */
const parts: Cell[] = Array.from({ length: weeks }, (_, week) =>
  ROWS_PER_HOUR.map((rowsPerHour) => ({
    rowsPerHour,
    referenceRows: REFERENCE_ROWS,
    weeks: 1,
    seed: rowsPerHour + week,
  })),
).flat()
assertNoLookIsPassedOver()
const results = await runAll(parts)
writeFileSync(new URL('../../docs/live-false-alarms.md', import.meta.url), page(results))
const worst = Math.max(
  ...ROWS_PER_HOUR.flatMap((rows) =>
    (['monitor, default', 'monitor, tolerance 0'] as const).map((arm) =>
      lowerBound(alarmsOf(results, rows, arm), weeksOf(results, rows)),
    ),
  ),
)
process.stdout.write(`worst 95 % lower bound of the monitor's rate: ${percent(worst)}\n`)
process.exitCode = worst > 0.05 ? 1 : 0

/** As many parts at a time as there are cores. */
async function runAll(cells: readonly Cell[]): Promise<CellResult[]> {
  const done: CellResult[] = keptResults()
  const isDone = new Set(done.map(({ cell }) => JSON.stringify(cell)))
  const waiting = cells.filter((cell) => !isDone.has(JSON.stringify(cell)))
  const work = async () => {
    while (performance.now() < deadline) {
      const cell = waiting.shift()
      if (cell === undefined) return
      const result = await runInWorker(cell)
      done.push(result)
      if (values.results !== undefined) {
        appendFileSync(values.results, `${JSON.stringify(result)}\n`)
      }
      process.stderr.write(`${done.length}/${cells.length} ${cell.rowsPerHour} rows an hour\n`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return done
}

function keptResults(): CellResult[] {
  if (values.results === undefined || !existsSync(values.results)) return []
  const lines = readFileSync(values.results, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as CellResult)
}

function runInWorker(cell: Cell): Promise<CellResult> {
  return new Promise((resolve, reject) => {
    const worker = fork(new URL('./worker.js', import.meta.url), [JSON.stringify(cell)])
    worker.once('message', (result) => resolve(result as CellResult))
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a worker ended with ${code} and no result`)))
  })
}

function weeksOf(all: readonly CellResult[], rowsPerHour: number): number {
  return all
    .filter(({ cell }) => cell.rowsPerHour === rowsPerHour)
    .reduce((sum, { cell }) => sum + cell.weeks, 0)
}

function alarmsOf(all: readonly CellResult[], rowsPerHour: number, arm: Arm): number {
  return all
    .filter(({ cell }) => cell.rowsPerHour === rowsPerHour)
    .reduce((sum, { alarms }) => sum + alarms[arm], 0)
}

function allAlarms(all: readonly CellResult[], arm: Arm): number {
  return ROWS_PER_HOUR.reduce((sum, rows) => sum + alarmsOf(all, rows, arm), 0)
}

function weeksRun(all: readonly CellResult[]): string {
  const counts = ROWS_PER_HOUR.map((rows) => weeksOf(all, rows))
  return `Seeded weeks by row of the table: ${counts.join(', ')}`
}

function page(all: readonly CellResult[]): string {
  const arms = Object.keys(ARMS) as Arm[]
  const rowsOf = (cellOf: (rowsPerHour: number, arm: Arm) => string) =>
    ROWS_PER_HOUR.map((rows) => [String(rows), ...arms.map((arm) => cellOf(rows, arm))])
  return `# False alarms of a service that looks every minute

<!-- Written by \`pnpm --filter @tidegauge/bench live-false-alarms\`; do not edit. -->

Share of **quiet weeks** in which any of ${LOOKS} looks called any of seven columns drifted, and the 95 % upper bound of that
share (Clopper and Pearson, one-sided). ${weeksRun(all)}. Each week draws a reference of ${REFERENCE_ROWS} rows, then rows from the same
distributions at an even pace, counted by \`featureMonitor\` into a window of one hour in 60 slices. The columns: a normal one, a
lognormal one with 2 % missing, a Poisson one, 5, 40 and 300 categories (of the last, some first occur in the week), a uniform one
with 0.1 % missing.

The monitor tests each look at 0.05 / ${LOOKS} and promises at most 5 % a week. With \`tolerance: 0\` that alone holds alarms back;
by default an effect below 0.125 standard deviations is none either. The last column tests each look at 0.05, as one would test
a single report.

${table(
  ['rows an hour', ...arms],
  [
    ...rowsOf((rows, arm) => rateOf(alarmsOf(all, rows, arm), weeksOf(all, rows))),
    ['all', ...arms.map((arm) => rateOf(allAlarms(all, arm), all.length))],
  ],
)}

The price is power: the smallest shift of a number, in standard deviations, that a full window shows.

${table(
  ['rows an hour', ...arms],
  rowsOf((rows, arm) => {
    const { smallestShift } = all.find(({ cell }) => cell.rowsPerHour === rows)!
    return smallestShift[arm].toFixed(3)
  }),
)}

Rows are independent here. Where they are not (one user sends many, nights differ from days), a window of an hour differs from
a reference of a year because it does differ, and no level of a test undoes that: let the window span the cycle.
`
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]!.length)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padStart(widths[i]!)).join(' | ')} |`
  return [
    line(header),
    line(widths.map((width) => `${'-'.repeat(width - 1)}:`)),
    ...rows.map(line),
  ].join('\n')
}

function rateOf(alarms: number, total: number): string {
  return `${percent(alarms / total)} (≤ ${percent(upperBound(alarms, total))})`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** Clopper and Pearson: the share at which so few alarms, or fewer, have probability 0.05. */
function upperBound(alarms: number, total: number): number {
  return alarms === total ? 1 : bisect((share) => atMost(alarms, share, total) > 0.05)
}

/** The share at which so many alarms, or more, have probability 0.05. */
function lowerBound(alarms: number, total: number): number {
  return alarms === 0 ? 0 : bisect((share) => 1 - atMost(alarms - 1, share, total) < 0.05)
}

function bisect(isBelow: (share: number) => boolean): number {
  let low = 0
  let high = 1
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** P(X ≤ k) of the binomial distribution. */
function atMost(k: number, share: number, total: number): number {
  let logTerm = total * Math.log1p(-share)
  let sum = Math.exp(logTerm)
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log(((total - i + 1) / i) * (share / (1 - share)))
    sum += Math.exp(logTerm)
  }
  return sum
}
