import { type DriftReport, detectDrift, parseTableProfile, profile } from '@tidegauge/drift'
import { jsonReport, parseReport } from '@tidegauge/reporters'
import { describe, expect, test } from 'vitest'
import { featureMonitor } from '../src/index.ts'

const ROWS = 400
type Row = Record<string, unknown>
const rowsOf = (row: (i: number) => Row): Row[] => Array.from({ length: ROWS }, (_, i) => row(i))
const note = (i: number) => `order ${i} came in time to the customer, ${i * 7}`

const training = rowsOf((i) => ({
  amount: (i * 37) % 101,
  basket: { items: i },
  tags: [i % 3],
  place: { lat: i },
  note: note(i),
}))
const reference = profile(training)

function monitorOf(rows: readonly Row[], options: { readonly features?: readonly string[] } = {}) {
  const monitor = featureMonitor({ reference, model: 'orders', ...options })
  for (const row of rows) monitor.observe(row)
  return monitor
}

const summaryOf = ({ changedTypes, columns, decision, missingColumns }: DriftReport) => ({
  decision,
  missingColumns: [...missingColumns].sort(),
  changedTypes,
  columns: columns
    .map(({ finding, name, role, type, verdict }) => ({ finding, name, role, type, verdict }))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
})

test('the reference holds one of five columns', () => {
  expect(reference.columns.map(({ name }) => name)).toEqual(['amount'])
  expect(reference.unprofiled?.map(({ name, type }) => [name, type])).toEqual([
    ['basket', null],
    ['tags', null],
    ['place', null],
    ['note', 'text'],
  ])
})

describe('features that the stored reference could not hold are judged as detectDrift does on the same rows:', () => {
  test.each<[string, (i: number) => Row, string]>([
    ['as they were', (i) => training[i]!, 'UNDECIDED'],
    ['gone', (i) => ({ amount: training[i]!.amount }), 'ACTION'],
    [
      'one of them gone',
      (i) => {
        const { basket: _, ...row } = training[i]!
        return row
      },
      'ACTION',
    ],
    ['null', (i) => ({ ...training[i]!, basket: null, tags: null, place: null }), 'UNDECIDED'],
    ['a text that is null', (i) => ({ ...training[i]!, note: null }), 'ACTION'],
    ['a text that is short now', (i) => ({ ...training[i]!, note: `n ${i % 3}` }), 'UNDECIDED'],
    ['a text that became a number', (i) => ({ ...training[i]!, note: i }), 'ACTION'],
    ['a text that became a date', (i) => ({ ...training[i]!, note: new Date(i) }), 'ACTION'],
    ['a text that became an object', (i) => ({ ...training[i]!, note: {} }), 'ACTION'],
    [
      'a text that is some numbers too',
      (i) => ({ ...training[i]!, note: i % 2 === 0 ? i : note(i) }),
      'UNDECIDED',
    ],
    ['objects that became numbers', (i) => ({ ...training[i]!, basket: i }), 'UNDECIDED'],
  ])('%s', (_, row, action) => {
    const rows = rowsOf(row)
    const live = monitorOf(rows).check()
    const { alpha, minimumValues } = live.settings
    const stored = detectDrift(reference, rows, { alpha, minimumValues })
    expect(summaryOf(live)).toEqual(summaryOf(stored))
    expect(live.decision.action).toBe(action)
    expect(parseReport(jsonReport(live))).toEqual(live)
  })
})

test('before there are rows enough, nothing is gone', () => {
  for (const rows of [[], training.slice(0, 3).map(({ amount }) => ({ amount }))]) {
    const { decision, missingColumns } = monitorOf(rows).check()
    expect(missingColumns).toEqual([])
    expect(decision.action).toBe('UNDECIDED')
  }
})

test('one odd row does not change the type of a text', () => {
  const odd = { ...training[0]! }
  Object.defineProperty(odd, 'note', {
    enumerable: true,
    get() {
      throw new Error('no note today')
    },
  })
  const { changedTypes } = monitorOf([...training, { ...training[1]!, note: {} }, odd]).check()
  expect(changedTypes).toEqual([])
})

test('who chooses the features has those alone', () => {
  const monitor = monitorOf(training, { features: ['amount'] })
  expect(monitor.check()).toMatchObject({
    columns: [{ name: 'amount', verdict: 'stable' }],
    decision: { action: 'NO_ACTION' },
  })
  expect(monitor.window()).not.toHaveProperty('unprofiled')
  expect(() => monitorOf([], { features: ['note'] })).toThrow(
    '"features[0]" must be a column of the reference (amount; what a profile does not hold, texts among it, cannot be chosen)',
  )
})

test('the window is a profile that can be stored and compared', () => {
  const window = parseTableProfile(JSON.stringify(monitorOf(training).window()))
  expect(window.unprofiled).toEqual(reference.unprofiled)
  const { columns } = detectDrift(reference, window)
  expect(columns.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['basket', 'error'],
    ['tags', 'error'],
    ['place', 'error'],
    ['note', 'error'],
    ['amount', 'stable'],
  ])
})

test('the metrics count them as features of the reference, without values', () => {
  const families = new Map(
    Array.from(monitorOf(training).families(), (one) => [one.name, one] as const),
  )
  const values = families.get('drift_reference_values')!
  const at = (label: string) => values.labelNames.indexOf(label)
  const features = Array.from(values.samples, ({ labelValues, value }) => [
    labelValues[at('feature')],
    labelValues[at('role')],
    labelValues[at('type')],
    value,
  ])
  expect(features).toEqual([
    ['amount', 'feature', 'numeric', ROWS],
    ['basket', 'feature', 'unprofiled', 0],
    ['tags', 'feature', 'unprofiled', 0],
    ['place', 'feature', 'unprofiled', 0],
    ['note', 'feature', 'unprofiled', 0],
  ])
  const bins = families.get('drift_feature_bin')!
  expect(
    new Set(Array.from(bins.samples, ({ labelValues }) => labelValues[at('feature')])),
  ).toEqual(new Set(['amount']))
})
