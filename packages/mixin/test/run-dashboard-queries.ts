import type { GrafanaDashboard, GrafanaVariable } from '../src/index.ts'

export interface DashboardRun {
  readonly dashboard: GrafanaDashboard
  readonly prometheusUrl: string
  /** What the reader chose; else all values where that is offered, or the first one that Prometheus has. */
  readonly values?: Readonly<Record<string, string>>
  /** As Grafana computes it from the data source's scrape interval: four of them. */
  readonly rateInterval?: string
  /** In seconds; default: now. */
  readonly time?: number
  /** Titles of panels and annotations, as in the dashboard, that may have no data yet. */
  readonly mayBeEmpty?: readonly string[]
}

/**
 * Asks a Prometheus everything that a dashboard would, filled in as Grafana does.
 *
 * @returns one line for each variable, query and annotation that fails, has no data, has values that are not
 * finite, or lacks a label that its legend names; none where all is well
 */
export async function runDashboardQueries(run: DashboardRun): Promise<string[]> {
  const { dashboard, mayBeEmpty = [] } = run
  const problems: string[] = []
  const values: Record<string, string> = {
    __rate_interval: run.rateInterval ?? '1m',
    __range: '5m',
  }

  for (const variable of dashboard.templating.list) {
    if (variable.type !== 'query') continue
    try {
      const offered = await variableValues(variable, values, run)
      if (offered.length === 0) problems.push(`variable ${variable.name}: no values`)
      const chosen = run.values?.[variable.name] ?? variable.allValue ?? offered[0] ?? ''
      values[variable.name] = chosen
    } catch (error) {
      problems.push(`variable ${variable.name}: ${(error as Error).message}`)
    }
  }

  const queries = [
    ...dashboard.panels.flatMap((panel) => (panel.type === 'row' ? [] : [panel])),
    ...dashboard.annotations.list.map(({ name, target }) => ({ title: name, targets: [target] })),
  ]
  for (const { title, targets } of queries) {
    for (const { expr, legendFormat } of targets) {
      const problem = await queryProblem(filled(expr, values), legendFormat, run)
      if (problem === undefined) continue
      if (problem === NO_DATA && mayBeEmpty.includes(title)) continue
      problems.push(`${title} (${legendFormat}): ${problem}`)
    }
  }
  return problems
}

const NO_DATA = 'no data'

async function queryProblem(
  query: string,
  legend: string,
  { prometheusUrl, time }: DashboardRun,
): Promise<string | undefined> {
  try {
    const series = await instantQuery(prometheusUrl, query, time)
    if (series.length === 0) return NO_DATA
    if (series.some(({ values }) => values.some((value) => !Number.isFinite(value)))) {
      return 'values that are not finite'
    }
    const labels = new Set(series.flatMap(({ metric }) => Object.keys(metric)))
    const named = [...legend.matchAll(/\{\{([\w.]+)\}\}/g)].map((match) => match[1]!)
    const lacking = named.filter((label) => !labels.has(label))
    return lacking.length === 0 ? undefined : `no label ${lacking.join(', ')}`
  } catch (error) {
    return (error as Error).message
  }
}

/** What Grafana would offer for a variable, given the choices in those before it. */
export async function variableValues(
  variable: GrafanaVariable,
  values: Readonly<Record<string, string>>,
  { prometheusUrl }: Pick<DashboardRun, 'prometheusUrl'>,
): Promise<readonly string[]> {
  const text = typeof variable.query === 'string' ? variable.query : variable.query.query
  const [, asked] = /^query_result\((.+)\)$/.exec(text) ?? []
  if (asked !== undefined) return resultValues(filled(asked, values), variable.regex, prometheusUrl)
  const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? []
  if (series === undefined) throw new Error(`cannot read ${text}`)
  const parameters = new URLSearchParams({ 'match[]': filled(series, values) })
  return api(`${prometheusUrl}/api/v1/label/${label}/values?${parameters}`)
}

/** Grafana writes each series as `{label="value"} …`, and takes the first group of the regular expression. */
async function resultValues(query: string, regex: string, url: string): Promise<string[]> {
  const pattern = new RegExp(regex.slice(1, -1))
  const series = await instantQuery(url, query)
  const texts = series.map(({ metric }) => {
    const labels = Object.entries(metric).map(([label, value]) => `${label}="${value}"`)
    return `{${labels.join(',')}} 1 1`
  })
  return texts.flatMap((text) => pattern.exec(text)?.[1] ?? [])
}

/** As Grafana fills in a text: it leaves what it does not know, which Prometheus then refuses. */
function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+)\}|\$(\w+)/g,
    (whole, braced, bare) => values[braced ?? bare] ?? whole,
  )
}

interface Found {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly number[]
}

interface InstantVector {
  readonly result: readonly {
    readonly metric: Found['metric']
    /** As the HTTP API writes it: numbers are text, so that NaN and infinity have a form. */
    readonly value?: readonly [time: number, value: string]
    readonly histogram?: readonly [time: number, histogram: { readonly count: string }]
  }[]
}

async function instantQuery(url: string, query: string, time?: number): Promise<readonly Found[]> {
  const body = new URLSearchParams({ query, ...(time !== undefined && { time: String(time) }) })
  const { result } = await api<InstantVector>(`${url}/api/v1/query`, { method: 'POST', body })
  return result.map(({ metric, value, histogram }) => {
    return { metric, values: [Number(value?.[1] ?? histogram?.[1].count)] }
  })
}

async function api<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init)
  const { status, error, data } = (await response.json()) as {
    readonly status: string
    readonly error?: string
    readonly data: T
  }
  if (status !== 'success') throw new Error(error ?? `${response.status} of ${url}`)
  return data
}
