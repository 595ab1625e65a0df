import { type NumericProfile, sameEdges } from '@tidegauge/core'
import type { FewValue } from './few-values.ts'

/** What a bin or a category adds to the population stability index. */
export interface StabilityPart {
  readonly value: number
  /** Is its share larger on the current side? */
  readonly more: boolean
}

/**
 * The terms of PSI = Σ (p − q) ln(p / q), with p = (count + ½) / (n + B/2) as `populationStabilityIndex`
 * has it: none is infinite.
 *
 * @param before - counts of the reference
 * @param after - counts of the current side in the same cells
 */
export function stabilityParts(
  before: readonly number[],
  after: readonly number[],
): StabilityPart[] {
  const p = smoothedShares(before)
  const q = smoothedShares(after)
  return p.map((share, i) => ({
    value: (share - q[i]!) * Math.log(share / q[i]!),
    more: q[i]! > share,
  }))
}

export function total(parts: readonly StabilityPart[]): number {
  return parts.reduce((sum, { value }) => sum + value, 0)
}

function smoothedShares(counts: readonly number[]): number[] {
  const sum = counts.reduce((all, count) => all + count + 0.5, 0)
  return counts.map((count) => (count + 0.5) / sum)
}

/** Neighbouring bins of a histogram, or values, taken together. */
export interface BinGroup extends StabilityPart {
  readonly from: number
  readonly to: number
}

interface Cell {
  readonly from: number
  readonly to: number
  readonly before: number
  readonly after: number
}

const GROUPS = 10

/**
 * PSI by groups of neighbouring bins that hold about a tenth of the reference each, the outermost with all
 * that lies beyond: bins that are nearly empty would count by their noise.
 *
 * @returns none where the sides are not counted into the same bins
 */
export function stabilityByBins(reference: NumericProfile, current: NumericProfile): BinGroup[] {
  if (!sameEdges(reference, current)) return []
  const { edges, counts, n } = reference
  const last = counts.length - 1
  const cells = counts.map((count, i) => ({
    from: edges[i]!,
    to: edges[i + 1]!,
    before: count + (i === 0 ? reference.underflow : 0) + (i === last ? reference.overflow : 0),
    after:
      current.counts[i]! + (i === 0 ? current.underflow : 0) + (i === last ? current.overflow : 0),
  }))
  return withParts(grouped(cells, n / GROUPS))
}

/** The same of a few values: a group each, or from one to another where they are more. */
export function stabilityByValues(values: readonly FewValue[]): BinGroup[] {
  const cells = values.map(({ value, reference, current }) => ({
    from: value,
    to: value,
    before: reference,
    after: current,
  }))
  if (cells.length <= GROUPS) return withParts(cells)
  return withParts(grouped(cells, cells.reduce((sum, { before }) => sum + before, 0) / GROUPS))
}

function grouped(cells: readonly Cell[], least: number): Cell[] {
  const groups: Cell[] = []
  let open: Cell | null = null
  for (const cell of cells) {
    open = open === null ? cell : joined(open, cell)
    if (open.before < least) continue
    groups.push(open)
    open = null
  }
  return open === null ? groups : [...groups, open]
}

function joined(a: Cell, b: Cell): Cell {
  return { from: a.from, to: b.to, before: a.before + b.before, after: a.after + b.after }
}

function withParts(cells: readonly Cell[]): BinGroup[] {
  const parts = stabilityParts(
    cells.map(({ before }) => before),
    cells.map(({ after }) => after),
  )
  return cells.map(({ from, to }, i) => ({ from, to, ...parts[i]! }))
}
