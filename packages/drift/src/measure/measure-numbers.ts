import { type BinnedProfile, type NumericProfile, sameEdges } from '@tidegauge/core'
import { countUpTo } from '@tidegauge/core/internal'
import {
  kolmogorovSmirnovOfSorted,
  kolmogorovSmirnovOfSteps,
} from '../methods/kolmogorov-smirnov.ts'
import { kolmogorovSmirnovOfBins } from '../plan/built-in-methods.ts'
import type { DriftMethod, MethodResult } from '../plan/drift-method.ts'
import { gapOf } from '../read/assert-ranked.ts'
import { ColumnError } from '../read/column-error.ts'
import { type Evidence, type RankedPair, storedProfileOf } from '../read/evidence.ts'
import { sortedSample } from '../read/sorted-sample.ts'
import type { DriftSettings, WidestGap } from '../report/drift-report.ts'
import { type Distribution, decileCells } from '../samples/decile-cells.ts'
import { compareBracketed, rebinnedAlike } from './different-edges.ts'
import { effectOfDistance } from './effect.ts'
import { histogramEdges } from './histogram-edges.ts'
import {
  answered,
  blank,
  type ComparablePair,
  type Counted,
  judgeable,
  type MeasuredColumn,
  type Measurement,
  missingOf,
  unfit,
} from './measured-column.ts'
import { profileOfSorted, quantilesOfSorted } from './sorted-profile.ts'

/** Numbers and dates: by their sorted values, or by their bins where only those are known. */
export function measureNumbers(
  pair: ComparablePair,
  type: 'numeric' | 'datetime',
  ofType: readonly string[] = [],
): MeasuredColumn {
  const { name, method, settings } = pair
  const [before, after] = inBinsAlike(numbersOf(pair.reference), numbersOf(pair.current))
  const { ranked } = pair
  const exact = before.sorted !== null && after.sorted !== null
  const profiles = ranked?.drawn ?? profilesOf(before, after, exact)
  const column = {
    ...blank(name, type, method, settings),
    ...profiles,
    missing: missingOf(withoutValue(before), withoutValue(after)),
    warnings: [...infinityWarnings(before, after), ...ofType],
  }
  const compare = () => {
    if (exact) return compareSorted(before.sorted!, after.sorted!, method, settings)
    if (ranked !== undefined) return compareRanked(before.profile!, after.profile!, ranked, pair)
    return compareBinned(profiles.reference!, profiles.current!, { before, after }, pair)
  }
  return judgeable(column, { n: before.n, m: after.n }, compare, pair)
}

/** A side of a numeric column: the sorted values where they are at hand, else their profile. */
interface Numbers {
  readonly sorted: Float64Array | null
  readonly profile: NumericProfile | null
  readonly n: number
  /** Of how many values: more than `n` where a sample that was kept is a part of them. */
  readonly counted: number
  readonly missing: number
  readonly infinite: number
}

function numbersOf(evidence: Evidence): Numbers {
  if (evidence.kind === 'values' && evidence.stored === undefined) {
    const sample = sortedSample(evidence)
    const n = sample.sorted.length
    return { ...sample, profile: null, n, counted: n }
  }
  const profile = storedProfileOf(evidence)!
  const { n, missing } = profile
  // Of no kind yet, where it holds nothing.
  const bins = profile.kind === 'numeric' ? profile : null
  const known = { profile: bins, counted: n, missing, infinite: bins?.infinite ?? 0 }
  if (n === 0) return { ...known, sorted: NOTHING, n }
  if (evidence.kind !== 'values') return { ...known, sorted: null, n }
  const sorted = evidence.numbers as Float64Array
  return { ...known, sorted, n: sorted.length }
}

/** Infinite values count as missing ones: they are no values that a shift could be told of. */
function withoutValue({ counted, missing, infinite }: Numbers): Counted {
  return { n: counted, missing: missing + infinite }
}

/** Of a part of the values, as many of those without one as fall to it. */
function besides({
  n,
  counted,
  missing,
  infinite,
}: Numbers): Record<'missing' | 'infinite', number> {
  const part = n < counted ? n / counted : 1
  return { missing: missing * part, infinite: infinite * part }
}

const NOTHING = new Float64Array()

function assertOneUnit({ unit: before }: NumericProfile, { unit: after }: NumericProfile): void {
  if (before === undefined || after === undefined || before === after) return
  throw new ColumnError(
    `in ${before} in the reference and in ${after} in the current table: give both in one unit`,
  )
}

/** Two sides of which no values are at hand, in the same bins where that can be. */
function inBinsAlike(before: Numbers, after: Numbers): readonly [before: Numbers, after: Numbers] {
  if (before.sorted !== null || after.sorted !== null) return [before, after]
  assertOneUnit(before.profile!, after.profile!)
  const [reference, current] = rebinnedAlike(before.profile!, after.profile!)
  return [
    { ...before, profile: reference },
    { ...after, profile: current },
  ]
}

type ProfilePair<P extends BinnedProfile> = {
  readonly reference: P | null
  readonly current: P | null
}

function profilesOf(before: Numbers, after: Numbers, exact: boolean): ProfilePair<NumericProfile> {
  return exact ? drawnProfiles(before, after) : sharedProfiles(before, after)
}

/** Bins that show both sides well: for the picture, not for the test. */
function drawnProfiles(before: Numbers, after: Numbers): ProfilePair<NumericProfile> {
  if (before.n + after.n === 0) return { reference: null, current: null }
  const edges = histogramEdges(before.sorted!, after.sorted!)
  const profileOf = (side: Numbers) =>
    profileOfSorted(side.sorted!, edges, {
      ...besides(side),
      sum: side.n < side.counted ? undefined : side.profile?.sum,
    })
  return { reference: profileOf(before), current: profileOf(after) }
}

/** Both sides in the bins of the side that is stored; each in its own where both are, and differ. */
function sharedProfiles(before: Numbers, after: Numbers): ProfilePair<NumericProfile> {
  const { edges } = (before.sorted === null ? before.profile : after.profile)!
  const profileOf = (side: Numbers) => {
    if (side.sorted !== null) return profileOfSorted(side.sorted, edges, besides(side))
    const { deciles: _, ...bins } = side.profile!
    return bins
  }
  return { reference: profileOf(before), current: profileOf(after) }
}

function compareSorted(
  reference: Float64Array,
  current: Float64Array,
  method: DriftMethod,
  { alpha }: DriftSettings,
): Measurement {
  const { values } = method.compare
  if (values === undefined) throw unfit(method, 'numeric')
  const typeTest = kolmogorovSmirnovOfSorted(reference, current)
  const effect = effectOfDistance(typeTest.statistic, reference.length, current.length, alpha)
  const result =
    values === kolmogorovSmirnovOfSorted ? typeTest : answered(values(reference, current))
  const details = {
    quantiles: quantilesOfSorted(reference, current),
    widestGap: gapAt(typeTest.location, reference, current),
  }
  return { result, typeTest: { ...typeTest, effect }, details }
}

/** As `compareSorted` of the values, which stayed where they are. */
function compareRanked(
  reference: NumericProfile,
  current: NumericProfile,
  { widestAt, quantiles }: RankedPair,
  { method, settings }: ComparablePair,
): Measurement {
  const { bins: compareBins } = method.compare
  if (compareBins === undefined) throw new ColumnError(`${method.name} needs the values themselves`)
  const gap = gapOf(reference, current, widestAt)
  const typeTest = kolmogorovSmirnovOfSteps(reference.n, current.n, gap.steps)
  const effect = effectOfDistance(typeTest.statistic, reference.n, current.n, settings.alpha)
  const { steps: _, ...widestGap } = gap
  const found = { typeTest: { ...typeTest, effect }, details: { quantiles, widestGap } }
  if (compareBins === kolmogorovSmirnovOfBins) return { ...found, result: typeTest }
  if (method.bins !== 'deciles') {
    return { ...found, result: answered(compareBins(reference, current)) }
  }
  const cells = decileCells(reference, current)
  return { ...found, result: answered(compareBins(cells.reference, cells.current)) }
}

function gapAt(at: number, reference: Float64Array, current: Float64Array): WidestGap {
  return {
    at,
    reference: countUpTo(reference, at) / reference.length,
    current: countUpTo(current, at) / current.length,
  }
}

/** The sides of which counts alone are left. */
function withoutValues({ before, after }: Record<'before' | 'after', Numbers>): string {
  if (after.sorted !== null) return 'the reference'
  return before.sorted !== null ? 'the current table' : 'both sides'
}

function compareBinned(
  reference: NumericProfile,
  current: NumericProfile,
  numbers: { readonly before: Numbers; readonly after: Numbers },
  pair: ComparablePair,
): Measurement {
  const { method, settings } = pair
  const { bins: compareBins } = method.compare
  if (compareBins === undefined) {
    throw new ColumnError(
      `${method.name} needs the values themselves: store ${withoutValues(numbers)} with keepSample`,
    )
  }
  if (!sameEdges(reference, current)) return compareBracketed(reference, current, pair)
  const typeTest = kolmogorovSmirnovOfBins(reference, current)
  const effect = effectOfDistance(typeTest.statistic, reference.n, current.n, settings.alpha)
  const found = { typeTest: { ...typeTest, effect } }
  const bounded = typeTest.upperBound - typeTest.statistic > SEEN ? [BINS_WARNING] : []
  if (method.bins !== 'deciles') {
    return { ...found, result: answered(compareBins(reference, current)), warnings: bounded }
  }
  const cells = decileCells(distributionOf(numbers.before), distributionOf(numbers.after))
  const result = answered(compareBins(cells.reference, cells.current))
  const possible = cells.possible((before, after) => compareBins(before, after).statistic)
  const interpolated = possible === null ? [] : interpolationWarnings(method.name, result, possible)
  return { ...found, result, warnings: [...bounded, ...interpolated] }
}

/** Without a number, so that reporters can say it once for many columns. */
const BINS_WARNING =
  'compared by counts in bins: the Kolmogorov-Smirnov distance, which p and the effect come from, is a lower bound'

function distributionOf({ sorted, profile }: Numbers): Distribution {
  return sorted ?? profile!
}

/** Differences that no reader of six digits sees are no matter. */
const SEEN = 1e-6

function interpolationWarnings(
  name: string,
  { statistic }: MethodResult,
  [least, most]: readonly [number, number],
): string[] {
  const [low, high] = [Math.min(least, statistic), Math.max(most, statistic)]
  if (!(high - low > SEEN)) return []
  const digits = (x: number) => Number(x.toPrecision(3))
  return [
    `the stored bins do not hold the reference's deciles: the counts between them are interpolated, and ${name} of the values themselves may lie between ${digits(low)} and ${digits(high)}; a profile that is stored anew with a multiple of 10 bins holds them`,
  ]
}

function infinityWarnings(before: Numbers, after: Numbers): string[] {
  if (before.infinite + after.infinite === 0) return []
  return [
    `infinite values counted as missing: ${before.infinite} in the reference, ${after.infinite} in the current table`,
  ]
}
