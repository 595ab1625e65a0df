/**
 * The command `tidegauge drift`, as whole processes: from two Parquet files of a million rows and 20 columns to a
 * report as HTML, against Evidently's DataDriftPreset doing the same; then `--help`; then files of 2 GB and more.
 *
 * `pnpm --filter "tidegauge..." build && PYTHON_EVIDENTLY=… pnpm --filter @tidegauge/bench cli`
 * `… cli large` makes and compares the large files too: 5 GB of disk below TMPDIR for some minutes.
 * Needs GNU time (/usr/bin/time) for the peak memory.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printMachine } from './alternate-cpu.ts'
import { command, runSql } from './built-command.ts'
import { medianRun, type Run, timedProcess } from './timed-process.ts'

const python = process.env.PYTHON_EVIDENTLY ?? 'python3'
const directory = mkdtempSync(join(tmpdir(), 'tidegauge-bench-'))
const file = (name: string) => join(directory, name)

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
    for (const [name, args] of contenders) runs.get(name)!.push(timedProcess(args))
  }
  if (!readFileSync(file('drift_reference_vs_current.html'), 'utf8').includes('</html>')) {
    throw new Error('the report was not written')
  }
  process.stdout.write('1,000,000 rows x 20 columns (14 of numbers, 6 of text), Parquet to HTML\n')
  for (const [name, all] of runs) printRun(name, all, runs.get(contenders[0]![0])!)
}

function startUp(): void {
  const times = (args: readonly string[]) => Array.from({ length: 15 }, () => timedProcess(args))
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
  const run = timedProcess([
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
  const statements = ['reference', 'current'].map((side, seed) => {
    const uniform = (i: number) =>
      `((hash(r * 64 + ${i + 32 * seed}) >> 11)::DOUBLE + 0.5) / 9007199254740992.0`
    const columns = Array.from({ length: 20 }, (_, i) => {
      if (i >= numbers) {
        return `'category ' || (hash(r * 64 + ${i + 32 * seed}) % ${[2, 5, 11, 30, 100, 500][i - numbers]})::VARCHAR AS x${i}`
      }
      const moved = seed === 1 && i < 3 ? 0.1 * i : 0
      return `sqrt(-2 * ln(${uniform(i)})) * cos(2 * pi() * ${uniform(i + 14)}) + ${moved} AS x${i}`
    })
    return `COPY (SELECT ${columns.join(', ')} FROM range(${rows}) t(r)) TO '${file(`${side}.parquet`)}'`
  })
  await runSql(statements)
}

function printRun(name: string, runs: readonly Run[], baseline?: readonly Run[]): void {
  const { seconds, megabytes } = medianRun(runs)
  const first = baseline === undefined ? undefined : medianRun(baseline)
  const ratio =
    first === undefined
      ? ''
      : `  ${(first.seconds / seconds).toFixed(1)}x as fast, ${(megabytes / first.megabytes).toFixed(2)} of the memory`
  process.stdout.write(
    `  ${name.padEnd(42)} ${seconds.toFixed(2).padStart(7)} s ${megabytes.toFixed(0).padStart(6)} MB${ratio}\n`,
  )
}
