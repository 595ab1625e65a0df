export { dashboardJson } from './dashboards/dashboard-json.ts'
export type { DashboardOptions } from './dashboards/dashboard-options.ts'
export { type DriftDashboardOptions, driftDashboard } from './dashboards/drift-dashboard.ts'
export type * from './dashboards/grafana-dashboard.ts'
export {
  type ProvisioningFile,
  type ProvisioningOptions,
  provisioning,
} from './dashboards/provisioning.ts'
export { type ServiceDashboardOptions, serviceDashboard } from './dashboards/service-dashboard.ts'
export { type SloDashboardOptions, sloDashboard } from './dashboards/slo-dashboard.ts'
export {
  DRIFT_SEVERITIES,
  type DriftAlertName,
  type DriftRulesOptions,
} from './drift/drift-rules-options.ts'
export type { LatencyDrift } from './drift/latency-drift.ts'
export { prometheusRules } from './drift/prometheus-rules.ts'
export {
  type InhibitRule,
  type InhibitRulesOptions,
  inhibitRules,
  inhibitYaml,
} from './inhibit-rules.ts'
export {
  REQUEST_METRICS,
  type RequestMetric,
  type RequestMetricLabels,
  type RequestMetricName,
} from './request-metric.ts'
export type { AlertingRule, RecordingRule, Rule, RuleFile, RuleGroup } from './rule-file.ts'
export { rulesYaml } from './rules-yaml.ts'
export type { ApdexScore } from './slo/apdex.ts'
export { BURN_RATE_WINDOWS, type BurnRateWindow } from './slo/burn-rate.ts'
export type { AvailabilityObjective, LatencyObjective, Objective } from './slo/objective.ts'
export type { HistogramKind } from './slo/request-rates.ts'
export type { OneOrMore, RequestLabelsChoice, RequestScope } from './slo/request-scope.ts'
export { type SloRulesOptions, sloRules } from './slo/slo-rules.ts'
