export { type FeatureMonitor, featureMonitor, type LiveWatch } from './feature-monitor.ts'
export type {
  DriftChoices,
  FalseAlarmBudget,
  FeatureMonitorOptions,
  LiveVerdict,
  ReplaceReferenceOptions,
  WindowOptions,
} from './feature-monitor-options.ts'
export {
  type FetchMonitorHandler,
  fetchMonitorHandler,
  type MonitorHandler,
  type MonitorHandlerOptions,
  monitorHandler,
  type PageContext,
  type PageReporter,
  type PageWithHeaders,
} from './page/handler.ts'
export {
  type Alert,
  type RetrainWebhook,
  type RetrainWebhookOptions,
  retrainWebhook,
} from './webhook/webhook.ts'
