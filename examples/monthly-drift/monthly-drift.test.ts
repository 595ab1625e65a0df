import { expect, test } from 'vitest'
import { monthlyDrift } from './monthly-drift.ts'

test('filtered arquero tables are compared row for row: February 2001 against January', () => {
  const report = monthlyDrift('2001/01', '2001/02')
  expect(report.reference).toEqual({ name: '2001-01', rows: 6937 })
  expect(report.current).toEqual({ name: '2001-02', rows: 5964 })
  const verdicts = Object.fromEntries(report.columns.map(({ name, verdict }) => [name, verdict]))
  expect(verdicts).toEqual({
    hour: 'stable',
    weekday: 'negligible',
    distance: 'stable',
    origin: 'stable',
    destination: 'stable',
    late: 'negligible',
  })
  expect(report.decision.reason).toBe('drift_share=0.00 < 0.30 (target_drift=0.0)')
})
