import { profile } from '@tidegauge/drift'
import { htmlReport, jsonReport, parseReport } from '@tidegauge/reporters'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { featureMonitor, type LiveVerdict, monitorHandler, retrainWebhook } from '../src/index.ts'
import { ask, listen } from './loopback.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f']
type Row = Record<string, unknown>

const rowOf = (cell: (name: string) => unknown): Row =>
  Object.fromEntries(NAMES.map((name) => [name, cell(name)]))
const known = (i: number) => (i * 37) % 400
const rows = Array.from({ length: 600 }, (_, i) => rowOf(() => known(i)))
const reference = profile(rows)

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

/** What the window holds, and what can be said of it. */
const WINDOWS: ReadonlyArray<readonly [string, readonly Row[], string, 'columns' | 'unjudged']> = [
  ['nothing', [], 'UNDECIDED', 'unjudged'],
  ['few rows', rows.slice(0, 150), 'UNDECIDED', 'unjudged'],
  ['rows without five of six', rows.map(({ a }) => ({ a })), 'ACTION', 'columns'],
  ['rows without one of six', rows.map(({ f: _, ...row }) => row), 'ACTION', 'columns'],
  ['nulls', rows.map(() => rowOf(() => null)), 'ACTION', 'columns'],
  ['NaN', rows.map(() => rowOf(() => Number.NaN)), 'ACTION', 'columns'],
  ['text', rows.map((row) => ({ ...rowOf(() => 'x'), a: row.a })), 'ACTION', 'columns'],
  ['objects', rows.map((row) => ({ ...rowOf(() => ({})), a: row.a })), 'ACTION', 'columns'],
  ['other columns', rows.map((_, i) => ({ other: i })), 'ACTION', 'columns'],
]

describe.each(WINDOWS)('a window of %s', (name, seen, action, cause) => {
  function watched(told: LiveVerdict[] = []) {
    const monitor = featureMonitor({
      reference,
      model: 'flights',
      now: () => 0,
      onVerdict: (verdict) => void told.push(verdict),
    })
    for (const row of seen) monitor.observe(row)
    return monitor
  }

  test('is checked as such', () => {
    const report = watched().check()
    expect(report.decision).toMatchObject({ action, cause })
    expect(parseReport(jsonReport(report))).toEqual(report)
    const isType = ['text', 'objects'].includes(name)
    expect(report.changedTypes.length > 0).toBe(isType)
    expect(report.missingColumns.length > 0).toBe(cause === 'columns' && !isType)
  })

  test('is told as such, or not at all where hardly anything was asked', () => {
    const told: LiveVerdict[] = []
    const monitor = watched(told)
    monitor.start()
    vi.advanceTimersByTime(60_000)
    monitor.stop()
    expect(told.map((verdict) => [verdict.action, verdict.cause])).toEqual(
      cause === 'columns' ? [[action, cause]] : [],
    )
  })

  test('is amber on the live page', async () => {
    const page = await listen(
      monitorHandler(watched(), { reporters: { html: htmlReport, json: jsonReport } }),
    )
    const { text } = await ask(page.origin, { headers: { accept: 'text/html' } })
    expect(text).toMatch(/<section class="decision \w+ unsure"/)
    expect(text).not.toMatch(/No action needed|NO_ACTION/)
    const json = await ask(page.origin, { headers: { accept: 'application/json' } })
    expect(JSON.parse(json.text).decision).toMatchObject({ action, cause })
  })

  test('has its gauges where features are gone', () => {
    const families = [...watched().families()]
    const sum = (name: string) =>
      [...families.find((family) => family.name === name)!.samples].reduce(
        (total, { value }) => total + value,
        0,
      )
    const report = watched().check()
    expect(sum('drift_feature_gone')).toBe(report.missingColumns.length)
    expect(sum('drift_feature_changed_type')).toBe(report.changedTypes.length)
  })
})

test('a window in which all is well says so, and has no gauge of a feature that is gone', () => {
  const monitor = featureMonitor({ reference, model: 'flights', now: () => 0 })
  for (const row of rows) monitor.observe(row)
  expect(monitor.check().decision).toMatchObject({ action: 'NO_ACTION', cause: null })
  for (const { name, samples } of monitor.families()) {
    if (!/_(gone|changed_type)$/.test(name)) continue
    expect([...samples].map(({ value }) => value)).toEqual(NAMES.map(() => 0))
  }
})

test('a scrape shows the window also where the clock fails', () => {
  let isBroken = false
  const monitor = featureMonitor({
    reference,
    model: 'flights',
    now: () => {
      if (isBroken) throw new Error('no time')
      return 0
    },
    onError: () => {},
  })
  isBroken = true
  expect([...monitor.families()]).toHaveLength(8)
})

describe('the webhook', () => {
  const alert = (labels: object) => ({
    status: 'firing',
    labels: { model: 'flights', ...labels },
    annotations: {},
    startsAt: '2026-11-23T20:00:00.123Z',
    fingerprint: JSON.stringify(labels),
  })

  test.each<[string, object[], number]>([
    ['drift', [{ alertname: 'DriftAction' }], 202],
    ['drift, with its cause', [{ alertname: 'DriftAction', cause: 'share' }], 202],
    ['the target', [{ alertname: 'DriftAction', cause: 'target' }], 202],
    ['gone features', [{ alertname: 'DriftAction', cause: 'columns' }], 200],
    ['too little to judge', [{ alertname: 'DriftAction', cause: 'unjudged' }], 200],
    ['a missing feature', [{ alertname: 'FeatureMissing' }], 200],
    [
      'drift of a model with a missing feature',
      [{ alertname: 'DriftAction' }, { alertname: 'FeatureMissing', feature: 'a' }],
      200,
    ],
    [
      'drift of production, and a missing feature of its model in staging',
      [
        { alertname: 'DriftAction', namespace: 'production', severity: 'page' },
        { alertname: 'FeatureMissing', namespace: 'staging', feature: 'a' },
      ],
      202,
    ],
    [
      'drift of production, where a feature of its own is missing, of whatever reference',
      [
        { alertname: 'DriftAction', namespace: 'production', reference: 'a', severity: 'page' },
        { alertname: 'FeatureMissing', namespace: 'production', reference: 'b', feature: 'a' },
      ],
      200,
    ],
    [
      'drift of a day, where a feature is missing for an hour',
      [
        { alertname: 'DriftAction', window: '1d' },
        { alertname: 'FeatureMissing', window: '1h', feature: 'a' },
      ],
      200,
    ],
    [
      'drift, and a missing feature of another model',
      [{ alertname: 'DriftAction' }, { alertname: 'FeatureMissing', model: 'hotels' }],
      202,
    ],
  ])('answers %s', async (_, alerts, expected) => {
    const runs: unknown[] = []
    const { origin } = await listen(retrainWebhook({ retrain: (asked) => void runs.push(asked) }))
    const body = JSON.stringify({ version: '4', status: 'firing', alerts: alerts.map(alert) })
    const headers = { 'content-type': 'application/json' }
    expect((await ask(origin, { method: 'POST', headers, body })).status).toBe(expected)
    await expect.poll(() => runs.length).toBe(expected === 202 ? 1 : 0)
  })
})
