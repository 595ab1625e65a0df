import type { StoredMoments } from '../measure/measured-column.ts'
import { largestMagnitudeOfSorted, momentScale, moments } from '../samples/moments.ts'

/**
 * Mean and squared deviations of finite numbers; undefined where no double holds them.
 *
 * @param sorted - ascending, at least one
 */
export function storedMoments(sorted: Float64Array): StoredMoments | undefined {
  const unit = momentScale(largestMagnitudeOfSorted(sorted))
  const { centre, correction, squaredDeviations } = moments(sorted, unit)
  return finite({
    mean: (centre + correction) / unit,
    squaredDeviations: squaredDeviations / unit / unit,
  })
}

/**
 * Those of two samples together.
 *
 * @see Chan, Golub & LeVeque (1983), The American Statistician 37, 242-247
 */
export function mergedMoments(
  a: StoredMoments | undefined,
  n: number,
  b: StoredMoments | undefined,
  m: number,
): StoredMoments | undefined {
  if (a === undefined || b === undefined) return undefined
  const gap = b.mean - a.mean
  return finite({
    mean: a.mean + gap * (m / (n + m)),
    squaredDeviations: a.squaredDeviations + b.squaredDeviations + gap * gap * ((n / (n + m)) * m),
  })
}

/** Those that an engine has summed; undefined where no double holds them. */
export function momentsFrom(mean: number, squaredDeviations: number): StoredMoments | undefined {
  return finite({ mean, squaredDeviations })
}

function finite(known: StoredMoments): StoredMoments | undefined {
  const { mean, squaredDeviations } = known
  return Number.isFinite(mean) && Number.isFinite(squaredDeviations) ? known : undefined
}
