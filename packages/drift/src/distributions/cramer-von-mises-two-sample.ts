/**
 * P(Σ_k t_k (h_(k−1)² + h_k²) ≥ sum) over all orders in which n and m values may fall on given ties.
 *
 * The pooled values come in blocks of t_k equal ones; after the k-th, with i values of the first sample and
 * j of the second at or below, h_k = i m − j n. All C(n + m, n) orders are equally likely, so that the
 * result is exact whatever the ties. It costs about n m (n + m)² steps where there are none: meant for
 * samples of up to 20 values.
 *
 * @param n - positive integer
 * @param m - positive integer
 * @param ties - sizes t_k of the blocks of equal values, ascending by value; their sum is n + m
 * @param sum - the observed Σ t_k (h_(k−1)² + h_k²), an integer: 2 (n + m)² nm times the statistic T
 * @see Xiao, Gordon & Yakovlev (2007), Journal of Statistical Software 17(8), for the recursion without ties
 * @example
 * twoSampleCramerVonMisesSurvival(2, 2, [1, 1, 1, 1], 48) // 2 of 6 orders: 1/3
 */
export function twoSampleCramerVonMisesSurvival(
  n: number,
  m: number,
  ties: ArrayLike<number>,
  sum: number,
): number {
  // orders[i]: how often each partial sum occurs where i of the values so far are of the first sample.
  let orders: Array<Frequencies | undefined> = [{ sums: [0], counts: [1] }]
  let pooled = 0
  for (let k = 0; k < ties.length; k++) {
    orders = addBlock(orders, n, m, pooled, ties[k]!)
    pooled += ties[k]!
  }
  const { sums, counts } = orders[n]!
  let total = 0
  let atLeast = 0
  for (let s = 0; s < sums.length; s++) {
    total += counts[s]!
    if (sums[s]! >= sum) atLeast += counts[s]!
  }
  return atLeast / total
}

/** The sums that occur, ascending, and in how many orders. Exact below 2^53: C(40, 20) is 2^37. */
interface Frequencies {
  readonly sums: ArrayLike<number>
  readonly counts: ArrayLike<number>
}

const NONE: Frequencies = { sums: [], counts: [] }

function addBlock(
  orders: ReadonlyArray<Frequencies | undefined>,
  n: number,
  m: number,
  pooled: number,
  ties: number,
): Array<Frequencies | undefined> {
  const next: Array<Frequencies | undefined> = []
  orders.forEach((frequencies, i) => {
    const squareBefore = (i * m - (pooled - i) * n) ** 2
    let ways = 1
    for (let taken = 0; taken <= ties && i + taken <= n; taken++) {
      const after = i + taken
      const rest = pooled + ties - after
      if (rest <= m) {
        const step = ties * (squareBefore + (after * m - rest * n) ** 2)
        next[after] = merge(next[after], frequencies!, step, ways)
      }
      ways = (ways * (ties - taken)) / (taken + 1)
    }
  })
  return next
}

/** `a`, and `b` with `step` added to its sums and its counts times `ways`. */
function merge(a: Frequencies = NONE, b: Frequencies, step: number, ways: number): Frequencies {
  const most = a.sums.length + b.sums.length
  const sums = new Float64Array(most)
  const counts = new Float64Array(most)
  let length = 0
  for (let i = 0, j = 0; i < a.sums.length || j < b.sums.length; length++) {
    const left = i < a.sums.length ? a.sums[i]! : Number.POSITIVE_INFINITY
    const right = j < b.sums.length ? b.sums[j]! + step : Number.POSITIVE_INFINITY
    let count = 0
    if (left <= right) count += a.counts[i++]!
    if (right <= left) count += b.counts[j++]! * ways
    sums[length] = Math.min(left, right)
    counts[length] = count
  }
  return { sums: sums.subarray(0, length), counts: counts.subarray(0, length) }
}
