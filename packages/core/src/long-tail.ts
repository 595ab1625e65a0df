/** Of one side's values: the smallest, and those up to which a hundredth, half and 99 hundredths of them lie. */
export interface Spread {
  readonly least: number
  readonly low: number
  readonly middle: number
  readonly high: number
}

/** So many times the median: as one in a hundred of a log-normal distribution with σ = 0.7 is. */
const LONG = 5

/**
 * Are two sides drawn on a logarithmic axis? Where all values are positive and one in a hundred of either side is more
 * than five times its median; not where the values below the median would then take more than twice the room of those
 * above it.
 *
 * @example
 * isLongTailed([{ least: 1, low: 2, middle: 50, high: 900 }]) // true
 */
export function isLongTailed(sides: readonly Spread[]): boolean {
  return sides.every(({ least }) => least > 0) && sides.some(hasLongTail)
}

function hasLongTail({ low, middle, high }: Spread): boolean {
  const above = Math.log(high) - Math.log(middle)
  const below = Math.log(middle) - Math.log(low)
  return above > Math.log(LONG) && below < 2 * above
}
