import type { BinnedProfile, CategoricalProfile, NumericProfile } from '@tidegauge/core'
import {
  type DetectDriftOptions,
  type DriftReport,
  detectDrift,
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
/** What the monitor tests a look at, by default. */
const ALPHA_OF_A_LOOK = 0.05 / LOOKS

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
    const due = suspects(reference, window, alarmed)
    if (due.length === 0) continue
    // What is no drift without a tolerance is none with one.
    const isDrift = hasDrift(reportOf('monitor, tolerance 0', reference, window, monitor))
    for (const arm of due) {
      if (isOfALook(arm) && !isDrift) continue
      if (hasDrift(reportOf(arm, reference, window, monitor))) alarmed.add(arm)
    }
  }
  const shifts = recordOf((arm) => {
    return reportOf(arm, reference, monitor.window(), monitor).columns[0]!.smallestDetectableEffect!
  })
  return { alarmed, shifts }
}

/** The monitor's own check; for other levels the call that it makes, with theirs. */
function reportOf(
  arm: Arm,
  reference: TableProfile,
  window: TableProfile,
  monitor: FeatureMonitor,
): DriftReport {
  if (arm === 'monitor, default') return monitor.check()
  const options = { alpha: ALPHA_OF_A_LOOK, minimumValues: MIN_SAMPLES, ...ARMS[arm] }
  return detectDrift(reference, window, { types: TYPES, ...options })
}

function hasDrift({ columns }: DriftReport): boolean {
  return columns.some(({ drifted }) => drifted)
}

/**
 * The arms that may raise their first alarm at this look. No adjusted p-value is below the smallest of all, so that
 * looks without a p-value up to an arm's level need no check; one that is due is never passed over.
 */
function suspects(reference: TableProfile, window: TableProfile, alarmed: ReadonlySet<Arm>): Arm[] {
  const waiting = ARM_NAMES.filter((arm) => !alarmed.has(arm))
  // At 0.05 a week's first alarm comes soon: that arm looks in full until then.
  const isQuiet = waiting.some(isOfALook) && !mayAlarm(reference, window)
  return isQuiet ? waiting.filter((arm) => !isOfALook(arm)) : waiting
}

function isOfALook(arm: Arm): boolean {
  return ARMS[arm].alpha === undefined
}

/** What becomes of some values in the look at the screen. */
const CHANGED: Readonly<Record<string, number | null>> = { bell: 2, gaps: null }

/**
 * Looks in full, with new values of categories and missing ones, more from look to look, whether `suspects` would have
 * passed one over.
 */
export function assertNoLookIsPassedOver(): void {
  const random = seededRandom(1)
  const draw = rowDrawer(random)
  const reference = profile(Array.from({ length: 5000 }, draw), { types: TYPES })
  for (const columns of [['bell'], ['few'], ['many'], ['rare'], ['rare', 'gaps']]) {
    for (const maxCount of [MIN_SAMPLES, 600]) {
      const monitor = featureMonitor({ reference, model: 'quiet', window: { maxCount } })
      for (let look = 0; look < 50; look++) {
        for (let i = 0; i < 20; i++) {
          const isNew = random() < look / 300
          const value: unknown = look % 2 === 0 ? 'new' : `new ${look} ${i}`
          const changed = columns.map((name) => [
            name,
            CHANGED[name] === undefined ? value : CHANGED[name],
          ])
          monitor.observe({ ...draw(), ...(isNew && Object.fromEntries(changed)) })
        }
        if (look < maxCount / 20) continue
        assertScreened(reference, monitor.window(), look)
      }
    }
  }
}

function assertScreened(reference: TableProfile, window: TableProfile, look: number): void {
  const alpha = ALPHA_OF_A_LOOK
  const options = { alpha, minimumValues: 1, tolerance: 0, types: TYPES }
  for (const { name, pValue, missing } of detectDrift(reference, window, options).columns) {
    const smallest = Math.min(pValue ?? 1, missing.pValue ?? 1)
    const only = ({ columns, ...table }: TableProfile): TableProfile => {
      return { ...table, columns: columns.filter((column) => column.name === name) }
    }
    if (smallest <= alpha && !mayAlarm(only(reference), only(window))) {
      throw new Error(`look ${look} has p = ${smallest} of ${name} and was not screened for`)
    }
  }
}

/** May any column have a p-value up to `ALPHA_OF_A_LOOK`? By lower bounds, without what takes long. */
function mayAlarm(reference: TableProfile, window: TableProfile): boolean {
  return reference.columns.some(({ profile: before }, i) => {
    const after = window.columns[i]!.profile
    return (
      valuesPValue(before, after) <= ALPHA_OF_A_LOOK ||
      missingPValue(before, after) <= ALPHA_OF_A_LOOK
    )
  })
}

function valuesPValue(before: BinnedProfile, after: BinnedProfile): number {
  if (before.kind === 'categorical' && after.kind === 'categorical') {
    return categoriesPValue(before, after)
  }
  if (before.kind === 'categorical' || after.kind === 'categorical') throw new Error('mixed kinds')
  const statistic = largestGap(before, after)
  const effectiveSize = (before.n * after.n) / (before.n + after.n)
  // The first term of the limiting law. The law of n values, which is used, is close to it; a tenth is far below.
  return 0.2 * Math.exp(-2 * effectiveSize * statistic * statistic)
}

/** The statistic of Kolmogorov and Smirnov, of counts in the same bins. */
function largestGap(before: NumericProfile, after: NumericProfile): number {
  let [share, shareAfter] = [before.underflow / before.n, after.underflow / after.n]
  let gap = Math.abs(share - shareAfter)
  before.counts.forEach((count, i) => {
    share += count / before.n
    shareAfter += after.counts[i]! / after.n
    gap = Math.max(gap, Math.abs(share - shareAfter))
  })
  return gap
}

/**
 * Below the smallest p-value of the tests of a column's categories, at the level of a look and against a reference that
 * names all it has:
 *
 * - the share of each category, and of those pooled, which are the rarest up to some total, with all, some or none of
 *   those that the reference has not met. G is convex in a count, so that all or none give the largest;
 * - that one category became more frequent, or less: its one-sided p is no smaller, as is that of one unmet name than
 *   that of all of them;
 * - all unmet values together: the chance that each of them fell to the window, with a bound that no order of the draws
 *   is below. Chernoff's bound is above what it bounds, and that is no smaller.
 */
function categoriesPValue(before: CategoricalProfile, after: CategoricalProfile): number {
  const { n } = before
  const { n: m } = after
  if (before.other > 0) throw new Error('a reference that hides categories is not screened')
  const now = new Map(after.categories.map((name, i) => [name, after.counts[i]!]))
  const known = before.categories.map((name, i) => ({
    reference: before.counts[i]!,
    current: now.get(name) ?? 0,
  }))
  const unmet = known.reduce((rest, { current }) => rest - current, m)
  known.sort((a, b) => a.reference + a.current - b.reference - b.current)
  let largest = likelihoodRatio(0, n, unmet, m)
  let [reference, current] = [0, 0]
  for (const one of known) {
    reference += one.reference
    current += one.current
    largest = Math.max(
      largest,
      likelihoodRatio(one.reference, n, one.current, m),
      likelihoodRatio(reference, n, current, m),
      likelihoodRatio(reference, n, current + unmet, m),
    )
  }
  // Fisher's p is above exp(−G / 2) by the size of a normal density at most.
  const ofShares = 0.01 * Math.exp(-largest / 2)
  // This test has a tenth of the level.
  let ofUnmet = 10
  for (let i = 0; i < unmet; i++) ofUnmet *= (m - i) / (n + m - i)
  return Math.min(ofShares, ofUnmet)
}

/** G of the two-by-two table of k out of n, and l out of m. */
function likelihoodRatio(k: number, n: number, l: number, m: number): number {
  const share = (k + l) / (n + m)
  const term = (observed: number, expected: number) =>
    observed <= 0 ? 0 : observed * Math.log(observed / expected)
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
  // At the level of a look it is Fisher's, unless a thousand are expected, where z comes to the same.
  return 0.01 * Math.exp(-likelihoodRatio(before.missing, n, after.missing, m) / 2)
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
