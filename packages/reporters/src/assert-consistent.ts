import { adjustPValues, decide, InvalidArgumentError } from '@tidegauge/core'
import { adjustTogether, driftShares } from '@tidegauge/core/internal'
import type { ColumnDrift, DriftReport } from '@tidegauge/drift'
import { areClose } from './are-close.ts'
import { assertColumn } from './assert-column.ts'

/**
 * Does a report say the same thing everywhere? A gate in CI trusts its decision, which must follow from its columns.
 *
 * @param report - of version 2, whose fields were checked
 * @throws InvalidArgumentError naming the path of what contradicts the rest
 */
export function assertConsistent(report: DriftReport): void {
  const names = new Set<string>()
  report.columns.forEach((column, i) => {
    const path = `report.columns[${i}]`
    if (names.has(column.name)) {
      throw new InvalidArgumentError(`${path}.name`, 'that of no other column', column.name)
    }
    names.add(column.name)
    assertColumn(path, column, report)
  })
  for (const side of ['reference', 'current'] as const) {
    const [from, to] = report[side].timeRange ?? [0, 0]
    if (from <= to) continue
    const range = `from ${from} to ${to}`
    const expected = 'two times, the earlier one first'
    throw new InvalidArgumentError(`report.${side}.timeRange`, expected, range)
  }
  assertAdjusted(report)
  assertShares(report)
  assertFindings(report)
  const { action, cause, reason } = decide(report, report.decision.policy)
  for (const [field, expected] of Object.entries({ action, cause, reason })) {
    const received = report.decision[field as 'action' | 'cause' | 'reason']
    assertSame(`report.decision.${field}`, expected, received)
  }
}

/** How far a p-value pays for the number of tests follows from all of them. */
function assertAdjusted({ columns, settings }: DriftReport): void {
  // A preset adjusts none.
  const tests = columns.map(({ adjustedPValue, missing, pValue }) => ({
    values: adjustedPValue === undefined ? null : pValue!,
    missing: missing.pValue,
  }))
  const adjusted = adjustTogether(tests, (family) => adjustPValues(family, settings.correction))
  columns.forEach(({ adjustedPValue = null, missing }, i) => {
    const path = `report.columns[${i}]`
    const { values, missing: expected } = adjusted[i]!
    assertPValue(`${path}.adjustedPValue`, values, adjustedPValue)
    assertPValue(`${path}.missing.adjustedPValue`, expected, missing.adjustedPValue)
  })
}

/** p-values are told by their logarithm: 1e-12 is not 1e-15. */
function assertPValue(path: string, expected: number | null, received: number | null): void {
  if (expected === received) return
  if (expected !== null && received !== null && expected > 0) {
    if (Math.abs(received / expected - 1) < 1e-9) return
  }
  throw new InvalidArgumentError(path, `${expected}, as the p-values of all columns say`, received)
}

function assertShares(report: DriftReport): void {
  const { shareOfDriftedColumns, ...counts } = driftShares(report.columns, report.settings)
  for (const [name, expected] of Object.entries(counts)) {
    assertSame(`report.${name}`, expected, report[name as keyof typeof counts])
  }
  const share = report.shareOfDriftedColumns
  const isSame =
    report.settings.weights === null
      ? couldBe(share, report)
      : areClose(shareOfDriftedColumns, share)
  if (!isSame) {
    const expected = `${shareOfDriftedColumns}, as its columns say`
    throw new InvalidArgumentError('report.shareOfDriftedColumns', expected, share)
  }
}

/** By some weights that nobody knows. */
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
  const byName = new Map(columns.map((column) => [column.name, column]))
  changedTypes.forEach(({ name, reference, current }, i) => {
    const column = byName.get(name)!
    assertSame(`report.changedTypes[${i}].reference`, column.type, reference)
    // Where it holds no value, the profile is that of the type that it had.
    const isEmpty = column.current === null || (current === null && column.current.n === 0)
    const isOfKind = current !== null && column.current?.kind === KINDS[current]
    if ((isEmpty || isOfKind) && current !== reference) return
    const expected = 'the type of its current values, as its columns say'
    throw new InvalidArgumentError(`report.changedTypes[${i}].current`, expected, current)
  })
}

const KINDS = {
  numeric: 'numeric',
  datetime: 'numeric',
  categorical: 'categorical',
  text: undefined,
} as const

function assertSame(path: string, expected: unknown, received: unknown): void {
  if (typeof expected === 'number' && areClose(expected, received as number | null)) return
  if (expected !== received) {
    throw new InvalidArgumentError(path, `${expected}, as its columns say`, received)
  }
}
