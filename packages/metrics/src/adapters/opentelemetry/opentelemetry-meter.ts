import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api'
import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type { Adapter } from '../../contract/metrics-adapter.ts'
import { OPEN_TELEMETRY_INSTRUMENTS } from '../../naming/naming.ts'
import type { LatencyRecorder } from '../../recorder/latency-recorder.ts'
import type { HistogramRecorder } from '../../recorder/recorded-histogram.ts'
import { openTelemetryAttributes } from './opentelemetry-attributes.ts'

export interface OpenTelemetryMeterAdapterOptions {
  readonly recorder: LatencyRecorder
  /** Of any MeterProvider: `metrics.getMeter('my-service')`. */
  readonly meter: Meter
  /** Whether to show `http.server.active_requests`. Default true. */
  readonly activeRequests?: boolean
}

/**
 * Records what a recorder records into histograms of a plain Meter: for who cannot give its reader an
 * `openTelemetryProducer`, and for backends that are no OpenTelemetry SDK.
 *
 * It costs each request what `record()` does, some 1.5 µs in the SDK, and the SDK keeps counts of its own:
 * at most 2000 series of each histogram by default, from the moment on at which this is called. A reset of
 * the recorder does not reach them, nor does `stop()` take back what the SDK has.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * openTelemetryMeterAdapter({ recorder, meter: metrics.getMeter('shop') })
 */
export function openTelemetryMeterAdapter(options: OpenTelemetryMeterAdapterOptions): Adapter {
  assertOptions('options', options, ADAPTER_OPTIONS)
  assertValid(options)
  const { recorder, meter, activeRequests = true } = options
  const attributesAt = cachedAttributes(recorder)
  const { duration, timeToHeaders, requestSize, responseSize } = recorder
  const endings = [duration, timeToHeaders, requestSize, responseSize]
    .filter((histogram) => histogram !== null)
    .map((histogram) => recordInto(meter, histogram, attributesAt))
  if (activeRequests) endings.push(observeActiveRequests(meter, recorder))
  return {
    stop() {
      for (const end of endings) end()
    },
  }
}

type AttributesAt = (slot: number) => Attributes

/** One object per series: made once, and bounded as the recorder's series are. */
function cachedAttributes(recorder: LatencyRecorder): AttributesAt {
  let startTime = recorder.startTime
  let cache: (Attributes | undefined)[] = []
  return (slot) => {
    if (recorder.startTime !== startTime) {
      startTime = recorder.startTime
      cache = []
    }
    const known = cache[slot]
    if (known !== undefined) return known
    const attributes = openTelemetryAttributes(recorder.labelsAt(slot), recorder.extraLabels)
    cache[slot] = attributes
    return attributes
  }
}

function recordInto(
  meter: Meter,
  histogram: HistogramRecorder,
  attributesAt: AttributesAt,
): () => void {
  const { name, unit, description } = OPEN_TELEMETRY_INSTRUMENTS[histogram.key]
  const advice = { explicitBucketBoundaries: [...histogram.bounds] }
  const instrument = meter.createHistogram(name, { unit, description, advice })
  return histogram.listen((slot, value) => instrument.record(value, attributesAt(slot)))
}

function observeActiveRequests(meter: Meter, recorder: LatencyRecorder): () => void {
  const { name, unit, description } = OPEN_TELEMETRY_INSTRUMENTS.activeRequests
  const gauge = meter.createObservableUpDownCounter(name, { unit, description })
  const observe = (result: ObservableResult): void => result.observe(recorder.activeRequests)
  gauge.addCallback(observe)
  return () => gauge.removeCallback(observe)
}

const ADAPTER_OPTIONS: Readonly<Record<keyof OpenTelemetryMeterAdapterOptions, true>> = {
  recorder: true,
  meter: true,
  activeRequests: true,
}

function assertValid({ recorder, meter }: OpenTelemetryMeterAdapterOptions): void {
  if (typeof recorder?.duration?.listen !== 'function') {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
  if (typeof meter?.createHistogram !== 'function') {
    throw new InvalidArgumentError('meter', 'a Meter of @opentelemetry/api', meter)
  }
}
