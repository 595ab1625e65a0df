import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeWithServer } from '../../../../vitest.servers.ts'
import {
  dashboardJson,
  driftDashboard,
  type GrafanaDashboard,
  prometheusRules,
  provisioning,
  type ServiceDashboardOptions,
  serviceDashboard,
  sloDashboard,
  sloRules,
} from '../../src/index.ts'
import { checkRules } from '../promtool.ts'

const HOSTILE = 'a"b\\c$job $' + '{route} [[route]] {{y}}.*|é😀\u2028\n'

const exprsOf = ({ panels, annotations }: GrafanaDashboard) => [
  ...panels.flatMap((panel) => (panel.type === 'row' ? [] : panel.targets.map(({ expr }) => expr))),
  ...annotations.list.map(({ target }) => target.expr),
]

describe('a dashboard', () => {
  test('is the same text each time, and reads back as the same data', () => {
    for (const dashboard of [serviceDashboard(), driftDashboard(), sloDashboard()]) {
      const text = dashboardJson(dashboard)
      expect(dashboardJson(structuredClone(dashboard))).toBe(text)
      expect(JSON.parse(text)).toEqual(dashboard)
      expect(text.endsWith('}\n')).toBe(true)
    }
  })

  test('reads back as the same data, however hostile the texts in it are', () => {
    const dashboard = serviceDashboard({ title: HOSTILE, exclude: { route: HOSTILE } })
    expect(JSON.parse(dashboardJson(dashboard))).toEqual(dashboard)
  })

  test('links to its kind, and to the live report where there is one', () => {
    const linksOf = (liveReportUrl?: string) =>
      driftDashboard(liveReportUrl === undefined ? {} : { liveReportUrl }).links
    expect(linksOf()).toMatchObject([{ type: 'dashboards', tags: ['tidegauge'] }])
    expect(serviceDashboard().tags).toEqual(['tidegauge'])
    expect(linksOf('http://127.0.0.1:3000/drift')[1]).toMatchObject({
      type: 'link',
      url: 'http://127.0.0.1:3000/drift',
    })
  })

  test('holds no address in which Grafana would read a variable, or a browser a tag', () => {
    const liveReportUrl = `https://example.org/a?b=$job&c=${'$'}{x}&d=[[y]]&e="<b>'`
    const [, link] = serviceDashboard({ liveReportUrl }).links
    expect(link!.url).not.toMatch(/[$[\]{}"<> ]/)
    const { searchParams } = new URL(link!.url!)
    expect(Object.fromEntries(searchParams)).toEqual({
      b: '$job',
      c: '$' + '{x}',
      d: '[[y]]',
      e: `"<b>'`,
    })
  })

  test('links to an address of version 6 too', () => {
    const liveReportUrl = 'http://[::1]:3000/drift'
    expect(driftDashboard({ liveReportUrl }).links[1]!.url).toBe(liveReportUrl)
  })

  test.each([
    ['javascript:alert(1)', '"liveReportUrl" must be an address that begins with http://'],
    ['/drift', '"liveReportUrl" must be an address that begins with http://'],
    ['https://me:secret@example.org', '"liveReportUrl" must be an address without a user name'],
  ])('does not link to %s, and does not repeat a password', (liveReportUrl, message) => {
    expect(() => driftDashboard({ liveReportUrl })).toThrow(message)
    expect(() => driftDashboard({ liveReportUrl })).not.toThrow('secret')
  })

  test.each<[object, string]>([
    [{ uidd: 1 }, '"uidd" must be an option: "uid", maybe'],
    [{ uid: 'a b' }, '"uid" must be 1 to 40 letters'],
    [{ title: ' ' }, '"title" must be not empty'],
    [{ refresh: '1' }, '"refresh" must be a duration'],
    [{ timeRange: 'now' }, '"timeRange" must be a duration'],
    [{ psiThreshold: Number.NaN }, '"psiThreshold" must be a finite number above 0'],
    [{ shareThreshold: 0 }, '"shareThreshold" must be a number above 0 and at most 1'],
  ])('of drift refuses %j', (options, message) => {
    expect(() => driftDashboard(options)).toThrow(message)
  })

  test.each<[object, string]>([
    [{ psiThreshold: 0.2 }, '"psiThreshold" must be an option: one of title, uid'],
    [{ histogram: 'both' }, `"histogram" must be 'classic' or 'native'`],
    [{ errorRatio: 5 }, '"errorRatio" must be a number above 0 and at most 1'],
    [{ process: 1 }, '"process" must be true or false'],
    [{ sizes: 'yes' }, '"sizes" must be true or false'],
    [{ editable: 'no' }, '"editable" must be true or false'],
    [{ activeRequests: 'a-b' }, '"activeRequests" must be a Prometheus metric name'],
    [{ metric: 'own' }, '"metric" must be'],
    [{ failures: ['bad'] }, '"failures[0]" must be a status'],
  ])('of a service refuses %j', (options, message) => {
    expect(() => serviceDashboard(options)).toThrow(message)
  })

  test.each<[object, string]>([
    [{ psiThreshold: 0.2 }, '"psiThreshold" must be an option: one of title, uid'],
    [{ period: 'a month' }, '"period" must be a duration'],
    [{ windows: [] }, '"windows" must be an array of at least one'],
    [{ apdex: 1 }, '"apdex" must be true or false'],
    [{ by: ['slo'] }, '"by[0]" must be another label'],
  ])('of objectives refuses %j', (options, message) => {
    expect(() => sloDashboard(options)).toThrow(message)
  })

  test('adds nothing up over references: while two are live, a sum would be twice as much', () => {
    const recorded = exprsOf(driftDashboard()).filter((expr) => expr.includes('drift:model:'))
    expect(recorded.length).toBeGreaterThan(5)
    expect(recorded.filter((expr) => /\bsum\b/.test(expr))).toEqual([])
  })

  test('draws the share of wrong types, against which an alert is held', () => {
    const drawn = exprsOf(driftDashboard()).filter((expr) =>
      expr.includes('drift:feature:invalid_ratio'),
    )
    expect(drawn).toHaveLength(2)
  })

  test('of objectives reads all that the rules record, and nothing else', () => {
    const names = (text: string) => [...new Set(text.match(/\b(slo|service):\w+:\w+/g))].sort()
    const windows = [{ long: '2h', short: '10m', budget: 0.1, severity: 'warning' }]
    for (const more of [{}, { period: '90d' }, { windows, period: '7d' }]) {
      const rules = sloRules({
        objectives: [{ kind: 'availability', name: 'up', target: 0.99 }],
        apdex: [{ name: 'speed', thresholdSeconds: 0.25 }],
        ...more,
      })
      const recorded = rules.groups.flatMap((group) =>
        group.rules.flatMap((rule) => ('record' in rule ? rule.record : [])),
      )
      const read = names(exprsOf(sloDashboard(more)).join())
      expect(read.length).toBeGreaterThan(9)
      expect(read.filter((name) => !recorded.includes(name))).toEqual([])
      const kinds = (all: readonly string[]) =>
        [...new Set(all.map((name) => name.replace(/\d+\w$/, '')))].sort()
      expect(kinds(read)).toEqual(kinds(recorded))
    }
  })

  test('of objectives marks the burn rates at which the alerts begin', () => {
    const steps = (options: object) => {
      const panel = sloDashboard(options).panels.find(
        ({ title }) => title === 'Burn rate, by window',
      )
      if (panel === undefined || panel.type === 'row') throw new Error('no panel')
      return panel.fieldConfig.defaults.thresholds!.steps.slice(1).map(({ value }) => value)
    }
    expect(steps({})).toEqual([1, 3, 6, 14.4])
    expect(steps({ period: '90d' })).toEqual([3, 9, 18, 43.2])
  })

  test('leads from a feature, a route and an objective to itself, with what was chosen', () => {
    const links = (dashboard: GrafanaDashboard) =>
      dashboard.panels.flatMap((panel) => {
        if (panel.type === 'row') return []
        const { defaults, overrides } = panel.fieldConfig
        const ofColumns = overrides.flatMap(({ properties }) =>
          properties.flatMap(({ id, value }) =>
            id === 'links' ? (value as { url: string }[]) : [],
          ),
        )
        return [...(defaults.links ?? []), ...ofColumns].map(({ url }) => url)
      })
    const $ = (name: string) => `$${`{${name}}`}`
    const kept = (...names: string[]) => names.map((name) => $(`${name}:queryparam`)).join('&')
    const time = $('__url_time_range')
    const features = kept('datasource', 'cluster', 'model', 'reference', 'window')
    expect(links(driftDashboard({ uid: 'mine', by: ['cluster'] }))).toEqual([
      `/d/mine?${features}&var-feature=${$('__field.labels.feature:percentencode')}&${time}`,
      `/d/mine?${features}&var-feature=${$('__value.raw:percentencode')}&${time}`,
    ])
    expect(links(serviceDashboard({ by: ['job', 'cluster'] }))).toEqual([
      `/d/tidegauge-service?${kept('datasource', 'cluster', 'job', 'instance')}&var-route=${$('__value.raw:percentencode')}&${time}`,
    ])
    expect(links(sloDashboard())).toEqual([
      `/d/tidegauge-slo?${kept('datasource')}&var-slo=${$('__value.raw:percentencode')}&${time}`,
    ])
    for (const dashboard of [driftDashboard(), serviceDashboard(), sloDashboard()]) {
      const variables = dashboard.templating.list.map(({ name }) => name)
      const chosen = links(dashboard).flatMap((url) => url.match(/var-\w+|\w+(?=:queryparam)/g)!)
      for (const name of chosen) expect(variables).toContain(name.replace('var-', ''))
    }
  })

  test('marks the thresholds of the rules unless it is told others', () => {
    const [drifted] = prometheusRules().groups[0]!.rules.filter(
      (rule) => 'record' in rule && rule.record === 'drift:feature:drifted',
    )
    const [action] = prometheusRules().groups[0]!.rules.filter(
      (rule) => 'record' in rule && rule.record === 'drift:model:action',
    )
    const highest = (title: string) => {
      const panel = driftDashboard().panels.find((panel) => panel.title === title)!
      if (panel.type === 'row') throw new Error('no panel')
      return panel.fieldConfig.defaults.thresholds!.steps.at(-1)!.value
    }
    expect(drifted!.expr).toContain(`>= bool ${highest('Features by PSI')})`)
    expect(action!.expr).toContain(`>= ${highest('Share of drifted features')})`)
  })

  test('reads only what the rules record and the monitor exports', () => {
    const recorded = new Set(
      prometheusRules({ models: 'flights', absent: true, latency: {} }).groups.flatMap(
        ({ rules }) => rules.map((rule) => ('record' in rule ? rule.record : rule.alert)),
      ),
    )
    const drawn = [driftDashboard(), serviceDashboard({ latencyDrift: true })].flatMap(exprsOf)
    const read = drawn.flatMap((expr) => expr.match(/drift:\w+:\w+/g) ?? [])
    expect(read.length).toBeGreaterThan(20)
    expect(read).toContain('drift:latency:ratio')
    expect(read.filter((name) => !recorded.has(name))).toEqual([])
    for (const { expr } of driftDashboard().annotations.list.map(({ target }) => target)) {
      const names = /alertname=~"([^"]+)"/.exec(expr)![1]!.split('|')
      expect(names.filter((name) => !recorded.has(name))).toEqual([])
    }
  })
})

describeWithServer('prometheus', 'promtool', () => {
  const options: ServiceDashboardOptions[] = (['classic', 'native'] as const).flatMap(
    (histogram) => [
      { histogram, sizes: true, timeToHeaders: true, latencyDrift: true },
      { histogram, failures: [] },
      { histogram, exclude: { route: [HOSTILE, '/'] }, select: { labels: { service: HOSTILE } } },
    ],
  )

  test('accepts every query, hostile texts in them', () => {
    const dashboards = [...options.map(serviceDashboard), driftDashboard(), sloDashboard()]
    const rules = dashboards.flatMap(exprsOf).map((expr, i) => ({
      record: `query_${i}`,
      expr: expr.replaceAll(/\$__(rate_interval|range)/g, '1m'),
    }))
    const { output } = checkRules({ groups: [{ name: 'queries', rules }] })
    expect(output).toContain(`SUCCESS: ${rules.length} rules found`)
  })
})

describe('provisioning', () => {
  test('names the data source, its interval and the folder', () => {
    const [source, provider] = provisioning({
      prometheusUrl: 'http://prometheus:9090/',
      scrapeInterval: '300s',
      dashboardsPath: '/var/lib/dashboards',
    }).map(({ path, text }) => ({ path, data: parse(text) }))
    expect(source).toMatchObject({
      path: 'datasources/prometheus.yml',
      data: {
        apiVersion: 1,
        datasources: [{ url: 'http://prometheus:9090', jsonData: { timeInterval: '5m' } }],
      },
    })
    expect(provider).toMatchObject({
      path: 'dashboards/files.yml',
      data: { providers: [{ type: 'file', options: { path: '/var/lib/dashboards' } }] },
    })
  })

  test('leads from an exemplar to its trace, where that is told', () => {
    const sourceOf = (more: object) => {
      const [source] = provisioning({ prometheusUrl: 'http://c', ...more })
      return parse(source!.text).datasources[0].jsonData
    }
    expect(sourceOf({})).not.toHaveProperty('exemplarTraceIdDestinations')
    const traceUrl = 'https://jaeger.example.org/$HOME/{traceId}?a={b}'
    expect(sourceOf({ traceUrl }).exemplarTraceIdDestinations).toEqual([
      {
        name: 'trace_id',
        // Two dollars are one, once Grafana has filled in its environment.
        url: 'https://jaeger.example.org/%24HOME/$$' + '{__value.raw}?a=%7Bb%7D',
        urlDisplayLabel: 'Trace',
      },
    ])
  })

  test('writes any text as that text, and no $ that Grafana would fill in from its environment', () => {
    const dashboardsPath = '/a"b\\c: #$HOME é😀\u2028\n'
    const [, { text }] = provisioning({
      prometheusUrl: 'http://prometheus:9090',
      dashboardsPath,
    }) as [unknown, { text: string }]
    const { path } = parse(text).providers[0].options
    expect(path).toBe(dashboardsPath.replaceAll('$', '$$$$'))
    expect(path.replaceAll('$$', '$')).toBe(dashboardsPath)
  })

  test.each<[object, string]>([
    [{}, '"prometheusUrl" must be an address'],
    [{ prometheusUrl: 'prometheus:9090' }, '"prometheusUrl" must be an address'],
    [{ prometheusUrl: 'http://a:b@c' }, '"prometheusUrl" must be an address without a user name'],
    [{ prometheusUrl: 'http://c', scrapeInterval: 5 }, '"scrapeInterval" must be a duration'],
    [{ prometheusUrl: 'http://c', dashboardsPath: 'd' }, '"dashboardsPath" must be a path'],
    [
      { prometheusUrl: 'http://c', traceUrl: 'https://jaeger.example.org' },
      '"traceUrl" must be an address that has {traceId} once',
    ],
    [{ prometheusUrl: 'http://c', traceUrl: 'javascript:{traceId}' }, '"traceUrl" must be an'],
    [{ prometheusUrl: 'http://c', url: 'x' }, '"url" must be an option: one of prometheusUrl'],
  ])('refuses %j', (options, message) => {
    expect(() => provisioning(options as never)).toThrow(message)
  })
})
