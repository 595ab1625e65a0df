import { InvalidArgumentError } from '@tidegauge/core'
import type { LatencyRecorder, LatencySeries, RequestLabels } from '../latency-recorder.ts'
import type { Adapter } from '../metrics-adapter.ts'
import { REQUEST_DURATION } from '../request-duration.ts'

export interface PrometheusAdapterOptions {
  readonly recorder: LatencyRecorder
  /** The Registry that your `/metrics` serves. */
  readonly registry: PrometheusRegistry
  /** Default `http_server_request_duration_seconds`. */
  readonly name?: string
  readonly help?: string
}

/** The part of prom-client's Registry that is used here. */
export interface PrometheusRegistry {
  registerMetric(metric: never): void
  getSingleMetric(name: string): unknown
  removeSingleMetric(name: string): void
}

/**
 * Shows a recorder's histograms in the user's own Registry, as they are when it is scraped.
 *
 * Any client with prom-client's shape will do: none is imported. An absent route or status has no label,
 * which to Prometheus is the same as an empty one. `registry.resetMetrics()` resets the recorder, as it
 * would reset a histogram of the client's own, and so for every other adapter on that recorder.
 *
 * @throws InvalidArgumentError where an option is not what it must be; and the registry's own error where
 * a metric of that name is registered already
 * @example
 * const registry = new Registry()
 * prometheusAdapter({ recorder, registry })
 * await registry.metrics() // '# HELP http_server_request_duration_seconds …'
 */
export function prometheusAdapter(options: PrometheusAdapterOptions): Adapter {
  const { recorder, registry } = options
  const { name = REQUEST_DURATION.prometheus.name, help = REQUEST_DURATION.prometheus.help } =
    options
  assertOptions(recorder, registry, name)

  const description = { name, help, type: 'histogram', aggregator: 'sum' } as const
  const metric = {
    ...description,
    get: () => ({ ...description, values: samplesOf(recorder, name) }),
    reset: () => recorder.reset(),
  }
  registry.registerMetric(metric as never)
  return {
    stop() {
      if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name)
    },
  }
}

interface Sample {
  readonly metricName: string
  readonly labels: Record<string, string | number>
  readonly value: number
}

function samplesOf(recorder: LatencyRecorder, name: string): Sample[] {
  const les = [...recorder.bounds, '+Inf']
  return recorder.snapshot().flatMap((series) => seriesSamples(series, les, name))
}

function seriesSamples(
  { labels, counts, sum, count }: LatencySeries,
  les: readonly (number | string)[],
  name: string,
): Sample[] {
  const own = prometheusLabels(labels)
  let cumulative = 0
  const buckets = les.map((le, i) => {
    cumulative += counts[i]!
    return { metricName: `${name}_bucket`, labels: { le, ...own }, value: cumulative }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { ...own }, value: sum },
    { metricName: `${name}_count`, labels: { ...own }, value: count },
  ]
}

function prometheusLabels({ method, route, statusCode }: RequestLabels): Record<string, string> {
  const names = REQUEST_DURATION.prometheus.labels
  return {
    [names.method]: method,
    ...(route !== undefined && { [names.route]: route }),
    ...(statusCode !== undefined && { [names.statusCode]: String(statusCode) }),
  }
}

function assertOptions(
  recorder: LatencyRecorder,
  registry: PrometheusRegistry,
  name: string,
): void {
  if (typeof recorder?.snapshot !== 'function') {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
  if (typeof registry?.registerMetric !== 'function') {
    throw new InvalidArgumentError('registry', 'a Registry of prom-client', registry)
  }
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) {
    throw new InvalidArgumentError('name', 'a Prometheus metric name', name)
  }
}
