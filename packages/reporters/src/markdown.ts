import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type { ColumnDrift, DriftReport, DriftSettings } from '@tidegauge/drift'
import { changeInWords } from './change-of.ts'
import { columnsByConcern, verdictWords } from './column-order.ts'
import { decidedBy, decidingPValue } from './decided-by.ts'
import { readingsOf } from './describe-reading.ts'
import { formatCount, formatPValue, NOTHING, plural } from './format.ts'
import { decisionHeading, decisionWords } from './html/decision-words.ts'
import { codeSpan, plainText } from './markdown-text.ts'
import { readableReport } from './readable-report.ts'
import { listOfColumns, sharedWarnings } from './shared-warnings.ts'
import { unjudgedCauses } from './unjudged-causes.ts'

export interface MarkdownReportOptions {
  /** At most so many characters; default 65,536, what a comment on GitHub may have. */
  readonly limit?: number
}

/** What GitHub takes as the body of a comment. */
const COMMENT_LIMIT = 65_536
const SMALLEST_LIMIT = 4_000

/**
 * The report in GitHub's Markdown, for a comment on a pull request or the summary of a job: the decision, a
 * table of what drifted or could not be judged with its reasons, all other columns folded in.
 *
 * Names and texts of the data are escaped and cut. Where not all columns fit, the least concerning ones
 * are left out, and the report says how many.
 *
 * @returns Markdown ending in a newline
 * @throws InvalidArgumentError where the report holds NaN or an infinity, or the limit is below 4,000
 * @example
 * appendFileSync(process.env.GITHUB_STEP_SUMMARY, markdownReport(report))
 */
export function markdownReport(written: DriftReport, options: MarkdownReportOptions = {}): string {
  assertOptions('options', options, MARKDOWN_OPTIONS)
  const { limit = COMMENT_LIMIT } = options
  const report = readableReport(written)
  if (!(Number.isInteger(limit) && limit >= SMALLEST_LIMIT)) {
    throw new InvalidArgumentError('limit', `an integer of ${SMALLEST_LIMIT} or more`, limit)
  }
  const columns = columnsByConcern(report.columns)
  const whole = page(report, columns, columns.length)
  if (whole.length <= limit) return whole
  // With one more column the page is longer, so that the largest number that fits is found by halving.
  let fits = 0
  let exceeds = columns.length
  while (exceeds - fits > 1) {
    const middle = (fits + exceeds) >>> 1
    if (page(report, columns, middle).length <= limit) fits = middle
    else exceeds = middle
  }
  return page(report, columns, fits)
}

const MARKDOWN_OPTIONS: Readonly<Record<keyof MarkdownReportOptions, true>> = {
  limit: true,
}

const LONGEST_NAME = 60
const LONGEST_REASON = 200
const LONGEST_SENTENCE = 300

/** The page with the first columns of all. */
function page(report: DriftReport, all: readonly ColumnDrift[], shown: number): string {
  const columns = all.slice(0, shown)
  const concerning = columns.filter(isConcerning)
  const calm = columns.filter((column) => !isConcerning(column))
  const { settings } = report
  const blocks = [
    ...head(report),
    concerning.length > 0 ? table(concerning, settings) : '',
    reasons(concerning),
    calm.length > 0
      ? folded(`${plural(calm.length, 'column')} without drift`, table(calm, settings))
      : '',
    warnings(columns),
    howColumnsWereRead(columns, report),
    leftOut(all.slice(shown)),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function head(report: DriftReport): string[] {
  const { decision, reference, current } = report
  const heading = decisionHeading(report)
  const verdict = `Drift: ${heading[0]!.toLowerCase()}${heading.slice(1)}`
  const [before, after] = [reference, current].map(
    ({ name, rows }) =>
      `${codeSpan(name, LONGEST_NAME)} (${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'})`,
  )
  return [
    `## ${verdict}`,
    `${after} against ${before}. ${decisionWords(report).join(' ')}`,
    codeSpan(decision.reason, LONGEST_REASON),
  ]
}

function isConcerning({ verdict }: ColumnDrift): boolean {
  return verdict !== 'negligible' && verdict !== 'stable'
}

function table(columns: readonly ColumnDrift[], settings: DriftSettings): string {
  const header =
    '| Column | Verdict | What changed | Decided by | Adjusted p | Method |\n| --- | --- | --- | --- | --- | --- |'
  return [header, ...columns.map((column) => row(column, settings))].join('\n')
}

function row(column: ColumnDrift, settings: DriftSettings): string {
  const { method, type, verdict } = column
  const pValue = decidingPValue(column, settings)
  const cells = [
    label(column),
    verdict === 'drifted' ? `**${verdictWords(column)}**` : verdictWords(column),
    plainText(changeInWords(column, settings.preset, { arrow: '→' }), LONGEST_NAME) || NOTHING,
    decidedBy(column, settings),
    pValue === undefined ? NOTHING : formatPValue(pValue, settings.alpha),
    type === 'unknown' ? NOTHING : plainText(method, LONGEST_NAME),
  ]
  return `| ${cells.join(' | ')} |`
}

function label({ name, role }: ColumnDrift): string {
  const shown = codeSpan(name, LONGEST_NAME)
  return role === 'feature' ? shown : `${shown} (${role})`
}

/** Of each column that drifted, and of those that could not be judged by cause. */
function reasons(columns: readonly ColumnDrift[]): string {
  const drifted = columns.filter((column) => column.drifted)
  return [
    ...drifted.map((column) => ({ columns: [column], reason: column.reason })),
    ...unjudgedCauses(columns),
  ]
    .map(
      ({ columns: about, reason }) =>
        `- ${listOfColumns(about, label)}: ${plainText(reason, LONGEST_SENTENCE)}`,
    )
    .join('\n')
}

function warnings(columns: readonly ColumnDrift[]): string {
  const lines = sharedWarnings(columns).map(
    ([warning, about]) =>
      `- ${listOfColumns(about, label)}: ${plainText(warning, LONGEST_SENTENCE)}`,
  )
  return lines.length === 0 ? '' : folded(plural(lines.length, 'warning'), lines.join('\n'))
}

function howColumnsWereRead(columns: readonly ColumnDrift[], report: DriftReport): string {
  const items = readingsOf(report, columns, (of, words) => {
    return `${typeof of === 'string' ? of : label(of)}: ${plainText(words, LONGEST_SENTENCE)}`
  }).map((line) => `- ${line}`)
  return items.length === 0 ? '' : folded('How columns were read', items.join('\n'))
}

/** Markdown is read inside of HTML only behind an empty line. */
function folded(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`
}

function leftOut(columns: readonly ColumnDrift[]): string {
  if (columns.length === 0) return ''
  const drifted = columns.filter((column) => column.drifted).length
  return `${plural(columns.length, 'more column')} left out, ${formatCount(drifted)} of them drifted.`
}
