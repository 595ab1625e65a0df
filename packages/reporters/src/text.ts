import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type {
  ColumnDrift,
  DriftReport,
  DriftSettings,
  TableSummary,
  Verdict,
} from '@tidegauge/drift'
import { changeInWords } from './change-of.ts'
import { columnsByConcern, verdictWords } from './column-order.ts'
import { decidedBriefly, decidingPValue } from './decided-by.ts'
import { readingsOf } from './describe-reading.ts'
import { largestOf } from './extremes.ts'
import {
  decimalsThatTellApart,
  formatCount,
  formatNumber,
  formatPValue,
  NOTHING,
  plural,
} from './format.ts'
import {
  type DecisionTone,
  decisionHeading,
  decisionTone,
  decisionWords,
} from './html/decision-words.ts'
import { readableReport } from './readable-report.ts'
import { listOfColumns, sharedWarnings } from './shared-warnings.ts'
import { unjudgedCauses } from './unjudged-causes.ts'
import { displayWidth, fitWidth, shortText, visibleText } from './visible-text.ts'

export interface TextReportOptions {
  /** Colours as ANSI escapes; the verdict reads without them. */
  readonly color?: boolean
  /** Terminal cells of a line of the table, 60 at least; default 80. From 120 on it has method, statistic and p-value too. */
  readonly width?: number
  /** Each column a line, however many there are; default: of those without drift the first thirty. */
  readonly all?: boolean
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
  const { color = false, width = 80, all = false } = options
  if (!(Number.isInteger(width) && width >= NARROWEST)) {
    throw new InvalidArgumentError('width', `an integer of ${NARROWEST} or more`, width)
  }
  const report = readableReport(written)
  const paint = color ? ansi : plain
  const columns = columnsByConcern(report.columns)
  const shown = all ? columns : withoutRest(columns)
  const blocks = [
    [tableLine('reference', report.reference), tableLine('current  ', report.current)],
    [
      ...columnTable(shown, report, width, paint),
      ...(shown.length < columns.length ? [restLine(columns.length - shown.length)] : []),
    ],
    howColumnsWereRead(columns, report),
    unjudgedLines(columns),
    warningLines(columns).map((line) => paint('yellow', line)),
  ]
  const filled = blocks.filter((lines) => lines.length > 0)
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

const TEXT_OPTIONS: Readonly<Record<keyof TextReportOptions, true>> = {
  color: true,
  width: true,
  all: true,
}

/**
 * The decision in two lines, for a person: what to do, and why.
 *
 * @returns without a newline
 * @example
 * decisionText(report) // 'No action needed\n1 of 12 features drifted: 8.3%, below the threshold of 30.0%.'
 */
export function decisionText(report: DriftReport, options: DecisionTextOptions = {}): string {
  assertOptions('options', options, DECISION_OPTIONS)
  const { color = false } = options
  const readable = readableReport(report)
  const paint = color ? ansi : plain
  const heading = paint(TONE_COLORS[decisionTone(readable)], decisionHeading(readable), 'bold')
  return `${heading}\n${visibleText(decisionWords(readable).join(' '))}`
}

export type DecisionTextOptions = Pick<TextReportOptions, 'color'>

const DECISION_OPTIONS: Readonly<Record<keyof DecisionTextOptions, true>> = { color: true }

/**
 * The decision in one line, for a log.
 *
 * @returns without a newline; the share has two decimals, or as many as it takes to tell it from its threshold
 * @example
 * summaryLine(report) // 'drift_share=0.06 -> NO_ACTION drift_share=0.06 < 0.30 (target_drift=0.0)'
 */
export function summaryLine(report: DriftReport, options: DecisionTextOptions = {}): string {
  assertOptions('options', options, DECISION_OPTIONS)
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

const NARROWEST = 60
const WIDE = 120
/** So many columns without drift are shown. */
const MOST_CALM = 30
const WIDEST_NAME = 32
const LONGEST_SENTENCE = 400

/** Those that concern, and the first of the others. */
function withoutRest(columns: readonly ColumnDrift[]): readonly ColumnDrift[] {
  const first = columns.findIndex(isCalm)
  return first === -1 ? columns : columns.slice(0, first + MOST_CALM)
}

function isCalm({ verdict }: ColumnDrift): boolean {
  return verdict === 'negligible' || verdict === 'stable'
}

function restLine(count: number): string {
  return `… and ${plural(count, 'more column')} without drift (\`all\` shows them)`
}

interface Field {
  readonly title: string
  readonly cell: (column: ColumnDrift, settings: DriftSettings) => string
  /** The same in fewer cells of the terminal; what is longer is cut at its end. */
  readonly shorter?: (column: ColumnDrift, settings: DriftSettings, cells: number) => string
}

const NAME: Field = {
  title: 'COLUMN',
  cell: (column) => label(column),
  shorter: (column, _, cells) => label(column, cells),
}
const CHANGE: Field = {
  title: 'CHANGE',
  cell: (column, { preset }) => changeInWords(column, preset, { isSized: false }),
  shorter: (column, { preset }) =>
    changeInWords(column, preset, { isSized: false, isProportioned: false }),
}
const DECIDED_BY: Field = { title: 'DECIDED BY', cell: decidedBriefly }
const FIELDS: readonly Field[] = [
  { title: 'VERDICT', cell: shortVerdict },
  NAME,
  CHANGE,
  DECIDED_BY,
]

/** What its reason says below the table. */
function shortVerdict(column: ColumnDrift): string {
  const { finding, verdict } = column
  if (finding === undefined && verdict === 'insufficient-data') return 'not judged'
  if (finding === undefined && verdict === 'error') return 'error'
  return verdictWords(column).toLowerCase()
}

const MORE_FIELDS: readonly Field[] = [
  {
    title: 'METHOD',
    cell: ({ method, type }) => (type === 'unknown' ? NOTHING : shortText(method, 24)),
  },
  {
    title: 'STATISTIC',
    cell: ({ statistic }) => (statistic === null ? NOTHING : formatNumber(statistic)),
  },
  {
    title: 'ADJUSTED P',
    cell: (column, settings) => {
      const pValue = decidingPValue(column, settings)
      return pValue === undefined ? NOTHING : formatPValue(pValue, settings.alpha)
    },
  },
]

const GAP = 2

function columnTable(
  columns: readonly ColumnDrift[],
  { settings }: DriftReport,
  width: number,
  paint: Paint,
): readonly string[] {
  if (columns.length === 0) return ['no columns']
  const fields = width >= WIDE ? [...FIELDS, ...MORE_FIELDS] : FIELDS
  const cells = columns.map((column) => fields.map(({ cell }) => cell(column, settings)))
  const natural = fields.map(({ title }, i) =>
    largestOf([title, ...cells.map((row) => row[i]!)].map(displayWidth)),
  )
  const widths = fitted(fields, natural, width)
  /** null: the field has no place. */
  const shown = (i: number, text: string, column?: ColumnDrift): string | null => {
    const most = widths[i]!
    const { shorter } = fields[i]!
    if (most === 0) return null
    const short =
      column !== undefined && shorter !== undefined && displayWidth(text) > most
        ? shorter(column, settings, most)
        : text
    return padEnd(fitWidth(short, most), most)
  }
  const lineOf = (texts: readonly string[], column?: ColumnDrift): string => {
    const [verdict, ...others] = texts.flatMap((text, i) => shown(i, text, column) ?? [])
    const word = column === undefined ? verdict! : painted(verdict!, column, paint)
    return [word, ...others].join(' '.repeat(GAP)).trimEnd()
  }
  return [
    lineOf(fields.map(({ title }) => title)),
    ...columns.map((column, at) => lineOf(cells[at]!, column)),
  ]
}

/** Without the blanks behind it. */
function painted(padded: string, { verdict }: ColumnDrift, paint: Paint): string {
  const words = padded.trimEnd()
  return `${paint(VERDICT_COLORS[verdict], words)}${padded.slice(words.length)}`
}

/** How much each keeps where the line is too short, one after the other. */
const GIVE: ReadonlyArray<readonly [field: Field, least: number]> = [
  [DECIDED_BY, 26],
  [CHANGE, 27],
  [NAME, 18],
  [DECIDED_BY, 20],
  [CHANGE, 20],
]

function fitted(
  fields: readonly Field[],
  natural: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, one) => sum + one + GAP, -GAP) - width
  for (const [field, least] of GIVE) {
    const i = fields.indexOf(field)
    const given = Math.max(0, Math.min(excess, widths[i]! - least))
    widths[i]! -= given
    excess -= given
  }
  // Half a change tells nothing.
  if (excess > 0) widths[fields.indexOf(CHANGE)] = 0
  return widths
}

/** The name, and the role where it is not the usual one. */
function label({ name, role }: ColumnDrift, cells: number = WIDEST_NAME + 13): string {
  const suffix = role === 'feature' ? '' : ` [${role}]`
  const most = Math.max(4, Math.min(WIDEST_NAME, cells - suffix.length))
  return `${name === '' ? '(empty name)' : fitWidth(name, most)}${suffix}`
}

function unjudgedLines(columns: readonly ColumnDrift[]): string[] {
  return unjudgedCauses(columns).map(
    ({ columns: alike, reason }) =>
      `${listOfColumns(alike, (column) => label(column))}: ${sentence(reason)}`,
  )
}

function warningLines(columns: readonly ColumnDrift[]): string[] {
  return sharedWarnings(columns).map(
    ([warning, about]) =>
      `warning: ${listOfColumns(about, (column) => label(column))}: ${sentence(warning)}`,
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
