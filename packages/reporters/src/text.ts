import { assertOptions } from '@tidegauge/core/options'
import type {
  ColumnDrift,
  DriftReport,
  DriftSettings,
  TableSummary,
  Verdict,
} from '@tidegauge/drift'
import { columnsByConcern, verdictWords } from './column-order.ts'
import { decidedBy, decidingPValue } from './decided-by.ts'
import { readingsOf } from './describe-reading.ts'
import { largestOf } from './extremes.ts'
import {
  decimalsThatTellApart,
  formatCount,
  formatNumber,
  formatPValue,
  NOTHING,
} from './format.ts'
import { type DecisionTone, decisionTone } from './html/decision-words.ts'
import { readableReport } from './readable-report.ts'
import { listOfColumns, sharedWarnings } from './shared-warnings.ts'
import { displayWidth, fitWidth, shortText, visibleText } from './visible-text.ts'

export interface TextReportOptions {
  /** Colours as ANSI escapes; the verdict reads without them. */
  readonly color?: boolean
}

/**
 * The columns for a terminal: a line each, what needs a reader first, then reasons and warnings. The
 * decision is `summaryLine`'s.
 *
 * Control characters in names are written as escapes, long names are cut.
 *
 * @returns lines of text, ending in a newline
 * @throws InvalidArgumentError where the report holds NaN or an infinity, naming its path
 * @example
 * process.stdout.write(textReport(report, { color: process.stdout.isTTY }))
 */
export function textReport(written: DriftReport, options: TextReportOptions = {}): string {
  assertOptions('options', options, TEXT_OPTIONS)
  const { color = false } = options
  const report = readableReport(written)
  const paint = color ? ansi : plain
  const columns = columnsByConcern(report.columns)
  const blocks = [
    [tableLine('reference', report.reference), tableLine('current  ', report.current)],
    columnTable(columns, report, paint),
    howColumnsWereRead(columns, report),
    columns.filter(isUnjudged).map((column) => `${label(column)}: ${sentence(column.reason)}`),
    warningLines(columns).map((line) => paint('yellow', line)),
  ]
  const filled = blocks.filter((lines) => lines.length > 0)
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

const TEXT_OPTIONS: Readonly<Record<keyof TextReportOptions, true>> = {
  color: true,
}

/**
 * The decision in one line, for a log.
 *
 * @returns without a newline; the share has two decimals, or as many as it takes to tell it from its threshold
 * @example
 * summaryLine(report) // 'drift_share=0.06 -> NO_ACTION drift_share=0.06 < 0.30 (target_drift=0.0)'
 */
export function summaryLine(report: DriftReport, options: TextReportOptions = {}): string {
  assertOptions('options', options, TEXT_OPTIONS)
  const { color = false } = options
  const { shareOfDriftedColumns: share, decision } = readableReport(report)
  const { shareThreshold } = decision.policy
  const shown =
    share === null ? 'n/a' : share.toFixed(decimalsThatTellApart(share, shareThreshold, 2))
  const line = `drift_share=${shown} -> ${decision.action} ${visibleText(decision.reason)}`
  const paint = color ? ansi : plain
  return paint(TONE_COLORS[decisionTone({ decision })], line, 'bold')
}

const TONE_COLORS: Readonly<Record<DecisionTone, Color>> = {
  fine: 'green',
  act: 'red',
  unsure: 'yellow',
}

function tableLine(side: string, { name, rows }: TableSummary): string {
  return `${side}  ${fitWidth(name, 60)}, ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`
}

const HEADERS = ['COLUMN', 'METHOD', 'STATISTIC', 'ADJUSTED P', 'DECIDED BY', 'VERDICT'] as const
const WIDEST_NAME = 32
const LONGEST_SENTENCE = 400

function columnTable(
  columns: readonly ColumnDrift[],
  report: DriftReport,
  paint: Paint,
): readonly string[] {
  if (columns.length === 0) return ['no columns']
  const rows = [HEADERS, ...columns.map((column) => cells(column, report.settings))]
  const widths = HEADERS.map((_, i) => largestOf(rows.map((row) => displayWidth(row[i]!))))
  const lines = rows.map((row) => row.map((cell, i) => padEnd(cell, widths[i]!)))
  return lines.map((line, i) => {
    const verdict = columns[i - 1]?.verdict
    const last = line.pop()!.trimEnd()
    const shown = verdict === undefined ? last : paint(VERDICT_COLORS[verdict], last)
    return [...line, shown].join('  ')
  })
}

function cells(column: ColumnDrift, settings: DriftSettings): readonly string[] {
  const { method, statistic, type } = column
  const pValue = decidingPValue(column, settings)
  return [
    label(column),
    type === 'unknown' ? NOTHING : shortText(method, 24),
    statistic === null ? NOTHING : formatNumber(statistic),
    pValue === undefined ? NOTHING : formatPValue(pValue, settings.alpha),
    decidedBy(column, settings),
    verdictWords(column).toLowerCase(),
  ]
}

/** The name, and the role where it is not the usual one. */
function label({ name, role }: ColumnDrift): string {
  const shown = name === '' ? '(empty name)' : fitWidth(name, WIDEST_NAME)
  return role === 'feature' ? shown : `${shown} [${role}]`
}

function isUnjudged({ verdict }: ColumnDrift): boolean {
  return verdict === 'insufficient-data' || verdict === 'error'
}

function warningLines(columns: readonly ColumnDrift[]): string[] {
  return sharedWarnings(columns).map(
    ([warning, about]) => `warning: ${listOfColumns(about, label)}: ${sentence(warning)}`,
  )
}

function howColumnsWereRead(columns: readonly ColumnDrift[], report: DriftReport): string[] {
  const lines = readingsOf(report, columns, (of, words) => {
    return `${typeof of === 'string' ? of : label(of)}: ${sentence(words)}`
  })
  return lines.length === 0 ? [] : ['how columns were read', ...lines.map((line) => `  ${line}`)]
}

function sentence(text: string): string {
  return shortText(text, LONGEST_SENTENCE)
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(width - displayWidth(text))
}

const CODES = { red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36, bold: 1 } as const

type Color = keyof typeof CODES
type Paint = (color: Color, text: string, weight?: 'bold') => string

const VERDICT_COLORS: Readonly<Record<Verdict, Color>> = {
  drifted: 'red',
  'insufficient-data': 'yellow',
  error: 'magenta',
  negligible: 'cyan',
  stable: 'green',
}

function plain(_color: Color, text: string): string {
  return text
}

function ansi(color: Color, text: string, weight?: 'bold'): string {
  const codes = weight === undefined ? CODES[color] : `${CODES[weight]};${CODES[color]}`
  return `\u001b[${codes}m${text}\u001b[0m`
}
