import { decide, driftShares, InvalidArgumentError, isJudged } from '@tidegauge/core'
import type { ColumnDrift, DriftReport, DriftSettings } from '@tidegauge/drift'
import { criterionValue, meetsCriterion } from './criterion.ts'

/**
 * Does a report say the same thing everywhere? A gate in CI trusts its decision, which must follow from its columns.
 *
 * @param report - whose fields were checked
 * @param version - as it was written: a report of version 1 does not say how much each feature counted
 * @throws InvalidArgumentError naming the path of what contradicts the rest
 */
export function assertConsistent(report: DriftReport, version: 1 | 2): void {
  const names = new Set<string>()
  report.columns.forEach((column, i) => {
    const path = `report.columns[${i}]`
    if (names.has(column.name)) {
      throw new InvalidArgumentError(`${path}.name`, 'that of no other column', column.name)
    }
    names.add(column.name)
    assertVerdict(path, column, report.settings)
  })
  assertShares(report, version)
  assertFindings(report)
  const { action, cause } = decide(report, report.decision.policy)
  assertSame('report.decision.action', action, report.decision.action)
  assertSame('report.decision.cause', cause, report.decision.cause)
}

/** The verdict follows from what was measured, by the rule that the settings name. */
function assertVerdict(path: string, column: ColumnDrift, settings: DriftSettings): void {
  const { drifted, finding, verdict } = column
  assertSame(`${path}.drifted`, verdict === 'drifted', drifted)
  if (finding !== undefined && isJudged(column)) {
    const expected = `insufficient-data or error, as "finding" is ${finding}`
    throw new InvalidArgumentError(`${path}.verdict`, expected, verdict)
  }
  if (!isJudged(column)) return
  const measured = settings.preset === null ? hasDrifted(column, settings) : meetsRuling(column)
  if (measured !== null && measured !== drifted) {
    const expected = `${measured ? '' : 'not '}drifted, as its numbers say`
    throw new InvalidArgumentError(`${path}.verdict`, expected, verdict)
  }
}

/** null where the numbers do not tell. */
function hasDrifted(column: ColumnDrift, { alpha }: DriftSettings): boolean | null {
  const { adjustedPValue, criterion, missing, threshold } = column
  if (missing.drifted) return true
  if (adjustedPValue === undefined) return null
  if (adjustedPValue > alpha) return false
  if (criterion.measure === 'pValue') return true
  const value = criterionValue(column)
  return value === null ? null : value >= threshold
}

function meetsRuling(column: ColumnDrift): boolean | null {
  const score = criterionValue(column)
  return score === null ? null : meetsCriterion(score, column)
}

function assertShares(report: DriftReport, version: 1 | 2): void {
  const { shareOfDriftedColumns, ...counts } = driftShares(report.columns, report.settings)
  for (const [name, expected] of Object.entries(counts)) {
    assertSame(`report.${name}`, expected, report[name as keyof typeof counts])
  }
  const share = report.shareOfDriftedColumns
  const isSame = version === 1 ? couldBe(share, report) : areClose(shareOfDriftedColumns, share)
  if (!isSame) {
    const expected = `${shareOfDriftedColumns}, as its columns say`
    throw new InvalidArgumentError('report.shareOfDriftedColumns', expected, share)
  }
}

/** By some weights, which version 1 does not name. */
function couldBe(
  share: number | null,
  { evaluatedFeatures, driftedFeatures }: DriftReport,
): boolean {
  if (share === null) return true
  if (evaluatedFeatures === 0) return false
  return (
    (share === 0 || driftedFeatures > 0) && (share === 1 || driftedFeatures < evaluatedFeatures)
  )
}

function assertFindings({ columns, missingColumns, changedTypes }: DriftReport): void {
  const namesOf = (wanted: ColumnDrift['finding']) =>
    columns
      .filter(({ finding, role }) => finding === wanted && role === 'feature')
      .map(({ name }) => name)
  const lists = {
    missingColumns: { expected: namesOf('gone'), names: missingColumns },
    changedTypes: {
      expected: namesOf('changed-type'),
      names: changedTypes.map(({ name }) => name),
    },
  }
  for (const [list, { expected, names }] of Object.entries(lists)) {
    if (expected.length === names.length && expected.every((name, i) => name === names[i])) continue
    const said = expected.length === 0 ? 'empty' : `those of ${expected.length} columns`
    throw new InvalidArgumentError(`report.${list}`, `${said}, as its columns say`, names)
  }
}

function areClose(a: number | null, b: number | null): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) < 1e-9)
}

function assertSame(path: string, expected: unknown, received: unknown): void {
  if (typeof expected === 'number' && areClose(expected, received as number | null)) return
  if (expected !== received) {
    throw new InvalidArgumentError(path, `${expected}, as its columns say`, received)
  }
}
