import {
  type DecisionPolicy,
  decide,
  driftShares,
  ownValue,
  type Steps,
  type TableInput,
  validPolicy,
} from '@tidegauge/core'
import { type ColumnSources, columnSourcesInSteps, type Profiles } from './column-sources.ts'
import {
  type ChangedType,
  type ColumnDrift,
  type ColumnRole,
  type ColumnType,
  type DriftReport,
  type DriftSettings,
  REPORT_VERSION,
  type TableSummary,
} from './drift-report.ts'
import { EVIDENTLY_SHARE } from './evidently-preset.ts'
import { judgeInSteps } from './judge.ts'
import type { ColumnChoice, MeasuredColumn } from './measured-column.ts'
import { type DetectDriftOptions, methodChooser, rolesOf, validSettings } from './options.ts'
import { PRODUCER } from './producer.ts'
import type { TableProfile } from './table-profile.ts'
import { onlyTimeRanges, type TimeRange, type TimeRanges } from './time-range.ts'

/** Two tables that can be compared, and how: all that is known before the first column is measured. */
export interface Comparison {
  readonly before: ColumnSources
  readonly after: ColumnSources
  readonly settings: DriftSettings
  readonly policy: DecisionPolicy
  readonly roles: ReadonlyMap<string, ColumnRole>
  readonly names: readonly string[]
  readonly options: DetectDriftOptions
  choiceFor(name: string): ColumnChoice
}

/**
 * Reads both tables and the options; what is not valid is refused before a column is measured.
 *
 * @throws InvalidArgumentError where a table or an option is not what it must be
 */
export function* prepare(
  reference: TableInput | TableProfile | Profiles,
  current: TableInput | TableProfile | Profiles,
  options: DetectDriftOptions,
): Steps<Comparison> {
  const before = yield* columnSourcesInSteps('reference', reference)
  const after = yield* columnSourcesInSteps('current', current)
  return comparisonOf(before, after, options)
}

/** `prepare` for tables that are known already. */
export function comparisonOf(
  before: ColumnSources,
  after: ColumnSources,
  options: DetectDriftOptions,
): Comparison {
  const settings = validSettings(options)
  const policy = validPolicy({
    ...(settings.preset === null ? {} : { shareThreshold: EVIDENTLY_SHARE }),
    ...options.policy,
  })
  const methodFor = methodChooser(options)
  const roles = rolesOf(before, after, options)
  const choiceFor = (name: string): ColumnChoice => ({
    type: ownValue(options.types, name),
    methodFor: (type) => methodFor(name, type),
    redactionKey: typeof options.redact === 'string' ? options.redact : undefined,
  })
  return { before, after, settings, policy, roles, names: [...roles.keys()], options, choiceFor }
}

/**
 * The report on columns that were measured, in the order of `names`.
 *
 * @param times - of the column that the caller named, where one was
 */
export function* reportOn(
  measured: readonly MeasuredColumn[],
  comparison: Comparison,
  times: TimeRanges | null,
): Steps<DriftReport> {
  const { roles, settings } = comparison
  const judged = yield* judgeInSteps(measured, settings)
  const isEmpty = comparison.after.rowCount === 0 && comparison.after.columnNames.length === 0
  const columns = judged.map((column): ColumnDrift => {
    const role = roles.get(column.name)!
    const found = { ...column, role, reason: `${column.reason}${namesake(column, comparison)}` }
    if (isEmpty && column.finding === 'gone') return ofNoRows(found)
    return role === 'feature' ? found : maybeLate(found)
  })
  return summarise(
    columns,
    changedTypesOf(columns, measured),
    comparison,
    times ?? onlyTimeRanges(measured),
  )
}

/** Rows name their columns: where there is none, nothing is known of them. */
function ofNoRows({ finding: _, ...column }: ColumnDrift): ColumnDrift {
  return { ...column, verdict: 'insufficient-data', reason: 'the current table has no rows' }
}

/** A column that is looked for may be there in other letters: Fraud for fraud. */
function namesake(
  { name, finding }: Pick<ColumnDrift, 'name' | 'finding'>,
  { before, after }: Comparison,
): string {
  const isIn = (table: ColumnSources) => table.columnNames.includes(name)
  if (finding !== 'gone' && finding !== 'new') return ''
  if (isIn(before) && isIn(after)) return ''
  const lower = name.toLowerCase()
  const there = (finding === 'gone' ? after : before).columnNames.find(
    (other) => other.toLowerCase() === lower,
  )
  return there === undefined ? '' : ` (there is ${there})`
}

/** Labels come late: that a side has none yet is no fault of the data. */
function maybeLate(column: ColumnDrift): ColumnDrift {
  const { finding, role, warnings } = column
  if (finding !== 'gone' && finding !== 'new') return column
  const warning = `whether the ${role} drifted is not known`
  return {
    ...column,
    drifted: false,
    verdict: 'insufficient-data',
    warnings: [...warnings, warning],
  }
}

function changedTypesOf(
  columns: readonly ColumnDrift[],
  measured: readonly MeasuredColumn[],
): ChangedType[] {
  return columns.flatMap(({ finding, name, role, type }, i) => {
    if (finding !== 'changed-type' || role !== 'feature') return []
    // What changed its type has had one.
    const changedType = { reference: type as ColumnType, current: null }
    return [{ name, ...(measured[i]!.changedType ?? changedType) }]
  })
}

function summarise(
  columns: readonly ColumnDrift[],
  changedTypes: readonly ChangedType[],
  { before, after, settings, policy, options: { names } }: Comparison,
  times: TimeRanges | null,
): DriftReport {
  const shares = driftShares(columns, settings)
  return {
    format: 'tidegauge.drift-report',
    version: REPORT_VERSION,
    reference: tableSummary(names?.reference ?? 'reference', before.rowCount, times?.reference),
    current: tableSummary(names?.current ?? 'current', after.rowCount, times?.current),
    columns,
    missingColumns: columns
      .filter(({ finding, role }) => finding === 'gone' && role === 'feature')
      .map(({ name }) => name),
    changedTypes,
    ...shares,
    decision: decide({ ...shares, columns, settings }, policy),
    settings: times === null ? settings : { ...settings, timeColumn: times.column },
    producer: PRODUCER,
  }
}

function tableSummary(
  name: string,
  rows: number,
  timeRange: TimeRange | null | undefined,
): TableSummary {
  return timeRange ? { name, rows, timeRange } : { name, rows }
}
