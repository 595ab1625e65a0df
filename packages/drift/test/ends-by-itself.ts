import { deepStrictEqual } from 'node:assert/strict'
import { detectDrift, detectDriftAsync } from '../src/index.ts'

/** Run by detect-drift-async.test.ts as a process of its own: nothing is closed, and it ends. */
const numbers = Array.from({ length: 5000 }, (_, i) => i)
const rows = numbers.map((a) => ({ a, b: `t${a % 3}` }))
const report = await detectDriftAsync(rows, rows)
deepStrictEqual(report, detectDrift(rows, rows))
process.stdout.write('same true\n')
