import { decide, distanceBracket, type NumericProfile, numericProfile } from '@tidegauge/core'
import { driftShares } from '@tidegauge/core/internal'
import { type ColumnDrift, type DriftReport, detectDrift } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import {
  evidentlyReport,
  htmlReport,
  jsonReport,
  junitReport,
  markdownReport,
  parseReport,
  textReport,
} from '../src/index.ts'
import { manyReports } from './many-reports.ts'

const report = manyReports().find(
  ({ name }) => name === 'of two sides in bins of their own',
)!.report
const named = (name: string) => report.columns.find((one) => one.name === name)!
const bracketOf = ({ reference, current }: ColumnDrift) =>
  distanceBracket(reference as NumericProfile, current as NumericProfile)

function forged(name: string, changes: Partial<ColumnDrift>): DriftReport {
  const columns = report.columns.map((one) => {
    if (one.name !== name) return one
    const forgedOne = { ...one, ...changes }
    return { ...forgedOne, drifted: forgedOne.verdict === 'drifted' }
  })
  const shares = driftShares(columns, report.settings)
  const decision = decide({ ...shares, columns, settings: report.settings }, report.decision.policy)
  return { ...report, columns, ...shares, decision }
}

const read = (written: DriftReport) => parseReport(jsonReport(written))

test('a report on sides with bins of their own is read back, with each of its verdicts', () => {
  expect(report.columns.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['calm', 'stable'],
    ['moved', 'drifted'],
    ['coarse', 'insufficient-data'],
  ])
  expect(read(report)).toEqual(report)
  expect(read(forged('calm', {}))).toEqual(report)
})

test.each<[string, string, Partial<ColumnDrift>]>([
  ['coarse', 'verdict', { verdict: 'stable', reason: 'no change' }],
  ['coarse', 'verdict', { verdict: 'negligible', reason: 'no change that matters' }],
  ['coarse', 'verdict', { verdict: 'drifted', reason: 'it changed' }],
  ['coarse', 'verdict', { reason: 'too few' }],
  ['coarse', 'verdict', { verdict: 'stable' }],
  ['calm', 'verdict', { verdict: 'insufficient-data', reason: named('coarse').reason }],
  ['moved', 'verdict', { verdict: 'insufficient-data', reason: named('coarse').reason }],
  ['moved', 'verdict', { verdict: 'stable', reason: 'no change' }],
  ['moved', 'statistic', { statistic: bracketOf(named('moved')).upper }],
  ['calm', 'statistic', { statistic: 0 }],
  ['moved', 'effect', { effect: named('moved').effect! + 0.01 }],
  ['moved', 'effect', { effect: named('moved').effect! - 0.01 }],
  [
    'coarse',
    'effectInterval[1]',
    { effectInterval: [0, named('coarse').effectInterval![1] - 0.01] },
  ],
  ['moved', 'effectInterval[0]', { effectInterval: [0, named('moved').effectInterval![1]] }],
  ['calm', 'widestGap', { widestGap: { at: 0, reference: 0, current: 0 } }],
  ['calm', 'quantiles', { quantiles: { levels: [0.5], reference: [0], current: [0] } }],
  ['calm', 'effect', { current: named('moved').current }],
])('%s: a forged %s is refused', (name, field, changes) => {
  const i = report.columns.findIndex((one) => one.name === name)
  expect(() => read(forged(name, changes))).toThrow(`"report.columns[${i}].${field}" must be`)
})

test('where a preset judges, sides with bins of their own are refused', () => {
  const settings = { ...report.settings, preset: 'evidently' } as const
  expect(() => read({ ...report, settings })).toThrow('"report.columns[0].')
})

test.each([
  ['bins of a quarter', named('coarse').reference, named('coarse').current, 5],
  ['one bin', oneBin(10), oneBin(11), 11],
])('%s: what they could not hide is told, and read back', (_, before, after, tolerance) => {
  const [reference, current] = [before, after] as NumericProfile[]
  for (const [tolerated, verdict] of [
    [0, 'insufficient-data'],
    [0.125, 'insufficient-data'],
    [tolerance, 'stable'],
  ] as const) {
    const found = detectDrift({ x: reference! }, { x: current! }, { tolerance: tolerated })
    expect(found.columns[0]!.verdict).toBe(verdict)
    expect(read(found)).toEqual(found)
  }
})

test('where both ends are one number, the adjusted p-value decides, and the report is read back', () => {
  const [least, beforeOne] = [Number.MIN_VALUE, 1 - Number.EPSILON / 2]
  const counted = (zeros: number, edges: readonly number[]) =>
    numericProfile([...new Array(zeros).fill(0), ...new Array(400 - zeros).fill(1)], edges)
  const reference = counted(200, [-5, -least, 0, beforeOne, 1])
  const current = counted(240, [-2 * least, -least, 0, beforeOne, 1, 5])
  const same = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`c${i}`, reference]))
  const found = detectDrift({ x: reference, ...same }, { x: current, ...same })
  const [x] = found.columns
  expect(x).toMatchObject({ verdict: 'stable', statistic: 0.1 })
  expect(x!.pValue).toBeLessThan(0.05)
  expect(read(found)).toEqual(found)
  const untold = { ...x!, verdict: 'insufficient-data', reason: named('coarse').reason } as const
  const settings = { ...found, columns: [untold, ...found.columns.slice(1)] }
  expect(() => read(settings)).toThrow('"report.columns[0].verdict" must be stable')
})

/** So many values that chance adds nothing to a distance of 1. */
function oneBin(end: number): NumericProfile {
  return { ...numericProfile([], [0, end]), counts: [1e9], n: 1e9 }
}

test('every reporter says what is known: the lower end, both ends, and the cure', () => {
  const [lower] = [bracketOf(named('coarse')).lower]
  expect(lower).toBeLessThan(0.05)
  for (const written of [
    textReport(report),
    markdownReport(report),
    junitReport(report),
    htmlReport(report),
  ]) {
    expect(written).toContain('bins too coarse to tell')
    expect(written).toContain('tidegauge profile --like')
    expect(written).toContain('each side has bins of its own')
  }
  const html = htmlReport(report)
  expect(html.match(/D ≥ /g)).toHaveLength(3)
  expect(html).not.toContain('D = ')
  expect(html).toContain('each is drawn in these, and D is at least what is shown')
  expect(html.match(/each side by its own bins: D lies between/g)).toHaveLength(3)
  for (const [, path] of html.matchAll(/ d="([^"]*)"/g)) expect(path).not.toMatch(/NaN|Infinity/)
  const scored = JSON.stringify(evidentlyReport(report))
  expect(scored).toContain('small_distribution')
})
