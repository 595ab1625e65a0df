/**
 * What the packages of this repository share and nobody else should need: any release may change it.
 *
 * @internal
 * @packageDocumentation
 */
export { MOST_DRAWN_APART } from './measure/histogram-edges.ts'
export { assertUnits, DRIFT_OPTIONS } from './plan/options.ts'
export { assertOrigin } from './profile/parse-table-profile.ts'
export { momentsFrom } from './profile/stored-moments.ts'
export { ORIGIN_KEYS, timeOf } from './profile/table-profile.ts'
export { withUnit } from './profile/with-unit.ts'
export {
  comparedPlaces,
  type RankedEdges,
  type RankedSide,
  rankedEdges,
  rankedPair,
  type SideCounts,
} from './read/ranked-sides.ts'
export { neighbour, quantileEdgesOfPlaces, quantilePlaces } from './samples/quantile-edges.ts'
