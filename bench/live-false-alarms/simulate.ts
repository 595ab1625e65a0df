import type { BinnedProfile, CategoricalProfile } from '@tidegauge/core'
import {
  binnedKolmogorovSmirnov,
  chiSquared,
  type DetectDriftOptions,
  type DriftReport,
  detectDrift,
  missingShareTest,
  profile,
  type TableProfile,
} from '@tidegauge/drift'
import { type FeatureMonitor, featureMonitor } from '@tidegauge/monitor'

/** Ways to judge the same looks at the same rows. */
export const ARMS: Readonly<Record<Arm, Pick<DetectDriftOptions, 'alpha' | 'tolerance'>>> = {
  'monitor, default': {},
  'monitor, tolerance 0': { tolerance: 0 },
  '0.05 at each look, tolerance 0': { alpha: 0.05, tolerance: 0 },
}
export type Arm = 'monitor, default' | 'monitor, tolerance 0' | '0.05 at each look, tolerance 0'

export interface Cell {
  /** Rows in an hour, which is the window. */
  readonly rowsPerHour: number
  readonly referenceRows: number
  readonly weeks: number
  readonly seed: number
}

/** Weeks out of `weeks` in which some look called some column drifted, by each arm. */
export interface CellResult {
  readonly cell: Cell
  readonly alarms: Readonly<Record<Arm, number>>
  /** The smallest shift of a number that a full window would have shown, by each arm. */
  readonly smallestShift: Readonly<Record<Arm, number>>
}

const MINUTE = 60_000
export const LOOKS: number = 7 * 24 * 60
const MIN_SAMPLES = 200

/** Weeks in which nothing changes, each with a reference of its own, looked at every minute. */
export function simulate(cell: Cell): CellResult {
  const alarms = recordOf(() => 0)
  let smallestShift = recordOf(() => 0)
  for (let week = 0; week < cell.weeks; week++) {
    const { alarmed, shifts } = simulateWeek(cell, week)
    for (const arm of alarmed) alarms[arm]++
    smallestShift = shifts
  }
  return { cell, alarms, smallestShift }
}

function simulateWeek({ rowsPerHour, referenceRows, seed }: Cell, week: number) {
  const draw = rowDrawer(seededRandom(seed * 1_000_003 + week))
  const reference = profile(Array.from({ length: referenceRows }, draw), { types: TYPES })
  let time = 0
  const monitor = featureMonitor({ reference, model: 'quiet', now: () => time })
  const alarmed = new Set<Arm>()
  let rows = 0
  for (let minute = 0; minute < LOOKS; minute++) {
    for (; rows < ((minute + 1) * rowsPerHour) / 60; rows++) {
      time = minute * MINUTE
      monitor.observe(draw())
    }
    const window = monitor.window()
    if (window.rows < MIN_SAMPLES) continue
    for (const arm of suspects(reference, window, alarmed)) {
      if (reportOf(arm, reference, monitor).columns.some(({ drifted }) => drifted)) alarmed.add(arm)
    }
  }
  const shifts = recordOf((arm) => {
    return reportOf(arm, reference, monitor).columns[0]!.smallestDetectableEffect!
  })
  return { alarmed, shifts }
}

/** The monitor's own check; for other levels the call that it makes, with theirs. */
function reportOf(arm: Arm, reference: TableProfile, monitor: FeatureMonitor): DriftReport {
  if (arm === 'monitor, default') return monitor.check()
  const alpha = 0.05 / LOOKS
  const options = { alpha, minimumValues: MIN_SAMPLES, ...ARMS[arm] }
  return detectDrift(reference, monitor.window(), { types: TYPES, ...options })
}

/**
 * The arms that may raise their first alarm at this look. No adjusted p-value is below the smallest of all, so that
 * looks without a p-value near an arm's level need no check; one that is due is never passed over.
 */
function suspects(reference: TableProfile, window: TableProfile, alarmed: ReadonlySet<Arm>): Arm[] {
  const waiting = ARM_NAMES.filter((arm) => !alarmed.has(arm))
  if (waiting.length === 0) return []
  const smallest = smallestPValue(reference, window)
  return waiting.filter((arm) => smallest <= (ARMS[arm].alpha ?? 0.05 / LOOKS))
}

/** Looks at a few hours in full, whether `suspects` would have passed one over. */
export function assertNoLookIsPassedOver(): void {
  const draw = rowDrawer(seededRandom(1))
  const reference = profile(Array.from({ length: 5000 }, draw), { types: TYPES })
  const monitor = featureMonitor({ reference, model: 'quiet', window: { maxCount: 600 } })
  for (let look = 0; look < 300; look++) {
    for (let i = 0; i < 20; i++) monitor.observe(draw())
    const { columns } = monitor.check()
    const pValues = columns.flatMap(({ pValue, missing }) => [pValue ?? 1, missing.pValue ?? 1])
    if (smallestPValue(reference, monitor.window()) > Math.min(...pValues)) {
      throw new Error(`look ${look} has a smaller p-value than was screened for`)
    }
  }
}

/** A lower bound of the p-values of a look, without what takes long. */
function smallestPValue(reference: TableProfile, window: TableProfile): number {
  let smallest = 1
  reference.columns.forEach(({ profile: before }, i) => {
    const after = window.columns[i]!.profile
    smallest = Math.min(smallest, valuesPValue(before, after), missingPValue(before, after))
  })
  return smallest
}

function valuesPValue(before: BinnedProfile, after: BinnedProfile): number {
  if (before.kind === 'categorical' && after.kind === 'categorical') {
    const { pValue } = chiSquared(before, after, { minimumExpectedCount: 5 })
    return Math.min(pValue, smallestCellPValue(before, after))
  }
  if (before.kind === 'categorical' || after.kind === 'categorical') throw new Error('mixed kinds')
  const { statistic } = binnedKolmogorovSmirnov(before, after)
  const effectiveSize = (before.n * after.n) / (before.n + after.n)
  // The first term of the limiting law. The law of n values, which is used, is close to it; a tenth is far below.
  return 0.2 * Math.exp(-2 * effectiveSize * statistic * statistic)
}

/** Of Fisher's test of any category against all others: exp(−G / 2) is above it by the size of a normal density at most. */
function smallestCellPValue(before: CategoricalProfile, after: CategoricalProfile): number {
  const counts = new Map(after.categories.map((name, i) => [name, after.counts[i]!]))
  const gs = before.categories.map((name, i) => {
    return likelihoodRatio(before.counts[i]!, before.n, counts.get(name) ?? 0, after.n)
  })
  return (
    0.01 *
    Math.exp(-Math.max(...gs, likelihoodRatio(before.other, before.n, after.other, after.n)) / 2)
  )
}

/** G of the two-by-two table of k out of n, and l out of m. */
function likelihoodRatio(k: number, n: number, l: number, m: number): number {
  const share = (k + l) / (n + m)
  const term = (observed: number, expected: number) =>
    observed === 0 ? 0 : observed * Math.log(observed / expected)
  return (
    2 *
    (term(k, n * share) +
      term(n - k, n * (1 - share)) +
      term(l, m * share) +
      term(m - l, m * (1 - share)))
  )
}

function missingPValue(before: BinnedProfile, after: BinnedProfile): number {
  if (before.missing + after.missing === 0) return 1
  const n = before.n + before.missing
  const m = after.n + after.missing
  return missingShareTest(before.missing, n, after.missing, m).pValue
}

const ARM_NAMES = Object.keys(ARMS) as Arm[]

function recordOf<T>(of: (arm: Arm) => T): Record<Arm, T> {
  return Object.fromEntries(ARM_NAMES.map((arm) => [arm, of(arm)])) as Record<Arm, T>
}

const TYPES = { few: 'categorical', many: 'categorical', rare: 'categorical' } as const

/** Kinds of columns that people have: bells, long tails, counts, few and many categories, often and rarely missing. */
function rowDrawer(random: () => number): () => Record<string, unknown> {
  const few = category([0.5, 0.3, 0.15, 0.04, 0.01])
  const many = category(Array.from({ length: 40 }, (_, i) => 1 / (i + 1)))
  const rare = category(Array.from({ length: 300 }, (_, i) => 1 / (i + 1) ** 2))
  const count = category(Array.from({ length: 12 }, (_, k) => 3 ** k / factorial(k)))
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return () => ({
    bell: normal(),
    tail: random() < 0.02 ? null : Math.exp(1.5 * normal()),
    count: count(random()),
    few: `few ${few(random())}`,
    many: `many ${many(random())}`,
    rare: `rare ${rare(random())}`,
    gaps: random() < 0.001 ? null : random(),
  })
}

function category(weights: readonly number[]): (x: number) => number {
  const total = weights.reduce((a, b) => a + b, 0)
  return (x) => {
    let rest = x * total
    let i = 0
    while (i < weights.length - 1 && rest >= weights[i]!) rest -= weights[i++]!
    return i
  }
}

function factorial(k: number): number {
  return k < 2 ? 1 : k * factorial(k - 1)
}

/** sfc32. */
function seededRandom(seed: number): () => number {
  let a = 0x9e3779b9
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = seed | 0
  let counter = 1
  const next = () => {
    const word = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + word) | 0
    return (word >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 20; i++) next()
  return next
}
