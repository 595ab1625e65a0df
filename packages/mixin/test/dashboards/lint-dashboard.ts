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
    ...(dashboard.editable ? ['it can be edited, and the change is lost'] : []),
  ]
}

/**
 * What Grafana's own dashboard-linter asks beyond that: job and instance are chosen, and every query is of those.
 *
 * @param over - titles of panels whose series are recorded over all replicas, and know neither
 * @see https://github.com/grafana/dashboard-linter/tree/main/docs/rules
 */
export function lintJobAndInstance(
  { panels, templating }: GrafanaDashboard,
  over: readonly string[] = [],
): string[] {
  const variables = (['job', 'instance'] as const).flatMap((name) => {
    const found = templating.list.find((variable) => variable.name === name)
    if (found === undefined) return [`no variable ${name}`]
    const problems = [
      found.type !== 'query' && 'not asked of Prometheus',
      found.label.toLowerCase() !== name && 'labelled otherwise',
      !(found.multi && found.includeAll) && 'not several, nor all',
      found.refresh !== 2 && 'not asked again where the time range changes',
      // Theirs is .+ for both; what OpenTelemetry pushes need not have an instance.
      found.allValue !== (name === 'job' ? '.+' : '.*') && `All is ${found.allValue}`,
    ]
    return problems.filter((one) => one !== false).map((one) => `variable ${name}: ${one}`)
  })
  const queries = panels.flatMap((panel) =>
    panel.type === 'row' || over.includes(panel.title)
      ? []
      : panel.targets.flatMap(({ expr }) =>
          selectorsOf(expr)
            .filter((matchers) => !CHOSEN.every((one) => matchers.includes(one)))
            .map((matchers) => `${panel.title}: a query of every job or instance: ${matchers}`),
        ),
  )
  return [...variables, ...queries]
}

const CHOSEN = ['job=~"$job"', 'instance=~"$instance"']

/** What stands between braces, with the texts of the variables alone. */
function selectorsOf(expr: string): string[] {
  const known = expr.replaceAll(/"(\\.|[^"\\])*"/g, (text) =>
    /^"\$\w+"$/.test(text) ? text : '""',
  )
  return [...known.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]!)
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
    exprs.some((expr) => !(panel.type === 'table' ? OF_A_TABLE : OF_A_COURSE).test(expr)) &&
      'a range is not $__rate_interval',
    exprs.some((expr) => RAW_COUNTER.test(expr) && !/\b(rate|increase)\(/.test(expr)) &&
      'a counter without a rate',
  ]
  return problems.filter((problem) => problem !== false).map((problem) => `${title}: ${problem}`)
}

const OF_A_COURSE = /^[^[]*(\[\$__rate_interval\][^[]*)*$/
/** A table tells of the time that is shown. */
const OF_A_TABLE = /^[^[]*(\[\$__range\][^[]*)*$/

/** Recorded names have colons in them: what they hold is a rate already. */
const RAW_COUNTER =
  /(?<![\w:])[a-z]\w*_(count|sum|bucket|total|seconds)\{(?<!(lag_\w+|start_time)_seconds\{)/

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

const GRAFANAS_OWN = [
  '__rate_interval',
  '__range',
  '__all',
  '__value',
  '__field',
  '__url_time_range',
]

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
