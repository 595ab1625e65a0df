export type { MethodAlias, MethodChoice, MethodName } from './built-in-methods.ts'
export { BUILT_IN_METHODS } from './built-in-methods.ts'
export type { Profiles } from './column-sources.ts'
export { DEFAULT_POLICY, decide, shareOfDriftedColumns } from './decision.ts'
export { detectDrift } from './detect-drift.ts'
export type { DriftMethod, MethodResult } from './drift-method.ts'
export type {
  ColumnDrift,
  ColumnRole,
  ColumnType,
  Criterion,
  Decision,
  DecisionPolicy,
  DriftReport,
  DriftSettings,
  MissingValues,
  TableSummary,
  Verdict,
} from './drift-report.ts'
export { REPORT_VERSION } from './drift-report.ts'
export type { StoredColumn } from './measured-column.ts'
export { benjaminiHochberg } from './methods/benjamini-hochberg.ts'
export {
  type BinnedKolmogorovSmirnov,
  binnedKolmogorovSmirnov,
} from './methods/binned-kolmogorov-smirnov.ts'
export { type ChiSquaredOptions, type ChiSquaredTest, chiSquared } from './methods/chi-squared.ts'
export { type KolmogorovSmirnovTest, kolmogorovSmirnov } from './methods/kolmogorov-smirnov.ts'
export type { Correction } from './methods/multiple-testing.ts'
export {
  type PopulationStabilityIndex,
  type PopulationStabilityIndexOptions,
  populationStabilityIndex,
  psiNoiseFloor,
} from './methods/population-stability-index.ts'
export type { Divergence, HypothesisTest } from './methods/result.ts'
export type { CategoryValue } from './methods/sample.ts'
export type { DetectDriftOptions, DriftProgress } from './options.ts'
export {
  mergeTableProfiles,
  type ProfileOptions,
  parseTableProfile,
  profile,
  type TableProfile,
} from './table-profile.ts'
