import { largestMagnitudeOfSorted, momentScale } from '../samples/moments.ts'
import { CHUNK, type PooledSamples, poolSorted } from '../samples/pooled-samples.ts'
import { sortedSample } from '../samples/sample.ts'
import type { Divergence } from './result.ts'

/**
 * Energy distance: how far apart are both distributions, by the mean distances within and between them?
 *
 * √(2 E|X − Y| − E|X − X′| − E|Y − Y′|) = √(2 ∫ (F_n(x) − G_m(x))² dx), in the square root of the unit of
 * the values.
 *
 * @param reference - n ≥ 1 finite values, in any order
 * @param current - m ≥ 1 finite values, in the unit of `reference`
 * @returns `statistic`, at least 0
 * @throws InvalidArgumentError on an empty sample or a non-finite value
 * @see Székely & Rizzo (2013), Journal of Statistical Planning and Inference 143, 1249–1272
 * @example
 * energyDistance([0], [2]).statistic // 2
 */
export function energyDistance(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): Divergence {
  return energyDistanceOfSorted(
    sortedSample('reference', reference),
    sortedSample('current', current),
  )
}

/**
 * `energyDistance` of samples that are sorted already. Trusts its input: finite values, ascending, at
 * least one.
 *
 * @example
 * energyDistanceOfSorted(Float64Array.of(0), Float64Array.of(2)).statistic // 2
 */
export function energyDistanceOfSorted(
  sortedReference: Float64Array,
  sortedCurrent: Float64Array,
): Divergence {
  return energyDistanceOfPooled(poolSorted(sortedReference, sortedCurrent))
}

/**
 * `energyDistance` of samples that are merged already.
 *
 * @example
 * energyDistanceOfPooled(poolSorted(Float64Array.of(0), Float64Array.of(2))).statistic // 2
 */
export function energyDistanceOfPooled(pooled: PooledSamples): Divergence {
  const unit = momentScale(largestMagnitudeOfSorted(pooled.values))
  const area = squaredAreaBetween(pooled, unit)
  return { kind: 'divergence', statistic: Math.sqrt(2 * area) / Math.sqrt(unit) }
}

/** ∫ (F − G)² dx of the values times `unit`. */
function squaredAreaBetween(pooled: PooledSamples, unit: number): number {
  const { values, reference, current, n, m } = pooled
  const last = values.length - 1
  const perStep = 1 / (n * m)
  let area = 0
  for (let start = 0; start < last; start += CHUNK) {
    const end = Math.min(last, start + CHUNK)
    let part = 0
    for (let k = start; k < end; k++) {
      const difference = (reference[k]! * m - current[k]! * n) * perStep
      part += difference * difference * (values[k + 1]! * unit - values[k]! * unit)
    }
    area += part
  }
  return area
}
