/** Draws the same numbers in [0, 1) for a seed, on every machine. */
export function drawNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export type Draw = <T>(of: readonly T[]) => T

/** The same of the members of a list. */
export function drawMembers(seed: number): Draw {
  const number = drawNumbers(seed)
  return (of) => of[Math.floor(number() * of.length)]!
}
