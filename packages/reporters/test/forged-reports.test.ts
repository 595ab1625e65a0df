import { readdirSync, readFileSync } from 'node:fs'
import { decide } from '@tidegauge/core'
import { columnVerdict, driftShares } from '@tidegauge/core/internal'
import { type ColumnDrift, type DriftReport, detectDrift, withReportId } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { jsonReport, parseReport } from '../src/index.ts'
import { alone } from './alone.ts'
import { assertValidReport, SCHEMA, type SchemaNode } from './assert-valid-report.ts'
import { manyReports } from './many-reports.ts'

/**
 * What becomes of a report where one field says something else: refused, wherever a reader would conclude something
 * else of it; `free` says why it may be what it likes, `partly` when it is refused all the same.
 *
 * A forger mends the rest of the report: what sums up the columns is made to follow from the forged one.
 */
type Fate = 'refused' | { readonly free: string } | { readonly partly: string }

const COLUMN_FIELDS: Readonly<Record<string, Fate>> = {
  name: { free: 'a name is what the data says' },
  type: { partly: 'dates are counted as numbers are; numbers and categories are told apart' },
  role: { partly: 'a choice of the caller, of which nothing else tells' },
  finding: { partly: 'what failed may be said to have changed its type; see the test of findings' },
  method: { partly: 'own methods have any name, those of a preset do not' },
  statistic: { partly: 'where it is held against the threshold' },
  pValue: {
    partly: 'where it decides; beside counts that are too few, or a distance, it is shown',
  },
  logPValue: {
    partly: 'said more exactly what the p-value says; only beside one that is too small',
  },
  adjustedPValue: 'refused',
  effect: { partly: 'within its interval; that of numbers within what both profiles allow' },
  effectInterval: { partly: 'how sure the effect of names and texts is; that of numbers follows' },
  smallestDetectableEffect: { free: 'what such counts would show: no verdict rests on it' },
  'criterion.measure': { partly: 'a distance may have a threshold of its own, a test has none' },
  'criterion.operator': 'refused',
  threshold: {
    partly: "a distance's own threshold stands nowhere else, and decides by its verdict",
  },
  drifted: 'refused',
  verdict: 'refused',
  reason: { free: 'words, beside the verdict' },
  warnings: { free: 'words' },
  'missing.reference': { partly: 'of texts, whose counts are not in the report' },
  'missing.current': { partly: 'of texts, whose counts are not in the report' },
  'missing.pValue': 'refused',
  'missing.adjustedPValue': 'refused',
  'missing.effect': { partly: 'as long as it stays on its side of the tolerance' },
  'missing.drifted': 'refused',
  reading: { partly: 'what the reader of a file tells: no number rests on it' },
  newCategories: { partly: 'of its side, where that names all; found by tests over more names' },
  lostCategories: { partly: 'of its side, where that names all; found by tests over more names' },
  reference: { partly: 'of a column that is not compared' },
  current: { partly: 'of a column that is not compared' },
  quantiles: { partly: 'drawn; only where values were compared' },
  widestGap: { partly: 'drawn; only where values were compared' },
  texts: { partly: 'told; only of texts that were compared, without words where it is redacted' },
}

const REPORT_FIELDS: Readonly<Record<string, Fate>> = {
  format: 'refused',
  version: { partly: 'version 1 says the same where nothing is gone, and is decided anew' },
  id: { partly: 'left out of a report that was changed' },
  'reference.name': { free: 'what the caller calls it' },
  'reference.rows': { partly: 'not fewer than a column has' },
  'reference.timeRange': { free: 'shown' },
  'reference.profileId': { free: 'which profile it was' },
  'reference.reading': { partly: 'what the reader of a file tells' },
  'current.name': { free: 'what the caller calls it' },
  'current.rows': { partly: 'not fewer than a column has' },
  'current.timeRange': { free: 'shown' },
  'current.profileId': { free: 'which profile it was' },
  'current.reading': { partly: 'what the reader of a file tells' },
  columns: 'refused',
  missingColumns: 'refused',
  changedTypes: 'refused',
  shareOfDriftedColumns: 'refused',
  evaluatedFeatures: 'refused',
  driftedFeatures: 'refused',
  covariateDrift: 'refused',
  targetDrift: 'refused',
  predictionDrift: 'refused',
  'decision.action': 'refused',
  'decision.cause': 'refused',
  'decision.reason': 'refused',
  'decision.policy.shareThreshold': { partly: 'where something else decides' },
  'decision.policy.actOnTargetDrift': { partly: 'where the target decides nothing' },
  'decision.policy.minimumJudged': { partly: 'where enough was judged, or something else decides' },
  'decision.policy.onMissingColumn': { partly: 'where no column is gone' },
  'decision.policy.onChangedType': { partly: 'where no type changed' },
  'settings.preset': { partly: "Evidently's two versions decide alike" },
  'settings.alpha': { partly: 'as long as all verdicts follow from it' },
  'settings.correction': { partly: 'where it adjusts no p-value otherwise' },
  'settings.tolerance': 'refused',
  'settings.minimumValues': { partly: 'as long as it says the same of all counts' },
  'settings.maxCategories': { partly: 'not fewer than a column names' },
  'settings.redacted': { partly: 'never true beside names in clear' },
  'settings.weights': { partly: 'as long as the shares follow from them' },
  'settings.excluded': { partly: 'no column of the report' },
  'settings.timeColumn': { free: 'where the shown times come from' },
  'settings.feature': { free: 'what a column is called' },
  producer: { free: 'who wrote it' },
}

const reports = manyReports()
const kinds = kindsOf()
/** Of these whole. */
const SUMMED = [
  'of awkward tables',
  'with another policy',
  'with a column left out',
  'in the way of Evidently 0.4',
  'of few rows',
  'of a change too small to matter',
  'of latencies',
  'of files that are read',
]
const summed = reports.filter(({ name }) => SUMMED.includes(name))
const OTHERS: readonly unknown[] = [
  ...[undefined, null, true, false, 0, 1, 2, 0.06, 0.5, 1e-12, 40, 1e9, [], [0, 1], ['x'], {}],
  ...['x', '0123456789ab', 'stable', 'negligible', 'drifted', 'insufficient-data', 'error'],
  ...[
    'gone',
    'new',
    'left-out',
    'changed-type',
    'effect',
    'statistic',
    'pValue',
    '<=',
    '<',
    '>',
    '>=',
  ],
  ...['numeric', 'categorical', 'text', 'feature', 'target', 'ACTION', 'NO_ACTION', 'UNDECIDED'],
  ...[
    'share',
    'columns',
    'unjudged',
    'none',
    'holm',
    'bonferroni',
    'benjamini-hochberg',
    'evidently',
    'evidently-0.7',
    'undecided',
    'ignore',
    'action',
  ],
]

type Forgery = 'refused' | 'accepted'

describe('a forged column, and a summary that follows from it', () => {
  test.each(Object.entries(COLUMN_FIELDS))('%s: %j', (field, fate) => {
    const accepted: string[] = []
    const seen = new Set<Forgery>()
    for (const { name, report, i } of kinds) {
      for (const other of OTHERS) {
        const forged = withValue(report.columns[i]!, field, other)
        if (forged === null) continue
        const columns = report.columns.map((one, k) => (k === i ? forged : one))
        const outcome = outcomeOf(summedUp({ ...report, columns }))
        seen.add(outcome)
        if (outcome === 'accepted') accepted.push(`${name}: ${forged.name}.${field} = ${other}`)
      }
    }
    if (fate === 'refused') expect(accepted).toEqual([])
    if (typeof fate === 'object' && 'partly' in fate) expect([...seen].sort()).toHaveLength(2)
    if (typeof fate === 'object' && 'free' in fate) expect(seen).toContain('accepted')
  })

  test('each field of a column has its fate', () => {
    const known = new Set(
      Object.keys(COLUMN_FIELDS).flatMap((field) => [field, field.split('.')[0]!]),
    )
    for (const name of Object.keys(SCHEMA.$defs!.columnDrift!.properties!))
      expect(known).toContain(name)
    for (const name of ['criterion', 'missingValues']) {
      const prefix = name === 'criterion' ? 'criterion' : 'missing'
      for (const below of fieldsOf(
        SCHEMA.$defs![name] ?? SCHEMA.$defs!.columnDrift!.properties![name],
      )) {
        expect(known).toContain(`${prefix}.${below}`)
      }
    }
  })
})

test('no finding is taken back or turned into another, and what was judged is given none', () => {
  const others = [undefined, 'gone', 'new', 'left-out', 'changed-type'] as const
  let forgeries = 0
  for (const { name, report } of kinds) {
    const [column] = report.columns
    const { finding: _, ...plain } = column!
    if (column!.finding === undefined && column!.verdict === 'error') continue
    for (const finding of others) {
      if (finding === column!.finding) continue
      // A type that changed is called so beside whatever a preset says; the other way round it is not.
      if (column!.finding === 'left-out' && finding === 'changed-type') continue
      const verdicts = ['error', 'insufficient-data', column!.verdict] as const
      for (const verdict of verdicts) {
        const forged = {
          ...plain,
          verdict,
          drifted: verdict === 'drifted',
          ...(finding && { finding }),
        }
        const outcome = outcomeOf(summedUp({ ...report, columns: [forged] }))
        forgeries++
        expect(outcome, `${name}: ${column!.name}, ${column!.finding} to ${finding}`).toBe(
          'refused',
        )
      }
    }
  }
  expect(forgeries).toBeGreaterThan(100)
})

test('with a preset too, a column that lost its values is not given out as one that failed', () => {
  const cells = (cell: (i: number) => unknown) => Array.from({ length: 60 }, (_, i) => cell(i))
  const before = {
    number: cells((i) => i),
    city: cells((i) => `city ${i % 3}`),
    day: cells((i) => new Date(1.7e12 + i * 1e8)),
    note: cells((i) => `order ${i} came in time to the customer, ${i * 7}`),
    age: cells((i) => i % 50),
  }
  const nothing = cells(() => null)
  const lost = { number: nothing, city: nothing, day: nothing, note: nothing }
  const seen = new Set<ColumnDrift['finding']>()
  const after = { ...lost, age: cells((i) => (i % 9 === 0 ? 'x' : 'y')) }
  for (const preset of ['evidently', 'evidently-0.7'] as const) {
    for (const types of [{}, { age: 'numeric' }] as const) {
      const report = detectDrift(before, after, { preset, types })
      expect(parseReport(jsonReport(report))).toEqual(report)
      report.columns.forEach(({ finding, ...plain }, i) => {
        // Evidently 0.7 takes numbers and texts for categories: these it compares.
        if (plain.name === 'age' && finding === undefined) return
        seen.add(finding)
        expect(finding, `${preset}: ${plain.name}: ${plain.reason}`).toBeDefined()
        for (const verdict of ['error', 'insufficient-data', 'stable'] as const) {
          const columns = report.columns.map((one, k) => (k === i ? { ...plain, verdict } : one))
          const forged = summedUp({ ...report, columns })
          expect(outcomeOf(forged), `${preset}: ${plain.name} as ${verdict}`).toBe('refused')
        }
      })
    }
  }
  expect(seen).toEqual(new Set(['gone', 'changed-type']))
})

describe('what was measured follows from the counts of both sides', () => {
  const column = (values: (i: number) => unknown) =>
    Array.from({ length: 500 }, (_, i) => values(i))
  const report = detectDrift(
    {
      moved: column((i) => i % 100),
      calm: column((i) => i % 100),
      day: column((i) => new Date(1e9 * (i % 100))),
      city: column((i) => `city ${i % 3}`),
      note: column((i) => `order ${i} came in time to the customer`),
    },
    {
      moved: column((i) => (i % 100) + 40),
      calm: column((i) => (i * 7) % 100),
      day: column((i) => new Date(1e9 * ((i % 100) + 40))),
      city: column((i) => `city ${(i % 3) + 1}`),
      note: column((i) => `order ${i} came too late to the customer`),
    },
  )

  function forged(name: string, changes: Partial<ColumnDrift>): DriftReport {
    const columns = report.columns.map((one) => {
      if (one.name !== name) return one
      const { verdict } = columnVerdict({ ...one, ...changes }, report.settings.alpha)
      return { ...one, ...changes, verdict, drifted: verdict === 'drifted' }
    })
    return summedUp({ ...report, columns })
  }

  test('the report itself is read, and so is a forged one that is none', () => {
    expect(report.columns.map(({ verdict }) => verdict)).toEqual([
      'drifted',
      'stable',
      'drifted',
      'drifted',
      'drifted',
    ])
    expect(outcomeOf(report)).toBe('accepted')
    expect(outcomeOf(forged('moved', {}))).toBe('accepted')
  })

  test.each([
    ['moved', 'effect', { effect: 0 }],
    ['moved', 'effect', { effect: 0, effectInterval: [0, 10] }],
    ['moved', 'effectInterval[0]', { effectInterval: [0, 10] }],
    ['moved', 'effect', { effect: 10 }],
    ['day', 'effect', { effect: 0.12, effectInterval: [0, 0.2] }],
    ['calm', 'effect', { effect: 3, effectInterval: [2.8, 3.2] }],
    ['city', 'effect', { effect: 0 }],
    ['note', 'effect', { effect: 0 }],
    ['city', 'newCategories', { newCategories: ['q'] }],
    ['city', 'newCategories', { newCategories: ['city 3', '__proto__'] }],
    ['city', 'lostCategories', { lostCategories: ['q'] }],
    ['city', 'lostCategories', { lostCategories: ['city 3'] }],
  ] as ReadonlyArray<[string, string, Partial<ColumnDrift>]>)(
    '%s: %s is refused where it is %j',
    (name, field, changes) => {
      const read = () => parseReport(JSON.stringify(forged(name, changes)))
      const i = report.columns.findIndex((one) => one.name === name)
      expect(read).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }))
      expect(read).toThrow(`"report.columns[${i}].${field}" must be`)
    },
  )

  test.each(['reference', 'current'] as const)(
    'an effect beside the profile of the %s on both sides is refused, whichever method was asked for',
    (side) => {
      for (const method of ['ks', 'psi', 'mann-whitney-u', 'wasserstein'] as const) {
        const { columns, ...rest } = detectDrift(
          { moved: column((i) => i % 100) },
          { moved: column((i) => (i % 100) + 40) },
          { method },
        )
        const [moved] = columns
        expect(outcomeOf({ ...rest, columns })).toBe('accepted')
        const twice = { ...moved!, reference: moved![side], current: moved![side] }
        expect(outcomeOf({ ...rest, columns: [twice] })).toBe('refused')
      }
    },
  )

  test('names that a side may have under "other" are free', () => {
    const many = detectDrift(
      { id: column((i) => `id ${i % 10}`) },
      { id: column((i) => `new ${i % 10}`) },
      { maxCategories: 3 },
    )
    const [id] = many.columns
    expect(id!.newCategories.length).toBeGreaterThan(3)
    expect(outcomeOf(many)).toBe('accepted')
  })
})

function fieldsOf(node: SchemaNode | undefined): string[] {
  return Object.keys(node?.properties ?? {})
}

describe('a forged summary', () => {
  test.each(Object.entries(REPORT_FIELDS))('%s: %j', (field, fate) => {
    const accepted: string[] = []
    const seen = new Set<Forgery>()
    for (const { name, report } of summed) {
      for (const other of OTHERS) {
        const forged = withValue(report, field, other)
        if (forged === null) continue
        const summary = field.startsWith('settings.') ? summedUp(forged) : forged
        const outcome = field === 'id' ? readingOf(summary) : outcomeOf(summary)
        seen.add(outcome)
        if (outcome === 'accepted') accepted.push(`${name}: ${field} = ${other}`)
      }
    }
    if (fate === 'refused') expect(accepted).toEqual([])
    if (typeof fate === 'object' && 'partly' in fate) expect([...seen].sort()).toHaveLength(2)
    if (typeof fate === 'object' && 'free' in fate) expect(seen).toContain('accepted')
  })

  test('each field of a report has its fate', () => {
    const known = Object.keys(REPORT_FIELDS)
    const isKnown = (name: string) =>
      known.some((one) => one === name || one.startsWith(`${name}.`))
    expect(Object.keys(SCHEMA.properties!).filter((name) => !isKnown(name))).toEqual([])
    for (const name of ['settings', 'decision']) {
      const below = fieldsOf(SCHEMA.$defs?.[name] ?? SCHEMA.properties![name])
      expect(below.length).toBeGreaterThan(2)
      expect(below.filter((one) => !isKnown(`${name}.${one}`))).toEqual([])
    }
  })
})

/** The first column of each verdict, finding, type and method, at its place. */
function kindsOf(): Array<{ name: string; report: DriftReport; i: number }> {
  const met = new Set<string>()
  return reports.flatMap(({ name, report }) =>
    report.columns.flatMap((column) => {
      const { criterion, finding, method, missing, pValue, role, type, verdict } = column
      const isTested = missing.pValue !== null
      const { preset } = report.settings
      const kind = [verdict, finding, type, criterion.measure, isTested, pValue === undefined, role]
      const key = [...kind, method, preset].join()
      if (met.has(key)) return []
      met.add(key)
      return [{ name, report: alone(column, report), i: 0 }]
    }),
  )
}

/** The same with another value in one place; null where it is none. */
function withValue<T extends object>(whole: T, field: string, other: unknown): T | null {
  const [first, ...rest] = field.split('.') as [keyof T, ...string[]]
  const before = whole[first]
  if (rest.length > 0) {
    const inner = withValue(before as object, rest.join('.'), other)
    return inner === null ? null : { ...whole, [first]: inner }
  }
  if (JSON.stringify(before) === JSON.stringify(other)) return null
  // Another kind of value is no report by the schema, which has its own test.
  const isPlausible =
    before === undefined || before === null || other === undefined || other === null
  if (!isPlausible && typeof before !== typeof other) return null
  if (typeof before === 'number' && typeof other === 'number' && areAsGood(before, other))
    return null
  return { ...whole, [first]: other }
}

/** Numbers that differ by less than is looked at. */
function areAsGood(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9
}

/** What a forger makes of the rest. */
function summedUp(report: DriftReport): DriftReport {
  try {
    const { columns, settings } = report
    const shares = driftShares(columns, settings)
    const of = (wanted: ColumnDrift['finding']) =>
      columns.filter(({ finding, role }) => finding === wanted && role === 'feature')
    const types = new Map(report.changedTypes.map((one) => [one.name, one]))
    return {
      ...report,
      ...shares,
      missingColumns: of('gone').map(({ name }) => name),
      changedTypes: of('changed-type').map(
        ({ name, type }) =>
          types.get(name) ?? { name, reference: type as 'numeric', current: null },
      ),
      decision: decide({ ...shares, columns, settings }, report.decision.policy),
    }
  } catch {
    return report
  }
}

function outcomeOf(report: DriftReport): Forgery {
  return readingOf(Array.isArray(report.columns) ? withReportId(report) : report)
}

function readingOf(report: unknown): Forgery {
  try {
    parseReport(JSON.stringify(report))
    return 'accepted'
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ERR_INVALID_ARGUMENT' || code === 'ERR_UNSUPPORTED_VERSION') return 'refused'
    throw error
  }
}

describe('a report of version 1', () => {
  const folder = new URL('version-1/', import.meta.url)
  const names = readdirSync(folder)
  const written = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

  test.each(names)('%s is read, and read again once it is written anew', (name) => {
    const report = parseReport(JSON.stringify(written(name)))
    assertValidReport(report)
    expect(parseReport(jsonReport(report))).toEqual(report)
    expect(parseReport(JSON.stringify(report))).toEqual(report)
    // Which features counted more it does not say: their counts do not give its share.
    expect(report.settings.weights).toBe(name === 'drifted.json' ? null : undefined)
  })

  test('keeps its weighted share where it is the target that is found gone', () => {
    const cells = (shift: number) => Array.from({ length: 200 }, (_, i) => (i % 100) + shift)
    const weights = { calm: 3 }
    const report = detectDrift(
      { moved: cells(0), calm: cells(0), late: cells(0) },
      { moved: cells(90), calm: cells(0), late: cells(0).map(() => null) },
      { target: 'late', weights },
    )
    expect(report).toMatchObject({ shareOfDriftedColumns: 0.25, targetDrift: null })
    // Version 1 called a column that had lost all of its values drifted, and had no weights.
    const columns = report.columns.map(({ finding, ...column }) =>
      finding === undefined ? column : { ...column, drifted: true, verdict: 'drifted' },
    )
    const { id: _, missingColumns: __, changedTypes: ___, ...rest } = report
    const { weights: ____, ...settings } = report.settings
    const reason = 'drift_share=0.25 < 0.30 (target_drift=1.0)'
    const policy = { shareThreshold: 0.3, actOnTargetDrift: false }
    const decision = { action: 'NO_ACTION', reason, policy }
    const stored = { ...rest, version: 1, columns, targetDrift: 1, decision, settings }
    const read = parseReport(JSON.stringify(stored))
    const { id: _____, ...expected } = report
    expect(read).toEqual({ ...expected, settings: { ...report.settings, weights: null } })
    expect(parseReport(jsonReport(read))).toEqual(read)
  })

  test.each([
    ['excluded', 5],
    ['feature', 5],
    ['weights', 'x'],
  ])(
    'is refused where its settings have something else under %s than a report has today',
    (name, value) => {
      const report = written('stable.json')
      const json = JSON.stringify({ ...report, settings: { ...report.settings, [name]: value } })
      expect(() => parseReport(json)).toThrow(
        expect.objectContaining({
          code: 'ERR_INVALID_ARGUMENT',
          message: expect.stringContaining(`"report.settings.${name}" must be`),
        }),
      )
    },
  )
})
