import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'

/**
 * What a small p-value speaks for: that the reference is larger than the current sample (`greater`),
 * smaller (`less`), or either.
 */
export type Alternative = 'two-sided' | 'less' | 'greater'

export interface AlternativeOptions {
  /** `two-sided` by default. */
  readonly alternative?: Alternative
}

/** A p-value, and its natural logarithm, which still says how small where the p-value is 0 as a double. */
export interface Tail {
  readonly pValue: number
  readonly logPValue: number
}

/** @throws InvalidArgumentError on another option, or an unknown alternative */
export function alternativeOf(options: AlternativeOptions): Alternative {
  assertOptions('options', options, OPTIONS)
  const { alternative = 'two-sided' } = options
  assertAlternative(alternative)
  return alternative
}

const OPTIONS = { alternative: true } as const satisfies Record<keyof AlternativeOptions, true>

/** @throws InvalidArgumentError on anything else */
export function assertAlternative(alternative: Alternative): void {
  if (!['two-sided', 'less', 'greater'].includes(alternative)) {
    throw new InvalidArgumentError(
      'alternative',
      "'two-sided', 'less' or 'greater'",
      alternative satisfies Alternative,
    )
  }
}

/** The tail of a symmetric law about 0, given its survival function and that function's logarithm. */
export function symmetricTail(
  statistic: number,
  alternative: Alternative,
  survival: (x: number) => number,
  logSurvival: (x: number) => number,
): Tail {
  if (alternative === 'two-sided') {
    const x = Math.abs(statistic)
    return {
      pValue: Math.min(1, 2 * survival(x)),
      logPValue: Math.min(0, Math.LN2 + logSurvival(x)),
    }
  }
  const x = alternative === 'greater' ? statistic : -statistic
  return { pValue: survival(x), logPValue: logSurvival(x) }
}
