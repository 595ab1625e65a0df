import type { GrafanaDashboard, GrafanaPanel, GrafanaVariable } from '../../src/index.ts'

/** What a reader of the dashboard would stumble over, one line each. */
export function lintDashboard(dashboard: GrafanaDashboard): string[] {
  const { panels: all, templating, annotations, schemaVersion } = dashboard
  const panels = all.filter((panel) => panel.type !== 'row')
  const ids = all.map(({ id }) => id)
  return [
    ...(schemaVersion === 39 ? [] : [`schemaVersion ${schemaVersion} is not that of Grafana 11.2`]),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `two panels have the id ${id}`),
    ...overlaps(all),
    ...panels.flatMap(panelProblems),
    ...templating.list.flatMap(variableProblems),
    ...annotations.list
      .filter(({ datasource, target }) => ![datasource, target.datasource].every(usesVariable))
      .map(({ name }) => `annotation ${name}: the data source is fixed`),
    ...unknownVariables(dashboard),
    ...mismatched(dashboard),
  ]
}

type Placed = Pick<GrafanaPanel, 'title' | 'gridPos'>

function overlaps(panels: readonly Placed[]): string[] {
  return panels.flatMap((a, i) => {
    const { x, y, w, h } = a.gridPos
    const others = panels.slice(i + 1).filter(({ gridPos: b }) => {
      return x < b.x + b.w && b.x < x + w && y < b.y + b.h && b.y < y + h
    })
    return [
      ...others.map((b) => `${a.title}: lies over ${b.title}`),
      ...(x < 0 || w < 1 || x + w > 24 ? [`${a.title}: leaves the grid`] : []),
    ]
  })
}

function panelProblems(panel: GrafanaPanel): string[] {
  const { title, description, targets, datasource } = panel
  const unit = panel.type === 'heatmap' ? panel.options.yAxis.unit : panel.fieldConfig.defaults.unit
  const refIds = targets.map(({ refId }) => refId)
  const exprs = targets.map(({ expr }) => withoutStrings(expr))
  const problems = [
    (description ?? '').length < 20 && 'no description',
    (unit ?? '') === '' && 'no unit',
    targets.length === 0 && 'no query',
    new Set(refIds).size < refIds.length && 'two queries have one refId',
    ![datasource, ...targets.map((target) => target.datasource)].every(usesVariable) &&
      'the data source is fixed',
    exprs.some((expr) => /\[(?!\$__rate_interval\])/.test(expr)) &&
      'a range is not $__rate_interval',
    exprs.some((expr) => RAW_COUNTER.test(expr) && !/\b(rate|increase)\(/.test(expr)) &&
      'a counter without a rate',
  ]
  return problems.filter((problem) => problem !== false).map((problem) => `${title}: ${problem}`)
}

/** Recorded names have colons in them: what they hold is a rate already. */
const RAW_COUNTER = /(?<![\w:])[a-z]\w*_(count|sum|bucket|total|seconds)\{(?<!lag_\w+_seconds\{)/

function variableProblems({ name, type, datasource, description }: GrafanaVariable): string[] {
  const problems = [
    type === 'query' && !usesVariable(datasource) && 'the data source is fixed',
    (description ?? '').length < 10 && 'no description',
  ]
  return problems
    .filter((problem) => problem !== false)
    .map((problem) => `variable ${name}: ${problem}`)
}

const usesVariable = (datasource?: { readonly uid: string }) =>
  datasource?.uid === `$${'{datasource}'}`

const withoutStrings = (expr: string) => expr.replaceAll(/"(\\.|[^"\\])*"/g, '""')

const GRAFANAS_OWN = ['__rate_interval', '__range', '__all']

function unknownVariables(dashboard: GrafanaDashboard): string[] {
  const known = new Set([...GRAFANAS_OWN, ...dashboard.templating.list.map(({ name }) => name)])
  const { title: _, ...shown } = dashboard // a dashboard's title is shown as it is
  const used = [...JSON.stringify(shown).matchAll(/\$\{?(\w+)|\[\[(\w+)/g)]
  const names = new Set(used.map((match) => match[1] ?? match[2]!))
  return [...names].filter((name) => !known.has(name)).map((name) => `no variable ${name}`)
}

/** Grafana writes a value as text where one is chosen, as an escaped pattern where several may be. */
function mismatched({ panels, annotations, templating }: GrafanaDashboard): string[] {
  const text = JSON.stringify({ panels, annotations, templating })
  return templating.list.flatMap(({ name, multi }) => {
    const wrong = multi ? `="$${name}` : `=~"$${name}`
    return text.includes(JSON.stringify(wrong).slice(1, -1))
      ? [`variable ${name}: after ${wrong}`]
      : []
  })
}
