/** |actual − expected| / |expected|; 0 where both are equal, zero included. */
export function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected)
}
