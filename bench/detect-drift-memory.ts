/** A process of its own: what it holds at most, its data of 14 columns of numbers and 6 of text included. */
import { detectDrift } from '@tidegauge/drift'
import { COLUMNS } from './drift-tables.ts'
import { seededTable } from './seeded-table.ts'

const ROWS = 1_000_000

const reference = seededTable(1, ROWS)
const current = seededTable(2, ROWS)
const before = process.memoryUsage.rss()
const { columns } = detectDrift(reference, current)
if (columns.some(({ statistic }) => statistic === null))
  throw new Error('not every column was compared')
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)
process.stdout.write(
  `detectDrift, ${COLUMNS.length} columns, ${ROWS} rows a side: ` +
    `${megabytes(1024 * process.resourceUsage().maxRSS)} MB resident at most, ` +
    `${megabytes(before)} MB of it the process and its data\n`,
)
