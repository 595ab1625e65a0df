import { InvalidArgumentError } from '@tidegauge/core'
import { onlyKeys } from '../only-keys.ts'
import { hasDots, metricName, seriesWhere } from '../promql.ts'
import { type RequestMetric, type RequestMetricName, requestMetric } from '../request-metric.ts'
import type { HistogramKind } from '../slo/request-rates.ts'
import { type RequestScope, scopeMatchers } from '../slo/request-scope.ts'
import { alertsAnnotation, firing } from './alerts-annotation.ts'
import { chooseLink } from './choose-link.ts'
import { dashboardFrame } from './dashboard-frame.ts'
import {
  checkedDashboard,
  DASHBOARD_KEYS,
  DASHBOARD_UIDS,
  type DashboardOptions,
} from './dashboard-options.ts'
import { DATA_SOURCE_VARIABLE } from './data-source.ts'
import type { GrafanaDashboard, GrafanaVariable } from './grafana-dashboard.ts'
import { carriedVariables, labelVariable } from './label-variable.ts'
import type { Band } from './layout.ts'
import {
  fieldOf,
  fixedColor,
  heatmapPanel,
  mergedName,
  statPanel,
  tablePanel,
  thresholds,
  timeSeriesPanel,
} from './panels.ts'
import {
  carriedMatchers,
  JOB,
  type ServiceQueries,
  type ServiceScope,
  serviceQueries,
} from './service-queries.ts'

export interface ServiceDashboardOptions extends DashboardOptions, RequestScope {
  /** Names and labels of the request histogram; `'opentelemetry'` by default. */
  readonly metric?: RequestMetricName | RequestMetric
  /** `'native'` where Prometheus stores native histograms; `'classic'` by default. */
  readonly histogram?: HistogramKind
  /** The gauge of requests under way; `'http_server_active_requests'` by default (with dots where `metric` has some), null where there is none. */
  readonly activeRequests?: string | null
  /** The share of failures from which on it is red; 0.01 by default. */
  readonly errorRatio?: number
  /**
   * CPU, memory, event-loop delay, garbage collection, handles and restarts, as prom-client's default metrics name them;
   * true by default.
   */
  readonly process?: boolean
  /** Sizes of bodies, where the recorder was told to measure them; false by default. */
  readonly sizes?: boolean
  /** The time until the headers were sent, likewise. */
  readonly timeToHeaders?: boolean
  /** What `prometheusRules` records with `latency`: a quantile against what it was; false by default. */
  readonly latencyDrift?: boolean
}

/**
 * A Grafana dashboard of a service's requests: how many, how many fail, and how long they take, with the mean
 * beside p50, p95 and p99, which it hides; by route, by instance, and the slowest routes; requests under way, and what the
 * process does meanwhile.
 *
 * @returns plain data for `dashboardJson`
 * @throws InvalidArgumentError on the first option that cannot be worked with, unknown ones included
 * @example
 * writeFileSync('service.json', dashboardJson(serviceDashboard({ metric: 'fastify-metrics' })))
 */
export function serviceDashboard(options: ServiceDashboardOptions = {}): GrafanaDashboard {
  const given = onlyKeys<ServiceDashboardOptions>('options', options, {
    ...DASHBOARD_KEYS,
    metric: true,
    histogram: true,
    select: true,
    exclude: true,
    failures: true,
    activeRequests: true,
    errorRatio: true,
    process: true,
    sizes: true,
    timeToHeaders: true,
    latencyDrift: true,
  })
  const dashboard = checkedDashboard(given, {
    title: 'Service latency',
    uid: DASHBOARD_UIDS.service,
    timeRange: '15m',
  })
  const { histogram = 'classic', errorRatio = 0.01, process = true } = given
  const { sizes = false, timeToHeaders = false, latencyDrift = false } = given
  if (histogram !== 'classic' && histogram !== 'native') {
    throw new InvalidArgumentError('histogram', "'classic' or 'native'", histogram)
  }
  if (typeof errorRatio !== 'number' || !(errorRatio > 0 && errorRatio <= 1)) {
    throw new InvalidArgumentError('errorRatio', 'a number above 0 and at most 1', errorRatio)
  }
  const parts = { process, sizes, timeToHeaders, latencyDrift }
  for (const [part, shown] of Object.entries(parts)) {
    if (typeof shown !== 'boolean') throw new InvalidArgumentError(part, 'true or false', shown)
  }
  const metric = requestMetric(given.metric ?? 'opentelemetry')
  const {
    activeRequests = hasDots(metric.name)
      ? 'http.server.active_requests'
      : 'http_server_active_requests',
  } = given
  const active = activeRequests === null ? null : metricName('activeRequests', activeRequests)
  const scope = scopeMatchers('options', given, metric)
  const by = dashboard.by.filter((label) => label !== 'job' && label !== 'instance')
  const service: ServiceScope = { histogram, scope, by }
  const queries = serviceQueries(metric, service)
  const failures = scope.failures.length === 0 ? 'none is counted' : scope.failures.join(', ')
  const dotted = hasDots(metric.name)
  return dashboardFrame(dashboard, {
    description: `Requests, errors and latency of a service that records ${metric.name}.`,
    variables: [
      DATA_SOURCE_VARIABLE,
      ...carriedVariables(by, queries.series),
      ...serviceVariables(queries, by),
      labelVariable({
        name: 'route',
        label: 'Route',
        description: 'Route templates. All includes the requests that matched none.',
        series: queries.ofJob(queries.series),
        of: metric.labels.route,
        all: { pattern: '.*' },
      }),
    ],
    annotations: [alerts(by)],
    bands: [
      { height: 4, panels: numbers(queries, failures, errorRatio) },
      { heading: 'Requests', height: 8, panels: requests(queries, metric, active) },
      { height: 8, panels: failing(queries, failures, metric) },
      { heading: 'Latency: what the mean hides', height: 9, panels: [latencyByRoute(queries)] },
      {
        heading: 'Where and when',
        height: 9,
        panels: [
          slowestRoutes(
            serviceQueries(metric, service, '$__range'),
            metric,
            dashboard.uid,
            errorRatio,
            by,
          ),
          latencyByInstance(queries),
        ],
      },
      { height: 9, panels: [where(queries, histogram)] },
      ...(timeToHeaders ? [headersBand(metric, service, dotted)] : []),
      ...(sizes ? [sizesBand(metric, service, dotted)] : []),
      ...(latencyDrift ? [latencyDriftBand(metric, by)] : []),
      ...(process ? processBands(queries) : []),
    ],
  })
}

function serviceVariables(queries: ServiceQueries, by: readonly string[]): GrafanaVariable[] {
  const carried = carriedMatchers(by)
  return [
    labelVariable({
      name: 'job',
      label: 'Job',
      description: 'The services, as Prometheus scrapes them; what is chosen is shown together.',
      series: seriesWhere(queries.series, carried.join(', ')),
      of: 'job',
      all: { pattern: '.+' },
    }),
    labelVariable({
      name: 'instance',
      label: 'Instance',
      description: 'The replicas of these services, all together unless one is chosen.',
      series: seriesWhere(queries.series, [...carried, JOB].join(', ')),
      of: 'instance',
      // What is pushed by OpenTelemetry without an identity has no such label.
      all: { pattern: '.*' },
    }),
  ]
}

/** Alerts of these jobs, whoever wrote them; of objectives also those that tell no job. */
function alerts(by: readonly string[]) {
  const carried = carriedMatchers(by)
  const ofJob = [...carried, 'alertstate="firing"', JOB].join(', ')
  const ofObjectives = firing(
    ['SloErrorBudgetBurn', 'SloAbsent'],
    [...carried, 'job=""'].join(', '),
  )
  return alertsAnnotation(
    `ALERTS{${ofJob}} or ${ofObjectives}`,
    '{{job}} {{slo}} {{instance}}',
    'severity,job,slo,instance',
  )
}

const TOGETHER = 'All chosen routes together.'

function numbers(queries: ServiceQueries, failures: string, errorRatio: number): Band['panels'] {
  const seconds = { unit: 's', thresholds: thresholds('text') }
  const number = (title: string, description: string, expr: string) =>
    statPanel({ title, description }, { expr, legend: title }, seconds)
  return [
    statPanel(
      {
        title: 'Requests per second',
        description: `${TOGETHER} Scrapes of /metrics and health checks are requests too, unless they are excluded.`,
      },
      { expr: queries.count(), legend: 'Requests per second' },
      { unit: 'reqps', thresholds: thresholds('text') },
    ),
    statPanel(
      {
        title: 'Error ratio',
        description: `Share of answers with a status that is a failure (${failures}). ${TOGETHER} Empty while nobody asks: no requests have no ratio.`,
      },
      { expr: queries.errorRatio(), legend: 'Error ratio' },
      { unit: 'percentunit', thresholds: thresholds('green', [errorRatio, 'red']) },
    ),
    number(
      'Mean',
      `Time spent on requests over their number. ${TOGETHER} Hold it against p50 beside it: where the two are far apart, the mean describes no request.`,
      queries.mean(),
    ),
    number(
      'p50',
      `Half of the requests took at most this long. ${TOGETHER} A quantile is interpolated inside its bucket, so it is as exact as that bucket is narrow.`,
      queries.quantile(0.5),
    ),
    number('p95', `One request in twenty took longer. ${TOGETHER}`, queries.quantile(0.95)),
    number(
      'p99',
      `One request in a hundred took longer: what an unlucky user sees. ${TOGETHER}`,
      queries.quantile(0.99),
    ),
  ]
}

function requests(
  queries: ServiceQueries,
  { labels }: RequestMetric,
  active: string | null,
): Band['panels'] {
  const { method, route, statusCode } = labels
  return [
    timeSeriesPanel(
      {
        title: 'Requests per second, by route and status',
        description:
          'How much is asked, and how it is answered. The route is the template, never the path; requests that matched none show an empty route. A colour that appears is a new kind of answer.',
      },
      [
        {
          expr: queries.count([method, route, statusCode]),
          legend: `{{${method}}} {{${route}}} {{${statusCode}}}`,
        },
      ],
      { unit: 'reqps', min: 0 },
    ),
    timeSeriesPanel(
      {
        title: 'Requests per second, by instance',
        description:
          'How the load is spread. A line that parts from the others is a replica that is asked more, or one that is about to fail and asked less.',
      },
      [{ expr: queries.count(['instance']), legend: '{{instance}}' }],
      { unit: 'reqps', min: 0 },
    ),
    ...(active === null
      ? []
      : [
          timeSeriesPanel(
            {
              title: 'Requests under way',
              description:
                'Begun and not yet answered, at the moment of the scrape, in each replica; of all routes. A line that climbs while requests per second stay level says that answers take longer; the scrape itself counts as one.',
            },
            [
              {
                expr: `sum by (instance) (${queries.ofJob(active)})`,
                legend: '{{instance}}',
              },
            ],
            { unit: 'short', min: 0, decimals: 0 },
          ),
        ]),
  ]
}

function failing(
  queries: ServiceQueries,
  failures: string,
  { labels: { route } }: RequestMetric,
): Band['panels'] {
  const byRoute = (title: string, description: string, expr: string) =>
    timeSeriesPanel({ title, description }, [{ expr, legend: `{{${route}}}` }], {
      unit: 'percentunit',
      min: 0,
    })
  return [
    byRoute(
      'Error ratio, by route',
      `Share of answers with a status that is a failure (${failures}). No line while a route has no requests. The very first error of a route is not seen, as its series is born with it and a rate needs a value before, unless Prometheus takes start timestamps.`,
      queries.errorRatio([route]),
    ),
    byRoute(
      'Refused requests (4xx), by route',
      'Share of answers that say the caller is wrong: a missing login, a wrong body, a page that is not there. A line that jumps at a deploy is seldom the callers’ doing. 499 is a client that left before the answer.',
      queries.statusRatio('4..', [route]),
    ),
  ]
}

function latencyByRoute(queries: ServiceQueries) {
  return timeSeriesPanel(
    {
      title: '$route: the mean beside p50, p95 and p99',
      description:
        'One panel a route, on a logarithmic axis. Read the dashed mean against the three others: a mean far above p50 says that a few slow requests make it, and p99 says how slow they are. A mean between the lines of a wide gap is a time that hardly any request took. Points are single requests with a trace, where exemplars are recorded.',
    },
    [
      { expr: queries.mean(), legend: 'mean' },
      { expr: queries.quantile(0.5), legend: 'p50' },
      { expr: queries.quantile(0.95), legend: 'p95' },
      { expr: queries.quantile(0.99), legend: 'p99', exemplar: true },
    ],
    { unit: 's' },
    {
      repeat: 'route',
      style: { lineWidth: 2, scaleDistribution: { type: 'log', log: 10 } },
      overrides: [
        fixedColor('mean', 'orange', { 'custom.lineStyle': { fill: 'dash', dash: [8, 8] } }),
        fixedColor('p50', 'light-blue'),
        fixedColor('p95', 'blue'),
        fixedColor('p99', 'dark-blue'),
      ],
    },
  )
}

function where(queries: ServiceQueries, histogram: HistogramKind) {
  return heatmapPanel(
    {
      title: 'Where the requests lie',
      description:
        'Each column is a moment, each cell a bucket, its colour the requests per second in it. Two bands are two kinds of request, such as quick answers and ones that wait, which no single number can tell.',
    },
    {
      expr: queries.buckets(),
      legend: histogram === 'native' ? 'requests' : '{{le}}',
      exemplar: true,
    },
    's',
  )
}

/** Over the time that is shown, so that a route that is seldom asked is in it too. */
function slowestRoutes(
  queries: ServiceQueries,
  { labels: { route } }: RequestMetric,
  uid: string,
  errorRatio: number,
  by: readonly string[],
) {
  const seconds = { unit: 's' }
  const columns = [
    ['p95', `${queries.quantile(0.95, [route])} >= 0`, seconds],
    ['mean', queries.mean([route]), seconds],
    ['requests / s', queries.count([route]), { unit: 'reqps' }],
    [
      'errors',
      queries.errorRatio([route]),
      {
        unit: 'percentunit',
        thresholds: thresholds('text', [errorRatio, 'red']),
        color: { mode: 'thresholds' },
        'custom.cellOptions': { type: 'color-text' },
      },
    ],
  ] as const
  const names = columns.map(([column], i) => [mergedName(i), column])
  return tablePanel(
    {
      title: 'Slowest routes',
      description:
        'Of the time that is shown, the slowest by p95 first; requests that matched no route have an empty name. A click on a route shows it alone.',
    },
    columns.map(([legend, expr]) => ({ expr, legend })),
    { unit: 'none', decimals: 3 },
    {
      transformations: [
        { id: 'merge', options: {} },
        {
          id: 'organize',
          options: {
            excludeByName: { Time: true },
            renameByName: { [route]: 'route', ...Object.fromEntries(names) },
          },
        },
      ],
      overrides: [
        fieldOf('route', {
          links: [chooseLink(uid, 'route', '__value.raw', [...by, 'job', 'instance'])],
        }),
        ...columns.map(([column, , field]) => fieldOf(column, field)),
      ],
      sortBy: 'p95',
    },
  )
}

function latencyByInstance(queries: ServiceQueries) {
  return timeSeriesPanel(
    {
      title: 'p95, by instance',
      description:
        'One request in twenty took longer, in each replica. One line above the others is one slow machine; all of them together are the code, or what it calls.',
    },
    [{ expr: queries.quantile(0.95, ['instance']), legend: '{{instance}}' }],
    { unit: 's', min: 0 },
  )
}

function headersBand(metric: RequestMetric, service: ServiceScope, dotted: boolean): Band {
  const name = dotted
    ? 'http.server.time_to_headers_seconds'
    : 'http_server_time_to_headers_seconds'
  const headers = serviceQueries({ ...metric, name }, service)
  const { route } = metric.labels
  return {
    heading: 'Time to headers',
    height: 8,
    panels: [
      timeSeriesPanel(
        {
          title: 'Time to headers',
          description:
            'Until the headers of the answer were sent: what a client waits before anything happens. Far below the whole duration, the time goes into the body.',
        },
        [0.5, 0.95, 0.99].map((share) => ({
          expr: headers.quantile(share),
          legend: `p${100 * share}`,
        })),
        { unit: 's', min: 0 },
      ),
      timeSeriesPanel(
        {
          title: 'Time to headers, p95 by route',
          description: 'Which routes keep their callers waiting before the first byte.',
        },
        [{ expr: headers.quantile(0.95, [route]), legend: `{{${route}}}` }],
        { unit: 's', min: 0 },
      ),
    ],
  }
}

function sizesBand(metric: RequestMetric, service: ServiceScope, dotted: boolean): Band {
  const [request, response] = (['request', 'response'] as const).map((side) => {
    const name = dotted
      ? `http.server.${side}.body.size_bytes`
      : `http_server_${side}_body_size_bytes`
    return { side, queries: serviceQueries({ ...metric, name }, service) }
  }) as [Side, Side]
  const both = [request, response]
  return {
    heading: 'Sizes',
    height: 8,
    panels: [
      timeSeriesPanel(
        {
          title: 'Size of a body',
          description:
            'Of requests and responses: half of them are at most p50, one in twenty is larger than p95. A quantile is as exact as its bucket is narrow, here a factor of four.',
        },
        both.flatMap(({ side, queries }) =>
          [0.5, 0.95].map((share) => ({
            expr: queries.quantile(share),
            legend: `${side} p${100 * share}`,
          })),
        ),
        { unit: 'bytes', min: 0 },
      ),
      timeSeriesPanel(
        {
          title: 'Bytes per second',
          description: 'What the bodies of all requests and responses add up to.',
        },
        both.map(({ side, queries }) => ({ expr: queries.sum(), legend: side })),
        { unit: 'Bps', min: 0 },
      ),
    ],
  }
}

interface Side {
  readonly side: 'request' | 'response'
  readonly queries: ServiceQueries
}

/** Recorded by job and route; by which labels else, the rules were told. */
function latencyDriftBand({ labels: { route } }: RequestMetric, by: readonly string[]): Band {
  const of = (record: string) => `${record}{${[...carriedMatchers(by), JOB].join(', ')}}`
  const legend = `{{job}} {{${route}}}, quantile {{quantile}} of {{window}}`
  return {
    heading: 'Latency against what it was',
    height: 8,
    panels: [
      timeSeriesPanel(
        {
          title: 'Latency over its reference',
          description:
            'A quantile of the last window over what it was before, or in a stored profile, as the rules record it: 1 is as before. LatencyDrift fires from 1.5 on, unless the rules were told another factor, and with enough requests alone.',
        },
        [{ expr: of('drift:latency:ratio'), legend }],
        { unit: 'none', decimals: 2, min: 0 },
      ),
      timeSeriesPanel(
        {
          title: 'Latency and its reference',
          description:
            'The same in seconds: now, and what it is held against. A reference that is a window of the past moves as that window does.',
        },
        [
          { expr: of('drift:latency:seconds'), legend: `now ${legend}` },
          {
            // That of a stored profile is one number, recorded without the labels of whom it is held against.
            expr: `${of('drift:latency:seconds')} / (${of('drift:latency:ratio')} > 0)`,
            legend: `reference ${legend}`,
          },
        ],
        { unit: 's', min: 0 },
      ),
    ],
  }
}

function processBands({ ofJob }: ServiceQueries): Band[] {
  const each = (metric: string, legend: string) => ({
    expr: ofJob(metric),
    legend: `${legend} {{instance}}`,
  })
  const rate = (metric: string) => `rate(${ofJob(metric)}[$__rate_interval])`
  const logarithmic = { style: { scaleDistribution: { type: 'log', log: 10 } } } as const
  return [
    {
      heading: 'Process',
      height: 8,
      panels: [
        timeSeriesPanel(
          {
            title: 'CPU',
            description:
              'Cores that each replica keeps busy, with its threads for files, compression and garbage collection. JavaScript runs on one: near 1 the event loop is full, and requests wait for each other.',
          },
          [
            {
              expr: `sum by (instance) (${rate('process_cpu_seconds_total')})`,
              legend: '{{instance}}',
            },
          ],
          { unit: 'short', min: 0, decimals: 2 },
        ),
        timeSeriesPanel(
          {
            title: 'Memory',
            description:
              'Of each replica. Heap in use saws up and down with the collector; a floor that rises for hours is a leak. Resident is what the operating system counts: heap, buffers and native code.',
          },
          [
            each('nodejs_heap_size_used_bytes', 'heap used'),
            each('nodejs_heap_size_total_bytes', 'heap reserved'),
            each('process_resident_memory_bytes', 'resident'),
          ],
          { unit: 'bytes', min: 0 },
        ),
        timeSeriesPanel(
          {
            title: 'Event-loop delay',
            description:
              'How late the loop is, per scrape, in each replica. The timer behind it ticks every 10 ms, so an idle process reads 10 ms, not 0; what is above that is work that kept requests waiting. Whoever reads /metrics resets it.',
          },
          [
            each('nodejs_eventloop_lag_p50_seconds', 'p50'),
            each('nodejs_eventloop_lag_p99_seconds', 'p99'),
            each('nodejs_eventloop_lag_max_seconds', 'max'),
          ],
          { unit: 's' },
          logarithmic,
        ),
      ],
    },
    {
      height: 8,
      panels: [
        timeSeriesPanel(
          {
            title: 'Garbage collection',
            description:
              'The share of its time that each replica spends on it, by kind. Minor collections are cheap and many; major ones that grow say that the heap is nearly full.',
          },
          [
            {
              expr: `sum by (instance, kind) (${rate('nodejs_gc_duration_seconds_sum')})`,
              legend: '{{kind}} {{instance}}',
            },
          ],
          { unit: 'percentunit', min: 0 },
        ),
        timeSeriesPanel(
          {
            title: 'Handles and open files',
            description:
              'Sockets, timers and servers that are open in each replica, and its file descriptors. A line that climbs with every hour is a connection that nobody closes.',
          },
          [
            {
              expr: `sum by (instance) (${ofJob('nodejs_active_handles')})`,
              legend: 'handles {{instance}}',
            },
            each('process_open_fds', 'open files'),
          ],
          { unit: 'short', min: 0, decimals: 0 },
        ),
        timeSeriesPanel(
          {
            title: 'Time since start',
            description:
              'Of each replica. A line that falls to 0 is a restart, a new one a new replica. Many within minutes are a process that cannot stay up.',
          },
          [{ expr: `time() - ${ofJob('process_start_time_seconds')}`, legend: '{{instance}}' }],
          { unit: 's', min: 0 },
        ),
      ],
    },
    {
      height: 6,
      panels: [
        timeSeriesPanel(
          {
            title: 'Replicas',
            description:
              'How many Prometheus knows, and how many of them answered its last scrape. Empty where metrics are pushed.',
          },
          [
            { expr: `count(${ofJob('up')})`, legend: 'known' },
            { expr: `sum(${ofJob('up')})`, legend: 'up' },
          ],
          { unit: 'short', min: 0, decimals: 0 },
        ),
        timeSeriesPanel(
          {
            title: 'Observations that were refused',
            description:
              'Durations that were negative or not finite, a second: a clock that jumped, or a call with what is no number. They are in no histogram. Empty where something else than tidegauge records.',
          },
          [
            {
              expr: `sum by (instance) (${rate('tidegauge_rejected_observations_total')})`,
              legend: '{{instance}}',
            },
          ],
          { unit: 'cps', min: 0 },
        ),
      ],
    },
  ]
}
