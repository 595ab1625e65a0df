export { benjaminiHochberg } from './benjamini-hochberg.ts'
export {
  assertProfile,
  type BinnedProfile,
  type CategoricalProfile,
  type CategoricalProfileOptions,
  type CountedCategory,
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
  uncounted,
} from './binned-profile.ts'
export { categoryOf, isMissing, numberOf } from './cell.ts'
export type { Criterion } from './column-verdict.ts'
export {
  type Action,
  type ColumnFinding,
  type ColumnPolicy,
  DEFAULT_POLICY,
  type Decidable,
  type DecidableColumn,
  type DecidableSettings,
  type Decision,
  type DecisionCause,
  type DecisionPolicy,
  decide,
  shareOfDriftedColumns,
  type Weights,
} from './decision.ts'
export { type DistanceBracket, distanceBracket } from './distance-bracket.ts'
export {
  IncompatibleProfilesError,
  InvalidArgumentError,
  TidegaugeError,
  UnsupportedVersionError,
} from './errors.ts'
export type {
  LivePace,
  LiveReference,
  LiveState,
  Look,
  Replacement,
  Strangers,
} from './live-state.ts'
export type { MetricFamily, MetricSample, MetricSource } from './metric-source.ts'
export { adjustPValues, bonferroni, type Correction, holm } from './multiple-testing.ts'
export {
  type CountedSlot,
  type NumericProfileOfCountsOptions,
  numericProfileOfCounts,
} from './numeric-profile-of-counts.ts'
export { rebin } from './rebin.ts'
export {
  type ArqueroTable,
  type ArrowTable,
  type ColumnInput,
  type DictionaryColumn,
  type Table,
  type TableColumn,
  type TableInput,
  toTable,
  type UnreadColumn,
} from './table.ts'
