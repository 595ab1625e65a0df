import { expect, test } from 'vitest'
import {
  column,
  driftReport,
  exampleReport,
  HOSTILE_NAMES,
  table,
} from '../test/drift-report.fixture.ts'
import { summaryLine, textReport } from './text.ts'
import { displayWidth } from './visible-text.ts'

const ESCAPE = '\u001b'

test('says the decision in one line', () => {
  const columns = Array.from({ length: 16 }, (_, i) =>
    column(`f${i}`, i === 0 ? 'drifted' : 'stable'),
  )
  const report = driftReport([...columns, column('label', 'stable', { role: 'target' })])
  expect(summaryLine(report)).toBe(
    'drift_share=0.06 -> NO_ACTION drift_share=0.06 < 0.30 (target_drift=0.0)',
  )
})

test('says n/a where no share is known', () => {
  expect(summaryLine(driftReport([]))).toMatch(/^drift_share=n\/a -> UNDECIDED insufficient data/)
})

test('gives a share just below its threshold the decimals that show it', () => {
  const report = driftReport([], { shareOfDriftedColumns: 0.2996 })
  expect(summaryLine(report)).toMatch(/^drift_share=0\.2996 -> /)
})

test('a line per column, what needs a reader first, then reasons and warnings', () => {
  const report = driftReport([
    column('age'),
    column('気温', 'drifted'),
    column('gone', 'error'),
    column('churned', 'stable', {
      role: 'target',
      type: 'categorical',
      warnings: ['Half is missing.'],
    }),
  ])
  expect(textReport(report)).toBe(`\
reference  2026-03, 10,000 rows
current    2026-04, 9,214 rows

COLUMN            METHOD              STATISTIC  ADJUSTED P  DECIDED BY          VERDICT
気温              kolmogorov-smirnov  0.312      < 1e-300    shift 0.312 >= 0.1  drifted
gone              kolmogorov-smirnov  –          –           –                   could not be compared
age               kolmogorov-smirnov  0.0087     0.712       shift 0.0087 < 0.1  stable
churned [target]  chi-squared         1.74       0.712       shift 0.0087 < 0.1  stable

gone: The current table has no such column.

warning: churned [target]: Half is missing.
`)
})

test('every column of the table starts in the same cell on every line', () => {
  const lines = textReport(exampleReport()).split('\n').slice(3, 17)
  const starts = lines.map((line) => displayWidth(line.slice(0, line.search(/METHOD|kolm|chi-sq/))))
  expect(new Set(starts).size).toBe(1)
})

test('hostile names neither move the cursor nor break a line', () => {
  const columns = HOSTILE_NAMES.map((name) =>
    column(name, 'error', { reason: name, method: name, warnings: [name] }),
  )
  const hostile = table(HOSTILE_NAMES.join(''), 1)
  const text = textReport(driftReport(columns, { reference: hostile, current: hostile }))
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u)
  const { length } = HOSTILE_NAMES
  expect(text.split('\n')).toHaveLength(2 + 1 + (1 + length) + 1 + length + 1 + length + 1)
})

test('uses escapes only when asked to, and says the same with them', () => {
  const plain = textReport(exampleReport())
  const coloured = textReport(exampleReport(), { color: true })
  expect(plain).not.toContain(ESCAPE)
  expect(coloured).toContain(`${ESCAPE}[31mdrifted${ESCAPE}[0m`)
  expect(summaryLine(exampleReport(), { color: true })).toContain(`${ESCAPE}[1;31mdrift_share=`)
  expect(summaryLine(exampleReport())).not.toContain(ESCAPE)
  expect(coloured.replaceAll(new RegExp(`${ESCAPE}\\[[\\d;]+m`, 'g'), '')).toBe(plain)
})

test('refuses NaN before it compares', () => {
  const report = driftReport([column('a', 'stable', { statistic: Number.NaN })])
  expect(() => textReport(report)).toThrow('"report.columns[0].statistic" must be a finite number')
})
