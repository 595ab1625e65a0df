import { hasDots, labelTerm, seriesWhere } from '../promql.ts'
import { DATA_SOURCE } from './data-source.ts'
import type { GrafanaVariable } from './grafana-dashboard.ts'

export interface LabelVariable {
  readonly name: string
  readonly label: string
  readonly description: string
  /** A selector of the series whose label is offered. */
  readonly series: string
  readonly of: string
  /** All, several or one; one alone by default. */
  readonly all?: { readonly pattern: string }
}

/** A variable that offers the values of a label, as of the time range that is shown. */
export function labelVariable(variable: LabelVariable): GrafanaVariable {
  const { name, label, description, series, of, all } = variable
  // Not every Grafana's `label_values` knows a name with dots; any query does.
  const [qryType, query, regex] =
    hasDots(of) || series.startsWith('{')
      ? ([
          3,
          `query_result(count by (${labelTerm(of)}) (last_over_time(${series}[$__range])))`,
          `/${of.replaceAll('.', '\\.')}"?="([^"]*)"/`,
        ] as const)
      : ([1, `label_values(${series}, ${of})`, ''] as const)
  return {
    name,
    label,
    description,
    type: 'query',
    datasource: DATA_SOURCE,
    query: { qryType, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    refresh: 2,
    regex,
    sort: 1,
    hide: 0,
    skipUrlSync: false,
    options: [],
    multi: all !== undefined,
    includeAll: all !== undefined,
    ...(all === undefined
      ? {}
      : { allValue: all.pattern, current: { selected: true, text: ['All'], value: ['$__all'] } }),
  }
}

/** One variable for each label that the rules carry along, each within the choice of those before. */
export function carriedVariables(by: readonly string[], metric: string): GrafanaVariable[] {
  return by.map((label, i) => {
    const before = by.slice(0, i).map((each) => `${each}="$${each}"`)
    return labelVariable({
      name: label,
      label,
      description: `The ${label} that is looked at: each is judged by itself.`,
      series: seriesWhere(metric, before.join(', ')),
      of: label,
    })
  })
}
