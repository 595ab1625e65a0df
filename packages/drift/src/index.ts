export {
  type Action,
  adjustPValues,
  benjaminiHochberg,
  bonferroni,
  type ColumnFinding,
  type ColumnPolicy,
  type Correction,
  type Criterion,
  DEFAULT_POLICY,
  type Decidable,
  type Decision,
  type DecisionCause,
  type DecisionPolicy,
  decide,
  holm,
  shareOfDriftedColumns,
} from '@tidegauge/core'
export type {
  StoredColumn,
  UnprofiledColumn,
  UnreadableColumn,
} from './measure/measured-column.ts'
export type { Alternative, AlternativeOptions } from './methods/alternative.ts'
export { type AndersonDarlingTest, andersonDarling } from './methods/anderson-darling.ts'
export {
  type BinnedKolmogorovSmirnov,
  binnedKolmogorovSmirnov,
} from './methods/binned-kolmogorov-smirnov.ts'
export { type ChiSquaredOptions, type ChiSquaredTest, chiSquared } from './methods/chi-squared.ts'
export {
  type CramerVonMisesOptions,
  type CramerVonMisesTest,
  cramerVonMises,
} from './methods/cramer-von-mises.ts'
export { type ComparedSizes, populationStabilityIndexPValue } from './methods/divergence-p-value.ts'
export {
  type DomainClassifierOptions,
  type DomainClassifierTest,
  domainClassifier,
} from './methods/domain-classifier.ts'
export { energyDistance } from './methods/energy-distance.ts'
export { type EppsSingletonTest, eppsSingleton } from './methods/epps-singleton.ts'
export { type FisherExactTest, fisherExact } from './methods/fisher-exact.ts'
export { type GTest, type GTestOptions, gTest } from './methods/g-test.ts'
export { type HellingerDistance, hellingerDistance } from './methods/hellinger-distance.ts'
export {
  type JensenShannonDistance,
  type JensenShannonDistanceOptions,
  jensenShannonDistance,
} from './methods/jensen-shannon-distance.ts'
export {
  type KolmogorovSmirnovOptions,
  type KolmogorovSmirnovTest,
  kolmogorovSmirnov,
} from './methods/kolmogorov-smirnov.ts'
export {
  type KullbackLeiblerDivergence,
  kullbackLeiblerDivergence,
} from './methods/kullback-leibler-divergence.ts'
export {
  type MannWhitneyUOptions,
  type MannWhitneyUTest,
  mannWhitneyU,
} from './methods/mann-whitney-u.ts'
export {
  type MaximumMeanDiscrepancyOptions,
  type MaximumMeanDiscrepancyTest,
  maximumMeanDiscrepancy,
} from './methods/maximum-mean-discrepancy.ts'
export {
  type PopulationStabilityIndex,
  type PopulationStabilityIndexOptions,
  populationStabilityIndex,
  psiNoiseFloor,
} from './methods/population-stability-index.ts'
export type { Divergence, HypothesisTest } from './methods/result.ts'
export { type StudentTTest, studentT } from './methods/student-t.ts'
export {
  type TotalVariationDistance,
  type TotalVariationDistanceOptions,
  totalVariationDistance,
} from './methods/total-variation-distance.ts'
export {
  missingShareTest,
  type TwoProportionZTest,
  twoProportionZ,
} from './methods/two-proportion-z.ts'
export {
  type WassersteinDistanceOptions,
  wassersteinDistance,
} from './methods/wasserstein-distance.ts'
export { type WelchTTest, welchT } from './methods/welch-t.ts'
export { zTest } from './methods/z-test.ts'
export type { MethodAlias, MethodChoice, MethodName } from './plan/built-in-methods.ts'
export { BUILT_IN_METHODS } from './plan/built-in-methods.ts'
export type {
  DriftMethod,
  EvidenceByKind,
  EvidenceKind,
  MethodResult,
} from './plan/drift-method.ts'
export type { Profiles, TableShape } from './plan/open-table.ts'
export type { DetectDriftOptions, DriftProgress } from './plan/options.ts'
export type { Preset, Semantics } from './presets/semantics.ts'
export { mergeTableProfiles } from './profile/merge-table-profiles.ts'
export { parseTableProfile, tableProfileOf } from './profile/parse-table-profile.ts'
export { type ProfileOptions, profile } from './profile/profile-table.ts'
export { redactTableProfile } from './profile/redact-table-profile.ts'
export type { ProfileOrigin, TableProfile } from './profile/table-profile.ts'
export { ColumnError } from './read/column-error.ts'
export type { RankedPair } from './read/evidence.ts'
export type {
  ColumnReading,
  ColumnReadings,
  MendedLines,
  Misfits,
  MissingSpelling,
  TableReading,
} from './reading/column-reading.ts'
export { MISSING_NUMBERS, MISSING_SPELLINGS } from './reading/missing-spellings.ts'
export type {
  ChangedType,
  ColumnDrift,
  ColumnRole,
  ColumnType,
  DriftReport,
  DriftSettings,
  MissingValues,
  Quantiles,
  TableSummary,
  TextChange,
  Verdict,
  WidestGap,
  WordShares,
} from './report/drift-report.ts'
export { REPORT_VERSION } from './report/drift-report.ts'
export { withReportId } from './report/report-id.ts'
export { type DriftPool, type DriftPoolOptions, driftPool } from './run/async/drift-pool.ts'
export { detectDrift } from './run/detect-drift.ts'
export { type DetectDriftAsyncOptions, detectDriftAsync } from './run/detect-drift-async.ts'
export {
  type AskedColumn,
  type ColumnPairInput,
  type ColumnPairs,
  type ColumnSideInput,
  type ColumnSideValues,
  detectDriftByColumn,
  type WantedColumn,
} from './run/detect-drift-by-column.ts'
export { decilePlacesOf, decilesOf } from './samples/decile-cells.ts'
export type { BinningOptions } from './samples/divergence-cells.ts'
export type { CategoryValue } from './samples/sample.ts'
