import { assertOptions } from '@tidegauge/core/options'
import type { ColumnDrift, DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { plural } from '../format.ts'
import { readableReport } from '../readable-report.ts'
import { shortText } from '../visible-text.ts'
import { ColumnTable } from './column-table.tsx'
import { Methods } from './methods.tsx'
import { Name } from './name.tsx'
import { SCRIPT } from './page-script.ts'
import { POLICY_OPTIONS, type PolicyOptions, reportPolicy } from './policy.ts'
import { STYLE } from './style.ts'
import { Summary } from './summary.tsx'
import { Toolbar } from './toolbar.tsx'
import { VerdictShapes } from './verdict-mark.tsx'

export interface HtmlReportOptions extends PolicyOptions {
  /** Heading and title of the page. */
  readonly title?: string
}

/**
 * The report as one HTML page: it asks for nothing from anywhere, names from the data are text whatever
 * they look like, and all of it is read without JavaScript. With it the columns are searched, filtered and
 * sorted.
 *
 * @returns a whole document, ending in a newline
 * @throws InvalidArgumentError where the report holds NaN or an infinity, naming its path, or the nonce is none
 * @example
 * await writeFile('drift.html', htmlReport(report, { title: 'Bookings, April' }))
 */
export function htmlReport(written: DriftReport, options: HtmlReportOptions = {}): string {
  assertOptions('options', options, HTML_OPTIONS)
  const report = readableReport(written)
  return `<!doctype html>\n${selfClosing(renderToString(<Page report={report} {...options} />))}\n`
}

const HTML_OPTIONS: Readonly<Record<keyof HtmlReportOptions, true>> = {
  ...POLICY_OPTIONS,
  title: true,
}

/** A tenth of a long page were closing tags of shapes. Text cannot look like one: its `<` is escaped. */
function selfClosing(html: string): string {
  return html.replaceAll(/><\/(?:path|line|use|rect)>/g, '/>')
}

interface PageProps extends HtmlReportOptions {
  readonly report: DriftReport
}

function Page({ report, title, nonce, script = true }: PageProps): VNode {
  const { reference, current, columns, settings } = report
  const anchors = new Map(columns.map((column, i) => [column, `column-${i + 1}`]))
  const anchorOf = (column: ColumnDrift): string => anchors.get(column)!
  const allowed = nonce === undefined ? {} : { nonce }
  const names = `${shortText(reference.name, 60)} → ${shortText(current.name, 60)}`
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={reportPolicy({ ...allowed, script })} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === undefined ? `Drift report: ${names}` : shortText(title, 200)}</title>
        {/* Not data but a constant, as the script is; the policy holds the hash of this very text. */}
        <style {...allowed} dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <VerdictShapes />
        <main>
          <header>
            <h1>{title === undefined ? 'Drift report' : <Name of={title} limit={200} />}</h1>
          </header>
          <Summary report={report} anchorOf={anchorOf} />
          <section aria-labelledby="columns">
            <h2 id="columns">{plural(columns.length, 'column')}</h2>
            <p id="order" class="muted small">
              By verdict, then by effect: the scale that all methods share.
            </p>
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
      </body>
    </html>
  )
}
