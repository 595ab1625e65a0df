/**
 * How many of ascending numbers are below x.
 *
 * Of typed arrays alone: in inner loops the engine then compiles one kind of access.
 */
export function countBelow(ascending: Float64Array, x: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}

/** How many of ascending numbers are at most x. */
export function countUpTo(ascending: Float64Array, x: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! <= x) low = middle + 1
    else high = middle
  }
  return low
}
