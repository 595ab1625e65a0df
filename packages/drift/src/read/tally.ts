import type { CountedCategory } from '@tidegauge/core'
import type { CountedNames } from './evidence.ts'

/** Counts texts, each once and in the order in which they were met. */
export interface Tally {
  add(text: string, count: number): void
  /** How many texts there are, and how long they are together. */
  readonly size: number
  readonly characters: number
  counted(): CountedNames
}

/** From so many texts on, a Map is the faster way: an object keeps its keys in a table of all strings there are. */
const MANY_TEXTS = 4096

export function newTally(): Tally {
  // Without a prototype, so that any text is a key like another; twice as fast as a Map where texts repeat.
  const few: Record<string, number | undefined> = Object.create(null)
  let many: Map<string, number> | null = null
  const names: string[] = []
  const counts: number[] = []
  let characters = 0
  return {
    add(text, count) {
      const place = many === null ? few[text] : many.get(text)
      if (place !== undefined) {
        counts[place]! += count
        return
      }
      const next = names.push(text) - 1
      counts.push(count)
      characters += text.length
      if (many !== null) many.set(text, next)
      else if (next < MANY_TEXTS) few[text] = next
      else many = new Map(names.map((name, i) => [name, i]))
    },
    get size() {
      return names.length
    },
    get characters() {
      return characters
    },
    counted: () => ({ names, counts }),
  }
}

/** All parts together: each name once, in the order in which they were met. */
export function countedNames(parts: readonly CountedNames[]): CountedCategory[] {
  if (parts.length === 1) {
    const { names, counts } = parts[0]!
    return names.map((name, i) => [name, counts[i]!])
  }
  const tally = newTally()
  for (const { names, counts } of parts) {
    for (let i = 0; i < names.length; i++) tally.add(names[i]!, counts[i]!)
  }
  return countedNames([tally.counted()])
}
