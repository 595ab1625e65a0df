import { InvalidArgumentError, type NumericProfile, numericProfile } from '@tidegauge/core'
import { countBelow, countUpTo } from '@tidegauge/core/internal'
import { assertSameEdges } from './cells.ts'
import { quantileEdges, quantileEdgesOfPlaces, quantilePlaces } from './quantile-edges.ts'

/** One side of a comparison: its values, ascending, or their counts between edges. */
export type Distribution = Float64Array | NumericProfile

/** Both sides in the cells between the reference's deciles, open at both ends. */
export interface DecileCells {
  readonly reference: NumericProfile
  readonly current: NumericProfile
  /**
   * Between which numbers a statistic of the values themselves may lie; null where the counts are exact, so that
   * it is the very one of these cells. Found by moving what is unknown from cell to cell, one decile at a time.
   */
  possible(statisticOf: Statistic): readonly [least: number, most: number] | null
}

type Statistic = (reference: NumericProfile, current: NumericProfile) => number

/** A statistic that is summed over cells compares about so many of equal mass in the reference. */
const DECILES = 10

/**
 * The deciles of a sorted sample among edges that were made from it, by their places; undefined where they are
 * not all there.
 *
 * @param sorted - at least one finite value, ascending
 * @param edges - `quantileEdges` of the sample
 */
export function decilePlaces(
  sorted: Float64Array,
  edges: readonly number[],
): readonly number[] | undefined {
  const places = innerDeciles(sorted).map((decile) => edges.indexOf(decile))
  return places.includes(-1) ? undefined : places
}

/** The edges between the cells that a table's values are counted into. */
function innerDeciles(sorted: Float64Array): number[] {
  return quantileEdges(sorted, DECILES).slice(1, -1)
}

/**
 * The deciles that `profile` would find, of values that are too many to be held: from the few of them that decide
 * them.
 *
 * @param n - how many values there are, at least one
 * @param valueAt - the value at a place of the sorted sample, the first at 0; asked for `decilePlacesOf(n)` alone
 * @returns ascending
 */
export function decilesOf(n: number, valueAt: (place: number) => number): number[] {
  if (typeof valueAt !== 'function') {
    throw new InvalidArgumentError(
      'valueAt',
      'a function of a place, that returns its value',
      valueAt,
    )
  }
  return quantileEdgesOfPlaces(n, DECILES, valueAt).slice(1, -1)
}

/** Which values of n sorted ones decide their deciles: their places, ascending. */
export function decilePlacesOf(n: number): number[] {
  return quantilePlaces(n, DECILES)
}

/**
 * Counts both sides between the deciles of the reference: those of its values, or those that its profile holds;
 * there the counts are exact. Where a profile holds none, they are estimated from its counts; and where a decile
 * lies inside a bin, the counts up to it are interpolated.
 *
 * @throws IncompatibleProfilesError where both sides are profiles with different edges
 */
export function decileCells(reference: Distribution, current: Distribution): DecileCells {
  if (isCounted(reference) && isCounted(current)) assertSameEdges(reference, current)
  const before = countsOf(reference)
  const after = countsOf(current)
  const known = knownDeciles(reference)
  const boundaries =
    known === undefined
      ? estimatedBoundaries(reference as NumericProfile, before, after)
      : known.map((x) => boundaryAt(x, before, after))
  const drawn = boundaries.filter(({ use }) => use !== 'possible')
  const wanted = boundaries.filter(({ use }) => use !== 'drawn')
  const [n, m] = [before.n, after.n]
  return {
    ...pairOf(
      drawn.map((boundary) => placed(boundary, 'guess')),
      n,
      m,
    ),
    possible: (statisticOf) => possibleRange(wanted, n, m, statisticOf),
  }
}

function isCounted(distribution: Distribution): distribution is NumericProfile {
  return 'kind' in distribution
}

function knownDeciles(reference: Distribution): readonly number[] | undefined {
  if (!isCounted(reference)) return innerDeciles(reference)
  return reference.deciles?.map((place) => reference.edges[place]!)
}

/** How many values of a side are at most as large: surely, by a guess, and at most. */
interface CountUpTo {
  readonly least: number
  readonly guess: number
  readonly most: number
}

interface Counts {
  readonly n: number
  upTo(x: number): CountUpTo
}

function countsOf(distribution: Distribution): Counts {
  if (!isCounted(distribution)) {
    return { n: distribution.length, upTo: (x) => exactly(countUpTo(distribution, x)) }
  }
  const { edges } = distribution
  const bounds = Float64Array.from(edges)
  const cumulative = cumulativeOf(distribution)
  const n = cumulative[cumulative.length - 1]!
  return {
    n,
    upTo(x) {
      const slot = countBelow(bounds, x)
      const most = cumulative[slot]!
      if (x === edges[slot]) return exactly(most)
      const least = slot === 0 ? 0 : cumulative[slot - 1]!
      const low = slot === 0 ? (distribution.min ?? edges[0]!) : edges[slot - 1]!
      const high = slot === edges.length ? (distribution.max ?? edges[slot - 1]!) : edges[slot]!
      if (x < low) return exactly(least)
      if (x >= high) return exactly(most)
      return { least, guess: least + shareBelow(x, low, high) * (most - least), most }
    },
  }
}

function exactly(count: number): CountUpTo {
  return { least: count, guess: count, most: count }
}

function shareBelow(x: number, low: number, high: number): number {
  // Halved: the range of ±1e308 is no finite number.
  const width = high / 2 - low / 2
  return width > 0 ? Math.min(1, Math.max(0, (x / 2 - low / 2) / width)) : 1
}

/** Counts up to the first edge, to each further one, and of all. */
function cumulativeOf({ underflow, counts, overflow }: NumericProfile): number[] {
  let sum = underflow
  const cumulative = [sum]
  for (const count of counts) {
    sum += count
    cumulative.push(sum)
  }
  cumulative.push(sum + overflow)
  return cumulative
}

/** Where two cells meet. */
interface Boundary {
  readonly x: number
  readonly reference: CountUpTo
  readonly current: CountUpTo
  /** A decile inside a bin with several is possible, not drawn; the edges of that bin are drawn, and no deciles. */
  readonly use?: 'drawn' | 'possible'
}

function boundaryAt(x: number, before: Counts, after: Counts): Boundary {
  return { x, reference: before.upTo(x), current: after.upTo(x) }
}

/**
 * Up to decile k of n values there are ⌊k (n − 1) / 10⌋ + 1 of them, or more where it occurs more than once. A
 * bin with several deciles is a cell of its own, since no cut through it could tell more: many equal values make
 * such bins, and so do coarse edges.
 */
function estimatedBoundaries(reference: NumericProfile, before: Counts, after: Counts): Boundary[] {
  const { edges } = reference
  const cumulative = cumulativeOf(reference)
  const ranks = Array.from({ length: DECILES - 1 }, (_, k) => rankOfDecile(k + 1, before.n))
  const slots = ranks.map((rank) => cumulative.findIndex((count) => count >= rank))
  return slots.flatMap((slot, k) => {
    const rank = ranks[k]!
    if (slot < edges.length && cumulative[slot] === rank) {
      return [boundaryAt(edges[slot]!, before, after)]
    }
    const drawnAt = (place: number): Boundary => ({
      ...boundaryAt(edges[place]!, before, after),
      use: 'drawn',
    })
    const isFirst = slots[k - 1] !== slot
    const isLast = slots[k + 1] !== slot
    const inside = boundaryInside(slot, rank, reference, cumulative, after)
    // Nothing is known of how far values beyond the edges lie.
    const isWithin = slot > 0 && slot < edges.length
    if (isFirst && isLast && isWithin) return [inside]
    return [
      ...(isFirst && slot > 0 ? [drawnAt(slot - 1)] : []),
      { ...inside, use: 'possible' as const },
      ...(isLast && slot < edges.length ? [drawnAt(slot)] : []),
    ]
  })
}

/** @param slot - of underflow, the bins, overflow */
function boundaryInside(
  slot: number,
  rank: number,
  { edges }: NumericProfile,
  cumulative: readonly number[],
  after: Counts,
): Boundary {
  const low = edges[Math.max(0, slot - 1)]!
  const high = edges[Math.min(edges.length - 1, slot)]!
  const below = slot === 0 ? 0 : cumulative[slot - 1]!
  const upTo = cumulative[slot]!
  const share = (rank - below) / (upTo - below)
  const least = slot === 0 ? 0 : after.upTo(low).guess
  const most = slot === edges.length ? after.n : after.upTo(high).guess
  return {
    x: low * (1 - share) + high * share,
    reference: { least: rank, guess: rank, most: upTo },
    current: { least, guess: least + share * (most - least), most },
  }
}

function rankOfDecile(k: number, n: number): number {
  // Counts that came through a rate are no whole numbers.
  return Number.isInteger(n) ? Math.floor((k * (n - 1)) / DECILES) + 1 : (k * n) / DECILES
}

/** A boundary with its counts decided. */
interface Placed {
  readonly x: number
  readonly before: number
  readonly after: number
}

/**
 * A share: that part of the bin's current values lies below. `all`: of many equal values at the end of the bin, those
 * of both sides do.
 */
type Choice = 'guess' | 'all' | number

function placed({ x, reference, current }: Boundary, choice: Choice): Placed {
  if (choice === 'guess') return { x, before: reference.guess, after: current.guess }
  if (choice === 'all') return { x, before: reference.most, after: current.most }
  const after = current.least + choice * (current.most - current.least)
  return { x, before: reference.least, after }
}

function pairOf(
  boundaries: readonly Placed[],
  n: number,
  m: number,
): { readonly reference: NumericProfile; readonly current: NumericProfile } {
  // What rounding has made one edge, or has put below the one before, bounds no cell.
  let last = -Number.MAX_VALUE
  const used = boundaries.filter(({ x }) => {
    if (!(x > last && x < Number.MAX_VALUE)) return false
    last = x
    return true
  })
  const edges = [-Number.MAX_VALUE, ...used.map(({ x }) => x), Number.MAX_VALUE]
  const empty = numericProfile([], edges)
  const counted = (when: 'before' | 'after', total: number): NumericProfile => ({
    ...empty,
    counts: [...used.map((boundary) => boundary[when]), total].map(
      (count, i) => count - (used[i - 1]?.[when] ?? 0),
    ),
    n: total,
  })
  return { reference: counted('before', n), current: counted('after', m) }
}

const ROUNDS = 4

function possibleRange(
  boundaries: readonly Boundary[],
  n: number,
  m: number,
  statisticOf: Statistic,
): readonly [number, number] | null {
  const isOpen = ({ reference, current }: Boundary) =>
    reference.least < reference.most || current.least < current.most
  if (!boundaries.some(isOpen)) return null
  const statisticAt = (choices: readonly Choice[]): number | null => {
    const { reference, current } = pairOf(
      boundaries.map((boundary, i) => placed(boundary, choices[i]!)),
      n,
      m,
    )
    const isPossible = [...reference.counts, ...current.counts].every((count) => count >= 0)
    return isPossible ? statisticOf(reference, current) : null
  }
  const patternOf = (even: Choice, odd: Choice) => boundaries.map((_, i) => (i % 2 ? odd : even))
  const guesses = [patternOf('guess', 'guess'), patternOf('all', 'all')]
  const extreme = (sign: 1 | -1, starts: readonly Choice[][], choices: readonly Choice[]) => {
    const found = starts.map((start) => climbed(start, sign, choices, statisticAt))
    return sign * found.reduce((a, b) => Math.max(a, b))
  }
  // These statistics are convex: the largest lies at an end of what is unknown, the smallest between.
  return [
    extreme(-1, guesses, BETWEEN),
    extreme(1, [guesses[0]!, patternOf(0, 1), patternOf(1, 0)], ENDS),
  ]
}

const ENDS: readonly Choice[] = [0, 1, 'all']
const BETWEEN: readonly Choice[] = /* @__PURE__ */ Array.from({ length: 18 }, (_, i) =>
  i === 0 ? 'all' : (i - 1) / 16,
)

/** Changes one choice after the other while that makes `sign` times the value larger. */
function climbed(
  start: readonly Choice[],
  sign: 1 | -1,
  options: readonly Choice[],
  statisticAt: (choices: readonly Choice[]) => number | null,
): number {
  const choices = [...start]
  const scoreOf = () => {
    const value = statisticAt(choices)
    return value === null ? Number.NEGATIVE_INFINITY : sign * value
  }
  let best = scoreOf()
  for (let round = 0; round < ROUNDS; round++) {
    const before = best
    for (let i = 0; i < choices.length; i++) {
      let kept = choices[i]!
      for (const choice of options) {
        choices[i] = choice
        const score = scoreOf()
        if (score > best) {
          best = score
          kept = choice
        }
      }
      choices[i] = kept
    }
    if (best === before) break
  }
  return best
}
