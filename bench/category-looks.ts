/**
 * Does the test of a column's categories keep its level at a single look of a monitor, where that is 0.05 / 10080?
 * `pnpm --filter @tidegauge/bench category-looks [--references 300]`; prints how many looks had so small a p-value.
 *
 * At the level itself no simulation sees anything. But the test that is used there has p-values for all levels, and
 * those up to 5 %, 1 %, 0.1 % and 0.01 % may not be more than that.
 */
import { parseArgs } from 'node:util'
import { type CategoricalProfile, categoricalProfile } from '@tidegauge/core'
import { categoryTest } from '../packages/drift/src/measure/category-test.ts'
import { drawer, seededRandom } from './seeded-draws.ts'

const { values } = parseArgs({ options: { references: { type: 'string', default: '300' } } })
const references = Number(values.references)

const ALPHA = 0.05 / 10_080
const LEVELS = [0.05, 0.01, 0.001, 0.0001]
const WINDOWS_A_REFERENCE = 8
const WEIGHTS = Array.from({ length: 300 }, (_, i) => 1 / (i + 1) ** 2)

for (const [rows, names] of [
  [20_000, 1000],
  [20_000, 30],
  [1000, 1000],
  [100, 1000],
] as const) {
  for (const windowRows of [240, 1200, 6000]) {
    const draw = drawer(WEIGHTS, seededRandom(rows + names + windowRows))
    const counts = LEVELS.map(() => 0)
    for (let i = 0; i < references; i++) {
      const reference = profileOf(rows, draw, names)
      for (let k = 0; k < WINDOWS_A_REFERENCE; k++) {
        const window = profileOf(windowRows, draw, WEIGHTS.length)
        const { pValue } = categoryTest(reference, window, ALPHA)
        LEVELS.forEach((level, j) => {
          if (pValue <= level) counts[j]!++
        })
      }
    }
    const looks = references * WINDOWS_A_REFERENCE
    const shares = LEVELS.map(
      (level, j) => `${counts[j]} (at most ${(looks * level).toFixed(1)} expected)`,
    )
    process.stdout.write(
      `${rows} rows of reference, ${names} names, ${windowRows} in the window, ${looks} looks: ${shares.join(', ')}\n`,
    )
  }
}

function profileOf(rows: number, draw: () => string, maxCategories: number): CategoricalProfile {
  const counts = new Map<string, number>()
  for (let i = 0; i < rows; i++) {
    const name = draw()
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return categoricalProfile(counts, { maxCategories })
}
