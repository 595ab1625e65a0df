import { isJudged } from '@tidegauge/core/internal'
import { type DetectDriftOptions, detectDrift } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { column, driftReport } from '../test/drift-report.fixture.ts'
import { manyReports } from '../test/many-reports.ts'
import { decidedBriefly, decidedBy, decidingPValue } from './decided-by.ts'
import { formatPValue } from './format.ts'
import { htmlReport } from './html/html-report.tsx'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { textReport } from './text.ts'

const cells = <T>(n: number, cell: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => cell(i))
const even = cells(400, (i) => (i * 7) % 100)
const [some, moved] = [even.slice(0, 40), even.slice(0, 40).map((x) => x + 5)]
const sparse = even.map((x, i) => (i % 3 === 0 ? null : x))
const later = even.map((x) => x + 50)
const psi = (threshold: number): DetectDriftOptions => ({ method: { method: 'psi', threshold } })
const evidently: DetectDriftOptions = { preset: 'evidently' }

test.each<[string, string, unknown[], unknown[], DetectDriftOptions?]>([
  ['drifted', 'shift 1.34 >= 0.125', even, later],
  ['stable', 'shift 0 < 0.125', even, even],
  ['stable', 'shift 0, could be chance (p = 1)', even, even, { tolerance: 0 }],
  [
    'negligible',
    'shift 0.0718 < 0.125',
    cells(2e4, (i) => i / 2e4),
    cells(2e4, (i) => i / 2e4 + 0.03),
  ],
  ['insufficient-data', 'shift 3.1, not judged', even.slice(0, 9), later],
  ['error', '–', even, cells(400, () => ({}))],
  ['drifted', 'missing 0.0% -> 33.5%, shift 0.894 >= 0.125', even, sparse],
  [
    'drifted',
    'shift 1.35 >= 0.125; missing 0.0% -> 33.5%, shift 0.894 >= 0.125',
    even,
    sparse.map((x) => (x === null ? x : x + 50)),
  ],
  [
    'negligible',
    'missing 0.0% -> 0.1%, shift 0.0442 < 0.125',
    cells(4e4, (i) => i),
    cells(4e4, (i) => (i % 1000 === 0 ? null : i)),
  ],
  [
    'drifted',
    'missing 33.3% -> 95.0%, shift 1.27 >= 0.125',
    cells(60, (i) => (i < 40 ? i : null)),
    cells(60, (i) => (i < 3 ? i : null)),
  ],
  ['drifted', 'statistic 3.05 >= 0.2', even, later, psi(0.2)],
  ['stable', 'statistic 0.0525 < 0.2', some, moved, psi(0.2)],
  ['stable', 'statistic 0.0525, could be chance (p = 1)', some, moved, psi(0.05)],
  ['drifted', 'p-value 8.22e-46 <= 0.05', even, later, evidently],
  ['stable', 'p-value 1 > 0.05', even, even, evidently],
])('%s: %s', (verdict, words, before, after, options) => {
  const { columns, settings } = detectDrift({ x: before }, { x: after }, options)
  expect([columns[0]!.verdict, decidedBy(columns[0]!, settings)]).toEqual([verdict, words])
})

describe('every reporter has the same words', () => {
  const settings = { ...driftReport([]).settings, tolerance: 0.125 }
  const held = { threshold: 0.125 }
  const byP = {
    criterion: { measure: 'pValue', operator: '<=' },
    effect: null,
    threshold: 0.05,
  } as const
  const missing = {
    reference: 0.01,
    current: 0.4,
    pValue: 0,
    adjustedPValue: 0,
    effect: 0.9,
    drifted: true,
  }
  test.each([
    [
      column('x', 'stable', { ...held, effect: 0.178, adjustedPValue: 0.21 }),
      'shift 0.178, could be chance (p = 0.21)',
    ],
    [column('x', 'stable', { ...byP, pValue: 0.02, adjustedPValue: 0.2 }), 'adjusted p 0.2 > 0.05'],
    [
      column('x', 'drifted', { ...byP, pValue: 0.001, adjustedPValue: 0.02 }),
      'adjusted p 0.02 <= 0.05',
    ],
    [
      column('x', 'drifted', { ...held, effect: 0, adjustedPValue: 1, missing }),
      'missing 1.0% -> 40.0%, shift 0.9 >= 0.125',
    ],
  ])('$verdict', (one, words) => {
    const report = driftReport([one], { settings })
    expect(decidedBy(one, settings)).toBe(words)
    const plain = (markup: string) => markup.replaceAll('&lt;', '<').replaceAll('&gt;', '>')
    expect(textReport(report)).toContain(`  ${decidedBriefly(one, settings)}\n`)
    expect(markdownReport(report)).toContain(`| ${words} |`)
    expect(plain(htmlReport(report)).includes(words)).toBe(true)
    if (one.drifted) expect(plain(junitReport(report))).toContain(`decided by: ${words}`)
  })
})

test('nothing beside a verdict reads against it', () => {
  const seen = new Set<string>()
  for (const { name, report } of manyReports()) {
    for (const one of report.columns) {
      const words = decidedBy(one, report.settings)
      const said = `${name}: ${one.name}: ${one.verdict}: ${words}`
      if (!isJudged(one)) expect(words, said).toMatch(/^–$|, not judged$/)
      else if (one.criterion.operator === '>=') {
        const reaches = words.includes('>=')
        expect(reaches, said).toBe(one.verdict === 'drifted')
      }
      seen.add(one.verdict)
    }
  }
  expect(seen.size).toBe(5)
})

test('a column that drifted by its missing values alone shows their p-value', () => {
  const rows = Array.from({ length: 900 }, (_, i) => i % 50)
  const report = detectDrift({ x: rows }, { x: rows.map((x, i) => (i % 3 === 0 ? null : x)) })
  const [one] = report.columns
  expect(one).toMatchObject({ verdict: 'drifted', missing: { drifted: true } })
  expect(one!.adjustedPValue).toBeGreaterThan(0.9)
  const shown = decidingPValue(one!, report.settings)
  expect(shown).toBe(one!.missing.adjustedPValue)
  const written = formatPValue(shown!, report.settings.alpha)
  expect(markdownReport(report)).toContain(`| ${written} |`)
  expect(textReport(report, { width: 120 })).toContain(`  ${written}\n`)
  expect(htmlReport(report)).toContain(`>${written}<`)
})

test('a share by weight says so, in words and above the gauge', () => {
  const rows = Array.from({ length: 900 }, (_, i) => i % 50)
  const sides = [
    { a: rows, b: rows },
    { a: rows.map((x) => x + 30), b: rows },
  ] as const
  const weighted = detectDrift(...sides, { weights: { a: 3 } })
  expect(markdownReport(weighted)).toContain('75.0% by weight, which reaches')
  expect(htmlReport(weighted)).toMatch(/75.0%<\/b> of the features drifted by weight/)
  expect(htmlReport(detectDrift(...sides))).not.toContain('by weight')
})
