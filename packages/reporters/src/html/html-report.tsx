import { InvalidArgumentError, type LiveState } from '@tidegauge/core'
import { assertLinks } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { ColumnDrift, DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { plural } from '../format.ts'
import { readableReport } from '../readable-report.ts'
import { shortText } from '../visible-text.ts'
import { ColumnTable } from './column-table.tsx'
import { LiveHead } from './live/live-head.tsx'
import { LIVE_SCRIPT } from './live/live-script.ts'
import { LIVE_STYLE } from './live/live-style.ts'
import { LookStrip } from './live/look-strip.tsx'
import { StrangerTable } from './live/stranger-table.tsx'
import { Methods } from './methods.tsx'
import { Name } from './name.tsx'
import { SCRIPT } from './page-script.ts'
import { CurveShapes } from './plot.tsx'
import { POLICY_OPTIONS, type PolicyOptions, pagePolicy } from './policy.ts'
import { STYLE } from './style.ts'
import { Sides, Summary } from './summary.tsx'
import { Toolbar } from './toolbar.tsx'
import { VerdictShapes } from './verdict-mark.tsx'

export interface HtmlReportOptions extends PolicyOptions {
  /** Heading and title of the page; default: the names of the two tables. */
  readonly title?: string
  /** When the report was made, for the page to say so: without it the same report is the same page, byte for byte. */
  readonly madeAt?: Date
  /** What a monitor tells of a window that goes on; its handler gives it. */
  readonly live?: LiveState
}

/**
 * The report as one HTML page: it asks for nothing from anywhere, names from the data are text whatever
 * they look like, and all of it is read without JavaScript. With it the columns are searched, filtered and
 * sorted.
 *
 * @returns a whole document, ending in a newline
 * @throws InvalidArgumentError where the report holds NaN or an infinity, naming its path, the nonce is none, or
 *   `madeAt` is no valid Date
 * @example
 * await writeFile('drift.html', htmlReport(report, { title: 'Bookings, April' }))
 */
export function htmlReport(written: DriftReport, options: HtmlReportOptions = {}): string {
  assertOptions('options', options, HTML_OPTIONS)
  const { madeAt } = options
  if (madeAt !== undefined && !(madeAt instanceof Date && Number.isFinite(madeAt.getTime()))) {
    throw new InvalidArgumentError('madeAt', 'a valid Date', madeAt)
  }
  if (options.live !== undefined) assertLinks('live.links', options.live.links)
  const report = readableReport(written)
  return `<!doctype html>\n${withoutNeedlessTags(renderToString(<Page report={report} {...options} />))}\n`
}

const HTML_OPTIONS: Readonly<Record<keyof HtmlReportOptions, true>> = {
  ...POLICY_OPTIONS,
  title: true,
  madeAt: true,
  live: true,
}

/**
 * A sixth of a long page were closing tags of shapes, and those of table cells that HTML does not ask for. Text cannot
 * look like one: its `<` is escaped.
 */
function withoutNeedlessTags(html: string): string {
  return html
    .replaceAll(/><\/(?:path|line|use|rect)>/g, '/>')
    .replaceAll(/<\/(?:td|th|tr)>/g, '')
    .replaceAll(/<\/t(?:head|body)>(?=<tbody|<\/table)/g, '')
}

function sidesInWords({ reference, current }: DriftReport): string {
  return `${shortText(current.name, 60)} against ${shortText(reference.name, 60)}`
}

function momentInWords(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

interface PageProps extends HtmlReportOptions {
  readonly report: DriftReport
}

function Page({ report, title, madeAt, live, nonce, script = true }: PageProps): VNode {
  const { columns, settings } = report
  const anchors = new Map(columns.map((column, i) => [column, `column-${i + 1}`]))
  const anchorOf = (column: ColumnDrift): string => anchors.get(column)!
  const allowed = nonce === undefined ? {} : { nonce }
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content={pagePolicy({ ...allowed, script }, live !== undefined)}
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{shortText(title ?? `Drift report: ${sidesInWords(report)}`, 200)}</title>
        {/* Not data but a constant, as the script is; the policy holds the hash of this very text. */}
        <style {...allowed} dangerouslySetInnerHTML={{ __html: STYLE }} />
        {live !== undefined && (
          <style {...allowed} dangerouslySetInnerHTML={{ __html: LIVE_STYLE }} />
        )}
      </head>
      <body>
        <VerdictShapes />
        {columns.length > 0 && <CurveShapes />}
        <main>
          {live === undefined ? (
            <header>
              <h1>
                {title === undefined ? (
                  <>
                    <Name of={report.current.name} limit={60} /> against{' '}
                    <Name of={report.reference.name} limit={60} />
                  </>
                ) : (
                  <Name of={title} limit={200} />
                )}
              </h1>
              <Sides of={report} />
              {madeAt !== undefined && <p class="muted small">made at {momentInWords(madeAt)}</p>}
            </header>
          ) : (
            <>
              <LiveHead live={live} report={report} />
              <LookStrip live={live} />
            </>
          )}
          <Summary report={report} anchorOf={anchorOf} />
          {live !== undefined && <StrangerTable live={live} report={report} anchorOf={anchorOf} />}
          <section aria-labelledby="columns">
            <div class="heading">
              <h2 id="columns">{plural(columns.length, 'column')}</h2>
              <p id="order" class="muted small">
                By verdict, then by effect: the scale that all methods share.
              </p>
            </div>
            {columns.length > 0 && <Toolbar report={report} />}
            <ColumnTable
              columns={columns}
              settings={settings}
              changedTypes={report.changedTypes}
              anchorOf={anchorOf}
            />
          </section>
          <Methods report={report} />
        </main>
        {script && columns.length > 0 && (
          <script {...allowed} dangerouslySetInnerHTML={{ __html: SCRIPT }} />
        )}
        {script && live !== undefined && (
          <script {...allowed} dangerouslySetInnerHTML={{ __html: LIVE_SCRIPT }} />
        )}
      </body>
    </html>
  )
}
