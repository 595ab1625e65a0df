import { detectDrift } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { htmlReport } from './html-report.tsx'

test.each([
  [0.05, '95% confidence', 'at most 0.05 and'],
  [0.05 / 20_160, '99.999752% confidence', 'at most 0.00000248 and'],
])('a level of %d is told in digits that can be read', (alpha, confidence, most) => {
  const page = htmlReport(detectDrift({ x: [1, 2, 3] }, { x: [1, 2, 4] }, { alpha }))
  const text = page.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ')
  expect(text).toContain(confidence)
  expect(text).toContain(most)
})
