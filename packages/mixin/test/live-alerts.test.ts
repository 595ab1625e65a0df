import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  describeWithServer,
  type PrometheusConfig,
  startPrometheus,
} from '../../../vitest.servers.ts'
import { inhibitRules, inhibitYaml, prometheusRules, rulesYaml } from '../src/index.ts'
import { type Alertmanager, startAlertmanager } from './alertmanager.ts'
import { type DriftReplica, startReplica, type Traffic } from './drift-replica.ts'

const WAIT = { timeout: 120_000, interval: 300 }
const even = Array(10).fill(1)
const skewed = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]

const traffic = (...features: readonly [string, readonly number[]][]): Traffic[] =>
  features.map(([feature, weights]) => ({
    feature: {
      model: 'flights',
      reference: 'aaaaaaaaaaaa',
      feature,
      role: 'feature',
      type: 'numeric',
      counts: Array(10).fill(1000),
    },
    weights,
    perSecond: 500,
  }))

interface Told {
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** What is paged: a webhook that writes down what Alertmanager sends. */
async function pager(): Promise<{ url: string; told: Told[] }> {
  const told: Told[] = []
  const server = createServer(async (req, res) => {
    const { alerts } = (await json(req)) as { alerts: Told[] }
    told.push(...alerts)
    res.end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told }
}

describeWithServer('prometheus', 'a fleet', () => {
  describeWithServer('alertmanager', 'with a pager', () => {
    test('is told of by its gravest alert alone, and when it falls silent', {
      timeout: 400_000,
    }, async () => {
      const replica = await startReplica(
        traffic(['age', skewed], ['distance', skewed], ['hour', even]),
        1,
      )
      onTestFinished(() => replica.kill())
      const pages = await pager()
      const alertmanager = await startAlertmanager(
        `route: { receiver: pager, group_by: ['...'], group_wait: 3s, group_interval: 3s, repeat_interval: 1h }
receivers: [{ name: pager, webhook_configs: [{ url: '${pages.url}' }] }]
${inhibitYaml(inhibitRules())}`,
      )
      const prometheus = await startPrometheus({
        config: configuration(replica, alertmanager),
        files: { 'rules.yml': rulesYaml(RULES) },
        // What fires before it has found Alertmanager is sent again after a minute by default.
        arguments: ['--rules.alert.resend-delay=10s'],
      })
      onTestFinished(() => prometheus.stop())
      const paged = (alertname: string, model: string) =>
        vi.waitFor(() => {
          const told = pages.told.find(
            ({ status, labels }) =>
              status === 'firing' && labels.alertname === alertname && labels.model === model,
          )
          if (told === undefined) throw new Error(`nobody was told ${alertname} of ${model}`)
          return told
        }, WAIT)
      const fire = async (alertname: string, count: number) =>
        await vi.waitFor(async () => {
          const firing = `ALERTS{alertname="${alertname}",alertstate="firing"}`
          expect(await prometheus.query(firing)).toHaveLength(count)
        }, WAIT)
      const received = async (alertname: string) =>
        (await alertmanager.alerts()).filter(({ labels }) => labels.alertname === alertname)

      // Both features drifted, of three: it is one page.
      await fire('FeatureDrift', 2)
      expect(await paged('DriftAction', 'flights')).toMatchObject({
        labels: { severity: 'warning', reference: 'aaaaaaaaaaaa', window: 'lifetime' },
        annotations: {
          runbook_url: 'https://wiki.example.org/drift#driftaction',
          dashboard_url:
            'https://grafana.example.org/d/tidegauge-drift?var-model=flights&var-reference=aaaaaaaaaaaa&var-window=lifetime',
        },
      })
      await paged('MonitorAbsent', 'misspelt')

      // Who silences the one does not get the others in its place.
      await alertmanager.post('silences', silenceOf('DriftAction'))
      const states = async () => ({
        action: (await received('DriftAction')).map(({ status }) => status.silencedBy.length),
        features: (await received('FeatureDrift')).map(({ status }) => status.inhibitedBy.length),
      })
      await vi.waitFor(
        async () => expect(await states()).toEqual({ action: [1], features: [1, 1] }),
        WAIT,
      )

      // It is gone, and with it whatever was known of it.
      await replica.kill()
      await fire('DriftAction', 0)
      await fire('MonitorAbsent', 2)
      expect(await paged('MonitorAbsent', 'flights')).toMatchObject({
        annotations: { runbook_url: 'https://wiki.example.org/drift#monitorabsent' },
      })
      expect(new Set(pages.told.map(({ labels }) => labels.alertname))).toEqual(
        new Set(['DriftAction', 'MonitorAbsent']),
      )
    })
  })
})

const RULES = prometheusRules({
  models: ['flights', 'misspelt'],
  window: 'lifetime',
  interval: '1s',
  for: '2s',
  absent: true,
  runbookUrl: 'https://wiki.example.org/drift',
  grafanaUrl: 'https://grafana.example.org',
})

const configuration = ({ port }: DriftReplica, { url }: Alertmanager): PrometheusConfig => ({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
  rule_files: ['rules.yml'],
  scrape_configs: [{ job_name: 'flights', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
  alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(url).host] }] }] },
})

function silenceOf(alertname: string): object {
  const now = Date.now()
  return {
    matchers: [{ name: 'alertname', value: alertname, isRegex: false, isEqual: true }],
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + 3_600_000).toISOString(),
    createdBy: 'a test',
    comment: 'somebody is at it',
  }
}
