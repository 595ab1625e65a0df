import { countUpTo } from '@tidegauge/core/internal'
import { HIGH_WORD, sortNumbers } from './sort-numbers.ts'
import { CELL_SHIFT, CELLS, cellAt, everyNth, keysOf, offsetOf, placeOf } from './value-keys.ts'

/** What is known of a sample in the neighbourhood of some of its order statistics. */
export interface OrderStatistics {
  /** The value that sorting would put at the place `rank`, one of those asked for; of −0 and 0 either. */
  valueAt(rank: number): number
  /** How many values are at most x, which lies between two neighbouring values asked for, or beyond all. */
  countUpTo(x: number): number
}

/**
 * Order statistics without sorting: the values are counted into cells, and only the cells that hold one of those
 * asked for are sorted.
 *
 * @param values - finite numbers, in any order
 * @param ranks - ascending integers from 0 to the number of values less one
 * @example
 * orderStatistics(Float64Array.of(3, 1, 2), [0, 2]).valueAt(2) // 3
 */
export function orderStatistics(values: Float64Array, ranks: readonly number[]): OrderStatistics {
  const offset = offsetOf(sortNumbers(everyNth(values, SAMPLED)))
  const groups = groupsAround(values, offset, ranks)
  return {
    valueAt(rank) {
      const { start, sorted } = groups.findLast((group) => group.start <= rank)!
      return sorted[rank - start]!
    },
    countUpTo(x) {
      const place = placeOf(x, offset)
      const group = groups.findLast((candidate) => candidate.place <= place)
      return group === undefined ? 0 : group.start + countUpTo(group.sorted, x)
    },
  }
}

const WORTH_ITS_TABLES = 20_000
const SAMPLED = 256

interface Group {
  /** Of its cell. */
  readonly place: number
  /** How many values lie in the cells before. */
  readonly start: number
  readonly sorted: Float64Array
}

function groupsAround(values: Float64Array, offset: number, ranks: readonly number[]): Group[] {
  if (values.length < WORTH_ITS_TABLES) {
    return [{ place: 0, start: 0, sorted: sortNumbers(values.slice()) }]
  }
  const keys = keysOf(values, offset)
  const wanted = wantedCells(countCells(keys), ranks)
  return gather(values, keys, wanted)
}

interface WantedCell {
  readonly place: number
  /** How many values lie in the cells before. */
  readonly start: number
  readonly count: number
}

function countCells(keys: Uint32Array): Uint32Array {
  const counts = new Uint32Array(CELLS)
  for (let i = HIGH_WORD; i < keys.length; i += 2) counts[keys[i]! >>> CELL_SHIFT]!++
  return counts
}

function wantedCells(counts: Uint32Array, ranks: readonly number[]): WantedCell[] {
  const wanted: WantedCell[] = []
  let start = 0
  let next = 0
  for (let place = 0; next < ranks.length; place++) {
    const count = counts[cellAt(place)]!
    if (ranks[next]! < start + count) wanted.push({ place, start, count })
    start += count
    while (next < ranks.length && ranks[next]! < start) next++
  }
  return wanted
}

/** The values of each wanted cell. */
function gather(values: Float64Array, keys: Uint32Array, wanted: readonly WantedCell[]): Group[] {
  const groupOf = new Uint16Array(CELLS)
  wanted.forEach(({ place }, k) => {
    groupOf[cellAt(place)] = k + 1
  })
  const groups = wanted.map(({ count }) => new Float64Array(count))
  const sizes = new Uint32Array(wanted.length)
  for (let i = 0; i < values.length; i++) {
    const group = groupOf[keys[2 * i + HIGH_WORD]! >>> CELL_SHIFT]!
    if (group === 0) continue
    groups[group - 1]![sizes[group - 1]!++] = values[i]!
  }
  return wanted.map(({ place, start }, k) => ({
    place,
    start,
    sorted: sortUnlessEqual(groups[k]!),
  }))
}

/** Of discrete values, a cell commonly holds one alone. */
function sortUnlessEqual(values: Float64Array): Float64Array {
  const first = values[0]
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return sortNumbers(values)
  return values
}
