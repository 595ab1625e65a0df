import { describe, expect, test } from 'vitest'
import service from '../grafana/dashboards/service.json' with { type: 'json' }

interface DataSource {
  readonly uid: string
}

interface Target {
  readonly refId: string
  readonly expr: string
  readonly datasource?: DataSource
}

interface Panel {
  id: number
  readonly type: string
  readonly title: string
  description?: string
  gridPos: { x: number; y: number; w: number; h: number }
  datasource?: DataSource
  targets?: Target[]
  fieldConfig?: { defaults: { unit?: string } }
  readonly options?: { readonly yAxis?: { readonly unit?: string } }
}

interface Variable {
  readonly name: string
  readonly type: string
  datasource?: DataSource
}

interface Dashboard {
  readonly panels: Panel[]
  readonly templating: { list: Variable[] }
}

const dashboard = service as unknown as Dashboard

/** What a reader of the dashboard would stumble over, one line each. */
function problemsOf(dashboard: Dashboard): string[] {
  const { panels, templating } = dashboard
  const ids = panels.map(({ id }) => id)
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `two panels have the id ${id}`),
    ...overlaps(panels),
    ...panels.filter(({ type }) => type !== 'row').flatMap(panelProblems),
    ...templating.list
      .filter(({ type, datasource }) => type === 'query' && !usesVariable(datasource))
      .map(({ name }) => `variable ${name}: the data source is fixed`),
    ...unknownVariables(dashboard),
  ]
}

function overlaps(panels: readonly Panel[]): string[] {
  return panels.flatMap((a, i) => {
    const { x, y, w, h } = a.gridPos
    const others = panels.slice(i + 1).filter(({ gridPos: b }) => {
      return x < b.x + b.w && b.x < x + w && y < b.y + b.h && b.y < y + h
    })
    return [
      ...others.map((b) => `${a.title}: lies over ${b.title}`),
      ...(x < 0 || x + w > 24 ? [`${a.title}: leaves the grid`] : []),
    ]
  })
}

function panelProblems(panel: Panel): string[] {
  const { title, description = '', targets = [], datasource } = panel
  const unit = panel.fieldConfig?.defaults.unit ?? panel.options?.yAxis?.unit
  const refIds = targets.map(({ refId }) => refId)
  const problems = [
    description.length < 20 && 'no description',
    unit === undefined && 'no unit',
    targets.length === 0 && 'no query',
    new Set(refIds).size < refIds.length && 'two queries have one refId',
    ![datasource, ...targets.map((target) => target.datasource)].every(usesVariable) &&
      'the data source is fixed',
    targets.some(({ expr }) => /\[(?!\$__rate_interval\])/.test(withoutStrings(expr))) &&
      'a range is not $__rate_interval',
    targets.some(({ expr }) => /_(count|sum|bucket|total)\b/.test(expr) && !/rate\(/.test(expr)) &&
      'a counter without a rate',
  ]
  return problems.filter((problem) => problem !== false).map((problem) => `${title}: ${problem}`)
}

const usesVariable = (datasource?: DataSource) => datasource?.uid === '$' + '{datasource}'

const withoutStrings = (expr: string) => expr.replaceAll(/"[^"]*"/g, '""')

const GRAFANAS_OWN = ['__rate_interval', '__all']

function unknownVariables({ panels, templating }: Dashboard): string[] {
  const known = new Set([...GRAFANAS_OWN, ...templating.list.map(({ name }) => name)])
  const text = JSON.stringify({ panels, templating })
  const used = [...text.matchAll(/\$\{?(\w+)|\[\[(\w+)/g)].map((match) => match[1] ?? match[2]!)
  return [...new Set(used)].filter((name) => !known.has(name)).map((name) => `no variable ${name}`)
}

test('the dashboard has none of the faults that the lint knows', () => {
  expect(problemsOf(dashboard)).toEqual([])
})

const find = ({ panels }: Dashboard, type: string) => panels.find((panel) => panel.type === type)!

describe('the lint finds', () => {
  test.each<[string, (broken: Dashboard) => void, string]>([
    [
      'an id that is taken',
      ({ panels }) => {
        panels[1]!.id = panels[0]!.id
      },
      'two panels have the id 1',
    ],
    [
      'panels that overlap',
      ({ panels }) => {
        panels[1]!.gridPos.x -= 1
      },
      'Requests per second: lies over Error ratio',
    ],
    [
      'a panel that leaves the grid',
      (broken) => {
        find(broken, 'heatmap').gridPos.w = 25
      },
      'Where the requests lie: leaves the grid',
    ],
    [
      'a missing description',
      (broken) => {
        delete find(broken, 'heatmap').description
      },
      'Where the requests lie: no description',
    ],
    [
      'a missing unit',
      (broken) => {
        delete find(broken, 'stat').fieldConfig!.defaults.unit
      },
      'Requests per second: no unit',
    ],
    [
      'a query on a fixed data source',
      (broken) => {
        const panel = find(broken, 'heatmap')
        panel.targets = panel.targets!.map((target) => ({ ...target, datasource: { uid: 'mine' } }))
      },
      'Where the requests lie: the data source is fixed',
    ],
    [
      'a variable on a fixed data source',
      ({ templating }) => {
        templating.list.find(({ name }) => name === 'route')!.datasource = { uid: 'mine' }
      },
      'variable route: the data source is fixed',
    ],
    [
      'a fixed range',
      (broken) => rewrite(broken, 'heatmap', (expr) => expr.replace('$__rate_interval', '1m')),
      'Where the requests lie: a range is not $__rate_interval',
    ],
    [
      'a counter that is shown as it is',
      (broken) => rewrite(broken, 'heatmap', (expr) => expr.replace('rate(', '(')),
      'Where the requests lie: a counter without a rate',
    ],
    [
      'two queries of one name',
      (broken) => {
        const panel = find(broken, 'heatmap')
        panel.targets = [...panel.targets!, ...panel.targets!]
      },
      'Where the requests lie: two queries have one refId',
    ],
    [
      'a panel without a query',
      (broken) => {
        find(broken, 'heatmap').targets = []
      },
      'Where the requests lie: no query',
    ],
    [
      'a variable that is not there',
      ({ templating }) => {
        templating.list = templating.list.filter(({ name }) => name !== 'job')
      },
      'no variable job',
    ],
  ])('%s', (_, breakIt, problem) => {
    const broken = structuredClone(dashboard)
    breakIt(broken)
    expect(problemsOf(broken)).toEqual([problem])
  })
})

function rewrite(broken: Dashboard, type: string, change: (expr: string) => string): void {
  const panel = find(broken, type)
  panel.targets = panel.targets!.map((target) => ({ ...target, expr: change(target.expr) }))
}

test('the mean stands beside p50, p95 and p99, in one panel for each route', () => {
  const panel = service.panels.find((panel) => 'repeat' in panel)!
  expect(panel).toMatchObject({ type: 'timeseries', repeat: 'route' })
  const legends = 'targets' in panel ? panel.targets!.map((target) => target.legendFormat) : []
  expect(legends).toEqual(['mean', 'p50', 'p95', 'p99'])
})

test('is of the schema that Grafana 11.2 writes', () => {
  expect(service.schemaVersion).toBe(39)
})
