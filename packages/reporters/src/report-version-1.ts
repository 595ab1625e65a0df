import { decide, InvalidArgumentError } from '@tidegauge/core'
import { assertList, assertObject, type DriftShares, driftShares } from '@tidegauge/core/internal'
import type {
  ColumnDrift,
  Decision,
  DecisionPolicy,
  DriftReport,
  DriftSettings,
} from '@tidegauge/drift'
import { areClose } from './are-close.ts'
import { withCurrentProfiles } from './current-profiles.ts'
import { type FindingInWords, findingInWords } from './finding-in-words.ts'

type ColumnOfVersion1 = Omit<ColumnDrift, 'finding'>

/** What releases up to 0.1 wrote: too little to judge was no action, and what was gone an error of the column. */
export interface ReportOfVersion1
  extends Omit<
    DriftReport,
    'version' | 'id' | 'missingColumns' | 'changedTypes' | 'columns' | 'decision' | 'settings'
  > {
  readonly version: 1
  readonly columns: readonly ColumnOfVersion1[]
  readonly decision: {
    readonly action: 'ACTION' | 'NO_ACTION'
    readonly reason: string
    readonly policy: Pick<DecisionPolicy, 'shareThreshold' | 'actOnTargetDrift'>
  }
  readonly settings: Omit<DriftSettings, 'weights' | 'excluded' | 'feature'>
}

// A type's value, not an import: reporters take nothing of the drift package at run time.
export const REPORT_VERSION: DriftReport['version'] = 2

/** A report of version 2, also where it was stored as version 1. */
export function upToDate(report: DriftReport): DriftReport {
  assertReport(report)
  const current = withCurrentProfiles(report)
  const isOfVersion1 = (current.version as number) === 1
  return isOfVersion1 ? upgradedReport(current as unknown as ReportOfVersion1) : current
}

/** What is none would end in an error that names a field of ours; what a report holds is for `parseReport` to check. */
function assertReport(report: DriftReport): void {
  const expected = 'a report, as detectDrift returns it'
  const cure = typeof report === 'string' ? ': parseReport reads its JSON' : ''
  assertObject('report', report, `${expected}${cure}`)
  if (typeof (report as { readonly then?: unknown }).then === 'function') {
    throw new InvalidArgumentError('report', `${expected}: await it`, 'a promise')
  }
  assertList('report.columns', report.columns, 'the columns of a report')
  for (const part of ['reference', 'current', 'settings', 'decision'] as const) {
    assertObject(`report.${part}`, report[part], 'that of a report, as detectDrift returns it')
  }
}

/**
 * A report of version 1 as this release would have made it: features that are gone or changed their type are named,
 * and it is decided anew, by the policy that it has and today's defaults. What could not be judged is no "no action".
 *
 * @returns of version 2
 */
export function upgradedReport(written: ReportOfVersion1): DriftReport {
  // No release gave one of version 1 an id.
  const { id: _, ...report } = written as ReportOfVersion1 & Pick<DriftReport, 'id'>
  const found = report.columns.map((column) => ({ column, ...findingOf(column) }))
  const columns = found.map(({ column, finding, changedType }): ColumnDrift => {
    if (finding === undefined) return column
    if (finding === 'gone') return goneColumn(column)
    // It has the type that it had.
    return { ...column, ...(changedType && { type: changedType.reference }), finding }
  })
  const shares = sharesAfter(report, columns)
  const decision: Decision = decide({ ...report, ...shares, columns }, report.decision.policy)
  const features = found.filter(({ column }) => column.role === 'feature')
  return {
    ...report,
    ...shares,
    version: REPORT_VERSION,
    columns,
    settings: areWeighted(report) ? { ...report.settings, weights: null } : report.settings,
    missingColumns: features
      .filter(({ finding }) => finding === 'gone')
      .map(({ column }) => column.name),
    changedTypes: features.flatMap(({ column: { name }, changedType }) =>
      changedType === undefined ? [] : [{ name, ...changedType }],
    ),
    decision,
  }
}

/**
 * What follows from the verdicts that have changed. The share may be weighted, and the weights are nowhere: it stands
 * unless the verdict on a feature is another now.
 */
function sharesAfter(
  report: ReportOfVersion1,
  columns: readonly ColumnDrift[],
): Partial<DriftShares> {
  const changed = columns.filter(({ verdict }, i) => verdict !== report.columns[i]!.verdict)
  if (changed.length === 0) return {}
  const { shareOfDriftedColumns, ...counts } = driftShares(columns, report.settings)
  const isShareAnother = changed.some(({ role }) => role === 'feature')
  return isShareAnother ? { ...counts, shareOfDriftedColumns } : counts
}

/** Did its features not all count alike? */
function areWeighted({ columns, settings, shareOfDriftedColumns }: ReportOfVersion1): boolean {
  return !areClose(driftShares(columns, settings).shareOfDriftedColumns, shareOfDriftedColumns)
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

/** Version 1 had it in words alone. */
function findingOf(column: ColumnOfVersion1): Partial<FindingInWords> {
  if (isEmptied(column)) return { finding: 'gone' }
  return column.verdict === 'error' ? (findingInWords(column.reason) ?? {}) : {}
}

/** A column that had lost all of its values was called drifted, or negligible, for their missing share. */
function isEmptied({ adjustedPValue, missing, verdict }: ColumnOfVersion1): boolean {
  const isLost = missing.current === 1 && missing.reference < 1
  const wasJudged = verdict === 'drifted' || verdict === 'negligible'
  return isLost && adjustedPValue === undefined && wasJudged
}

function goneColumn(column: ColumnOfVersion1): ColumnDrift {
  const { missing, role, verdict } = column
  if (verdict === 'error') return { ...column, finding: 'gone' }
  const before = Number((missing.reference * 100).toPrecision(3))
  return {
    ...column,
    finding: 'gone',
    drifted: false,
    // Labels come late.
    verdict: role === 'feature' ? 'error' : 'insufficient-data',
    reason: `no value in the current table; ${before}% were missing in the reference`,
  }
}
