import { InvalidArgumentError } from '@tidegauge/core'
import { onlyKeys } from '../only-keys.ts'
import { hasDots, metricName } from '../promql.ts'
import { type RequestMetric, type RequestMetricName, requestMetric } from '../request-metric.ts'
import type { HistogramKind } from '../slo/request-rates.ts'
import { type RequestScope, scopeMatchers } from '../slo/request-scope.ts'
import { dashboardFrame } from './dashboard-frame.ts'
import { checkedDashboard, type DashboardOptions } from './dashboard-options.ts'
import { DATA_SOURCE_VARIABLE } from './data-source.ts'
import type { GrafanaDashboard } from './grafana-dashboard.ts'
import { carriedVariables, labelVariable } from './label-variable.ts'
import type { Band } from './layout.ts'
import { fixedColor, heatmapPanel, statPanel, thresholds, timeSeriesPanel } from './panels.ts'
import { type ServiceQueries, serviceQueries } from './service-queries.ts'

export interface ServiceDashboardOptions extends DashboardOptions, RequestScope {
  /** Names and labels of the request histogram; `'opentelemetry'` by default. */
  readonly metric?: RequestMetricName | RequestMetric
  /** `'native'` where Prometheus stores native histograms; `'classic'` by default. */
  readonly histogram?: HistogramKind
  /** The gauge of requests under way; `'http_server_active_requests'` by default (with dots where `metric` has some), null where there is none. */
  readonly activeRequests?: string | null
  /** The share of failures from which on it is red; 0.01 by default. */
  readonly errorRatio?: number
  /** Event-loop delay and memory, as prom-client's default metrics name them; true by default. */
  readonly process?: boolean
}

/**
 * A Grafana dashboard of a service's requests: how many, how many fail, and how long they take, with the mean
 * beside p50, p95 and p99, which it hides; requests under way, event-loop delay and memory.
 *
 * @returns plain data for `dashboardJson`
 * @throws InvalidArgumentError on the first option that cannot be worked with, unknown ones included
 * @example
 * writeFileSync('service.json', dashboardJson(serviceDashboard({ metric: 'fastify-metrics' })))
 */
export function serviceDashboard(options: ServiceDashboardOptions = {}): GrafanaDashboard {
  const given = onlyKeys<ServiceDashboardOptions>('options', options, {
    title: true,
    uid: true,
    refresh: true,
    timeRange: true,
    liveReportUrl: true,
    by: true,
    metric: true,
    histogram: true,
    select: true,
    exclude: true,
    failures: true,
    activeRequests: true,
    errorRatio: true,
    process: true,
  })
  const dashboard = checkedDashboard(given, {
    title: 'Service latency',
    uid: 'tidegauge-service',
    timeRange: '15m',
  })
  const { histogram = 'classic', errorRatio = 0.01, process = true } = given
  if (histogram !== 'classic' && histogram !== 'native') {
    throw new InvalidArgumentError('histogram', "'classic' or 'native'", histogram)
  }
  if (typeof errorRatio !== 'number' || !(errorRatio > 0 && errorRatio <= 1)) {
    throw new InvalidArgumentError('errorRatio', 'a number above 0 and at most 1', errorRatio)
  }
  if (typeof process !== 'boolean') {
    throw new InvalidArgumentError('process', 'true or false', process)
  }
  const metric = requestMetric(given.metric ?? 'opentelemetry')
  const {
    activeRequests = hasDots(metric.name)
      ? 'http.server.active_requests'
      : 'http_server_active_requests',
  } = given
  const active = activeRequests === null ? null : metricName('activeRequests', activeRequests)
  const scope = scopeMatchers('options', given, metric)
  const by = dashboard.by.filter((label) => label !== 'job')
  const queries = serviceQueries(metric, histogram, scope, by)
  const failures = scope.failures.length === 0 ? 'none is counted' : scope.failures.join(', ')
  const routeLabel = metric.labels.route
  return dashboardFrame(dashboard, {
    description: `Requests, errors and latency of a service that records ${metric.name}.`,
    variables: [
      DATA_SOURCE_VARIABLE,
      ...carriedVariables([...by, 'job'], queries.series).map((variable) =>
        variable.name === 'job'
          ? {
              ...variable,
              label: 'Job',
              description: 'The service, as Prometheus scrapes it; all its replicas together.',
            }
          : variable,
      ),
      labelVariable({
        name: 'route',
        label: 'Route',
        description: 'Route templates. All includes the requests that matched none.',
        series: queries.ofJob(queries.series),
        of: routeLabel,
        all: { pattern: '.*' },
      }),
    ],
    bands: [
      { height: 4, panels: numbers(queries, failures, errorRatio) },
      { heading: 'Requests', height: 8, panels: requests(queries, failures, metric, active) },
      { heading: 'Latency: what the mean hides', height: 9, panels: [latencyByRoute(queries)] },
      { height: 9, panels: [where(queries, histogram)] },
      ...(process ? [processBand(queries)] : []),
    ],
  })
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
  failures: string,
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
        title: 'Error ratio, by route',
        description: `Share of answers with a status that is a failure (${failures}). No line while a route has no requests. The very first error of a route is not seen, as its series is born with it and a rate needs a value before, unless Prometheus takes start timestamps.`,
      },
      [{ expr: queries.errorRatio([route]), legend: `{{${route}}}` }],
      { unit: 'percentunit', min: 0 },
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

function latencyByRoute(queries: ServiceQueries) {
  return timeSeriesPanel(
    {
      title: '$route: the mean beside p50, p95 and p99',
      description:
        'One panel a route, on a logarithmic axis. Read the dashed mean against the three others: a mean far above p50 says that a few slow requests make it, and p99 says how slow they are. A mean between the lines of a wide gap is a time that hardly any request took.',
    },
    [
      { expr: queries.mean(), legend: 'mean' },
      { expr: queries.quantile(0.5), legend: 'p50' },
      { expr: queries.quantile(0.95), legend: 'p95' },
      { expr: queries.quantile(0.99), legend: 'p99' },
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
    { expr: queries.buckets(), legend: histogram === 'native' ? 'requests' : '{{le}}' },
    's',
  )
}

function processBand({ ofJob }: ServiceQueries): Band {
  const each = (metric: string, legend: string) => ({
    expr: ofJob(metric),
    legend: `${legend} {{instance}}`,
  })
  return {
    heading: 'Process',
    height: 8,
    panels: [
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
        { style: { scaleDistribution: { type: 'log', log: 10 } } },
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
    ],
  }
}
