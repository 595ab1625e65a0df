/** Equal, but for the order in which numbers were added up. */
export function areClose(a: number | null, b: number | null): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) < 1e-9)
}
