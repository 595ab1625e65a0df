import { countBelow } from './ascending.ts'
import { AscendingGrid } from './ascending-grid.ts'
import { assertList, assertOneProfile } from './assert-given.ts'
import {
  IncompatibleProfilesError,
  InvalidArgumentError,
  UnsupportedVersionError,
} from './errors.ts'
import { assertOptions } from './options.ts'

/**
 * A distribution reduced to counts: small, mergeable by addition, and plain JSON.
 *
 * A latency histogram, a reference month, a live window, a `GROUP BY` in a database and a Prometheus
 * counter are all this one thing, so that one set of statistics compares them.
 */
export type BinnedProfile = NumericProfile | CategoricalProfile

/** Counts of numbers between edges. Bin i holds edges[i] < x ≤ edges[i + 1]; the first also x = edges[0]. */
export interface NumericProfile {
  readonly kind: 'numeric'
  readonly version: typeof PROFILE_VERSION
  /** B + 1 finite numbers, strictly increasing. */
  readonly edges: readonly number[]
  /** B counts, one per bin. */
  readonly counts: readonly number[]
  /** Values below edges[0]. */
  readonly underflow: number
  /** Values above edges[B]. */
  readonly overflow: number
  /** Values that were counted: all bins, under- and overflow. Neither missing nor infinite ones are among them. */
  readonly n: number
  /** NaN among them. */
  readonly missing: number
  /** Values that are +∞ or −∞: no shift could be told of them. {@link uncounted} takes them for missing. */
  readonly infinite: number
  /** Extremes of the finite values; null where there is none or it is not known. */
  readonly min: number | null
  readonly max: number | null
  /** Sum of the values; null where it is not known or not finite. */
  readonly sum: number | null
  /**
   * Which of the edges lie between tenths of the values, by their places in `edges`, ascending: statistics that
   * are summed over cells compare these, as they do where the values are at hand. Absent where the edges do not
   * hold them.
   */
  readonly deciles?: readonly number[]
  /** What the values are in: `seconds`, say. Profiles of two units are neither added nor compared. */
  readonly unit?: string
}

/**
 * Counts of categories, bounded: what exceeds the bound is counted together under `other`.
 *
 * Of a category without a name is known that it has at most `otherAtMost` values; of a named one that it has at least
 * its count, and at most the same, unless `countsAtMost` says more.
 */
export interface CategoricalProfile {
  readonly kind: 'categorical'
  readonly version: typeof PROFILE_VERSION
  /** Most frequent first; equally frequent ones in the order of their code points, as engines sort texts. */
  readonly categories: readonly string[]
  /** One count per category. */
  readonly counts: readonly number[]
  /** The most that each can have, where a merge or a sketch may have left some under `other`; else absent. */
  readonly countsAtMost?: readonly number[]
  /** Values of all categories beyond the bound. */
  readonly other: number
  /** The most that one category without a name can have: 0 where there is none. Absent in older profiles: {@link hiddenAtMost}. */
  readonly otherAtMost?: number
  /** Values that were counted: all categories and `other`. Missing ones are not among them. */
  readonly n: number
  readonly missing: number
}

/**
 * A file of a later version is refused; a change that old readers would misread raises it. 2: infinite values have a
 * count of their own; in version 1 they were missing, or beyond the edges.
 */
export const PROFILE_VERSION = 2

const DEFAULT_MAX_CATEGORIES = 1000

export interface NumericProfileOptions {
  /** Missing values that were set aside before. */
  readonly missing?: number
  /** Infinite values that were set aside before. */
  readonly infinite?: number
}

/**
 * Count numbers into bins.
 *
 * @param values - numbers in any order; ±∞ counts as infinite, NaN as missing
 * @param edges - at least two finite numbers, strictly increasing; an edge belongs to the bin below it
 * @throws InvalidArgumentError on edges that are not finite and strictly increasing
 * @example
 * numericProfile([1, 2, 2, 9], [0, 2, 4]).counts // [3, 0], and overflow 1
 */
export function numericProfile(
  values: ArrayLike<number>,
  edges: ArrayLike<number>,
  options: NumericProfileOptions = {},
): NumericProfile {
  assertOptions('options', options, NUMERIC_OPTIONS)
  assertList('values', values, 'a list of numbers')
  assertEdges('edges', edges)
  const bounds = Float64Array.from(edges)
  const bins = bounds.length - 1
  // Slot 0 is underflow, slot i + 1 is bin i, the last is overflow.
  const slots = new Float64Array(bins + 2)
  let { missing = 0, infinite = 0 } = options
  assertCount('missing', missing)
  assertCount('infinite', infinite)
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  let sum = 0
  const isMany = values.length >= MANY * bounds.length
  const grid = isMany ? new AscendingGrid(bounds) : null
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!
    // ∞ − ∞ and NaN are no numbers; x − x of any other is 0.
    if (x - x !== 0) {
      if (Number.isNaN(x)) missing++
      else infinite++
      continue
    }
    const below = grid === null ? countBelow(bounds, x) : grid.countBelow(x)
    // The first edge belongs to the first bin.
    slots[x === bounds[0] ? 1 : below]!++
    sum += x
    if (x < min) min = x
    if (x > max) max = x
  }
  return {
    kind: 'numeric',
    version: PROFILE_VERSION,
    edges: Array.from(bounds),
    counts: Array.from(slots.subarray(1, bins + 1)),
    underflow: slots[0]!,
    overflow: slots[bins + 1]!,
    n: total(slots),
    missing,
    infinite,
    min: Number.isFinite(min) ? min : null,
    max: Number.isFinite(max) ? max : null,
    sum: Number.isFinite(sum) ? sum : null,
  }
}

const NUMERIC_OPTIONS = { missing: true, infinite: true } as const satisfies Record<
  keyof NumericProfileOptions,
  true
>

/** So many values an edge pay for a grid over the edges. */
const MANY = 32

export interface CategoricalProfileOptions {
  /** How many categories are kept by name; the rest is counted under `other`. */
  readonly maxCategories?: number
  /** Missing values that were set aside before. */
  readonly missing?: number
  /** Values of categories without a name, which were counted together before. */
  readonly other?: number
  /** The most that one of those can have; default: all of them. */
  readonly otherAtMost?: number
}

const CATEGORICAL_OPTIONS = {
  maxCategories: true,
  missing: true,
  other: true,
  otherAtMost: true,
} as const satisfies Record<keyof CategoricalProfileOptions, true>

/** A category, how often it occurs, and the most that it may, where that is not known. */
export type CountedCategory = readonly [category: string, count: number, atMost?: number]

/**
 * Count categories.
 *
 * @param counts - how often each category occurs; zero counts are kept, so that a category can be known and absent
 * @throws InvalidArgumentError on a count that is not a non-negative number
 * @example
 * categoricalProfile(new Map([['a', 2], ['b', 5]])).categories // ['b', 'a']
 */
export function categoricalProfile(
  counts: Iterable<CountedCategory>,
  options: CategoricalProfileOptions = {},
): CategoricalProfile {
  assertOptions('options', options, CATEGORICAL_OPTIONS)
  const { maxCategories = DEFAULT_MAX_CATEGORIES, missing = 0, other: before = 0 } = options
  if (!Number.isInteger(maxCategories) || maxCategories < 1) {
    throw new InvalidArgumentError('maxCategories', 'a positive integer', maxCategories)
  }
  const given = countedRows(counts)
  for (let i = 0; i < given.length; i++) {
    const [category, count] = given[i]!
    if (typeof category !== 'string') throw noName(`counts[${i}][0]`, category)
    // A name for each of a million would cost more than the checks.
    if (!isCount(count)) assertGivenCount(`counts[${category}]`, count)
  }
  assertCount('missing', missing)
  assertCount('other', before)
  const sorted = byFrequencyThenName(given)
  const named = Math.min(sorted.length, maxCategories)
  const categories = new Array<string>(named)
  const keptCounts = new Array<number>(named)
  let other = before
  let hidden = before === 0 ? 0 : (options.otherAtMost ?? before)
  // By index: of a million, names and counts that are taken out of pairs by callbacks cost as much as the sorting.
  for (let i = 0; i < sorted.length; i++) {
    const counted = sorted[i]!
    if (i < named) {
      categories[i] = counted[0]
      keptCounts[i] = counted[1]
    } else {
      other += counted[1]
      hidden = Math.max(hidden, counted[2] ?? counted[1])
    }
  }
  const mostOf = (count: number, i: number) => Math.min(sorted[i]![2] ?? count, count + other)
  const isInDoubt = keptCounts.some((count, i) => mostOf(count, i) > count)
  return {
    kind: 'categorical',
    version: PROFILE_VERSION,
    categories,
    counts: keptCounts,
    ...(isInDoubt && { countsAtMost: keptCounts.map(mostOf) }),
    other,
    otherAtMost: Math.min(hidden, other),
    n: total(keptCounts) + other,
    missing,
  }
}

function countedRows(counts: Iterable<CountedCategory>): readonly CountedCategory[] {
  if (typeof (counts as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function') {
    throw new InvalidArgumentError('counts', 'pairs of a category and its count', counts)
  }
  const rows = Array.isArray(counts) ? (counts as readonly CountedCategory[]) : [...counts]
  const other = rows.findIndex((row) => !Array.isArray(row))
  if (other === -1) return rows
  throw new InvalidArgumentError(`counts[${other}]`, '[category, count]', rows[other])
}

function noName(argument: string, category: unknown): InvalidArgumentError {
  const expected =
    category === null || category === undefined
      ? 'a text: what is missing is counted by the option "missing"'
      : 'a text: categoryOf(cell) makes one of it'
  return new InvalidArgumentError(argument, expected, category)
}

/** Where no count is in doubt, names alone are sorted, those of one count at a time: a quarter of the time for a million. */
function byFrequencyThenName(counts: readonly CountedCategory[]): readonly CountedCategory[] {
  const isInOrder = (counted: CountedCategory, i: number) =>
    i === 0 || inOrder(counts[i - 1]!, counted) <= 0
  if (counts.every(isInOrder)) return counts
  if (counts.some(([, count, atMost = count]) => atMost !== count)) return [...counts].sort(inOrder)
  const namesOf = new Map<number, string[]>()
  for (const [name, count] of counts) {
    const names = namesOf.get(count)
    if (names === undefined) namesOf.set(count, [name])
    else names.push(name)
  }
  return [...namesOf.keys()]
    .sort((a, b) => b - a)
    .flatMap((count) =>
      sortedByCodePoints(namesOf.get(count)!).map((name): CountedCategory => [name, count]),
    )
}

const SURROGATE = /[\ud800-\udfff]/

/** JavaScript sorts by UTF-16 units, which is the same but where one of them is a half of a code point. */
function sortedByCodePoints(names: string[]): string[] {
  const sorted = names.sort()
  return sorted.some((name) => SURROGATE.test(name)) ? sorted.sort(compareCodePoints) : sorted
}

function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return rankOf(x) - rankOf(y)
  }
  return a.length - b.length
}

/** Halves of code points above U+FFFF come after all others. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

function inOrder([nameA, countA]: CountedCategory, [nameB, countB]: CountedCategory): number {
  if (countA !== countB) return countB - countA
  return compareCodePoints(nameA, nameB)
}

/** The named categories of a profile, as {@link categoricalProfile} takes them. */
export function countedCategories({
  categories,
  counts,
  countsAtMost = counts,
}: CategoricalProfile): CountedCategory[] {
  return categories.map((category, i) => [category, counts[i]!, countsAtMost[i]!])
}

/**
 * The same values, with other names or fewer of them.
 *
 * @param counts - of the categories that `profile` names
 * @param maxCategories - default: all are kept
 */
export function withCategories(
  profile: CategoricalProfile,
  counts: readonly CountedCategory[],
  maxCategories: number = Math.max(1, counts.length),
): CategoricalProfile {
  const { missing, other } = profile
  const otherAtMost = hiddenAtMost(profile)
  return categoricalProfile(counts, { maxCategories, missing, other, otherAtMost })
}

/**
 * The same values, by the categories that `like` names, those that do not occur with 0, and by the most frequent others.
 *
 * @param counted - names every category of `like` that occurs
 * @param maxCategories - how many others are named
 */
export function categoriesLike(
  counted: CategoricalProfile,
  like: CategoricalProfile,
  maxCategories: number,
): CategoricalProfile {
  const counts = new Map(counted.categories.map((name, i) => [name, counted.counts[i]!]))
  const isKnown = new Set(like.categories)
  const others = counted.categories.filter((name) => !isKnown.has(name))
  const named = [...like.categories, ...others.slice(0, maxCategories)]
  const hidden = others.slice(maxCategories).map((name) => counts.get(name)!)
  const before = hiddenAtMost(counted)
  return categoricalProfile(
    named.map((name) => [name, counts.get(name) ?? 0]),
    {
      maxCategories: Math.max(1, named.length),
      missing: counted.missing,
      other: hidden.reduce((sum, count) => sum + count, counted.other),
      // The most frequent first.
      otherAtMost: Math.max(hidden[0] ?? 0, before),
    },
  )
}

/**
 * The most that one category without a name can have. Profiles of older releases do not tell; those that name the
 * most frequent categories hide none that has more than the least of them.
 */
export function hiddenAtMost({ counts, other, otherAtMost }: CategoricalProfile): number {
  if (otherAtMost !== undefined) return otherAtMost
  const least = counts.reduce((smallest, count) => Math.min(smallest, count), other)
  return least > 0 ? least : other
}

/**
 * Add two profiles of the same shape: the profile of both samples together.
 *
 * Categories that one side already counted under `other` stay there; merging cannot name them again. One that the
 * other side names has the count of that side, and at most as many more as the first can hide (`countsAtMost`).
 *
 * Kept are as many as a side has, and 1000 at least, unless `maxCategories` says otherwise.
 *
 * @throws IncompatibleProfilesError where kinds or edges differ
 */
export function mergeProfiles(a: NumericProfile, b: NumericProfile): NumericProfile
export function mergeProfiles(
  a: CategoricalProfile,
  b: CategoricalProfile,
  options?: Pick<CategoricalProfileOptions, 'maxCategories'>,
): CategoricalProfile
export function mergeProfiles(
  a: BinnedProfile,
  b: BinnedProfile,
  options?: Pick<CategoricalProfileOptions, 'maxCategories'>,
): BinnedProfile
export function mergeProfiles(
  a: BinnedProfile,
  b: BinnedProfile,
  options: Pick<CategoricalProfileOptions, 'maxCategories'> = {},
): BinnedProfile {
  assertOptions('options', options, MERGE_OPTIONS)
  assertOneProfile('a', a)
  assertOneProfile('b', b)
  if (a.kind === 'numeric' && b.kind === 'numeric') {
    return mergeNumeric(currentProfile(a), currentProfile(b))
  }
  if (a.kind === 'categorical' && b.kind === 'categorical') return mergeCategorical(a, b, options)
  throw new IncompatibleProfilesError(`a ${a.kind} profile cannot be added to a ${b.kind} one`)
}

const MERGE_OPTIONS = { maxCategories: true } as const

function mergeNumeric(a: NumericProfile, b: NumericProfile): NumericProfile {
  if (!sameEdges(a, b)) {
    throw new IncompatibleProfilesError(
      'profiles with different edges cannot be added: count both sides into the same edges',
    )
  }
  const unit = a.unit ?? b.unit
  if ((b.unit ?? unit) !== unit) {
    throw new IncompatibleProfilesError(
      `a profile in ${unit} cannot be added to one in ${b.unit}: give both in one unit`,
    )
  }
  const { deciles: ofA, ...bins } = a
  // Those of two samples are not those of both together.
  const deciles = b.n === 0 ? ofA : a.n === 0 ? b.deciles : undefined
  return {
    ...bins,
    ...(unit !== undefined && { unit }),
    ...(deciles === undefined ? {} : { deciles }),
    counts: a.counts.map((count, i) => count + b.counts[i]!),
    underflow: a.underflow + b.underflow,
    overflow: a.overflow + b.overflow,
    n: a.n + b.n,
    missing: a.missing + b.missing,
    infinite: a.infinite + b.infinite,
    min: extreme(Math.min, a, b, 'min'),
    max: extreme(Math.max, a, b, 'max'),
    sum: sumOfBoth(a.sum, b.sum),
  }
}

function sumOfBoth(a: number | null, b: number | null): number | null {
  const sum = a === null || b === null ? Number.NaN : a + b
  return Number.isFinite(sum) ? sum : null
}

function extreme(
  choose: (x: number, y: number) => number,
  a: NumericProfile,
  b: NumericProfile,
  end: 'min' | 'max',
): number | null {
  if (a.n === 0) return b[end]
  if (b.n === 0) return a[end]
  const x = a[end]
  const y = b[end]
  return x === null || y === null ? null : choose(x, y)
}

function mergeCategorical(
  a: CategoricalProfile,
  b: CategoricalProfile,
  options: Pick<CategoricalProfileOptions, 'maxCategories'>,
): CategoricalProfile {
  const [first, second] = [a, b].map(
    (side) => new Map(countedCategories(side).map((counted) => [counted[0], counted])),
  ) as [Map<string, CountedCategory>, Map<string, CountedCategory>]
  const hidden = { a: hiddenAtMost(a), b: hiddenAtMost(b) }
  const names = new Set([...a.categories, ...b.categories])
  const counts = [...names].map((name): CountedCategory => {
    const [, countA, mostA = countA] = first.get(name) ?? [name, 0, hidden.a]
    const [, countB, mostB = countB] = second.get(name) ?? [name, 0, hidden.b]
    return [name, countA + countB, mostA + mostB]
  })
  return categoricalProfile(counts, {
    maxCategories: Math.max(DEFAULT_MAX_CATEGORIES, a.categories.length, b.categories.length),
    ...options,
    missing: a.missing + b.missing,
    other: a.other + b.other,
    otherAtMost: hidden.a + hidden.b,
  })
}

/** Rows without a value that was counted: missing ones, and infinite ones, of which no shift could be told. */
export function uncounted(profile: BinnedProfile): number {
  assertOneProfile('profile', profile)
  // A profile that nobody has parsed may be of a version that had none.
  return profile.missing + (profile.kind === 'numeric' ? (profile.infinite ?? 0) : 0)
}

/** Do two numeric profiles count into the very same bins? */
export function sameEdges(a: NumericProfile, b: NumericProfile): boolean {
  assertOneProfile('a', a, 'numeric')
  assertOneProfile('b', b, 'numeric')
  return a.edges.length === b.edges.length && a.edges.every((edge, i) => edge === b.edges[i])
}

/** Mean of the counted values; null where the sum is not known or nothing was counted. */
export function profileMean(profile: NumericProfile): number | null {
  assertOneProfile('profile', profile, 'numeric')
  return profile.sum === null || profile.n === 0 ? null : profile.sum / profile.n
}

/**
 * Quantile estimated from the counts: linear inside its bin, as Prometheus' `histogram_quantile` does.
 *
 * The true quantile lies in the same bin. In under- and overflow the known extreme is the answer, or the
 * outer edge where the extreme is not known.
 *
 * @param q - in [0, 1]
 * @returns null where nothing was counted
 * @throws InvalidArgumentError where q is outside [0, 1]
 * @example
 * profileQuantile(numericProfile([1, 2, 3, 4], [0, 2, 4]), 0.5) // 2
 */
export function profileQuantile(profile: NumericProfile, q: number): number | null {
  assertOneProfile('profile', profile, 'numeric')
  if (!(q >= 0 && q <= 1)) throw new InvalidArgumentError('q', 'a number in [0, 1]', q)
  const { edges, counts, underflow, n } = profile
  if (n === 0) return null
  const rank = q * n
  if (underflow > 0 && rank <= underflow) return profile.min ?? edges[0]!
  let below = underflow
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!
    if (count > 0 && rank <= below + count) {
      const width = edges[i + 1]! - edges[i]!
      return edges[i]! + width * ((rank - below) / count)
    }
    below += count
  }
  return profile.max ?? edges[edges.length - 1]!
}

/**
 * Read a profile that was stored as JSON.
 *
 * @throws UnsupportedVersionError where another version of the format wrote it
 * @throws InvalidArgumentError where it is not a profile, or its counts do not add up
 * @example
 * parseProfile(JSON.stringify(profile)) // equal to profile
 */
export function parseProfile(json: string): BinnedProfile {
  if (typeof json !== 'string') {
    throw new InvalidArgumentError('json', 'a text (assertProfile takes what is parsed)', json)
  }
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new InvalidArgumentError('json', 'the JSON of a profile', (cause as Error).message)
  }
  return assertProfile(value)
}

/** The same check for a value that is already parsed: a profile inside a larger document. */
export function assertProfile(value: unknown): BinnedProfile {
  if (typeof value !== 'object' || value === null) {
    throw new InvalidArgumentError('profile', 'an object', value)
  }
  const profile = currentProfile(value as BinnedProfile)
  if (profile.version !== PROFILE_VERSION) {
    throw new UnsupportedVersionError('the profile', PROFILE_VERSION, profile.version)
  }
  if (profile.kind !== 'numeric' && profile.kind !== 'categorical') {
    throw new InvalidArgumentError(
      'profile.kind',
      "'numeric' or 'categorical'",
      (value as { kind: unknown }).kind,
    )
  }
  const cells = profile.kind === 'numeric' ? assertNumeric(profile) : assertCategorical(profile)
  assertCount('profile.missing', profile.missing)
  assertCount('profile.n', profile.n)
  if (total(cells) !== profile.n) {
    throw new InvalidArgumentError(
      'profile.n',
      `the sum of all counts (${total(cells)})`,
      profile.n,
    )
  }
  return profile
}

/** One of version 1 as it would be stored today; nothing is checked, and any other comes back as it is. */
export function currentProfile<P extends BinnedProfile>(profile: P): P {
  if ((profile as { readonly version?: number } | null | undefined)?.version !== 1) return profile
  const version = PROFILE_VERSION
  return profile.kind === 'numeric' ? { ...profile, version, infinite: 0 } : { ...profile, version }
}

function assertNumeric(profile: NumericProfile): number[] {
  assertEdges('profile.edges', profile.edges)
  assertCounts(profile.counts, profile.edges.length - 1)
  assertCount('profile.underflow', profile.underflow)
  assertCount('profile.overflow', profile.overflow)
  assertCount('profile.infinite', profile.infinite)
  for (const field of ['min', 'max', 'sum'] as const) {
    if (profile[field] !== null && !Number.isFinite(profile[field])) {
      throw new InvalidArgumentError(`profile.${field}`, 'a finite number or null', profile[field])
    }
  }
  const { min, max } = profile
  if (min !== null && max !== null && min > max) {
    throw new InvalidArgumentError('profile.max', `at least profile.min (${min})`, max)
  }
  if (profile.deciles !== undefined) assertDeciles(profile.deciles, profile.edges.length)
  if (profile.unit !== undefined) assertUnit('profile.unit', profile.unit)
  return [profile.underflow, ...profile.counts, profile.overflow]
}

const LONGEST_UNIT = 40

/** @throws InvalidArgumentError where it is no short text */
export function assertUnit(argument: string, unit: unknown): void {
  if (typeof unit === 'string' && unit.length > 0 && unit.length <= LONGEST_UNIT) return
  const expected = `a unit of 1 to ${LONGEST_UNIT} characters, such as seconds`
  throw new InvalidArgumentError(argument, expected, unit)
}

function assertDeciles(deciles: readonly number[], edges: number): void {
  const isPlace = (place: unknown, i: number) =>
    Number.isInteger(place) && (place as number) > (i === 0 ? -1 : deciles[i - 1]!)
  const arePlaces =
    Array.isArray(deciles) && deciles.every(isPlace) && !(deciles[deciles.length - 1]! >= edges)
  if (!arePlaces) {
    throw new InvalidArgumentError('profile.deciles', 'places in edges, ascending', deciles)
  }
}

function assertCategorical(profile: CategoricalProfile): number[] {
  const { categories } = profile
  if (!Array.isArray(categories) || !categories.every((category) => typeof category === 'string')) {
    throw new InvalidArgumentError('profile.categories', 'an array of strings', categories)
  }
  if (new Set(categories).size !== categories.length) {
    throw new InvalidArgumentError('profile.categories', 'distinct', categories)
  }
  assertCounts(profile.counts, categories.length)
  assertCount('profile.other', profile.other)
  assertBounds(profile)
  return [...profile.counts, profile.other]
}

function assertBounds({ counts, countsAtMost, other, otherAtMost }: CategoricalProfile): void {
  if (otherAtMost !== undefined) {
    assertCount('profile.otherAtMost', otherAtMost)
    if (otherAtMost > other || (otherAtMost === 0 && other > 0)) {
      const expected = other > 0 ? `above 0 and at most ${other}` : '0, as nothing is under other'
      throw new InvalidArgumentError('profile.otherAtMost', expected, otherAtMost)
    }
  }
  if (countsAtMost === undefined) return
  if (!Array.isArray(countsAtMost) || countsAtMost.length !== counts.length) {
    throw new InvalidArgumentError(
      'profile.countsAtMost',
      `an array of ${counts.length}`,
      countsAtMost,
    )
  }
  countsAtMost.forEach((atMost, i) => {
    if (!isCount(atMost)) assertCount(`profile.countsAtMost[${i}]`, atMost)
    if (atMost >= counts[i]! && atMost <= counts[i]! + other) return
    const expected = `from ${counts[i]} to ${counts[i]! + other}`
    throw new InvalidArgumentError(`profile.countsAtMost[${i}]`, expected, atMost)
  })
}

function assertEdges(argument: string, edges: ArrayLike<number>): void {
  if (typeof edges !== 'object' || edges === null || !(edges.length >= 2)) {
    throw new InvalidArgumentError(argument, 'at least two numbers', edges)
  }
  for (let i = 0; i < edges.length; i++) {
    if (!Number.isFinite(edges[i])) {
      throw new InvalidArgumentError(`${argument}[${i}]`, 'a finite number', edges[i])
    }
    if (i > 0 && !(edges[i]! > edges[i - 1]!)) {
      throw new InvalidArgumentError(
        `${argument}[${i}]`,
        `above ${argument}[${i - 1}] (${edges[i - 1]})`,
        edges[i],
      )
    }
  }
}

function assertCounts(counts: readonly number[], length: number): void {
  if (!Array.isArray(counts) || counts.length !== length) {
    throw new InvalidArgumentError('profile.counts', `an array of ${length}`, counts)
  }
  counts.forEach((count, i) => {
    if (!isCount(count)) assertCount(`profile.counts[${i}]`, count)
  })
}

function isCount(count: unknown): boolean {
  return Number.isFinite(count) && (count as number) >= 0
}

function assertCount(argument: string, count: unknown): void {
  if (!isCount(count)) throw new InvalidArgumentError(argument, 'a non-negative number', count)
}

/** The same of one that a driver returned: a bigint or a text, written out, looks like the number that it is not. */
export function assertGivenCount(argument: string, count: unknown): void {
  const isWritten = typeof count === 'string' && /\d/.test(count) && isCount(Number(count))
  if (typeof count === 'bigint' || isWritten) {
    const expected = `a non-negative number, not a ${typeof count}: Number(count) makes one of it`
    throw new InvalidArgumentError(argument, expected, count)
  }
  assertCount(argument, count)
}

function total(counts: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < counts.length; i++) sum += counts[i]!
  return sum
}
