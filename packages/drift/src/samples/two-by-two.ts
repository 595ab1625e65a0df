import { type BinnedProfile, type CategoricalProfile, InvalidArgumentError } from '@tidegauge/core'
import { alignCells, type Cells, isProfile, total } from './cells.ts'
import { assertSameForm } from './divergence-cells.ts'
import { type CategoryValue, profileOfCategories } from './sample.ts'

/** Counts of two categories on both sides, in the order of their names: 'false' and 'true', '0' and '1'. */
export interface TwoByTwo {
  readonly reference: TwoCounts
  readonly current: TwoCounts
}

export type TwoCounts = readonly [first: number, second: number]

/**
 * Count both sides into two categories; where there is one alone, the other counts 0.
 *
 * Names are put in order as text. Of numeric profiles the filled bins count, in their order; in profiles
 * with values under `other` that is the second category.
 *
 * @throws InvalidArgumentError where there are more than two categories over both sides
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 */
export function twoByTwo(
  reference: BinnedProfile | ArrayLike<CategoryValue>,
  current: BinnedProfile | ArrayLike<CategoryValue>,
): TwoByTwo {
  assertSameForm(reference, current)
  const before = profileOf('reference', reference)
  const after = profileOf('current', current)
  const cells = alignCells(before, after)
  if (cells.reference.length > 2) {
    throw new InvalidArgumentError(
      'current',
      'of at most two categories together with "reference"',
      cells.reference.length,
    )
  }
  return before.kind === 'categorical' && after.kind === 'categorical'
    ? inOrderOfNames(before, after, cells)
    : { reference: pair(cells.reference), current: pair(cells.current) }
}

function profileOf(
  argument: string,
  sample: BinnedProfile | ArrayLike<CategoryValue>,
): BinnedProfile {
  return isProfile(sample) ? sample : profileOfCategories(argument, sample)
}

function inOrderOfNames(
  before: CategoricalProfile,
  after: CategoricalProfile,
  cells: Cells,
): TwoByTwo {
  if (before.other + after.other > 0) {
    return { reference: pair(cells.reference), current: pair(cells.current) }
  }
  const [first] = [...before.categories, ...after.categories]
    .filter((name) => countOf(before, name) + countOf(after, name) > 0)
    .sort()
  const split = (profile: CategoricalProfile): TwoCounts => {
    const count = countOf(profile, first!)
    return [count, total(profile.counts) - count]
  }
  return { reference: split(before), current: split(after) }
}

function countOf({ categories, counts }: CategoricalProfile, name: string): number {
  return counts[categories.indexOf(name)] ?? 0
}

function pair(counts: readonly number[]): TwoCounts {
  return [counts[0]!, counts[1] ?? 0]
}
