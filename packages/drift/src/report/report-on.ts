import { decide } from '@tidegauge/core'
import { driftShares, type Steps } from '@tidegauge/core/internal'
import type { MeasuredColumn } from '../measure/measured-column.ts'
import type { Side, TableShape } from '../plan/open-table.ts'
import type { Plan } from '../plan/plan.ts'
import { inUnit } from '../read/in-unit.ts'
import { toldTableReading } from '../reading/told-reading.ts'
import {
  type ChangedType,
  type ColumnDrift,
  type ColumnType,
  type DriftReport,
  REPORT_VERSION,
  type TableSummary,
} from './drift-report.ts'
import { PRODUCER } from './producer.ts'
import { withReportId } from './report-id.ts'
import { onlyTimeRanges, type TimeRanges } from './time-range.ts'

/**
 * The report on columns that were measured, in the order of the plan.
 *
 * @param times - of the column that the caller named, where one was
 */
export function* reportOn(
  plan: Plan,
  measured: readonly MeasuredColumn[],
  times: TimeRanges | null,
): Steps<DriftReport> {
  const judged = yield* plan.semantics.judge(measured, plan.settings)
  const { rowCount, columnNames } = plan.current
  const isEmpty = rowCount === 0 && columnNames.length === 0
  const columns = judged.map((column, i): ColumnDrift => {
    const { role, unit } = plan.columns[i]!
    const found = {
      ...column,
      role,
      reason: `${column.reason}${namesake(column, plan)}`,
      reference: inUnit(column.reference, column.type, unit),
      current: inUnit(column.current, column.type, unit),
    }
    if (isEmpty && column.finding === 'gone') return ofNoRows(found)
    return role === 'feature' ? found : maybeLate(found)
  })
  const changedTypes = changedTypesOf(columns, measured)
  return summarise(columns, changedTypes, plan, times ?? onlyTimeRanges(measured))
}

/** Rows name their columns: where there is none, nothing is known of them. */
function ofNoRows({ finding: _, ...column }: ColumnDrift): ColumnDrift {
  return { ...column, verdict: 'insufficient-data', reason: 'the current table has no rows' }
}

/** A column that is looked for may be there in other letters: Fraud for fraud. */
function namesake(
  { name, finding }: Pick<ColumnDrift, 'name' | 'finding'>,
  { reference, current }: Plan,
): string {
  const isIn = (table: TableShape) => table.columnNames.includes(name)
  if (finding !== 'gone' && finding !== 'new') return ''
  if (isIn(reference) && isIn(current)) return ''
  const lower = name.toLowerCase()
  const there = (finding === 'gone' ? current : reference).columnNames.find(
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
  { reference, current, names, settings, policy }: Plan,
  times: TimeRanges | null,
): DriftReport {
  const shares = driftShares(columns, settings)
  return withReportId({
    format: 'tidegauge.drift-report',
    version: REPORT_VERSION,
    reference: tableSummary(names.reference, reference, times, 'reference'),
    current: tableSummary(names.current, current, times, 'current'),
    columns,
    missingColumns: columns
      .filter(({ finding, role }) => finding === 'gone' && role === 'feature')
      .map(({ name }) => name),
    changedTypes,
    ...shares,
    decision: decide({ ...shares, columns, settings }, policy),
    settings: times === null ? settings : { ...settings, timeColumn: times.column },
    producer: PRODUCER,
  })
}

function tableSummary(
  name: string,
  { rowCount: rows, profileId, timeRange, reading }: TableShape,
  times: TimeRanges | null,
  side: Side,
): TableSummary {
  const range = times === null ? timeRange : times[side]
  return {
    name,
    rows,
    ...(range && { timeRange: range }),
    ...(profileId !== undefined && { profileId }),
    ...(reading !== undefined && { reading: toldTableReading(reading) }),
  }
}
