import type { SourceRun } from './table-source.ts'

/** One comparison: what its sides share, and what must be ended whatever becomes of it. */
export interface Run extends SourceRun {
  /** Ends what is still asked for, and what was begun. */
  end(): Promise<void>
}

export function runOf(signal: AbortSignal | undefined): Run {
  const ends: Array<() => Promise<void>> = []
  const made = new Map<object, Promise<unknown>>()
  const own = new AbortController()
  return {
    signal: signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]),
    atEnd(end) {
      ends.push(end)
    },
    shared<T>(key: object, make: () => Promise<T>): Promise<T> {
      if (!made.has(key)) made.set(key, make())
      return made.get(key) as Promise<T>
    },
    async end() {
      // What was asked for ahead, and is not wanted any more: of a comparison that has failed.
      own.abort()
      // What cannot be ended any more is gone already: the comparison, or its own error, goes before.
      await Promise.allSettled(ends.map((end) => end()))
    },
  }
}

/** So many columns are asked for at once where nobody says otherwise. */
export const COLUMNS_AT_ONCE = 4

/**
 * Reads ahead: while one column is judged, the next ones are asked for.
 *
 * @param read - of one column
 * @param most - so many at once
 */
export function readAhead<T>(
  names: readonly string[],
  read: (name: string) => Promise<T>,
  most: number,
): (name: string) => Promise<T> {
  const begun = new Map<string, Promise<T>>()
  const begin = (name: string): Promise<T> => {
    const known = begun.get(name)
    if (known !== undefined) return known
    const reading = read(name)
    // It may fail before anybody waits for it; who does hears of it all the same.
    reading.catch(() => {})
    begun.set(name, reading)
    return reading
  }
  return (name) => {
    const at = names.indexOf(name)
    const wanted = begin(name)
    begun.delete(name)
    if (at < 0) return wanted
    // One after the other: the columns behind it, as they are needed.
    for (const next of names.slice(at + 1, at + most)) begin(next)
    return wanted
  }
}
