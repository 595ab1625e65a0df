/**
 * The case that takes Evidently six hours or all memory (evidently#1526): 1,000 columns, ten times as many rows on one side
 * as on the other, in Parquet, by the command. Wall time, CPU time and peak memory of one run.
 *
 * `pnpm --filter "tidegauge..." build && pnpm --filter @tidegauge/bench wide [rows of the larger side]`
 * By default a tenth of that case: 300,000 rows against 30,000. `wide 3000000` is all of it, and writes 24 GB.
 * Needs GNU time (/usr/bin/time).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printMachine } from './alternate-cpu.ts'
import { command, runSql } from './built-command.ts'

const COLUMNS = 1000
/** Every tenth is one of categories; every twentieth of the others is moved. */
const MOVED = 20
const rows = Number(process.argv[2] ?? 300_000)
const directory = mkdtempSync(join(tmpdir(), 'tidegauge-bench-'))
const file = (name: string) => join(directory, name)

printMachine({}, 'one run')
try {
  await runSql([
    'SET preserve_insertion_order = false',
    writing('reference', rows, 0),
    writing('current', Math.floor(rows / 10), 1),
  ])
  const bytes = ['reference', 'current'].map((side) => statSync(file(`${side}.parquet`)).size)
  const sizes = bytes.map((size) => `${(size / 1e9).toFixed(2)} GB`)
  process.stdout.write(
    `${rows} and ${Math.floor(rows / 10)} rows x ${COLUMNS} columns, ${sizes.join(' and ')}\n`,
  )
  const paths = ['reference.parquet', 'current.parquet'].map(file)
  const args = [
    '-f',
    '%e %U %S %M',
    process.execPath,
    command,
    'drift',
    ...paths,
    '--out',
    file('out'),
  ]
  const { status, stderr } = spawnSync('/usr/bin/time', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const [wall, user, system, kilobytes] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  assertFound()
  const cpu = user! + system!
  process.stdout.write(
    `  tidegauge drift ${wall!.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU, ${(kilobytes! / 1000).toFixed(0)} MB\n`,
  )
} finally {
  rmSync(directory, { recursive: true })
}

function writing(side: string, count: number, seed: number): string {
  const cells = Array.from({ length: COLUMNS }, (_, i) => {
    const hash = `hash(r * ${2 * COLUMNS} + ${2 * i + seed})`
    if (i % 10 === 9) return `'category ' || (${hash} % 12)::VARCHAR AS x${i}`
    const moved = seed === 1 && i % MOVED === 0 ? 0.3 : 0
    return `(${hash} % 1000000)::DOUBLE / 1000000 + ${moved} AS x${i}`
  })
  return `COPY (SELECT ${cells.join(', ')} FROM range(${count}) t(r)) TO '${file(`${side}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE 30720, STRING_DICTIONARY_PAGE_SIZE_LIMIT 65536)`
}

/** Are those that were moved the ones that have drifted? */
function assertFound(): void {
  const text = readFileSync(join(file('out'), 'drift_reference_vs_current.json'), 'utf8')
  const { columns } = JSON.parse(text) as {
    columns: ReadonlyArray<{ name: string; drifted: boolean }>
  }
  const found = columns.filter(({ drifted }) => drifted).map(({ name }) => name)
  const moved = columns.filter((_, i) => i % MOVED === 0).map(({ name }) => name)
  if (columns.length !== COLUMNS || found.join() !== moved.join()) {
    throw new Error(
      `${moved.length} columns were moved, and these have drifted: ${found.join(', ')}`,
    )
  }
}
