import { detectDrift, profile, tableProfileOf } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { htmlReport } from './html-report.tsx'

const x = (cell: (i: number) => number | null) => ({
  x: Array.from({ length: 400 }, (_, i) => cell(i)),
})
const figuresOf = (...sides: Parameters<typeof detectDrift>) => {
  const page = htmlReport(detectDrift(...sides))
  const rows = [...page.matchAll(/<tr><th>([^<]*)((?:<td>[^<]*)+)/g)]
  return new Map(
    rows.map(([, label, cells]) => [label, cells!.split('<td>').filter((cell) => cell !== '')]),
  )
}

test('missing and infinite values stand apart, as the share of both above them says', () => {
  const before = x((i) => (i % 40 === 0 ? null : i))
  const after = x((i) => (i % 20 === 0 ? Number.POSITIVE_INFINITY : i))
  const figures = figuresOf(before, after)
  expect(figures.get('missing')).toEqual(['10', '0'])
  expect(figures.get('infinite')).toEqual(['0', '20'])
  expect(figuresOf(before, before).has('infinite')).toBe(false)
})

test('of a kept part of the values, the missing ones are told in whole numbers', () => {
  const table = x((i) => (i % 7 === 0 ? null : i))
  const [column] = profile(table, { keepSample: true }).columns
  const sample = Array.from(column!.sample!).filter((_, i) => i % 3 === 0)
  const part = tableProfileOf({ rows: 400, columns: [{ ...column!, sample }] })
  expect(figuresOf(part, table).get('missing')).toEqual(['19', '58'])
})
