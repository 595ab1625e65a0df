export type { MetricFamily, MetricSample, MetricSource } from '@tidegauge/core'
export { type ActiveSpans, type ExemplarSource, openTelemetryExemplars } from './exemplars.ts'
export {
  latencyProfile,
  type NativeProfileOptions,
  nativeProfile,
  profileRow,
} from './latency-profile.ts'
export {
  type HistogramRecorder,
  type LatencyRecorder,
  type LatencyRecorderOptions,
  type LatencySeries,
  latencyRecorder,
  type NativeOptions,
  type ObservationListener,
} from './latency-recorder.ts'
export type { Adapter } from './metrics-adapter.ts'
export {
  type LabelNames,
  type MetricName,
  NAMINGS,
  type Naming,
  type NamingName,
  namingOf,
} from './naming.ts'
export { type PrometheusHistogram, parsePrometheusHistogram } from './prometheus-histogram.ts'
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
} from './recorder-reader.ts'
export {
  type ExemplarState,
  type HistogramState,
  mergeStates,
  type NativeState,
  type RecorderState,
  readState,
} from './recorder-state.ts'
export { OTHER_METHOD, OVERFLOW_ROUTE, REQUEST_DURATION } from './request-duration.ts'
export type { SeriesState } from './series-index.ts'
