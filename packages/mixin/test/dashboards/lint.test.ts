import { describe, expect, test } from 'vitest'
import {
  type DriftDashboardOptions,
  driftDashboard,
  type GrafanaDashboard,
  REQUEST_METRICS,
  type RequestMetricName,
  type ServiceDashboardOptions,
  type SloDashboardOptions,
  serviceDashboard,
  sloDashboard,
} from '../../src/index.ts'
import { lintDashboard, lintJobAndInstance } from './lint-dashboard.ts'

const HOSTILE = 'a"b\\c$job $' + '{x} [[route]] {{y}}.*|é😀\u2028\n'
const url = 'http://127.0.0.1:3000/drift?a=$job&b=$' + '{x}&c=[[y]]&d="<script>'

const serviceOptions: ServiceDashboardOptions[] = (
  Object.keys(REQUEST_METRICS) as RequestMetricName[]
).flatMap((metric) =>
  (['classic', 'native'] as const).flatMap((histogram) =>
    [null, 'my_requests:under_way'].flatMap((activeRequests) =>
      [true, false].flatMap((process) =>
        [
          {},
          { liveReportUrl: url, title: HOSTILE, uid: 'mine', refresh: '5s', timeRange: '7d' },
          { failures: ['5xx', '429'], exclude: { route: ['/metrics', HOSTILE] } },
          { failures: [], select: { labels: { service: HOSTILE } } },
          { by: ['namespace', 'job', 'cluster'] },
          { by: ['instance'], sizes: true, timeToHeaders: true, latencyDrift: true },
        ].map((more) => ({ metric, histogram, activeRequests, process, ...more })),
      ),
    ),
  ),
)

const driftOptions: DriftDashboardOptions[] = [
  {},
  { psiThreshold: 0.1, shareThreshold: 1, title: HOSTILE, liveReportUrl: url },
  { by: ['namespace', 'job'] },
]

test('finds nothing in a service dashboard, whatever its options', () => {
  expect(serviceOptions).toHaveLength(192)
  for (const options of serviceOptions) {
    const dashboard = serviceDashboard(options)
    expect(lintDashboard(dashboard), JSON.stringify(options)).toEqual([])
    expect(lintJobAndInstance(dashboard, OVER_REPLICAS), JSON.stringify(options)).toEqual([])
  }
})

/** Rules record them of all replicas of a job. */
const OVER_REPLICAS = ['Latency over its reference', 'Latency and its reference']

const sloOptions: SloDashboardOptions[] = [
  {},
  { title: HOSTILE, liveReportUrl: url, apdex: false, period: '90d', by: ['namespace', 'job'] },
  {
    windows: [
      { long: '2h', short: '10m', budget: 0.1, severity: HOSTILE },
      { long: '1d', short: '1m', budget: 0.1, severity: 'warning' },
    ],
  },
]

test('finds nothing in a dashboard of objectives, whatever its options', () => {
  for (const options of sloOptions) {
    expect(lintDashboard(sloDashboard(options)), JSON.stringify(options)).toEqual([])
  }
})

test('finds a dashboard that can be edited, where that was asked for', () => {
  for (const dashboard of [serviceDashboard, driftDashboard, sloDashboard]) {
    expect(lintDashboard(dashboard({ editable: true }))).toEqual([
      'it can be edited, and the change is lost',
    ])
  }
})

test('finds nothing in a drift dashboard, whatever its options', () => {
  for (const options of driftOptions) {
    expect(lintDashboard(driftDashboard(options)), JSON.stringify(options)).toEqual([])
  }
})

/** Our types forbid what is broken here. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Loose = any

const find = ({ panels }: Loose, type: string) => panels.find((panel: Loose) => panel.type === type)

function rewrite(broken: Loose, change: (expr: string) => string): void {
  const panel = find(broken, 'heatmap')
  panel.targets = panel.targets.map((target: Loose) => ({ ...target, expr: change(target.expr) }))
}

describe('finds', () => {
  test.each<[string, (broken: Loose) => void, string]>([
    [
      'an id that is taken',
      ({ panels }) => {
        panels[1].id = panels[0].id
      },
      'two panels have the id 1',
    ],
    [
      'panels that overlap',
      ({ panels }) => {
        panels[1].gridPos.x -= 1
      },
      'Requests per second: lies over Error ratio',
    ],
    [
      'a panel that leaves the grid',
      (broken) => {
        find(broken, 'heatmap').gridPos.w = 25
      },
      'Where the requests lie: leaves the grid',
    ],
    [
      'a missing description',
      (broken) => {
        delete find(broken, 'heatmap').description
      },
      'Where the requests lie: no description',
    ],
    [
      'a missing unit',
      (broken) => {
        delete find(broken, 'stat').fieldConfig.defaults.unit
      },
      'Requests per second: no unit',
    ],
    [
      'a missing unit of a heatmap',
      (broken) => {
        delete find(broken, 'heatmap').options.yAxis.unit
      },
      'Where the requests lie: no unit',
    ],
    [
      'a query on a fixed data source',
      (broken) => {
        find(broken, 'heatmap').targets[0].datasource = { uid: 'mine' }
      },
      'Where the requests lie: the data source is fixed',
    ],
    [
      'a panel on a fixed data source',
      (broken) => {
        find(broken, 'heatmap').datasource = { uid: 'mine' }
      },
      'Where the requests lie: the data source is fixed',
    ],
    [
      'a variable on a fixed data source',
      ({ templating }) => {
        templating.list.find(({ name }: Loose) => name === 'route').datasource = { uid: 'mine' }
      },
      'variable route: the data source is fixed',
    ],
    [
      'a variable that is not described',
      ({ templating }) => {
        delete templating.list[0].description
      },
      'variable datasource: no description',
    ],
    [
      'an annotation on a fixed data source',
      ({ annotations }) => {
        const { datasource } = driftDashboard().annotations.list[0]!
        const target = { datasource: { uid: 'mine' } }
        annotations.list = [{ name: 'Alerts', datasource, target }]
      },
      'annotation Alerts: the data source is fixed',
    ],
    [
      'a fixed range',
      (broken) => rewrite(broken, (expr) => expr.replace('$__rate_interval', '1m')),
      'Where the requests lie: a range is not $__rate_interval',
    ],
    [
      'a counter that is shown as it is',
      (broken) =>
        rewrite(broken, (expr) => expr.replace(/rate\((.*)\[\$__rate_interval\]\)/, '($1)')),
      'Where the requests lie: a counter without a rate',
    ],
    [
      'two queries of one name',
      (broken) => {
        const panel = find(broken, 'heatmap')
        panel.targets = [...panel.targets, ...panel.targets]
      },
      'Where the requests lie: two queries have one refId',
    ],
    [
      'a panel without a query',
      (broken) => {
        find(broken, 'heatmap').targets = []
      },
      'Where the requests lie: no query',
    ],
    [
      'a variable that is not there',
      ({ templating }) => {
        templating.list = templating.list.filter(({ name }: Loose) => name !== 'job')
      },
      'no variable job',
    ],
    [
      'a variable in the old spelling that is not there',
      (broken) => {
        find(broken, 'heatmap').title = 'Where [[they]] lie'
      },
      'no variable they',
    ],
    [
      'a single value as a pattern',
      ({ templating }) => {
        templating.list.find(({ name }: Loose) => name === 'job').multi = false
      },
      'variable job: after =~"$job',
    ],
    [
      'several values as a text',
      (broken) => rewrite(broken, (expr) => expr.replace('=~"$route', '="$route')),
      'variable route: after ="$route',
    ],
    [
      'another schema',
      (broken) => {
        broken.schemaVersion = 42
      },
      'schemaVersion 42 is not that of Grafana 11.2',
    ],
  ])('%s', (_, breakIt, problem) => {
    const broken = structuredClone(serviceDashboard()) as Loose
    breakIt(broken)
    expect(lintDashboard(broken as GrafanaDashboard)).toEqual([problem])
  })

  test.each<[string, (broken: Loose) => void, string | RegExp]>([
    [
      'a query of every job',
      (broken) => rewrite(broken, (expr) => expr.replace('job=~"$job", ', '')),
      /^Where the requests lie: a query of every job or instance: instance=~"\$instance"/,
    ],
    [
      'a query of every instance',
      (broken) => rewrite(broken, (expr) => expr.replace('instance=~"$instance", ', '')),
      /^Where the requests lie: a query of every job or instance: job=~"\$job"/,
    ],
    [
      'an instance that cannot be chosen',
      ({ templating }) => {
        templating.list = templating.list.filter(({ name }: Loose) => name !== 'instance')
      },
      /^no variable instance$/,
    ],
    [
      'one job at a time',
      ({ templating }) => {
        templating.list.find(({ name }: Loose) => name === 'job').multi = false
      },
      /^variable job: not several, nor all$/,
    ],
    [
      'an All of what has no job',
      ({ templating }) => {
        templating.list.find(({ name }: Loose) => name === 'job').allValue = '.*'
      },
      /^variable job: All is \.\*$/,
    ],
  ])('as Grafana’s own linter does: %s', (_, breakIt, problem) => {
    const broken = structuredClone(serviceDashboard()) as Loose
    breakIt(broken)
    const found = lintJobAndInstance(broken as GrafanaDashboard, OVER_REPLICAS)
    expect(found).toEqual([expect.stringMatching(problem)])
  })
})
