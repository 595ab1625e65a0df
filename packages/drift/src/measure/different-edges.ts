import {
  distanceBracket,
  IncompatibleProfilesError,
  type NumericProfile,
  rebin,
  sameEdges,
} from '@tidegauge/core'
import { isDrifted } from '@tidegauge/core/internal'
import { binnedKolmogorovSmirnov } from '../methods/binned-kolmogorov-smirnov.ts'
import { kolmogorovSmirnovOfDistance } from '../methods/kolmogorov-smirnov.ts'
import { kolmogorovSmirnovOfBins } from '../plan/built-in-methods.ts'
import type { MethodResult } from '../plan/drift-method.ts'
import { ColumnError } from '../read/column-error.ts'
import { effectOfDistance } from './effect.ts'
import type { ComparablePair, Measurement } from './measured-column.ts'

/** Both profiles between the edges of the coarser, where that is exact; else as they are. */
export function rebinnedAlike(
  reference: NumericProfile,
  current: NumericProfile,
): readonly [reference: NumericProfile, current: NumericProfile] {
  if (sameEdges(reference, current)) return [reference, current]
  if (reference.edges.length > current.edges.length) {
    return [rebinnedOrSame(reference, current), current]
  }
  return [reference, rebinnedOrSame(current, reference)]
}

function rebinnedOrSame(profile: NumericProfile, { edges }: NumericProfile): NumericProfile {
  try {
    return rebin(profile, edges)
  } catch (error) {
    if (error instanceof IncompatibleProfilesError) return profile
    throw error
  }
}

/**
 * Two profiles of which each has bins of its own: the Kolmogorov-Smirnov distance of the values lies between two numbers.
 *
 * All that is reported is of the lower one, so that a column has drifted only where that says so. Where the upper one
 * could be drift, nothing is told of any other. An adjusted p-value is never below its raw one, so that the raw one of
 * the upper end tells what the adjusted one of the distance cannot be.
 *
 * @throws ColumnError where the method is another one
 */
export function compareBracketed(
  reference: NumericProfile,
  current: NumericProfile,
  { method, settings: { alpha, tolerance } }: ComparablePair,
): Measurement {
  const isTest = method.compare.bins === kolmogorovSmirnovOfBins
  if (!isTest && method.compare.bins !== binnedKolmogorovSmirnov) {
    throw new ColumnError(`${method.name} needs both sides in the same bins: ${CURE}`)
  }
  const { lower, upper } = distanceBracket(reference, current)
  const [n, m] = [reference.n, current.n]
  const [least, most] = [lower, upper].map((distance) => ({
    ...kolmogorovSmirnovOfDistance(n, m, distance),
    effect: effectOfDistance(distance, n, m, alpha),
  })) as [End, End]
  const { threshold } = method
  const { pValue, logPValue } = least
  // Of a larger distance it is no larger, though another law may give it.
  const smallestPValue = Math.min(pValue, most.pValue)
  const mayBeDrift =
    threshold === undefined
      ? isDrifted(smallestPValue, alpha, most.effect.value, tolerance)
      : isDrifted(smallestPValue, alpha, upper, threshold)
  const result: MethodResult = isTest
    ? { kind: 'hypothesis-test', statistic: lower, pValue, logPValue }
    : { kind: 'divergence', statistic: lower }
  const effect = {
    value: least.effect.value,
    interval: [least.effect.interval[0], most.effect.interval[1]],
  } as const
  const between = `between ${rounded(lower, Math.floor)} and ${rounded(upper, Math.ceil)}`
  return {
    result,
    typeTest: { pValue, logPValue, effect },
    warnings: [
      `each side has bins of its own: the Kolmogorov-Smirnov distance lies ${between}; statistic, p-value and effect are those of the lower end`,
    ],
    ...(mayBeDrift &&
      lower < upper && {
        untold: `bins too coarse to tell: the Kolmogorov-Smirnov distance lies ${between}, which may be drift or none; ${CURE}`,
      }),
  }
}

type End = ReturnType<typeof kolmogorovSmirnovOfDistance> & {
  readonly effect: ReturnType<typeof effectOfDistance>
}

const CURE =
  'count both tables into the same edges: profile(table, { like }), or tidegauge profile --like'

/** To three digits, outwards: the distance lies between what is written, too. */
function rounded(share: number, outwards: (x: number) => number): number {
  if (share === 0) return 0
  const unit = 10 ** (2 - Math.floor(Math.log10(share)))
  // What a whole number of units has lost to rounding is no unit of its own.
  const units = share * unit
  const nearest = Math.round(units)
  return (Math.abs(units - nearest) < 1e-9 ? nearest : outwards(units)) / unit
}
