import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import {
  largestMagnitudeOfSorted,
  meanDifference,
  momentScale,
  moments,
} from '../samples/moments.ts'
import { CHUNK } from '../samples/pooled-samples.ts'
import { sortedSample } from '../samples/sample.ts'
import type { Divergence } from './result.ts'

export interface WassersteinDistanceOptions {
  /** `standard-deviation` divides by that of the reference; `none`, the default, keeps the unit of the values. */
  readonly normalise?: 'none' | 'standard-deviation'
  /** The least that is divided by, 0 by default. With 0.001 the result is that of Evidently. */
  readonly smallestScale?: number
}

/**
 * First Wasserstein distance, or earth mover's distance: how far does a value move on average where one
 * sample is turned into the other at the least cost?
 *
 * W₁ = ∫ |F_n(x) − G_m(x)| dx, in the unit of the values.
 *
 * With `normalise: 'standard-deviation'` it is a multiple of σ = √(Σ (x − mean)² / n) of the reference. A
 * constant reference has no σ: then the scale is the root mean square distance of the current values
 * from that constant, which makes the result at most 1, and 1 where the current sample is constant too.
 *
 * @param reference - n ≥ 1 finite values, in any order
 * @param current - m ≥ 1 finite values, in the unit of `reference`
 * @returns `statistic` W₁, at least 0; where it exceeds the largest double, that double
 * @throws InvalidArgumentError on an empty sample, a non-finite value or an unknown option
 * @see Vallender (1974), Theory of Probability and Its Applications 18, 784–786
 * @example
 * wassersteinDistance([0, 1, 3], [5, 6, 8]).statistic // 5
 */
export function wassersteinDistance(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: WassersteinDistanceOptions = {},
): Divergence {
  assertOptions('options', options, OPTIONS)
  return wassersteinDistanceOfSorted(
    sortedSample('reference', reference),
    sortedSample('current', current),
    options,
  )
}

const OPTIONS = {
  normalise: true,
  smallestScale: true,
} as const satisfies Record<keyof WassersteinDistanceOptions, true>

/**
 * `wassersteinDistance` of samples that are sorted already. Trusts them: finite values, ascending, at
 * least one.
 *
 * @throws InvalidArgumentError on an unknown option
 * @example
 * wassersteinDistanceOfSorted(Float64Array.of(0, 1, 3), Float64Array.of(5, 6, 8)).statistic // 5
 */
export function wassersteinDistanceOfSorted(
  sortedReference: Float64Array,
  sortedCurrent: Float64Array,
  { normalise = 'none', smallestScale = 0 }: WassersteinDistanceOptions = {},
): Divergence {
  if (normalise !== 'none' && normalise !== 'standard-deviation') {
    throw new InvalidArgumentError('normalise', "'none' or 'standard-deviation'", normalise)
  }
  if (!(smallestScale >= 0 && smallestScale < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('smallestScale', 'a number of at least 0', smallestScale)
  }
  const largest = Math.max(
    largestMagnitudeOfSorted(sortedReference),
    largestMagnitudeOfSorted(sortedCurrent),
  )
  const unit = momentScale(largest)
  const area = areaBetween(sortedReference, sortedCurrent, unit)
  const divisor =
    normalise === 'none'
      ? unit
      : Math.max(smallestScale * unit, scaleOf(sortedReference, sortedCurrent, unit))
  const statistic = area === 0 ? 0 : Math.min(Number.MAX_VALUE, area / divisor)
  return { kind: 'divergence', statistic }
}

/**
 * ∫ |F⁻¹ − G⁻¹| du over u in [0, 1], of the values times `unit`: the same area as ∫ |F − G| dx, seen from the
 * side. F⁻¹ steps at every i/n, G⁻¹ at every j/m, whatever the values are: unlike a merge of both samples
 * this has no branch that they decide.
 */
function areaBetween(a: Float64Array, b: Float64Array, unit: number): number {
  const n = a.length
  const m = b.length
  let area = 0
  let i = 0
  let j = 0
  // All in units of 1/nm, exact up to 2^53: that is 94 million values a side.
  let at = 0
  let stepOfA = m
  let stepOfB = n
  while (i < n) {
    let part = 0
    for (let k = 0; k < CHUNK && i < n; k++) {
      const next = Math.min(stepOfA, stepOfB)
      part += Math.abs(a[i]! * unit - b[j]! * unit) * (next - at)
      at = next
      if (stepOfA === next) {
        i++
        stepOfA += m
      }
      if (stepOfB === next) {
        j++
        stepOfB += n
      }
    }
    area += part
  }
  return area / (n * m)
}

/** Standard deviation of the reference; of the current values about it, where it is constant. */
function scaleOf(reference: Float64Array, current: Float64Array, unit: number): number {
  const ofReference = moments(reference, unit)
  const { squaredDeviations } = ofReference
  if (squaredDeviations > 0) return Math.sqrt(squaredDeviations / reference.length)
  const ofCurrent = moments(current, unit)
  return Math.hypot(
    meanDifference(ofCurrent, ofReference),
    Math.sqrt(ofCurrent.squaredDeviations / current.length),
  )
}
