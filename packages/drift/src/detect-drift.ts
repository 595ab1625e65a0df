import { InvalidArgumentError, type Table, type TableInput, toTable } from '@tidegauge/core'
import {
  assertShare,
  decide,
  isDetectable,
  isDrifted,
  isJudged,
  shareOfDriftedColumns,
  validPolicy,
} from './decision.ts'
import {
  type ColumnDrift,
  type ColumnRole,
  type ColumnType,
  type DecisionPolicy,
  type DriftReport,
  type DriftSettings,
  type EffectMeasure,
  REPORT_VERSION,
} from './drift-report.ts'
import { formatPercent } from './format-percent.ts'
import { type MeasuredColumn, measureColumn } from './measure-column.ts'
import { benjaminiHochberg } from './methods/benjamini-hochberg.ts'

export interface DetectDriftOptions {
  /** The label, or labels: judged apart from the features. */
  readonly target?: string | readonly string[]
  /** What the model answered: judged apart from the features. */
  readonly prediction?: string | readonly string[]
  /** Compare these columns only; default: all columns of both tables. */
  readonly columns?: readonly string[]
  /** Types of columns where the inferred one is not the meant one (a month is a category, say). */
  readonly types?: Readonly<Record<string, ColumnType>>
  /** False-discovery rate over the columns of the run, in [0, 1]; default 0.05. */
  readonly alpha?: number
  /** Smallest effects that count as drift; default `{ distance: 0.05, psi: 0.1 }`. */
  readonly thresholds?: Partial<Readonly<Record<EffectMeasure, number>>>
  /** Fewer values than this on either side: insufficient data; default 30. */
  readonly minimumValues?: number
  readonly policy?: Partial<DecisionPolicy>
  /** What reports call the two tables; default `reference` and `current`. */
  readonly names?: { readonly reference?: string; readonly current?: string }
  /** Called after each column. */
  readonly onProgress?: (progress: DriftProgress) => void
}

export interface DriftProgress {
  readonly column: string
  readonly done: number
  readonly total: number
}

/**
 * Has the data changed since the reference? Compares two tables column by column.
 *
 * Numeric columns by the two-sample Kolmogorov-Smirnov test (effect: its distance D), categorical ones
 * by the chi-squared test of homogeneity (effect: PSI). A column has drifted where its p-value, adjusted
 * by Benjamini-Hochberg over all columns of the run, is ≤ `alpha` **and** its effect reaches its threshold.
 * Missing values (null, undefined, NaN) and infinities are counted and set aside.
 *
 * A column that cannot be compared gets the verdict `error` and a reason; the others are still judged.
 *
 * @param reference - the table the model was trained on: rows, columns or an arquero table
 * @param current - the table to hold against it
 * @returns every column's verdict, the share of drifted features, target and prediction apart, a decision
 * @throws InvalidArgumentError where a table or an option is not what it must be
 * @example
 * const report = detectDrift({ age: [31, 45, 28] }, { age: [30, 47, 29] })
 * report.columns[0].verdict // 'insufficient-data'
 */
export function detectDrift(
  reference: TableInput,
  current: TableInput,
  options: DetectDriftOptions = {},
): DriftReport {
  const referenceTable = toTable('reference', reference)
  const currentTable = toTable('current', current)
  const settings = validSettings(options)
  const policy = validPolicy(options.policy)
  const names = columnNames(referenceTable, currentTable, options)
  const roles = rolesOf(names, options)

  const measured = names.map((name, i) => {
    const column = measureColumn(
      name,
      referenceTable,
      currentTable,
      options.types?.[name],
      settings,
    )
    options.onProgress?.({ column: name, done: i + 1, total: names.length })
    return column
  })
  const columns = judge(measured, settings).map((column) => ({
    ...column,
    role: roles.get(column.name) ?? ('feature' as const),
  }))
  return summarise(columns, referenceTable, currentTable, settings, policy, options.names)
}

/** Adjusts the p-values over all judged columns and gives each its verdict. */
function judge(
  columns: readonly MeasuredColumn[],
  settings: DriftSettings,
): Array<Omit<ColumnDrift, 'role'>> {
  const family = columns.filter(isJudged)
  const adjusted = benjaminiHochberg(family.map((column) => column.pValue!))
  const adjustedOf = new Map(family.map((column, i) => [column, adjusted[i]!]))
  return columns.map((column) => {
    const adjustedPValue = adjustedOf.get(column)
    if (adjustedPValue === undefined) return { ...column, drifted: false }
    const effect = column.effect!
    const drifted = isDrifted(adjustedPValue, settings.alpha, effect, column.threshold)
    const detectable = isDetectable(adjustedPValue, settings.alpha)
    const verdict = drifted ? 'drifted' : detectable ? 'negligible' : 'stable'
    return {
      ...column,
      adjustedPValue,
      drifted,
      verdict,
      reason: explain(verdict, column.effectMeasure, effect, column.threshold, settings.alpha),
    }
  })
}

function explain(
  verdict: 'drifted' | 'negligible' | 'stable',
  measure: EffectMeasure,
  effect: number,
  threshold: number,
  alpha: number,
): string {
  const name = measure === 'psi' ? 'PSI' : 'distance'
  const size = `${name} ${effect.toPrecision(3)}`
  if (verdict === 'drifted') return `the distribution changed: ${size} reaches ${threshold}`
  if (verdict === 'negligible')
    return `a detectable change, too small to matter: ${size} is below ${threshold}`
  return `no change could be told from chance at ${formatPercent(alpha)} false discoveries`
}

function summarise(
  columns: readonly ColumnDrift[],
  referenceTable: Table,
  currentTable: Table,
  settings: DriftSettings,
  policy: DecisionPolicy,
  names: DetectDriftOptions['names'],
): DriftReport {
  const features = columns.filter(({ role }) => role === 'feature')
  const shareOf = (role: ColumnRole) =>
    shareOfDriftedColumns(columns.filter((column) => column.role === role))
  const shares = { shareOfDriftedColumns: shareOf('feature'), targetDrift: shareOf('target') }
  return {
    format: 'tidegauge.drift-report',
    version: REPORT_VERSION,
    reference: { name: names?.reference ?? 'reference', rows: referenceTable.rowCount },
    current: { name: names?.current ?? 'current', rows: currentTable.rowCount },
    columns,
    ...shares,
    evaluatedFeatures: features.filter(isJudged).length,
    driftedFeatures: features.filter(({ drifted }) => drifted).length,
    predictionDrift: shareOf('prediction'),
    decision: decide(shares, policy),
    settings,
  }
}

function validSettings(options: DetectDriftOptions): DriftSettings {
  const { alpha = 0.05, minimumValues = 30 } = options
  const thresholds = { distance: 0.05, psi: 0.1, ...options.thresholds }
  assertShare('options.alpha', alpha)
  if (!(Number.isInteger(minimumValues) && minimumValues >= 1)) {
    throw new InvalidArgumentError('options.minimumValues', 'a positive integer', minimumValues)
  }
  for (const [measure, threshold] of Object.entries(thresholds)) {
    if (!(threshold >= 0 && Number.isFinite(threshold))) {
      throw new InvalidArgumentError(
        `options.thresholds.${measure}`,
        'a non-negative number',
        threshold,
      )
    }
  }
  for (const [name, type] of Object.entries(options.types ?? {})) {
    if (type !== 'numeric' && type !== 'categorical') {
      throw new InvalidArgumentError(`options.types.${name}`, "'numeric' or 'categorical'", type)
    }
  }
  return { alpha, correction: 'benjamini-hochberg', thresholds, minimumValues }
}

function columnNames(
  reference: Table,
  current: Table,
  { columns, target, prediction }: DetectDriftOptions,
): string[] {
  const known = new Set([...reference.columnNames, ...current.columnNames])
  const named = { target: list(target), prediction: list(prediction), columns: columns ?? [] }
  for (const [option, names] of Object.entries(named)) {
    for (const name of names) {
      if (!known.has(name)) {
        throw new InvalidArgumentError(
          `options.${option}`,
          `a column of the tables (${[...known].join(', ')})`,
          name,
        )
      }
    }
  }
  if (columns === undefined) return [...known]
  return [...new Set([...columns, ...named.target, ...named.prediction])]
}

function rolesOf(
  names: readonly string[],
  { target, prediction }: DetectDriftOptions,
): Map<string, ColumnRole> {
  const targets = new Set(list(target))
  const predictions = new Set(list(prediction))
  return new Map(
    names.map((name) => {
      if (targets.has(name) && predictions.has(name)) {
        throw new InvalidArgumentError('options.prediction', 'another column than the target', name)
      }
      return [name, targets.has(name) ? 'target' : predictions.has(name) ? 'prediction' : 'feature']
    }),
  )
}

function list(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names
}
