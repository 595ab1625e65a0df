export { chiSquaredQuantile } from './distributions/chi-squared-quantile.ts'
export { normalQuantile } from './distributions/normal-quantile.ts'
export { studentTQuantile } from './distributions/student-t-quantile.ts'
export {
  type ConfidenceOptions,
  type MeanDifferenceInterval,
  meanDifferenceInterval,
} from './intervals/mean-difference-interval.ts'
