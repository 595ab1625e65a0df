import { expect, test } from 'vitest'
import { column, driftReport } from '../test/drift-report.fixture.ts'
import { markdownReport } from './markdown.ts'
import { textReport } from './text.ts'

const shared = 'compared by counts in bins'
const names = Array.from({ length: 11 }, (_, i) => `c${i}`)
const of = (count: number) =>
  driftReport(
    names
      .slice(0, count)
      .map((name, i) => column(name, 'stable', { warnings: i === 1 ? ['own', shared] : [shared] })),
  )

test('a warning that several columns share is written once, with their names', () => {
  const lines = textReport(of(3)).split('\n')
  expect(lines.filter((line) => line.startsWith('warning'))).toEqual([
    'warning: c0, c1, c2: compared by counts in bins',
    'warning: c1: own',
  ])
  const markdown = markdownReport(of(3))
  expect(markdown).toContain('- `c0`, `c1`, `c2`: compared by counts in bins\n- `c1`: own')
  expect(markdown).toContain('2 warnings')
})

test('of many columns the first eight are named, the others counted', () => {
  expect(textReport(of(11))).toContain('warning: c0, c1, c2, c3, c4, c5, c6, c7 and 3 more: ')
  expect(textReport(of(8))).toContain('warning: c0, c1, c2, c3, c4, c5, c6, c7: ')
})
