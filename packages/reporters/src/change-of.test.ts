import { type DetectDriftOptions, detectDrift } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { changeInWords, changeOf, sizeInWords } from './change-of.ts'

const cells = <T>(n: number, cell: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => cell(i))
const even = cells(400, (i) => 50 + ((i * 7) % 100) / 10)

function inWords(before: unknown[], after: unknown[], options: DetectDriftOptions = {}): string {
  const { columns, settings } = detectDrift({ x: before }, { x: after }, options)
  return changeInWords(columns[0]!, settings.preset)
}

describe('in words', () => {
  test.each<[string, unknown[], unknown[], DetectDriftOptions?]>([
    ['median 54.9 -> 64.9 (+18%), large', even, even.map((x) => x + 10)],
    ['median 54.9 -> 44.9 (−18%), large', even, even.map((x) => x - 10)],
    ['median 54.9 -> 659 (×12), large', even, even.map((x) => 12 * x)],
    ['median 54.9 -> -55, large', even, even.map((x) => -x)],
    ['no change beyond chance', even, even],
    ['', even, even, { preset: 'evidently' }],
    ['', even, cells(3, () => 1)],
    ['missing 0.0% -> 25.0%, medium', even, even.map((x, i) => (i % 4 === 0 ? null : x))],
    [
      'b 50.0% -> 95.0%, large',
      cells(400, (i) => (i % 2 ? 'a' : 'b')),
      cells(400, (i) => (i % 20 ? 'b' : 'a')),
    ],
    [
      'c 0.0% -> 50.0%, new, large',
      cells(400, (i) => (i % 2 ? 'a' : 'b')),
      cells(400, (i) => ['a', 'c', 'b', 'c'][i % 4]),
    ],
    [
      'median 2026-01-15 -> 2026-03-01, large',
      cells(400, (i) => new Date(Date.UTC(2026, 0, 1 + (i % 30)))),
      cells(400, (i) => new Date(Date.UTC(2026, 1, 15 + (i % 30)))),
    ],
  ])('%s', (words, before, after, options) => {
    expect(inWords(before, after, options)).toBe(words)
  })

  test('of names that all are others now, no single one is told', () => {
    const ids = (letter: string) => cells(400, (i) => `${letter}${i}`)
    expect(inWords(ids('k'), ids('z'), { preset: 'evidently' })).not.toContain('k0')
  })

  test('a name neither breaks the line nor moves the cursor', () => {
    const after = cells(400, (i) => (i % 2 ? 'a' : '\u001b[2J\n::error'))
    expect(
      inWords(
        cells(400, () => 'a'),
        after,
      ),
    ).not.toMatch(/\p{Cc}/u)
  })
})

test('spread is told by the quartiles', () => {
  const spreadOf = (after: number[]) =>
    changeOf(detectDrift({ x: even }, { x: after }).columns[0]!)!.spread
  expect(spreadOf(even.map((x) => x + 10))).toBe('spread about the same')
  expect(spreadOf(even.map((x) => 3 * x))).toBe('spread ×3')
})

test('sizes', () => {
  expect([null, 0.2, 0.49, 0.5, 0.79, 0.8, 10].map(sizeInWords)).toEqual([
    null,
    ...['small', 'small', 'medium', 'medium', 'large', 'large'],
  ])
})
