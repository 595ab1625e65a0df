import { countBelow } from '@tidegauge/core/internal'
import { GAUSS_LEGENDRE_NODES, GAUSS_LEGENDRE_WEIGHTS } from './gauss-legendre.ts'
import type { Sidedness } from './kolmogorov-two-sample.ts'
import { normalSurvival } from './normal.ts'

/**
 * P(D ≥ steps / nm) of the two-sample Kolmogorov–Smirnov distance given the ties, for large samples: the
 * probability that a Brownian bridge leaves the band at the end of a block of equal values.
 *
 * Given the ties, i m − j n after k of the N = n + m values has the mean, variance and correlation of a bridge
 * B(k/N) times N √(nm/(N − 1)). The density of the paths still inside is carried from block to block by
 * quadrature, and what leaves is added up. At the end of a block the edge of the band lies halfway
 * between the last count inside and the first outside. Blocks of less than 1/512 of all values
 * are joined and their path is watched all the time, which makes p larger, not smaller.
 *
 * @param n - positive integer
 * @param m - positive integer
 * @param ends - ascending: how many of all values are at most as large as each distinct one; ends with n + m
 * @param steps - nm · D, a positive integer
 * @param sides - `one-sided` for D⁺ = max (F_n − G_m)
 * @see Durbin (1971), Journal of Applied Probability 8, 431–453: boundary crossing of the bridge
 * @example
 * tiedKolmogorovLimit(20000, 20000, [20000, 40000], 4e6) // 0.0466
 */
export function tiedKolmogorovLimit(
  n: number,
  m: number,
  ends: ArrayLike<number>,
  steps: number,
  sidedness: Sidedness = 'two-sided',
): number {
  const total = n + m
  const scale = total * Math.sqrt((n * m) / (total - 1))
  let state: State = { time: 0, positions: [0], masses: [1] }
  let left = 0
  const stretches = stretchesOf(n, m, ends, steps, sidedness)
  stretches.forEach((stretch, i) => {
    const moved = advance(state, stretch, stretches[i + 1], scale, total)
    left += moved.left
    state = moved.state
  })
  return Math.min(1, left)
}

/** From one moment at which the path is compared to the next. */
interface Stretch {
  /** In values: the path is compared after so many. */
  readonly from: number
  readonly to: number
  /** Is it compared in between as well? */
  readonly isWatched: boolean
  /** i m − j n leaves above and below these. */
  readonly above: number
  readonly below: number
  /** Does it count to leave below? */
  readonly countsBelow: boolean
}

const SMALLEST_BLOCK = 1 / 512

function stretchesOf(
  n: number,
  m: number,
  ends: ArrayLike<number>,
  steps: number,
  sidedness: Sidedness,
): Stretch[] {
  const total = n + m
  const countsBelow = sidedness === 'two-sided'
  // From 6 standard deviations below, a path does not come back to leave above.
  const floor = countsBelow ? steps : 6 * Math.sqrt(n * m * total)
  const stretches: Stretch[] = []
  let from = 0
  const watch = (to: number): void => {
    if (to === from) return
    stretches.push({ from, to, isWatched: true, above: steps, below: -floor, countsBelow })
    from = to
  }
  const leap = (to: number): void => {
    // The counts i of the first sample next to the edges: i N − to · n stands for i m − j n.
    const high = Math.ceil((to * n + steps) / total) - 0.5
    const low = Math.floor((to * n - floor) / total) + 0.5
    const [above, below] = [high * total - to * n, low * total - to * n]
    stretches.push({ from, to, isWatched: false, above, below, countsBelow })
    from = to
  }
  let end = 0
  for (let block = 0; block < ends.length; block++) {
    const start = end
    end = ends[block]!
    if (end - start >= SMALLEST_BLOCK * total) {
      watch(start)
      leap(end)
    } else if (end - from >= SMALLEST_BLOCK * total) watch(end)
  }
  watch(end)
  return stretches
}

/** Where paths that are still inside may be, and how likely. */
interface State {
  readonly time: number
  readonly positions: ArrayLike<number>
  readonly masses: ArrayLike<number>
}

function advance(
  { time, positions, masses }: State,
  stretch: Stretch,
  following: Stretch | undefined,
  scale: number,
  total: number,
): { state: State; left: number } {
  const nextTime = stretch.to / total
  const above = stretch.above / scale
  const below = stretch.below / scale
  const duration = nextTime - time
  /** The probability that a watched path from x to y, both inside, leaves in between. */
  const crossing = (x: number, y: number): number => {
    if (!stretch.isWatched) return 0
    const up = Math.exp((-2 * (above - x) * (above - y)) / duration)
    if (!stretch.countsBelow) return up
    const down = Math.exp((-2 * (x - below) * (y - below)) / duration)
    return up + down - up * down
  }
  let left = 0
  if (following === undefined) {
    // The bridge ends at 0.
    for (let j = 0; j < masses.length; j++) left += masses[j]! * crossing(positions[j]!, 0)
    return { state: { time: 1, positions: [0], masses: [1 - left] }, left }
  }
  const remaining = (1 - nextTime) / (1 - time)
  const spread = Math.sqrt(duration * remaining)
  const followingDuration = (following.to - following.from) / total
  const grid = gridOver(below, above, Math.min(spread, Math.sqrt(followingDuration)))
  const nextMasses = new Float64Array(grid.positions.length)
  for (let j = 0; j < masses.length; j++) {
    const x = positions[j]!
    const mass = masses[j]!
    if (mass === 0) continue
    const mean = remaining * x
    left += mass * normalSurvival((above - mean) / spread)
    if (stretch.countsBelow) left += mass * normalSurvival((mean - below) / spread)
    const reach = REACH * spread
    for (let k = countBelow(grid.positions, mean - reach); k < nextMasses.length; k++) {
      const y = grid.positions[k]!
      if (y > mean + reach) break
      const deviation = (y - mean) / spread
      const arriving =
        (mass * grid.weights[k]! * Math.exp((-deviation * deviation) / 2)) /
        (spread * Math.sqrt(2 * Math.PI))
      const crossed = crossing(x, y)
      left += arriving * crossed
      nextMasses[k]! += arriving * (1 - crossed)
    }
  }
  return { state: { time: nextTime, positions: grid.positions, masses: nextMasses }, left }
}

/** Steps of more standard deviations than this, of probability 1e-33, are left out. */
const REACH = 12
/** Width of a quadrature panel in standard deviations of the smaller step. */
const PANEL = 4

function gridOver(
  low: number,
  high: number,
  spread: number,
): { positions: Float64Array; weights: Float64Array } {
  const panels = Math.max(1, Math.ceil((high - low) / (PANEL * spread)))
  const half = (high - low) / panels / 2
  const points = GAUSS_LEGENDRE_NODES.length
  const positions = new Float64Array(2 * points * panels)
  const weights = new Float64Array(positions.length)
  for (let panel = 0; panel < panels; panel++) {
    const middle = low + (2 * panel + 1) * half
    for (let i = 0; i < points; i++) {
      const offset = half * GAUSS_LEGENDRE_NODES[i]!
      const right = 2 * points * panel + points + i
      const mirrored = 2 * points * panel + points - 1 - i
      positions[right] = middle + offset
      positions[mirrored] = middle - offset
      weights[right] = weights[mirrored] = half * GAUSS_LEGENDRE_WEIGHTS[i]!
    }
  }
  return { positions, weights }
}
