import { type BinnedProfile, InvalidArgumentError } from '@tidegauge/core'
import { alignCells, type Cells, isProfile, total } from '../samples/cells.ts'
import { assertSameForm, isNumeric, type Values } from '../samples/divergence-cells.ts'
import { profileOfCategories, sortedSample } from '../samples/sample.ts'
import type { Divergence } from './result.ts'

/** Both sides counted as Evidently counts them. A bin may be empty on both sides. */
export interface EvidentlyCells extends Cells {
  /** Where numbers were counted into bins: bin i holds edges[i] ≤ x < edges[i + 1], the last also its end. */
  readonly edges?: Float64Array
}

/**
 * The cells that Evidently (0.4 and 0.7) compares in `psi`, `kl_div` and `jensenshannon`.
 *
 * Numbers of which the reference has more than 20 distinct values go into bins of equal width from the
 * smallest to the largest pooled value, ⌈log₂(n + m) + 1⌉ of them (Sturges); bit by bit the edges of
 * `numpy.histogram_bin_edges(pooled, 'sturges')` for floats. All else has a cell per distinct value.
 *
 * @param reference - finite numbers, or strings and booleans, or the profile of categories
 * @param current - the same
 * @throws InvalidArgumentError on an empty sample, a non-finite number, numbers whose range is not finite,
 *   or profiles of numbers, which were counted into other bins already
 * @see https://github.com/evidentlyai/evidently `get_binned_data`
 * @example
 * evidentlyCells([1, 1, 2], [2, 2, 3]) // reference [2, 1, 0], current [0, 2, 1]
 */
export function evidentlyCells(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
): EvidentlyCells {
  const sorted = sortedNumbers(reference, current)
  if (sorted === null) return cellsOfCategories(reference, current)
  const [before, after] = sorted
  if (distinctValues(before) <= LARGEST_DISCRETE) return cellsOfDistinctValues(before, after)
  return cellsBetween(sturgesEdges(before, after, before.length + after.length), before, after)
}

/**
 * The cells of Evidently's `hellinger`: numbers go into Sturges bins however few distinct ones there are,
 * and it is the distinct pooled values that say how many bins. All else as in `evidentlyCells`.
 *
 * Follows numpy before 2.0, or floats in any: numpy 2 counts integers into bins no narrower than 1.
 */
export function evidentlyHellingerCells(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
): EvidentlyCells {
  const sorted = sortedNumbers(reference, current)
  if (sorted === null) return cellsOfCategories(reference, current)
  const [before, after] = sorted
  let distinct = 0
  forEachDistinctValue(before, after, () => distinct++)
  return cellsBetween(sturgesEdges(before, after, distinct), before, after)
}

/**
 * Population stability index as Evidently computes it: Σ (p − q) ln(p / q) over its cells and shares.
 *
 * @throws InvalidArgumentError as `evidentlyCells` does
 * @example
 * evidentlyPopulationStabilityIndex(['a', 'a', 'b'], ['a', 'b', 'b']).statistic // 0.462, ⅔ ln 2
 */
export function evidentlyPopulationStabilityIndex(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
): Divergence & { readonly cells: number } {
  const cells = evidentlyCells(reference, current)
  const p = evidentlyShares(cells.reference)
  const q = evidentlyShares(cells.current)
  const statistic = p.reduce((sum, share, i) => sum + (share - q[i]!) * Math.log(share / q[i]!), 0)
  return { kind: 'divergence', statistic, cells: p.length }
}

/**
 * Shares of one side with Evidently's zero fill: an empty cell gets 0.0001, or a millionth of the smallest
 * other share where that is 0.0001 or less. The shares then add up to a little more than 1.
 */
export function evidentlyShares(counts: readonly number[]): number[] {
  const n = total(counts)
  const shares = counts.map((count) => count / n)
  const smallest = shares.reduce((least, p) => (p > 0 && p < least ? p : least), 1)
  const fill = smallest <= 0.0001 ? smallest / 1e6 : 0.0001
  return shares.map((share) => (share === 0 ? fill : share))
}

/** Up to here numbers are categories to Evidently. */
const LARGEST_DISCRETE = 20

/** null where there are categories. */
function sortedNumbers(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
): [reference: Float64Array, current: Float64Array] | null {
  assertSameForm(reference, current)
  if (isProfile(reference)) {
    if (reference.kind === 'categorical') return null
    throw new InvalidArgumentError('binning', "'quantile' for profiles of numbers", 'evidently')
  }
  if (!isNumeric(reference)) return null
  return [
    sortedSample('reference', reference),
    sortedSample('current', current as ArrayLike<number>),
  ]
}

function cellsOfCategories(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
): Cells {
  return alignCells(
    isProfile(reference) ? reference : profileOfCategories('reference', reference),
    isProfile(current) ? current : profileOfCategories('current', current),
  )
}

function distinctValues(sorted: Float64Array): number {
  let distinct = 1
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++
  return distinct
}

function cellsOfDistinctValues(before: Float64Array, after: Float64Array): Cells {
  const cells = { reference: [] as number[], current: [] as number[] }
  forEachDistinctValue(before, after, (countBefore, countAfter) => {
    cells.reference.push(countBefore)
    cells.current.push(countAfter)
  })
  return cells
}

function forEachDistinctValue(
  before: Float64Array,
  after: Float64Array,
  visit: (countBefore: number, countAfter: number) => void,
): void {
  const n = before.length
  const m = after.length
  let i = 0
  let j = 0
  while (i < n || j < m) {
    const value = j === m || (i < n && before[i]! <= after[j]!) ? before[i]! : after[j]!
    const firstBefore = i
    const firstAfter = j
    while (i < n && before[i] === value) i++
    while (j < m && after[j] === value) j++
    visit(i - firstBefore, j - firstAfter)
  }
}

/** numpy's edges, rounding included: the number of bins comes from a rounded width, the edges from `linspace`. */
function sturgesEdges(before: Float64Array, after: Float64Array, size: number): Float64Array {
  const smallest = Math.min(before[0]!, after[0]!)
  const largest = Math.max(before[before.length - 1]!, after[after.length - 1]!)
  const range = largest - smallest
  if (range === Number.POSITIVE_INFINITY) {
    throw new InvalidArgumentError('reference', 'numbers whose range is finite', range)
  }
  const margin = range === 0 ? 0.5 : 0
  const low = smallest - margin
  const high = largest + margin
  const width = range / (Math.log2(size) + 1)
  const bins = width > 0 ? Math.ceil((high - low) / width) : 1
  const step = (high - low) / bins
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => i * step + low)
  edges[bins] = high
  return edges
}

function cellsBetween(
  edges: Float64Array,
  before: Float64Array,
  after: Float64Array,
): EvidentlyCells {
  return { reference: histogram(before, edges), current: histogram(after, edges), edges }
}

/** Counts between edges that hold all values: lower ends are inclusive, and so is the last upper one. */
function histogram(sorted: Float64Array, edges: Float64Array): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0)
  let bin = 0
  for (const x of sorted) {
    while (bin < counts.length - 1 && x >= edges[bin + 1]!) bin++
    counts[bin]!++
  }
  return counts
}
