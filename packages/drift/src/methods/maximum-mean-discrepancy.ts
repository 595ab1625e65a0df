import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { largestMagnitude, momentScale } from '../samples/moments.ts'
import { finiteSample } from '../samples/sample.ts'
import { seededRandom, shuffleFirst } from '../samples/seeded-random.ts'
import { sortNumbers } from '../samples/sort-numbers.ts'
import type { HypothesisTest } from './result.ts'

export interface MaximumMeanDiscrepancyOptions {
  /** σ of the kernel, in the unit of the values; by default the median distance of two different ones. */
  readonly bandwidth?: number
  /** How often the values are dealt out anew for the p-value, which is at least 1/(permutations + 1); 199. */
  readonly permutations?: number
  /** A larger sample is replaced by as many of its values, drawn at random; 500. Time grows as its square. */
  readonly maxValues?: number
  /** An integer: the same seed gives the same result; 0. */
  readonly seed?: number
}

export interface MaximumMeanDiscrepancyTest extends HypothesisTest {
  readonly nullDistribution: 'permutation'
  /** σ of the kernel; 0 where all values are equal. */
  readonly bandwidth: number
  /** How many values of each sample were compared. */
  readonly referenceValues: number
  readonly currentValues: number
}

/**
 * Maximum mean discrepancy: were both samples drawn from one distribution? It measures any difference, as
 * seen through a window of the width `bandwidth`.
 *
 * MMD² = mean k(x, x′) + mean k(y, y′) − 2 mean k(x, y) over pairs of different values,
 * k(x, y) = exp(−(x − y)²/2σ²): unbiased, hence sometimes below 0. p is the share of random ways to deal
 * the pooled values out to both samples, the observed one included, whose MMD² is at least as large.
 *
 * Values are compared pair by pair: samples above `maxValues` are drawn down to it. The kernel matrix is
 * never stored; memory grows as values times permutations. 500 values a side and 199 permutations
 * take about 0.2 s.
 *
 * @param reference - n ≥ 2 finite values, in any order
 * @param current - m ≥ 2 finite values, in the unit of `reference`
 * @returns `statistic` MMD² and its `pValue`
 * @throws InvalidArgumentError on a sample of fewer than 2 values, a non-finite value or an option out of range
 * @see Gretton, Borgwardt, Rasch, Schölkopf & Smola (2012), Journal of Machine Learning Research 13, 723–773
 * @example
 * maximumMeanDiscrepancy([1, 2, 3, 4, 5], [11, 12, 13, 14, 15]).pValue // 0.025
 */
export function maximumMeanDiscrepancy(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: MaximumMeanDiscrepancyOptions = {},
): MaximumMeanDiscrepancyTest {
  assertOptions('options', options, OPTIONS)
  const { permutations = 199, maxValues = 500, seed = 0 } = options
  assertIntegerFrom(1, 'permutations', permutations)
  assertIntegerFrom(2, 'maxValues', maxValues)
  assertIntegerFrom(Number.MIN_SAFE_INTEGER, 'seed', seed)
  const random = seededRandom(seed)
  const a = drawDown(sampleOfTwo('reference', reference), maxValues, random)
  const b = drawDown(sampleOfTwo('current', current), maxValues, random)
  const unit = momentScale(Math.max(largestMagnitude(a), largestMagnitude(b)))
  const pooled = Float64Array.from([...a, ...b], (x) => x * unit)
  const scale = kernelScale(options.bandwidth, pooled, unit)
  const bandwidth = Math.min(Number.MAX_VALUE, scale / unit)
  const sizes = { referenceValues: a.length, currentValues: b.length }
  const law = { kind: 'hypothesis-test', nullDistribution: 'permutation' } as const
  if (scale === 0) return { ...law, statistic: 0, pValue: 1, bandwidth, ...sizes }
  const scaled = pooled.map((x) => x / scale)
  const statistic = discrepancy(kernelSums(scaled, a.length), a.length, b.length)
  const pValue = permutationPValue(scaled, a.length, permutations, random)
  return { ...law, statistic, pValue, bandwidth, ...sizes }
}

const OPTIONS = {
  bandwidth: true,
  permutations: true,
  maxValues: true,
  seed: true,
} as const satisfies Record<keyof MaximumMeanDiscrepancyOptions, true>

function assertIntegerFrom(least: number, argument: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    const expected = least > 0 ? `an integer of at least ${least}` : 'an integer'
    throw new InvalidArgumentError(argument, expected, value)
  }
}

function sampleOfTwo(argument: string, values: ArrayLike<number>): Float64Array {
  const sample = finiteSample(argument, values)
  if (sample.length < 2) {
    throw new InvalidArgumentError(argument, 'an array of at least 2 values', values)
  }
  return sample
}

function drawDown(sample: Float64Array, count: number, random: () => number): Float64Array {
  return sample.length <= count ? sample : shuffleFirst(sample, count, random).slice(0, count)
}

/** The bandwidth times `unit`. */
function kernelScale(given: number | undefined, pooled: Float64Array, unit: number): number {
  if (given === undefined) return medianDistance(sortNumbers(pooled.slice()))
  if (!(given > 0 && given < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('bandwidth', 'a positive number', given)
  }
  return given * unit
}

/** Median of the distances between any two values that differ; 0 where none do. Linear memory. */
function medianDistance(sorted: Float64Array): number {
  const none = pairsWithin(sorted, 0)
  const pairs = (sorted.length * (sorted.length - 1)) / 2 - none
  if (pairs === 0) return 0
  const lower = distanceOfRank(sorted, none + Math.floor((pairs - 1) / 2))
  return (lower + distanceOfRank(sorted, none + Math.floor(pairs / 2))) / 2
}

/** The distance with that many smaller or equal ones before it, by bisection down to two neighbouring doubles. */
function distanceOfRank(sorted: Float64Array, rank: number): number {
  let low = 0
  let high = sorted[sorted.length - 1]! - sorted[0]!
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return high
    if (pairsWithin(sorted, middle) > rank) high = middle
    else low = middle
  }
}

/** How many pairs are at most that far apart. */
function pairsWithin(sorted: Float64Array, distance: number): number {
  let pairs = 0
  let first = 0
  for (let i = 0; i < sorted.length; i++) {
    while (sorted[i]! - sorted[first]! > distance) first++
    pairs += i - first
  }
  return pairs
}

/** Sums of the kernel over unordered pairs: both of the reference, both current, one of each. */
interface KernelSums {
  readonly within: number
  readonly without: number
  readonly between: number
}

function discrepancy({ within, without, between }: KernelSums, n: number, m: number): number {
  return (2 * within) / (n * (n - 1)) + (2 * without) / (m * (m - 1)) - (2 * between) / (n * m)
}

function kernel(x: number, y: number): number {
  return Math.exp(-((x - y) * (x - y)) / 2)
}

function kernelSums(scaled: Float64Array, n: number): KernelSums {
  let within = 0
  let without = 0
  let between = 0
  for (let i = 0; i < scaled.length; i++) {
    let toReference = 0
    let toCurrent = 0
    for (let j = 0; j < Math.min(i, n); j++) toReference += kernel(scaled[i]!, scaled[j]!)
    for (let j = n; j < i; j++) toCurrent += kernel(scaled[i]!, scaled[j]!)
    if (i < n) within += toReference
    else between += toReference
    without += toCurrent
  }
  return { within, without, between }
}

/**
 * All permutations share one walk over the pairs: row by row, each kernel value meets the labels of all
 * permutations at once. Label 1 is the reference; permutation 0 is the observed one.
 */
function permutationPValue(
  scaled: Float64Array,
  n: number,
  permutations: number,
  random: () => number,
): number {
  const size = scaled.length
  const count = permutations + 1
  const labels = permutedLabels(size, n, count, random)
  const within = new Float64Array(count)
  const toAll = new Float64Array(count)
  const row = new Float64Array(count)
  let all = 0
  for (let i = 0; i < size; i++) {
    row.fill(0)
    let rowSum = 0
    for (let j = 0; j < size; j++) {
      if (j === i) continue
      const k = kernel(scaled[i]!, scaled[j]!)
      rowSum += k
      if (j < i) for (let p = 0; p < count; p++) row[p]! += k * labels[j * count + p]!
    }
    all += rowSum / 2
    for (let p = 0; p < count; p++) {
      const label = labels[i * count + p]!
      within[p]! += label * row[p]!
      toAll[p]! += label * rowSum
    }
  }
  const values = within.map((inside, p) => {
    const between = toAll[p]! - 2 * inside
    return discrepancy({ within: inside, between, without: all - inside - between }, n, size - n)
  })
  // Permutations that only swap equal values may differ by rounding.
  const observed = values[0]! - 1e-12
  return values.reduce((sum, value) => sum + (value >= observed ? 1 : 0), 0) / count
}

function permutedLabels(
  size: number,
  n: number,
  count: number,
  random: () => number,
): Float64Array {
  const labels = new Float64Array(size * count)
  for (let i = 0; i < n; i++) labels[i * count] = 1
  const order = Uint32Array.from({ length: size }, (_, i) => i)
  for (let p = 1; p < count; p++) {
    shuffleFirst(order, n, random)
    for (let i = 0; i < n; i++) labels[order[i]! * count + p] = 1
  }
  return labels
}
