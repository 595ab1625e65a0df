import { type NumericProfile, sameEdges } from '@tidegauge/core'
import { largestOf, smallestOf } from '../extremes.ts'
import type { MaybeProfile } from './numeric-axis.ts'

/** Columns of so many different values at most are drawn by their values. */
const MOST = 30

/** A value, and how often each side has it. */
export interface FewValue {
  readonly value: number
  readonly reference: number
  readonly current: number
}

/**
 * The values themselves, where the bins of both sides tell them: each bin was made around one, or the sum of a side says
 * that all stand at the upper edges. Ascending; null where nobody can tell.
 */
export function fewValuesOf(reference: MaybeProfile, current: MaybeProfile): FewValue[] | null {
  const sides = [reference, current].filter((side) => side !== null && side.n > 0)
  const all = sides as readonly NumericProfile[]
  if (all.length === 0) return null
  const around = valuesAround(all)
  const countsOf = (side: MaybeProfile): Counts | null => {
    if (!side?.n) return new Map()
    return around === null ? countsAtEdges(side) : addingUp(side, countsIn(side, around), 1e-9)
  }
  const [before, after] = [countsOf(reference), countsOf(current)]
  if (before === null || after === null) return null
  const values = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => a - b)
  if (values.length > MOST) return null
  return values.map((value) => ({
    value,
    reference: before.get(value) ?? 0,
    current: after.get(value) ?? 0,
  }))
}

type Counts = ReadonlyMap<number, number>

/** Of bins that end half-way between two values: from the smallest one on, each is told by the one before it. */
function valuesAround(sides: readonly NumericProfile[]): number[] | null {
  const [first, second = first] = sides as [NumericProfile, NumericProfile?]
  const { edges } = first
  const bins = edges.length - 1
  const extremes = sides.flatMap(({ min, max }) => (min === null || max === null ? [] : [min, max]))
  if (!sameEdges(first, second) || bins > MOST || extremes.length < 2 * sides.length) return null
  const values = [smallestOf(extremes)]
  for (let i = 1; i < bins; i++) values.push(rounded(2 * edges[i]! - values[i - 1]!))
  const isTold = values.every((value, i) => value > edges[i]! && value < edges[i + 1]!)
  const slack = 1e-9 * (edges[bins]! - edges[0]!)
  return isTold && Math.abs(values[bins - 1]! - largestOf(extremes)) <= slack ? values : null
}

/** What a double loses on the way: 0.19999999999999998 was 0.2. */
function rounded(value: number): number {
  const whole = Math.round(value)
  return Math.abs(value - whole) < 1e-6 ? whole : Number(value.toPrecision(12))
}

function countsIn({ counts }: NumericProfile, values: readonly number[]): Counts {
  return new Map(counts.flatMap((count, i) => (count === 0 ? [] : [[values[i]!, count] as const])))
}

/** Of whole numbers that all stand at the upper edges of their bins, and beyond the last one at the maximum. */
export function countsAtEdges(side: NumericProfile): Counts | null {
  const { edges, counts, overflow, max } = side
  const found = new Map<number, number>()
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] === 0) continue
    if (!Number.isInteger(edges[bin + 1]) || found.size === MOST) return null
    found.set(edges[bin + 1]!, counts[bin]!)
  }
  if (overflow > 0) {
    if (max === null || !Number.isInteger(max)) return null
    found.set(max, overflow)
  }
  return addingUp(side, found, 1e-12)
}

/** No value is larger than the upper edge of its bin: where they add up to as much as those, each stands at its own. */
function addingUp(
  { underflow, sum, n }: NumericProfile,
  counts: Counts,
  slack: number,
): Counts | null {
  if (underflow > 0 || sum === null) return null
  let [all, size, counted] = [0, 0, 0]
  for (const [value, count] of counts) {
    all += count * value
    size += count * Math.abs(value)
    counted += count
  }
  return counted === n && Math.abs(all - sum) <= slack * size ? counts : null
}
