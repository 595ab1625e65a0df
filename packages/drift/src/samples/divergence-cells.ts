import { type BinnedProfile, InvalidArgumentError, numericProfile } from '@tidegauge/core'
import { alignCells, type Cells, isProfile } from './cells.ts'
import { decileCells } from './decile-cells.ts'
import { quantileEdges } from './quantile-edges.ts'
import { finiteSample, profileOfCategories, sortedSample } from './sample.ts'

/** What a divergence compares: finite numbers, or categories. */
export type Values = ArrayLike<number> | ArrayLike<string | boolean>

export interface BinningOptions {
  /**
   * - `quantile`: numbers are counted between the reference's quantiles
   * - `evidently`: as Evidently counts them, see `evidentlyCells`; not for profiles of numbers
   */
  readonly binning?: 'quantile' | 'evidently'
  /** How many bins between quantiles, each with about as many reference values; 10 by default. */
  readonly bins?: number
}

export const BINNING_OPTIONS: Readonly<Record<keyof BinningOptions, true>> = {
  binning: true,
  bins: true,
}

/**
 * Count both sides into the cells that a divergence compares; none is empty on both sides.
 *
 * Numbers are counted into bins between the reference's quantiles, open at both ends: values beyond the
 * reference's range, like underflow and overflow of a profile, belong to the outermost bin.
 *
 * @throws InvalidArgumentError on an empty sample, a non-finite number, a profile against an array, or
 *   fewer than 2 bins
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 */
export function divergenceCells(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
  bins = 10,
): Cells {
  if (!(Number.isInteger(bins) && bins >= 2)) {
    throw new InvalidArgumentError('bins', 'an integer of at least 2', bins)
  }
  assertSameForm(reference, current)
  return alignCells(...profilesOf(reference, current, bins))
}

/**
 * Is it Evidently's binning?
 *
 * @throws InvalidArgumentError where it is none of both
 */
export function isEvidentlyBinning(binning: 'quantile' | 'evidently'): boolean {
  if (binning === 'quantile' || binning === 'evidently') return binning === 'evidently'
  throw new InvalidArgumentError('binning', "'quantile' or 'evidently'", binning)
}

/** @throws InvalidArgumentError where one side is a profile and the other an array */
export function assertSameForm(
  reference: BinnedProfile | ArrayLike<unknown>,
  current: BinnedProfile | ArrayLike<unknown>,
): void {
  if (isProfile(reference) === isProfile(current)) return
  const form = isProfile(reference) ? 'a profile' : 'an array'
  throw new InvalidArgumentError('current', `${form}, as "reference" is`, current)
}

/** The first value decides; the others must be of its type, or the sample is rejected. */
export function isNumeric(values: Values): values is ArrayLike<number> {
  return typeof values?.[0] === 'number'
}

function profilesOf(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
  bins: number,
): [reference: BinnedProfile, current: BinnedProfile] {
  if (isProfile(reference)) return cellsOfProfiles(reference, current as BinnedProfile)
  const values = current as Values
  if (!isNumeric(reference)) {
    return [profileOfCategories('reference', reference), profileOfCategories('current', values)]
  }
  const before = sortedSample('reference', reference)
  const after = finiteSample('current', values as ArrayLike<number>)
  const edges = quantileEdges(before, bins)
  return [withoutTails(numericProfile(before, edges)), withoutTails(numericProfile(after, edges))]
}

/** Between the deciles that the reference holds; else in all of its bins. */
export function cellsOfProfiles(
  reference: BinnedProfile,
  current: BinnedProfile,
): [reference: BinnedProfile, current: BinnedProfile] {
  if (reference.kind === 'numeric' && current.kind === 'numeric' && reference.deciles) {
    const cells = decileCells(reference, current)
    return [cells.reference, cells.current]
  }
  return [withoutTails(reference), withoutTails(current)]
}

/** Underflow counted into the first bin, overflow into the last. */
function withoutTails(profile: BinnedProfile): BinnedProfile {
  if (profile.kind === 'categorical') return profile
  const last = profile.counts.length - 1
  const counts = profile.counts.map(
    (count, i) => count + (i === 0 ? profile.underflow : 0) + (i === last ? profile.overflow : 0),
  )
  return { ...profile, counts, underflow: 0, overflow: 0 }
}
