import type { ReadSample } from './read-sources.ts'
import { RecentSeries } from './recent-series.ts'

/** Counts from a moment on that is not that of their source. */
export interface CountedSince {
  /**
   * What was counted since the mark of that series; all of it where there is none, and where the count is
   * lower than it was then: its source began anew.
   */
  since(sample: ReadSample): number
  isMarked(sample: ReadSample): boolean
  /** Count from here. */
  mark(sample: ReadSample): void
}

/** @param live - series that are there at most at once */
export function countedSince(live: number): CountedSince {
  const marks = new RecentSeries<number>(live)
  return {
    since({ key, value }) {
      const mark = marks.get(key) ?? 0
      if (value >= mark) return value - mark
      marks.set(key, 0)
      return value
    },
    isMarked: ({ key }) => marks.get(key) !== undefined,
    mark({ key, value }) {
      marks.set(key, value)
    },
  }
}
