/**
 * Upper bounds of the buckets in [1, 2]: element i is the largest double ≤ 2^(i / 2^schema).
 *
 * A double x lies at or below the true bound, which is irrational between the ends, exactly where it lies
 * at or below this one. `Math.pow` may be off by the last bit; so each is settled in whole numbers:
 * x = m·2^−52 ≤ 2^(i/n) where m^n ≤ 2^(i + 52n).
 *
 * @param schema - 0 … 8
 * @returns 2^schema + 1 numbers, from 1 to 2
 */
export function exactBounds(schema: number): Float64Array {
  const known = tables.get(schema)
  if (known !== undefined) return known
  const bounds = settledBounds(schema)
  tables.set(schema, bounds)
  return bounds
}

const tables = new Map<number, Float64Array>()

function settledBounds(schema: number): Float64Array {
  const n = 2 ** schema
  return Float64Array.from({ length: n + 1 }, (_, i) => {
    const notAbove = (m: bigint): boolean => m ** BigInt(n) <= 1n << BigInt(i + 52 * n)
    let m = BigInt(2 ** (i / n) * 2 ** 52)
    while (!notAbove(m)) m--
    while (notAbove(m + 1n)) m++
    return Number(m) / 2 ** 52
  })
}
