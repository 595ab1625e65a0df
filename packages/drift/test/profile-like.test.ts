import { type CategoricalProfile, categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type DriftReport,
  detectDrift,
  detectDriftAsync,
  detectDriftByColumn,
  mergeTableProfiles,
  parseTableProfile,
  profile,
  type TableProfile,
} from '../src/index.ts'

type Cells = readonly unknown[]

const ROWS = 200
const column = (cell: (i: number) => unknown): Cells =>
  Array.from({ length: ROWS }, (_, i) => cell(i))
const KINDS: Readonly<Record<string, Cells>> = {
  numbers: column((i) => i),
  'zeros and ones': column((i) => i % 2),
  booleans: column((i) => i % 2 === 0),
  names: column((i) => `c${i % 3}`),
  'texts of numbers': column((i) => String(i % 2)),
  dates: column((i) => new Date(1e12 + i * 1e7)),
  texts: column((i) => `a text of some words ${i}`),
  objects: column(() => ({})),
  nothing: column(() => null),
}
const PAIRS = Object.keys(KINDS).flatMap((before) =>
  Object.keys(KINDS).flatMap((after) => (before === after ? [] : [[before, after] as const])),
)

const reread = (stored: TableProfile) => parseTableProfile(JSON.stringify(stored))
const toldOf = ({ columns, decision, changedTypes }: DriftReport) => {
  const { verdict, finding } = columns.find(({ name }) => name === 'x')!
  return { verdict, finding, action: decision.action, cause: decision.cause, changedTypes }
}

/** Nobody can compare a text with what a profile does not keep of another one. */
const isOfTexts = (before: string, after: string) =>
  before === 'texts' && ['booleans', 'names', 'texts of numbers', 'objects'].includes(after)

describe('a column that has become another', () => {
  test.each(PAIRS)('%s to %s: stored, like the reference and raw are told alike', (was, is) => {
    const before = { x: KINDS[was]!, z: KINDS.numbers! }
    const after = { x: KINDS[is]!, z: KINDS.numbers! }
    const stored = reread(profile(before))
    const like = reread(profile(after, { like: stored }))
    const found = [
      detectDrift(stored, after),
      detectDrift(stored, like),
      detectDrift(before, like),
    ].map(toldOf)
    const raw = toldOf(detectDrift(before, after))
    if (was === 'objects') {
      for (const one of found) expect(one.verdict).toBe('error')
    } else if (isOfTexts(was, is)) {
      expect(found[0]!.verdict).toBe('error')
      expect(found[1]!.verdict).toBe('error')
    } else expect(found).toEqual([raw, raw, raw])
  })

  test('is told alike by workers and column by column', async () => {
    const before = { x: KINDS.numbers!, y: KINDS.names!, t: KINDS.texts! }
    const stored = profile(before)
    for (const cells of [KINDS.objects!, KINDS.texts!, KINDS.nothing!, KINDS.booleans!]) {
      const like = profile({ x: cells, y: cells, t: cells }, { like: stored })
      expect(await detectDriftAsync(stored, like)).toEqual(detectDrift(stored, like))
    }
    const like = profile({ x: KINDS.booleans! }, { like: stored })
    const shape = { rowCount: ROWS, columnNames: ['x'] }
    const report = await detectDriftByColumn({
      reference: shape,
      current: shape,
      read: async () => ({ reference: stored.columns[0]!, current: like.columns[0]! }),
    })
    expect(report.columns[0]).toMatchObject({ finding: 'changed-type' })
  })

  test('does not keep the others from being profiled, and is listed with what it is', () => {
    const stored = profile({ a: KINDS.numbers!, b: KINDS.numbers!, c: KINDS.numbers! })
    const throwing = [...KINDS.numbers!]
    Object.defineProperty(throwing, 7, {
      get() {
        throw new Error('secret')
      },
    })
    const like = profile(
      { a: KINDS.objects!, b: KINDS.texts!, c: KINDS.numbers!, d: throwing },
      { like: stored, columns: ['a', 'b', 'c', 'd'] },
    )
    expect(like.columns.map(({ name }) => name)).toEqual(['c'])
    expect(like.unprofiled).toEqual([
      {
        name: 'a',
        type: null,
        reason: 'a value is an object, neither number, text, boolean nor date',
      },
      { name: 'b', type: 'text', reason: 'documents of texts are not kept' },
      { name: 'd', type: null, reason: 'its cells could not be read' },
    ])
    expect(detectDrift(stored, like).changedTypes).toEqual([
      { name: 'a', reference: 'numeric', current: null },
      { name: 'b', reference: 'numeric', current: 'text' },
    ])
    const named = profile({ a: KINDS.names!, c: KINDS.numbers! }, { types: { a: 'numeric' } })
    expect(named.unprofiled).toEqual([
      { name: 'a', type: 'categorical', reason: 'a value is not a number' },
    ])
  })

  test('is not added to what it was; one that held nothing is', () => {
    const stored = profile({ x: KINDS.numbers! })
    for (const cells of [KINDS.booleans!, KINDS.dates!]) {
      const like = profile({ x: cells }, { like: stored })
      expect(() => mergeTableProfiles(stored, like)).toThrow(/column "x" is numeric in one and /)
    }
    const empty = profile({ x: KINDS.nothing! })
    for (const cells of [KINDS.numbers!, KINDS.names!, KINDS.dates!]) {
      const held = profile({ x: cells })
      for (const merged of [mergeTableProfiles(empty, held), mergeTableProfiles(held, empty)]) {
        expect(reread(merged).columns[0]).toMatchObject({
          type: held.columns[0]!.type,
          profile: { n: ROWS, missing: ROWS },
        })
      }
    }
  })

  test.each<[unknown, string]>([
    ['x', 'profile.unprofiled'],
    [[null], 'profile.unprofiled[0].name'],
    [[{ name: 'z', type: 'text', reason: '' }], 'profile.unprofiled[0].name'],
    [[{ name: 'x', type: 'words', reason: '' }], 'profile.unprofiled[0].type'],
    [[{ name: 'x', type: null }], 'profile.unprofiled[0].reason'],
  ])('a list such as %j of them is refused', (unprofiled, path) => {
    const json = JSON.stringify({ ...profile({ z: [1] }), unprofiled })
    expect(() => parseTableProfile(json)).toThrow(`"${path}" must be`)
  })
})

describe('a stored column without any value', () => {
  const z = numericProfile(KINDS.numbers as number[], [0, 50, 100, 150, 200])
  const names = categoricalProfile([
    ['a', 100],
    ['b', 100],
  ])
  const emptyNumbers = numericProfile([], [0, 1])
  const emptyNames: CategoricalProfile = categoricalProfile([])
  const EMPTY = [
    emptyNumbers,
    emptyNames,
    { ...emptyNumbers, missing: ROWS },
    { ...emptyNames, missing: ROWS },
  ]
  const gone = {
    finding: 'gone',
    verdict: 'error',
    reason: 'no value in the current table; 0% were missing in the reference',
    missing: { reference: 0, current: 1 },
  }

  test.each(EMPTY)('is gone, whatever its kind: $kind, $missing missing', (empty) => {
    for (const held of [z, names]) {
      expect(detectDrift({ x: held, z }, { x: empty, z }).columns[0]).toMatchObject(gone)
      const [first, other] = profile({ x: KINDS.numbers!, z: KINDS.numbers! }).columns
      const table = (kept: typeof held): TableProfile => ({
        ...profile({}),
        rows: ROWS,
        columns: [{ ...first!, type: kept.kind, profile: kept }, other!],
      })
      const parsed = detectDrift(table(held), table(empty))
      expect(parsed.columns[0]).toMatchObject(gone)
      expect(parsed.decision).toMatchObject({ action: 'ACTION', cause: 'columns' })
    }
    for (const cells of [KINDS.numbers!, KINDS.dates!, KINDS.names!, KINDS.texts!]) {
      const report = detectDrift({ x: cells, z: KINDS.numbers! }, { x: empty, z })
      expect(report.columns[0]).toMatchObject(gone)
    }
  })

  test.each(EMPTY)('says that values are new as an empty column does: $kind', (empty) => {
    const drifted = { verdict: 'drifted', reason: 'missing values went from 100% to 0%' }
    for (const held of [z, names]) {
      expect(detectDrift({ x: empty, z }, { x: held, z }).columns[0]).toMatchObject(drifted)
    }
    for (const cells of [KINDS.numbers!, KINDS.dates!, KINDS.names!, KINDS.texts!]) {
      const report = detectDrift({ x: empty, z }, { x: cells, z: KINDS.numbers! })
      expect(report.columns[0]).toMatchObject(drifted)
    }
  })

  test('alone it is no table: nobody can tell', () => {
    const report = detectDrift({ x: z }, { x: emptyNumbers })
    expect(report.decision).toMatchObject({ action: 'UNDECIDED', cause: 'unjudged' })
  })

  test('is under no key', () => {
    const key = { redact: 'a key of sixteen or more' }
    const hidden = profile({ x: KINDS.names!, z: KINDS.numbers! }, key)
    const report = detectDrift(hidden, { x: emptyNames, z })
    expect(report.columns[0]).toMatchObject(gone)
    expect(JSON.stringify(report)).not.toContain('"c1"')
  })
})

const cell = {
  numeric: fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  ),
  boolean: fc.boolean(),
  categorical: fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__', 'toString'),
  datetime: fc.integer({ min: 0, max: 1e6 }).map((day) => new Date(day * 864e5)),
}
const cells = fc.constantFrom(...Object.values(cell)).chain((one) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: one }, { weight: 1, arbitrary: fc.constant(null) }), {
    minLength: ROWS,
    maxLength: ROWS,
  }),
)
const table = fc.record({ a: cells, b: cells })

test('two stored profiles are compared as the rows are with the stored one', () => {
  const told = ({ columns, decision }: DriftReport) => ({
    columns: columns.map(({ name, type, verdict, finding, statistic, effect, reason, missing }) => {
      return { name, type, verdict, finding, statistic, effect, reason, missing }
    }),
    decision,
  })
  const asTheRows = fc.property(table, table, (before, after) => {
    const stored = reread(profile(before))
    const like = reread(profile(after, { like: stored }))
    expect(told(detectDrift(stored, like))).toEqual(told(detectDrift(stored, after)))
  })
  fc.assert(asTheRows, { numRuns: 60 })
})
