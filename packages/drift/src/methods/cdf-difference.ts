/** Which differences F_n − G_m count: those of either sign, those above 0, those below. */
export type Alternative = 'two-sided' | 'greater' | 'less'

/** Where two empirical distribution functions F_n and G_m differ most. */
export interface CdfDifference {
  /** nm times the difference, an integer: max |i m − j n| with i values of the one and j of the other at or below. */
  readonly steps: number
  /** The smallest value at which they differ that much. */
  readonly location: number
  /** 1 where F_n is above G_m there, −1 where it is below. */
  readonly sign: 1 | -1
}

/**
 * The largest difference of the distribution functions of two sorted samples, by one walk over both, or by
 * leaps over the larger one where the other has few values.
 *
 * Exact while nm < 2^53, that is 94 million values a side.
 *
 * @param a - n ≥ 1 finite values, ascending
 * @param b - m ≥ 1 finite values, ascending
 * @param alternative - `greater` takes max(F_n − G_m), `less` max(G_m − F_n)
 * @example
 * cdfDifference(Float64Array.of(1, 2), Float64Array.of(2, 3)) // { steps: 2, location: 1, sign: 1 }
 */
export function cdfDifference(
  a: Float64Array,
  b: Float64Array,
  alternative: Alternative = 'two-sided',
): CdfDifference {
  const extremes = noExtremes()
  const n = a.length
  const m = b.length
  if (n >= LOPSIDED * m) leap(extremes, a, b, m, -n)
  else if (m >= LOPSIDED * n) leap(extremes, b, a, -n, m)
  else {
    const none = { value: Number.POSITIVE_INFINITY, inA: 0, inB: 0 }
    walk(extremes, { a, b, repeated: none, upStep: m, downStep: n, start: 0 })
  }
  return largest(extremes, alternative)
}

/** From this ratio of the sizes on, leaps are the faster way. */
const LOPSIDED = 16

/**
 * Between two of the few values the difference only rises, or only falls: it can be extreme just before one of
 * them, or at it. What lies between is found by bisection.
 *
 * @param manyStep - by how much a value of `many` changes the difference
 */
function leap(
  extremes: Extremes,
  many: Float64Array,
  few: Float64Array,
  manyStep: number,
  fewStep: number,
): void {
  let i = 0
  let j = 0
  while (j < few.length) {
    const x = few[j]!
    i = leapTo(many, i, (value) => value >= x)
    if (i > 0) note(extremes, i * manyStep + j * fewStep, many[i - 1]!)
    while (j < few.length && few[j] === x) j++
    i = leapTo(many, i, (value) => value > x)
    note(extremes, i * manyStep + j * fewStep, x)
  }
  note(extremes, many.length * manyStep + j * fewStep, many[many.length - 1]!)
}

/** The first place from `from` on whose value is far enough, in strides that double, then by bisection. */
function leapTo(
  sorted: Float64Array,
  from: number,
  isFarEnough: (value: number) => boolean,
): number {
  let low = from
  let stride = 1
  while (low + stride <= sorted.length && !isFarEnough(sorted[low + stride - 1]!)) {
    low += stride
    stride *= 2
  }
  let high = Math.min(sorted.length, low + stride - 1)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isFarEnough(sorted[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

/** The difference i m − j n at its highest and lowest so far, each with the smallest value that has it. */
export interface Extremes {
  highest: number
  highestAt: number
  lowest: number
  lowestAt: number
}

export function noExtremes(): Extremes {
  return {
    highest: Number.NEGATIVE_INFINITY,
    highestAt: Number.NaN,
    lowest: Number.POSITIVE_INFINITY,
    lowestAt: Number.NaN,
  }
}

/** A stretch of both samples. */
export interface Stretch {
  readonly a: Float64Array
  readonly b: Float64Array
  /** One further value, so often in either sample; at ∞ where there is none. */
  readonly repeated: { readonly value: number; readonly inA: number; readonly inB: number }
  /** By how much a value of `a` raises the difference: m. */
  readonly upStep: number
  /** By how much a value of `b` lowers it: n. */
  readonly downStep: number
  /** The difference before the stretch. */
  readonly start: number
}

/** Steps through the values of a stretch in ascending order, equal ones together, and updates `extremes`. */
export function walk(extremes: Extremes, stretch: Stretch): void {
  const { a, b, upStep, downStep, repeated, start } = stretch
  const i = countBelow(a, repeated.value)
  const j = countBelow(b, repeated.value)
  const steps = { upStep, downStep }
  const before = step(extremes, a.subarray(0, i), b.subarray(0, j), steps, start)
  if (repeated.value === Number.POSITIVE_INFINITY) return
  const after = before + repeated.inA * upStep - repeated.inB * downStep
  note(extremes, after, repeated.value)
  step(extremes, a.subarray(i), b.subarray(j), steps, after)
}

function countBelow(sorted: Float64Array, value: number): number {
  if (value === Number.POSITIVE_INFINITY) return sorted.length
  let count = 0
  while (count < sorted.length && sorted[count]! < value) count++
  return count
}

/**
 * One value a step. Which sample has the next one is reckoned as a number: a branch (Math.min has one) would be
 * mispredicted every other time. Whether equal values follow is only asked where the difference is extreme.
 *
 * @returns the difference at the end
 */
function step(
  extremes: Extremes,
  a: Float64Array,
  b: Float64Array,
  { upStep, downStep }: Pick<Stretch, 'upStep' | 'downStep'>,
  start: number,
): number {
  let { highest, lowest } = extremes
  let difference = start
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const x = a[i]!
    const y = b[j]!
    const isA = Number(x <= y)
    i += isA
    j += 1 - isA
    difference += isA * (upStep + downStep) - downStep
    if (difference > highest || difference < lowest) {
      const value = isA * x + (1 - isA) * y
      if (a[i] === value || b[j] === value) continue
      note(extremes, difference, value)
      highest = extremes.highest
      lowest = extremes.lowest
    }
  }
  for (; i < a.length; i++) {
    difference += upStep
    if (a[i + 1] !== a[i]) note(extremes, difference, a[i]!)
  }
  for (; j < b.length; j++) {
    difference -= downStep
    if (b[j + 1] !== b[j]) note(extremes, difference, b[j]!)
  }
  return difference
}

function note(extremes: Extremes, difference: number, value: number): void {
  if (difference > extremes.highest) {
    extremes.highest = difference
    extremes.highestAt = value
  }
  if (difference < extremes.lowest) {
    extremes.lowest = difference
    extremes.lowestAt = value
  }
}

/** Of equal differences in both directions, that of `a` above `b`: as scipy has it. */
export function largest(extremes: Extremes, alternative: Alternative): CdfDifference {
  const { highest, highestAt, lowest, lowestAt } = extremes
  const isAbove = alternative === 'greater' || (alternative === 'two-sided' && highest >= -lowest)
  // + 0 makes zeros positive.
  return isAbove
    ? { steps: highest + 0, location: highestAt + 0, sign: 1 }
    : { steps: 0 - lowest, location: lowestAt + 0, sign: -1 }
}
