import type { SourceRun } from './table-source.ts'

/** One comparison: what its sides share, and what must be ended whatever becomes of it. */
export function runOf(signal: AbortSignal | undefined): SourceRun & { end(): Promise<void> } {
  const ends: Array<() => Promise<void>> = []
  const made = new Map<object, Promise<unknown>>()
  return {
    signal,
    atEnd(end) {
      ends.push(end)
    },
    shared<T>(key: object, make: () => Promise<T>): Promise<T> {
      if (!made.has(key)) made.set(key, make())
      return made.get(key) as Promise<T>
    },
    async end() {
      // What cannot be ended any more is gone already: the comparison, or its own error, goes before.
      await Promise.allSettled(ends.map((end) => end()))
    },
  }
}
