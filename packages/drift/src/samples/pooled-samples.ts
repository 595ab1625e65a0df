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
  merge(a, b, values, reference)
  // Of equal values the last one stays: it has counted them all.
  const current = new Uint32Array(n + m)
  let blocks = 0
  for (let k = 0; k < n + m; k++) {
    const x = values[k]!
    if (k + 1 < n + m && values[k + 1] === x) continue
    const i = reference[k]!
    values[blocks] = x
    reference[blocks] = i
    current[blocks++] = k + 1 - i
  }
  return {
    values: values.subarray(0, blocks),
    reference: reference.subarray(0, blocks),
    current: current.subarray(0, blocks),
    n,
    m,
    sortedReference: a,
    sortedCurrent: b,
  }
}

/**
 * All values, ascending, and how many of `a` are among those up to each. Which sample is next is anybody's
 * guess, the processor's too: it is reckoned as a number, for a branch (Math.min has one) would be
 * mispredicted every other time.
 */
function merge(
  a: Float64Array,
  b: Float64Array,
  values: Float64Array,
  takenFromA: Uint32Array,
): void {
  let i = 0
  let j = 0
  let k = 0
  while (i < a.length && j < b.length) {
    const x = a[i]!
    const y = b[j]!
    const isA = Number(x <= y)
    const isB = 1 - isA
    i += isA
    j += isB
    values[k] = isA * x + isB * y
    takenFromA[k++] = i
  }
  values.set(i < a.length ? a.subarray(i) : b.subarray(j), k)
  for (; i < a.length; k++) takenFromA[k] = ++i
  takenFromA.fill(i, k)
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
