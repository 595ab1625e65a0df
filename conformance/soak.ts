/**
 * Hostile traffic on every stack, the long form; ends with 1 where a limit is broken. `pnpm soak`, or
 * `pnpm --filter @tidegauge/conformance soak express` for one stack.
 */
import {
  brokenBudgets,
  brokenLimits,
  type FloodReport,
  flood,
  floodLabels,
  floodRouteTables,
  LIMITS,
} from './hostile.ts'
import type { StackName } from './stacks/stack.ts'
import { STACKS } from './subjects/tidegauge.ts'

const IN_PROCESS = 1_000_000
const OVER_SOCKETS = 20_000
const WARM_UP = 20_000
const WITH_LABELS = 300_000
const ON_ROUTE_TABLES = 300_000

const chosen = process.argv.slice(2) as StackName[]
const stacks = chosen.length > 0 ? chosen : STACKS
const unknown = stacks.filter((stack) => !STACKS.includes(stack))
if (unknown.length > 0) throw new Error(`no such stack: ${unknown}; there are ${STACKS.join(', ')}`)

print(`Node ${process.version}, limits: ${LIMITS.series} series, ${LIMITS.growth / 1e6} MB`)
let failures = 0
for (const stack of stacks) {
  const report = await flood(stack, {
    inProcess: IN_PROCESS,
    overSockets: OVER_SOCKETS,
    warmUp: WARM_UP,
    progress: (text) => process.stderr.write(`\r\x1b[K${stack}: ${text}`),
  })
  process.stderr.write('\r\x1b[K')
  tell(`${stack}: ${summary(report)}`, brokenLimits(report))
}
for (const stack of stacks) {
  const report = await floodLabels(stack, WITH_LABELS)
  const { sent, matchedSeries, unmatchedSeries, overflow } = report
  tell(
    `${stack}, labels that clients choose: ${sent} requests, ${matchedSeries} series of routes, ` +
      `${unmatchedSeries} without, ${overflow} requests in the overflow`,
    brokenBudgets(report),
  )
}
for (const stack of ['express', 'express4'] as const) {
  if (!stacks.includes(stack)) continue
  const { entries, counts, expected } = await floodRouteTables(stack, ON_ROUTE_TABLES)
  const broken = Object.keys({ ...counts, ...expected })
    .filter((name) => counts[name] !== expected[name])
    .map((name) => `${name}: ${expected[name]} were sent, ${counts[name]} counted`)
  if (entries[0] !== entries[1]) broken.push('the tables of routes grew')
  tell(
    `${stack}, tables of routes: ${ON_ROUTE_TABLES} requests, ${entries.join(' -> ')} entries`,
    broken,
  )
}
process.exitCode = failures === 0 ? 0 : 1

function summary({ sent, series, growth, realRoutes, seconds }: FloodReport): string {
  const real = Object.values(realRoutes)
  const exact = real.filter(([wanted, got]) => wanted === got).length
  return (
    `${sent} requests, ${series} series, ${(growth / 1024).toFixed(0)} KiB more heap, ` +
    `${exact} of ${real.length} real series exact, ${seconds.toFixed(0)} s`
  )
}

function tell(text: string, broken: readonly string[]): void {
  failures += broken.length
  print(`${broken.length === 0 ? 'ok    ' : 'BROKEN'} ${text}`)
  for (const one of broken) print(`         ${one}`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
