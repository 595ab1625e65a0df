import { writeFileSync } from 'node:fs'
import { loadFlights } from './flights.ts'
import { trainDelayModel } from './model.ts'

/** Trains on a month and stores what was learned, for `MODEL_FILE`. */
const [month, file] = process.argv.slice(2)
if (month === undefined || file === undefined) {
  process.stderr.write('Usage: pnpm train <month> <file>\n')
  process.exit(1)
}
writeFileSync(file, JSON.stringify(trainDelayModel(await loadFlights(month)).learned))
