import { type NumericProfile, profileQuantile, sameEdges } from '@tidegauge/core'
import { isLongTailed, type Spread } from '@tidegauge/core/internal'
import type { ColumnDrift } from '@tidegauge/drift'
import { largestOf, smallestOf } from '../extremes.ts'
import { unitOf } from '../units.ts'
import { type FewValue, fewValuesOf } from './few-values.ts'

/** Pictures are drawn in whole units: fewer characters than fractions, and finer than a screen shows. */
export const WIDTH = 528
/** Where values outside of the bins are drawn: a bin of this width, set apart. */
export const GUTTER = 36
const GAP = 14

export type Range = readonly [low: number, high: number]
export type MaybeProfile = NumericProfile | null

/** The axis that both sides of a numeric column share. */
export interface Axis {
  readonly scale: 'linear' | 'logarithmic' | 'values'
  readonly domain: Range
  /** Are there values outside of it? */
  readonly below: boolean
  readonly above: boolean
  readonly left: number
  readonly right: number
  /** Of a value, in units from the left; a value outside of the domain stands at its end. */
  readonly position: (value: number) => number
  /** How wide the bar of each value is, where they have one each. */
  readonly bar: number
}

/** Both sides as they are drawn, in the row of the column and in its details. */
export interface NumericPicture {
  readonly reference: MaybeProfile
  readonly current: MaybeProfile
  readonly axis: Axis
  /** All values, where they are few. */
  readonly values: readonly FewValue[] | null
  readonly hasOwnBins: boolean
  /** What the numbers are in, where that is known. */
  readonly unit: string | undefined
}

export type PicturedColumn = Pick<ColumnDrift, 'quantiles'> & {
  readonly reference: MaybeProfile
  readonly current: MaybeProfile
}

export function numericPicture(column: PicturedColumn): NumericPicture {
  const { reference, current } = column
  const unit = unitOf(column)
  const values = fewValuesOf(reference, current)
  const bars = values === null ? null : axisOfValues(values.map(({ value }) => value))
  if (bars !== null) return { reference, current, axis: bars, values, hasOwnBins: false, unit }
  const hasOwnBins = areInOwnBins(reference, current)
  const whole = hasOwnBins ? [reference!, current!].map(withOuterBins) : [reference, current]
  const sides = whole.filter((side) => side !== null)
  const logarithmic = isLongTailed(spreadsOf(column)) ? rangeOf(sides, 'logarithmic') : null
  const scale = logarithmic === null ? 'linear' : 'logarithmic'
  const range = logarithmic ?? rangeOf(sides, 'linear')!
  const [before, after] = whole.map((side) => side && within(side, range))
  const drawn = { reference: before ?? null, current: after ?? null }
  return { ...drawn, axis: axisOf(drawn, range, scale), values, hasOwnBins, unit }
}

function axisOf(
  { reference, current }: Pick<PicturedColumn, 'reference' | 'current'>,
  domain: Range,
  scale: 'linear' | 'logarithmic',
): Axis {
  const profiles = [reference, current].filter((profile) => profile !== null)
  const below = profiles.some(({ underflow }) => underflow > 0)
  const above = profiles.some(({ overflow }) => overflow > 0)
  const left = below ? GUTTER + GAP : 0
  const right = WIDTH - (above ? GUTTER + GAP : 0)
  const shareAt = sharesOf(domain, scale)
  const position = (x: number) => {
    const share = shareAt(x)
    return left * (1 - share) + right * share
  }
  return { scale, domain, below, above, left, right, position, bar: 0 }
}

function sharesOf([low, high]: Range, scale: 'linear' | 'logarithmic'): (value: number) => number {
  const read = scale === 'logarithmic' ? Math.log : (x: number) => x
  const [from, to] = [read(low), read(high)]
  return (x) => shareOfRange(read(Math.min(high, Math.max(low, x))), from, to)
}

function shareOfRange(x: number, low: number, high: number): number {
  const range = high - low
  if (range === 0) return 0.5
  // Halved: the range of ±1e308 is not a finite number.
  return Number.isFinite(range) ? (x - low) / range : (x / 2 - low / 2) / (high / 2 - low / 2)
}

function areInOwnBins(reference: MaybeProfile, current: MaybeProfile): boolean {
  if (!reference?.n || !current?.n) return false
  return !sameEdges(reference, current)
}

/**
 * Both sides on one axis where each has bins of its own: what lies outside of the bins of one may lie within those of
 * the other. It is drawn as one more bin up to the side's extreme, where that is known.
 */
export function withOuterBins(profile: NumericProfile): NumericProfile {
  const { edges, counts, underflow, overflow, min, max } = profile
  const hasLower = underflow > 0 && min !== null && min < edges[0]!
  const hasUpper = overflow > 0 && max !== null && max > edges[edges.length - 1]!
  return {
    ...profile,
    edges: [...(hasLower ? [min] : []), ...edges, ...(hasUpper ? [max] : [])],
    counts: [...(hasLower ? [underflow] : []), ...counts, ...(hasUpper ? [overflow] : [])],
    underflow: hasLower ? 0 : underflow,
    overflow: hasUpper ? 0 : overflow,
  }
}

/** By the exact quantiles where they are known: the bins were chosen by the same. */
function spreadsOf({ quantiles, ...sides }: PicturedColumn): Spread[] {
  if (quantiles !== undefined) {
    const at = (values: readonly number[], level: number) =>
      values[quantiles.levels.indexOf(level)] ?? Number.NaN
    return [quantiles.reference, quantiles.current].map((values) => ({
      least: at(values, 0),
      low: at(values, 0.01),
      middle: at(values, 0.5),
      high: at(values, 0.99),
    }))
  }
  return [sides.reference, sides.current].flatMap((side) => {
    if (!side?.n) return []
    const [low, middle, far] = [0.01, 0.5, 0.99].map((level) => profileQuantile(side, level))
    const high = Math.max(middle!, Math.min(far!, MOST_WITHIN * edgeBelow(side, 0.99)))
    return [{ least: leastOf(side), low: low!, middle: middle!, high }]
  })
}

/** In a bin from 80 up to an outlier of 1e7 nobody knows where a quantile is: it is taken for at most 240. */
const MOST_WITHIN = 3

function edgeBelow({ edges, counts, underflow, n }: NumericProfile, level: number): number {
  let upTo = underflow
  const bin = counts.findIndex((count) => {
    upTo += count
    return upTo >= level * n
  })
  return bin === -1 ? edges[edges.length - 1]! : edges[bin]!
}

/** Of bins from 0 on, as those of durations, nobody counts what is 0. */
function leastOf({ min, edges, underflow }: NumericProfile): number {
  if (min !== null) return min
  return underflow === 0 && edges[0]! >= 0 ? Number.MIN_VALUE : 0
}

/** So much of each side may lie beyond either end of the axis, as where the values are at hand. */
const OUTER = 0.005
/** An outermost bin that takes more than half of the axis hides the others. */
const WIDEST = 0.5
/** Unless it holds more than this of both sides. */
const MOST_OUTSIDE = 0.1
/** On a logarithmic axis no bin is wider, or it is none. */
const WIDEST_OF_LOGS = 1 / 3

/** From where to where both sides are drawn; null where they cannot be on such an axis. */
function rangeOf(sides: readonly NumericProfile[], scale: 'linear' | 'logarithmic'): Range | null {
  const counted = sides.filter(({ counts }) => counts.some((count) => count > 0))
  if (counted.length === 0) return [sides[0]!.edges[0]!, sides[0]!.edges.at(-1)!]
  const ends = counted.map((side) => innerRange(side, scale))
  const [low, high] = [smallestOf(ends.map(([end]) => end)), largestOf(ends.map(([, end]) => end))]
  const edges = edgesBetween(counted, [low, high])
  const isOutside = (from: number, to: number) =>
    counted.some((side) => heldBetween(side, from, to) <= MOST_OUTSIDE * side.n)
  if (scale === 'logarithmic') {
    while (edges.length > 2 && edges[0]! <= 0 && isOutside(-Infinity, edges[1]!)) edges.shift()
    if (edges[0]! <= 0) return null
  }
  for (;;) {
    const [first, last] = [0, edges.length - 1]
    const range: Range = [edges[first]!, edges[last]!]
    const shareAt = sharesOf(range, scale)
    const lower = shareAt(edges[1]!)
    const upper = 1 - shareAt(edges[last - 1]!)
    const isLower = lower > upper
    const widest = Math.max(lower, upper)
    if (edges.length > 4 && widest > WIDEST) {
      const held = isLower ? isOutside(-Infinity, edges[1]!) : isOutside(edges[last - 1]!, Infinity)
      if (held) {
        if (isLower) edges.shift()
        else edges.pop()
        continue
      }
    }
    return scale === 'linear' || widestOf(edges, shareAt) <= WIDEST_OF_LOGS ? range : null
  }
}

function widestOf(edges: readonly number[], shareAt: (value: number) => number): number {
  return largestOf(edges.slice(1).map((edge, i) => shareAt(edge) - shareAt(edges[i]!)))
}

/**
 * Without the bins at either end that hold at most `OUTER` of it, or lie farther from the middle nine tenths than these
 * are wide; all where nothing else is left.
 */
function innerRange(profile: NumericProfile, scale: Axis['scale']): Range {
  const { edges, counts, underflow, overflow, n } = profile
  const [from, to] = scale === 'linear' ? fences(profile) : [-Infinity, Infinity]
  let [first, last] = [0, counts.length - 1]
  for (let below = underflow; first < last; first++) {
    below += counts[first]!
    if (counts[first]! > 0 && below > OUTER * n && edges[first + 1]! > from) break
  }
  for (let above = overflow; last > first; last--) {
    above += counts[last]!
    if (counts[last]! > 0 && above > OUTER * n && edges[last]! < to) break
  }
  return [edges[first]!, edges[last + 1]!]
}

function fences(profile: NumericProfile): Range {
  const [low, high] = [0.05, 0.95].map((level) => profileQuantile(profile, level)!)
  const width = high! - low!
  return width > 0 ? [low! - width, high! + width] : [-Infinity, Infinity]
}

function edgesBetween(sides: readonly NumericProfile[], [low, high]: Range): number[] {
  const all = sides.flatMap(({ edges }) => edges.filter((edge) => edge >= low && edge <= high))
  return [...new Set(all)].sort((a, b) => a - b)
}

function heldBetween(profile: NumericProfile, from: number, to: number): number {
  const { edges, counts, underflow, overflow } = profile
  const outer = (from === -Infinity ? underflow : 0) + (to === Infinity ? overflow : 0)
  return counts.reduce(
    (held, count, i) => (edges[i]! >= from && edges[i + 1]! <= to ? held + count : held),
    outer,
  )
}

/** What lies outside of the range counts as such. */
function within(profile: NumericProfile, [low, high]: Range): NumericProfile {
  const { edges, counts } = profile
  let first = edges.findIndex((edge) => edge >= low)
  if (first === -1) first = edges.length - 1
  const last = Math.max(
    edges.findLastIndex((edge) => edge <= high),
    first,
  )
  const sum = (part: readonly number[]) => part.reduce((all, count) => all + count, 0)
  return {
    ...profile,
    edges: edges.slice(first, last + 1),
    counts: counts.slice(first, last),
    underflow: profile.underflow + sum(counts.slice(0, first)),
    overflow: profile.overflow + sum(counts.slice(last)),
  }
}

/** So many bars fit beside one another. */
const MOST_SLOTS = 45
/** So many have room for their labels wherever they stand. */
const MOST_ORDINAL = 12
const WIDEST_BAR = 72

/**
 * Bars at the values: where they are on the line, or one beside the other where whole numbers are too far apart.
 *
 * @returns null where they have no room for that
 */
function axisOfValues(values: readonly number[]): Axis | null {
  const [first, last] = [values[0]!, values[values.length - 1]!]
  const gaps = values.slice(1).map((value, i) => value - values[i]!)
  const gap = smallestOf(gaps)
  const slots = gaps.length === 0 ? 1 : (last - first) / gap + 1
  if (!Number.isFinite(last - first)) return null
  const isOrdinal = slots > MOST_SLOTS
  if (isOrdinal && (values.length > MOST_ORDINAL || !values.every(Number.isInteger))) return null
  const slot = WIDTH / (isOrdinal ? values.length : slots)
  const placeOf = (x: number): number => {
    if (!isOrdinal) return gaps.length === 0 ? 0 : (x - first) / gap
    const next = values.findIndex((value) => value >= x)
    if (next <= 0) return next === 0 ? 0 : values.length - 1
    const before = values[next - 1]!
    return next - 1 + (x - before) / (values[next]! - before)
  }
  return {
    scale: 'values',
    domain: [first, last],
    below: false,
    above: false,
    left: 0,
    right: WIDTH,
    position: (x) => slot * (placeOf(Math.min(last, Math.max(first, x))) + 0.5),
    bar: Math.min(WIDEST_BAR, 0.8 * slot),
  }
}
