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
export { chiSquared } from './methods/chi-squared.ts'
export { kolmogorovSmirnov } from './methods/kolmogorov-smirnov.ts'
export { populationStabilityIndex } from './methods/population-stability-index.ts'
export type { Divergence, HypothesisTest } from './methods/result.ts'
