/**
 * How often does a run of twenty columns cry wolf, and how often does it see a real shift?
 * `pnpm --filter @tidegauge/bench false-alarms [--runs 2000]`; writes docs/false-alarms.md.
 */
import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import {
  type Cell,
  type CellResult,
  CONTENDERS,
  type Contender,
  KINDS,
  SHIFTED_COLUMNS,
} from './simulate.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '2000' } } })
const runs = Number(values.runs)

const SIZES = [
  [100, 100],
  [500, 500],
  [1000, 200],
  [500, 2000],
  [2000, 2000],
  [10_000, 1000],
  [10_000, 10_000],
] as const
const quiet: Cell[] = KINDS.flatMap((kind) =>
  SIZES.map(([n, m]) => ({ kind, n, m, shift: 0, runs })),
)
const shifted: Cell[] = (['normal', 'lognormal', 'poisson'] as const).flatMap((kind) =>
  [500, 2000, 10_000].map((n) => ({ kind, n, m: n, shift: 0.3, runs: Math.min(runs, 500) })),
)

const results = await runAll([...quiet, ...shifted])
writeFileSync(new URL('../../docs/false-alarms.md', import.meta.url), page(results))
const worst = Math.max(
  ...results
    .filter(isQuiet)
    .map(({ cell, falseAlarms }) => lowerBound(falseAlarms.tidegauge, cell.runs)),
)
process.stdout.write(`worst 99 % lower bound of our false-alarm rate: ${percent(worst)}\n`)
process.exitCode = worst > 0.05 ? 1 : 0

/** As many cells at a time as there are cores, the largest first. */
async function runAll(cells: readonly Cell[]): Promise<CellResult[]> {
  const waiting = [...cells].sort((a, b) => (a.n + a.m) * a.runs - (b.n + b.m) * b.runs)
  const done = new Map<Cell, CellResult>()
  const work = async () => {
    for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
      done.set(cell, await runInWorker(cell))
      process.stderr.write(`${done.size}/${cells.length} ${cell.kind} ${cell.n}/${cell.m}\n`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return cells.map((cell) => done.get(cell)!)
}

function runInWorker(cell: Cell): Promise<CellResult> {
  return new Promise((resolve, reject) => {
    const worker = fork(new URL('./worker.js', import.meta.url), [JSON.stringify(cell)])
    worker.once('message', (result) => resolve(result as CellResult))
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a worker ended with ${code} and no result`)))
  })
}

function isQuiet({ cell }: CellResult): boolean {
  return cell.shift === 0
}

function page(all: readonly CellResult[]): string {
  const alarms = all.filter(isQuiet)
  const hits = all.filter((result) => !isQuiet(result))
  return `# False alarms and hits

<!-- Written by \`pnpm --filter @tidegauge/bench false-alarms\`; do not edit. -->

Share of runs in which **any of 20 columns** was called drifted although nothing changed, by our default, by the semantics of
Evidently (\`preset: 'evidently'\`) and by \`p <= 0.05\` on each column. ${runs} seeded runs a cell; sizes are reference / current rows.

${table(
  ['columns', 'rows', ...CONTENDERS],
  alarms.map(({ cell, falseAlarms }) => [
    cell.kind,
    `${cell.n} / ${cell.m}`,
    ...CONTENDERS.map((contender) => percent(falseAlarms[contender] / cell.runs)),
  ]),
)}

Share of shifted columns that were found, where five of the twenty moved by 0.3 standard deviations (${Math.min(runs, 500)} runs
a cell), and the share of runs with a false alarm among the other fifteen.

${table(
  ['columns', 'rows', ...CONTENDERS.flatMap((contender) => [contender, 'false alarm'])],
  hits.map((result) => [
    result.cell.kind,
    `${result.cell.n} / ${result.cell.m}`,
    ...CONTENDERS.flatMap((contender) => hitCells(result, contender)),
  ]),
)}
`
}

function hitCells({ cell, hits, falseAlarms }: CellResult, contender: Contender): string[] {
  return [
    percent(hits[contender] / (cell.runs * SHIFTED_COLUMNS)),
    percent(falseAlarms[contender] / cell.runs),
  ]
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(header),
    line(header.map((_, i) => (i < 2 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** The 99 % lower bound of a share (Wilson): a cell fails where even this is above 5 %. */
function lowerBound(count: number, total: number): number {
  const z = 2.326
  const p = count / total
  const centre = p + (z * z) / (2 * total)
  const reach = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total))
  return Math.max(0, (centre - reach) / (1 + (z * z) / total))
}
