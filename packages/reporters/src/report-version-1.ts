import { decide, driftShares, InvalidArgumentError } from '@tidegauge/core'
import type {
  ChangedType,
  ColumnDrift,
  ColumnType,
  Decision,
  DecisionPolicy,
  DriftReport,
  DriftSettings,
} from '@tidegauge/drift'

type ColumnOfVersion1 = Omit<ColumnDrift, 'finding'>

/** What releases up to 0.1 wrote: too little to judge was no action, and what was gone an error of the column. */
export interface ReportOfVersion1
  extends Omit<
    DriftReport,
    'version' | 'missingColumns' | 'changedTypes' | 'columns' | 'decision' | 'settings'
  > {
  readonly version: 1
  readonly columns: readonly ColumnOfVersion1[]
  readonly decision: {
    readonly action: 'ACTION' | 'NO_ACTION'
    readonly reason: string
    readonly policy: Pick<DecisionPolicy, 'shareThreshold' | 'actOnTargetDrift'>
  }
  readonly settings: Omit<DriftSettings, 'weights' | 'excluded'>
}

// A type's value, not an import: reporters take nothing of the drift package at run time.
export const REPORT_VERSION: DriftReport['version'] = 2

/** A report of version 2, also where it was stored as version 1. */
export function upToDate(report: DriftReport): DriftReport {
  const isOfVersion1 = (report.version as number) === 1
  return isOfVersion1 ? upgradedReport(report as unknown as ReportOfVersion1) : report
}

/**
 * A report of version 1 as this release would have made it: features that are gone or changed their type are named,
 * and it is decided anew, by the policy that it has and today's defaults. What could not be judged is no "no action".
 *
 * @returns of version 2
 */
export function upgradedReport(report: ReportOfVersion1): DriftReport {
  const found = report.columns.map((column) => ({ column, ...findingOf(column) }))
  const columns = found.map(({ column, finding }): ColumnDrift => {
    if (finding === undefined) return column
    return finding === 'gone' ? goneColumn(column) : { ...column, finding }
  })
  // Shares may be weighted, which version 1 does not say: they stand where no verdict has changed.
  const isAsItWas = columns.every(({ verdict }, i) => verdict === report.columns[i]!.verdict)
  const shares = isAsItWas ? {} : driftShares(columns, report.settings)
  const decision: Decision = decide({ ...report, ...shares, columns }, report.decision.policy)
  const features = found.filter(({ column }) => column.role === 'feature')
  return {
    ...report,
    ...shares,
    version: REPORT_VERSION,
    columns,
    missingColumns: features
      .filter(({ finding }) => finding === 'gone')
      .map(({ column }) => column.name),
    changedTypes: features.flatMap(({ column: { name }, changedType }) =>
      changedType === undefined ? [] : [{ name, ...changedType }],
    ),
    decision,
  }
}

/** @throws InvalidArgumentError where it does not decide as its own shares say */
export function assertDecisionOfVersion1(report: ReportOfVersion1): void {
  const { shareOfDriftedColumns: share, targetDrift, decision } = report
  const { shareThreshold, actOnTargetDrift } = decision.policy
  const acts =
    (share !== null && share >= shareThreshold) || (actOnTargetDrift && (targetDrift ?? 0) > 0)
  const expected = acts ? 'ACTION' : 'NO_ACTION'
  if (decision.action === expected) return
  throw new InvalidArgumentError(
    'report.decision.action',
    `${expected}, as its shares say`,
    decision.action,
  )
}

interface Found {
  readonly finding?: NonNullable<ColumnDrift['finding']>
  readonly changedType?: Omit<ChangedType, 'name'>
}

/** Version 1 had it in words alone. */
function findingOf(column: ColumnOfVersion1): Found {
  const { reason, verdict } = column
  if (isEmptied(column)) return { finding: 'gone' }
  if (verdict !== 'error') return {}
  if (reason === 'the current table has no such column') return { finding: 'gone' }
  if (reason === 'the reference has no such column') return { finding: 'new' }
  if (/^Evidently (0\.7 )?leaves /.test(reason)) return { finding: 'left-out' }
  const [, reference, current] = CHANGED_TYPE.exec(reason) ?? []
  if (reference === undefined) return {}
  const changedType = { reference: reference as ColumnType, current: current as ColumnType }
  return { finding: 'changed-type', changedType }
}

/** A feature that had lost all of its values was called drifted, or negligible, for their missing share. */
function isEmptied({ adjustedPValue, missing, role, verdict }: ColumnOfVersion1): boolean {
  const isLost = missing.current === 1 && missing.reference < 1
  return (
    role === 'feature' &&
    isLost &&
    adjustedPValue === undefined &&
    (verdict === 'drifted' || verdict === 'negligible')
  )
}

function goneColumn(column: ColumnOfVersion1): ColumnDrift {
  const { missing, verdict } = column
  if (verdict === 'error') return { ...column, finding: 'gone' }
  const before = Number((missing.reference * 100).toPrecision(3))
  const reason = `no value in the current table; ${before} % were missing in the reference`
  return { ...column, finding: 'gone', drifted: false, verdict: 'error', reason }
}

const TYPES = '(numeric|datetime|categorical|text)'
const CHANGED_TYPE = new RegExp(`^its type changed from ${TYPES} in the reference to ${TYPES}$`)
