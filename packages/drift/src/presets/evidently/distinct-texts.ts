/** How many different texts there are. */
export interface DistinctTexts {
  add(text: string): void
  readonly size: number
}

const SETS = 256

/** In many sets: one of a million texts holds the caller's loop whenever it grows. */
export function distinctTexts(): DistinctTexts {
  const sets = Array.from({ length: SETS }, () => new Set<string>())
  let size = 0
  return {
    add(text) {
      const set = sets[hashOf(text) % SETS]!
      size -= set.size
      size += set.add(text).size
    },
    get size() {
      return size
    },
  }
}

/** Of the length and of the last characters, in which numbered texts differ. */
function hashOf(text: string): number {
  const { length } = text
  let hash = length
  for (let i = Math.max(0, length - 4); i < length; i++) hash = 31 * hash + text.charCodeAt(i)
  return hash
}
