import type { BatchObservableResult, Meter, Observable } from '@opentelemetry/api'
import { InvalidArgumentError, type MetricSource } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type { Adapter } from '../../contract/metrics-adapter.ts'
import { failureReporter } from '../../report-failures.ts'
import {
  assertSources,
  DEFAULT_MAX_SAMPLES,
  type ReadFamily,
  readSources,
} from '../../sources/read-sources.ts'
import { type ReplicaOptions, replicaLabels } from '../../sources/replica.ts'
import { sampleLabels } from '../../sources/sample-labels.ts'

export interface OpenTelemetryMeterSourcesOptions extends ReplicaOptions {
  /** What has counters and gauges to show: a feature monitor, say. */
  readonly sources: readonly MetricSource[]
  /** Of any MeterProvider: `metrics.getMeter('my-service')`. */
  readonly meter: Meter
  /** Of each source; those beyond are left out, and that is told. Default 10,000. */
  readonly maxSamples?: number
  /** Told of all that is left out. Default: a process warning, once. */
  readonly onError?: (error: unknown) => void
}

/**
 * Shows the counters and gauges of sources as observable instruments of a plain Meter: for who cannot give its
 * reader an `openTelemetrySources`.
 *
 * Counts that a fleet adds up have the label `replica`, as `openTelemetrySources` says.
 *
 * The SDK keeps at most 2000 series of each instrument by default. Which families there are is seen when this
 * is called; those that come later are told to `onError`.
 *
 * @throws InvalidArgumentError where an option is not what it must be, or a source has a name or a value that
 * cannot be shown; and what a source throws
 * @example
 * openTelemetryMeterSources({ sources: [monitor], meter: metrics.getMeter('shop') })
 */
export function openTelemetryMeterSources(options: OpenTelemetryMeterSourcesOptions): Adapter {
  assertOptions('options', options, SOURCES_OPTIONS)
  const { sources, meter, maxSamples = DEFAULT_MAX_SAMPLES, onError } = options
  if (typeof meter?.addBatchObservableCallback !== 'function') {
    throw new InvalidArgumentError('meter', 'a Meter of @opentelemetry/api', meter)
  }
  const report = failureReporter(onError, 'a source of metrics could not be shown')
  const replicaOf = replicaLabels(options)
  const instruments = new Map(
    assertSources(sources, { maxSamples }).map((family) => [
      family.name,
      instrument(meter, family),
    ]),
  )
  const observables = [...instruments.values()]
  const observe = (result: BatchObservableResult): void => {
    for (const family of readSources(sources, { maxSamples, report })) {
      const observable = instruments.get(family.name)
      if (observable === undefined) report(lateFamily(family))
      else observeFamily(result, observable, family, replicaOf)
    }
  }
  meter.addBatchObservableCallback(observe, observables)
  return { stop: () => meter.removeBatchObservableCallback(observe, observables) }
}

const SOURCES_OPTIONS: Readonly<Record<keyof OpenTelemetryMeterSourcesOptions, true>> = {
  sources: true,
  meter: true,
  replica: true,
  maxSamples: true,
  onError: true,
}

function instrument(meter: Meter, { name, help, kind }: ReadFamily): Observable {
  if (!/^[a-z]\w{0,254}$/i.test(name)) {
    throw new InvalidArgumentError('name', 'one that OpenTelemetry takes too: a letter first', name)
  }
  const description = { description: help }
  return kind === 'counter'
    ? meter.createObservableCounter(name, description)
    : meter.createObservableGauge(name, description)
}

function observeFamily(
  result: BatchObservableResult,
  observable: Observable,
  family: ReadFamily,
  replicaOf: ReturnType<typeof replicaLabels>,
): void {
  for (const part of family.parts) {
    const more = replicaOf(family, part)
    for (const sample of part.samples) {
      const attributes = { ...sampleLabels(part.labelNames, sample), ...more }
      result.observe(observable, sample.value, attributes)
    }
  }
}

function lateFamily({ name }: ReadFamily): InvalidArgumentError {
  const expected = 'called when its sources have all their families'
  return new InvalidArgumentError('openTelemetryMeterSources()', expected, `${name} later`)
}
