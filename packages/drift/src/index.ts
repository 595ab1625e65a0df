export { DEFAULT_POLICY, decide, shareOfDriftedColumns } from './decision.ts'
export { type DetectDriftOptions, type DriftProgress, detectDrift } from './detect-drift.ts'
export type {
  ColumnDrift,
  ColumnRole,
  ColumnType,
  Decision,
  DecisionPolicy,
  DriftReport,
  DriftSettings,
  EffectMeasure,
  TableSummary,
  Verdict,
} from './drift-report.ts'
export { REPORT_VERSION } from './drift-report.ts'
export { benjaminiHochberg } from './methods/benjamini-hochberg.ts'
export {
  type BinnedKolmogorovSmirnov,
  binnedKolmogorovSmirnov,
} from './methods/binned-kolmogorov-smirnov.ts'
export { type ChiSquaredTest, chiSquared } from './methods/chi-squared.ts'
export { type KolmogorovSmirnovTest, kolmogorovSmirnov } from './methods/kolmogorov-smirnov.ts'
export {
  type PopulationStabilityIndex,
  type PopulationStabilityIndexOptions,
  populationStabilityIndex,
  psiNoiseFloor,
} from './methods/population-stability-index.ts'
export type { Divergence, HypothesisTest } from './methods/result.ts'
export type { CategoryValue } from './methods/sample.ts'
