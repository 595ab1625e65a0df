import { detectDrift, profile } from '@tidegauge/drift'
import { jsonReport, parseReport } from '@tidegauge/reporters'
import { expect, test } from 'vitest'
import { featureMonitor } from '../src/index.ts'

const ROWS = 2000
const training = Array.from({ length: ROWS }, (_, i) => ({ amount: i % 97, other: i % 7 }))

/** A window in which that share of a column of numbers are texts. */
function watched(share: number) {
  const monitor = featureMonitor({ reference: profile(training), model: 'shop' })
  for (const [i, row] of training.entries()) {
    monitor.observe(i % 1000 < 1000 * share ? { ...row, amount: 'n/a' } : row)
  }
  const gauge = [...monitor.families()].find(({ name }) => name === 'drift_feature_changed_type')!
  const changed = Array.from(gauge.samples, ({ value }) => value)
  return { report: monitor.check(), window: monitor.window(), changed }
}

test.each([0.6, 0.9, 0.999])(
  'a column of which %d of the values are of another type has changed its type, whatever is left',
  (share) => {
    const { report, window, changed } = watched(share)
    expect(report.columns[0]).toMatchObject({ finding: 'changed-type', verdict: 'error' })
    expect(report.columns[0]!.reason).toContain('% of the values of another type')
    expect(report.changedTypes).toEqual([{ name: 'amount', reference: 'numeric', current: null }])
    expect(report.decision).toMatchObject({ action: 'ACTION', cause: 'columns' })
    expect(changed).toEqual([1, 0])
    expect(detectDrift(profile(training), window).columns[0]!.finding).toBe('changed-type')
    expect(parseReport(jsonReport(report))).toEqual(report)
  },
)

test('a minority has not: these values are missing', () => {
  const { report, changed } = watched(0.4)
  expect(report.columns[0]).toMatchObject({ verdict: 'drifted' })
  expect(report.columns[0]).not.toHaveProperty('finding')
  expect(changed).toEqual([0, 0])
  expect(parseReport(jsonReport(report))).toEqual(report)
})
