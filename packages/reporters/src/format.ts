import { largestOf, rangeIn } from './extremes.ts'

/** What stands where there is no number. */
export const NOTHING = '–'

const MOST_DIGITS = 17

/**
 * A number for reading: three significant digits, an exponent where it is very large or small.
 *
 * @example
 * formatNumber(1234567) // '1.23e6'
 */
export function formatNumber(value: number, digits: number = 3): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  const text = value.toPrecision(digits)
  if (size >= 1e-4 && !text.includes('e')) return withoutTrailingZeros(text)
  // 12345 to three digits would be 1.23e+4.
  if (size >= 1 && size < 1e6) return String(Math.round(value))
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e')
  return `${withoutTrailingZeros(mantissa!)}e${Number(exponent)}`
}

function withoutTrailingZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/**
 * The significant digits at which numbers of one column read differently where they differ by a
 * hundredth of their range: three, but twelve for times in milliseconds.
 */
export function digitsThatResolve(values: readonly number[], least: number = 3): number {
  const range = rangeIn(values, largestOf(values.map(Math.abs)))
  if (!(range > 0 && Number.isFinite(range))) return least
  return Math.min(MOST_DIGITS, Math.max(least, Math.ceil(-Math.log10(range)) + 2))
}

/**
 * A number that is held against a bound: as many digits as it takes that rounding does not move it to
 * the bound or across.
 *
 * @example
 * formatBeside(0.09996, 0.1) // '0.09996'
 */
export function formatBeside(value: number, bound: number): string {
  for (let digits = 3; digits < MOST_DIGITS; digits++) {
    const text = formatNumber(value, digits)
    if (Math.sign(Number(text) - bound) === Math.sign(value - bound)) return text
  }
  return String(value)
}

/**
 * A p-value beside the level it is held against. An underflow to 0 is a bound, not a zero.
 *
 * @example
 * formatPValue(0, 0.05) // '< 1e-300'
 */
export function formatPValue(pValue: number, alpha: number): string {
  return pValue < 1e-300 ? '< 1e-300' : formatBeside(pValue, alpha)
}

/**
 * A share in [0, 1] as a percentage with one decimal; what is neither nothing nor all never reads so.
 *
 * @example
 * formatPercent(0.0001) // '< 0.1%'
 */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1%'
  if (share < 1 && share > 0.999) return '> 99.9%'
  return `${(100 * share).toFixed(1)}%`
}

/**
 * A share and the threshold it is held against, both as percentages with so many decimals that they
 * read equal only where they are.
 *
 * @example
 * formatPercents(0.2999, 0.3) // ['29.99%', '30.00%']
 */
export function formatPercents(share: number, threshold: number): [string, string] {
  const digits = decimalsThatTellApart(100 * share, 100 * threshold, 1)
  return [`${(100 * share).toFixed(digits)}%`, `${(100 * threshold).toFixed(digits)}%`]
}

/** The smallest number of decimals, from `least` on, at which two different numbers do not read the same. */
export function decimalsThatTellApart(a: number, b: number, least: number): number {
  let digits = least
  while (digits < MOST_DIGITS && a !== b && a.toFixed(digits) === b.toFixed(digits)) digits++
  return digits
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })

/** @example formatCount(12345) // '12,345' */
export function formatCount(count: number): string {
  return grouped.format(count)
}

/** @example plural(2, 'column') // '2 columns' */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : plurals(noun)}`
}

/** @example plurals('query') // 'queries' */
export function plurals(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`
  return /(?:s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`
}
