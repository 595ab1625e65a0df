import { appendFileSync, statSync } from 'node:fs'
import { parse } from 'node:path'
import type { DriftReport } from '@tidegauge/drift'
import {
  decisionText,
  evidentlyReport,
  type HtmlReportOptions,
  htmlReport,
  jsonReport,
  junitReport,
  type MarkdownReportOptions,
  markdownReport,
  type Reporter,
  summaryLine,
  textReport,
} from '@tidegauge/reporters'
import { type WriteReportsOptions, writeReports } from '@tidegauge/reporters/node'
import { libraryOptions } from '../options/library-options.ts'
import type { OptionSpecs } from '../options/option-spec.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import type { ReportFormat } from './format-names.ts'
import { asSaved } from './save-files.ts'

const ENDINGS: Readonly<Record<ReportFormat, string>> = {
  html: 'html',
  json: 'json',
  md: 'md',
  junit: 'junit.xml',
  evidently: 'evidently.json',
}

/** What the options of the page and of the Markdown say. */
export interface RenderOptions {
  readonly html?: HtmlReportOptions
  readonly markdown?: MarkdownReportOptions
}

export function renderOptionsOf(
  specs: OptionSpecs,
  values: Readonly<Record<string, unknown>>,
): RenderOptions {
  return {
    html: { ...libraryOptions('html', specs, values), ...madeAtOf(values['made-at']) },
    markdown: libraryOptions('markdown', specs, values),
  }
}

function madeAtOf(text: unknown): Pick<HtmlReportOptions, 'madeAt'> {
  if (typeof text !== 'string') return {}
  const madeAt = text === 'now' ? new Date() : new Date(ISO_TIME.test(text) ? text : Number.NaN)
  if (!Number.isNaN(madeAt.getTime())) return { madeAt }
  throw new UsageError(
    `--made-at ${text}: say now, or a time with its zone, such as 2026-04-02T07:30Z`,
  )
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/

export function rendererOf(format: ReportFormat, { html, markdown }: RenderOptions): Reporter {
  switch (format) {
    case 'html':
      return (report) => htmlReport(report, html)
    case 'json':
      return jsonReport
    case 'md':
      return (report) => markdownReport(report, markdown)
    case 'junit':
      return junitReport
    case 'evidently':
      return evidentlyReport
  }
}

export interface ShowOptions extends RenderOptions {
  readonly format?: readonly ReportFormat[]
  /** A folder. */
  readonly out?: string
  readonly force?: boolean
  /** Nothing but the report as JSON on stdout. */
  readonly json?: boolean
  /** The line with the verdict, without the table above it. */
  readonly quiet?: boolean
  /** Each column a line of the table. */
  readonly all?: boolean
}

/**
 * @throws UsageError where several formats were asked for and no folder to put them, or a file in the place of one
 */
export function assertShowable({ format, out }: ShowOptions): void {
  const ending = out === undefined ? null : REPORT_ENDING.exec(out)
  if (ending !== null && !statSync(out!, { throwIfNoEntry: false })?.isDirectory()) {
    const { dir } = parse(out!)
    throw new UsageError(
      `--out ${out} must be a folder, not a file: say --out ${dir === '' ? '.' : dir} --format ${FORMAT_OF[ending[1]!.toLowerCase() as keyof typeof FORMAT_OF]}; a report is called by what it compares`,
    )
  }
  if (out !== undefined || format === undefined || format.length === 1) return
  throw new UsageError('--format with several formats needs --out, a folder to write them to')
}

const REPORT_ENDING = /\.(html?|json|md|xml)$/i
const FORMAT_OF = { htm: 'html', html: 'html', json: 'json', md: 'md', xml: 'junit' } as const

/** The report where it was asked for: as files, on stdout, and in the summary of a GitHub job. */
export function showReport(
  report: DriftReport,
  { format, out, force = false, json = false, quiet = false, all = false, ...render }: ShowOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): void {
  const { color, width, isTerminal } = terminal
  const alone = out === undefined ? format?.[0] : undefined
  const written =
    out === undefined
      ? []
      : writeFiles(report, format ?? ['html', 'json'], { directory: out, overwrite: force }, render)
  if (json) terminal.out(jsonReport(report))
  else if (alone !== undefined) terminal.out(rendererOf(alone, render)(report))
  else if (quiet) terminal.out(`${[...written, summaryLine(report, { color })].join(' ')}\n`)
  else {
    const table = textReport(report, { color, width, all }).replace(HOW_ALL, '(--all shows them)')
    // Who reads it is told in sentences; what reads it, in one line.
    const told = isTerminal
      ? [...written, decisionText(report, { color })].join('\n')
      : [...written, summaryLine(report, { color })].join(' ')
    terminal.out(`${table}\n${told}\n`)
  }
  appendStepSummary(report, env.GITHUB_STEP_SUMMARY, terminal)
}

/** What the library calls its own option. */
const HOW_ALL = '(`all` shows them)'

function writeFiles(
  report: DriftReport,
  formats: readonly ReportFormat[],
  where: Pick<WriteReportsOptions, 'directory' | 'overwrite'>,
  render: RenderOptions,
): readonly string[] {
  const reporters = Object.fromEntries(
    formats.map((format) => [ENDINGS[format], rendererOf(format, render)]),
  )
  const paths = asSaved(() => writeReports(report, { ...where, reporters }))
  return formats.map((format) => `report_${format}=${paths[ENDINGS[format]]}`)
}

function appendStepSummary(
  report: DriftReport,
  path: string | undefined,
  terminal: Terminal,
): void {
  if (path === undefined || path === '') return
  try {
    appendFileSync(path, `${markdownReport(report)}\n`)
  } catch (error) {
    terminal.error(`cannot write GITHUB_STEP_SUMMARY: ${(error as Error).message}`)
  }
}
