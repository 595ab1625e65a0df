import { expect, test } from 'vitest'
import { driftDashboard } from './dashboards/drift-dashboard.ts'
import { serviceDashboard } from './dashboards/service-dashboard.ts'
import { sloDashboard } from './dashboards/slo-dashboard.ts'
import { prometheusRules } from './drift/prometheus-rules.ts'
import { sloRules } from './slo/slo-rules.ts'

test('each alert leads to a dashboard that there is, and chooses by variables that this has', () => {
  const by = ['namespace', 'job']
  const metric = 'opentelemetry-dots'
  const grafanaUrl = 'https://grafana.example.org'
  const objective = { kind: 'availability', name: 'up', target: 0.999 } as const
  const { groups } = prometheusRules({
    by,
    models: 'm',
    absent: true,
    latency: { metric },
    grafanaUrl,
  })
  const slo = sloRules({ by, absent: true, objectives: [objective], grafanaUrl })
  const dashboards = [driftDashboard, serviceDashboard, sloDashboard].map((of) => of({ by }))
  const alerts = [...groups, ...slo.groups]
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => ('alert' in rule ? [rule] : []))
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(11)
  for (const { alert, annotations } of alerts) {
    const { origin, pathname, searchParams } = new URL(annotations!.dashboard_url!)
    const dashboard = dashboards.find(({ uid }) => pathname === `/d/${uid}`)
    expect(origin, alert).toBe(grafanaUrl)
    const variables = dashboard!.templating.list.map(({ name }) => `var-${name}`)
    expect([...searchParams.keys()].filter((name) => !variables.includes(name))).toEqual([])
    expect(searchParams.size, alert).toBeGreaterThan(0)
  }
})

test('an alert that has no label to choose by leads to the dashboard alone', () => {
  const { groups } = prometheusRules({ latency: { by: [] }, grafanaUrl: 'https://g.example.org/' })
  const urls = groups[1]!.rules.flatMap((rule) =>
    'alert' in rule ? [rule.annotations!.dashboard_url] : [],
  )
  expect(urls).toEqual(['https://g.example.org/d/tidegauge-service'])
})
