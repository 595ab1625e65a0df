import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type { Adapter } from '../contract/metrics-adapter.ts'
import type { RecorderReader } from '../contract/recorder-reader.ts'
import { type Naming, type NamingName, namingOf } from '../naming/naming.ts'
import { registerAll } from './prometheus/register-all.ts'
import { histogramMetric } from './prometheus/registry-metric.ts'
import type { PrometheusRegistry, RegistryMetric } from './prometheus/registry-shape.ts'
import { type TextTarget, textTarget } from './prometheus/text-target.ts'

export {
  type PrometheusSourcesOptions,
  prometheusSources,
} from './prometheus/prometheus-sources.ts'
export type { PrometheusRegistry } from './prometheus/registry-shape.ts'

export interface PrometheusAdapterOptions {
  /** A recorder, or the merged state of several. */
  readonly recorder: RecorderReader & { reset?(): void }
  /** The Registry that your `/metrics` serves. */
  readonly registry: PrometheusRegistry
  /** What metrics and labels are called. Default `'opentelemetry'`: `http_server_request_duration_seconds`. */
  readonly naming?: NamingName | Naming
  /** Of the duration, instead of the one in `naming`. */
  readonly name?: string
  readonly help?: string
  /** Whether to show the gauge of requests under way. Default true. */
  readonly activeRequests?: boolean
}

/**
 * Shows a recorder's histograms in the user's own Registry, as they are when it is scraped.
 *
 * Made for prom-client 15, `@prometheus-io/client` 0.16 and `@platformatic/prom-client` 1; any client of
 * their shape will do, and none is imported. Lines are written here where the client lets them through,
 * which takes a fraction of the time that its own histogram does; else sample by sample.
 *
 * An absent route, status or error has no label, which to Prometheus is the same as an empty one.
 * `registry.resetMetrics()` resets the recorder, as it would reset a histogram of the client's own, and so
 * for every other adapter on that recorder.
 *
 * @throws InvalidArgumentError where an option is not what it must be; and the registry's own error where
 * a metric of one of the names is registered already, after which none of ours is
 * @example
 * const registry = new Registry()
 * prometheusAdapter({ recorder, registry })
 * await registry.metrics() // '# HELP http_server_request_duration_seconds …'
 */
export function prometheusAdapter(options: PrometheusAdapterOptions): Adapter {
  assertOptions('options', options, ADAPTER_OPTIONS)
  assertValid(options)
  const { registry } = options
  const target = textTarget(registry)
  const metrics = metricsOf(options, target)
  const stop = registerAll(registry, metrics)
  target.isRegistered()
  return { stop }
}

function metricsOf(options: PrometheusAdapterOptions, target: TextTarget): RegistryMetric[] {
  const { recorder, naming, activeRequests = true } = options
  const names = namingOf(naming)
  const histograms = recorder.histograms.map((histogram) => {
    const own = histogram.key === 'duration' ? options : undefined
    const metric = names.metric(histogram.key)
    const name = own?.name ?? metric.name
    const help = own?.help ?? metric.help
    assertName(name)
    return histogramMetric({
      recorder,
      histogram,
      name,
      help,
      naming: names,
      target,
      reset: () => recorder.reset?.(),
    })
  })
  return activeRequests ? [...histograms, gaugeMetric(recorder, names)] : histograms
}

function gaugeMetric(recorder: RecorderReader, naming: Naming): RegistryMetric {
  const { name, help } = naming.metric('activeRequests')
  assertName(name)
  const description = { name, help, type: 'gauge', aggregator: 'sum' } as const
  return {
    ...description,
    get: () => ({
      ...description,
      values: [{ metricName: name, labels: {}, value: recorder.activeRequests }],
    }),
    // What is under way stays under way.
    reset() {},
  }
}

const ADAPTER_OPTIONS: Readonly<Record<keyof PrometheusAdapterOptions, true>> = {
  recorder: true,
  registry: true,
  naming: true,
  name: true,
  help: true,
  activeRequests: true,
}

function assertValid({ recorder, registry }: PrometheusAdapterOptions): void {
  if (typeof recorder?.labelsAt !== 'function') {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
  if (typeof registry?.registerMetric !== 'function') {
    throw new InvalidArgumentError('registry', 'a Registry of prom-client', registry)
  }
}

function assertName(name: string): void {
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) {
    throw new InvalidArgumentError('name', 'a Prometheus metric name', name)
  }
}
