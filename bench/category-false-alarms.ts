/**
 * How often does a categorical column cry wolf, where references are small, have hidden names, or are merged from days?
 * `pnpm --filter @tidegauge/bench category-false-alarms [--runs 2000] [--minutes 600]`; writes
 * docs/category-false-alarms.md, of as many runs as were begun by then.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type CategoricalProfile, categoricalProfile, mergeProfiles } from '@tidegauge/core'
import { detectDrift, type TableProfile, tableProfileOf } from '@tidegauge/drift'
import { drawer, seededRandom } from './seeded-draws.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '600' },
  },
})
const deadline = performance.now() + Number(values.minutes) * 60_000

const COLUMNS = 20
const DAYS = 10
/** Names that a stored profile keeps here: fewer than there are, so that the others are hidden. */
const NAMES = 30
const KINDS: ReadonlyMap<string, readonly number[]> = new Map([
  ['300, long tail', Array.from({ length: 300 }, (_, i) => 1 / (i + 1) ** 2)],
  ['300 equal ones', Array<number>(300).fill(1)],
  ['half in 20,000 zips', [3000, 4000, 3000, ...Array<number>(20_000).fill(0.5)]],
])
const SIZES = [
  [100, 100],
  [100, 1000],
  [1000, 1000],
  [10_000, 1000],
] as const
const WAYS = ['tables', 'stored', 'both stored', 'merged'] as const
type Way = (typeof WAYS)[number]

interface Tally {
  runs: number
  /** Runs with any column that was called drifted, and columns with so small a p-value. */
  alarms: number
  fivePercent: number
  onePerMille: number
}

interface Cell {
  readonly kind: string
  readonly n: number
  readonly m: number
  readonly tallies: ReadonlyMap<Way, Tally>
}

const cells: Cell[] = [...KINDS.keys()].flatMap((kind) =>
  SIZES.map(([n, m]) => {
    const none = () => ({ runs: 0, alarms: 0, fivePercent: 0, onePerMille: 0 })
    return { kind, n, m, tallies: new Map(WAYS.map((way) => [way, none()])) }
  }),
)
let runs = 0
while (runs < Number(values.runs) && performance.now() < deadline) {
  for (const cell of cells) simulate(cell, seededRandom(runs * 7919 + cell.n * 31 + cell.m))
  runs++
}
const LEVELS = { alarms: 0.05, fivePercent: 0.05, onePerMille: 0.001 } as const
type Level = keyof typeof LEVELS
/** Of a cell by chance, divided by the number of cells: the most that a true level shows in the worst of them. */
const CHANCE = 0.05 / (cells.length * WAYS.length)
const worst = (Object.keys(LEVELS) as Level[]).map((level) => {
  const counts = cells.flatMap(({ tallies }) => [...tallies.values()].map((tally) => tally[level]))
  const total = level === 'alarms' ? runs : runs * COLUMNS
  const bound = atMostByChance(LEVELS[level], total)
  return { level, total, bound, count: Math.max(...counts) }
})
writeFileSync(new URL('../../docs/category-false-alarms.md', import.meta.url), page())
for (const { level, total, bound, count } of worst) {
  process.stdout.write(`${level}: ${count} of ${total} in the worst cell, by chance ${bound}\n`)
}
process.exitCode = worst.some(({ count, bound }) => count > bound) ? 1 : 0

/** Twenty columns in which nothing changes, in each form. */
function simulate({ kind, n, m, tallies }: Cell, random: () => number): void {
  const draw = drawer(KINDS.get(kind)!, random)
  const columns = Array.from({ length: COLUMNS }, () => {
    const days = Array.from({ length: DAYS }, () => counted(n / DAYS, draw))
    const current = counted(m, draw)
    const all = new Map<string, number>()
    for (const day of days) {
      for (const [name, count] of day) all.set(name, (all.get(name) ?? 0) + count)
    }
    const whole = profileOf(current, current.size)
    const merged = days.map((day) => profileOf(day, NAMES)).reduce((a, b) => mergeProfiles(a, b))
    const pairs: Record<Way, readonly [CategoricalProfile, CategoricalProfile]> = {
      tables: [profileOf(all, all.size), whole],
      stored: [profileOf(all, NAMES), whole],
      'both stored': [profileOf(all, NAMES), profileOf(current, NAMES)],
      merged: [merged, whole],
    }
    return pairs
  })
  for (const [way, tally] of tallies) {
    const before = tableOf(columns.map((pairs) => pairs[way][0]))
    const after = tableOf(columns.map((pairs) => pairs[way][1]))
    const found = detectDrift(before, after).columns
    tally.runs++
    if (found.some(({ drifted }) => drifted)) tally.alarms++
    tally.fivePercent += found.filter(({ pValue }) => (pValue ?? 1) <= 0.05).length
    tally.onePerMille += found.filter(({ pValue }) => (pValue ?? 1) <= 0.001).length
  }
}

function counted(rows: number, draw: () => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (let i = 0; i < rows; i++) {
    const name = draw()
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

function profileOf(counts: Iterable<[string, number]>, maxCategories: number): CategoricalProfile {
  return categoricalProfile(counts, { maxCategories })
}

function tableOf(profiles: readonly CategoricalProfile[]): TableProfile {
  return tableProfileOf({
    rows: profiles[0]!.n,
    columns: profiles.map((profile, i) => ({ name: `c${i}`, type: 'categorical', profile })),
  })
}

function page(): string {
  const bounds = Object.fromEntries(worst.map(({ level, bound, total }) => [level, bound / total]))
  const rows = cells.flatMap(({ kind, n, m, tallies }) =>
    [...tallies].map(([way, tally]) => [
      kind,
      `${n} / ${m}`,
      way,
      percent(tally.alarms / tally.runs),
      percent(tally.fivePercent / (tally.runs * COLUMNS)),
      percent(tally.onePerMille / (tally.runs * COLUMNS)),
    ]),
  )
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`
  return `# False alarms of categorical columns

<!-- Written by \`pnpm --filter @tidegauge/bench category-false-alarms\`; do not edit. -->

Nothing changed. ${runs} seeded runs a cell of ${COLUMNS} columns each; sizes are reference / current rows. Both sides as tables; the
reference stored with the names of its ${NAMES} most frequent categories; both sides so stored; the reference merged from ${DAYS} such
profiles of a tenth of its rows. The share of runs in which **any of the ${COLUMNS} columns** was called drifted by the defaults of
\`detectDrift\`, and the shares of columns with a p-value up to 5 % and up to 0.1 %, which are the most that may be.

By chance alone the worst of these ${rows.length} cells has, with probability 0.95, at most ${percent(bounds.alarms!)}, ${percent(bounds.fivePercent!)} and ${percent(bounds.onePerMille!)}
(binomial, at ${CHANCE.toFixed(5)} a cell), if the rates were the levels themselves.

${[
  line(['categories', 'rows', 'form', 'any drifted', 'p <= 5 %', 'p <= 0.1 %']),
  line(['---', '---', '---', '---:', '---:', '---:']),
  ...rows.map(line),
].join('\n')}
`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}

/** The smallest count that a binomial number exceeds with a probability of at most `CHANCE`. */
function atMostByChance(share: number, total: number): number {
  let logTerm = total * Math.log1p(-share)
  let below = Math.exp(logTerm)
  let count = 0
  while (1 - below > CHANCE) {
    count++
    logTerm += Math.log(((total - count + 1) / count) * (share / (1 - share)))
    below += Math.exp(logTerm)
  }
  return count
}
