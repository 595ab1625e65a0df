export type { MetricFamily, MetricSample, MetricSource } from '@tidegauge/core'
export type { Adapter } from './contract/metrics-adapter.ts'
export {
  type ErrorType,
  type Exemplar,
  type HistogramReader,
  type HistogramRow,
  histogramRow,
  type InstrumentKey,
  type NativeRow,
  type RecorderReader,
  type RequestLabels,
  type SpanIds,
} from './contract/recorder-reader.ts'
export {
  type LabelNames,
  type MetricName,
  NAMINGS,
  type Naming,
  type NamingName,
  namingOf,
} from './naming/naming.ts'
export { OTHER_METHOD, OVERFLOW_ROUTE, REQUEST_DURATION } from './naming/request-duration.ts'
export {
  latencyProfile,
  type NativeProfileOptions,
  nativeProfile,
  profileRow,
} from './profile/latency-profile.ts'
export {
  type PrometheusHistogram,
  parsePrometheusHistogram,
} from './profile/prometheus-histogram.ts'
export {
  type ActiveSpans,
  type ExemplarSource,
  openTelemetryExemplars,
} from './recorder/exemplars.ts'
export {
  type LatencyRecorder,
  type LatencySeries,
  latencyRecorder,
} from './recorder/latency-recorder.ts'
export { mergeStates } from './recorder/merge-states.ts'
export type { HistogramRecorder, ObservationListener } from './recorder/recorded-histogram.ts'
export type { LatencyRecorderOptions, NativeOptions } from './recorder/recorder-options.ts'
export {
  type ExemplarState,
  type HistogramState,
  type NativeState,
  type RecorderState,
  readState,
} from './recorder/recorder-state.ts'
export type { SeriesState } from './recorder/series-index.ts'
