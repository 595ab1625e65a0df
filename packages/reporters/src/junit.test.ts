import { decide } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  column,
  driftReport,
  exampleReport,
  HOSTILE_NAMES,
  table,
} from '../test/drift-report.fixture.ts'
import { manyReports } from '../test/many-reports.ts'
import { readXml, type XmlElement } from '../test/read-xml.ts'
import { junitReport } from './junit.ts'

/** `decision` is the case that says what to do, `cases` are those of the columns. */
function suiteOf(xml: string): { suite: XmlElement; decision: XmlElement; cases: XmlElement[] } {
  const [suite] = readXml(xml).children
  const [decision, ...cases] = suite!.children.filter(({ name }) => name === 'testcase')
  return { suite: suite!, decision: decision!, cases }
}

test('a column is a case: drifted fails, an error is one, too few values are skipped', () => {
  const report = driftReport([
    column('a', 'stable'),
    column('b', 'drifted'),
    column('c', 'error'),
    column('d', 'insufficient-data', { role: 'target' }),
    column('e', 'negligible'),
  ])
  const { suite, cases } = suiteOf(junitReport(report))
  expect(
    cases.map(({ attributes, children }) => [
      attributes.classname,
      attributes.name,
      children.map(({ name, attributes: { type, message } }) => [name, type, message]),
    ]),
  ).toEqual([
    ['drift.feature', 'a', []],
    ['drift.feature', 'b', [['failure', 'drifted', report.columns[1]!.reason]]],
    ['drift.feature', 'c', [['error', 'error', 'The current table has no such column.']]],
    [
      'drift.target',
      'd',
      [['skipped', undefined, 'Only 12 values in the current table, 30 are needed.']],
    ],
    ['drift.feature', 'e', []],
  ])
  expect(suite.attributes).toEqual({
    name: 'drift of 2026-04 against 2026-03',
    tests: '6',
    failures: '2',
    errors: '1',
    skipped: '1',
    time: '0',
  })
})

test('a failure has the numbers in full, warnings are the output of the case', () => {
  const warnings = ['Half is missing.', 'new categories: c']
  const report = driftReport([
    column('b', 'drifted', { effect: 0.1 + 0.2, adjustedPValue: 1e-300, warnings }),
  ])
  const [failure, output] = suiteOf(junitReport(report)).cases[0]!.children
  expect(failure!.text).toContain('effect: 0.30000000000000004')
  expect(failure!.text).toContain('adjusted p-value: 1e-300')
  expect(failure!.text).toContain('decided by: shift 0.3 >= 0.1')
  expect(output).toMatchObject({
    name: 'system-out',
    text: '\nwarning: Half is missing.\nwarning: new categories: c\n',
  })
})

test('a failure by missing values alone does not claim what was not measured', () => {
  const report = driftReport([column('b', 'drifted', { effect: null, statistic: null })])
  const [failure] = suiteOf(junitReport(report)).cases[0]!.children
  expect(failure!.text).not.toMatch(/null|NaN|undefined|effect:|statistic:/)
})

test.each([
  ['ACTION', [column('a', 'drifted')], 'failure'],
  ['NO_ACTION', [column('a')], undefined],
  ['UNDECIDED', [column('a', 'insufficient-data')], 'error'],
  [
    'NO_ACTION',
    [column('a', 'drifted'), ...'bcde'].map((one) => (typeof one === 'string' ? column(one) : one)),
    undefined,
  ],
])('the decision %s is a case of its own', (action, columns, outcome) => {
  const report = driftReport(columns)
  const { attributes, children } = suiteOf(junitReport(report)).decision
  expect(report.decision.action).toBe(action)
  expect(attributes).toEqual({ classname: 'drift', name: 'decision', time: '0' })
  expect(children.map(({ name }) => name)).toEqual(outcome === undefined ? [] : [outcome])
  const message = report.decision.reason
  for (const child of children) expect(child.attributes).toEqual({ type: action, message })
})

test('a drifted target that calls for action by itself fails the suite by the decision', () => {
  const columns = [column('a'), column('late', 'drifted', { role: 'target' })]
  const policy = { ...driftReport([]).decision.policy, actOnTargetDrift: true }
  const { decision } = driftReport(columns)
  const report = driftReport(columns, { decision: { ...decision, policy } })
  expect(junitReport({ ...report, decision: decide(report, policy) })).toContain(
    '<failure type="ACTION" message="target_drift=1.0 &gt; 0',
  )
})

test('the decision is a property: a column fails also where there is nothing to do', () => {
  const report = driftReport([
    column('a', 'drifted'),
    ...Array.from({ length: 9 }, (_, i) => column(`${i}`)),
  ])
  const [properties] = suiteOf(junitReport(report)).suite.children
  const known = Object.fromEntries(
    properties!.children.map(({ attributes: { name, value } }) => [name, value]),
  )
  expect(known).toEqual({
    decision: 'NO_ACTION',
    reason: 'drift_share=0.10 < 0.30 (target_drift=n/a)',
    drift_share: '0.1',
    reference_rows: '10000',
    current_rows: '9214',
  })
})

test.each(manyReports())('a report $name is XML with a case for each column', ({ report }) => {
  const { suite, decision, cases } = suiteOf(junitReport(report))
  expect(cases).toHaveLength(report.columns.length)
  const within = (name: string) =>
    String(
      [decision, ...cases].filter(({ children }) => children.some((child) => child.name === name))
        .length,
    )
  expect(suite.attributes).toMatchObject({
    failures: within('failure'),
    errors: within('error'),
    skipped: within('skipped'),
  })
})

test('hostile texts stay texts', () => {
  const columns = HOSTILE_NAMES.map((name) =>
    column(name, 'drifted', { reason: name, method: name, warnings: [name, ']]>'] }),
  )
  const hostile = table(HOSTILE_NAMES.join(''), 1)
  const { cases } = suiteOf(
    junitReport(driftReport(columns, { reference: hostile, current: hostile })),
  )
  expect(cases.map(({ attributes }) => attributes.name).slice(0, 3)).toEqual(
    HOSTILE_NAMES.slice(0, 3),
  )
  for (const { children } of cases) {
    expect(children.map(({ name }) => name)).toEqual(['failure', 'system-out'])
  }
})

test('any text, also of characters that XML does not have, leaves the document well-formed', () => {
  const any = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\ufffe',
        '\uffff',
        '\u0000',
        '\ud800',
        '"',
        '&',
        '<',
        ']]>',
        '\t',
        '\u0085',
        '\u{10ffff}',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
  })
  const wellFormed = fc.property(any, (text) => {
    const report = driftReport([column(text, 'drifted', { reason: text, warnings: [text] })], {
      reference: table(text, 1),
    })
    const xml = junitReport(report)
    expect(xml).not.toMatch(/\p{Cs}/u)
    expect(suiteOf(xml).cases).toHaveLength(1)
  })
  fc.assert(wellFormed, { numRuns: 300 })
})

test('an attribute is read as it was, quotes and all', () => {
  const name = `"a" & 'b' <c> ]]> &amp; é 気温`
  const { cases } = suiteOf(junitReport(driftReport([column(name)])))
  expect(cases[0]!.attributes.name).toBe(name)
})

test('is the same each time', () => {
  expect(junitReport(exampleReport())).toBe(junitReport(exampleReport()))
})
