/** Two sorted samples merged into one: a block for each distinct value. */
export interface PooledSamples {
  /** The distinct values, ascending. */
  readonly values: Float64Array
  /** How many reference values are at or below `values[k]`. */
  readonly reference: Uint32Array
  /** The same for the current values. */
  readonly current: Uint32Array
  /** Sizes of both samples. */
  readonly n: number
  readonly m: number
  readonly sortedReference: Float64Array
  readonly sortedCurrent: Float64Array
}

/**
 * Merge two sorted samples, so that every statistic of both distribution functions is one plain loop,
 * and several of them share the merge: each method has a kernel `…OfPooled`.
 *
 * @param a - the reference: n ≥ 1 finite values, ascending
 * @param b - the current sample: m ≥ 1 finite values, ascending
 */
export function poolSorted(a: Float64Array, b: Float64Array): PooledSamples {
  const n = a.length
  const m = b.length
  const values = new Float64Array(n + m)
  const reference = new Uint32Array(n + m)
  const current = new Uint32Array(n + m)
  let i = 0
  let j = 0
  let k = 0
  for (; i < n || j < m; k++) {
    const x = j === m || (i < n && a[i]! <= b[j]!) ? a[i]! : b[j]!
    while (i < n && a[i] === x) i++
    while (j < m && b[j] === x) j++
    values[k] = x
    reference[k] = i
    current[k] = j
  }
  return {
    values: values.subarray(0, k),
    reference: reference.subarray(0, k),
    current: current.subarray(0, k),
    n,
    m,
    sortedReference: a,
    sortedCurrent: b,
  }
}

/** How many values are equal to `values[k]`, both samples together. */
export function tieCounts({ reference, current }: PooledSamples): Float64Array {
  const ties = new Float64Array(reference.length)
  let before = 0
  for (let k = 0; k < ties.length; k++) {
    const upTo = reference[k]! + current[k]!
    ties[k] = upTo - before
    before = upTo
  }
  return ties
}

/** Terms that are added up by themselves: the rounding error of a long sum grows with its chunks, not its terms. */
export const CHUNK = 2048
