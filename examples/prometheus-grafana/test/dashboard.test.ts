import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DASHBOARD_FILES } from '../grafana/dashboard-files.ts'
import service from '../grafana/dashboards/service.json' with { type: 'json' }

const folder = new URL('../grafana/', import.meta.url)

test.each(Object.entries(DASHBOARD_FILES))(
  '%s is what grafana/write-dashboards.ts writes',
  (path, text) => {
    expect(readFileSync(new URL(path, folder), 'utf8')).toBe(text)
  },
)

test('Grafana is given nothing else', () => {
  const kinds = ['dashboards', 'provisioning/dashboards', 'provisioning/datasources']
  const found = kinds.flatMap((kind) =>
    readdirSync(new URL(kind, folder)).map((name) => `${kind}/${name}`),
  )
  expect(found.sort()).toEqual(Object.keys(DASHBOARD_FILES).sort())
})

test('the mean stands beside p50, p95 and p99, in one panel for each route', () => {
  const panel = service.panels.find((panel) => 'repeat' in panel)!
  expect(panel).toMatchObject({ type: 'timeseries', repeat: 'route' })
  const legends = 'targets' in panel ? panel.targets!.map((target) => target.legendFormat) : []
  expect(legends).toEqual(['mean', 'p50', 'p95', 'p99'])
})
