/**
 * A function of two counts that is asked for many cells, and computes each pair once: of a million categories few have
 * another pair of counts.
 */
export function memoized(
  compute: (reference: number, current: number) => number,
): (reference: number, current: number) => number {
  const known = new Map<number, Map<number, number>>()
  return (reference, current) => {
    const row = known.get(reference) ?? new Map<number, number>()
    if (row.size === 0) known.set(reference, row)
    const found = row.get(current) ?? compute(reference, current)
    row.set(current, found)
    return found
  }
}
