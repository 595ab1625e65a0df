import type { BinnedProfile } from '@tidegauge/core'
import { formatNumber } from './format.ts'
import { shortText } from './visible-text.ts'

/** What the numbers of a column are in, where its profiles know it. */
export function unitOf({
  reference,
  current,
}: Readonly<Record<'reference' | 'current', BinnedProfile | null>>): string | undefined {
  const [before, after] = [reference, current].map((side) => {
    return side?.kind === 'numeric' ? side.unit : undefined
  })
  return before ?? after
}

type Step = readonly [from: number, divisor: number, symbol: string]

/** Largest first; the last one takes what is smaller. */
const TIMES: readonly Step[] = [
  [172_800, 86_400, 'd'],
  [7200, 3600, 'h'],
  [120, 60, 'min'],
  [1, 1, 's'],
  [1e-3, 1e-3, 'ms'],
  [0, 1e-6, 'µs'],
]
const BYTES: readonly Step[] = [
  [1e9, 1e9, 'GB'],
  [1e6, 1e6, 'MB'],
  [1e3, 1e3, 'kB'],
  [0, 1, 'B'],
]
const THOUSANDS: readonly Step[] = [
  [1e9, 1e9, ' bn'],
  [1e6, 1e6, ' M'],
  [1e3, 1e3, ' k'],
  [0, 1, ''],
]

/**
 * A number with its unit, in the multiple that reads best.
 *
 * @param digits - significant ones
 * @example
 * formatIn('seconds', 0.0421) // '42.1 ms'
 * formatIn('EUR', 3120) // '€3.12 k'
 * formatIn('km', 12) // '12 km'
 */
export function formatIn(unit: string, value: number, digits: number = 3): string {
  switch (unit) {
    case 'seconds':
      return stepped(TIMES, value, digits)
    case 'milliseconds':
      return stepped(TIMES, value / 1000, digits)
    case 'bytes':
      return stepped(BYTES, value, digits)
    case 'percent':
      return `${formatNumber(value, digits)}%`
  }
  const symbol = currencySymbol(unit)
  if (symbol === undefined) return `${formatNumber(value, digits)} ${shortText(unit, 40)}`
  const [, divisor, suffix] = stepOf(THOUSANDS, value)
  const amount = formatNumber(Math.abs(value) / divisor, digits)
  return `${value < 0 ? '-' : ''}${symbol}${amount}${suffix}`
}

function stepped(steps: readonly Step[], value: number, digits: number): string {
  const [, divisor, symbol] =
    value === 0 ? steps.find(([from]) => from <= 1)! : stepOf(steps, value)
  return `${formatNumber(value / divisor, digits)} ${symbol}`
}

function stepOf(steps: readonly Step[], value: number): Step {
  return steps.find(([from]) => Math.abs(value) >= from)!
}

/** undefined of what is no code of a currency. */
function currencySymbol(unit: string): string | undefined {
  if (!/^[A-Z]{3}$/.test(unit) || !Intl.supportedValuesOf('currency').includes(unit))
    return undefined
  const style = { style: 'currency', currency: unit, currencyDisplay: 'narrowSymbol' } as const
  const parts = new Intl.NumberFormat('en', style).formatToParts(0)
  const symbol = parts.find(({ type }) => type === 'currency')!.value
  return symbol === unit ? `${unit} ` : symbol
}
