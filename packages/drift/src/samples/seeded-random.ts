/**
 * A reproducible generator of uniform numbers in [0, 1): sfc32, warmed up.
 *
 * @param seed - an integer
 * @see Doty-Humphrey (2018), PractRand: sfc32
 */
export function seededRandom(seed: number): () => number {
  let a = 0x9e3779b9
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = seed | 0
  let counter = 1
  const next = (): number => {
    const word = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + word) | 0
    return (word >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 20; i++) next()
  return next
}

/** The first `count` of `values` in random order: Fisher and Yates, in place. */
export function shuffleFirst<T extends { [index: number]: number; readonly length: number }>(
  values: T,
  count: number,
  random: () => number,
): T {
  for (let i = 0; i < Math.min(count, values.length - 1); i++) {
    const j = i + Math.floor(random() * (values.length - i))
    const x = values[i]!
    values[i] = values[j]!
    values[j] = x
  }
  return values
}
