/**
 * A month of flights against another, from a script: arquero loads and derives the columns, tidegauge
 * compares them. Run it with `pnpm --filter @tidegauge/example-monthly-drift start`.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { htmlReport, jsonReport, summaryLine, textReport } from '@tidegauge/reporters'
import { writeReports } from '@tidegauge/reporters/node'
import * as aq from 'arquero'

interface Flight {
  /** Such as `2001/01/10 18:20`. */
  readonly date: string
  readonly delay: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

/** 20,000 US flights, January to March 2001: a sample that fits into memory as JSON. */
const FLIGHTS = new URL('../data/flights-20k.json', import.meta.resolve('vega-datasets'))

export function monthlyDrift(reference: string, current: string): DriftReport {
  const flights = aq.from(JSON.parse(readFileSync(FLIGHTS, 'utf8')) as Flight[]).derive({
    month: aq.escape(({ date }: Flight) => date.slice(0, 7)),
    hour: aq.escape(({ date }: Flight) => Number(date.slice(11, 13))),
    weekday: aq.escape(({ date }: Flight) => new Date(`${date.slice(0, 10)} UTC`).getUTCDay()),
    late: aq.escape(({ delay }: Flight) => delay > 15),
  })
  const month = (name: string) =>
    flights.filter(aq.escape((flight: { month: string }) => flight.month === name))
  return detectDrift(month(reference), month(current), {
    columns: ['hour', 'weekday', 'distance', 'origin', 'destination'],
    target: 'late',
    types: { weekday: 'categorical' },
    names: { reference: reference.replace('/', '-'), current: current.replace('/', '-') },
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = monthlyDrift('2001/01', '2001/02')
  const { html, json } = writeReports(report, {
    directory: 'reports',
    reporters: { html: htmlReport, json: jsonReport },
    overwrite: true,
  })
  process.stdout.write(`${textReport(report)}\n`)
  process.stdout.write(`report_html=${html} report_json=${json} ${summaryLine(report)}\n`)
}
