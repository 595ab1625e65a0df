import { expect, test } from 'vitest'
import {
  column,
  driftReport,
  exampleReport,
  HOSTILE_NAMES,
  table,
} from '../test/drift-report.fixture.ts'
import { decisionText, summaryLine, textReport } from './text.ts'
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

VERDICT  COLUMN            CHANGE                        DECIDED BY
drifted  気温              median about 1.5 -> 2 (+33%)  shift 0.312 >= 0.1
error    gone                                            –
stable   age               no change beyond chance       shift 0.0087 < 0.1
stable   churned [target]  no change beyond chance       shift 0.0087 < 0.1

gone: The current table has no such column.

warning: churned [target]: Half is missing.
`)
})

test('every column of the table starts in the same cell on every line', () => {
  const lines = textReport(exampleReport(), { width: 200 }).split('\n').slice(3, 17)
  const starts = lines.map((line) => displayWidth(line.slice(0, line.search(/METHOD|kolm|chi-sq/))))
  expect(new Set(starts).size).toBe(1)
})

test.each([60, 72, 80, 119, 120, 160])('the table fits into %i cells', (width) => {
  const columns = [
    ...exampleReport().columns,
    column('a name that is longer than any table can hold in one line', 'drifted'),
    column('prediction', 'drifted', { role: 'prediction' }),
  ]
  const [, table] = textReport(driftReport(columns), { width }).split('\n\n')
  const lines = table!.split('\n')
  expect(lines).toHaveLength(columns.length + 1)
  const least = width >= 120 ? 120 : 0
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(width, least))
  expect(table).toContain('[prediction]')
})

test('what there is no place for is left out, and no number is cut', () => {
  const changed = column('distance', 'drifted')
  const tableAt = (width: number) =>
    textReport(driftReport([changed, column('a'.repeat(40), 'negligible')]), { width })
  expect(tableAt(100)).toContain('median about 1.5 -> 2 (+33%)')
  expect(tableAt(76)).toMatch(/median about 1\.5 -> 2 {2,}shift/)
  expect(tableAt(60)).not.toContain('median')
  expect(tableAt(60)).toContain('VERDICT     COLUMN              DECIDED BY')
})

test('of many columns without drift the first thirty, unless all are asked for', () => {
  const columns = [
    ...Array.from({ length: 40 }, (_, i) => column(`bad ${i}`, 'drifted')),
    ...Array.from({ length: 45 }, (_, i) => column(`calm ${i}`, i % 2 ? 'stable' : 'negligible')),
  ]
  const report = driftReport(columns)
  const text = textReport(report)
  expect(text.match(/^(drifted|stable|negligible) /gm)).toHaveLength(70)
  expect(text).toContain('… and 15 more columns without drift (`all` shows them)\n')
  expect(textReport(report, { all: true }).match(/^(drifted|stable|negligible) /gm)).toHaveLength(
    85,
  )
})

test('says the decision in two lines, for a person', () => {
  expect(decisionText(exampleReport())).toBe(
    'Action needed\n3 of 9 judged features drifted: 33.3%, which reaches the threshold of 30.0%. The target did not drift. The prediction did not drift.',
  )
  expect(decisionText(exampleReport(), { color: true })).toContain(`${ESCAPE}[1;31mAction needed`)
})

test('refuses a width that holds no table', () => {
  expect(() => textReport(exampleReport(), { width: 59 })).toThrow(
    '"width" must be an integer of 60 or more, received 59',
  )
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
