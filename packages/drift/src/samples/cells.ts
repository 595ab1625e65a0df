import {
  type BinnedProfile,
  type CategoricalProfile,
  IncompatibleProfilesError,
  InvalidArgumentError,
  type NumericProfile,
  sameEdges,
} from '@tidegauge/core'
import { assertOneProfile } from '@tidegauge/core/internal'

/** Both sides counted into the same cells; none is empty on both sides. */
export interface Cells {
  /** One count per cell. */
  readonly reference: readonly number[]
  readonly current: readonly number[]
  /** Is the last cell that of all categories that have none of their own? */
  readonly hasRest?: true
}

/** Is it a profile, and not an array of values? */
export function isProfile(sample: BinnedProfile | ArrayLike<unknown>): sample is BinnedProfile {
  return typeof sample === 'object' && sample !== null && 'kind' in sample
}

/**
 * Line up two profiles cell by cell.
 *
 * Numeric profiles: a cell per bin, and one each for underflow and overflow.
 *
 * Categorical profiles: a category is its own cell where both sides know its count; that is where both
 * name it, or one names it and the other has nothing under `other`, hence none of it. All else is one
 * last cell, the rest. What is lost is drift between categories that share it. The rest is what one side
 * named too rarely, so that chance alone makes it larger on the other: a test should pool it with what is
 * rare (`poolRareCells`). One approximation remains: in a profile merged of bounded ones, some values of a
 * named category may be among `other`.
 *
 * @throws IncompatibleProfilesError where kinds or edges differ
 * @throws InvalidArgumentError where a side counted nothing, or a count is not a non-negative number
 */
export function alignCells(reference: BinnedProfile, current: BinnedProfile): Cells {
  return withoutEmptyCells(allCells(reference, current))
}

function allCells(reference: BinnedProfile, current: BinnedProfile): Cells {
  assertCounted('reference', reference)
  assertCounted('current', current)
  if (reference.kind === 'numeric' && current.kind === 'numeric') {
    assertSameEdges(reference, current)
    return { reference: binsOf(reference), current: binsOf(current) }
  }
  if (reference.kind === 'categorical' && current.kind === 'categorical') {
    return alignCategories(reference, current)
  }
  throw new IncompatibleProfilesError(
    `a ${reference.kind} profile cannot be compared to a ${current.kind} one`,
  )
}

/** @throws IncompatibleProfilesError where the profiles do not count into the very same bins */
export function assertSameEdges(reference: NumericProfile, current: NumericProfile): void {
  if (sameEdges(reference, current)) return
  throw new IncompatibleProfilesError(
    'profiles with different edges cannot be compared: store one like the other, by the option like of profile',
  )
}

/** @throws InvalidArgumentError where nothing was counted, or a count is not a non-negative number */
export function assertCounted(argument: string, profile: BinnedProfile): void {
  assertOneProfile(argument, profile)
  const others =
    profile.kind === 'numeric'
      ? ({ underflow: profile.underflow, overflow: profile.overflow } as const)
      : ({ other: profile.other } as const)
  for (const [field, count] of Object.entries(others)) {
    if (!isCount(count)) throw notCounted(`${argument}.${field}`, count)
  }
  const wrong = profile.counts.findIndex((count) => !isCount(count))
  if (wrong >= 0) throw notCounted(`${argument}.counts[${wrong}]`, profile.counts[wrong])
  if (total(profile.counts) + total(Object.values(others)) === 0)
    throw new InvalidArgumentError(argument, 'a profile of at least one value', 'none')
}

function isCount(count: number): boolean {
  return Number.isFinite(count) && count >= 0
}

function notCounted(field: string, count: unknown): InvalidArgumentError {
  return new InvalidArgumentError(field, 'a non-negative number', count)
}

/** Underflow, the bins, overflow. */
export function binsOf(profile: NumericProfile): number[] {
  return [profile.underflow, ...profile.counts, profile.overflow]
}

function alignCategories(reference: CategoricalProfile, current: CategoricalProfile): Cells {
  const counts = new Map<string, { before?: number; after?: number }>()
  reference.categories.forEach((name, i) => {
    counts.set(name, { before: reference.counts[i]! })
  })
  current.categories.forEach((name, i) => {
    const known = counts.get(name)
    if (known === undefined) counts.set(name, { after: current.counts[i]! })
    else known.after = current.counts[i]!
  })
  const cells = { reference: [] as number[], current: [] as number[] }
  const rest = { reference: reference.other, current: current.other }
  for (const { before, after } of counts.values()) {
    const bothKnown =
      (before !== undefined || reference.other === 0) &&
      (after !== undefined || current.other === 0)
    if (bothKnown) {
      cells.reference.push(before ?? 0)
      cells.current.push(after ?? 0)
    } else {
      rest.reference += before ?? 0
      rest.current += after ?? 0
    }
  }
  return {
    reference: [...cells.reference, rest.reference],
    current: [...cells.current, rest.current],
    ...(rest.reference + rest.current > 0 && { hasRest: true }),
  }
}

export function withoutEmptyCells(cells: Cells): Cells {
  const { reference, current } = cells
  const isUsed = (_: number, i: number): boolean => reference[i]! + current[i]! > 0
  return { ...cells, reference: reference.filter(isUsed), current: current.filter(isUsed) }
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
