/**
 * What a look at the values tells that no test of names or words can (see docs/statistics.md): why nearly all is 90 %.
 * `pnpm --filter @tidegauge/bench untold`; prints shares of new values by verdict of the tests alone, and of words that say nothing.
 */
import { categoricalProfile } from '@tidegauge/core'
import { compareCategories } from '../packages/drift/src/measure/category-test.ts'
import { untoldShares } from '../packages/drift/src/measure/untold-words.ts'
import { drawer, seededRandom } from './seeded-draws.ts'

const ALPHA = 0.05
const WHOLE = { maxCategories: 1e6 }
const LAWS = { evenly: () => 1, 'by Zipf’s law': (i: number) => 1 / (i + 1) } as const

process.stdout.write(
  'Categories without drift, 40 runs each: columns that the tests alone call stable\n',
)
let most = 0
for (const [law, weight] of Object.entries(LAWS)) {
  for (const names of [10, 100, 1000, 10_000]) {
    for (const rows of [30, 100, 300, 1000, 2000]) {
      const draw = drawer(
        Array.from({ length: names }, (_, i) => weight(i)),
        seededRandom(names + rows),
      )
      const runs = Array.from({ length: 40 }, () => compared(drawn(rows, draw), drawn(rows, draw)))
      const shares = runs.filter(({ isStable }) => isStable).map(({ fresh }) => fresh)
      if (shares.length === 0) continue
      const largest = Math.max(...shares)
      most = Math.max(most, largest)
      line(
        `${names} names ${law}, ${rows} rows`,
        `${shares.length}, up to ${largest.toFixed(2)} new`,
      )
    }
  }
}
line('all of them', `up to ${most.toFixed(2)} new`)

process.stdout.write(
  '\nCategories of which a share is new, 100 runs each: columns that the tests alone call stable\n',
)
for (const [names, rows, share] of [
  [1000, 300, 1],
  [1000, 300, 0.9],
  [10_000, 2000, 0.5],
] as const) {
  const random = seededRandom(names + rows)
  const draw = drawer(new Array<number>(names).fill(1), random)
  const other = () => (random() < share ? `new ${draw()}` : draw())
  const runs = Array.from({ length: 100 }, () => compared(drawn(rows, draw), drawn(rows, other)))
  const stable = runs.filter(({ isStable }) => isStable).length
  line(`${names} names, ${rows} rows, ${share} new`, String(stable))
}

const random = seededRandom(1)
const zipf = drawer(
  Array.from({ length: 200_000 }, (_, i) => 1 / (i + 1)),
  random,
)
const some = (count: number, make: () => string) => Array.from({ length: count }, make)
const digits = (most: number) => String(Math.floor(most * random()))
const hex = () => some(8, () => Math.floor(16 * random()).toString(16)).join('')
const TEXTS: Readonly<Record<string, () => string>> = {
  '5 words by Zipf’s law, of 200,000': () => some(5, zipf).join(' '),
  '40 words of the same': () => some(40, zipf).join(' '),
  'a name, a street, two numbers': () =>
    `${zipf()} ${zipf()}, ${zipf()} street ${digits(200)}, ${digits(1e5)}`,
  'lines of a log with an id and two numbers': () =>
    `GET /orders/${hex()} answered 200 in ${digits(5000)} ms with ${digits(1e5)} bytes`,
  'four codes of 8 hexadecimal digits': () => some(4, hex).join(' '),
  'lists of 8 numbers': () => `[${some(8, () => (random() - 0.5).toFixed(6)).join(', ')}]`,
}

process.stdout.write(
  '\nWords of a text that are met in no other, or are numbers: least and most of 60 draws\n',
)
for (const [title, text] of Object.entries(TEXTS)) {
  const bySize = [30, 100, 1000].map((size) => {
    const draws = Array.from({ length: 60 }, () =>
      untoldShares(some(size, text), some(size, text)),
    ).flat()
    return `${Math.min(...draws).toFixed(2)} to ${Math.max(...draws).toFixed(2)}`
  })
  line(title, bySize.join('   '))
}

function compared(before: Map<string, number>, after: Map<string, number>) {
  const { test, isTold } = compareCategories(
    categoricalProfile(before, WHOLE),
    categoricalProfile(after, WHOLE),
    ALPHA,
  )
  let fresh = 0
  let n = 0
  for (const [name, count] of after) {
    n += count
    if (!before.has(name)) fresh += count
  }
  return { isStable: isTold && test.pValue > ALPHA, fresh: fresh / n }
}

function drawn(rows: number, draw: () => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (let i = 0; i < rows; i++) {
    const name = draw()
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

function line(title: string, numbers: string): void {
  process.stdout.write(`  ${title.padEnd(46)} ${numbers}\n`)
}
