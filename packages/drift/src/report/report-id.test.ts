import { expect, test } from 'vitest'
import { detectDrift, profile, withReportId } from '../index.ts'

const cells = (shift: number) => Array.from({ length: 200 }, (_, i) => (i % 40) + shift)
const [before, after] = [{ x: cells(0) }, { x: cells(9) }]

test('the id of a report is that of what it says', () => {
  const report = detectDrift(before, after)
  expect(report.id).toMatch(/^[0-9a-f]{12}$/)
  expect(detectDrift(before, after).id).toBe(report.id)
  expect(detectDrift(before, after, { alpha: 0.01 }).id).not.toBe(report.id)
  expect(detectDrift(before, { x: cells(8) }).id).not.toBe(report.id)
  expect(withReportId(report)).toEqual(report)
  const { id: _, ...rest } = report
  expect(withReportId(rest)).toEqual(report)
  const renamed = { ...report, current: { ...report.current, name: 'March' } }
  expect(withReportId(renamed).id).not.toBe(report.id)
})

test('a report names the profiles that it compares', () => {
  const stored = profile(before)
  const report = detectDrift(stored, profile(after, { like: stored }))
  expect(report.reference.profileId).toBe(stored.id)
  expect(report.current.profileId).toBe(profile(after, { like: stored }).id)
  expect(detectDrift(before, after).reference).not.toHaveProperty('profileId')
})
