/**
 * How the work grows with rows and with columns: nanoseconds for a value of either side, normal data.
 * `pnpm --filter @tidegauge/bench growth`
 */
import {
  detectDrift,
  kolmogorovSmirnov,
  populationStabilityIndex,
  wassersteinDistance,
} from '@tidegauge/drift'
import { alternateCpu, ours, printMachine } from './alternate-cpu.ts'
import { seededNormal } from './seeded-table.ts'

const ROWS = [1e4, 1e5, 1e6, 1e7]
const COLUMN_COUNTS = [10, 100, 1000]
const ROWS_OF_COLUMNS = 10_000

printMachine()
process.stdout.write('ns a value, one column\n')
for (const rows of ROWS) {
  const reference = normalColumn(1, rows)
  const current = normalColumn(2, rows)
  await print(`${rows} rows`, 2 * rows, rows > 1e6 ? 3 : 9, {
    kolmogorovSmirnov: () => kolmogorovSmirnov(reference, current),
    populationStabilityIndex: () => populationStabilityIndex(reference, current),
    wassersteinDistance: () => wassersteinDistance(reference, current),
    detectDrift: () => detectDrift({ x: reference }, { x: current }),
  })
}
process.stdout.write(`ns a value, ${ROWS_OF_COLUMNS} rows\n`)
for (const columns of COLUMN_COUNTS) {
  const reference = normalTable(1, columns)
  const current = normalTable(2, columns)
  await print(`${columns} columns`, 2 * ROWS_OF_COLUMNS * columns, 5, {
    detectDrift: () => detectDrift(reference, current),
  })
}

async function print(
  title: string,
  values: number,
  rounds: number,
  work: Readonly<Record<string, () => object>>,
): Promise<void> {
  const contenders = Object.entries(work).map(([name, run]) => ours(name, run))
  const results = await alternateCpu(contenders, { rounds, warmUp: 2 })
  const cells = results.map(
    ({ name, milliseconds }) => `${name} ${((1e6 * milliseconds) / values).toFixed(1)}`,
  )
  process.stdout.write(`  ${title.padEnd(16)} ${cells.join(', ')}\n`)
}

function normalTable(seed: number, columns: number): Record<string, Float64Array> {
  return Object.fromEntries(
    Array.from({ length: columns }, (_, i) => [
      `x${i}`,
      normalColumn(seed + 2 * i, ROWS_OF_COLUMNS),
    ]),
  )
}

function normalColumn(seed: number, rows: number): Float64Array {
  return new Float64Array(rows).map(seededNormal(seed))
}
