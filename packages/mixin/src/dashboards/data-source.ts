import type { GrafanaDataSource, GrafanaVariable } from './grafana-dashboard.ts'

/** Whatever the reader chose in the variable `datasource`; never a fixed one. */
export const DATA_SOURCE: GrafanaDataSource = { type: 'prometheus', uid: `\${datasource}` }

export const DATA_SOURCE_VARIABLE: GrafanaVariable = {
  name: 'datasource',
  label: 'Data source',
  description: 'The Prometheus that is asked.',
  type: 'datasource',
  query: 'prometheus',
  refresh: 1,
  regex: '',
  hide: 0,
  skipUrlSync: false,
  options: [],
  multi: false,
  includeAll: false,
}
