/** Names `c0`, `c1` … with shares in proportion to the weights. */
export function drawer(weights: readonly number[], random: () => number): () => string {
  let sum = 0
  const bounds = weights.map((weight) => {
    sum += weight
    return sum
  })
  return () => {
    const x = random() * sum
    let low = 0
    let high = bounds.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (bounds[middle]! <= x) low = middle + 1
      else high = middle
    }
    return `c${low}`
  }
}

/** mulberry32 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
