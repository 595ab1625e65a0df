import {
  dashboardJson,
  driftDashboard,
  provisioning,
  serviceDashboard,
  sloDashboard,
} from '@tidegauge/mixin'

/** The report of one of the two replicas; compose.yaml publishes it there. */
const liveReportUrl = 'http://127.0.0.1:3000/drift'

/** What Grafana is given, by path in this folder. */
export const DASHBOARD_FILES: Readonly<Record<string, string>> = {
  'dashboards/service.json': dashboardJson(
    serviceDashboard({ refresh: '5s', liveReportUrl, latencyDrift: true }),
  ),
  'dashboards/drift.json': dashboardJson(
    driftDashboard({ refresh: '5s', timeRange: '30m', liveReportUrl }),
  ),
  'dashboards/slo.json': dashboardJson(
    sloDashboard({ refresh: '5s', timeRange: '30m', liveReportUrl }),
  ),
  ...Object.fromEntries(
    provisioning({
      prometheusUrl: 'http://prometheus:9090',
      scrapeInterval: '5s',
      dashboardsPath: '/etc/grafana/dashboards',
    }).map(({ path, text }) => [`provisioning/${path}`, text]),
  ),
}
