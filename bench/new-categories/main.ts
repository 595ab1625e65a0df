/**
 * How often is a new category found, and how often does chance alone look like one?
 * `pnpm --filter @tidegauge/bench new-categories [--runs 50]`; writes docs/new-categories.md.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type CategoricalProfile, categoricalProfile, mergeProfiles } from '@tidegauge/core'
import { detectDrift, type TableProfile, tableProfileOf } from '@tidegauge/drift'
import { featureMonitor } from '@tidegauge/monitor'
import { drawer, seededRandom } from '../seeded-draws.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '50' } } })
const runs = Number(values.runs)

const KINDS: Readonly<Record<string, readonly number[]>> = {
  '300, long tail': Array.from({ length: 300 }, (_, i) => 1 / (i + 1) ** 2),
  'half in 20,000 zips': [3000, 4000, 3000, ...Array<number>(20_000).fill(0.5)],
  '5000 equal ones': Array<number>(5000).fill(1),
}
const SIZES = [100, 1000, 10_000, 100_000]
const CURRENT = 1000
const SHARES = [0, 0.05, 0.1, 0.5]
const WAYS = ['tables', 'stored', 'live', 'merged'] as const
type Way = (typeof WAYS)[number]

interface Tally {
  drifted: number
  named: number
  untold: number
}

const rows: string[][] = []
for (const [kind, weights] of Object.entries(KINDS)) {
  for (const n of SIZES) {
    const tallies = new Map<string, Tally>()
    const count = n > 10_000 ? Math.ceil(runs / 2) : runs
    for (let run = 0; run < count; run++) simulate(weights, n, seededRandom(n + run), tallies)
    for (const share of SHARES) {
      const cells = WAYS.map((way) => cellOf(tallies.get(`${way} ${share}`)!, count))
      rows.push([kind, String(n), share === 0 ? 'none' : `${100 * share} %`, ...cells])
    }
    process.stderr.write(`${kind}, ${n}\n`)
  }
}
writeFileSync(new URL('../../docs/new-categories.md', import.meta.url), page())

/** One reference in each form, and current values with each share of a new category. */
function simulate(
  weights: readonly number[],
  n: number,
  random: () => number,
  tallies: Map<string, Tally>,
): void {
  const draw = drawer(weights, random)
  const days = Array.from({ length: 10 }, () => Array.from({ length: n / 10 }, draw))
  const all = days.flat()
  const references: Record<Exclude<Way, 'live'>, CategoricalProfile> = {
    tables: profileOf(all, n),
    stored: profileOf(all),
    merged: days.map((day) => profileOf(day)).reduce((a, b) => mergeProfiles(a, b)),
  }
  for (const share of SHARES) {
    const current = Array.from({ length: CURRENT }, (_, i) =>
      i < share * CURRENT ? 'NEW' : draw(),
    )
    for (const way of WAYS) {
      const stored = references[way === 'live' ? 'stored' : way]
      const before = tableProfileOf({
        rows: n,
        columns: [{ name: 'x', type: 'categorical', profile: stored }],
      })
      const after = way === 'live' ? windowOf(before, current) : { x: profileOf(current, CURRENT) }
      const [column] = detectDrift(before, after).columns
      const tally = tallies.get(`${way} ${share}`) ?? { drifted: 0, named: 0, untold: 0 }
      if (column!.drifted) tally.drifted++
      if (column!.newCategories.length > 0) tally.named++
      if (column!.verdict === 'insufficient-data') tally.untold++
      tallies.set(`${way} ${share}`, tally)
    }
  }
}

function windowOf(reference: TableProfile, current: readonly string[]): TableProfile {
  const monitor = featureMonitor({ reference, model: 'new-categories' })
  for (const x of current) monitor.observe({ x })
  return monitor.window()
}

function profileOf(names: readonly string[], maxCategories = 1000): CategoricalProfile {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return categoricalProfile(counts, { maxCategories })
}

function cellOf({ drifted, named, untold }: Tally, count: number): string {
  const percent = (part: number) => Math.round((100 * part) / count)
  return `${percent(drifted)} / ${percent(named)} / ${percent(untold)}`
}

function page(): string {
  const header = ['categories', 'reference', 'new', ...WAYS]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const table = [
    line(header),
    line(header.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n')
  return `# What is found of a new category

<!-- Written by \`pnpm --filter @tidegauge/bench new-categories\`; do not edit. -->

One column, ${CURRENT} current rows of which a new category takes a share, or none. Percent of ${runs} seeded runs (half as many
at 100000 rows of reference) that were **drifted / named a new category / could not be judged**, by the defaults of \`detectDrift\`:
from tables, against a stored profile (1000 names), a live window against it, and against ten such profiles of a tenth of the rows,
merged.

${table}

In the rows "none" nothing changed: there, drifted and named are false alarms, of which the first may be 5 % and chance names next
to none. Where every category is rare (5000 equal ones), nothing is told of a quiet column; a newcomer of a size that matters
is still found where the reference is large enough to have met it.
The live window has all its rows in one slice here, which keeps 16 names: in a flood of unmet ones it loses the newcomer of 5 %.
`
}
