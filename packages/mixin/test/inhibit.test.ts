import { expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { describeWithServer } from '../../../vitest.servers.ts'
import {
  type AlertingRule,
  DRIFT_SEVERITIES,
  type InhibitRule,
  inhibitRules,
  inhibitYaml,
  prometheusRules,
  type RuleFile,
  sloRules,
} from '../src/index.ts'
import { startAlertmanager } from './alertmanager.ts'

/** `alertmanager.yml` with these rules. */
const configuration = (rules: readonly InhibitRule[]) =>
  `route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n${inhibitYaml(rules)}`

const alertsOf = ({ groups }: RuleFile): AlertingRule[] =>
  groups.flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule))

/** The labels of every alert that the rules know, as they write them. */
const written = [
  ...alertsOf(prometheusRules({ models: 'm', absent: true, latency: {} })),
  ...alertsOf(sloRules({ objectives: [{ kind: 'availability', name: 'up', target: 0.999 }] })),
].map(({ alert, labels }) => ({ alertname: alert, severity: labels!.severity! }))

type Labels = Readonly<Record<string, string>>

const labelled = (alertname: string, labels: Labels, severity?: string): Labels => {
  const found = written.find(
    (one) => one.alertname === alertname && (severity ?? one.severity) === one.severity,
  )
  if (found === undefined) throw new Error(`no rule writes ${alertname} ${severity}`)
  return { ...found, ...labels }
}

describeWithServer('alertmanager', 'what Alertmanager mutes', () => {
  test.each([
    ['by default', {}],
    ['with labels and severities', { by: ['namespace', 'job'], severities: ['a', 'b.c', 'd'] }],
  ])('is a configuration that it accepts: %s', async (_, options) => {
    const { url } = await startAlertmanager(configuration(inhibitRules(options)))
    const { config } = (await (await fetch(`${url}/api/v2/status`)).json()) as {
      config: { original: string }
    }
    // As it wrote it down for itself.
    const { inhibit_rules: read } = parse(config.original) as { inhibit_rules: unknown[] }
    expect(read).toHaveLength(inhibitRules(options).length)
  })

  test('is told while it is alone, and muted while what is graver of the same fires, and nothing else', async () => {
    const rules = inhibitRules({ by: ['namespace'] })
    const alertmanager = await startAlertmanager(configuration(rules))
    const of = (namespace: string, more: Labels = {}) => ({ namespace, ...more })
    const model = (namespace: string, reference: string, more: Labels = {}) =>
      of(namespace, { model: 'flights', reference, window: '1h', ...more })
    const muted = [
      labelled('SloErrorBudgetBurn', of('a', { slo: 'up' }), 'warning'),
      labelled('FeatureDrift', model('a', 'r', { feature: 'age', role: 'feature' })),
      labelled('FeatureDrift', model('a', 'r', { feature: 'city', role: 'target' })),
      labelled('PredictionDrift', model('a', 'r', { feature: 'answer', role: 'prediction' })),
      labelled('MissingValues', model('b', 'r', { feature: 'gone' })),
      labelled('InvalidValues', model('b', 'r', { feature: 'gone' })),
    ]
    const told = [
      labelled('SloErrorBudgetBurn', of('a', { slo: 'up' }), 'critical'),
      labelled('SloErrorBudgetBurn', of('a', { slo: 'fast' }), 'warning'),
      labelled('SloErrorBudgetBurn', of('b', { slo: 'up' }), 'warning'),
      labelled('DriftAction', model('a', 'r')),
      labelled('FeatureDrift', model('a', 'new', { feature: 'age' })),
      labelled('FeatureDrift', model('b', 'r', { feature: 'age' })),
      labelled('FeatureDrift', model('a', 'r', { feature: 'age', window: '1d' })),
      labelled('MissingValues', model('b', 'r', { feature: 'gone', window: '1d' })),
      labelled('FeatureMissing', model('b', 'r', { feature: 'gone' })),
      labelled('MissingValues', model('b', 'r', { feature: 'holes' })),
      labelled('MissingValues', model('a', 'r', { feature: 'gone' })),
      labelled('DriftNotEvaluated', model('a', 'r')),
      labelled('LatencyDrift', of('a', { job: 'flights', quantile: '0.99' })),
    ]
    const states = async () => {
      const alerts = await alertmanager.alerts()
      const text = ({ labels }: { labels: Labels }) => JSON.stringify(Object.entries(labels).sort())
      return {
        muted: alerts.filter(({ status }) => status.inhibitedBy.length > 0).map(text),
        told: alerts.filter(({ status }) => status.state === 'active').map(text),
      }
    }
    const texts = (all: readonly Labels[]) =>
      all.map((labels) => JSON.stringify(Object.entries(labels).sort())).sort()
    const is = (muted: readonly Labels[], told: readonly Labels[]) =>
      vi.waitFor(
        async () => {
          const found = await states()
          expect({ muted: found.muted.sort(), told: found.told.sort() }).toEqual({
            muted: texts(muted),
            told: texts(told),
          })
        },
        { timeout: 90_000, interval: 200 },
      )
    const tell = async (labels: readonly Labels[], endsAt?: Date) => {
      const startsAt = new Date(Date.now() - 60_000)
      await alertmanager.post(
        'alerts',
        labels.map((one) => ({ labels: one, startsAt, endsAt })),
      )
    }

    await tell([...muted, ...told])
    await is(muted, told)
    const graver = ['DriftAction', 'FeatureMissing']
    const ends = told.filter(
      ({ alertname, severity }) => graver.includes(alertname!) || severity === 'critical',
    )
    expect(ends).toHaveLength(3)
    await tell(ends, new Date())
    await is([], [...muted, ...told.filter((one) => !ends.includes(one))])
  })

  test('names alerts of the rules alone', () => {
    const names = inhibitRules().flatMap(({ source_matchers, target_matchers }) =>
      [...source_matchers, ...target_matchers].flatMap(
        (matcher) => /^alertname=~?"([^"]+)"$/.exec(matcher)?.[1]?.split('|') ?? [],
      ),
    )
    const known = ['SloErrorBudgetBurn', ...Object.keys(DRIFT_SEVERITIES)]
    expect(names.length).toBeGreaterThan(6)
    expect(names.filter((name) => !known.includes(name))).toEqual([])
  })
})
