import type { NumericProfile } from '@tidegauge/core'

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

/** Neighbouring bins of a histogram taken together. */
export interface BinGroup extends StabilityPart {
  readonly from: number
  readonly to: number
}

const GROUPS = 10

/**
 * PSI by groups of neighbouring bins that hold about a tenth of the reference each, the outermost with all
 * that lies beyond: bins that are nearly empty would count by their noise.
 *
 * @returns none where the sides are not counted into the same bins
 */
export function stabilityByBins(reference: NumericProfile, current: NumericProfile): BinGroup[] {
  const { edges, counts, n } = reference
  if (edges.length !== current.edges.length || edges.some((e, i) => e !== current.edges[i]))
    return []
  const groups: Array<{ from: number; to: number; before: number; after: number }> = []
  let [from, before, after] = [edges[0]!, reference.underflow, current.underflow]
  counts.forEach((count, i) => {
    before += count
    after += current.counts[i]!
    if (before < n / GROUPS) return
    groups.push({ from, to: edges[i + 1]!, before, after })
    ;[from, before, after] = [edges[i + 1]!, 0, 0]
  })
  before += reference.overflow
  after += current.overflow
  const end = edges[edges.length - 1]!
  if (from < end) groups.push({ from, to: end, before, after })
  else if (groups.length > 0) {
    const last = groups[groups.length - 1]!
    last.before += before
    last.after += after
  }
  const parts = stabilityParts(
    groups.map((group) => group.before),
    groups.map((group) => group.after),
  )
  return groups.map((group, i) => ({ from: group.from, to: group.to, ...parts[i]! }))
}
