import {
  assertProfile,
  type BinnedProfile,
  type CategoricalProfile,
  InvalidArgumentError,
  type NumericProfile,
} from '@tidegauge/core'
import type {
  ChangedType,
  ColumnDrift,
  ColumnPolicy,
  ColumnReading,
  ColumnReadings,
  ColumnType,
  Criterion,
  Decision,
  DecisionPolicy,
  DriftReport,
  DriftSettings,
  MendedLines,
  Misfits,
  MissingSpelling,
  MissingValues,
  Quantiles,
  TableReading,
  TableSummary,
  TextChange,
  WidestGap,
  WordShares,
} from '@tidegauge/drift'
import type { ReportOfVersion1 } from './report-version-1.ts'

/** @throws InvalidArgumentError naming the path of what is not as it must be */
export type Check = (path: string, value: unknown) => void

interface Optional {
  readonly optional: Check
}

/** A check for each field of a type, so that a field without one does not compile. */
type Fields<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? Optional : Check
}

/** Fields that it does not know are let through: a later release may add some within one version. */
function object<T>(fields: Fields<T>): Check {
  return (path, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InvalidArgumentError(path, 'an object', value)
    }
    for (const [key, field] of Object.entries<Check | Optional>(fields)) {
      const item = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
      if (typeof field === 'function') field(`${path}.${key}`, item)
      else if (item !== undefined) field.optional(`${path}.${key}`, item)
    }
  }
}

function optional(check: Check): Optional {
  return { optional: check }
}

function nullable(check: Check): Check {
  return (path, value) => {
    if (value !== null) check(path, value)
  }
}

function list(item: Check, least = 0, most = Number.POSITIVE_INFINITY): Check {
  const expected = most === 2 ? 'an array of 2' : least > 0 ? `an array of ${least} and more` : ''
  return (path, value) => {
    if (!Array.isArray(value)) throw new InvalidArgumentError(path, 'an array', value)
    if (value.length < least || value.length > most) {
      throw new InvalidArgumentError(path, expected || `an array of at most ${most}`, value)
    }
    value.forEach((element, i) => {
      item(`${path}[${i}]`, element)
    })
  }
}

/** Keys are names from the data. */
function record(item: Check): Check {
  return (path, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InvalidArgumentError(path, 'an object', value)
    }
    for (const [key, element] of Object.entries(value)) item(`${path}.${key}`, element)
  }
}

function that(expected: string, holds: (value: unknown) => boolean): Check {
  return (path, value) => {
    if (!holds(value)) throw new InvalidArgumentError(path, expected, value)
  }
}

/** Each member of the union T, and no other: `Record` asks for all of them. */
function oneOf<T extends string>(members: Readonly<Record<T, true>>): Check {
  const names = Object.keys(members)
  const isMember = (value: unknown) => typeof value === 'string' && names.includes(value)
  return that(`one of ${names.join(', ')}`, isMember)
}

const isNumber = (value: unknown): value is number => Number.isFinite(value)

const text = that('a text', (value) => typeof value === 'string')
const flag = that('true or false', (value) => typeof value === 'boolean')
// JSON writes 1e999, which is read as infinity.
const number = that('a finite number', isNumber)
const notNegative = that('a number of 0 or more', (value) => isNumber(value) && value >= 0)
const notPositive = that('a number of 0 or less', (value) => isNumber(value) && value <= 0)
const share = that('a number in [0, 1]', (value) => isNumber(value) && value >= 0 && value <= 1)
const level = that('a number in (0, 1)', (value) => isNumber(value) && value > 0 && value < 1)
const count = that('a whole number', (value) => Number.isInteger(value) && Number(value) >= 0)
const positive = that('a positive integer', (value) => Number.isInteger(value) && Number(value) > 0)
const pair = list(number, 2, 2)

const isId = (value: unknown) => typeof value === 'string' && /^[0-9a-f]{12}$/.test(value)
const id = that('12 hexadecimal digits', isId)

const place = { line: optional(positive), file: optional(text) }
const mended = object<MendedLines>({ what: text, count, ...place })

export const checkTableReading: Check = object<TableReading>({
  format: text,
  encoding: optional(text),
  delimiter: optional(text),
  header: optional(flag),
  mended: optional(list(mended)),
})

export const checkColumnReading: Check = object<ColumnReading>({
  sourceType: optional(text),
  missing: optional(list(object<MissingSpelling>({ text, count }), 0, 20)),
  decimalSign: optional(oneOf<NonNullable<ColumnReading['decimalSign']>>({ '.': true, ',': true })),
  thousandsSign: optional(text),
  unit: optional(text),
  dateOrder: optional(
    oneOf<NonNullable<ColumnReading['dateOrder']>>({
      'year-month-day': true,
      'day-month-year': true,
      'month-day-year': true,
    }),
  ),
  timeOfDay: optional(that('true', (value) => value === true)),
  misfits: optional(object<Misfits>({ count, example: text, ...place })),
  notes: optional(list(text)),
})

const tableSummary = object<TableSummary>({
  name: text,
  rows: notNegative,
  timeRange: optional(pair),
  profileId: optional(id),
  reading: optional(checkTableReading),
})

const criterion = object<Criterion>({
  measure: oneOf<Criterion['measure']>({ effect: true, statistic: true, pValue: true }),
  operator: oneOf<Criterion['operator']>({ '>=': true, '>': true, '<=': true, '<': true }),
})

const missingValues = object<MissingValues>({
  reference: share,
  current: share,
  pValue: nullable(share),
  adjustedPValue: nullable(share),
  effect: nullable(number),
  drifted: flag,
})

const widestGap = object<WidestGap>({ at: number, reference: share, current: share })

const quartiles: Check = (path, value) => {
  list(count, 3, 3)(path, value)
  const [lower, median, upper] = value as [number, number, number]
  if (lower <= median && median <= upper) return
  throw new InvalidArgumentError(path, 'in order', value)
}

const textChange = object<TextChange>({
  words: optional(
    list(object<WordShares>({ word: text, reference: share, current: share }), 0, 10),
  ),
  lengths: object<TextChange['lengths']>({ reference: quartiles, current: quartiles }),
  examples: optional(
    object<NonNullable<TextChange['examples']>>({
      reference: nullable(text),
      current: nullable(text),
    }),
  ),
})

const quantileFields = object<Quantiles>({
  levels: list(share),
  reference: list(number),
  current: list(number),
})

const quantiles: Check = (path, value) => {
  quantileFields(path, value)
  const { levels, reference, current } = value as Quantiles
  for (const [side, values] of Object.entries({ reference, current })) {
    if (values.length !== levels.length) {
      throw new InvalidArgumentError(`${path}.${side}`, `an array of ${levels.length}`, values)
    }
  }
}

const profileVersion = that('2', (value) => value === 2)

/** Without `deciles`: what a report shows is drawn, and compared no more. */
const numericProfile = object<Omit<NumericProfile, 'deciles'>>({
  kind: oneOf<'numeric'>({ numeric: true }),
  version: profileVersion,
  edges: list(number, 2),
  counts: list(notNegative),
  underflow: notNegative,
  overflow: notNegative,
  n: notNegative,
  missing: notNegative,
  infinite: notNegative,
  min: nullable(number),
  max: nullable(number),
  sum: nullable(number),
  unit: optional(text),
})

const categoricalProfile = object<CategoricalProfile>({
  kind: oneOf<'categorical'>({ categorical: true }),
  version: profileVersion,
  categories: list(text),
  counts: list(notNegative),
  countsAtMost: optional(list(notNegative)),
  other: notNegative,
  otherAtMost: optional(notNegative),
  n: notNegative,
  missing: notNegative,
})

const profileKind = object<Pick<BinnedProfile, 'kind'>>({
  kind: oneOf<BinnedProfile['kind']>({ numeric: true, categorical: true }),
})

const profile: Check = (path, value) => {
  profileKind(path, value)
  const isNumeric = (value as BinnedProfile).kind === 'numeric'
  ;(isNumeric ? numericProfile : categoricalProfile)(path, value)
  try {
    assertProfile(value)
  } catch (error) {
    // It names its paths from the profile on.
    throw new InvalidArgumentError(path, 'a profile that adds up', (error as Error).message)
  }
}

const COLUMN_TYPES = { numeric: true, datetime: true, categorical: true, text: true } as const
const columnType = oneOf<ColumnType>(COLUMN_TYPES)

export const checkColumnType: Check = oneOf<ColumnDrift['type']>({ ...COLUMN_TYPES, unknown: true })

const columnFields: Fields<ColumnDrift> = {
  name: text,
  type: checkColumnType,
  finding: optional(
    oneOf<NonNullable<ColumnDrift['finding']>>({
      gone: true,
      'changed-type': true,
      new: true,
      'left-out': true,
    }),
  ),
  role: oneOf<ColumnDrift['role']>({ feature: true, target: true, prediction: true }),
  method: text,
  statistic: nullable(number),
  pValue: optional(share),
  logPValue: optional(notPositive),
  adjustedPValue: optional(share),
  effect: nullable(number),
  effectInterval: nullable(pair),
  smallestDetectableEffect: nullable(number),
  criterion,
  threshold: number,
  drifted: flag,
  verdict: oneOf<ColumnDrift['verdict']>({
    drifted: true,
    negligible: true,
    stable: true,
    'insufficient-data': true,
    error: true,
  }),
  reason: text,
  warnings: list(text),
  missing: missingValues,
  reading: optional(
    object<ColumnReadings>({
      reference: optional(checkColumnReading),
      current: optional(checkColumnReading),
    }),
  ),
  newCategories: list(text, 0, 20),
  lostCategories: list(text, 0, 20),
  reference: nullable(profile),
  current: nullable(profile),
  quantiles: optional(quantiles),
  widestGap: optional(widestGap),
  texts: optional(textChange),
}

const columnPolicy = oneOf<ColumnPolicy>({ action: true, undecided: true, ignore: true })

const decision = object<Decision>({
  action: oneOf<Decision['action']>({ ACTION: true, NO_ACTION: true, UNDECIDED: true }),
  cause: nullable(
    oneOf<NonNullable<Decision['cause']>>({
      columns: true,
      unjudged: true,
      share: true,
      target: true,
    }),
  ),
  reason: text,
  policy: object<DecisionPolicy>({
    shareThreshold: share,
    actOnTargetDrift: flag,
    minimumJudged: share,
    onMissingColumn: columnPolicy,
    onChangedType: columnPolicy,
  }),
})

const settingsFields: Fields<DriftSettings> = {
  preset: nullable(
    oneOf<NonNullable<DriftSettings['preset']>>({ evidently: true, 'evidently-0.7': true }),
  ),
  alpha: level,
  correction: oneOf<DriftSettings['correction']>({
    'benjamini-hochberg': true,
    holm: true,
    bonferroni: true,
    none: true,
  }),
  tolerance: notNegative,
  minimumValues: positive,
  maxCategories: positive,
  redacted: flag,
  timeColumn: optional(text),
  weights: optional(nullable(record(notNegative))),
  excluded: optional(list(text)),
  feature: optional(text),
}

const changedType = object<ChangedType>({
  name: text,
  reference: columnType,
  current: nullable(columnType),
})

const reportFields: Fields<DriftReport> = {
  format: oneOf<DriftReport['format']>({ 'tidegauge.drift-report': true }),
  version: that('2', (value) => value === 2),
  id: optional(id),
  reference: tableSummary,
  current: tableSummary,
  columns: list(object<ColumnDrift>(columnFields)),
  missingColumns: list(text),
  changedTypes: list(changedType),
  shareOfDriftedColumns: nullable(share),
  evaluatedFeatures: count,
  driftedFeatures: count,
  covariateDrift: nullable(flag),
  targetDrift: nullable(share),
  predictionDrift: nullable(share),
  decision,
  settings: object<DriftSettings>(settingsFields),
  producer: optional(text),
}

/** Is it a report, down to the counts of each profile? */
export const checkReport: Check = object<DriftReport>(reportFields)

/** The same of a report as releases of version 1 wrote it. */
export const checkReportOfVersion1: Check = object<ReportOfVersion1>({
  ...without(reportFields, 'id', 'missingColumns', 'changedTypes'),
  version: that('1', (value) => value === 1),
  columns: list(object<ReportOfVersion1['columns'][number]>(without(columnFields, 'finding'))),
  decision: object<ReportOfVersion1['decision']>({
    action: oneOf<ReportOfVersion1['decision']['action']>({ ACTION: true, NO_ACTION: true }),
    reason: text,
    policy: object<ReportOfVersion1['decision']['policy']>({
      shareThreshold: share,
      actOnTargetDrift: flag,
    }),
  }),
  settings: object<ReportOfVersion1['settings']>(
    without(settingsFields, 'weights', 'excluded', 'feature'),
  ),
})

function without<T, K extends keyof Fields<T>>(
  fields: Fields<T>,
  ...names: K[]
): Fields<Omit<T, K>> {
  const kept = Object.entries(fields).filter(([name]) => !names.includes(name as K))
  return Object.fromEntries(kept) as unknown as Fields<Omit<T, K>>
}
