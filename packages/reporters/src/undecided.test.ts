import { readdirSync, readFileSync } from 'node:fs'
import { type DetectDriftOptions, type DriftReport, detectDrift, profile } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { assertValidReport } from '../test/assert-valid-report.ts'
import { readXml } from '../test/read-xml.ts'
import { evidentlyReport } from './evidently.ts'
import { htmlReport } from './html/html-report.tsx'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { parseReport } from './parse-report.ts'
import { summaryLine, textReport } from './text.ts'

type Table = Record<string, unknown[]>

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']
const table = (cell: (i: number, name: string) => unknown, rows = 500): Table =>
  Object.fromEntries(
    NAMES.map((name) => [name, Array.from({ length: rows }, (_, i) => cell(i, name))]),
  )
const numbers = table((i) => i % 7)
const all = (cell: (i: number) => unknown, rows?: number) =>
  table((i, name) => (name === 'a' ? i % 7 : cell(i)), rows)

const labelled: Table = { ...numbers, y: numbers.a! }
const few = numbers.a!.map((x, i) => (i < 9 ? x : null))

/** Pairs of tables of which too little can be judged to say anything. */
const PAIRS: ReadonlyArray<readonly [string, Table, Table, DetectDriftOptions?]> = [
  ['11 of 12 features are absent', numbers, { a: numbers.a! }],
  ['11 of 12 features have lost their values', numbers, all(() => null)],
  ['11 of 12 features are NaN everywhere', numbers, all(() => Number.NaN)],
  ['11 of 12 features have become text', numbers, all((i) => `x${i % 7}`)],
  ['11 of 12 features have become objects', numbers, all(() => ({}))],
  ['one feature of twelve is absent', numbers, without(numbers, 'c')],
  ['12 rows against 9', table((i) => i % 7, 12), table((i) => i % 7, 9)],
  ['29 rows against 500', numbers, table((i) => i % 7, 29)],
  ['no rows', numbers, table(() => 0, 0)],
  ['no value on either side', table(() => null), table(() => null)],
  ['one column in common', numbers, { a: numbers.a!, y: numbers.b!, z: numbers.c! }],
  [
    'one drifted column in common',
    numbers,
    { a: numbers.a!.map((x) => Number(x) + 50), z: numbers.a! },
  ],
  ['no columns', {}, {}],
  [
    'a target that is not there yet, and no feature',
    { late: numbers.a! },
    { x: [1] },
    { target: 'late' },
  ],
  ...(
    [
      ['absent', labelled, numbers],
      ['absent from the reference', numbers, labelled],
      ['emptied', labelled, { ...labelled, y: numbers.a!.map(() => null) }],
      ['of another type', labelled, { ...labelled, y: numbers.a!.map((x) => `x${x}`) }],
      ['of objects', labelled, { ...labelled, y: numbers.a!.map(() => ({})) }],
      ['of few values', { ...numbers, y: few }, { ...numbers, y: few }],
    ] as const
  ).flatMap(([how, before, after]): Array<(typeof PAIRS)[number]> => {
    const options = { target: 'y', policy: { actOnTargetDrift: true } }
    return [
      [`a target to act on: ${how}`, before, after, options],
      [
        `one target of two to act on: ${how}`,
        { ...before, z: numbers.a! },
        { ...after, z: numbers.a! },
        { ...options, target: ['y', 'z'] },
      ],
    ]
  }),
  [
    'a target to act on, of texts that a stored profile does not hold',
    { ...numbers, y: numbers.a!.map((i) => `a text of words ${i} of ${i}`) },
    numbers,
    { target: 'y', policy: { actOnTargetDrift: true } },
  ],
  [
    'in the way of Evidently: a target to act on',
    labelled,
    numbers,
    { target: 'y', policy: { actOnTargetDrift: true }, preset: 'evidently' },
  ],
  ['columns that all fail', table(() => ({})), table(() => ({}))],
  [
    'features that are gone, undecided by policy',
    numbers,
    { a: numbers.a! },
    { policy: { onMissingColumn: 'undecided' } },
  ],
  [
    'the rest, where gone features are ignored',
    numbers,
    { a: [1] },
    { policy: { onMissingColumn: 'ignore' } },
  ],
  ['in the way of Evidently: gone', numbers, { a: numbers.a! }, { preset: 'evidently' }],
  ['in the way of Evidently: emptied', numbers, all(() => null), { preset: 'evidently-0.7' }],
  ['in the way of Evidently: text', numbers, all((i) => `x${i % 7}`), { preset: 'evidently' }],
  ['in the way of Evidently: dates alone', dates(), dates(), { preset: 'evidently' }],
]

function without(from: Table, name: string): Table {
  return Object.fromEntries(Object.entries(from).filter(([known]) => known !== name))
}

function dates(): Table {
  return table((i) => new Date(1e12 + i * 1e7))
}

const REPORTS = [
  ...PAIRS.map(
    ([name, before, after, options]) => [name, detectDrift(before, after, options)] as const,
  ),
  ['a stored reference, gone', detectDrift(profile(numbers), { a: numbers.a! })] as const,
  [
    'one that failed and one of too few rows',
    detectDrift({ a: [{}], b: [1] }, { a: [{}], b: [2] }),
  ] as const,
]

describe.each(REPORTS)('%s', (_, report) => {
  const calm = /no action needed|NO_ACTION|No column drifted/i

  test('is neither ACTION for drift nor NO_ACTION', () => {
    const { action, cause } = report.decision
    expect([action === 'UNDECIDED' || cause === 'columns', cause]).toEqual([
      true,
      cause === 'columns' ? 'columns' : 'unjudged',
    ])
  })

  test('as JSON is valid by the schema, and is read back as it was', () => {
    assertValidReport(JSON.parse(jsonReport(report)))
    expect(parseReport(jsonReport(report))).toEqual(report)
  })

  test('as a page is amber, and says that the data is to be checked or that nobody can tell', () => {
    const html = htmlReport(report)
    expect(html).toMatch(/<section class="decision \w+ unsure"/)
    expect(html).toMatch(/<h2 id="decision">(Cannot tell|Check the data: [^<]+)<\/h2>/)
    expect(html).not.toMatch(calm)
  })

  test('as Markdown has that for its heading', () => {
    expect(markdownReport(report)).toMatch(/^## Drift: (cannot tell|check the data: )/)
    expect(markdownReport(report)).not.toMatch(calm)
  })

  test('as JUnit is red', () => {
    const { errors, failures } = readXml(junitReport(report)).children[0]!.attributes
    expect(Number(errors) + Number(failures)).toBeGreaterThan(0)
  })

  test('in a terminal is yellow, and the line is the one that scripts read', () => {
    expect(summaryLine(report)).toMatch(/^drift_share=(n\/a|\d\.\d+) -> (UNDECIDED|ACTION) \S/)
    expect(summaryLine(report, { color: true }).startsWith('\u001b[1;33m')).toBe(true)
    expect(textReport(report)).not.toMatch(calm)
  })

  test('for readers of Evidently has a metric that says so', () => {
    const { metrics } = JSON.parse(evidentlyReport(report))
    expect(metrics.at(-1)).toMatchObject({ metric: 'TidegaugeDecision' })
    expect(metrics.at(-1).result.action).toBe(report.decision.action)
  })
})

test('the features that are gone, or changed their type, are named everywhere', () => {
  const before = { ...numbers, target: numbers.a! }
  const after = { ...without(numbers, 'b'), c: numbers.c!.map(String), target: numbers.a! }
  const report = detectDrift(before, after, { target: 'target' })
  expect(report).toMatchObject({
    missingColumns: ['b'],
    changedTypes: [{ name: 'c', reference: 'numeric', current: 'categorical' }],
    decision: {
      action: 'ACTION',
      cause: 'columns',
      reason: '1 of 12 features is gone: b; 1 of 12 features changed its type: c',
    },
  })
  expect(htmlReport(report)).toContain(
    '<h2 id="decision">Check the data: 1 of 12 features is missing, 1 changed its type</h2>',
  )
  expect(htmlReport(report)).toContain(
    '<p>Of the 10 other features, none drifted; that decides once the data is mended.</p>',
  )
  expect(textReport(report)).toMatch(/^gone +b /m)
  expect(textReport(report)).toMatch(/^changed type +c /m)
  expect(markdownReport(report)).toContain('| `b` | Gone |')
  const junit = junitReport(report)
  expect(junit).toContain('<property name="missing_columns" value="b"/>')
  expect(junit).toContain('<error type="gone" message="the current table has no such column"/>')
  expect(junit).toContain('<error type="changed-type"')
})

test('the reason counts what was not judged for another cause than those that it names', () => {
  const after = { ...without(numbers, 'b'), c: numbers.c!.map((x, i) => (i < 20 ? x : null)) }
  const before = { ...numbers, c: numbers.c!.map((x, i) => (i < 20 ? x : null)) }
  const report = detectDrift(before, after)
  expect(report.decision.reason).toBe('1 of 12 features is gone: b; 1 of 12 not judged')
  expect(htmlReport(report)).toContain(
    '<p>Of the 10 of 11 other features that could be judged, none drifted; that decides once the data is mended.</p>',
  )
})

test('the page shows what the reference knows of a feature that is gone, and nothing else', () => {
  const html = htmlReport(detectDrift(numbers, without(numbers, 'b')))
  expect(html).toContain('not in the current table')
  expect(html).not.toContain('not in the reference')
  expect(html).toContain('<th>missing<td>0<td>–')
  expect(markdownReport(detectDrift(numbers, without(numbers, 'b')))).not.toContain('chi-squared')
})

test('the page shows both types of a feature that changed its own', () => {
  const html = htmlReport(detectDrift(numbers, { ...numbers, b: numbers.b!.map(String) }))
  expect(html).toContain('numeric in the reference')
  expect(html).toContain('categorical in the current table')
  expect(html).not.toMatch(/not in the (reference|current table)/)
})

test('a feature without a value left is gone in every tally, as one that is absent', () => {
  const emptied = detectDrift(numbers, { ...numbers, b: numbers.b!.map(() => null) })
  const reason = 'no value in the current table; 0% were missing in the reference'
  expect(emptied.columns[1]).toMatchObject({ finding: 'gone', verdict: 'error', drifted: false })
  expect(textReport(emptied)).toContain(`\nb: ${reason}\n`)
  expect(junitReport(emptied)).toContain(`<error type="gone" message="${reason}"/>`)
  const html = htmlReport(emptied)
  expect(html).toContain('<b>1</b> gone')
  expect(html).toContain('What could not be judged')
  expect(html).toContain('no values in the current table')
})

test('a target that is not there yet is told once, and its namesake in other letters', () => {
  const labelled = { ...numbers, fraud: numbers.a! }
  const report = detectDrift(labelled, { ...numbers, FRAUD: numbers.a! }, { target: 'fraud' })
  const text = textReport(report)
  expect(text.split('the current table has no such column')).toHaveLength(2)
  expect(text).toContain('the current table has no such column (there is FRAUD)')
  expect(text).toContain('warning: fraud [target]: whether the target drifted is not known')
})

test('a column of which nobody knows the type has neither a type nor a method', () => {
  const report = detectDrift({ ...numbers, x: numbers.a!.map(() => null) }, numbers)
  expect(report.columns.at(-1)).toMatchObject({ name: 'x', type: 'unknown', method: '' })
  expect(parseReport(jsonReport(report))).toEqual(report)
  expect(textReport(report)).toMatch(/^gone +x +–$/m)
  expect(markdownReport(report)).toContain('| `x` | Gone | – | – | – |')
})

test('a column that only the current table has is told, and neither counts nor fails', () => {
  const report = detectDrift(numbers, { ...numbers, extra: numbers.a! })
  expect(report.decision).toMatchObject({ action: 'NO_ACTION', cause: null })
  expect(report.decision.reason).toBe('drift_share=0.00 < 0.30 (target_drift=n/a)')
  expect(junitReport(report)).toContain('errors="0" skipped="1"')
  expect(textReport(report)).toMatch(/^new column +extra /m)
})

const OF_VERSION_1 = new URL('../test/version-1/', import.meta.url)

test.each([
  ['stable', 'NO_ACTION', null],
  ['drifted', 'ACTION', 'share'],
  ['gone', 'ACTION', 'columns'],
  ['changed-type', 'ACTION', 'columns'],
  ['few-rows', 'UNDECIDED', 'unjudged'],
  ['new-column', 'NO_ACTION', null],
  ['evidently', 'NO_ACTION', null],
])('a report of version 1, %s, is decided anew: %s', (name, action, cause) => {
  const json = readFileSync(new URL(`${name}.json`, OF_VERSION_1), 'utf8')
  const report = parseReport(json)
  expect(report).toMatchObject({ version: 2, decision: { action, cause } })
  const raw: DriftReport = JSON.parse(json)
  expect(htmlReport(raw)).toBe(htmlReport(report))
  expect(summaryLine(raw)).toBe(summaryLine(report))
  expect(jsonReport(raw)).toBe(jsonReport(report))
  expect(readdirSync(OF_VERSION_1)).toContain(`${name}.json`)
})

test('a feature of version 1 that had lost its values is gone', () => {
  const report = detectDrift(numbers, { ...numbers, b: numbers.b!.map(() => null) })
  const columns = report.columns.map(({ finding, ...column }) =>
    finding === undefined ? column : { ...column, drifted: true, verdict: 'drifted' },
  )
  const { id: _, ...expected } = report
  const { missingColumns: __, changedTypes: ___, ...rest } = expected
  const written = {
    ...rest,
    version: 1,
    columns,
    evaluatedFeatures: 12,
    driftedFeatures: 1,
    shareOfDriftedColumns: 1 / 12,
    covariateDrift: true,
    decision: {
      action: 'NO_ACTION',
      reason: 'drift_share=0.08 < 0.30 (target_drift=n/a)',
      policy: { shareThreshold: 0.3, actOnTargetDrift: false },
    },
  }
  expect(parseReport(JSON.stringify(written))).toEqual(expected)
})

describe('parseReport refuses a report that contradicts itself', () => {
  const whole = (): { -readonly [K in keyof DriftReport]: DriftReport[K] } =>
    structuredClone(
      detectDrift(numbers, {
        ...without(numbers, 'l'),
        a: numbers.a!.map((x) => Number(x) + 50),
      }),
    )
  test.each<[string, (report: ReturnType<typeof whole>) => unknown, string]>([
    [
      'the action',
      (r) => ({ ...r, decision: { ...r.decision, action: 'NO_ACTION', cause: null } }),
      'report.decision.action',
    ],
    [
      'the cause',
      (r) => ({ ...r, decision: { ...r.decision, cause: 'share' } }),
      'report.decision.cause',
    ],
    ['the share', (r) => ({ ...r, shareOfDriftedColumns: 0 }), 'report.shareOfDriftedColumns'],
    ['no share', (r) => ({ ...r, shareOfDriftedColumns: null }), 'report.shareOfDriftedColumns'],
    ['the counts', (r) => ({ ...r, evaluatedFeatures: 12 }), 'report.evaluatedFeatures'],
    ['the drifted', (r) => ({ ...r, driftedFeatures: 0 }), 'report.driftedFeatures'],
    ['the missing columns', (r) => ({ ...r, missingColumns: [] }), 'report.missingColumns'],
    [
      'the types',
      (r) => ({ ...r, changedTypes: [{ name: 'a', reference: 'numeric', current: null }] }),
      'report.changedTypes',
    ],
    ['the target', (r) => ({ ...r, targetDrift: 0 }), 'report.targetDrift'],
    ['a verdict and drifted', (r) => withFirst(r, { drifted: false }), 'report.columns[0].drifted'],
    [
      'a verdict and its numbers',
      (r) => withFirst(r, { verdict: 'stable', drifted: false }),
      'report.columns[0].verdict',
    ],
    [
      'two columns of one name',
      (r) => ({ ...r, columns: [r.columns[0], ...r.columns] }),
      'report.columns[1].name',
    ],
  ])('%s', (_, change, path) => {
    expect(() => parseReport(JSON.stringify(whole()))).not.toThrow()
    expect(() => parseReport(JSON.stringify(change(whole())))).toThrow(`"${path}" must be`)
  })

  function withFirst(report: DriftReport, more: object): object {
    return {
      ...report,
      columns: report.columns.map((one, i) => (i === 0 ? { ...one, ...more } : one)),
    }
  }

  test('of version 1 too', () => {
    const json = readFileSync(new URL('drifted.json', OF_VERSION_1), 'utf8')
    const forged = json.replace('"action": "ACTION"', '"action": "NO_ACTION"')
    expect(() => parseReport(forged)).toThrow('"report.decision.action" must be ACTION')
  })
})
