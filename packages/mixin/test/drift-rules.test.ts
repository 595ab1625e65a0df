import { expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { type DriftRulesOptions, prometheusRules } from '../src/index.ts'
import { type Counted, direct, type FleetFeature, labelsOf, steadySeries } from './drift-fleet.ts'
import {
  absent,
  checkRules,
  type Expectation,
  minutesSeenOf,
  near,
  passed,
  type Series,
  testRules,
} from './promtool.ts'

/** One sample a minute for 100 minutes: the hour before the 90th holds sixty times a minute's counts. */
const MINUTES = 100
const AT = '90m'
const HOUR = 60

const numeric: FleetFeature = {
  model: 'fl',
  reference: 'aaaaaaaaaaaa',
  feature: 'age',
  role: 'feature',
  type: 'numeric',
  counts: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
}
const named = (feature: string, more: Partial<FleetFeature> = {}): FleetFeature => ({
  ...numeric,
  feature,
  ...more,
})

const steady = (
  instance: string,
  feature: FleetFeature,
  perMinute: Counted,
  values?: (perMinute: number) => string,
) => steadySeries(`instance="${instance}"`, feature, perMinute, MINUTES, values)

const rulesOf = (options: DriftRulesOptions = {}) =>
  prometheusRules({ scrapeInterval: '1m', ...options })

const times = (counts: readonly number[], factor: number) => counts.map((count) => count * factor)

/** All that is recorded of a feature, against the same comparison made directly. */
function measured(
  feature: FleetFeature,
  current: readonly number[],
  { time = AT, alpha = 1e-4 } = {},
): Expectation[] {
  const { psi, ks, chi2, chi2PValue, js } = direct(feature, current)
  const of = (record: string) => `${record}{${labelsOf(feature)}}`
  const total = current.reduce((sum, count) => sum + count, 0)
  const n = feature.counts.reduce((sum, count) => sum + count, 0)
  const ksPValue = (d: number) => {
    const lambda2 = (d * d * n * total) / (n + total)
    let p = 0
    for (let k = 1; k < 50; k++) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda2)
    return Math.min(1, p)
  }
  const within = (expr: string, value: number, error: number): Expectation => ({
    time,
    expr: `count(abs((${expr}) - ${value}) <= ${error})`,
    samples: [{ labels: '{}', value: 1 }],
  })
  const drifted = psi >= 0.2 && chi2PValue <= alpha ? 1 : 0
  return [
    near(time, of('drift:feature:count'), total),
    near(time, of('drift:feature:psi'), psi),
    near(time, of('drift:feature:chi2'), chi2),
    near(time, of('drift:feature:js'), js),
    within(of('drift:feature:chi2_pvalue'), chi2PValue, 0.006),
    near(time, of('drift:feature:drifted'), drifted),
    ...(ks === null
      ? [absent(time, of('drift:feature:ks')), absent(time, of('drift:feature:ks_pvalue'))]
      : [
          near(time, of('drift:feature:ks'), ks),
          within(of('drift:feature:ks_pvalue'), ksPValue(ks), ks ** 2 * total > 1 ? 0.001 : 1),
        ]),
  ]
}

const FIRING = 'count by (alertname, feature, reference) (ALERTS{alertstate="firing"})'
const fires = (time: string, alerts: readonly (readonly [string, string, string?])[]) => ({
  time,
  expr: FIRING,
  samples: alerts.map(([name, feature, reference = numeric.reference]) => ({
    labels: `{alertname="${name}"${feature && `,feature="${feature}"`},reference="${reference}"}`,
    value: 1,
  })),
})

describeWithServer('prometheus', 'promtool check rules', () => {
  test.each<[string, DriftRulesOptions, number]>([
    ['the defaults', {}, 59],
    ['every option', everything(), 84],
    ['two bins', { maxBins: 2 }, 43],
    ['99 bins over the lifetime', { maxBins: 99, window: 'lifetime' }, 237],
  ])('accepts %s', (_, options, total) => {
    const { ok, output } = checkRules(prometheusRules(options))
    expect(output).toContain(`SUCCESS: ${total} rules found`)
    expect(output).not.toContain('duplicate')
    expect(ok).toBe(true)
  })
})

function everything(): DriftRulesOptions {
  const wild = 'a"b\\c{{ .Boom }}{d}|.*é\u2028'
  return {
    models: [wild, 'fl'],
    select: { job: wild, env: ['a', 'b'] },
    window: '6h',
    scrapeInterval: '30s',
    interval: '5m',
    minimumValues: 500,
    psiThreshold: 0.25,
    alpha: 1e-7,
    shareThreshold: 0.5,
    actOnTargetDrift: true,
    maxBins: 20,
    missingIncrease: 0.05,
    minimumJudged: 1,
    for: '1h',
    notEvaluatedFor: '1d',
    severities: { DriftAction: wild },
    runbookUrl: `https://example.org/${wild}`,
    grafanaUrl: `https://example.org/${encodeURIComponent(wild)}`,
    latency: { metric: 'fastify-metrics', histogram: 'native', select: { route: wild } },
  }
}

describeWithServer('prometheus', 'what is recorded of a feature', () => {
  test('is what the statistics make of the pooled counts of two replicas', () => {
    const shifted = named('shifted')
    const categories = named('city', { type: 'categorical', counts: [500, 300, 150, 50, 0] })
    const uneven = named('uneven', { counts: [3, 700, 0, 41, 256] })
    const same = named('same')
    const rules = rulesOf()
    const series = [
      ...steady('a', shifted, { bins: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }),
      ...steady('b', shifted, { bins: [0, 0, 1, 0, 2, 3, 5, 8, 13, 21] }),
      ...steady('a', categories, { bins: [1, 5, 2, 0, 3] }),
      ...steady('b', categories, { bins: [9, 0, 2, 0, 0] }),
      ...steady('a', uneven, { bins: [1, 70, 0, 4, 25] }),
      ...steady('b', uneven, { bins: [0, 70, 0, 4, 26] }),
      ...steady('a', same, { bins: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }),
      ...steady('b', same, { bins: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2] }),
    ]
    const expected = [
      ...measured(shifted, times([1, 2, 4, 4, 7, 9, 12, 16, 22, 31], HOUR)),
      ...measured(categories, times([10, 5, 4, 0, 3], HOUR)),
      ...measured(uneven, times([1, 140, 0, 8, 51], HOUR)),
      ...measured(same, times([3, 3, 3, 3, 3, 3, 3, 3, 3, 3], HOUR)),
      near(AT, 'drift:bin:increase{feature="shifted",bin="09"}', 31 * HOUR),
      near(AT, 'drift:bin:ratio{feature="shifted",bin="09"}', 31 / 108),
      near(AT, 'drift:bin:ref_ratio{feature="city",bin="01"}', 0.3),
      near(AT, 'drift:cumulative:ratio{feature="shifted",bin="03"}', 11 / 108),
      near(AT, 'drift:cumulative:ref_ratio{feature="shifted",bin="03"}', 0.4),
      near(AT, 'count(drift:cumulative:ratio{feature="uneven"})', 5),
      absent(AT, 'drift:cumulative:ratio{type="categorical"}'),
      near(AT, 'drift:feature:cells{feature="uneven"}', 4),
      near(AT, 'drift:feature:ref_count{feature="shifted"}', 1000),
      near(
        AT,
        'drift:bin:smoothed_ratio{feature="shifted",bin="09"}',
        (31 * 60 + 0.5) / (108 * 60 + 5),
      ),
      near(AT, 'drift:bin:smoothed_ref_ratio{feature="uneven",bin="00"}', 3.5 / 1002),
      absent(AT, 'drift:bin:smoothed_ratio{feature="uneven",bin="02"}'),
      near(AT, 'drift:feature:chi2_df{feature="uneven"}', 3),
      near(AT, 'drift:feature:chi2_z{feature="same"}', -(1 - 2 / 81) / Math.sqrt(2 / 81)),
      near(AT, 'drift:feature:ks_lambda2{feature="same"}', 0),
      near(AT, 'drift:model:features', 4),
      near(AT, 'drift:model:evaluated', 4),
    ]
    expect(testRules(rules, '1m', series, expected)).toEqual(passed)
  })

  test('has as many bins as it is told, of up to two digits', () => {
    const counts = Array.from({ length: 25 }, (_, i) => 100 + i)
    const fine = named('fine', { counts })
    const bins = counts.map((_, i) => (i * 7) % 11)
    const expected = measured(fine, times(bins, HOUR))
    const series = steady('a', fine, { bins })
    expect(testRules(rulesOf({ maxBins: 25 }), '1m', series, expected)).toEqual(passed)
  })

  test('begins at the minimum count, and is nothing for a feature that is idle', () => {
    const below = named('below')
    const enough = named('enough')
    const idle = named('idle')
    const twenty = (perHour: number) => () => `0x40 0+${perHour / 40}x40 ${perHour}x${MINUTES - 82}`
    const bins = Array(10).fill(1)
    const series = [
      // 19.9 and 20 in each of ten bins
      ...steady('a', below, { bins }, twenty(19.9)),
      ...steady('a', enough, { bins }, twenty(20)),
      ...steady('a', idle, { bins: Array(10).fill(0) }),
    ].filter(({ series }) => !/missing_total|invalid_total/.test(series))
    const at = '85m'
    const expected = [
      near(at, 'drift:feature:count{feature="idle"}', 0),
      {
        time: at,
        expr: 'count by (feature) (drift:feature:psi)',
        samples: [{ labels: '{feature="enough"}', value: 1 }],
      },
      absent(
        at,
        '{__name__=~"drift:feature:(ks|chi2|js|drifted|ks_pvalue|chi2_pvalue)",feature!="enough"}',
      ),
      absent(at, 'drift:bin:ratio{feature!="enough"}'),
      near(at, 'drift:model:features', 3),
      near(at, 'drift:model:evaluated', 1),
      near(at, 'drift:model:drifted_share', 0),
    ]
    expect(testRules(rulesOf(), '1m', series, expected)).toEqual(passed)
  })

  test('survives the restart of a replica, and is apart for each reference', () => {
    const before = named('age')
    const after = named('age', { reference: 'bbbbbbbbbbbb', counts: [10, 20, 30, 40] })
    const seen = minutesSeenOf(HOUR)
    const restarting = (perMinute: number) => `0+${perMinute}x49 0+${perMinute}x${MINUTES - 50}`
    const series = [
      ...steady('a', before, { bins: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] }, restarting),
      ...steady('b', after, { bins: [1, 2, 3, 4] }),
      ...steady('c', after, { bins: [2, 4, 6, 8] }),
    ]
    const expected = [
      // that in which the process was away is lost
      ...measured(before, times([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], ((seen - 1) / seen) * HOUR)),
      ...measured(after, times([3, 6, 9, 12], HOUR)),
      {
        time: AT,
        expr: 'drift:model:features',
        samples: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'].map((reference) => ({
          labels: `{__name__="drift:model:features",model="fl",reference="${reference}",window="1h"}`,
          value: 1,
        })),
      },
    ]
    expect(testRules(rulesOf(), '1m', series, expected)).toEqual(passed)
  })

  test('over the lifetime is of the counters as they are', () => {
    const series = [
      ...steady('a', numeric, { bins: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0], missing: 3 }),
      ...steady('b', numeric, { bins: [9, 9, 9, 9, 9, 9, 9, 9, 9, 9], invalid: 1 }),
    ]
    const expected = [
      ...measured(numeric, times([18, 17, 16, 15, 14, 13, 12, 11, 10, 9], 90)),
      near(AT, 'drift:feature:missing_ratio', 3 / 138),
      near(AT, 'drift:feature:invalid_ratio', 1 / 139),
    ]
    expect(testRules(rulesOf({ window: 'lifetime' }), '1m', series, expected)).toEqual(passed)
  })

  test('is 0 where one cell holds everything', () => {
    const constant = named('constant', { type: 'categorical', counts: [500, 0] })
    const expected = [
      ...measured(constant, [HOUR * 10, 0]),
      near(AT, 'drift:feature:chi2_pvalue', 1),
      near(AT, 'drift:model:evaluated', 1),
    ]
    const series = steady('a', constant, { bins: [10, 0] })
    expect(testRules(rulesOf(), '1m', series, expected)).toEqual(passed)
  })

  test('is of the models and labels that were chosen', () => {
    const other = named('age', { model: 'other' })
    const counted = { bins: Array(10).fill(3) }
    const series = [
      ...steady('a', numeric, counted),
      ...steady('b', numeric, counted),
      ...steady('a', other, counted),
    ]
    const expected = [
      near(AT, 'drift:feature:count', 30 * HOUR),
      absent(AT, '{__name__=~"drift:.+",model="other"}'),
    ]
    const rules = rulesOf({ models: 'fl', select: { instance: 'a' } })
    expect(testRules(rules, '1m', series, expected)).toEqual(passed)
  })
})

describeWithServer('prometheus', 'a feature drifted', () => {
  test('where PSI reaches its threshold and chance cannot have done it', () => {
    const few = [20, 20, 20, 20, 20, 20, 20, 20, 20, 20]
    const unlucky = named('unlucky', { counts: few }) // two samples of 200 are as far apart by chance in one of some hundreds
    const far = named('far', { counts: few })
    const near02 = named('near')
    const chance = [32, 10, 27, 8, 25, 16, 28, 10, 32, 12]
    const lightly = [18, 14, 12, 10, 9, 9, 8, 8, 6, 6]
    const series = [unlucky, far, near02].flatMap((feature) => {
      const counts = {
        unlucky: chance,
        far: [2, 2, 4, 8, 16, 24, 34, 40, 36, 34],
        near: times(lightly, 10),
      }[feature.feature]!
      // An hour's counts in steps of a sixtieth.
      return steady('a', feature, { bins: counts.map((count) => count / HOUR) })
    })
    const byChance = direct(unlucky, chance)
    expect(byChance.psi).toBeGreaterThan(0.2)
    expect(byChance.chi2PValue).toBeGreaterThan(1e-4)
    const small = direct(near02, times(lightly, 10))
    expect(small.psi).toBeLessThan(0.2)
    expect(small.chi2PValue).toBeLessThan(1e-4)
    const expected = [
      near(AT, 'drift:feature:drifted{feature="unlucky"}', 0),
      near(AT, 'drift:feature:drifted{feature="far"}', 1),
      near(AT, 'drift:feature:drifted{feature="near"}', 0),
    ]
    expect(testRules(rulesOf({ minimumValues: 150 }), '1m', series, expected)).toEqual(passed)
  })
})

describeWithServer('prometheus', 'a feature without a value in the reference', () => {
  test('is not judged, and not taken for one that did not drift', () => {
    const blank = named('blank', { counts: [0], missing: 1000 })
    const series = [
      ...steady('a', blank, { bins: [100] }),
      ...steady('a', named('other'), { bins: Array(10).fill(10) }),
    ]
    const expected = [
      near(AT, 'drift:feature:count{feature="blank"}', 100 * HOUR),
      absent(AT, 'drift:feature:drifted{feature="blank"}'),
      absent(AT, 'drift:feature:ks{feature="blank"}'),
      near(AT, 'drift:model:features', 2),
      near(AT, 'drift:model:evaluated', 1),
    ]
    expect(testRules(rulesOf(), '1m', series, expected)).toEqual(passed)
  })
})

describeWithServer('prometheus', 'what to do', () => {
  const flat = { bins: Array(10).fill(10) }
  const steep = { bins: [1, 1, 2, 4, 8, 12, 17, 20, 18, 17] }

  /** Of ten features, so many drifted, and these of the others. */
  function model(name: string, drifted: number, more: readonly [string, Counted][] = []): Series[] {
    const features = Array.from({ length: 10 }, (_, i) =>
      steady('a', named(`f${i}`, { model: name }), i < drifted ? steep : flat),
    )
    const roles = more.map(([role, counted]) =>
      steady('a', named(role, { model: name, role: role as 'target' }), counted),
    )
    return [...features, ...roles].flat()
  }
  const action = (model: string, value: number) =>
    near(AT, `drift:model:action{model="${model}"}`, value)

  test.each([
    { actOnTargetDrift: false, target: 1 },
    { actOnTargetDrift: true, target: 2 },
  ])(
    'is as decide says, with actOnTargetDrift $actOnTargetDrift',
    ({ actOnTargetDrift, target }) => {
      const series = [
        ...model('calm', 0, [
          ['target', flat],
          ['prediction', flat],
        ]),
        ...model('some', 2),
        ...model('act', 3, [['target', flat]]),
        ...model('target', 0, [
          ['target', steep],
          ['prediction', flat],
        ]),
        ...model('prediction', 0, [['prediction', steep]]),
        ...steady('a', named('alone', { model: 'alone', role: 'target' }), steep),
        ...steady('a', named('idle', { model: 'idle' }), { bins: Array(10).fill(0) }),
      ]
      const drifted = (role: string, model: string, value: number) =>
        near(AT, `drift:${role}:drifted{model="${model}"}`, value)
      const expected = [
        action('calm', 0),
        action('some', 1),
        action('act', 2), // three of ten reach a share of 0.3
        action('target', target),
        action('prediction', 1),
        action('alone', target),
        absent(AT, 'drift:model:action{model="idle"}'),
        absent(AT, 'drift:model:drifted_share{model=~"idle|alone"}'),
        near(AT, 'drift:model:evaluated{model="idle"}', 0),
        near(AT, 'drift:model:drifted_share{model="act"}', 0.3),
        near(AT, 'drift:model:drifted_share{model="target"}', 0), // features alone
        drifted('target', 'calm', 0),
        drifted('target', 'target', 1),
        drifted('prediction', 'prediction', 1),
        absent(AT, 'drift:target:drifted{model="prediction"}'),
      ]
      const rules = rulesOf({ actOnTargetDrift, interval: '10m' })
      expect(testRules(rules, '10m', series, expected)).toEqual(passed)
    },
  )

  test('is undecided where the target was to be acted on and was not judged, as decide says', () => {
    const none: Counted = { bins: Array(10).fill(0), missing: 10 }
    const silent: Counted = { bins: Array(10).fill(0) }
    const two = (name: string, counted: Counted, targets: readonly Counted[]) => [
      ...steady('a', named('f0', { model: name }), counted),
      ...steady('a', named('f1', { model: name }), flat),
      ...targets.flatMap((target, i) =>
        steady('a', named(`y${i}`, { model: name, role: 'target' }), target),
      ),
    ]
    const series = [
      ...two('emptied', flat, [none]),
      ...two('silent', flat, [silent]),
      ...two('retyped', flat, [{ ...silent, invalid: 10 }]),
      ...two('two', flat, [flat, none]),
      ...two('share', steep, [none]),
      ...two('judged', flat, [flat]),
      ...two('unlabelled', flat, []),
      ...two('drifted', flat, [steep, none]),
      ...two('pipeline', none, [none]),
    ]
    const undecided = (model: string, value: number) =>
      near(AT, `drift:model:undecided{model="${model}"}`, value)
    const cannotTell = ['emptied', 'silent', 'retyped', 'two']
    const known = { share: 2, judged: 0, unlabelled: 0, drifted: 2, pipeline: 1 }
    const expected = [
      ...cannotTell.flatMap((model) => [
        undecided(model, 1),
        absent(AT, `drift:model:action{model="${model}"}`),
      ]),
      ...Object.entries(known).flatMap(([model, value]) => [
        undecided(model, 0),
        action(model, value),
      ]),
    ]
    const rules = rulesOf({ actOnTargetDrift: true, interval: '10m' })
    expect(testRules(rules, '10m', series, expected)).toEqual(passed)
    const late = two('emptied', flat, [none])
    const byDefault = [undecided('emptied', 0), action('emptied', 0)]
    expect(testRules(rulesOf({ interval: '10m' }), '10m', late, byDefault)).toEqual(passed)
  })

  test('is not known, and never "no action", where features are gone or nothing could be judged', () => {
    const none = Array(10).fill(0)
    const lost = { bins: none, missing: 10 }
    const four = (model: string, counted: (i: number) => Counted) =>
      Array.from({ length: 4 }, (_, i) => steady('a', named(`f${i}`, { model }), counted(i))).flat()
    const series = [
      ...four('calm', () => flat),
      ...four('most', (i) => (i === 0 ? flat : lost)),
      ...four('one', (i) => (i === 0 ? lost : steep)),
      ...four('text', (i) => (i === 0 ? { bins: none, invalid: 10 } : flat)),
      ...four('idle', () => ({ bins: none })),
      ...four('few', () => ({ bins: [0.3, ...none.slice(1)] })),
      ...steady('a', named('rare', { model: 'rare', counts: [1], missing: 99_999 }), {
        bins: [0],
        missing: 10,
      }),
      ...steady('a', named('y', { model: 'late', role: 'target' }), { bins: none }),
      ...steady('a', named('y', { model: 'known', role: 'target' }), flat),
      ...steady('a', named('y', { model: 'answer', role: 'prediction' }), flat),
    ]
    const of = (record: string, model: string, value: number) =>
      near(AT, `${record}{model="${model}"}`, value)
    const expected = [
      of('drift:model:action', 'calm', 0),
      of('drift:model:undecided', 'calm', 0),
      of('drift:model:faults', 'calm', 0),
      of('drift:model:faults', 'most', 3),
      of('drift:model:undecided', 'most', 1),
      absent(AT, 'drift:model:action{model="most"}'),
      of('drift:model:faults', 'one', 1),
      of('drift:model:undecided', 'one', 0),
      of('drift:model:drifted_share', 'one', 1),
      of('drift:model:action', 'one', 1), // and not 2: nothing is learnt from a broken pipeline
      of('drift:model:faults', 'text', 1),
      near(AT, 'drift:feature:changed_type{model="text",feature="f0"}', 1),
      near(AT, 'drift:feature:gone{model="text",feature="f0"}', 0),
      of('drift:model:action', 'text', 1),
      ...['idle', 'few', 'rare', 'late', 'answer'].flatMap((model) => [
        of('drift:model:undecided', model, 1),
        absent(AT, `drift:model:action{model="${model}"}`),
      ]),
      of('drift:model:faults', 'rare', 0), // 600 missing of what is mostly missing is chance
      of('drift:model:undecided', 'known', 0),
      of('drift:model:action', 'known', 0),
      {
        time: AT,
        expr: 'count by (alertname, model) (ALERTS{alertstate="firing",alertname=~"FeatureMissing|DriftAction"})',
        samples: [
          ['most', 3],
          ['one', 1],
          ['text', 1],
        ].map(([model, value]) => ({
          labels: `{alertname="FeatureMissing",model="${model}"}`,
          value: value as number,
        })),
      },
    ]
    const rules = rulesOf({ interval: '10m' })
    expect(testRules(rules, '10m', series, expected)).toEqual(passed)
  }, 120_000)

  test('is told after its time, to each what concerns him', () => {
    const rules = rulesOf({ notEvaluatedFor: '40m' })
    const holes = named('holes', { model: 'm', missing: 250 }) // a fifth of them, once
    const series = [
      ...steady('a', named('f0', { model: 'm' }), steep),
      ...steady('a', named('f1', { model: 'm' }), flat),
      ...steady('a', named('answer', { model: 'm', role: 'prediction' }), steep),
      ...steady('a', named('late', { model: 'm', role: 'target' }), steep),
      ...steady('a', holes, { bins: flat.bins, missing: 44 }), // 30.6 %, 10.6 % more
      ...steady('a', named('text', { model: 'm' }), { bins: flat.bins, invalid: 12 }), // 10.7 %
      ...steady('a', named('fewer', { model: 'm', missing: 250 }), {
        bins: flat.bins,
        missing: 40,
      }), // 8.6 % more
      ...steady('a', named('gone', { model: 'm' }), { bins: Array(10).fill(0), missing: 5 }),
      ...steady('a', named('seldom', { model: 'm' }), { bins: Array(10).fill(0), missing: 2 }),
      ...['x', 'y', 'z'].flatMap((name) =>
        steady('a', named(name, { model: 'm' }), { bins: Array(10).fill(0) }),
      ),
    ]
    const expected = [
      near(AT, 'drift:feature:missing_ratio{feature="holes"}', 44 / 144),
      near(AT, 'drift:feature:ref_missing_ratio{feature="holes"}', 0.2),
      near(AT, 'drift:feature:observed{feature="text"}', 112 * HOUR),
      near(AT, 'drift:model:evaluated', 5),
      near(AT, 'drift:model:features', 10),
      fires('5m', []),
      fires(AT, [
        ['FeatureDrift', 'f0'],
        ['FeatureDrift', 'late'],
        ['PredictionDrift', 'answer'],
        ['FeatureMissing', 'gone'],
        ['MissingValues', 'holes'],
        ['InvalidValues', 'text'],
        ['MissingValues', 'gone'],
      ]),
    ]
    expect(testRules(rules, '1m', series, expected)).toEqual(passed)
  })

  test('is not known where fewer than half of the features are judged, for long', () => {
    const rules = rulesOf({ notEvaluatedFor: '40m' })
    const idle = { bins: Array(10).fill(0) }
    const series = [
      ...steady('a', named('busy'), flat),
      ...steady('a', named('x'), idle),
      ...steady('a', named('y'), idle),
    ]
    const expected = [fires('30m', []), fires(AT, [['DriftNotEvaluated', '']])]
    expect(testRules(rules, '1m', series, expected)).toEqual(passed)
  })

  test('is said with what was measured; labels are never run', () => {
    const feature = named('{{ $value }}', { model: 'm' })
    const series = [
      ...steady('a', feature, steep),
      ...steady('a', named('late', { model: 'm', role: 'target' }), flat),
    ]
    const rules = rulesOf({
      severities: { DriftAction: '{{ $labels.model }}' },
      runbookUrl: 'https://example.org/{{x}}',
      grafanaUrl: 'https://grafana.example.org/of/{{x}}/',
    })
    const drift = 'https://grafana.example.org/of/%7B%7Bx%7D%7D/d/tidegauge-drift'
    const chosen = 'var-model=m&var-reference=aaaaaaaaaaaa&var-window=1h'
    const psi = direct(feature, times(steep.bins, HOUR)).psi.toFixed(3)
    const runbook_url = 'https://example.org/{{x}}'
    const reference = numeric.reference
    const alerts = [
      {
        eval_time: AT,
        alertname: 'FeatureDrift',
        exp_alerts: [
          {
            exp_labels: {
              severity: 'info',
              model: 'm',
              reference,
              feature: '{{ $value }}',
              role: 'feature',
              type: 'numeric',
              window: '1h',
            },
            exp_annotations: {
              summary: 'The feature {{ $value }} of model m drifted',
              description: `PSI against reference ${reference} is ${psi} in the last 1h, at least 0.2.`,
              runbook_url: `${runbook_url}#featuredrift`,
              dashboard_url: `${drift}?${chosen}&var-feature=%7B%7B+%24value+%7D%7D`,
            },
          },
        ],
      },
      {
        eval_time: AT,
        alertname: 'DriftAction',
        exp_alerts: [
          {
            exp_labels: { severity: '{{ $labels.model }}', model: 'm', reference, window: '1h' },
            exp_annotations: {
              summary: 'Model m meets other data than it was trained on',
              description: `At least 30 % of its judged features drifted from reference ${reference} in the last 1h: look which, and retrain.`,
              runbook_url: `${runbook_url}#driftaction`,
              dashboard_url: `${drift}?${chosen}`,
            },
          },
        ],
      },
    ]
    expect(testRules(rules, '1m', series, [], alerts)).toEqual(passed)
  })

  test('tells what is missing from what has the wrong type, with the share of it', () => {
    const labels = (feature: string) => ({
      severity: 'warning',
      model: 'm',
      reference: numeric.reference,
      feature,
      role: 'feature',
      type: 'numeric',
      window: '1h',
    })
    const told = (alertname: string, feature: string, summary: string, description: string) => ({
      eval_time: AT,
      alertname,
      exp_alerts: [{ exp_labels: labels(feature), exp_annotations: { summary, description } }],
    })
    const series = [
      ...steady('a', named('holes', { model: 'm', missing: 250 }), {
        bins: flat.bins,
        missing: 50,
      }),
      ...steady('a', named('text', { model: 'm' }), { bins: flat.bins, invalid: 25 }),
    ]
    const alerts = [
      told(
        'MissingValues',
        'holes',
        'Values of holes of model m are missing',
        'The share of missing values in the last 1h is 13.33% more than in reference aaaaaaaaaaaa, at least 10 % more.',
      ),
      told(
        'InvalidValues',
        'text',
        'Values of text of model m are of the wrong type',
        '20% of the values in the last 1h are of another type than in reference aaaaaaaaaaaa, at least 10 %: text where a number is due, say. They are in no bin.',
      ),
    ]
    expect(testRules(rulesOf(), '1m', series, [], alerts)).toEqual(passed)
  })

  test('of two windows is judged by two files, and each alert says which', () => {
    // An hour of the steep counts, after a day of the flat ones.
    const values = (minutes: number) => (perMinute: number) => `0+${perMinute}x${minutes}`
    const feature = named('age', { model: 'm' })
    const before = steadySeries('instance="a"', feature, flat, 1440, values(1440))
    const series = before.map(({ series, values: all }, i) => {
      const last = steep.bins[i]
      if (!series.startsWith('drift_feature_bin_total') || last === undefined) {
        return { series, values: all.replace(/x1440$/, 'x1500') }
      }
      return { series, values: `${all} ${14_400 + last}+${last}x59` }
    })
    const of = (window: string) => {
      const [group] = rulesOf({ models: 'm', window }).groups
      return { ...group!, name: `drift-${window}` }
    }
    const drifted = (window: string, value: number) =>
      near('1500m', `drift:feature:drifted{window="${window}"}`, value)
    const expected = [
      drifted('1h', 1),
      drifted('1d', 0),
      near('1500m', 'drift:feature:count{window="1h"}', 100 * 60),
      near('1500m', 'drift:feature:count{window="1d"}', 100 * 1440),
      {
        time: '1500m',
        expr: 'count by (alertname, window) (ALERTS{alertstate="firing"})',
        samples: ['DriftAction', 'FeatureDrift'].map((name) => ({
          labels: `{alertname="${name}",window="1h"}`,
          value: 1,
        })),
      },
    ]
    const rules = { groups: [of('1h'), of('1d')] }
    expect(testRules(rules, '5m', series, expected)).toEqual(passed)
  })
})
