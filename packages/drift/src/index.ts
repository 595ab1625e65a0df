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
export type { Divergence, HypothesisTest } from './methods/result.ts'
