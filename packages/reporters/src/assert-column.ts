import { type BinnedProfile, InvalidArgumentError, uncounted } from '@tidegauge/core'
import {
  columnVerdict,
  EVIDENTLY_RULINGS,
  heldAgainst,
  isDetectable,
  isDrifted,
  isJudged,
  presetVerdict,
} from '@tidegauge/core/internal'
import type { ColumnDrift, DriftReport, MissingValues } from '@tidegauge/drift'
import { areClose } from './are-close.ts'
import { assertBracket, BINS_TOO_COARSE, mayBeHidden } from './assert-bracket.ts'
import { assertEffect } from './assert-effect.ts'
import { findingInWords } from './finding-in-words.ts'

/** What the rest of the report says of a column's surroundings. */
type Surroundings = Pick<DriftReport, 'settings' | 'reference' | 'current'>

/** How many values and rows each side has; of texts, which have no profile, by the rows of the table. */
interface Sizes {
  readonly n: number
  readonly m: number
  readonly rows: number
}

/**
 * Does a column say the same thing everywhere? Its counts say whether it could be judged, its numbers with which
 * verdict, and what is wrong with it what it can have at all.
 *
 * @param path - of the column
 * @throws InvalidArgumentError naming the field that contradicts the others
 */
export function assertColumn(path: string, column: ColumnDrift, report: Surroundings): void {
  const { settings } = report
  const sizes = sizesOf(column, report)
  assertNames(path, column, settings)
  assertReading(path, column, settings)
  assertProfiles(path, column, report)
  assertFinding(path, column, report)
  assertMissing(path, column, report, sizes)
  if (isUnmeasured(column, report, sizes)) assertNothingMeasured(path, column, settings)
  else assertMeasured(path, column, settings)
  assertVerdict(path, column, report, sizes)
}

function refuse(path: string, field: string, expected: string, received: unknown): never {
  throw new InvalidArgumentError(`${path}.${field}`, `${expected}, as its column says`, received)
}

function sizesOf(column: ColumnDrift, report: Surroundings): Sizes {
  const rowsOf = (side: 'reference' | 'current') => {
    const profile = column[side]
    return profile === null ? report[side].rows : profile.n + uncounted(profile)
  }
  const valuesOf = (side: 'reference' | 'current') => {
    const profile = column[side]
    if (profile !== null) return profile.n
    // Numbers without a profile are none at all; texts are whole ones, of which the report tells a share.
    return column.type === 'text' ? Math.round(report[side].rows * (1 - column.missing[side])) : 0
  }
  return {
    n: valuesOf('reference'),
    m: valuesOf('current'),
    rows: Math.min(rowsOf('reference'), rowsOf('current')),
  }
}

function assertNames(path: string, column: ColumnDrift, settings: DriftReport['settings']): void {
  const { method, name, type } = column
  if (type === 'unknown' && method !== '') refuse(path, 'method', 'empty', method)
  if (settings.excluded?.includes(name)) {
    throw new InvalidArgumentError(`${path}.name`, 'none of report.settings.excluded', name)
  }
  const { current, reference } = column
  for (const [list, side, own, opposite] of [
    ['newCategories', 'current', current, reference],
    ['lostCategories', 'reference', reference, current],
  ] as const) {
    const names = column[list]
    if (names.length === 0) continue
    if (type !== 'categorical') refuse(path, list, 'empty', names)
    const known = new Map(countsOf(opposite))
    const met = names.find((category) => (known.get(category) ?? 0) > 0)
    if (met !== undefined) refuse(path, list, 'of one side alone', met)
    // A side that names all of its categories has no others.
    if (own?.kind !== 'categorical' || own.other > 0) continue
    const owned = new Map(countsOf(own))
    const unmet = names.find((category) => !((owned.get(category) ?? 0) > 0))
    if (unmet !== undefined) refuse(path, list, `categories of ${side}`, unmet)
  }
}

function assertReading(
  path: string,
  { reading, texts, type }: ColumnDrift,
  { redacted }: DriftReport['settings'],
): void {
  if (texts !== undefined && type !== 'text') refuse(path, 'texts', 'left out', texts)
  if (!redacted) return
  for (const field of ['words', 'examples'] as const) {
    if (texts?.[field] === undefined) continue
    const expected = 'left out, as report.settings.redacted says'
    throw new InvalidArgumentError(`${path}.texts.${field}`, expected, texts[field])
  }
  for (const side of ['reference', 'current'] as const) {
    const example = reading?.[side]?.misfits?.example
    if (!example) continue
    const field = `${path}.reading.${side}.misfits.example`
    throw new InvalidArgumentError(field, 'empty, as report.settings.redacted says', example)
  }
}

function countsOf(profile: BinnedProfile | null): Array<[string, number]> {
  if (profile?.kind !== 'categorical') return []
  return profile.categories.map((category, i) => [category, profile.counts[i]!])
}

function assertProfiles(path: string, column: ColumnDrift, report: Surroundings): void {
  const { finding, type } = column
  for (const side of ['reference', 'current'] as const) {
    const profile = column[side]
    if (profile === null) continue
    const { n } = profile
    const missing = uncounted(profile)
    const mayDiffer = n === 0 || (side === 'current' && finding === 'changed-type')
    if (!mayDiffer && profile.kind !== kindOf(type)) {
      refuse(path, side, `a profile of ${type} values`, profile.kind)
    }
    assertCategories(`${path}.${side}`, profile, report.settings)
    if (n + missing > report[side].rows * (1 + 1e-9)) {
      const expected = `at most ${report[side].rows} values, as report.${side}.rows says`
      throw new InvalidArgumentError(`${path}.${side}.n`, expected, n + missing)
    }
    const share = n + missing === 0 ? 0 : missing / (n + missing)
    if (!areClose(share, column.missing[side])) {
      refuse(path, `missing.${side}`, String(share), column.missing[side])
    }
  }
}

function kindOf(type: ColumnDrift['type']): BinnedProfile['kind'] | null {
  if (type === 'numeric' || type === 'datetime') return 'numeric'
  return type === 'categorical' ? 'categorical' : null
}

const PSEUDONYM = /^category \d+$/

function assertCategories(
  path: string,
  profile: BinnedProfile,
  { maxCategories, redacted }: DriftReport['settings'],
): void {
  if (profile.kind !== 'categorical') return
  const { categories } = profile
  if (categories.length > maxCategories) {
    const expected = `at most ${maxCategories}, as report.settings.maxCategories says`
    throw new InvalidArgumentError(`${path}.categories`, expected, categories.length)
  }
  const name = redacted ? categories.find((category) => !PSEUDONYM.test(category)) : undefined
  if (name !== undefined) {
    const expected = '"category 1" and so on, as report.settings.redacted says'
    throw new InvalidArgumentError(`${path}.categories`, expected, name)
  }
}

/** What is wrong with a column shows in what it lacks. */
function assertFinding(path: string, column: ColumnDrift, { settings }: Surroundings): void {
  const { current, finding, missing, reason, reference } = column
  const isEmptied = missing.current === 1 && missing.reference < 1
  const isSeen =
    missing.adjustedPValue !== null && isDetectable(missing.adjustedPValue, settings.alpha)
  const said = isJudged(column) ? undefined : findingInWords(reason)?.finding
  // A preset's words stand beside what was found, and say why it passes over the column.
  const isOther =
    said === 'left-out' ? finding === undefined || finding === 'new' : said !== finding
  if (said !== undefined && isOther) refuse(path, 'finding', said, finding)
  if (finding === undefined) {
    if (isEmptied && isSeen) refuse(path, 'finding', 'gone or changed-type', finding)
    return
  }
  const isLost = isEmptied && (settings.preset !== null || isSeen)
  const isAbsent = (current === null || current.n === 0) && reference?.n !== 0
  const isPassedOver = settings.preset !== null && said === 'left-out'
  const isUnheldText = column.type === 'text' && UNHELD.test(reason)
  const isPossible = {
    gone: isLost || (said === 'gone' && isAbsent),
    new: said === 'new' && reference === null && missing.reference === 0,
    'left-out': (isPassedOver || isUnheldText) && (reference === null || current === null),
    'changed-type': column.type !== 'unknown' && (isLost || missing.pValue === null),
  }
  if (!isPossible[finding]) refuse(path, 'finding', 'what its two sides show', finding)
}

/** No profile keeps documents. */
const UNHELD = /^the stored profile of the (reference|current table) does not hold it: /

/** Nobody could tell what its cells are. */
const NOT_READ = /^not read in the (reference|current table|reference and the current table): /

/** The share of missing values: a test of its own, or none. */
function assertMissing(
  path: string,
  column: ColumnDrift,
  { current, settings }: Surroundings,
  { rows }: Sizes,
): void {
  const { finding, missing, reason, verdict } = column
  const { adjustedPValue, drifted, effect, pValue } = missing
  const isTested = pValue !== null
  for (const [field, value] of Object.entries({ adjustedPValue, effect })) {
    if ((value !== null) !== isTested) {
      refuse(path, `missing.${field}`, isTested ? 'a number' : 'null', value)
    }
  }
  const isMissing = missing.reference + missing.current > 0
  const isUncompared = verdict === 'error' || NOT_READ.test(reason)
  const isBlank = isUncompared || finding !== undefined || current.rows === 0
  const isTestable =
    settings.preset === null && isMissing && rows >= settings.minimumValues - ROUNDING
  if (isTested && !isTestable) refuse(path, 'missing.pValue', 'null', pValue)
  if (!isTested && isTestable && !isBlank) refuse(path, 'missing.pValue', 'a number', pValue)
  const expected =
    isTested && isDrifted(adjustedPValue!, settings.alpha, effect!, settings.tolerance)
  if (drifted !== expected) refuse(path, 'missing.drifted', String(expected), drifted)
  if (!isTested) return
  // Of what could not be compared nothing was tested, unless that was how it was found.
  const isUntested = finding === undefined ? isUncompared : !isLostBy(missing, settings)
  if (isUntested) refuse(path, 'missing.pValue', 'null', pValue)
}

/** Rows are counted by shares of them. */
const ROUNDING = 1e-6

function isLostBy(missing: MissingValues, { alpha }: DriftReport['settings']): boolean {
  const { adjustedPValue, current, reference } = missing
  return current === 1 && reference < 1 && adjustedPValue !== null && adjustedPValue <= alpha
}

/** Was there nothing to compare? */
function isUnmeasured(column: ColumnDrift, { current }: Surroundings, sizes: Sizes): boolean {
  const { finding, reason, verdict } = column
  const { m, n } = sizes
  const isUncompared = verdict === 'error' || finding !== undefined || NOT_READ.test(reason)
  return isUncompared || areTooFewTexts(column, sizes) || current.rows === 0 || n === 0 || m === 0
}

/** The classifier did not compare them; a method of one's own may have. */
function areTooFewTexts({ statistic, type }: ColumnDrift, { m, n }: Sizes): boolean {
  return type === 'text' && statistic === null && Math.min(n, m) < FEWEST_TEXTS
}

/** Fewer are not compared by a classifier. */
const FEWEST_TEXTS = 10

function assertNothingMeasured(
  path: string,
  column: ColumnDrift,
  settings: DriftReport['settings'],
): void {
  for (const field of ['statistic', 'effect', 'effectInterval'] as const) {
    if (column[field] !== null) refuse(path, field, 'null', column[field])
  }
  for (const field of UNMEASURED) {
    if (column[field] !== undefined) refuse(path, field, 'left out', column[field])
  }
  assertThreshold(path, column, heldAgainst('effect', settings))
}

const UNMEASURED = [
  'pValue',
  'logPValue',
  'adjustedPValue',
  'quantiles',
  'widestGap',
  'texts',
] as const

/** A p-value that a double holds in full has no logarithm beside it. */
const SMALLEST_NORMAL = 2 ** -1022

function assertMeasured(
  path: string,
  column: ColumnDrift,
  settings: DriftReport['settings'],
): void {
  const { criterion, effect, effectInterval, logPValue, pValue, statistic, threshold } = column
  if (pValue === undefined) refuse(path, 'pValue', 'a number', pValue)
  if (logPValue !== undefined && pValue >= SMALLEST_NORMAL) {
    refuse(path, 'logPValue', 'left out', logPValue)
  }
  if ((effect === null) !== (effectInterval === null)) {
    refuse(path, 'effectInterval', effect === null ? 'null' : 'an interval', effectInterval)
  }
  assertEffect(path, column, settings.alpha)
  assertBracket(path, column, settings)
  if (criterion.measure === 'statistic' && statistic === null) {
    refuse(path, 'statistic', 'a number', statistic)
  }
  if (settings.preset !== null) {
    assertRuling(path, column)
    return
  }
  // Which methods are distances, no name tells: one's own may have that of a test.
  if (criterion.measure === 'effect' && effect === null) refuse(path, 'effect', 'a number', effect)
  if (criterion.measure === 'pValue' && effect !== null) refuse(path, 'effect', 'null', effect)
  const own = criterion.measure === 'statistic' ? threshold : undefined
  assertThreshold(path, column, heldAgainst(criterion.measure, settings, own))
  if (threshold < 0) refuse(path, 'threshold', 'not negative', threshold)
}

/** Each method of a preset has one threshold. */
function assertRuling(path: string, column: ColumnDrift): void {
  const { criterion, method } = column
  const rulings = EVIDENTLY_RULINGS.filter((ruling) => ruling.method === method)
  if (rulings.length === 0) refuse(path, 'method', "one of the preset's", method)
  const isMeant = (ruling: (typeof rulings)[number]) =>
    ruling.criterion.measure === criterion.measure
  assertThreshold(path, column, rulings.find(isMeant) ?? rulings[0]!)
}

function assertThreshold(
  path: string,
  { criterion, threshold }: ColumnDrift,
  expected: Pick<ColumnDrift, 'criterion' | 'threshold'>,
): void {
  for (const field of ['measure', 'operator'] as const) {
    if (criterion[field] !== expected.criterion[field]) {
      refuse(path, `criterion.${field}`, expected.criterion[field], criterion[field])
    }
  }
  if (threshold !== expected.threshold) {
    throw new InvalidArgumentError(
      `${path}.threshold`,
      `${expected.threshold}, as report.settings say`,
      threshold,
    )
  }
}

/** Whether a column was judged follows from its counts, and the verdict from its numbers. */
function assertVerdict(
  path: string,
  column: ColumnDrift,
  report: Surroundings,
  sizes: Sizes,
): void {
  const { drifted, finding, reason, verdict } = column
  if (drifted !== (verdict === 'drifted')) {
    refuse(path, 'drifted', String(verdict === 'drifted'), drifted)
  }
  if (finding !== undefined) assertUnjudged(path, column)
  else if (NOT_READ.test(reason)) {
    if (verdict !== 'insufficient-data') refuse(path, 'verdict', 'insufficient-data', verdict)
    assertUncompared(path, column, report.settings)
  } else if (verdict === 'error') assertUncompared(path, column, report.settings)
  else if (report.current.rows === 0 && column.current === null) {
    if (verdict !== 'insufficient-data') refuse(path, 'verdict', 'insufficient-data', verdict)
  } else assertJudged(path, column, report.settings, sizes)
}

function assertJudged(
  path: string,
  column: ColumnDrift,
  settings: DriftReport['settings'],
  sizes: Sizes,
): void {
  const { adjustedPValue, verdict } = column
  assertBothSides(path, column, sizes)
  const isEnough =
    Math.min(sizes.n, sizes.m) >= settings.minimumValues - ROUNDING &&
    !areTooFewTexts(column, sizes)
  const isAdjusted = adjustedPValue !== undefined
  const mayBeAdjusted = isEnough && settings.preset === null
  if (isAdjusted && !mayBeAdjusted) refuse(path, 'adjustedPValue', 'left out', adjustedPValue)
  // Long tables of texts are compared by a sample of their documents, which may be too small.
  const mayBeSampled = column.type === 'text' && settings.minimumValues > SMALLEST_SAMPLE
  if (!isAdjusted && mayBeAdjusted && !mayBeSampled) {
    refuse(path, 'adjustedPValue', 'a number', adjustedPValue)
  }
  const ofPreset = isEnough ? presetVerdict(column) : null
  const expected =
    settings.preset === null
      ? columnVerdict(column, settings.alpha).verdict
      : (ofPreset ?? 'insufficient-data')
  const mayBeNotTold = [
    mayBeUntold(column, sizes),
    mayBeHidden(column),
    mayBeUnfit(column),
    column.type === 'text' && WORDLESS.test(column.reason),
  ].some(Boolean)
  const isUntold = verdict === 'insufficient-data' && expected !== 'drifted' && mayBeNotTold
  if (verdict !== expected && !isUntold) refuse(path, 'verdict', expected, verdict)
  const saysUntold = [UNTOLD, BINS_TOO_COARSE, UNFIT, WORDLESS].some((words) =>
    words.test(column.reason),
  )
  if (saysUntold && verdict !== 'insufficient-data') {
    refuse(path, 'verdict', 'insufficient-data', verdict)
  }
}

/** Labels come late: for targets and predictions that is too little data, for features a fault. */
function assertUnjudged(path: string, { finding, role, verdict }: ColumnDrift): void {
  const mayBeLate = role !== 'feature' && (finding === 'gone' || finding === 'new')
  if (verdict === 'error' || (mayBeLate && verdict === 'insufficient-data')) return
  const expected = mayBeLate ? 'insufficient-data' : 'error'
  throw new InvalidArgumentError(
    `${path}.verdict`,
    `${expected}, as "finding" is ${finding}`,
    verdict,
  )
}

/** Known by one side at most, where the other cannot be read, or a stored profile does not hold it. */
function assertUncompared(
  path: string,
  { current, missing, reason, reference, smallestDetectableEffect, verdict }: ColumnDrift,
  { preset }: DriftReport['settings'],
): void {
  if (smallestDetectableEffect !== null) {
    refuse(path, 'smallestDetectableEffect', 'null', smallestDetectableEffect)
  }
  const isOfBoth = reference !== null && current !== null
  const isKnown = reference !== null || current !== null
  if (isOfBoth || (isKnown && !UNHELD.test(reason) && !NOT_READ.test(reason))) {
    refuse(path, 'verdict', 'that of its values, or with a finding', verdict)
  }
  for (const [side, profile] of Object.entries({ reference, current })) {
    const share = missing[side as 'reference' | 'current']
    if (preset === null && profile === null && share !== 0) {
      refuse(path, `missing.${side}`, '0', share)
    }
  }
}

function assertBothSides(path: string, column: ColumnDrift, { m, n }: Sizes): void {
  const { current, reference, smallestDetectableEffect, type, verdict } = column
  if (type === 'unknown') refuse(path, 'type', 'that of its values', type)
  if (smallestDetectableEffect === null) {
    refuse(path, 'smallestDetectableEffect', 'a number', smallestDetectableEffect)
  }
  if (type === 'text') return
  const areNone = type !== 'categorical' && reference === null && current === null
  if (areNone && verdict === 'insufficient-data' && n + m === 0) return
  for (const [side, profile] of Object.entries({ reference, current })) {
    if (profile === null) refuse(path, side, 'a profile', profile)
  }
}

/** Values enough, and nothing told: many of them are of categories each of which is rare, and nothing was found. */
function mayBeUntold({ current, reason, reference }: ColumnDrift, { m, n }: Sizes): boolean {
  if (!UNTOLD.test(reason)) return false
  if (reference?.kind !== 'categorical' || current?.kind !== 'categorical') return false
  if (reference.other + current.other > 0) return true
  const totals = new Map(countsOf(reference))
  for (const [name, count] of countsOf(current)) totals.set(name, (totals.get(name) ?? 0) + count)
  const isRare = (total: number) => total < (FREQUENT * (n + m)) / Math.min(n, m)
  const known = new Map(countsOf(reference))
  const fresh = countsOf(current).filter(([name]) => !((known.get(name) ?? 0) > 0))
  if (fresh.reduce((sum, [, count]) => sum + count, 0) >= NEARLY_ALL * m) return true
  return totals.size > 1 && [...totals.values()].some(isRare)
}

/** Values of another type are counted among the missing ones. */
function mayBeUnfit({ missing, reason }: ColumnDrift): boolean {
  return UNFIT.test(reason) && missing.reference + missing.current > 0
}

/** Its documents are not in the report. */
const WORDLESS = /^too few words to tell/
const UNFIT = /^too many values of another type to tell/

const UNTOLD = /^too many categories to tell/
/** Of the current values, where they are of categories that the reference has not met. */
const NEARLY_ALL = 0.9
/** So many values expected on each side give a category a cell of its own. */
const FREQUENT = 5
const SMALLEST_SAMPLE = 1000
