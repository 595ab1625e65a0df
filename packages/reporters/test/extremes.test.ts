import { numericProfile } from '@tidegauge/core'
import {
  BUILT_IN_METHODS,
  type DriftReport,
  detectDrift,
  type MethodName,
  parseTableProfile,
  profile,
} from '@tidegauge/drift'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  evidentlyReport,
  htmlReport,
  jsonReport,
  junitReport,
  markdownReport,
  parseReport,
  summaryLine,
  textReport,
} from '../src/index.ts'
import { assertValidReport } from './assert-valid-report.ts'

/** Every form of a report; what was written as JSON is read back equal. */
function renderAll(report: DriftReport): void {
  expect(parseReport(jsonReport(report))).toEqual(report)
  for (const render of [evidentlyReport, htmlReport, junitReport, markdownReport, textReport]) {
    expect(withoutScripts(render(report))).not.toMatch(/NaN|Infinity/)
  }
  expect(summaryLine(report)).not.toMatch(/NaN|Infinity/)
  assertValidReport(report)
}

function withoutScripts(text: string): string {
  return text.replaceAll(/<script[\s\S]*?<\/script>/g, '')
}

const { MAX_VALUE, MIN_VALUE } = Number
const EXTREMES = [MAX_VALUE, -MAX_VALUE, 1e308, -1e308, MIN_VALUE, -MIN_VALUE, 1e-310, 0, -0, 1]
const hostile = fc.array(
  fc.oneof(
    fc.constantFrom(...EXTREMES, 2 ** 53 + 2, 8.64e15, -8.64e15),
    fc.double({ noDefaultInfinity: true }),
    fc.integer({ min: -9, max: 99 }),
  ),
  { minLength: 1, maxLength: 90 },
)
const filled = (values: readonly number[]) =>
  Array.from({ length: 90 }, (_, i) => values[i] ?? null)
const usual = Array.from({ length: 90 }, (_, i) => i % 9)
const NUMERIC = Object.values(BUILT_IN_METHODS).flatMap(({ name, compare }) =>
  compare.values === undefined ? [] : [name as MethodName],
)

test.each(NUMERIC)(
  '%s of hostile doubles: every reporter, and the other column is judged',
  (method) => {
    const way = fc.constantFrom('table', 'stored', 'with sample', 'dates')
    fc.assert(
      fc.property(hostile, hostile, way, (before, after, way) => {
        const table = { x: filled(before), ok: usual }
        const stored = (keepSample: boolean) =>
          parseTableProfile(JSON.stringify(profile(table, { keepSample })))
        const reference =
          way === 'stored' ? stored(false) : way === 'with sample' ? stored(true) : table
        const types = way === 'dates' ? ({ x: 'datetime' } as const) : {}
        const report = detectDrift(
          reference,
          { x: filled(after), ok: usual },
          { methods: { x: method }, types, minimumValues: 1 },
        )
        expect(report.columns[1]).toMatchObject({ name: 'ok', verdict: 'stable' })
        renderAll(report)
      }),
      { numRuns: 25 },
    )
  },
)

test.each([
  ['one cell of 1.8e308', [MAX_VALUE, ...usual.slice(1)], usual],
  ['one cell of −1.8e308', [-MAX_VALUE, ...usual.slice(1)], usual],
  ['both ends', usual.map((x) => (x % 2 ? 1e308 : -1e308)), usual.map((x) => (x % 3 ? 1e308 : 0))],
  ['the largest alone', usual.map(() => MAX_VALUE), usual.map(() => -MAX_VALUE)],
  ['all magnitudes', usual.map((_, i) => (i - 45) * 3e306), usual.map((_, i) => (i - 40) * 3e306)],
  ['denormals', usual.map((x) => x * MIN_VALUE), usual.map((x) => 2 * x * MIN_VALUE)],
])('%s: the column is judged and shown', (_, before, after) => {
  for (const [x, other] of [
    [before, after],
    [after, before],
  ] as const) {
    const report = detectDrift({ x, ok: usual }, { x: other, ok: usual })
    expect(report.columns.map(({ verdict }) => verdict)).not.toContain('error')
    expect(report.columns[1]!.verdict).toBe('stable')
    renderAll(report)
  }
})

test('histograms of 150,000 bins, and a column of 150,000 histograms’ worth of names', () => {
  const edges = Array.from({ length: 150_001 }, (_, i) => i)
  const counted = (shift: number) =>
    numericProfile(
      Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 150_000) + shift),
      edges,
    )
  renderAll(detectDrift({ x: counted(0) }, { x: counted(500) }, { method: 'psi' }))
})

test('two hundred thousand categories, of which fifty thousand have a name in the report', () => {
  const names = Array.from({ length: 200_000 }, (_, i) => `n${i}`)
  const report = detectDrift(
    { x: names, ok: names.map((_, i) => i % 5) },
    { x: names.map((name) => `${name}x`), ok: names.map((_, i) => i % 5) },
    { maxCategories: 50_000 },
  )
  expect(report.columns[1]!.verdict).toBe('stable')
  renderAll(report)
}, 120_000)

test('a hundred and fifty thousand histograms', () => {
  const one = numericProfile([1, 2, 3], [0, 2, 4])
  const many = Object.fromEntries(Array.from({ length: 150_000 }, (_, i) => [`h${i}`, one]))
  expect(detectDrift(many, many, { columns: ['h0'] }).reference.rows).toBe(3)
})
