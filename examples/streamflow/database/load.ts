import pg from 'pg'
import { asOf, createSchema, loadSnapshot, type Snapshot } from './snapshots.ts'

/**
 * `pnpm load 2001-01 2001-02 2001-03:broken`: writes months into the table `flight_snapshots`, each of them once. Where the
 * database is, the variables of PostgreSQL's own clients say: `PGHOST`, `PGUSER`, `PGPASSWORD` …
 */
const months = process.argv.slice(2).filter((word) => word !== '--')
const wrong = months.find((word) => !/^\d{4}-(0[1-9]|1[0-2])(:broken)?$/.test(word))
if (months.length === 0 || wrong !== undefined) {
  const about = wrong === undefined ? '' : `"${wrong}" is no month\n`
  process.stderr.write(`${about}Usage: pnpm load <month>[:broken] …, such as 2001-01 2001-02\n`)
  process.exit(1)
}

const pool = new pg.Pool()
try {
  await createSchema(pool)
  for (const snapshot of months.map(snapshotOf)) {
    const rows = await loadSnapshot(pool, snapshot)
    const what = rows === 0 ? 'is there already' : `${rows.toLocaleString('en')} flights`
    process.stdout.write(`${asOf(snapshot.month)}: ${what}\n`)
  }
} catch (error) {
  process.stderr.write(`load: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
} finally {
  await pool.end()
}

function snapshotOf(word: string): Snapshot {
  const [month, broken] = word.split(':')
  return { month: month!, isBroken: broken !== undefined }
}
