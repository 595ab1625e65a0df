import { noncentralChiSquaredSurvival } from '../distributions/noncentral-chi-squared.ts'
import { normalQuantile } from '../distributions/normal-quantile.ts'

/**
 * The size of a change, in one unit for every kind of column: the **equivalent shift**. A change of 0.3 is
 * as large as moving a normal distribution by 0.3 of its standard deviations.
 *
 * Statistics have no common scale (the same shift gives D ≈ 0.4 d, PSI ≈ d², W₁ = d sd), so that one
 * tolerance can only be set on this.
 */
export interface EffectSize {
  /** Corrected for what chance alone adds; at least 0, at most {@link LARGEST_SHIFT}. */
  readonly value: number
  /** Where the true value lies with confidence 1 − alpha. */
  readonly interval: readonly [low: number, high: number]
}

/** Distributions that do not overlap at all have no finite shift: this stands for "as far as can be told". */
export const LARGEST_SHIFT = 10

/**
 * From the Kolmogorov-Smirnov distance: a shift by d moves a normal distribution function by
 * D = 2 Φ(d/2) − 1 at most.
 *
 * The value is that of √(D² − E₀[D²]), E₀[D²] = π²/12 (1/n + 1/m) being what chance gives where nothing
 * changed. The interval is D ± the alpha-quantile of the Kolmogorov law: valid for any distribution, and
 * wider than need be for tied ones.
 *
 * @param distance - D in [0, 1]
 * @param n - reference values
 * @param m - current values
 * @example
 * effectOfDistance(0.0567, 508239, 458170, 0.05).value // 0.142
 */
export function effectOfDistance(
  distance: number,
  n: number,
  m: number,
  alpha: number,
): EffectSize {
  const noise = 1 / n + 1 / m
  const reach = kolmogorovMargin(n, m, alpha)
  return {
    value: shiftOfDistance(Math.sqrt(Math.max(0, distance ** 2 - (Math.PI ** 2 / 12) * noise))),
    interval: [
      shiftOfDistance(Math.max(0, distance - reach)),
      shiftOfDistance(Math.min(1, distance + reach)),
    ],
  }
}

/** D that two samples of one distribution exceed with probability alpha, by the first term of its series; ∞ of none. */
export function kolmogorovMargin(n: number, m: number, alpha: number): number {
  return Math.sqrt(-0.5 * Math.log(alpha / 2) * (1 / n + 1 / m))
}

/** @param distance - in [0, 1] */
export function shiftOfDistance(distance: number): number {
  return Math.min(LARGEST_SHIFT, 2 * normalQuantile((1 + distance) / 2))
}

/**
 * From a chi-squared statistic of homogeneity: √(χ² (1/n + 1/m)). Of two categories that is the change
 * of the share in units of its standard deviation, |p − q| / √(p̄ (1 − p̄)).
 *
 * The value is that of χ² less its degrees of freedom, which chance alone gives on average. The interval
 * holds the noncentralities that χ² does not contradict.
 *
 * @param statistic - χ² ≥ 0
 * @param degreesOfFreedom - cells − 1; 0 where there is one cell, whose share cannot change
 * @example
 * effectOfChiSquared(1104, 1, 508239, 458170, 0.05).value // 0.0677
 */
export function effectOfChiSquared(
  statistic: number,
  degreesOfFreedom: number,
  n: number,
  m: number,
  alpha: number,
): EffectSize {
  if (degreesOfFreedom === 0) return { value: 0, interval: [0, 0] }
  const shiftOf = (noncentrality: number) => shiftOfNoncentrality(noncentrality, n, m)
  const noncentralityAt = (p: number) => noncentralityWhere(statistic, degreesOfFreedom, p)
  return {
    value: shiftOfChiSquared(statistic, degreesOfFreedom, n, m),
    interval: [shiftOf(noncentralityAt(alpha / 2)), shiftOf(noncentralityAt(1 - alpha / 2))],
  }
}

/** The value of {@link effectOfChiSquared} alone: its interval takes a hundred times as long. */
export function shiftOfChiSquared(
  statistic: number,
  degreesOfFreedom: number,
  n: number,
  m: number,
): number {
  return shiftOfNoncentrality(statistic - degreesOfFreedom, n, m)
}

function shiftOfNoncentrality(noncentrality: number, n: number, m: number): number {
  return Math.min(LARGEST_SHIFT, Math.sqrt(Math.max(0, noncentrality) * (1 / n + 1 / m)))
}

/** The noncentrality under which a statistic at least as large has probability p; 0 where none has so little. */
function noncentralityWhere(statistic: number, degreesOfFreedom: number, p: number): number {
  const survival = (noncentrality: number) =>
    noncentralChiSquaredSurvival(statistic, degreesOfFreedom, noncentrality)
  // Stryker disable next-line ConditionalExpression,EqualityOperator: 0 is what halving comes to as well, a thousand times later
  if (survival(0) >= p) return 0
  let low = 0
  let high = statistic + 1
  while (survival(high) < p) high = high * 2 + 10
  // The survival function rises with the noncentrality.
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2
    if (survival(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * From the area under a ROC curve: two normal distributions a shift d apart are told apart with
 * AUC = Φ(d / √2). The interval is AUC ± z standard errors of Mann and Whitney's U where nothing changed.
 *
 * @param auc - in [0, 1]; below ½ the classifier knows less than nothing, which is no effect
 * @param n - reference values that were told apart
 * @param m - current values
 * @example
 * effectOfAuc(0.76, 500, 500, 0.05).value // 1.0
 */
export function effectOfAuc(auc: number, n: number, m: number, alpha: number): EffectSize {
  const reach = normalQuantile(1 - alpha / 2) * Math.sqrt((n + m + 1) / (12 * n * m))
  const shiftOf = (area: number) => {
    const known = Math.max(0.5, Math.min(1, area))
    return Math.min(LARGEST_SHIFT, Math.SQRT2 * normalQuantile(known))
  }
  return { value: shiftOf(auc), interval: [shiftOf(auc - reach), shiftOf(auc + reach)] }
}

/** The smallest shift that these sizes let one see at level alpha: for columns with too few values. */
export function smallestDetectableShift(n: number, m: number, alpha: number): number {
  return shiftOfDistance(Math.min(1, kolmogorovMargin(n, m, alpha)))
}
