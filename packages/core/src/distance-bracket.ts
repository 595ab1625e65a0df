import { assertOneProfile } from './assert-given.ts'
import type { NumericProfile } from './binned-profile.ts'
import { InvalidArgumentError } from './errors.ts'

/** Between which numbers a distance of the values lies; both ends in [0, 1]. */
export interface DistanceBracket {
  readonly lower: number
  readonly upper: number
}

/**
 * How far apart are two distributions of which each is counted into bins of its own?
 *
 * The Kolmogorov-Smirnov distance of the values is D = sup_x |F(x) − G(x)|. F is known at its own edges, at its smallest
 * and at its largest value, and lies between two such points between its values there; so does G. `lower`: the largest
 * gap that must be between them at a point where either is known. `upper`: the largest that can be, at these points and
 * between them.
 *
 * @param reference - profile of at least one value
 * @param current - the same, whatever its edges
 * @throws InvalidArgumentError where a side counted nothing
 * @example
 * distanceBracket(
 *   numericProfile([1, 2, 3, 4], [0, 1, 2, 3, 4]),
 *   numericProfile([1, 2, 5, 6], [0, 1, 2, 4, 6]),
 * ) // lower 0.5, upper 0.5
 */
export function distanceBracket(
  reference: NumericProfile,
  current: NumericProfile,
): DistanceBracket {
  const [f, g] = [knownPoints('reference', reference), knownPoints('current', current)]
  // nm · F and nm · G: whole numbers where the counts are.
  const whole = f.n * g.n
  const cuts = [...new Set([...f.cuts, ...g.cuts])].sort((a, b) => a - b)
  let [lower, upper] = [0, 0]
  let last = { cut: Number.NEGATIVE_INFINITY, f: 0, g: 0 }
  let [i, j] = [0, 0]
  for (const cut of cuts) {
    const isOfF = f.cuts[i] === cut
    const isOfG = g.cuts[j] === cut
    const most = {
      f: i < f.cuts.length ? f.counts[i]! * g.n : whole,
      g: j < g.cuts.length ? g.counts[j]! * f.n : whole,
    }
    const least = { cut, f: isOfF ? most.f : last.f, g: isOfG ? most.g : last.g }
    lower = Math.max(lower, least.f - most.g, least.g - most.f)
    // No value lies between two neighbouring numbers.
    const from = nextNumber(last.cut) < cut ? last : least
    upper = Math.max(upper, most.f - from.g, most.g - from.f)
    last = least
    if (isOfF) i++
    if (isOfG) j++
  }
  upper = Math.max(upper, whole - last.g, whole - last.f)
  return { lower: lower / whole, upper: Math.min(1, upper / whole) }
}

/** How many values lie below each of these cuts, which ascend. */
interface KnownPoints {
  readonly cuts: readonly number[]
  readonly counts: readonly number[]
  readonly n: number
}

function knownPoints(argument: string, profile: NumericProfile): KnownPoints {
  assertOneProfile(argument, profile, 'numeric')
  const { edges, counts, underflow, overflow } = profile
  let sum = underflow
  const upTo = counts.map((count) => {
    sum += count
    return sum
  })
  const n = sum + overflow
  if (!(n > 0)) throw new InvalidArgumentError(argument, 'a profile of at least one value', 'none')
  // An edge belongs to the bin below it, but the first one.
  const points = new Map([[edges[0]!, underflow]])
  upTo.forEach((count, bin) => {
    points.set(nextNumber(edges[bin + 1]!), count)
  })
  const [smallest, largest] = extremesOf(profile)
  if (smallest !== null) points.set(smallest, 0)
  if (largest !== null) points.set(nextNumber(largest), n)
  const cuts = [...points.keys()].sort((a, b) => a - b)
  return { cuts, counts: cuts.map((cut) => points.get(cut)!), n }
}

/**
 * The extremes that tell more than the edges: beyond these, infinite values may have been counted in an older profile;
 * and one that is in no bin with a count is none.
 */
function extremesOf({
  edges,
  counts,
  underflow,
  overflow,
  min,
  max,
}: NumericProfile): readonly [smallest: number | null, largest: number | null] {
  const isIn = (value: number | null, bin: number): value is number =>
    value !== null && bin >= 0 && value >= edges[bin]! && value <= edges[bin + 1]!
  const isUsed = (count: number) => count > 0
  return [
    underflow === 0 && isIn(min, counts.findIndex(isUsed)) ? min : null,
    overflow === 0 && isIn(max, counts.findLastIndex(isUsed)) ? max : null,
  ]
}

/** The next double above. */
function nextNumber(x: number): number {
  if (x === 0) return Number.MIN_VALUE
  if (!Number.isFinite(x)) return x
  bits.setFloat64(0, x)
  bits.setBigInt64(0, bits.getBigInt64(0) + (x > 0 ? 1n : -1n))
  return bits.getFloat64(0)
}

const bits = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))
