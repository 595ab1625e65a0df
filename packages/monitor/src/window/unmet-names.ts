import type { CountedCategory } from '@tidegauge/core'

/** So many names are counted at a time; whatever has more than this part of the values is among them. */
const MOST_NAMES = 16
/** Longer names are counted without being kept. */
const LONGEST_NAME = 100

/**
 * The most frequent of names without end, in bounded memory: Space-Saving. A name that is counted keeps its place; a
 * new one takes that of the least frequent, and begins at its count, which is how much it may be wrong.
 *
 * @see Metwally, Agrawal & El Abbadi (2005), Efficient computation of frequent and top-k elements in data streams
 */
export class UnmetNames {
  readonly #places = new Map<string, number>()
  readonly #names: string[] = []
  readonly #counts: number[] = []
  readonly #errors: number[] = []
  #unnamed = 0

  add(name: string): void {
    if (name.length > LONGEST_NAME) {
      this.#unnamed++
      return
    }
    const place = this.#places.get(name)
    if (place !== undefined) this.#counts[place]!++
    else if (this.#names.length < MOST_NAMES) this.#put(this.#names.length, name, 0)
    else {
      const least = this.#counts.indexOf(this.least)
      this.#places.delete(this.#names[least]!)
      this.#put(least, name, this.#counts[least]!)
    }
  }

  clear(): void {
    if (this.#names.length === 0 && this.#unnamed === 0) return
    this.#places.clear()
    for (const list of [this.#names, this.#counts, this.#errors]) list.length = 0
    this.#unnamed = 0
  }

  /** The most that a name without a place can have. */
  get least(): number {
    return this.#names.length < MOST_NAMES ? 0 : Math.min(...this.#counts)
  }

  /** Values whose names are too long to be kept. */
  get unnamed(): number {
    return this.#unnamed
  }

  /** Each name with the least and the most that it has. */
  *entries(): Generator<readonly [name: string, atLeast: number, atMost: number]> {
    for (let i = 0; i < this.#names.length; i++) {
      yield [this.#names[i]!, this.#counts[i]! - this.#errors[i]!, this.#counts[i]!]
    }
  }

  #put(place: number, name: string, error: number): void {
    // A copy: a part of a longer text would keep that text, a request's body perhaps.
    const own = JSON.parse(JSON.stringify(name)) as string
    this.#places.set(own, place)
    this.#names[place] = own
    this.#counts[place] = error + 1
    this.#errors[place] = error
  }
}

export interface FrequentNames {
  readonly names: readonly CountedCategory[]
  /** The most that any other name can have. */
  readonly othersAtMost: number
}

const MOST_NAMES_OF_A_WINDOW = 100
/** Of a name that merely holds the place of others, next to nothing is known. */
const SURE_PART = 0.25

/** The names of several stretches of time together, those with the most sure values first. */
export function frequentNames(parts: readonly UnmetNames[]): FrequentNames {
  const sums = new Map<string, readonly [atLeast: number, moreThanOthers: number]>()
  let others = 0
  let unnamed = 0
  for (const part of parts) {
    const { least } = part
    others += least
    unnamed += part.unnamed
    for (const [name, atLeast, atMost] of part.entries()) {
      const [sum, more] = sums.get(name) ?? [0, 0]
      sums.set(name, [sum + atLeast, more + atMost - least])
    }
  }
  const all = [...sums]
    .map(([name, [atLeast, more]]): CountedCategory => [name, atLeast, others + more])
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
  const isKept = ([, atLeast, atMost]: CountedCategory, i: number) =>
    atLeast >= SURE_PART * atMost! && i < MOST_NAMES_OF_A_WINDOW
  const left = all.filter((one, i) => !isKept(one, i))
  const othersAtMost = left.reduce(
    (most, [, , atMost]) => Math.max(most, atMost!),
    Math.max(others, unnamed),
  )
  return { names: all.filter(isKept), othersAtMost }
}
