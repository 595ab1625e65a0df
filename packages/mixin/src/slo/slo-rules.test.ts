import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { REQUEST_METRICS } from '../request-metric.ts'
import type { AlertingRule, RuleFile } from '../rule-file.ts'
import { rulesYaml } from '../rules-yaml.ts'
import { type SloRulesOptions, sloRules } from './slo-rules.ts'

const availability = { kind: 'availability', name: 'api', target: 0.999 } as const
const latency = { kind: 'latency', name: 'fast', target: 0.95, thresholdSeconds: 0.25 } as const
const alertsOf = (rules: RuleFile) =>
  rules.groups.flatMap((group) => group.rules.filter((r): r is AlertingRule => 'alert' in r))
const factors = (options: Partial<SloRulesOptions>) =>
  alertsOf(sloRules({ objectives: [availability], ...options })).flatMap(({ expr }) =>
    [...expr.matchAll(/^(?:or )?slo:burn_rate:ratio_rate(\w+)\{.*\} > ([\d.]+)$/gm)].map(
      ([, window, factor]) => [window, Number(factor)],
    ),
  )

const one = (objective: object) => ({ objectives: [{ ...availability, ...objective }] })
const window = { long: '1h', short: '5m', budget: 0.02, severity: 'critical' }

test.each<[string, object, string]>([
  ['a target of 1', one({ target: 1 }), '"objectives[0].target" must be a share above 0 and below'],
  ['labels to keep apart as text', { ...one({}), by: 'job' }, '"by" must be an array of labels'],
  ['a label to keep apart that the rules have', { ...one({}), by: ['slo'] }, '"by[0]" must be'],
  [
    'a label of its own that is kept apart',
    { ...one({ labels: { team: 'web' } }), by: ['team'] },
    '"objectives[0].labels.team" must be left out',
  ],
  ['a target in percent', one({ target: 99.9 }), '0.999 for 99.9 %, received 99.9'],
  ['a target of 0', one({ target: 0 }), '"objectives[0].target"'],
  ['a target that is NaN', one({ target: Number.NaN }), '"objectives[0].target"'],
  ['a target as text', one({ target: '0.999' }), '"objectives[0].target"'],
  ['an unknown kind', one({ kind: 'freshness' }), "must be 'availability' or 'latency'"],
  ['a name with a space', one({ name: 'my api' }), '"objectives[0].name"'],
  ['a name that is a template', one({ name: '{{x}}' }), '"objectives[0].name"'],
  [
    'a misspelled key',
    one({ tresholdSeconds: 1 }),
    '"objectives[0].tresholdSeconds" must be an option: "thresholdSeconds", maybe',
  ],
  ['a threshold of availability', one({ thresholdSeconds: 1 }), '"objectives[0].thresholdSeconds"'],
  ['no failures at all', one({ failures: [] }), '"objectives[0].failures" must be at least one'],
  ['a status that is none', one({ failures: ['5..'] }), '"objectives[0].failures[0]"'],
  ['an empty list of routes', one({ select: { route: [] } }), '"objectives[0].select.route"'],
  ['a label of ours', one({ labels: { slo: 'x' } }), '"objectives[0].labels.slo" must be left out'],
  ['a label that is no name', one({ labels: { 'a-b': 'x' } }), '"objectives[0].labels.a-b"'],
  [
    'a selector on le',
    one({ select: { labels: { le: '1' } } }),
    '"objectives[0].select.labels.le"',
  ],
  ['half a character', one({ select: { route: '\ud800' } }), 'whole Unicode characters'],
  ['an objective that is null', { objectives: [null] }, '"objectives[0]" must be an object'],
  ['objectives that are no array', { objectives: {} }, '"objectives" must be an array'],
  [
    'two objectives of one name',
    { objectives: [availability, { ...latency, name: 'api' }] },
    '"objectives[1].name" must be unlike every other, received api',
  ],
  [
    'a threshold between bounds',
    { objectives: [{ ...latency, thresholdSeconds: 0.3 }] },
    'a bound of the classic histogram (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10), received 0.3',
  ],
  [
    'a negative threshold of a native histogram',
    { histogram: 'native', objectives: [{ ...latency, thresholdSeconds: -1 }] },
    '"objectives[0].thresholdSeconds" must be a number of seconds above 0',
  ],
  [
    'an Apdex threshold whose fourfold is no bound',
    { apdex: [{ name: 'api', thresholdSeconds: 0.5 }] },
    'whose fourfold is one too (0.025, 0.25, 2.5), received 0.5',
  ],
  [
    'two scores of one name',
    { apdex: Array(2).fill({ name: 'api', thresholdSeconds: 0.25 }) },
    '"apdex[1].name"',
  ],
  ['nothing to do', {}, '"objectives" must be at least one objective'],
  [
    'an unknown option',
    { objectives: [availability], window: '30d' },
    '"window" must be an option: "windows", maybe',
  ],
  ['an unknown preset', { ...one({}), metric: 'express' }, '"metric" must be'],
  [
    'a metric name that is none',
    { ...one({}), metric: { ...REQUEST_METRICS.opentelemetry, name: 'http-duration' } },
    '"metric.name" must be a Prometheus metric name',
  ],
  [
    'bounds that do not increase',
    { ...one({}), metric: { ...REQUEST_METRICS.opentelemetry, bounds: [1, 1] } },
    '"metric.bounds[1]" must be finite and above 1',
  ],
  ['a kind of histogram that is none', { ...one({}), histogram: 'sparse' }, '"histogram"'],
  ['a period in words', { ...one({}), period: 'a month' }, '"period" must be a duration such as'],
  ['a period of zero', { ...one({}), period: '0d' }, '"period"'],
  ['a period within a window', { ...one({}), period: '3d' }, '"windows[3].long" must be shorter'],
  ['no windows', { ...one({}), windows: [] }, '"windows" must be an array of at least one'],
  ['a short window that is long', { ...one({}), windows: [{ ...window, short: '60m' }] }, '1h'],
  ['a budget in percent', { ...one({}), windows: [{ ...window, budget: 2 }] }, 'share above 0'],
  ['two equal windows', { ...one({}), windows: [window, { ...window, long: '60m' }] }, 'unlike'],
  [
    'two times of one severity',
    { ...one({}), windows: [window, { ...window, long: '6h', for: '5m' }] },
    '"windows[1].for" must be left out, as in the other windows of its severity',
  ],
  ['absent as text', { ...one({}), absent: 'yes' }, '"absent" must be true or false'],
  ['an empty severity', { ...one({}), windows: [{ ...window, severity: '' }] }, 'not empty'],
  ['a negative minimum', { ...one({}), minimumRequests: -1 }, '"minimumRequests"'],
  ['a minimum that is NaN', { ...one({}), minimumBadRequests: Number.NaN }, '"minimumBadRequests"'],
  ['an interval beyond the windows', { ...one({}), interval: '10m' }, 'the shortest window, 5m'],
])('refuses %s', (_, options, message) => {
  expect(() => sloRules(options as SloRulesOptions)).toThrow(
    expect.objectContaining({
      code: 'ERR_INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    }),
  )
})

test('the burn rates are those of the workbook, and follow the period', () => {
  expect(factors({})).toEqual([
    ['1h', 14.4],
    ['6h', 6],
    ['1d', 3],
    ['3d', 1],
  ])
  expect(factors({ period: '4w' })).toEqual([
    ['1h', 13.44],
    ['6h', 5.6],
    ['1d', 2.8],
    ['3d', 1], // 0.93 would alert about a budget that lasts
  ])
  expect(factors({ period: '90d' }).map(([, factor]) => factor)).toEqual([43.2, 18, 9, 3])
})

test('an alert that could never fire is not written', () => {
  const objectives = [{ ...availability, target: 0.9 }] // at most 10 times what is allowed can fail
  expect(factors({ objectives })).toEqual([
    ['6h', 6],
    ['1d', 3],
    ['3d', 1],
  ])
})

test('a minimum of 0 asks for no number of requests', () => {
  const [alert] = alertsOf(
    sloRules({ ...one({}), minimumRequests: 0, minimumBadRequests: 0 } as SloRulesOptions),
  )
  expect(alert!.expr).toBe(
    `slo:burn_rate:ratio_rate1h{slo="api"} > 14.4
  and slo:burn_rate:ratio_rate5m{slo="api"} > 14.4
or slo:burn_rate:ratio_rate6h{slo="api"} > 6
  and slo:burn_rate:ratio_rate30m{slo="api"} > 6`,
  )
})

test('there is one alert for each severity, of all its windows that can burn', () => {
  const severities = (target: number) =>
    alertsOf(sloRules({ objectives: [{ ...availability, target }] })).map(
      ({ labels }) => labels?.severity,
    )
  expect(severities(0.999)).toEqual(['critical', 'warning'])
  expect(severities(0.8)).toEqual(['warning'])
})

test('every recorded name is level:metric:operations', () => {
  const rules = sloRules({
    objectives: [availability, latency],
    apdex: [{ name: 'api', thresholdSeconds: 0.25 }],
  })
  const names = rules.groups.flatMap((g) => g.rules.flatMap((r) => ('record' in r ? r.record : [])))
  expect(names).toHaveLength(2 * 34 + 2)
  expect(
    names.filter((name) => !/^(slo|service):[a-z_]+:(ratio|rate)[a-z0-9_]*$/.test(name)),
  ).toEqual([])
})

test('the file is the data', () => {
  const rules = sloRules({ objectives: [availability, latency] })
  expect(parse(rulesYaml(rules))).toEqual(rules)
})
