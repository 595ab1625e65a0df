/** The largest of numbers, however many they are: `Math.max(...numbers)` is for a hundred thousand at most. */
export function largestOf(
  numbers: readonly number[],
  atLeast: number = Number.NEGATIVE_INFINITY,
): number {
  return numbers.reduce((largest, x) => Math.max(largest, x), atLeast)
}

export function smallestOf(numbers: readonly number[]): number {
  return numbers.reduce((smallest, x) => Math.min(smallest, x), Number.POSITIVE_INFINITY)
}

/** Their range, as a share of `unit`: halved on the way, since that of ±1e308 is no finite number. */
export function rangeIn(numbers: readonly number[], unit: number): number {
  return unit === 0 ? 0 : 2 * (largestOf(numbers) / 2 / unit - smallestOf(numbers) / 2 / unit)
}
