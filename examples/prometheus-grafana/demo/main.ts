import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { detectDrift } from '@tidegauge/drift'
import { htmlReport, jsonReport, summaryLine, textReport } from '@tidegauge/reporters'
import { writeReports } from '@tidegauge/reporters/node'
import { type Flights, loadFlights } from '../service/flights.ts'
import type { ModelQuality } from '../service/model.ts'
import { type Console, createConsole } from './console.ts'
import { injectDrift } from './inject.ts'
import { formatSeconds, latencyByRoute } from './latency.ts'
import { replay } from './replay.ts'
import { type ServiceProcess, startService } from './service-process.ts'

const HELP = `Usage: pnpm demo [options]

Serves a model that predicts late flights, sends it a month of real ones, and shows both gauges:
how long requests take, and whether the data is still what the model was trained on.

Options:
  --reference <month>  the month the model is trained on (default 2001-01)
  --current <month>    the month it is held against (default 2001-02; the data ends in 2001-07)
  --inject             change the current month as a broken pipeline would, to see ACTION
  --requests <n>       how many flights are sent to the service (default 3000)
  --out <dir>          where the reports go (default reports)
  --port <port>        of the service (default: any that is free)
  --keep               leave the service running until Ctrl-C
  --help               show this
`

interface DemoOptions {
  readonly reference: string
  readonly current: string
  readonly inject: boolean
  readonly requests: number
  readonly out: string
  readonly port: number
  readonly keep: boolean
}

async function demo(options: DemoOptions): Promise<void> {
  const console = createConsole()
  const { paint, say } = console
  say(paint.bold('tidegauge demo') + paint.dim(' · US flights of 2001: will this flight be late?'))

  console.heading('The model')
  const [reference, current] = await console.step(
    `read ${options.reference} and ${options.current}`,
    async () => [await loadFlights(options.reference), await loadFlights(options.current)] as const,
    (months) => months.map(({ late }) => `${late.length.toLocaleString('en')} flights`).join(', '),
  )
  const service = await console.step(
    `train on ${options.reference} and start the service`,
    () => startService(options.reference, options.port),
    ({ url }) => url,
  )
  try {
    console.explain(
      'from hour, weekday, distance, origin and destination. Not from the delay: it is known only after the flight, and the label (late: by more than 15 minutes) is made from it.',
      paint.dim,
    )
    console.explain(describeModel(await getHealth(service)))
    await showLatency(console, service, current, options)
    await showDrift(console, reference, current, options)
    if (options.keep) await keepServing(console, service)
  } finally {
    await service.stop()
  }
}

async function getHealth({ url }: ServiceProcess): Promise<ModelQuality> {
  const response = await fetch(`${url}/health`)
  const body = (await response.json()) as { model: ModelQuality }
  return body.model
}

function describeModel(quality: ModelQuality): string {
  const rows = quality.heldOutRows.toLocaleString('en')
  return (
    `on ${rows} flights that it has not seen: AUC ${quality.auc.toFixed(3)} (guessing: 0.500), ` +
    `Brier score ${quality.brier.toFixed(4)} (always saying the base rate of ` +
    `${(quality.baseRate * 100).toFixed(1)} %: ${quality.baseRateBrier.toFixed(4)})`
  )
}

async function showLatency(
  console: Console,
  { url }: ServiceProcess,
  flights: Flights,
  { requests, current }: DemoOptions,
): Promise<void> {
  const { paint, say } = console
  console.heading('The waves: how long do requests take?')
  await console.step(
    `send flights of ${current} to POST /predict`,
    (progress) =>
      replay({
        url,
        flights,
        requests,
        onProgress: (done) => done % 50 === 0 && progress(`${done} of ${requests}`),
      }),
    (sent) =>
      `${sent.requests.toLocaleString('en')} requests, ` +
      `${Math.round(sent.requests / sent.seconds).toLocaleString('en')} per second, ` +
      `${((100 * sent.failed) / sent.requests).toFixed(1)} % failed`,
  )
  const page = await fetch(`${url}/metrics`)
  const rows = latencyByRoute(await page.text())
  const cells = [
    ['route', 'requests', 'errors', 'mean', 'p50', 'p95', 'p99'],
    ...rows.map((row) => [
      row.route,
      row.requests.toLocaleString('en'),
      `${(row.errorShare * 100).toFixed(1)} %`,
      ...[row.mean, row.p50, row.p95, row.p99].map(formatSeconds),
    ]),
  ]
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  cells.forEach((row, i) => {
    const line = row.map((cell, column) => {
      return column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    })
    say(`  ${i === 0 ? paint.dim(line.join('  ')) : line.join('  ')}`)
  })
  const predict = rows.find(({ route }) => route === 'POST /predict')
  if (predict !== undefined && predict.p99 > 0) {
    console.explain(
      `The mean of ${formatSeconds(predict.mean)} describes hardly any request: half of them take ${formatSeconds(predict.p50)} ` +
        `or less, and one in a hundred ${formatSeconds(predict.p99)} or more.`,
    )
  }
}

async function showDrift(
  console: Console,
  reference: Flights,
  current: Flights,
  options: DemoOptions,
): Promise<void> {
  const { paint, say } = console
  console.heading('The slow rise: is the data still what the model was trained on?')
  if (options.inject) {
    console.explain(
      'INJECTED: distances in kilometres, times five hours off, a third of the origins lost. This is not what the airlines sent.',
      paint.yellow,
    )
  }
  const name = options.inject ? `${options.current}-injected` : options.current
  const report = await console.step(
    `compare ${name} with ${options.reference}`,
    (progress) =>
      detectDrift(
        { ...reference },
        { ...(options.inject ? injectDrift(current) : current) },
        {
          target: 'late',
          names: { reference: options.reference, current: name },
          onProgress: ({ column, done, total }) =>
            progress(`${done} of ${total} columns, ${column}`),
        },
      ),
    ({ columns }) => `${columns.length} columns`,
  )
  say()
  say(textReport(report, { color: console.color }).trimEnd())
  if (options.current === '2001-02' && options.reference === '2001-01') {
    say()
    console.explain(
      'weekday drifts because of the calendar: January 2001 had five Mondays to Wednesdays, February four of each day.',
      paint.dim,
    )
  }
  const { html, json } = writeReports(report, {
    directory: options.out,
    reporters: { html: htmlReport, json: jsonReport },
    overwrite: true,
  })
  say()
  say(`report_html=${html} report_json=${json} ${summaryLine(report, { color: console.color })}`)
}

async function keepServing({ heading, say }: Console, { url }: ServiceProcess): Promise<void> {
  heading('Still serving, until Ctrl-C')
  say(`  metrics  ${url}/metrics`)
  say(`  health   ${url}/health`)
  say(
    `  predict  curl ${url}/predict -H 'content-type: application/json' -d '{"hour":17,"weekday":5,"distance":733,"origin":"ORD","destination":"LGA"}'`,
  )
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
}

function readOptions(): DemoOptions | 'help' {
  const { values } = parseArgs({
    // pnpm hands on the `--` of `pnpm demo -- --keep`
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: {
      reference: { type: 'string', default: '2001-01' },
      current: { type: 'string', default: '2001-02' },
      inject: { type: 'boolean', default: false },
      requests: { type: 'string', default: '3000' },
      out: { type: 'string', default: 'reports' },
      port: { type: 'string', default: '0' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const requests = Number(values.requests)
  const port = Number(values.port)
  if (!(Number.isInteger(requests) && requests > 0))
    throw new Error('--requests must be a number above 0')
  if (!(Number.isInteger(port) && port >= 0 && port < 65_536))
    throw new Error('--port must be a port')
  return { ...values, requests, port }
}

// `pnpm demo | head` closes the pipe early; that is no error, and the service ends with us.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  const options = readOptions()
  if (options === 'help') process.stdout.write(HELP)
  else await demo(options)
} catch (error) {
  process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
