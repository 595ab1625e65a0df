import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  describeWithServer,
  type RunningPrometheus,
  startPrometheus,
} from '../../../../vitest.servers.ts'
import {
  driftDashboard,
  prometheusRules,
  rulesYaml,
  serviceDashboard,
  sloDashboard,
  sloRules,
} from '../../src/index.ts'
import { runDashboardQueries } from '../run-dashboard-queries.ts'
import { startWatchedService, type WatchedService } from './watched-service.ts'

/** Of an hour, so that its windows are full soon: 4 % fail, and 5 % wait. */
const PROMISED = {
  period: '1h',
  windows: [{ long: '1m', short: '10s', budget: 0.02, severity: 'warning' }],
  by: ['job'],
}

const FEATURES = ['hour', 'distance', 'carrier', 'late', 'probability']

interface Bar {
  readonly bin: string
  readonly range: string
}

interface Vector {
  readonly result: readonly { readonly metric: Bar; readonly value: [number, string] }[]
}

describeWithServer('prometheus', 'the dashboards on a real Prometheus', () => {
  let prometheus: RunningPrometheus
  let prometheusUrl: string
  const services: WatchedService[] = []
  const traffic = new AbortController()
  let sent: Promise<unknown> = Promise.resolve()

  beforeAll(async () => {
    services.push(await startWatchedService(false), await startWatchedService(true))
    const [classic, native] = services
    const rules = prometheusRules({
      scrapeInterval: '1s',
      window: '30s',
      interval: '1s',
      by: ['job'], // both have the same reference
      minimumValues: 50,
      for: '1s',
      latency: { reference: { offset: '10s' } },
    })
    const promised = sloRules({
      ...PROMISED,
      interval: '1s',
      objectives: [
        { kind: 'availability', name: 'answered', target: 0.99 },
        { kind: 'latency', name: 'quick', target: 0.99, thresholdSeconds: 0.025 },
      ],
      apdex: [{ name: 'answers', thresholdSeconds: 0.025 }],
    })
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [
        { job_name: 'classic', static_configs: [{ targets: [classic!.address] }] },
        { job_name: 'native', static_configs: [{ targets: [native!.address] }] },
      ],
    }
    const groups = [...rules.groups, ...promised.groups]
    const files = { 'rules.yml': rulesYaml({ groups }) }
    prometheus = await startPrometheus({ config, files, features: ['native-histograms'] })
    prometheusUrl = prometheus.url
    sent = Promise.all(
      services.map(async (service) => {
        while (!traffic.signal.aborted) await service.answer(20)
      }),
    )
  })
  afterAll(async () => {
    traffic.abort()
    await sent
    await prometheus?.stop()
    for (const service of services) service.stop()
  })

  const soon = { timeout: 90_000, interval: 1000 }
  const slow = { timeout: 300_000 }

  test.each(['classic', 'native'] as const)(
    'every query of the service dashboard has data: %s histogram, for every choice of a job, an instance and a route',
    slow,
    async (histogram) => {
      const everything = { sizes: true, timeToHeaders: true }
      const dashboard = serviceDashboard(
        histogram === 'native'
          ? { ...everything, histogram, process: false }
          : { ...everything, latencyDrift: true },
      )
      const chosen = [
        { route: '.*' },
        { route: '/predict' },
        { route: '(/predict|/metrics)' },
        { route: '.*', job: '.+' },
        { route: '.*', instance: services[histogram === 'classic' ? 0 : 1]!.address },
      ]
      for (const choice of chosen) {
        const values = { job: histogram, ...choice }
        await vi.waitFor(async () => {
          const run = { dashboard, prometheusUrl, values, rateInterval: '10s' }
          expect(await runDashboardQueries(run), JSON.stringify(choice)).toEqual([])
        }, soon)
      }
    },
  )

  test('every query, variable and annotation of the objectives has data', slow, async () => {
    const dashboard = sloDashboard({ ...PROMISED })
    for (const slo of ['answered', 'quick']) {
      await vi.waitFor(async () => {
        const values = { job: 'classic', slo }
        const run = { dashboard, prometheusUrl, values, rateInterval: '10s' }
        expect(await runDashboardQueries(run), slo).toEqual([])
      }, soon)
    }
  })

  test(
    'every query, variable and annotation of the drift dashboard has data, for every feature',
    slow,
    async () => {
      const dashboard = driftDashboard({ by: ['job'] })
      for (const feature of FEATURES) {
        await vi.waitFor(async () => {
          const values = { job: 'native', feature }
          const run = { dashboard, prometheusUrl, values, rateInterval: '10s' }
          const problems = await runDashboardQueries(run)
          const categorical = feature === 'carrier' || feature === 'late'
          const ks = '$feature: PSI and KS (KS ({{reference}})): no data'
          expect(problems, feature).toEqual(categorical ? [ks] : [])
        }, soon)
      }
    },
  )

  test('the bars are the shares of every bin, by what it stands for, and add up to 1', async () => {
    const panel = driftDashboard({ by: ['job'] }).panels.find(({ type }) => type === 'barchart')!
    if (panel.type === 'row') throw new Error('no panel')
    for (const feature of FEATURES) {
      const sides = await Promise.all(
        panel.targets.map(async ({ expr }) => {
          const query = expr
            .replaceAll('$job', 'classic')
            .replaceAll('$model', 'flights')
            .replaceAll('$window', '30s')
            .replaceAll('$reference', '.*')
            .replaceAll('$feature', feature)
          const url = `${prometheusUrl}/api/v1/query?${new URLSearchParams({ query })}`
          const { data } = (await (await fetch(url)).json()) as { data: Vector }
          return data.result
        }),
      )
      const [reference, traffic] = sides.map((side) => side.map(({ metric }) => metric))
      const byBin = (a: Bar, b: Bar) => a.bin.localeCompare(b.bin)
      expect(traffic!.sort(byBin)).toEqual(reference!.sort(byBin))
      for (const side of sides) {
        const total = side.reduce((sum, { value }) => sum + Number(value[1]), 0)
        expect(total).toBeCloseTo(1, 9)
      }
      expect(new Set(reference!.map(({ range }) => range)).size).toBe(reference!.length)
    }
  })

  test('the checker tells a query that fails, that is empty, or whose legend names no label', async () => {
    const [panel] = serviceDashboard().panels.flatMap((panel) =>
      panel.type === 'timeseries' ? [panel] : [],
    )
    const [query] = panel!.targets
    const targets = [
      { ...query!, expr: 'up', legendFormat: '{{job}}' },
      { ...query!, expr: 'sum(', legendFormat: 'broken' },
      { ...query!, expr: 'absent_metric', legendFormat: 'absent' },
      { ...query!, expr: 'up / 0 - up / 0', legendFormat: 'NaN' },
      { ...query!, expr: 'sum(up)', legendFormat: '{{job}}' },
      { ...query!, expr: 'up{job="$unknown"}', legendFormat: 'unknown' },
    ]
    const problemsOf = (mayBeEmpty: readonly string[] = []) => {
      const frame = driftDashboard()
      const dashboard = {
        ...frame,
        annotations: { list: [] },
        templating: { list: [] },
        panels: [{ ...panel!, title: 'P', targets }],
      }
      return runDashboardQueries({ dashboard, prometheusUrl, mayBeEmpty })
    }
    expect(await problemsOf()).toEqual([
      expect.stringContaining('P (broken): invalid parameter "query"'),
      'P (absent): no data',
      'P (NaN): values that are not finite',
      'P ({{job}}): no label job',
      'P (unknown): no data',
    ])
    expect(await problemsOf(['P'])).toHaveLength(3)
  })

  test('the checker tells a variable without values', async () => {
    const frame = driftDashboard()
    const list = frame.templating.list.map((variable) =>
      variable.name === 'model'
        ? { ...variable, query: 'label_values(absent_metric, model)' }
        : variable,
    )
    const dashboard = { ...frame, templating: { list }, panels: [], annotations: { list: [] } }
    const problems = await runDashboardQueries({ dashboard, prometheusUrl })
    expect(problems[0]).toBe('variable model: no values')
  })
})
