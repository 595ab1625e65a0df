import { expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { BURN_RATE_WINDOWS, type Objective, sloRules } from '../src/index.ts'
import {
  absent,
  type Expectation,
  minutesSeenOf,
  near,
  passed,
  type Series,
  testRules,
} from './promtool.ts'

const COUNT = 'http_server_request_duration_seconds_count'
const BUCKET = 'http_server_request_duration_seconds_bucket'

const count = (job: string, status: string, values: string, route = '/'): Series => ({
  series: `${COUNT}{job="${job}",http_route="${route}",http_response_status_code="${status}"}`,
  values,
})
const bucket = (job: string, le: string, values: string, status = '200'): Series => ({
  series: `${BUCKET}{job="${job}",http_route="/",http_response_status_code="${status}",le="${le}"}`,
  values,
})
const availability = (name: string, more: Partial<Objective> = {}): Objective =>
  ({
    kind: 'availability',
    name,
    target: 0.999,
    select: { labels: { job: name } },
    ...more,
  }) as Objective
const ratio = (slo: string, window: string) =>
  `slo:bad_requests_per_requests:ratio_rate${window}{slo="${slo}"}`
const firing = 'count by (slo, severity) (ALERTS{alertstate="firing"})'
const fires = (pairs: readonly string[][]) =>
  pairs.map(([slo, severity]) => ({ labels: `{slo="${slo}",severity="${severity}"}`, value: 1 }))
/** Each an alert of its own, named for its long window. */
const APART = BURN_RATE_WINDOWS.map((window) => ({ ...window, severity: window.long }))

describeWithServer('prometheus', 'burn rate alerts', () => {
  // 10,000 requests a minute are 432,000,000 in 30 days, of which 99.9 % leave 432,000 to fail.
  // 2 % of those in an hour are 144 a minute, 5 % in 6 h 60, 10 % in a day 30, 10 % in 3 days 10.
  const windows = [
    { window: '1h', long: 60, short: 5, limit: 144 },
    { window: '6h', long: 360, short: 30, limit: 60 },
    { window: '1d', long: 1440, short: 120, limit: 30 },
    { window: '3d', long: 4320, short: 360, limit: 10 },
  ]

  test.each(windows)(
    'fire just above the budget share of $window, and not just below',
    { timeout: 120_000 },
    ({ window, long, limit }) => {
      // Nothing fails in the first half of the window; twice as much does in the second.
      const perMinute = { above: 2 * (limit + 1), below: 2 * (limit - 1) }
      const half = long / 2
      const rules = sloRules({
        interval: '5m',
        windows: APART.map(({ for: _, ...rest }) => rest),
        objectives: [availability('above'), availability('below')],
      })
      const series = Object.entries(perMinute).flatMap(([name, failures]) => [
        count(
          name,
          '200',
          `0+10000x${half} ${10_000 * (half + 1) - failures}+${10_000 - failures}x${half}`,
        ),
        count(name, '503', `0x${half} ${failures}+${failures}x${half}`),
      ])
      const mean = (failures: number, minutes: number) =>
        (failures * Math.min(half, minutes)) / Math.min(long, minutes)
      const due = Object.entries(perMinute).flatMap(([name, failures]) =>
        windows
          .filter((w) => mean(failures, w.long) > w.limit && mean(failures, w.short) > w.limit)
          .map((w) => [name, w.window]),
      )
      expect(due).toContainEqual(['above', window])
      expect(due).not.toContainEqual(['below', window])
      const expected: Expectation[] = [{ time: `${long}m`, expr: firing, samples: fires(due) }]
      if (long <= 360) {
        const share = perMinute.above / 2 / 10_000
        // Where a sample less is seen it is taken for all of the window of the good, and not of the bad, which began at 0.
        const tolerance = minutesSeenOf(long) === long ? 1e-9 : share / long
        expected.push(near(`${long}m`, ratio('above', window), share, tolerance))
      }
      expect(testRules(rules, '5m', series, expected)).toEqual(passed)
    },
  )

  test('are written with the budget that is left, and its ratios in every window', () => {
    const rules = sloRules({ objectives: [availability('api')] })
    const series = [count('api', '200', '0+9996x90'), count('api', '503', '0+4x90')]
    const expected = [
      ...['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'].map((window) =>
        near('80m', ratio('api', window), 0.0004),
      ),
      // of the 10 in 10,000 that may fail, 4 did
      ...['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'].map((window) =>
        near('80m', `slo:burn_rate:ratio_rate${window}{slo="api"}`, 0.4),
      ),
      near('80m', 'slo:error_budget_remaining:ratio_rate30d{slo="api"}', 0.6),
      near('80m', 'slo:objective:ratio{slo="api"}', 0.999),
      { time: '80m', expr: firing, samples: [] },
    ]
    expect(testRules(rules, '1m', series, expected)).toEqual(passed)
  })

  test('count a window that is longer than six hours from the requests of all of it', () => {
    const rules = sloRules({
      interval: '5m',
      objectives: [availability('api')],
      windows: [{ long: '1d', short: '2h', budget: 0.1, severity: 'warning' }],
    })
    // A busy hour that fails, then a quiet day that does not: an average of ratios would say 1/25.
    const series = [
      count('api', '200', `0x60 10+10x1379`),
      count('api', '503', `0+1000x60 60000x1379`),
    ]
    const share = 60_000 / (60_000 + 13_790)
    const expr = `count(abs(${ratio('api', '1d')} - ${share}) < 0.005)`
    const requests = `slo:requests:rate1d{slo="api"} * 86400`
    const expected = [
      { time: '1435m', expr, samples: [{ labels: '{}', value: 1 }] },
      {
        time: '1435m',
        expr: `count(abs(${requests} - 73790) < 738)`,
        samples: [{ labels: '{}', value: 1 }],
      },
    ]
    expect(testRules(rules, '5m', series, expected)).toEqual(passed)
  })

  test('tell an incident once, whichever windows burn, and go on without a gap', () => {
    // A day of 100 requests a minute, of which then 2 fail for three hours: 20 times what 99.9 % allow. The hour's pair
    // of windows burns after 43 minutes and ends first, that of six hours begins later and ends last.
    const rules = sloRules({ objectives: [availability('api')], interval: '2m' })
    const series = [
      count('api', '200', '0+100x1440 144098+98x179 161740+100x120'),
      count('api', '503', '0x1440 2+2x179 360x120'),
    ]
    const critical = 'ALERTS{alertstate="firing",severity="critical"}'
    const told = (after: number, severities: readonly string[]) => ({
      time: `${1440 + after}m`,
      expr: firing,
      samples: fires(severities.map((severity) => ['api', severity])),
    })
    const expected = [
      told(30, []),
      told(60, ['critical']),
      told(130, ['critical', 'warning']),
      told(194, ['critical', 'warning']),
      told(240, ['warning']),
      near('1634m', `count_over_time(${critical}[2h]) >= bool 60`, 1),
    ]
    expect(testRules(rules, '2m', series, expected)).toEqual(passed)
  })

  test('tell the requests that count from those that do not', { timeout: 120_000 }, () => {
    const wild = 'a"b\\c{d}|.*é\u2028'
    const goString = wild.replace(/["\\]/g, '\\$&').replace('\u2028', '\\u2028')
    const steady = '0+600x400'
    const objectives: Objective[] = [
      'restarts',
      'few',
      'some',
      'two-failures',
      'four-failures',
      'stopped',
      'never-there',
      'never-fails',
      'left',
      'classes',
      'health',
    ].map((name) => availability(name))
    objectives.push(
      availability('left-counted', {
        select: { labels: { job: 'left' } },
        failures: ['5xx', '499'],
      }),
      availability('not-health', {
        select: { labels: { job: 'health' } },
        exclude: { route: ['/healthz', '/metrics'] },
      }),
      availability('literal', { select: { route: '/users/.*', labels: { job: 'routes' } } }),
      availability('wild', { select: { labels: { job: wild } } }),
    )
    const rules = sloRules({ objectives, interval: '2m', windows: APART.slice(0, 2) })
    const series = [
      count('restarts', '200', Array(8).fill('0+9855x49').join(' ')),
      count('restarts', '503', Array(8).fill('0+145x49').join(' ')),
      // 15 and 30 an hour, all of them failing
      count('few', '503', Array.from({ length: 100 }, (_, i) => `${i}x3`).join(' ')),
      count('some', '503', Array.from({ length: 200 }, (_, i) => `${i}x1`).join(' ')),
      // 60 an hour, of which 2 and 4 fail
      count('two-failures', '200', '0+1x400'),
      count('two-failures', '503', '0x339 1x16 2x40'),
      count('four-failures', '200', '0+1x400'),
      count('four-failures', '503', '0x329 1x9 2x9 3x6 4x40'),
      count('stopped', '200', '0+600x60 36000x400'),
      count('stopped', '503', '0+400x60 24000x400'),
      count('never-fails', '200', steady),
      count('left', '200', steady),
      count('left', '499', '0+200x400'),
      count('classes', '2xx', steady),
      count('classes', '5xx', '0+200x400'),
      count('health', '200', '0+900x400', '/healthz'),
      count('health', '200', '0+50x400', '/users'),
      count('health', '500', '0+50x400', '/users'),
      count('routes', '200', steady, '/users/.*'),
      count('routes', '500', steady, '/users/7'),
      count(goString, '200', steady),
      count(goString, '500', steady),
    ]
    const both = ['restarts', 'some', 'left-counted', 'classes', 'health', 'not-health', 'wild']
    const inBoth = (slos: string[]) => slos.flatMap((slo) => ['1h', '6h'].map((w) => [slo, w]))
    const at = '360m'
    const expected = [
      // 17 requests so far are fewer than 20; those of the service that stopped are out of both short windows soon
      { time: '70m', expr: firing, samples: fires([...inBoth(both), ['stopped', '6h']]) },
      // 90 in six hours are enough, and 15 in one still are not
      {
        time: at,
        expr: firing,
        samples: fires([...inBoth([...both, 'four-failures']), ['few', '6h']]),
      },
      near(at, ratio('restarts', '1h'), 145 / 10_000),
      absent(at, ratio('stopped', '5m')),
      near(at, ratio('stopped', '6h'), 0.4),
      near(at, 'slo:requests:rate5m{slo="stopped"}', 0),
      near(at, 'slo:error_budget_remaining:ratio_rate30d{slo="stopped"}', 1 - 0.4 / 0.001),
      absent(at, '{__name__=~"slo:.+:.*rate.+",slo="never-there"}'),
      near(at, ratio('never-fails', '5m'), 0),
      near(at, 'slo:error_budget_remaining:ratio_rate30d{slo="never-fails"}', 1),
      near(at, ratio('left', '1h'), 0),
      near(at, ratio('left-counted', '1h'), 200 / 800),
      near(at, ratio('classes', '1h'), 200 / 800),
      near(at, ratio('health', '1h'), 50 / 1000),
      near(at, ratio('not-health', '1h'), 50 / 100),
      near(at, ratio('literal', '1h'), 0),
      near(at, ratio('wild', '1h'), 0.5),
    ]
    expect(testRules(rules, '2m', series, expected)).toEqual(passed)
  })
})

describeWithServer('prometheus', 'latency and Apdex', () => {
  test('are the shares counted by hand', () => {
    const latency = (name: string, thresholdSeconds: number, more = {}): Objective => ({
      kind: 'latency',
      name,
      target: 0.95,
      thresholdSeconds,
      select: { labels: { job: name } },
      ...more,
    })
    const score = (name: string, more = {}) => ({
      name,
      thresholdSeconds: 0.25,
      select: { labels: { job: name } },
      ...more,
    })
    const rules = sloRules({
      objectives: [
        latency('api', 0.25),
        latency('api-with-failures', 0.25, {
          select: { labels: { job: 'api' } },
          failures: [],
        }),
        latency('api-one', 1, { select: { labels: { job: 'api' } } }),
        latency('other-bounds', 0.25),
        latency('idle', 0.25),
      ],
      apdex: [
        score('api'),
        score('api-with-failures', { select: { labels: { job: 'api' } }, failures: [] }),
        score('down'),
        score('other-bounds'),
        score('idle'),
        score('never-there'),
      ],
    })
    const series = [
      // 1000 a minute: 700 in 0.25 s, 200 more in 1 s, 100 slower; and 100 that failed at once
      count('api', '200', '0+1000x100'),
      count('api', '500', '0+100x100'),
      bucket('api', '0.25', '0+700x100'),
      bucket('api', '1', '0+900x50 _x50'), // Prometheus was replaced by version 3
      bucket('api', '1.0', '_x51 45900+900x49'),
      bucket('api', '+Inf', '0+1000x100'),
      bucket('api', '0.25', '0+100x100', '500'),
      bucket('api', '1', '0+100x50 _x50', '500'),
      bucket('api', '1.0', '_x51 5100+100x49', '500'),
      count('other-bounds', '200', '0+1000x100'),
      bucket('other-bounds', '0.3', '0+1000x100'),
      count('idle', '200', '5x100'),
      bucket('idle', '0.25', '5x100'),
      bucket('idle', '1', '5x100'),
      count('down', '503', '0+10x100'),
      bucket('down', '0.25', '0+10x100', '503'),
      bucket('down', '1', '0+10x100', '503'),
    ]
    const apdex = (name: string) => `service:apdex:ratio_rate5m{apdex="${name}"}`
    for (const at of ['40m', '80m']) {
      const expected = [
        near(at, ratio('api', '5m'), 300 / 1000),
        near(at, ratio('api-with-failures', '5m'), 300 / 1100),
        near(at, ratio('api-one', '5m'), 100 / 1000),
        absent(at, ratio('other-bounds', '5m')), // the bound that was promised is not there
        absent(at, ratio('idle', '5m')),
        near(at, apdex('api'), (700 + 200 / 2) / 1100),
        near(at, apdex('api-with-failures'), (800 + 200 / 2) / 1100),
        near(at, apdex('down'), 0),
        absent(at, apdex('other-bounds')),
        absent(at, apdex('idle')),
        absent(at, apdex('never-there')),
      ]
      expect(testRules(rules, '1m', series, expected)).toEqual(passed)
    }
  })
})

describeWithServer('prometheus', 'an alert', () => {
  test('says what burns, how fast, and which query shows where; user text is never run', () => {
    const rules = sloRules({
      windows: [
        { long: '1h', short: '5m', budget: 0.02, severity: '{{ $labels.slo }}', for: '2m' },
      ],
      objectives: [
        availability('api', {
          labels: { team: '{{ .Boom }}{' },
          runbookUrl: 'https://example.org/{{{{x}}',
        }),
      ],
    })
    const series = [count('api', '200', '0+900x90'), count('api', '503', '0+100x90')]
    const alert = {
      eval_time: '80m',
      alertname: 'SloErrorBudgetBurn',
      exp_alerts: [
        {
          exp_labels: {
            slo: 'api',
            severity: '{{ $labels.slo }}',
            team: '{{ .Boom }}{',
          },
          exp_annotations: {
            summary: 'api burns its error budget 100.0 times as fast as 30d allow',
            description:
              'Of the requests of the last 1h more than 1.44 % failed (status 5xx). The objective, 99.9 % good over 30d, allows 0.1 %.',
            query:
              'topk(10, sum by (http_request_method, http_route, http_response_status_code, error_type) (rate(http_server_request_duration_seconds_count{job="api",http_response_status_code=~"5.."}[5m])))',
            runbook_url: 'https://example.org/{{{{x}}',
          },
        },
      ],
    }
    expect(testRules(rules, '1m', series, [], [alert])).toEqual(passed)
  })

  test('waits for its time and ends soon after the burning does', () => {
    const windows = BURN_RATE_WINDOWS.slice(0, 1)
    const rules = sloRules({ objectives: [availability('api')], windows })
    const series = [
      count('api', '200', '0+1000x400'),
      count('api', '503', '0x300 0+1000x10 10000x100'),
    ]
    const pages = (time: string, samples: number) => ({
      time,
      expr: 'count(ALERTS{alertstate="firing",severity="critical"})',
      samples: samples === 0 ? [] : [{ labels: '{}', value: samples }],
    })
    const expected = [
      pages('302m', 0), // the first failure was scraped at 302
      pages('305m', 1),
      pages('311m', 1),
      pages('318m', 0), // the hour still holds 10,000 failures, five minutes hold none
      near('318m', 'slo:bad_requests:rate5m', 0),
    ]
    expect(testRules(rules, '1m', series, expected)).toEqual(passed)
  })
})

describeWithServer('prometheus', 'the requests of an objective', () => {
  test('are missed where they are not there at all, and where that is asked for alone', () => {
    const objectives = [
      availability('here', { labels: { team: '{{ .Boom }}' } }),
      availability('gone', { labels: { team: 'web' }, runbookUrl: 'https://example.org/gone' }),
      availability('never'),
    ]
    const series = [count('here', '200', '0+1x90'), count('gone', '200', '0+1x40 _x50')]
    const absents = 'count by (slo) (ALERTS{alertname="SloAbsent",alertstate="firing"})'
    const missed = (time: string, slos: readonly string[]) => ({
      time,
      expr: absents,
      samples: slos.map((slo) => ({ labels: `{slo="${slo}"}`, value: 1 })),
    })
    const description =
      'No series of its histogram has the labels that the objective selects: the service is gone or not scraped, or a name is misspelled. Whether it is kept is not known.'
    const dashboard = 'https://grafana.example.org/d/tidegauge-slo'
    const alert = {
      eval_time: '80m',
      alertname: 'SloAbsent',
      exp_alerts: [
        {
          exp_labels: { slo: 'gone', severity: 'warning', team: 'web' },
          exp_annotations: {
            summary: 'Nothing is known of the requests of gone',
            description,
            runbook_url: 'https://example.org/gone',
            dashboard_url: `${dashboard}?var-slo=gone`,
          },
        },
        {
          exp_labels: { slo: 'never', severity: 'warning' },
          exp_annotations: {
            summary: 'Nothing is known of the requests of never',
            description,
            runbook_url: 'https://example.org#sloabsent',
            dashboard_url: `${dashboard}?var-slo=never`,
          },
        },
      ],
    }
    const expected = [missed('9m', []), missed('30m', ['never']), missed('80m', ['gone', 'never'])]
    const rules = sloRules({
      objectives,
      absent: true,
      runbookUrl: 'https://example.org',
      grafanaUrl: 'https://grafana.example.org',
    })
    expect(testRules(rules, '1m', series, expected, [alert])).toEqual(passed)
    expect(testRules(sloRules({ objectives }), '1m', series, [missed('80m', [])])).toEqual(passed)
  })
})
