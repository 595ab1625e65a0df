import { InvalidArgumentError } from '@tidegauge/core'
import { type Duration, duration } from '../duration.ts'
import { onlyKeys } from '../only-keys.ts'
import { escapeTemplate, utf8Text } from '../promql.ts'

/** Alert where so much of the period's error budget goes within `long`, and is still going within `short`. */
export interface BurnRateWindow {
  readonly long: string
  /** Makes the alert end soon after the burning does; a twelfth of `long` by custom. */
  readonly short: string
  /** The share of the period's error budget that is spent within `long`, above 0 and at most 1. */
  readonly budget: number
  /** The alert's label `severity`; the windows of one severity are one alert. */
  readonly severity: string
  /** How long both must hold, the same for all of one severity; at once where left out. */
  readonly for?: string
}

/**
 * The windows of Google's Site Reliability Workbook. Over 30 days they burn 14.4, 6, 3 and 1 times as fast as
 * the period allows.
 *
 * The workbook has no `for`; two minutes keep one odd evaluation from waking somebody.
 *
 * @see Beyer et al. (2018), The Site Reliability Workbook, chapter 5, table 5-8
 */
export const BURN_RATE_WINDOWS: readonly BurnRateWindow[] = [
  { long: '1h', short: '5m', budget: 0.02, severity: 'critical', for: '2m' },
  { long: '6h', short: '30m', budget: 0.05, severity: 'critical', for: '2m' },
  { long: '1d', short: '2h', budget: 0.1, severity: 'warning', for: '2m' },
  { long: '3d', short: '6h', budget: 0.1, severity: 'warning', for: '2m' },
]

/** A window whose every part was checked. */
export interface BurnRate {
  readonly long: Duration
  readonly short: Duration
  /** How many times as fast as the period allows. */
  readonly factor: number
  /** A template, as an alert's label is. */
  readonly severity: string
  readonly for: string | undefined
}

/**
 * The windows with their factors: budget · period / long, and never below 1, since a slower burn never spends
 * the budget.
 *
 * @throws InvalidArgumentError naming the first part that cannot be worked with
 */
export function burnRates(windows: unknown, period: Duration): BurnRate[] {
  if (!Array.isArray(windows) || windows.length === 0) {
    throw new InvalidArgumentError('windows', 'an array of at least one window', windows)
  }
  const rates = windows.map((window, i) => burnRate(`windows[${i}]`, window, period))
  rates.forEach((rate, i) => {
    const same = (other: BurnRate) =>
      other.long.text === rate.long.text &&
      other.short.text === rate.short.text &&
      other.severity === rate.severity
    if (rates.findIndex(same) < i) {
      const pair = `${rate.long.text}, ${rate.short.text} and ${rate.severity}`
      throw new InvalidArgumentError(`windows[${i}]`, 'unlike every other', pair)
    }
    const first = rates.find(({ severity }) => severity === rate.severity)!
    if (first.for !== rate.for) {
      const expected = `${first.for ?? 'left out'}, as in the other windows of its severity, which are one alert`
      throw new InvalidArgumentError(`windows[${i}].for`, expected, rate.for)
    }
  })
  return rates
}

function burnRate(argument: string, value: unknown, period: Duration): BurnRate {
  const window = onlyKeys<BurnRateWindow>(argument, value, {
    long: true,
    short: true,
    budget: true,
    severity: true,
    for: true,
  })
  const long = duration(`${argument}.long`, window.long)
  const short = duration(`${argument}.short`, window.short)
  if (long.seconds >= period.seconds) {
    throw new InvalidArgumentError(`${argument}.long`, `shorter than ${period.text}`, window.long)
  }
  if (short.seconds >= long.seconds) {
    throw new InvalidArgumentError(`${argument}.short`, `shorter than ${long.text}`, window.short)
  }
  const { budget, severity } = window
  if (typeof budget !== 'number' || !(budget > 0 && budget <= 1)) {
    throw new InvalidArgumentError(`${argument}.budget`, 'a share above 0, at most 1', budget)
  }
  if (severity === '') throw new InvalidArgumentError(`${argument}.severity`, 'not empty', severity)
  const factor = Number(((budget * period.seconds) / long.seconds).toPrecision(12))
  return {
    long,
    short,
    factor: Math.max(1, factor),
    severity: escapeTemplate(utf8Text(`${argument}.severity`, severity)),
    for: window.for === undefined ? undefined : duration(`${argument}.for`, window.for).text,
  }
}
