import { DATA_SOURCE } from './data-source.ts'
import type { GrafanaAnnotation } from './grafana-dashboard.ts'

/** Alerts marked on every panel, from the moment on at which they fire. */
export function alertsAnnotation(expr: string, text: string, tagKeys: string): GrafanaAnnotation {
  return {
    name: 'Alerts',
    datasource: DATA_SOURCE,
    enable: true,
    hide: false,
    iconColor: 'red',
    target: {
      refId: 'Anno',
      datasource: DATA_SOURCE,
      editorMode: 'code',
      expr,
      legendFormat: '',
      range: true,
      instant: false,
      format: 'time_series',
    },
    titleFormat: '{{alertname}}',
    textFormat: text,
    tagKeys,
    useValueForTime: false,
  }
}

/** `ALERTS{alertname=~"A|B", alertstate="firing", …}` */
export function firing(alerts: readonly string[], matchers: string): string {
  const more = matchers === '' ? '' : `, ${matchers}`
  return `ALERTS{alertname=~"${alerts.join('|')}", alertstate="firing"${more}}`
}
