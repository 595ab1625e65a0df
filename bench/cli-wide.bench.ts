/**
 * The command `tidegauge drift` on wide tables, as whole processes: the same cells in CSV and in Parquet, half of the
 * columns numbers and half texts. Does the time of a column stay the same, and the memory?
 *
 * `pnpm --filter "tidegauge..." build && pnpm --filter @tidegauge/bench cli-wide [columns …]`
 * Needs GNU time (/usr/bin/time) for the peak memory.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printMachine } from './alternate-cpu.ts'
import { command, runSql } from './built-command.ts'
import { medianRun, type Run, timedProcess } from './timed-process.ts'

const ROWS = 1000
const ROUNDS = 3
const FORMATS = ['csv', 'parquet'] as const
const SIDES = ['reference', 'current'] as const
/** The dictionary of a column would take a megabyte by default. */
const OPTIONS = {
  csv: 'FORMAT csv, HEADER',
  parquet: 'FORMAT parquet, STRING_DICTIONARY_PAGE_SIZE_LIMIT 65536',
} as const
const MEMBERS = ['name', 'type', 'method', 'pValue', 'statistic', 'verdict'] as const

const counts = process.argv.slice(2).map(Number)
const directory = mkdtempSync(join(tmpdir(), 'tidegauge-bench-'))
const file = (name: string) => join(directory, name)

printMachine({}, 'wall time and peak memory, medians of 3')
process.stdout.write(`${ROWS} rows a side, half of the columns numbers, half texts\n`)
try {
  for (const columns of counts.length > 0 ? counts : [100, 400, 1536, 5000]) await compare(columns)
} finally {
  rmSync(directory, { recursive: true })
}

async function compare(columns: number): Promise<void> {
  await writeTables(columns)
  const runs = new Map(FORMATS.map((format) => [format, [] as Run[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const format of FORMATS) runs.get(format)!.push(drift(format))
  }
  const [csv, parquet] = FORMATS.map((format) => columnsOf(format))
  if (csv !== parquet) throw new Error('CSV and Parquet of the same cells are judged differently')
  for (const [format, all] of runs) {
    const { seconds, megabytes } = medianRun(all)
    process.stdout.write(
      `  ${String(columns).padStart(5)} columns ${format.padEnd(8)} ${seconds.toFixed(2).padStart(7)} s ${((1000 * seconds) / columns).toFixed(1).padStart(6)} ms a column ${megabytes.toFixed(0).padStart(6)} MB\n`,
    )
  }
}

function drift(format: string): Run {
  const paths = SIDES.map((side) => file(`${side}.${format}`))
  const out = ['--out', file(format), '--force']
  return timedProcess([process.execPath, command, 'drift', ...paths, ...out])
}

/** What the report says of each column. */
function columnsOf(format: string): string {
  const text = readFileSync(join(file(format), 'drift_reference_vs_current.json'), 'utf8')
  const { columns } = JSON.parse(text) as { columns: ReadonlyArray<Record<string, unknown>> }
  return JSON.stringify(columns.map((column) => MEMBERS.map((member) => column[member])))
}

async function writeTables(columns: number): Promise<void> {
  const statements = SIDES.flatMap((side, seed) => {
    const cells = Array.from({ length: columns }, (_, i) => {
      const hash = `hash(r * ${2 * columns} + ${2 * i + seed})`
      if (i % 2 === 1) return `'category ' || (${hash} % 12)::VARCHAR AS x${i}`
      const moved = seed === 1 && i % 10 === 0 ? 0.5 : 0
      return `((${hash} % 1000000)::DOUBLE / 1000000 + ${moved})::DOUBLE AS x${i}`
    })
    const table = `CREATE OR REPLACE TABLE t AS SELECT ${cells.join(', ')} FROM range(${ROWS}) t(r)`
    return [
      table,
      ...FORMATS.map((format) => `COPY t TO '${file(`${side}.${format}`)}' (${OPTIONS[format]})`),
    ]
  })
  await runSql(statements)
}
