import { assertOneProfile } from './assert-given.ts'
import { type NumericProfile, numericProfile } from './binned-profile.ts'
import { IncompatibleProfilesError } from './errors.ts'

/**
 * What would `numericProfile` have counted between fewer edges?
 *
 * The count between two of the old edges is the sum of the bins between them, so that it is exact where every new edge
 * is an old one. Of values that are no new bin's, those below go to the underflow, those above to the overflow.
 * `deciles` stay where all of them are among the new edges.
 *
 * The first bin holds its lower edge too. Where that is an old inner edge, values equal to it were counted among
 * others, in the bin below: it must be empty.
 *
 * @param profile - counts between edges that the new ones are among
 * @param edges - at least two finite numbers, strictly increasing
 * @throws IncompatibleProfilesError where the profile cannot tell these counts; its message names the cure
 * @throws InvalidArgumentError on edges that are not finite and strictly increasing
 * @example
 * rebin(numericProfile([1, 2, 2, 9], [0, 1, 2, 4]), [0, 2, 4]).counts // [3, 0], and overflow 1
 */
export function rebin(profile: NumericProfile, edges: ArrayLike<number>): NumericProfile {
  assertOneProfile('profile', profile, 'numeric')
  const { edges: bounds } = numericProfile([], edges)
  const places = placesIn(profile, bounds)
  const first = places[0]!
  const last = places[places.length - 1]!
  const { counts, deciles: _, ...known } = profile
  const deciles = decilesAmong(profile, places)
  return {
    ...known,
    edges: bounds,
    counts: places.slice(1).map((place, i) => sumOf(counts, places[i]!, place)),
    underflow: profile.underflow + sumOf(counts, 0, first),
    overflow: profile.overflow + sumOf(counts, last, counts.length),
    ...(deciles === undefined ? {} : { deciles }),
  }
}

function placesIn({ edges, counts }: NumericProfile, bounds: readonly number[]): number[] {
  const placeOf = new Map(edges.map((edge, place) => [edge, place]))
  const places = bounds.map((bound) => {
    const place = placeOf.get(bound)
    if (place !== undefined) return place
    throw cannotBeTold(`${bound} is none of its edges`)
  })
  const first = places[0]!
  if (first > 0 && counts[first - 1]! > 0) {
    throw cannotBeTold(
      `values of ${bounds[0]} would be in the first bin, and were counted with those between ${edges[first - 1]} and it`,
    )
  }
  return places
}

function cannotBeTold(why: string): IncompatibleProfilesError {
  return new IncompatibleProfilesError(
    `the profile cannot be rebinned: ${why}; count the values anew into these edges, a table by profile(table, { like })`,
  )
}

function decilesAmong(
  { deciles }: NumericProfile,
  places: readonly number[],
): readonly number[] | undefined {
  if (deciles === undefined) return undefined
  const placeOf = new Map(places.map((place, i) => [place, i]))
  const among = deciles.map((place) => placeOf.get(place))
  return among.every((place) => place !== undefined) ? among : undefined
}

function sumOf(counts: readonly number[], from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += counts[i]!
  return sum
}
