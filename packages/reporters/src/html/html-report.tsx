import type { ColumnDrift, DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { assertFinite } from '../assert-finite.ts'
import { plural } from '../format.ts'
import { shortText } from '../visible-text.ts'
import { ColumnTable } from './column-table.tsx'
import { Methods } from './methods.tsx'
import { Name } from './name.tsx'
import { STYLE, STYLE_HASH } from './style.ts'
import { Summary } from './summary.tsx'

export interface HtmlReportOptions {
  /** Heading and title of the page. */
  readonly title?: string
}

/**
 * The report as one HTML page: it asks for nothing from anywhere, needs no script, and names from the
 * data are text whatever they look like.
 *
 * @returns a whole document, ending in a newline
 * @throws InvalidArgumentError where the report holds NaN or an infinity, naming its path
 * @example
 * await writeFile('drift.html', htmlReport(report, { title: 'Bookings, April' }))
 */
export function htmlReport(report: DriftReport, options: HtmlReportOptions = {}): string {
  assertFinite('report', report)
  return `<!doctype html>\n${renderToString(<Page report={report} {...options} />)}\n`
}

/** Styles by their hash, and nothing else: no script, no image, no font, no form, no other base. */
const POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`

function Page({ report, title }: HtmlReportOptions & { readonly report: DriftReport }): VNode {
  const { reference, current, columns, settings } = report
  const anchors = new Map(columns.map((column, i) => [column, `column-${i + 1}`]))
  const anchorOf = (column: ColumnDrift): string => anchors.get(column)!
  const names = `${shortText(reference.name, 60)} → ${shortText(current.name, 60)}`
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === undefined ? `Drift report: ${names}` : shortText(title, 200)}</title>
        {/* Not data but a constant; the policy holds the hash of this very text. */}
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <main>
          <header>
            <h1>{title === undefined ? 'Drift report' : <Name of={title} limit={200} />}</h1>
          </header>
          <Summary report={report} anchorOf={anchorOf} />
          <section aria-labelledby="columns">
            <h2 id="columns">{plural(columns.length, 'column')}</h2>
            <ColumnTable columns={columns} settings={settings} anchorOf={anchorOf} />
          </section>
          <Methods report={report} />
        </main>
      </body>
    </html>
  )
}
