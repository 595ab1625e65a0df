/**
 * detectDrift on tables of 20 columns, 14 of numbers and 6 of text, against Evidently's DataDriftPreset; then how
 * much memory a million rows a side take.
 * `PYTHON_EVIDENTLY=… pnpm --filter @tidegauge/bench detect-drift`
 */
import { execFileSync } from 'node:child_process'
import { detectDrift } from '@tidegauge/drift'
import {
  alternateCpu,
  assertSameNumbers,
  ours,
  printCpuResults,
  printMachine,
  type Rounds,
  reading,
  theirs,
} from './alternate-cpu.ts'
import { COLUMNS, columnsOf, labels, type Side } from './drift-tables.ts'
import { type PythonPeer, pythonPeer } from './python-peer.ts'

const SIZES: ReadonlyArray<readonly [rows: number, rounds: Rounds]> = [
  [100_000, { rounds: 3, warmUp: 1 }],
  [1_000_000, { rounds: 3, warmUp: 0 }],
]

const peer = await pythonPeer('evidently')
try {
  printMachine(peer.versions)
  for (const [rows, rounds] of SIZES) await compare(peer, rows, rounds)
} finally {
  await peer.close()
}
process.stdout.write(
  execFileSync(process.execPath, ['dist/detect-drift-memory.js'], { encoding: 'utf8' }),
)

async function compare(peer: PythonPeer, rows: number, rounds: Rounds): Promise<void> {
  const reference = await tableOf(peer, 'reference', rows)
  const current = await tableOf(peer, 'current', rows)
  const floats = [...Object.values(reference), ...Object.values(current)].filter(
    (column) => column instanceof Float64Array,
  )
  const results = await alternateCpu(
    [
      theirs(peer, 'Evidently DataDriftPreset', ['reference', 'current']),
      ours("detectDrift, preset 'evidently-0.7'", () => {
        const { columns } = detectDrift(reference, current, { preset: 'evidently-0.7' })
        return Object.fromEntries(columns.map(({ name, statistic }) => [name, statistic]))
      }),
      ours('detectDrift', () => {
        const { columns } = detectDrift(reference, current)
        return Object.fromEntries(columns.map(({ name, verdict }) => [name, verdict]))
      }),
      reading(floats),
    ],
    rounds,
  )
  const title = `${COLUMNS.length} columns, ${rows} rows a side`
  assertSameNumbers(title, results[0]!.result as Record<string, number>, { ...results[1]!.result })
  printCpuResults(title, results)
}

async function tableOf(
  peer: PythonPeer,
  side: Side,
  rows: number,
): Promise<Record<string, Float64Array | string[]>> {
  const table: Record<string, Float64Array | string[]> = {}
  for (const [i, column] of columnsOf(side, rows).entries()) {
    const values = await peer.column(column)
    table[`x${i}`] = COLUMNS[i]!.kind === 'numeric' ? values : labels(values)
  }
  await peer.prepare('dataset', [side, ...COLUMNS.map(({ kind }) => kind)])
  return table
}
