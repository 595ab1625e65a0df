import { type Cell, simulate } from './simulate.ts'

process.send!(simulate(JSON.parse(process.argv[2]!) as Cell))
process.disconnect()
