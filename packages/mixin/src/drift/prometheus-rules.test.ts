import { categoricalProfile, numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { rulesYaml } from '../rules-yaml.ts'
import { DRIFT_SEVERITIES, type DriftRulesOptions } from './drift-rules-options.ts'
import { prometheusRules } from './prometheus-rules.ts'

const bounds = [0.1, 0.25, 1]
const metric = {
  name: 'seconds',
  labels: { method: 'm', route: 'r', statusCode: 's', errorType: 'e' },
  bounds,
}
const latency = (more: object) => ({ latency: { metric, ...more } })

test.each<[string, object, string]>([
  [
    'a misspelled key',
    { psiTreshold: 1 },
    '"psiTreshold" must be an option: "psiThreshold", maybe',
  ],
  [
    'a window of few scrapes',
    { window: '4m' },
    `'lifetime' or at least 20 times "scrapeInterval", 5m`,
  ],
  [
    'a window of few slow scrapes',
    { window: '10m', scrapeInterval: '1m' },
    '"scrapeInterval", 20m',
  ],
  ['a window that is none', { window: 'forever' }, '"window" must be a duration'],
  ['an interval above the window', { window: '5m', interval: '10m' }, 'at most "window", 5m'],
  ['no model', { models: [] }, '"models" must be a string or some'],
  ['a model that is no text', { models: 7 }, '"models" must be a string'],
  ['half a character', { models: ['a', '\ud800'] }, '"models[1]" must be a string of whole'],
  ['a label of the rules', { select: { model: 'x' } }, 'a model goes into "models"'],
  ['a label that is no name', { select: { 'a-b': 'x' } }, '"select.a-b"'],
  ['labels to keep apart as text', { by: 'job' }, '"by" must be an array of labels'],
  ['a label to keep apart that is no name', { by: ['a-b'] }, '"by[0]" must be a Prometheus label'],
  [
    'a label to keep apart that the rules have',
    { by: ['job', 'model'] },
    '"by[1]" must be another',
  ],
  ['a label to keep apart that alerts have', { by: ['severity'] }, '"by[0]" must be another'],
  ['a label to keep apart twice', { by: ['job', 'job'] }, '"by[1]" must be named once'],
  ['the bounds as labels', latency({ by: ['le'] }), '"latency.by[0]" must be another'],
  ['absent without a model', { absent: true }, '"models" must be named'],
  ['absent as text', { absent: 'yes', models: 'x' }, '"absent" must be true or false'],
  ['a label of the rules', { labels: { model: 'x' } }, '"labels.model" must be left out'],
  ['a label that is kept apart', { by: ['job'], labels: { job: 'x' } }, '"labels.job" must be'],
  ['a minimum of 0', { minimumValues: 0 }, '"minimumValues" must be a whole number of at least 1'],
  ['a threshold of 0', { psiThreshold: 0 }, '"psiThreshold" must be a finite number above 0'],
  ['a threshold that is NaN', { psiThreshold: Number.NaN }, '"psiThreshold"'],
  ['an alpha of 0', { alpha: 0 }, '"alpha" must be a number above 0 and at most 1'],
  ['a share in percent', { shareThreshold: 30 }, '"shareThreshold" must be'],
  ['a share as text', { minimumJudged: '0.5' }, '"minimumJudged" must be'],
  ['an increase of 0', { missingIncrease: 0 }, '"missingIncrease" must be'],
  [
    'a choice that is none',
    { actOnTargetDrift: 'yes' },
    '"actOnTargetDrift" must be true or false',
  ],
  ['one bin', { maxBins: 1 }, '"maxBins" must be a whole number from 2 to 99'],
  ['100 bins', { maxBins: 100 }, '"maxBins" must be a whole number from 2 to 99'],
  [
    'an alert that is none',
    { severities: { Drift: 'page' } },
    '"severities.Drift" must be an option',
  ],
  ['an empty severity', { severities: { DriftAction: '' } }, '"severities.DriftAction"'],
  ['a time that is none', { for: '0m' }, '"for" must be a duration'],
  ['the window as a label to keep apart', { by: ['window'] }, '"by[0]" must be another'],
  ['the window as a label of replicas', { select: { window: '1h' } }, "the rules' own"],
  [
    'a Grafana without its scheme',
    { grafanaUrl: 'grafana:3000' },
    '"grafanaUrl" must be an address',
  ],
  [
    'a page of Grafana',
    { grafanaUrl: 'https://g.example.org/d/x?orgId=1' },
    '"grafanaUrl" must be Grafana\'s own address, without ? and #',
  ],
  ['a runbook that is no text', { runbookUrl: 1 }, '"runbookUrl" must be a string'],
  ['a quantile of 1', latency({ quantile: 1 }), '"latency.quantile" must be above 0 and below 1'],
  ['a factor of 1', latency({ factor: 1 }), '"latency.factor" must be a finite number above 1'],
  ['half a request', latency({ minimumValues: 0.5 }), '"latency.minimumValues"'],
  ['another histogram', latency({ histogram: 'summary' }), '"latency.histogram"'],
  [
    'an offset that is none',
    latency({ reference: { offset: '-1w' } }),
    '"latency.reference.offset"',
  ],
  [
    'a reference of categories',
    latency({ reference: categoricalProfile([['a', 1]]) }),
    '"latency.reference" must be a profile of at least one duration',
  ],
  [
    'an empty reference',
    latency({ reference: numericProfile([], [0, 1]) }),
    'at least one duration',
  ],
  [
    'a reference with other bounds',
    latency({ reference: numericProfile([0.1, 0.2], [0, 0.1, 0.2, 1]) }),
    `counted at the histogram's bounds, 0.25 among them`,
  ],
  [
    'a reference whose last bound comes too early',
    latency({ reference: numericProfile([0.1, 0.2, 0.7], [0, 0.1, 0.25]) }),
    '1 among them',
  ],
  ['the lifetime for latency', { window: 'lifetime', ...latency({}) }, '"latency.window" must be'],
])('%s is refused', (_, options, message) => {
  const rules = () => prometheusRules(options as DriftRulesOptions)
  expect(rules).toThrow(message)
  expect(rules).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }))
})

const recorded = (options: DriftRulesOptions, record: string) =>
  prometheusRules(options)
    .groups.flatMap(({ rules }) => rules)
    .find((rule) => 'record' in rule && rule.record === record)?.expr

test('the reference of a classic histogram is read at its bounds, by the rule of histogram_quantile', () => {
  const values = [...Array(90).fill(0.06), ...Array(8).fill(0.2), 0.3, 0.9]
  const fine = numericProfile(values, [0, 0.05, 0.1, 0.2, 0.25, 0.5])
  const seconds = (options: DriftRulesOptions) => recorded(options, 'drift:latency:ref_seconds')
  // rank 95 of 100 is five eighths into (0.1, 0.25]
  const edges = [0, 0.05, 0.1, 0.2, 0.25, 0.5, 1]
  const at95 = latency({ quantile: 0.95, reference: numericProfile(values, edges) })
  expect(seconds(at95)).toBe(`vector(${0.1 + (0.25 - 0.1) * (5 / 8)})`)
  expect(() => seconds(latency({ reference: fine }))).toThrow('1 among them')
  // what lies above the last bound is at it; a native histogram is compared by the profile's own edges
  const native = latency({ quantile: 0.995, histogram: 'native', reference: fine })
  expect(seconds(native)).toBe('vector(0.5)')
  const first = latency({ quantile: 0.45, reference: numericProfile(values, edges) })
  expect(seconds(first)).toBe('vector(0.05)')
})

test('models are matched in what is recorded too, so that two files do not meet', () => {
  const yaml = rulesYaml(prometheusRules({ models: 'fl' }))
  const names = yaml.match(/drift[:_][a-z0-9_:]+(?=[^a-z0-9_:"])(\{model="fl")?/g)!
  expect(names.length).toBeGreaterThan(50)
  expect(names.filter((name) => !name.endsWith('{model="fl"'))).toEqual([])
})

test('two windows record no series in common, and read none of each other', () => {
  const yaml = (window: string) => rulesYaml(prometheusRules({ models: 'fl', window }))
  const [hour, lifetime] = [yaml('1h'), yaml('lifetime')]
  expect(hour.match(/window="lifetime"/g)).toBeNull()
  const recorded = hour.match(/drift:[a-z0-9_]+:[a-z0-9_]+(?=\{)(\{model="fl",window="1h")?/g)!
  expect(recorded.length).toBeGreaterThan(100)
  expect(recorded.filter((name) => !name.endsWith('window="1h"'))).toEqual([])
  const rules = prometheusRules({ models: 'fl', window: '120m' }).groups[0]!.rules
  const records = rules.filter((rule) => 'record' in rule)
  expect(records.filter(({ labels }) => labels?.window !== '2h')).toEqual([])
  expect(lifetime).toContain('window: "lifetime"')
})

test('the runbook is read at the alert, unless its address says where', () => {
  const urls = (runbookUrl: string) =>
    prometheusRules({ runbookUrl, models: 'fl', absent: true, latency: {} })
      .groups.flatMap(({ rules }) => rules)
      .flatMap((rule) => ('alert' in rule ? [[rule.alert, rule.annotations?.runbook_url]] : []))
  const found = urls('https://example.org/drift')
  expect(found.map(([alert]) => alert).sort()).toEqual(Object.keys(DRIFT_SEVERITIES).sort())
  for (const [alert, url] of found) {
    expect(url).toBe(`https://example.org/drift#${alert!.toLowerCase()}`)
  }
  expect(new Set(urls('https://example.org/drift#all').map(([, url]) => url))).toEqual(
    new Set(['https://example.org/drift#all']),
  )
})
