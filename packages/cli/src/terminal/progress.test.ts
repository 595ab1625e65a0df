import { expect, test } from 'vitest'
import { progressLine, progressOn } from './progress.ts'

test('says the column, rows a second and the time left', () => {
  const state = { name: 'age', index: 9, total: 20, rows: 5e5, rowsOfColumn: 1e6, elapsed: 2 }
  // 9.5 columns of a million rows in 2 s; 10.5 are left.
  expect(progressLine(state)).toBe('[#########-----------] 10/20 age  4.8 M rows/s  3 s left')
  expect(progressLine({ ...state, index: 0, rows: 0, elapsed: 0 })).toBe(
    '[--------------------] 1/20 age',
  )
  expect(progressLine({ ...state, elapsed: 4000 })).toContain('2 k rows/s  74 min left')
})

test('rewrites its line ten times a second, not more', () => {
  const lines: string[] = []
  let now = 0
  const terminal = {
    color: false,
    isTerminal: true,
    width: 80,
    isWatched: true,
    out: () => {},
    error: () => {},
    progress: (text: string) => lines.push(text),
  }
  const progress = progressOn(
    terminal,
    () => 1000,
    () => now,
  )
  progress.column('a', 0, 2)
  for (now = 1; now <= 250; now++) progress.rows(1)
  expect(lines).toHaveLength(3)
  expect(lines.at(-1)).toMatch(/1\/2 a {2}\d+ k? ?rows\/s/)
  progress.done()
  expect(lines.at(-1)).toBe('')
})
