import { InvalidArgumentError, type MetricSource } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type { Adapter } from '../../contract/metrics-adapter.ts'
import { failureReporter } from '../../report-failures.ts'
import { type CountedSince, countedSince } from '../../sources/counted-since.ts'
import {
  assertSources,
  DEFAULT_MAX_SAMPLES,
  type ReadFamily,
  readSources,
} from '../../sources/read-sources.ts'
import { sampleLabels } from '../../sources/sample-labels.ts'
import { sharedReading } from '../../sources/shared-reading.ts'
import { registerAll } from './register-all.ts'
import type {
  Aggregator,
  MetricObject,
  PrometheusRegistry,
  RegistryMetric,
  Sample,
} from './registry-shape.ts'

export interface PrometheusSourcesOptions {
  /** What has counters and gauges to show: a feature monitor, say. Several may have families of one name. */
  readonly sources: readonly MetricSource[]
  /** The Registry that your `/metrics` serves. */
  readonly registry: PrometheusRegistry
  /**
   * What becomes of a gauge that several workers of a cluster have, where the client adds them up. Default
   * `first`: what describes a reference is the same in all. Counters are always summed.
   */
  readonly gauges?: Aggregator
  /** Of each source; those beyond are left out, and that is told. Default 10,000. */
  readonly maxSamples?: number
  /** Told of all that is left out. Default: a process warning, once. */
  readonly onError?: (error: unknown) => void
}

/**
 * Shows the counters and gauges of sources in the user's own Registry, as they are when it is scraped.
 *
 * For the clients of `prometheusAdapter`. Which families there are is seen when this is called; those that
 * come later are told to `onError`. What a source fails to give is left out and told, and never breaks the
 * page. `registry.resetMetrics()` has counters begin at 0 in this Registry; the sources count on.
 *
 * @throws InvalidArgumentError where an option is not what it must be, or a source has a name or a value that
 * cannot be shown; what a source throws; and the registry's own error where a metric of one of the names is
 * registered already, after which none of ours is
 * @example
 * const registry = new Registry()
 * prometheusSources({ sources: [monitor], registry })
 * await registry.metrics() // '# HELP drift_feature_bin_total …'
 */
export function prometheusSources(options: PrometheusSourcesOptions): Adapter {
  assertOptions('options', options, SOURCES_OPTIONS)
  assertValid(options)
  const { sources, registry, gauges = 'first', onError } = options
  const { maxSamples = DEFAULT_MAX_SAMPLES } = options
  const known = assertSources(sources, { maxSamples })
  const names = new Set(known.map(nameOf))
  const report = failureReporter(onError, 'a source of metrics could not be shown')
  const read = sharedReading(() => {
    const families = readSources(sources, { maxSamples, report })
    for (const family of families) if (!names.has(nameOf(family))) report(lateFamily(family))
    return families
  })
  const metrics = known.map((family) => {
    const reset = countedSince(maxSamples * sources.length)
    const name = nameOf(family)
    return metricOf(family, gauges, reset, () => read().find((now) => nameOf(now) === name))
  })
  return { stop: registerAll(registry, metrics) }
}

/** As it is scraped. */
function nameOf({ name, kind }: ReadFamily): string {
  return kind === 'counter' ? `${name}_total` : name
}

function metricOf(
  family: ReadFamily,
  gauges: Aggregator,
  reset: CountedSince,
  now: () => ReadFamily | undefined,
): RegistryMetric {
  const { kind, help } = family
  const aggregator = kind === 'counter' ? 'sum' : gauges
  const description = { help, type: kind, aggregator } as const
  let renamed: string | undefined
  return {
    ...description,
    get name() {
      return nameOf(family)
    },
    // An OpenMetrics registry renames a counter before it asks, since it adds the suffix itself; another,
    // into which the metric was merged, does not. So a new name holds for the next question alone.
    set name(name: string) {
      renamed = name
    },
    get(): MetricObject {
      const name = renamed ?? nameOf(family)
      renamed = undefined
      return { ...description, name, values: samplesOf(now(), reset) }
    },
    reset() {
      if (kind !== 'counter') return
      for (const { samples } of now()?.parts ?? []) samples.forEach(reset.mark)
    },
  }
}

function samplesOf(family: ReadFamily | undefined, reset: CountedSince): Sample[] {
  if (family === undefined) return []
  const { kind, parts } = family
  return parts.flatMap(({ labelNames, samples }) =>
    samples.map((sample) => ({
      labels: sampleLabels(labelNames, sample),
      value: kind === 'counter' ? reset.since(sample) : sample.value,
    })),
  )
}

function lateFamily(family: ReadFamily): InvalidArgumentError {
  const expected = 'called when its sources have all their families'
  return new InvalidArgumentError('prometheusSources()', expected, `${nameOf(family)} later`)
}

const AGGREGATORS: readonly Aggregator[] = ['sum', 'first', 'min', 'max', 'average']

const SOURCES_OPTIONS: Readonly<Record<keyof PrometheusSourcesOptions, true>> = {
  sources: true,
  registry: true,
  gauges: true,
  maxSamples: true,
  onError: true,
}

function assertValid({ registry, gauges = 'first' }: PrometheusSourcesOptions): void {
  if (typeof registry?.registerMetric !== 'function') {
    throw new InvalidArgumentError('registry', 'a Registry of prom-client', registry)
  }
  if (!AGGREGATORS.includes(gauges)) {
    throw new InvalidArgumentError('gauges', `one of ${AGGREGATORS.join(', ')}`, gauges)
  }
}
