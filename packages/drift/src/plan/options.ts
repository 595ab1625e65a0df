import { type Correction, type DecisionPolicy, InvalidArgumentError } from '@tidegauge/core'
import { assertList, assertObject, assertUnit } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import { semanticsOf } from '../presets/presets.ts'
import type { Preset, Semantics } from '../presets/semantics.ts'
import { redactor } from '../profile/redaction.ts'
import type { ColumnRole, ColumnType, DriftSettings } from '../report/drift-report.ts'
import { type MethodChoice, methodOf } from './built-in-methods.ts'
import { COLUMN_KINDS, COLUMN_TYPES, takes } from './column-kinds.ts'
import type { DriftMethod } from './drift-method.ts'
import type { TableShape } from './open-table.ts'

export interface DetectDriftOptions {
  /** The label, or labels: judged apart from the features. */
  readonly target?: string | readonly string[]
  /** What the model answered: judged apart from the features. */
  readonly prediction?: string | readonly string[]
  /**
   * When a row came to be: a column of dates, or of milliseconds since 1970, that both tables have. Its
   * extremes are the tables' `timeRange`; it is not compared. Default: the one of dates that the reference was
   * stored with (`profile(table, { time })`); else, where one column of dates alone is compared, the extremes of that one.
   */
  readonly time?: string
  /** Compare these columns only; default: all columns of both tables. */
  readonly columns?: readonly string[]
  /** Leave these columns out: an id, say, or what only one of the tables is meant to have. */
  readonly exclude?: readonly string[]
  /** Types of columns where the inferred one is not the meant one (a month is a category, say). */
  readonly types?: Readonly<Record<string, ColumnType>>
  /**
   * Reproduce a report of Evidently: its methods, thresholds and operators, its share of 0.5. By name, or as the object
   * of `@tidegauge/drift/evidently`.
   */
  readonly preset?: Preset | Semantics
  /** For every column that the method takes; or one for each type. Default: Kolmogorov-Smirnov, chi-squared. */
  readonly method?: MethodChoice | Partial<Readonly<Record<ColumnType, MethodChoice>>>
  /** For single columns, by name. */
  readonly methods?: Readonly<Record<string, MethodChoice>>
  /** Level of the adjusted p-values and of the intervals, in (0, 1); default 0.05. */
  readonly alpha?: number
  /** How p-values are adjusted for the number of tests; default Benjamini-Hochberg. */
  readonly correction?: Correction
  /** Smallest effect that counts as drift, in standard deviations; default 0.125. */
  readonly tolerance?: number
  /** Fewer values than this on either side: insufficient data; default 30. */
  readonly minimumValues?: number
  /** How many categories of a column a report names; default 50. */
  readonly maxCategories?: number
  /**
   * Keep the names of categories out of the report: they become `category 1`, `category 2` … A text is the
   * key of a profile that was redacted with it. Numbers are not redacted: their histograms stay.
   */
  readonly redact?: boolean | string
  /** How much a feature weighs in the share of drifted columns; default 1. */
  readonly weights?: Readonly<Record<string, number>>
  readonly policy?: Partial<DecisionPolicy>
  /**
   * What reports call the two tables, `reference` and `current` by default, and each column of them: a `feature`, unless
   * they are routes, say.
   */
  readonly names?: {
    readonly reference?: string
    readonly current?: string
    readonly feature?: string
  }
  /**
   * What the numbers of a column are in, for reports to show (its profiles get that `unit`): `seconds`, `milliseconds`, `bytes`, `percent`, the code of
   * a currency (`EUR`), or another word (`km`). Default: what a profile knows, such as that of latencies.
   */
  readonly units?: Readonly<Record<string, string>>
  /** Called after each column. */
  readonly onProgress?: (progress: DriftProgress) => void
}

export interface DriftProgress {
  readonly column: string
  readonly done: number
  readonly total: number
}

/** Every option of a comparison. */
export const DRIFT_OPTIONS: Readonly<Record<keyof DetectDriftOptions, true>> = {
  target: true,
  prediction: true,
  time: true,
  columns: true,
  exclude: true,
  types: true,
  preset: true,
  method: true,
  methods: true,
  alpha: true,
  correction: true,
  tolerance: true,
  minimumValues: true,
  maxCategories: true,
  redact: true,
  weights: true,
  policy: true,
  names: true,
  units: true,
  onProgress: true,
}

const NAMES = { reference: true, current: true, feature: true } as const satisfies Record<
  keyof NonNullable<DetectDriftOptions['names']>,
  true
>

/** The defaults filled in; what is not valid is refused before any work is done. */
export function validSettings(options: DetectDriftOptions): DriftSettings {
  assertShapes(options)
  const { name: preset, defaults, method } = semanticsOf(options.preset)
  const { alpha = 0.05, tolerance = 0.125, maxCategories = 50 } = options
  const { correction = defaults.correction, minimumValues = defaults.minimumValues } = options
  if (!(alpha > 0 && alpha < 1)) {
    throw new InvalidArgumentError('alpha', 'a number in (0, 1)', alpha)
  }
  if (!(tolerance >= 0 && Number.isFinite(tolerance))) {
    throw new InvalidArgumentError('tolerance', 'a non-negative number', tolerance)
  }
  for (const [name, value] of Object.entries({ minimumValues, maxCategories })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new InvalidArgumentError(`${name}`, 'a positive integer', value)
    }
  }
  if (!CORRECTIONS.includes(correction)) {
    throw new InvalidArgumentError('correction', `one of ${CORRECTIONS.join(', ')}`, correction)
  }
  for (const [name, type] of Object.entries(options.types ?? {})) {
    if (!COLUMN_TYPES.includes(type)) {
      throw new InvalidArgumentError(`types.${name}`, `one of ${COLUMN_TYPES.join(', ')}`, type)
    }
  }
  for (const [name, weight] of Object.entries(options.weights ?? {})) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new InvalidArgumentError(`weights.${name}`, 'a non-negative number', weight)
    }
  }
  for (const name of ['method', 'methods'] as const) {
    if (method !== null && options[name] !== undefined) {
      throw new InvalidArgumentError(`${name}`, 'left out beside a preset', options[name])
    }
  }
  const { redact = false } = options
  if (typeof redact === 'string') redactor('redact', redact)
  else if (typeof redact !== 'boolean') {
    throw new InvalidArgumentError('redact', 'true, false or a key', redact)
  }
  assertOptions('names', options.names ?? {}, NAMES)
  const feature = options.names?.feature
  if (feature !== undefined && !(typeof feature === 'string' && /^.{1,40}$/su.test(feature))) {
    throw new InvalidArgumentError('names.feature', 'a noun, such as route', feature)
  }
  assertUnits(options.units)
  const redacted = redact !== false
  const excluded = [...new Set(options.exclude ?? [])]
  return {
    preset,
    alpha,
    correction,
    tolerance,
    minimumValues,
    maxCategories,
    redacted,
    ...(Object.keys(options.weights ?? {}).length === 0 ? {} : { weights: { ...options.weights } }),
    ...(excluded.length === 0 ? {} : { excluded }),
    ...(feature !== undefined && { feature }),
  }
}

export function assertUnits(units: DetectDriftOptions['units'] = {}): void {
  assertObject('units', units, 'an object, by the names of the columns')
  for (const [name, unit] of Object.entries(units)) assertUnit(`units.${name}`, unit)
}

/** `exclude: 'age'` would leave out the columns `a`, `g` and `e`. */
function assertShapes(options: DetectDriftOptions): void {
  for (const name of ['columns', 'exclude', 'target', 'prediction'] as const) {
    const value = options[name]
    const isOne = typeof value === 'string' && (name === 'target' || name === 'prediction')
    if (value !== undefined && !isOne) assertList(name, value, 'a list of columns')
  }
  for (const name of ['types', 'methods', 'weights'] as const) {
    const value = options[name]
    if (value !== undefined) assertObject(name, value, 'an object, by the names of the columns')
  }
  for (const name of ['policy', 'names'] as const) {
    const value = options[name]
    if (value !== undefined) assertObject(name, value, 'an object')
  }
  const { method, onProgress } = options
  if (method !== undefined && typeof method !== 'string') {
    assertObject('method', method, 'a method, or one for each type of columns')
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new InvalidArgumentError('onProgress', 'a function', onProgress)
  }
}

const CORRECTIONS: readonly Correction[] = ['benjamini-hochberg', 'holm', 'bonferroni', 'none']

/**
 * Which method compares a column of a type: the one that was chosen for the column; else the one for all
 * columns, where it takes that type; else the type's own.
 */
export function methodChooser(
  options: Pick<DetectDriftOptions, 'method' | 'methods' | 'preset'>,
): (name: string, type: ColumnType) => DriftMethod {
  const { method: ofPreset } = semanticsOf(options.preset)
  if (ofPreset !== null) return () => ofPreset
  const byColumn = mapValues(options.methods ?? {}, (choice, name) =>
    methodOf(`methods.${name}`, choice),
  )
  const { method } = options
  const general = isChoice(method) ? methodOf('method', method) : undefined
  const chosenByType = isChoice(method) ? {} : (method ?? {})
  assertOptions('method', chosenByType, COLUMN_KINDS)
  const byType = new Map(
    COLUMN_TYPES.map((type) => {
      const choice = chosenByType[type] ?? COLUMN_KINDS[type].method
      return [type, methodOf(`method.${type}`, choice)] as const
    }),
  )
  return (name, type) => {
    const chosen = byColumn.get(name)
    if (chosen !== undefined) return chosen
    return general !== undefined && takes(general, type) ? general : byType.get(type)!
  }
}

function isChoice(method: DetectDriftOptions['method']): method is MethodChoice {
  if (method === undefined || typeof method === 'string') return method !== undefined
  return 'name' in method || 'method' in method
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  convert: (value: T, key: string) => U,
): Map<string, U> {
  return new Map(Object.entries(record).map(([key, value]) => [key, convert(value, key)]))
}

/** Options with the times that the reference was stored with, where the caller names none and the current side has them too. */
export function withStoredTimes(
  reference: TableShape,
  current: TableShape,
  options: DetectDriftOptions,
): DetectDriftOptions {
  const { time, exclude = [], target, prediction } = options
  const stored = reference.time
  if (time !== undefined || stored === undefined || (current.time ?? stored) !== stored) {
    return options
  }
  if ([...list(target), ...list(prediction), ...exclude].includes(stored)) return options
  const areBoth = [reference, current].every(({ columnNames }) => columnNames.includes(stored))
  return areBoth ? { ...options, time: stored } : options
}

/** The columns to compare, in the order of the reference, each with its role. */
export function rolesOf(
  reference: TableShape,
  current: TableShape,
  options: Pick<
    DetectDriftOptions,
    'columns' | 'exclude' | 'target' | 'prediction' | 'methods' | 'weights' | 'time'
  >,
): Map<string, ColumnRole> {
  const known = new Set([...reference.columnNames, ...current.columnNames])
  const targets = list(options.target)
  const predictions = list(options.prediction)
  const named = {
    target: targets,
    prediction: predictions,
    columns: options.columns ?? [],
    exclude: options.exclude ?? [],
    methods: Object.keys(options.methods ?? {}),
    weights: Object.keys(options.weights ?? {}),
  }
  for (const [option, names] of Object.entries(named)) {
    for (const name of names) {
      if (known.has(name)) continue
      const expected = `a column of the tables (${[...known].join(', ')})`
      throw new InvalidArgumentError(`${option}`, expected, name)
    }
  }
  assertTime(options.time, reference, current, [...targets, ...predictions])
  const chosen = options.columns ? [...options.columns, ...targets, ...predictions] : [...known]
  const excluded = new Set(options.exclude)
  for (const name of [...targets, ...predictions, ...list(options.time)]) {
    if (!excluded.has(name)) continue
    const expected = 'other columns than target, prediction and time'
    throw new InvalidArgumentError('exclude', expected, name)
  }
  const compared = chosen.filter((name) => name !== options.time && !excluded.has(name))
  return new Map(
    compared.map((name) => {
      if (targets.includes(name) && predictions.includes(name)) {
        throw new InvalidArgumentError('prediction', 'another column than the target', name)
      }
      if (targets.includes(name)) return [name, 'target']
      return [name, predictions.includes(name) ? 'prediction' : 'feature']
    }),
  )
}

function assertTime(
  time: string | undefined,
  reference: TableShape,
  current: TableShape,
  judgedApart: readonly string[],
): void {
  if (time === undefined) return
  const common = reference.columnNames.filter((name) => current.columnNames.includes(name))
  if (!common.includes(time)) {
    const expected = `a column of both tables (${common.join(', ')})`
    throw new InvalidArgumentError('time', expected, time)
  }
  if (judgedApart.includes(time)) {
    const expected = 'another column than the target and the prediction'
    throw new InvalidArgumentError('time', expected, time)
  }
}

function list(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names
}
