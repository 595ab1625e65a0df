import type { CheckedDashboardOptions } from './dashboard-options.ts'
import type {
  GrafanaAnnotation,
  GrafanaDashboard,
  GrafanaLink,
  GrafanaVariable,
} from './grafana-dashboard.ts'
import { type Band, layout } from './layout.ts'

/** Our dashboards link to each other by it. */
const TAG = 'tidegauge'

export interface DashboardContent {
  readonly description: string
  readonly variables: readonly GrafanaVariable[]
  readonly annotations?: readonly GrafanaAnnotation[]
  readonly bands: readonly Band[]
}

/** Everything around the panels that our dashboards have in common. */
export function dashboardFrame(
  { title, uid, refresh, timeRange, liveReportUrl, editable }: CheckedDashboardOptions,
  { description, variables, annotations = [], bands }: DashboardContent,
): GrafanaDashboard {
  return {
    uid,
    title,
    description,
    tags: [TAG],
    schemaVersion: 39,
    version: 1,
    editable,
    graphTooltip: 1,
    time: { from: `now-${timeRange}`, to: 'now' },
    refresh,
    timezone: 'browser',
    annotations: { list: annotations },
    links: [OUR_OTHERS, ...(liveReportUrl === undefined ? [] : [liveReport(liveReportUrl)])],
    templating: { list: variables },
    panels: layout(bands),
  }
}

const OUR_OTHERS: GrafanaLink = {
  type: 'dashboards',
  title: 'tidegauge',
  tooltip: 'The other dashboards of this kind, at the same time',
  tags: [TAG],
  icon: 'external link',
  asDropdown: false,
  includeVars: true,
  keepTime: true,
  targetBlank: false,
}

function liveReport(url: string): GrafanaLink {
  return {
    type: 'link',
    title: 'Live report',
    tooltip:
      'What one replica itself says of its last window, feature by feature, by the methods of detectDrift',
    url,
    tags: [],
    icon: 'doc',
    asDropdown: false,
    includeVars: false,
    keepTime: false,
    targetBlank: true,
  }
}
