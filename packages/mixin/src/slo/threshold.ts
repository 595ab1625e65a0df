import { InvalidArgumentError } from '@tidegauge/core'
import type { LabelMatcher } from '../promql.ts'
import type { RequestMetric } from '../request-metric.ts'
import type { HistogramKind } from './request-rates.ts'

/**
 * A number of seconds at which requests can be told apart.
 *
 * A classic histogram counts at its bounds alone: between them it can only be guessed, and a matcher on a
 * bound that is not there finds nothing.
 *
 * @throws InvalidArgumentError where it is no bound, with those there are
 */
export function threshold(
  argument: string,
  value: unknown,
  { bounds }: RequestMetric,
  histogram: HistogramKind,
): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError(argument, 'a number of seconds above 0', value)
  }
  if (histogram === 'native' || bounds.includes(value)) return value
  const expected = `a bound of the classic histogram (${bounds.join(', ')})`
  throw new InvalidArgumentError(argument, expected, value)
}

/**
 * The label `le` of a bound, in every spelling that is in use: Prometheus 3 stores `1.0` where a client wrote
 * `1`, and Go writes `1e-05` where JavaScript writes `0.00001`.
 */
export function boundMatcher(bound: number): LabelMatcher {
  const spellings = [String(bound), goFloat(bound)].flatMap((text) =>
    /[.e]/.test(text) ? [text] : [text, `${text}.0`],
  )
  return { label: 'le', values: [...new Set(spellings)] }
}

/** `strconv.FormatFloat(x, 'g', -1, 64)` of a positive number. */
function goFloat(x: number): string {
  const [mantissa, power] = x.toExponential().split('e') as [string, string]
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return String(x)
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
