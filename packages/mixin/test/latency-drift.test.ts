import { numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { type LatencyDrift, prometheusRules } from '../src/index.ts'
import {
  absent,
  checkRules,
  minutesSeenOf,
  near,
  passed,
  type Series,
  testRules,
} from './promtool.ts'

const NAME = 'http_server_request_duration_seconds'
const metric = {
  name: NAME,
  labels: {
    method: 'http_request_method',
    route: 'http_route',
    statusCode: 'http_response_status_code',
    errorType: 'error_type',
  },
  bounds: [0.1, 0.25, 1],
}
/** Requests in each bucket: up to 0.1 s, 0.25 s, 1 s, and slower. */
type Buckets = readonly [number, number, number, number]

/** A replica's histogram after `first` in each minute of two hours, then `then`. */
function histogram(instance: string, first: Buckets, then: Buckets, status = '200'): Series[] {
  const labels = `instance="${instance}",http_response_status_code="${status}"`
  const upTo = (counts: Buckets, i: number) =>
    counts.slice(0, i + 1).reduce((sum, count) => sum + count, 0)
  const values = (i: number) =>
    `0+${upTo(first, i)}x120 ${120 * upTo(first, i) + upTo(then, i)}+${upTo(then, i)}x120`
  return [
    ...['0.1', '0.25', '1', '+Inf'].map((le, i) => ({
      series: `${NAME}_bucket{${labels},le="${le}"}`,
      values: values(i),
    })),
    { series: `${NAME}_count{${labels}}`, values: values(3) },
  ]
}

/** By hand: linear within the bucket that holds the rank. */
function quantile(counts: readonly number[], q: number): number {
  const bounds = [0, 0.1, 0.25, 1]
  const rank = q * counts.reduce((sum, count) => sum + count)
  let below = 0
  for (let i = 0; i < 3; i++) {
    if (below + counts[i]! >= rank) {
      return bounds[i]! + ((bounds[i + 1]! - bounds[i]!) * (rank - below)) / counts[i]!
    }
    below += counts[i]!
  }
  return 1
}

const profile = ([a, b, c, d]: Buckets) =>
  numericProfile(
    [...Array(a).fill(0.05), ...Array(b).fill(0.2), ...Array(c).fill(0.5), ...Array(d).fill(3)],
    [0, 0.1, 0.25, 1],
  )
const rulesOf = (latency: LatencyDrift) =>
  prometheusRules({ scrapeInterval: '1m', interval: '5m', latency: { metric, ...latency } })
const FIRING = 'count(ALERTS{alertname="LatencyDrift",alertstate="firing"})'
const firing = (time: string, count: number) => ({
  time,
  expr: FIRING,
  samples: count === 0 ? [] : [{ labels: '{}', value: count }],
})

const quick: Buckets = [80, 18, 2, 0]
const slow: Buckets = [60, 20, 18, 2]
const both: Buckets = [140, 38, 20, 2]

describeWithServer('prometheus', 'the latency of the fleet', () => {
  test('is held against a stored histogram', () => {
    const reference = profile([800, 190, 10, 0])
    const expected = quantile([800, 190, 10, 0], 0.99)
    const series = [
      ...histogram('a', quick, quick),
      ...histogram('b', quick, slow),
      ...histogram('b', [0, 0, 0, 50], [0, 0, 0, 50], '500'), // failed: not counted
    ]
    const ratio = quantile(both, 0.99) / expected
    expect(
      testRules(rulesOf({ reference }), '5m', series, [
        near('100m', 'drift:latency:seconds{quantile="0.99"}', quantile(quick, 0.99)),
        near('100m', 'drift:latency:ref_seconds{quantile="0.99"}', expected),
        near('200m', 'drift:latency:seconds', quantile(both, 0.99)),
        near('200m', 'drift:latency:ratio', ratio),
        firing('200m', 1),
      ]),
    ).toEqual(passed)
  })

  test('is of the replicas that were selected', () => {
    const series = [...histogram('a', quick, quick), ...histogram('other', slow, slow)]
    const rules = prometheusRules({
      scrapeInterval: '1m',
      interval: '5m',
      select: { instance: 'a' },
      latency: { metric, reference: profile(quick), select: { labels: { instance: ['a', 'b'] } } },
    })
    const expected = [near('100m', 'drift:latency:ratio', 1)]
    expect(testRules(rules, '5m', series, expected)).toEqual(passed)
  })

  test('is held against itself an hour ago', () => {
    const series = [...histogram('a', quick, slow), ...histogram('b', quick, quick)]
    const rules = rulesOf({ reference: { offset: '1h' }, quantile: 0.95, factor: 2 })
    // The last hour but one at 235 minutes: some minutes before the change, 55 after it.
    const before = minutesSeenOf(60) - 55
    const changing = both.map((count, i) => 55 * count + before * 2 * quick[i]!)
    expect(
      testRules(rules, '5m', series, [
        absent('50m', 'drift:latency:ratio'),
        near('120m', 'drift:latency:ratio', 1),
        firing('120m', 0),
        near('180m', 'drift:latency:seconds{quantile="0.95"}', quantile(both, 0.95)),
        near('180m', 'drift:latency:ref_seconds', quantile(quick, 0.95)),
        firing('180m', 1),
        near('235m', 'drift:latency:ref_seconds', quantile(changing, 0.95)),
      ]),
    ).toEqual(passed)
  })

  test('tells nobody below its factor, or of few requests', () => {
    const twice = quantile(both, 0.99) / quantile(quick, 0.99)
    const series = [...histogram('a', quick, slow), ...histogram('b', quick, quick)]
    const at = (more: LatencyDrift, count: number) =>
      expect(
        testRules(rulesOf({ reference: profile(quick), ...more }), '5m', series, [
          near('200m', 'drift:latency:count', 200 * 60),
          firing('200m', count),
        ]),
      ).toEqual(passed)
    at({ factor: twice - 0.01 }, 1)
    at({ factor: twice + 0.01 }, 0)
    at({ factor: twice - 0.01, minimumValues: 12_000 }, 1)
    at({ factor: twice - 0.01, minimumValues: 12_001 }, 0)
  })

  test('is nothing where no requests came', () => {
    const idle: Buckets = [0, 0, 0, 0]
    const rules = rulesOf({ reference: profile(quick) })
    expect(
      testRules(rules, '5m', histogram('a', quick, idle), [
        near('200m', 'drift:latency:count', 0),
        absent('200m', 'drift:latency:seconds'),
        firing('200m', 0),
      ]),
    ).toEqual(passed)
  })

  test('says how much slower', () => {
    const alert = {
      eval_time: '200m',
      alertname: 'LatencyDrift',
      exp_alerts: [
        {
          exp_labels: { severity: 'warning', quantile: '0.99', window: '1h' },
          exp_annotations: {
            summary: 'Requests take 1.60 times as long as they did',
            description: `The 0.99 quantile of ${NAME} in the last 1h is 1.60 times that of the reference, at least 1.5 times.`,
          },
        },
      ],
    }
    expect(quantile(both, 0.99) / quantile(quick, 0.99)).toBeCloseTo(1.6, 9)
    const series = [...histogram('a', quick, slow), ...histogram('b', quick, quick)]
    const rules = rulesOf({ reference: profile(quick) })
    expect(testRules(rules, '5m', series, [], [alert])).toEqual(passed)
  })

  test.each(['classic', 'native'] as const)(
    'has rules that Prometheus accepts: %s',
    (histogram) => {
      const { ok, output } = checkRules(rulesOf({ histogram, reference: profile(quick) }))
      expect({ ok, output }).toEqual({ ok: true, output: expect.stringContaining('SUCCESS: 64 ') })
    },
  )
})
