import { CHUNK } from './pooled-samples.ts'

export interface Moments {
  /** The mean is `centre` + `correction`: far from zero no single double holds its digits. */
  readonly centre: number
  readonly correction: number
  /** Σ (x − mean)²; 0 exactly where all values are equal, and there alone. */
  readonly squaredDeviations: number
}

/**
 * Mean and squared deviations in two passes over the values times `scale`.
 *
 * @param values - at least one finite value, in any order
 * @param scale - a power of two, see `momentScale`
 */
export function moments(values: Float64Array, scale = 1): Moments {
  const n = values.length
  let total = 0
  for (let start = 0; start < n; start += CHUNK) {
    const end = Math.min(n, start + CHUNK)
    let part = 0
    for (let i = start; i < end; i++) part += values[i]! * scale
    total += part
  }
  // A few roundings off the mean. Of equal values it is off by a few units in the last place: the residue and its
  // square are exact then, and take that back.
  const centre = total / n
  let residue = 0
  let squares = 0
  for (let start = 0; start < n; start += CHUNK) {
    const end = Math.min(n, start + CHUNK)
    let residuePart = 0
    let squaresPart = 0
    for (let i = start; i < end; i++) {
      const deviation = values[i]! * scale - centre
      residuePart += deviation
      squaresPart += deviation * deviation
    }
    residue += residuePart
    squares += squaresPart
  }
  return {
    centre,
    correction: residue / n,
    squaredDeviations: Math.max(0, squares - (residue * residue) / n),
  }
}

/** The difference of two means, with the digits that each of them would lose as one double. */
export function meanDifference(a: Moments, b: Moments): number {
  return a.centre - b.centre + (a.correction - b.correction)
}

/**
 * A power of two that brings the largest magnitude near 1, where squares and differences of the values
 * might leave the range of doubles; 1 elsewhere.
 */
export function momentScale(largest: number): number {
  if (largest === 0 || (largest > 1e-120 && largest < 1e120)) return 1
  return 2 ** -Math.max(-1000, Math.floor(Math.log2(largest)))
}

export function largestMagnitude(values: Float64Array): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!)
    if (magnitude > largest) largest = magnitude
  }
  return largest
}

export function largestMagnitudeOfSorted(sorted: Float64Array): number {
  return Math.max(Math.abs(sorted[0]!), Math.abs(sorted[sorted.length - 1]!))
}
