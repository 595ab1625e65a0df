export { latencyProfile } from './latency-profile.ts'
export {
  type LatencyRecorder,
  type LatencyRecorderOptions,
  type LatencySeries,
  latencyRecorder,
  type RequestLabels,
  type TimedRequest,
} from './latency-recorder.ts'
export type { Adapter } from './metrics-adapter.ts'
export { type PrometheusHistogram, parsePrometheusHistogram } from './prometheus-histogram.ts'
export { OTHER_METHOD, OVERFLOW_ROUTE, REQUEST_DURATION } from './request-duration.ts'
