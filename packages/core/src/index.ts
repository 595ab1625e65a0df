export { benjaminiHochberg } from './benjamini-hochberg.ts'
export {
  assertProfile,
  type BinnedProfile,
  type CategoricalProfile,
  type CategoricalProfileOptions,
  type CountedCategory,
  categoricalProfile,
  categoriesLike,
  countedCategories,
  hiddenAtMost,
  mergeProfiles,
  type NumericProfile,
  type NumericProfileOptions,
  numericProfile,
  PROFILE_VERSION,
  parseProfile,
  profileMean,
  profileQuantile,
  sameEdges,
  withCategories,
} from './binned-profile.ts'
export { categoryOf, isMissing, numberOf } from './cell.ts'
export {
  adjustTogether,
  type ColumnVerdict,
  type Criterion,
  columnVerdict,
  criterionValue,
  heldAgainst,
  isDetectable,
  isDrifted,
  meets,
  presetVerdict,
  type TestedColumn,
} from './column-verdict.ts'
export {
  type Action,
  areTooFewJudged,
  type ColumnFinding,
  type ColumnPolicy,
  DEFAULT_POLICY,
  type Decidable,
  type DecidableColumn,
  type DecidableSettings,
  type Decision,
  type DecisionCause,
  type DecisionPolicy,
  type DriftShares,
  decide,
  driftShares,
  featuresToJudge,
  isInQuestion,
  isJudged,
  isTargetUnjudged,
  shareOfDriftedColumns,
  validPolicy,
  type Weights,
  wasJudged,
} from './decision.ts'
export { type DistanceBracket, distanceBracket } from './distance-bracket.ts'
export {
  IncompatibleProfilesError,
  InvalidArgumentError,
  TidegaugeError,
  UnsupportedVersionError,
} from './errors.ts'
export { EVIDENTLY_RULINGS, type Ruling } from './evidently-rulings.ts'
export type { MetricFamily, MetricSample, MetricSource } from './metric-source.ts'
export { adjustPValues, bonferroni, type Correction, holm } from './multiple-testing.ts'
export { ownValue } from './own-value.ts'
export { rebin } from './rebin.ts'
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
export { visibleJson, visibleText } from './visible-text.ts'
