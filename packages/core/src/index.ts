export {
  assertProfile,
  type BinnedProfile,
  type CategoricalProfile,
  type CategoricalProfileOptions,
  categoricalProfile,
  mergeProfiles,
  type NumericProfile,
  type NumericProfileOptions,
  numericProfile,
  PROFILE_VERSION,
  parseProfile,
  profileMean,
  profileQuantile,
  sameEdges,
} from './binned-profile.ts'
export { categoryOf, isMissing, numberOf } from './cell.ts'
export {
  IncompatibleProfilesError,
  InvalidArgumentError,
  TidegaugeError,
  UnsupportedVersionError,
} from './errors.ts'
export type { MetricFamily, MetricSample, MetricSource } from './metric-source.ts'
export { failureReporter } from './report-failures.ts'
export { finish, type Steps } from './steps.ts'
export {
  type ArqueroTable,
  type ArrowTable,
  type ColumnInput,
  type DictionaryColumn,
  type Table,
  type TableColumn,
  type TableInput,
  toTable,
  toTableInSteps,
  type UnreadColumn,
} from './table.ts'
