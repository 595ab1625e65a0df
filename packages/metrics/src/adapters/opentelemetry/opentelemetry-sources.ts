import type { Attributes, HrTime } from '@opentelemetry/api'
import type { DataPoint, MetricData } from '@opentelemetry/sdk-metrics'
import { InvalidArgumentError, type MetricSource } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { failureReporter } from '../../report-failures.ts'
import { countedSince } from '../../sources/counted-since.ts'
import {
  assertSources,
  DEFAULT_MAX_SAMPLES,
  type ReadFamily,
  type ReadSample,
  readSources,
} from '../../sources/read-sources.ts'
import { RecentSeries } from '../../sources/recent-series.ts'
import { type ReplicaOptions, replicaLabels } from '../../sources/replica.ts'
import { sampleLabels } from '../../sources/sample-labels.ts'
import {
  CUMULATIVE,
  collectionResult,
  DELTA,
  DOUBLE,
  GAUGE,
  hrTime,
  type OpenTelemetryProducer,
  SUM,
} from './opentelemetry-data.ts'

export interface OpenTelemetrySourcesOptions extends ReplicaOptions {
  /** What has counters and gauges to show: a feature monitor, say. */
  readonly sources: readonly MetricSource[]
  /**
   * `cumulative`, the default: counts since their source began. `delta`: since the last collection. A reader does
   * not tell a producer which its exporter prefers, so say it here.
   */
  readonly temporality?: 'cumulative' | 'delta'
  /** Of each source; those beyond are left out, and that is told. Default 10,000. */
  readonly maxSamples?: number
  /** Told of all that is left out. Default: a process warning, once. */
  readonly onError?: (error: unknown) => void
  /** The wall clock behind each point's times: milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Shows the counters and gauges of sources to an OpenTelemetry reader, as one more of its `metricProducers`:
 * counters as monotonic sums, under the family's name and labels.
 *
 * Counts that a fleet adds up, such as a feature monitor's, have the label `replica` beside their own, random for each
 * process: what pushes by OTLP may say no `service.instance.id`. With a reader that is scraped, as `PrometheusExporter` is,
 * say `replica: false`: Prometheus adds `instance` itself.
 *
 * A cumulative sum begins when this is called, and anew where a count is lower than it was. Delta points leave
 * out what did not change. Give each reader a producer of its own.
 *
 * @throws InvalidArgumentError where an option is not what it must be, or a source has a name or a value that
 * cannot be shown; and what a source throws
 * @example
 * const metricProducers = [openTelemetryProducer(recorder), openTelemetrySources({ sources: [monitor] })]
 * new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), metricProducers })
 */
export function openTelemetrySources(options: OpenTelemetrySourcesOptions): OpenTelemetryProducer {
  assertOptions('options', options, SOURCES_OPTIONS)
  assertValid(options)
  const { sources, maxSamples = DEFAULT_MAX_SAMPLES, now = Date.now, onError } = options
  const report = failureReporter(onError, 'a source of metrics could not be shown')
  const replicaOf = replicaLabels(options)
  assertSources(sources, { maxSamples })
  const delta = options.temporality === 'delta'
  const live = maxSamples * sources.length
  let last = now()
  const samplesOf = labelledSamples(replicaOf)
  const counterPoints = delta
    ? deltaPoints(live, samplesOf)
    : cumulativePoints(live, last, samplesOf)
  const gaugePoints = momentaryPoints(samplesOf)
  let stopped = false

  function collect(): MetricData[] {
    // A wall clock may step back.
    const time = Math.max(last, now())
    const interval = { start: last, end: time }
    last = time
    return readSources(sources, { maxSamples, report })
      .map((family) => {
        const points = family.kind === 'counter' ? counterPoints : gaugePoints
        return metricData(family, [...points(family, interval)], delta)
      })
      .filter(({ dataPoints }) => dataPoints.length > 0)
  }

  return {
    async collect() {
      return collectionResult(stopped ? [] : collect())
    },
    stop() {
      stopped = true
    },
  }
}

/** Milliseconds since the epoch. */
interface Interval {
  readonly start: number
  readonly end: number
}

type Points = (family: ReadFamily, interval: Interval) => Iterable<DataPoint<number>>

type Samples = (family: ReadFamily) => Iterable<[ReadSample, Attributes]>

function momentaryPoints(samplesOf: Samples): Points {
  return function* points(family, { end }) {
    for (const [sample, attributes] of samplesOf(family)) {
      yield point(attributes, sample.value, hrTime(end), hrTime(end))
    }
  }
}

function deltaPoints(live: number, samplesOf: Samples): Points {
  const { since, isMarked, mark } = countedSince(live)
  return function* points(family, { start, end }) {
    for (const [sample, attributes] of samplesOf(family)) {
      const value = since(sample)
      const isNew = !isMarked(sample)
      mark(sample)
      // A new one that counts nothing yet is told too: that it is there.
      if (value > 0 || isNew) yield point(attributes, value, hrTime(start), hrTime(end))
    }
  }
}

function cumulativePoints(live: number, begin: number, samplesOf: Samples): Points {
  const series = new RecentSeries<{ readonly value: number; readonly start: number }>(live)
  return function* points(family, interval) {
    for (const [{ key, value }, attributes] of samplesOf(family)) {
      const before = series.get(key)
      // Fewer than before: its source began anew, at some time after the collection before this one.
      const start = before !== undefined && value < before.value ? interval.start : before?.start
      series.set(key, { value, start: start ?? begin })
      yield point(attributes, value, hrTime(start ?? begin), hrTime(interval.end))
    }
  }
}

function labelledSamples(replicaOf: ReturnType<typeof replicaLabels>): Samples {
  return function* samplesOf(family) {
    for (const part of family.parts) {
      const more = replicaOf(family, part)
      for (const sample of part.samples) {
        yield [sample, { ...sampleLabels(part.labelNames, sample), ...more }]
      }
    }
  }
}

function point(
  attributes: Attributes,
  value: number,
  startTime: HrTime,
  endTime: HrTime,
): DataPoint<number> {
  return { startTime, endTime, attributes, value }
}

function metricData(
  { name, help, kind }: ReadFamily,
  dataPoints: DataPoint<number>[],
  delta: boolean,
): MetricData {
  const descriptor = { name, description: help, unit: '', valueType: DOUBLE }
  return kind === 'counter'
    ? {
        descriptor,
        aggregationTemporality: delta ? DELTA : CUMULATIVE,
        dataPointType: SUM,
        isMonotonic: true,
        dataPoints,
      }
    : { descriptor, aggregationTemporality: CUMULATIVE, dataPointType: GAUGE, dataPoints }
}

const SOURCES_OPTIONS: Readonly<Record<keyof OpenTelemetrySourcesOptions, true>> = {
  sources: true,
  temporality: true,
  replica: true,
  maxSamples: true,
  onError: true,
  now: true,
}

function assertValid({ temporality = 'cumulative' }: OpenTelemetrySourcesOptions): void {
  if (temporality !== 'cumulative' && temporality !== 'delta') {
    throw new InvalidArgumentError('temporality', "'cumulative' or 'delta'", temporality)
  }
}
