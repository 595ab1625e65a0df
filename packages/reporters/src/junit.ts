import type { ColumnDrift, DriftReport, DriftSettings } from '@tidegauge/drift'
import { decidedBy } from './decided-by.ts'
import { readingLines } from './describe-reading.ts'
import { readableReport } from './readable-report.ts'
import { visibleText } from './visible-text.ts'

/**
 * The report as JUnit XML, for a CI server: a column a test case. One that drifted is a failure, one that
 * could not be compared an error; one with too few values is skipped, as is one that the current table alone has, or
 * that the policy ignores; warnings, and how it was read, are the output of its case.
 *
 * The first case is the decision's: a failure where it is ACTION, an error where it is UNDECIDED, for columns that are
 * all skipped would look fine. A column may fail where the report as a whole calls for no action, and none where the
 * target alone calls for one. Characters that XML 1.0 does not have are written as escapes. Times are 0: a report
 * does not say how long it took.
 *
 * @returns XML ending in a newline; after the decision's a case for each column, with the class name `drift.<role>`
 * @throws InvalidArgumentError where the report holds NaN or an infinity, naming its path
 * @example
 * writeFileSync('drift.xml', junitReport(report)) // <failure type="drifted" message="the distribution …
 */
export function junitReport(written: DriftReport): string {
  const report = readableReport(written)
  const { columns, decision, reference, current } = report
  const share = report.shareOfDriftedColumns
  const outcomes = columns.map((column) => outcomeOf(column, decision.policy))
  const all = [DECISION_OUTCOMES[decision.action], ...outcomes]
  const count = (wanted: Outcome) => all.filter((outcome) => outcome === wanted).length
  const counts = {
    tests: all.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: 0,
  }
  const properties = {
    decision: decision.action,
    ...(decision.cause === null ? {} : { cause: decision.cause }),
    reason: decision.reason,
    ...namesIn('missing_columns', report.missingColumns),
    ...namesIn(
      'changed_types',
      report.changedTypes.map(({ name }) => name),
    ),
    drift_share: share === null ? 'n/a' : String(share),
    reference_rows: String(reference.rows),
    current_rows: String(current.rows),
  }
  const suite = [
    element(
      'properties',
      {},
      Object.entries(properties).map(([name, value]) => element('property', { name, value })),
    ),
    decisionCase(report),
    ...columns.map((column, i) => testCase(column, outcomes[i]!, report.settings)),
  ]
  const name = `drift of ${current.name} against ${reference.name}`
  const root = element('testsuites', { name: 'drift', ...counts }, [
    element('testsuite', { name, ...counts }, suite),
  ])
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

function namesIn(property: string, names: readonly string[]): Record<string, string> {
  return names.length === 0 ? {} : { [property]: names.join(', ') }
}

const DECISION_OUTCOMES = {
  ACTION: 'failure',
  UNDECIDED: 'error',
  NO_ACTION: 'passed',
} as const satisfies Readonly<Record<DriftReport['decision']['action'], Outcome>>

function decisionCase({ decision: { action, reason: message } }: DriftReport): string {
  const attributes = { classname: 'drift', name: 'decision', time: 0 }
  const outcome = DECISION_OUTCOMES[action]
  const children = outcome === 'passed' ? [] : [element(outcome, { type: action, message })]
  return element('testcase', attributes, children)
}

function testCase(column: ColumnDrift, outcome: Outcome, settings: DriftSettings): string {
  const { name, role, warnings } = column
  const output = [
    ...warnings.map((warning) => `warning: ${warning}`),
    ...readingLines([column]).map(({ words }) => `read as: ${words}`),
  ]
  const children = [
    ...outcomeElements(column, outcome, settings),
    ...(output.length === 0 ? [] : [element('system-out', {}, output.map(content))]),
  ]
  const shown = name === '' ? '(empty name)' : name
  return element('testcase', { classname: `drift.${role}`, name: shown, time: 0 }, children)
}

type Outcome = 'failure' | 'error' | 'skipped' | 'passed'

function outcomeOf(
  { finding, verdict }: ColumnDrift,
  { onMissingColumn, onChangedType }: DriftReport['decision']['policy'],
): Outcome {
  const isIgnored =
    finding === 'new' ||
    finding === 'left-out' ||
    (finding === 'gone' && onMissingColumn === 'ignore') ||
    (finding === 'changed-type' && onChangedType === 'ignore')
  if (isIgnored || verdict === 'insufficient-data') return 'skipped'
  if (verdict === 'drifted') return 'failure'
  return verdict === 'error' ? 'error' : 'passed'
}

function outcomeElements(column: ColumnDrift, outcome: Outcome, settings: DriftSettings): string[] {
  const { reason: message, finding, verdict } = column
  const type = finding ?? verdict
  switch (outcome) {
    case 'failure':
      return [element('failure', { type, message }, details(column, settings).map(content))]
    case 'error':
      return [element('error', { type, message })]
    case 'skipped':
      return [element('skipped', { message })]
    case 'passed':
      return []
  }
}

/** The numbers in full: a log has room for them. */
function details(column: ColumnDrift, settings: DriftSettings): string[] {
  const { adjustedPValue, effect, method, reason, statistic } = column
  const numbers = { statistic, 'adjusted p-value': adjustedPValue ?? null, effect }
  return [
    reason,
    `method: ${method}`,
    ...Object.entries(numbers).flatMap(([name, x]) => (x === null ? [] : [`${name}: ${x}`])),
    `decided by: ${decidedBy(column, settings)}`,
  ]
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${content(`${value}`)}"`,
  )
  const start = `<${name}${written.join('')}`
  return children.length === 0 ? `${start}/>` : `${start}>\n${children.join('\n')}\n</${name}>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Text or the value of an attribute. Neither may hold U+FFFE or U+FFFF, which `visibleText` lets be. */
function content(text: string): string {
  return visibleText(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!)
}
