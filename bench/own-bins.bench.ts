/**
 * Two stored profiles of which each has bins of its own: how often chance alone is called drift, how often a shift is
 * found, and where nothing can be told. Normal samples, the defaults of `profile` and `detectDrift`. The table of
 * docs/statistics.md.
 * `pnpm --filter @tidegauge/bench own-bins`
 */
import { detectDrift, profile, type TableProfile } from '@tidegauge/drift'
import { seededRandom } from './seeded-draws.ts'

const PAIRS = 400
const BINS = [260, 40, 10]
const SIZES = [500, 2000, 20_000]
/** In standard deviations: none, below the tolerance of 0.125, above it, far above. */
const SHIFTS = [0, 0.05, 0.2, 0.3]

const random = seededRandom(12)
console.log(`| bins | values a side | ${SHIFTS.map((shift) => `shift ${shift}`).join(' | ')} |`)
for (const bins of BINS) {
  for (const size of SIZES) {
    const cells = SHIFTS.map((shift) => {
      const found = { drifted: 0, none: 0, untold: 0 }
      for (let pair = 0; pair < PAIRS; pair++) {
        const { columns } = detectDrift(stored(size, 0, bins), stored(size, shift, bins))
        const { verdict } = columns[0]!
        if (verdict === 'drifted') found.drifted++
        else if (verdict === 'insufficient-data') found.untold++
        else found.none++
      }
      const percent = (count: number) => `${((100 * count) / PAIRS).toFixed(1)} %`
      return `${percent(found.drifted)}, ${percent(found.untold)}`
    })
    console.log(`| ${bins} | ${size} | ${cells.join(' | ')} |`)
  }
}

function stored(size: number, shift: number, bins: number): TableProfile {
  const values = Float64Array.from({ length: size }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    return radius * Math.cos(2 * Math.PI * random()) + shift
  })
  return profile({ x: values }, { bins })
}
