/**
 * The command `tidegauge drift`, as whole processes: from two Parquet files of a million rows and 20 columns to a
 * report as HTML, against Evidently's DataDriftPreset doing the same; then `--help`; then files of 2 GB and more.
 *
 * `pnpm --filter "tidegauge..." build && PYTHON_EVIDENTLY=… pnpm --filter @tidegauge/bench cli`
 * `… cli large` makes and compares the large files too: 5 GB of disk below TMPDIR for some minutes.
 * Needs GNU time (/usr/bin/time) for the peak memory.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, printMachine } from './alternate-cpu.ts'

const cliManifest = fileURLToPath(new URL('../../packages/cli/package.json', import.meta.url))
const command = process.env.TIDEGAUGE ?? join(cliManifest, '../dist/bin.js')
const python = process.env.PYTHON_EVIDENTLY ?? 'python3'
const directory = mkdtempSync(join(tmpdir(), 'tidegauge-bench-'))
const file = (name: string) => join(directory, name)

/** The part of DuckDB that makes the files; it is a dependency of the command, not of the benchmarks. */
interface DuckDB {
  readonly DuckDBInstance: {
    create(
      path: string,
      options: Readonly<Record<string, string>>,
    ): Promise<{
      connect(): Promise<{ run(sql: string): Promise<unknown>; closeSync(): void }>
      closeSync(): void
    }>
  }
}

interface Run {
  readonly seconds: number
  readonly megabytes: number
}

printMachine({}, 'wall time, medians')
try {
  await againstEvidently()
  startUp()
  if (process.argv.includes('large')) await largeFiles()
} finally {
  rmSync(directory, { recursive: true })
}

async function againstEvidently(): Promise<void> {
  await writeTables(1_000_000, 14)
  const paths = [file('reference.parquet'), file('current.parquet')]
  const drift = ['drift', ...paths, '--out', directory, '--force']
  const contenders: ReadonlyArray<readonly [name: string, args: readonly string[]]> = [
    [
      'Evidently DataDriftPreset',
      [python, 'peers/evidently_parquet.py', ...paths, file('ev.html')],
    ],
    ['tidegauge drift', [process.execPath, command, ...drift]],
    [
      'tidegauge drift --preset evidently-0.7',
      [process.execPath, command, ...drift, '--preset', 'evidently-0.7'],
    ],
  ]
  const runs = new Map(contenders.map(([name]) => [name, [] as Run[]]))
  for (let round = 0; round < 3; round++) {
    for (const [name, args] of contenders) runs.get(name)!.push(measured(args))
  }
  if (!readFileSync(file('drift_reference_vs_current.html'), 'utf8').includes('</html>')) {
    throw new Error('the report was not written')
  }
  process.stdout.write('1,000,000 rows x 20 columns (14 of numbers, 6 of text), Parquet to HTML\n')
  for (const [name, all] of runs) printRun(name, all, runs.get(contenders[0]![0])!)
}

function startUp(): void {
  const times = (args: readonly string[]) => Array.from({ length: 15 }, () => measured(args))
  const help = times([process.execPath, command, '--help'])
  const empty = times([process.execPath, '-e', '0'])
  process.stdout.write('start-up\n')
  printRun('node -e 0', empty)
  printRun('tidegauge --help', help)
}

async function largeFiles(): Promise<void> {
  await writeTables(20_000_000, 14)
  const bytes = ['reference', 'current'].map((side) => statSync(file(`${side}.parquet`)).size)
  process.stdout.write(
    `20,000,000 rows x 20 columns, files of ${bytes.map((size) => (size / 1e9).toFixed(2)).join(' and ')} GB\n`,
  )
  const paths = [file('reference.parquet'), file('current.parquet')]
  const run = measured([
    process.execPath,
    command,
    'drift',
    ...paths,
    '--out',
    directory,
    '--force',
  ])
  printRun('tidegauge drift', [run])
}

/** Numbers that look random are made of hashes of the row, so that the files are the same everywhere. */
async function writeTables(rows: number, numbers: number): Promise<void> {
  const { DuckDBInstance } = createRequire(cliManifest)('@duckdb/node-api') as DuckDB
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '2GB' })
  const connection = await instance.connect()
  for (const [seed, side] of ['reference', 'current'].entries()) {
    const uniform = (i: number) =>
      `((hash(r * 64 + ${i + 32 * seed}) >> 11)::DOUBLE + 0.5) / 9007199254740992.0`
    const columns = Array.from({ length: 20 }, (_, i) => {
      if (i >= numbers) {
        return `'category ' || (hash(r * 64 + ${i + 32 * seed}) % ${[2, 5, 11, 30, 100, 500][i - numbers]})::VARCHAR AS x${i}`
      }
      const moved = seed === 1 && i < 3 ? 0.1 * i : 0
      return `sqrt(-2 * ln(${uniform(i)})) * cos(2 * pi() * ${uniform(i + 14)}) + ${moved} AS x${i}`
    })
    await connection.run(
      `COPY (SELECT ${columns.join(', ')} FROM range(${rows}) t(r)) TO '${file(`${side}.parquet`)}'`,
    )
  }
  connection.closeSync()
  instance.closeSync()
}

function measured(args: readonly string[]): Run {
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%e %M', ...args], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')}\n${stderr}`)
  const [seconds, kilobytes] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { seconds: seconds!, megabytes: kilobytes! / 1000 }
}

function printRun(name: string, runs: readonly Run[], baseline?: readonly Run[]): void {
  const seconds = median(runs.map((run) => run.seconds))
  const megabytes = median(runs.map((run) => run.megabytes))
  const ratio =
    baseline === undefined
      ? ''
      : `  ${(median(baseline.map((run) => run.seconds)) / seconds).toFixed(1)}x as fast, ${(megabytes / median(baseline.map((run) => run.megabytes))).toFixed(2)} of the memory`
  process.stdout.write(
    `  ${name.padEnd(42)} ${seconds.toFixed(2).padStart(7)} s ${megabytes.toFixed(0).padStart(6)} MB${ratio}\n`,
  )
}
