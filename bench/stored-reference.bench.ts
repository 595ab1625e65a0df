/**
 * A reference of 100,000 rows and 20 columns, stored as JSON and read back once, against 1,000 batches of 1,000
 * rows: with the values it was made of, with its bins alone, and as the table that it was.
 * `pnpm --filter @tidegauge/bench stored`
 */
import { detectDrift, parseTableProfile, profile } from '@tidegauge/drift'
import { median, printMachine } from './alternate-cpu.ts'
import { COLUMNS } from './drift-tables.ts'
import { seededTable } from './seeded-table.ts'

const ROWS = 100_000
const BATCHES = 1000
const BATCH_ROWS = 1000

const reference = seededTable(1, ROWS)
const batches = Array.from({ length: BATCHES }, (_, i) => seededTable(2 + i, BATCH_ROWS))
const withSample = JSON.stringify(profile(reference, { keepSample: true }))
const binsAlone = JSON.stringify(profile(reference))

printMachine()
process.stdout.write(
  `${COLUMNS.length} columns, ${ROWS} rows stored, ${BATCHES} batches of ${BATCH_ROWS} rows\n`,
)
print('profile with its values', parseTableProfile(withSample), batches)
print('profile, bins alone', parseTableProfile(binsAlone), batches)
print('the table itself, 20 batches', reference, batches.slice(0, 20))

function print(
  name: string,
  stored: Parameters<typeof detectDrift>[0],
  measured: typeof batches,
): void {
  let errors = 0
  const milliseconds = measured.map((batch) => {
    const before = process.cpuUsage()
    const { columns } = detectDrift(stored, batch)
    const { user, system } = process.cpuUsage(before)
    errors += columns.filter(({ verdict }) => verdict === 'error').length
    return (user + system) / 1000
  })
  if (errors > 0) throw new Error(`${name}: ${errors} columns could not be compared`)
  const total = milliseconds.reduce((sum, x) => sum + x, 0) / 1000
  process.stdout.write(
    `  ${name.padEnd(44)} ${median(milliseconds).toFixed(2).padStart(8)} ms a batch, ` +
      `${total.toFixed(1)} s in all\n`,
  )
}
