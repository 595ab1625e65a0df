/**
 * How often chance alone makes a feature of a fleet drift: pairs of samples of one distribution over ten bins, by
 * PSI alone and with chi-squared beside it, as the rules of `@tidegauge/mixin` judge. The table of
 * docs/drift-rules.md.
 * `pnpm --filter @tidegauge/bench psi-gate`
 */
import { type NumericProfile, numericProfile } from '@tidegauge/core'
import { chiSquared, populationStabilityIndex } from '@tidegauge/drift'

const PAIRS = 30_000
const BINS = 10
const SIZES = [
  [200, 200],
  [1000, 200],
  [10_000, 200],
  [1000, 1000],
] as const

const random = randomNumbers(6)
console.log('reference  window  mean PSI  PSI ≥ 0.2  and p ≤ 0.0001')
for (const [n, m] of SIZES) {
  let sum = 0
  let large = 0
  let both = 0
  for (let pair = 0; pair < PAIRS; pair++) {
    const [reference, window] = [sample(n), sample(m)]
    const { statistic } = populationStabilityIndex(reference, window)
    sum += statistic
    if (statistic < 0.2) continue
    large++
    if (chiSquared(reference, window).pValue <= 1e-4) both++
  }
  const percent = (count: number) => `${((100 * count) / PAIRS).toFixed(4)} %`
  const cells = [n, m, (sum / PAIRS).toFixed(3), percent(large), percent(both)]
  const widths = [9, 8, 10, 11, 16]
  console.log(cells.map((cell, i) => String(cell).padStart(widths[i]!)).join(''))
}

function sample(size: number): NumericProfile {
  const counts = new Array<number>(BINS).fill(0)
  for (let i = 0; i < size; i++) counts[Math.floor(random() * BINS)]!++
  const edges = Array.from({ length: BINS + 1 }, (_, i) => i)
  return { ...numericProfile([], edges), counts, n: size }
}

/** Mulberry32: the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
