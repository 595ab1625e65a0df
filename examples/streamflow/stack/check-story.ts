import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { feastOnline } from '@tidegauge/connect/feast'
import type { DriftReport } from '@tidegauge/drift'
import type { Console } from '@tidegauge/example-prometheus-grafana/demo/console.ts'
import { injectDrift } from '@tidegauge/example-prometheus-grafana/demo/inject.ts'
import drift from '@tidegauge/example-prometheus-grafana/grafana/dashboards/drift.json' with {
  type: 'json',
}
import serviceDashboard from '@tidegauge/example-prometheus-grafana/grafana/dashboards/service.json' with {
  type: 'json',
}
import slo from '@tidegauge/example-prometheus-grafana/grafana/dashboards/slo.json' with {
  type: 'json',
}
import type { Mode, PlayerCounts } from '@tidegauge/example-prometheus-grafana/player/player.ts'
import { type Flights, loadFlights } from '@tidegauge/example-prometheus-grafana/service/flights.ts'
import { trainDelayModel } from '@tidegauge/example-prometheus-grafana/service/model.ts'
import { prometheusClient } from '@tidegauge/example-prometheus-grafana/stack/prometheus-client.ts'
import { type StoryOutcome, tellStory } from '@tidegauge/example-prometheus-grafana/stack/story.ts'
import type { GrafanaDashboard } from '@tidegauge/mixin'
import { runDashboardQueries } from '../../../packages/mixin/test/run-dashboard-queries.ts'
import { asOf, bookedFlights, readSnapshot, STORY } from '../database/snapshots.ts'
import { monthlyJob } from './monthly-job.ts'
import type { StackPrograms } from './programs.ts'
import type { Streamflow } from './start-streamflow.ts'

const THRESHOLD = 0.3
/** A window that is full enough to have shown a drift. */
const QUIET_ROWS = 500
const ASKED = 200

const EXAMPLE = fileURLToPath(new URL('..', import.meta.url))
const DATES = {
  reference: asOf(STORY.reference),
  quiet: asOf(STORY.quiet),
  broken: asOf(STORY.broken),
}

/** A run as MLflow's own client has it. */
interface ReadRun {
  readonly name: string
  readonly status: string
  readonly metrics: Readonly<Record<string, number>>
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** By path, the SHA-256 of what is in it. */
  readonly artifacts: Readonly<Record<string, string>>
}

type StreamflowParts = Omit<Streamflow, 'broken' | 'stop'>

/**
 * The whole story, step by step: the months lie in PostgreSQL, Feast serves them, the API is fed by Feast, Prometheus sees it, a
 * month that went wrong is told live, and the monthly job tells it too and logs it to MLflow.
 *
 * @returns how many steps held; at the first that does not, the rest is not tried
 */
export async function checkStory(
  console: Console,
  { urls, env, feastData, pool, children }: StreamflowParts,
  programs: Pick<StackPrograms, 'feast' | 'mlflow'>,
): Promise<StoryOutcome> {
  const prometheus = prometheusClient(urls.prometheus!)
  const online = feastOnline({ url: urls.feast, featureService: 'late_flights' })
  const live = () => get<DriftReport>(`${urls.service}/drift`)
  const read = <T>(python: string, script: string, args: readonly string[]) =>
    readBy<T>(python, script, args, { ...env, FEAST_DATA: feastData, HOME: feastData })
  const runs = () =>
    read<ReadRun[]>(programs.mlflow, 'read_mlflow.py', [
      env.MLFLOW_TRACKING_URI!,
      env.MLFLOW_EXPERIMENT_NAME!,
    ])

  return await tellStory(console, async ({ step, becomes }) => {
    console.heading('The table')
    const months = await step(
      'PostgreSQL has the months, flight for flight',
      async () => {
        const { rows } = await pool.query<TableSums>(SUMS)
        const expected = await Promise.all([
          loadFlights(STORY.reference),
          loadFlights(STORY.quiet),
          loadFlights(STORY.broken).then(injectDrift),
        ])
        same(
          rows,
          expected.map((flights, i) => sumsOf(Object.values(DATES)[i]!, flights)),
        )
        return rows
      },
      (rows) => rows.map(({ as_of, flights }) => `${as_of}: ${flights}`).join(', '),
    )

    console.heading('The features')
    const asked = (await bookedFlights(pool, STORY.quiet)).slice(0, ASKED)
    const ids = asked.map(({ flight_id }) => flight_id)
    const inTable = (
      await pool.query<TableRow>(
        'SELECT flight_id::float8, hour, weekday, distance, origin, destination FROM booked_flights WHERE flight_id = ANY($1) ORDER BY flight_id',
        [ids],
      )
    ).rows
    await step(
      'Feast’s own client has them as the table does',
      async () => {
        const columns = await read<Record<string, unknown[]>>(programs.feast, 'read_feast.py', [
          `${EXAMPLE}features`,
          ...ids.map(String),
        ])
        same(rowsOf(columns), inTable)
      },
      () => `${ids.length} flights of ${STORY.quiet}`,
    )
    await step(
      'and so does its feature server, which knows no flight that is not booked',
      async () => {
        same((await online.rows({ flight_id: ids })).map(sorted), inTable.map(sorted))
        same(await online.rows({ flight_id: [1] }), [])
      },
      () => `${ids.length} flights, asked by feastOnline()`,
    )
    await step(
      'the API answers by an id what the model says of the row in the table',
      async () => {
        const model = trainDelayModel(await readSnapshot(pool, STORY.reference))
        for (const { flight_id, ...flight } of inTable.slice(0, 20)) {
          const answer = await predict({ flight_id })
          same(answer.status, 200)
          same(answer.body.probability, model.predict(flight))
        }
        same((await predict({ flight_id: 1 })).status, 404)
        same((await predict({ hour: 7 })).status, 400)
      },
      () => '20 flights; 404 for one that is not booked, 400 for what is no id',
    )

    console.heading('What Prometheus and Grafana see')
    await becomes(
      'Prometheus scrapes the API',
      () => prometheus.query('up{job="flights"} == 1'),
      (up) => up.length === 1,
      (up) => `${up.length} of 1 up`,
    )
    await becomes(
      'a quiet month: the live page says NO_ACTION',
      live,
      ({ decision, current }) => decision.action === 'NO_ACTION' && current.rows >= QUIET_ROWS,
      ({ decision, current }) => `${decision.reason}, ${current.rows} flights`,
    )
    await becomes(
      'and so does Prometheus',
      () => prometheus.query('drift:model:drifted_share'),
      (found) => found.length === 1 && found[0]!.value < THRESHOLD,
      (found) => found.map(({ value }) => value.toFixed(2)).join(', ') || 'no share yet',
    )
    const hasData = (name: keyof typeof DASHBOARDS, ...mayBeEmpty: readonly string[]) =>
      becomes(
        `every query of Grafana’s dashboard "${name}" has data`,
        () =>
          runDashboardQueries({
            dashboard: DASHBOARDS[name],
            prometheusUrl: urls.prometheus!,
            rateInterval: '30s',
            values: { feature: 'distance' }, // of categories there is no distance of Kolmogorov and Smirnov
            mayBeEmpty,
          }),
        (problems) => problems.length === 0,
        (problems) =>
          problems.slice(0, 3).join('; ') || `but ${mayBeEmpty.join(' and ') || 'none'}`,
      )
    await hasData('service', ...OF_A_WINDOW_BEFORE, ALERTS)
    await hasData('drift', ...EMPTY_WHILE_QUIET)

    console.heading('The month that went wrong, live')
    await step(
      `the flights of ${STORY.broken} are asked for`,
      () => post(`${urls.player}/${'shift' satisfies Mode}`),
      () => 'kilometres for miles, hours five off, a third of the origins lost',
    )
    await becomes(
      'the live page says ACTION',
      live,
      ({ decision }) => decision.action === 'ACTION',
      ({ decision }) => decision.reason,
    )
    await becomes(
      'and so does Prometheus',
      () => prometheus.query('drift:model:drifted_share'),
      (found) => found.length === 1 && found[0]!.value >= THRESHOLD,
      (found) => found.map(({ value }) => value.toFixed(2)).join(', ') || 'no share',
    )

    await hasData('drift', LABEL)

    console.heading('The monthly job')
    const quiet = reportOf(DATES.reference, DATES.quiet)
    const first = await step(
      'says NO_ACTION of the quiet month',
      () => job(DATES.reference, DATES.quiet, 'NO_ACTION'),
      ({ line }) => line,
    )
    await step(
      'wrote both reports, of all the rows',
      async () => {
        const report = JSON.parse(readFileSync(quiet.json, 'utf8')) as DriftReport
        same([report.reference.rows, report.current.rows], [months[0]!.flights, months[1]!.flights])
        if (!existsSync(quiet.html)) throw new Error(`no ${quiet.html}`)
        return report
      },
      ({ columns, current }) =>
        `${columns.length} columns, ${current.rows} rows of ${current.name}`,
    )
    await step(
      'MLflow’s own client has the run: metrics, tags, and the reports byte for byte',
      async () => {
        const [run, ...others] = await runs()
        same(others, [])
        assertRun(run!, quiet)
        return run!
      },
      ({ metrics, tags }) =>
        `${Object.keys(metrics).length} metrics, drift_share ${metrics.drift_share}, ${tags['drift.action']}`,
    )
    await step(
      'the job run again says the same, writes the same, and makes no second run',
      async () => {
        const before = hashesOf(quiet)
        same((await job(DATES.reference, DATES.quiet, 'NO_ACTION')).line, first.line)
        same(hashesOf(quiet), before)
        same((await runs()).length, 1)
      },
      () => 'one run, and the same bytes',
    )
    await step(
      'says ACTION of the month that went wrong, and fails where it is asked to',
      () => job(DATES.quiet, DATES.broken, 'ACTION', '--fail-on', 'action'),
      ({ line }) => line,
    )
    await step(
      'which is another run in MLflow',
      async () => {
        const [, run, ...others] = await runs()
        same(others, [])
        assertRun(run!, reportOf(DATES.quiet, DATES.broken))
        return run!
      },
      ({ metrics, tags }) => `drift_share ${metrics.drift_share}, ${tags['drift.action']}`,
    )

    console.heading('And all the while')
    await step(
      'every request was answered as it should be',
      async () => {
        const counts = await get<PlayerCounts>(urls.player)
        const wrong = Object.entries(counts.answers).filter(
          ([status, count]) => !(count <= (EXPECTED[status]?.(counts.sent) ?? 0)),
        )
        if (wrong.length > 0 || !counts.answers[200]) throw new Error(JSON.stringify(counts))
        return counts
      },
      ({ sent, outcomes }) =>
        `${sent.toLocaleString('en')} sent, ${outcomes.toLocaleString('en')} outcomes told`,
    )
    await step(
      'all parts are still running',
      async () => {
        const gone = children.filter(({ isRunning }) => !isRunning).map(({ name }) => name)
        if (gone.length > 0) throw new Error(`gone: ${gone.join(', ')}`)
      },
      () => children.map(({ name }) => name).join(', '),
    )
    await hasData('slo', ALERTS)
  })

  async function predict(body: object) {
    const response = await fetch(`${urls.service}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    })
    return { status: response.status, body: (await response.json()) as { probability: number } }
  }

  /** @throws where it does not end as it should, or does not print the line that it is known for */
  async function job(
    reference: string,
    current: string,
    action: 'NO_ACTION' | 'ACTION',
    ...more: readonly string[]
  ) {
    const outcome = await monthlyJob(reference, current, env, ...more)
    const files = `reports/drift_${reference}_vs_${current}`
    const compared = action === 'ACTION' ? '>=' : '<'
    const expected = new RegExp(
      `^report_html=${files}\\.html report_json=${files}\\.json drift_share=(0\\.\\d\\d|1\\.00) -> ` +
        `${action} drift_share=\\1 ${compared} 0\\.30 \\(target_drift=0\\.0\\)$`,
    )
    same(outcome.code, more.length > 0 && action === 'ACTION' ? 1 : 0, outcome.stderr)
    if (!expected.test(outcome.line)) throw new Error(`it printed: ${outcome.line}`)
    return outcome
  }
}

/** What the player asks for wrongly, and what the service is asked to do wrong; rounded up. */
const EXPECTED: Readonly<Record<string, (sent: number) => number>> = {
  200: (sent) => sent,
  400: (sent) => Math.ceil(sent / 500),
  500: (sent) => Math.ceil(sent / 200),
}

const DASHBOARDS = {
  service: serviceDashboard as unknown as GrafanaDashboard,
  drift: drift as unknown as GrafanaDashboard,
  slo: slo as unknown as GrafanaDashboard,
}

/** How flights end is known too late to be counted with them: its panel has nothing to show. */
const LABEL = 'Target'
const ALERTS = 'Alerts'
const EMPTY_WHILE_QUIET = [LABEL, ALERTS]
/** Of two windows ago, and there may be none yet. */
const OF_A_WINDOW_BEFORE = ['Latency over its reference', 'Latency and its reference']

interface ReportFiles {
  readonly html: string
  readonly json: string
}

function reportOf(reference: string, current: string): ReportFiles {
  const stem = `${EXAMPLE}reports/drift_${reference}_vs_${current}`
  return { html: `${stem}.html`, json: `${stem}.json` }
}

function hashesOf({ html, json }: ReportFiles) {
  return {
    'drift/report.html': sha256(readFileSync(html)),
    'drift/report.json': sha256(readFileSync(json)),
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The run says what the report does. */
function assertRun({ status, metrics, tags, params, artifacts }: ReadRun, files: ReportFiles) {
  const report = JSON.parse(readFileSync(files.json, 'utf8')) as DriftReport
  same(status, 'FINISHED')
  same(metrics.drift_share, report.shareOfDriftedColumns)
  same(metrics.target_drift, report.targetDrift)
  same(metrics.current_rows, report.current.rows)
  for (const { name, verdict } of report.columns) {
    same(metrics[`drifted/${name}`], verdict === 'drifted' ? 1 : 0)
  }
  same(tags['drift.action'], report.decision.action)
  same(tags['drift.current']!.split(' ')[0], report.current.name) // its times stand behind it
  same(params['drift.share_threshold'], String(THRESHOLD))
  same(artifacts, hashesOf(files))
}

interface TableSums {
  readonly as_of: string
  readonly flights: number
  readonly hours: number
  readonly miles: number
  readonly late: number
  readonly origins: number
}

/** Sums of a month are seldom right where its rows are not. */
const SUMS = `SELECT as_of::text, count(*)::float8 AS flights, sum(hour)::float8 AS hours, sum(distance)::float8 AS miles,
  count(*) FILTER (WHERE late)::float8 AS late, count(DISTINCT origin)::float8 AS origins
  FROM flight_snapshots GROUP BY as_of ORDER BY as_of`

function sumsOf(as_of: string, { hour, distance, late, origin }: Flights): TableSums {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  return {
    as_of,
    flights: late.length,
    hours: sum(hour),
    miles: sum(distance),
    late: late.filter(Boolean).length,
    origins: new Set(origin).size,
  }
}

interface TableRow {
  readonly flight_id: number
  readonly hour: number
  readonly weekday: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

const NAMES = ['flight_id', 'hour', 'weekday', 'distance', 'origin', 'destination'] as const

function rowsOf(columns: Readonly<Record<string, readonly unknown[]>>) {
  return columns.flight_id!.map((_, i) =>
    Object.fromEntries(NAMES.map((name) => [name, columns[name]![i]])),
  )
}

/** Of one order, whatever order the columns come in. */
function sorted(row: object): unknown {
  return Object.fromEntries(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** @throws where they are not the same as JSON */
function same(found: unknown, expected: unknown, more = ''): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)]
  if (a === b) return
  const at = [...(a ?? '')].findIndex((sign, i) => sign !== b?.[i])
  const part = (text = 'undefined') => text.slice(Math.max(0, at - 60), Math.max(0, at) + 120)
  throw new Error(`found ${part(a)} in the place of ${part(b)} ${more}`.trim())
}

async function readBy<T>(
  python: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<T> {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const options = {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', FEAST_USAGE: 'False', ...env },
    maxBuffer: 2 ** 26,
    timeout: 300_000,
  }
  const { stdout } = await promisify(execFile)(python, [file, ...args], options)
  return JSON.parse(stdout) as T
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as T
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
}
