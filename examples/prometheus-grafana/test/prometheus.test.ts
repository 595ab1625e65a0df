import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { GrafanaDashboard } from '@tidegauge/mixin'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import {
  runDashboardQueries,
  variableValues,
} from '../../../packages/mixin/test/run-dashboard-queries.ts'
import { replay } from '../demo/replay.ts'
import service from '../grafana/dashboards/service.json' with { type: 'json' }
import { type Flights, loadFlights } from '../service/flights.ts'
import { trainDelayModel } from '../service/model.ts'
import { delayService } from '../service/service.ts'
import { describeWithServer, promtool, type RunningPrometheus, startPrometheus } from './server.ts'

const CONFIG = fileURLToPath(new URL('../prometheus.yml', import.meta.url))
const COUNT = 'http_server_request_duration_seconds_count'

const dashboard = service as unknown as GrafanaDashboard
const queries = dashboard.panels.flatMap((panel) =>
  panel.type === 'row' ? [] : panel.targets.map((target) => ({ ...target, panel: panel.title })),
)

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

/** As the HTTP API writes it: numbers are text, so that NaN and infinity have a form. */
interface InstantVector {
  readonly result: readonly {
    readonly metric: Sample['metric']
    readonly value: readonly [time: number, value: string]
  }[]
}

describeWithServer('prometheus', 'prometheus.yml', () => {
  test('is accepted by promtool', () => {
    const { status, output } = promtool(['check', 'config', CONFIG])
    expect(output).toContain('SUCCESS')
    expect(status).toBe(0)
  })
})

describeWithServer('prometheus', 'a real Prometheus', () => {
  let server: Server
  let serviceUrl: string
  let prometheus: RunningPrometheus
  let prometheusUrl: string
  let flights: Flights
  let sent = 0
  let failed = 0
  /** In seconds: the moment just after the last scrape that the tests waited for. */
  let now: number
  let job = ''
  /** What the variable `route` may stand for: all, two together, each alone. */
  let routes: string[]

  beforeAll(async () => {
    flights = await loadFlights('2001-01')
    const model = trainDelayModel(flights)
    server = delayService({ model, simulateFaults: true }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    serviceUrl = `http://${address}`

    prometheus = await startPrometheus({ config: configFor(address) })
    prometheusUrl = prometheus.url

    // A rate needs a series before it sees it grow: so every kind of request is sent twice, a scrape between.
    await send(400)
    await scraped()
    await send(600)
    await scraped()
    now = Date.now() / 1000
    job = (await labelValues('job'))[0]!
    const known = await labelValues('route')
    routes = [variable('route').allValue!, `(${known.join('|')})`, ...known]
  })
  afterAll(async () => {
    await prometheus?.stop()
    server?.closeAllConnections()
    server?.close()
  })

  async function send(requests: number): Promise<void> {
    const result = await replay({ url: serviceUrl, flights, requests })
    sent += result.requests
    failed += result.failed
    for (const path of ['/health', '/health', '/nowhere']) {
      await (await fetch(serviceUrl + path)).arrayBuffer()
    }
  }

  /** Waits until Prometheus has seen all that was sent, and has looked once more. */
  async function scraped(): Promise<void> {
    const options = { timeout: 120_000, interval: 200 }
    const seen = async (expr: string) => (await query(expr))[0]?.value ?? 0
    await vi.waitFor(async () => {
      expect(await seen(`sum(${COUNT}{http_route="/predict"})`)).toBe(sent)
    }, options)
    const scrapes = await seen(`${COUNT}{http_route="/metrics"}`)
    await vi.waitFor(async () => {
      expect(await seen(`${COUNT}{http_route="/metrics"}`)).toBeGreaterThan(scrapes)
    }, options)
  }

  async function api<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const response = await fetch(`${prometheusUrl}/api/v1/${path}`, {
      method: path === 'query' ? 'POST' : 'GET',
      ...(path === 'query' && { body: new URLSearchParams(parameters) }),
    })
    const body = (await response.json()) as { status: string; error?: string; data: T }
    if (body.status !== 'success') throw new Error(`${body.error}: ${parameters.query ?? path}`)
    return body.data
  }

  async function query(expr: string, time?: number): Promise<Sample[]> {
    const { result } = await api<InstantVector>('query', {
      query: expr,
      ...(time !== undefined && { time: String(time) }),
    })
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
  }

  const labelValues = (name: string) =>
    variableValues(variable(name), { job, instance: '.*' }, { prometheusUrl })

  /** As Grafana fills in a query; by hand, since a `$` that is left is an error of the query. */
  function filled(expr: string, route: string): string {
    const text = expr
      .replaceAll('$__rate_interval', '30s')
      .replaceAll('$__range', '30s')
      .replaceAll('$job', job)
      .replaceAll('$instance', '.*')
      .replaceAll('$route', route)
    expect(text).not.toContain('$')
    return text
  }

  const panelQuery = async (panel: string, legendFormat: string, route: string) => {
    const found = queries.find((q) => q.panel === panel && q.legendFormat === legendFormat)!
    return query(filled(found.expr, route), now)
  }

  test('promtool finds no fault in the page, but three names of prom-client’s', async () => {
    const page = await (await fetch(`${serviceUrl}/metrics`)).text()
    expect(page).toContain(`${COUNT}{`)
    const { status, output } = promtool(['check', 'metrics'], { input: page })
    expect(status).not.toBeNull()
    const complaints = output.split('\n').filter((line) => line !== '')
    const theirs = /^nodejs_active_(handles|requests|resources)_total non-counter metrics should/
    expect(complaints.filter((line) => !theirs.test(line))).toEqual([])
  })

  test('the target of prometheus.yml is up, under its job', async () => {
    expect(await query('up', now)).toMatchObject([{ metric: { job: 'flights' }, value: 1 }])
  })

  test('Prometheus counts every request that was sent, once, under its route and status', async () => {
    expect(sent).toBe(1000)
    const counts = await query(`sum by (http_response_status_code) (${predicted()})`, now)
    const byStatus = Object.fromEntries(
      counts.map(({ metric, value }) => [metric.http_response_status_code, value]),
    )
    expect(byStatus).toEqual({ 200: 1000 - failed - 2, 400: 2, 500: failed })
    expect(failed).toBe(5)
  })

  const predicted = () => `${COUNT}{http_request_method="POST", http_route="/predict"}`

  test('the variables offer the job and every route, and no path that no route has', async () => {
    expect(await labelValues('job')).toEqual(['flights'])
    expect(await labelValues('route')).toEqual(['/health', '/metrics', '/predict'])
  })

  test('every query of every panel has finite values, for every choice of a route', async () => {
    for (const route of routes) {
      const values = { job, route }
      const run = { dashboard, prometheusUrl, values, rateInterval: '30s', time: now, mayBeEmpty }
      expect(await runDashboardQueries(run), route).toEqual([])
    }
  })

  test('shows what the mean hides: p50 far below it, p99 far above', async () => {
    const panel = '$route: the mean beside p50, p95 and p99'
    const [mean, p50, p99] = await Promise.all(
      ['mean', 'p50', 'p99'].map(async (name) => {
        return (await panelQuery(panel, name, '/predict'))[0]!.value
      }),
    )
    expect(p50! * 2).toBeLessThan(mean!)
    expect(mean! * 2).toBeLessThan(p99!)
    expect(p99).toBeGreaterThan(0.25) // one request in sixty waits 300 ms
  })

  test('the error ratio is that of the requests, and 0 where none failed', async () => {
    const ratios = await panelQuery('Error ratio, by route', '{{http_route}}', routes[0]!)
    const byRoute = Object.fromEntries(ratios.map((r) => [r.metric.http_route, r.value]))
    expect(byRoute['/predict']).toBeGreaterThan(0.002)
    expect(byRoute['/predict']).toBeLessThan(0.02)
    expect(byRoute['/health']).toBe(0)
  })

  test('all routes include the requests that matched none; a chosen route does not', async () => {
    const panel = 'Requests per second, by route and status'
    const { legendFormat } = queries.find((q) => q.panel === panel)!
    const unmatched = async (route: string) => {
      const samples = await panelQuery(panel, legendFormat, route)
      return samples.filter(({ metric }) => metric.http_route === undefined)
    }
    expect(await unmatched(routes[0]!)).toMatchObject([
      { metric: { http_response_status_code: '404' } },
    ])
    expect(await unmatched('/predict')).toEqual([])
  })
})

/** What rules record, and there are none here; requests that nobody refused. */
const mayBeEmpty = ['Latency over its reference', 'Latency and its reference', 'Alerts']

const variable = (name: string) => dashboard.templating.list.find((one) => one.name === name)!

/** The example's own configuration, with one target, scraped faster, and without rules. */
function configFor(target: string) {
  const config = parse(readFileSync(CONFIG, 'utf8'))
  config.global.scrape_interval = '1s'
  delete config.rule_files
  delete config.alerting
  config.scrape_configs[0].static_configs[0].targets = [target]
  return config
}
