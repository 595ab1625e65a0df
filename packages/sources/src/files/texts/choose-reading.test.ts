import { expect, test } from 'vitest'
import {
  CODES,
  type CountedSide,
  chooseAsPandas,
  chooseReadings,
  type Known,
} from './choose-reading.ts'
import { PLAIN } from './number-texts.ts'
import type { Candidate } from './text-cells.ts'

const NUMBER: Candidate = { kind: 'number', format: PLAIN }
const COMMA: Candidate = { kind: 'number', format: { ...PLAIN, decimalSign: ',' } }
const GROUPED: Candidate = { kind: 'number', format: { ...PLAIN, thousandsSign: ',' } }
const dates = (order: 'day-month-year' | 'month-day-year'): Candidate => {
  return {
    kind: 'date',
    formats: { order, isNumbers: true, isInNumbers: () => true, sql: (text) => text },
  }
}
const [DAY_FIRST, MONTH_FIRST] = [dates('day-month-year'), dates('month-day-year')]
const TIME: Candidate = { kind: 'time' }
const BOOLEAN: Candidate = { kind: 'boolean' }

interface Counts {
  readonly of: number
  readonly missing?: number
  /** Of each candidate. */
  readonly are: readonly number[]
  readonly only?: readonly [first: number, second: number]
  readonly differ?: number
  readonly areCodes?: boolean
  readonly fileSign?: '.' | ','
  readonly delimiter?: string
  readonly storedOrder?: 'day-month-year' | 'month-day-year'
}

const side = ({
  of,
  missing = 0,
  are,
  only = [0, 0],
  differ = 0,
  areCodes = false,
  ...rest
}: Counts) =>
  ({
    counts: {
      cells: of,
      missing,
      values: are,
      onlyFirst: only[0],
      onlySecond: only[1],
      different: differ,
    },
    areCodes,
    fileSign: rest.fileSign,
    delimiter: rest.delimiter,
    storedOrder: rest.storedOrder,
  }) satisfies Omit<CountedSide, 'candidates'>

interface Case {
  readonly what: string
  readonly candidates: readonly Candidate[]
  readonly sides: readonly Counts[]
  readonly known?: Known
  /** Of each side: the candidate, or a text. */
  readonly is: ReadonlyArray<number | 'text' | 'undecided'>
  readonly note?: RegExp
}

const said = (kind: Known['kind']): Known => ({ kind, isSaid: true })
const stored = (kind: Known['kind']): Known => ({ kind, isSaid: false })

const CASES: readonly Case[] = [
  {
    what: 'all are numbers',
    candidates: [NUMBER],
    sides: [
      { of: 9, are: [9] },
      { of: 5, are: [5] },
    ],
    is: [0, 0],
  },
  {
    what: 'numbers, some missing',
    candidates: [NUMBER],
    sides: [
      { of: 9, missing: 4, are: [5] },
      { of: 5, are: [5] },
    ],
    is: [0, 0],
  },
  {
    what: 'one side without exception, half of the other',
    candidates: [NUMBER],
    sides: [
      { of: 100, are: [100] },
      { of: 100, are: [50] },
    ],
    is: [0, 0],
  },
  {
    what: 'one side without exception, less than half of the other',
    candidates: [NUMBER],
    sides: [
      { of: 100, are: [100] },
      { of: 100, are: [49] },
    ],
    is: [0, 'text'],
    note: /^49% of its cells are numbers/,
  },
  {
    what: 'one cell in a hundred is a slip',
    candidates: [NUMBER],
    sides: [
      { of: 100, are: [99] },
      { of: 100, are: [99] },
    ],
    is: [0, 0],
  },
  {
    what: 'two cells in a hundred are not',
    candidates: [NUMBER],
    sides: [
      { of: 100, are: [98] },
      { of: 100, are: [98] },
    ],
    is: ['text', 'text'],
    note: /^98% of its cells are numbers/,
  },
  {
    what: 'an empty side proves nothing',
    candidates: [NUMBER],
    sides: [
      { of: 100, are: [90] },
      { of: 0, are: [0] },
    ],
    is: ['text', 'text'],
    note: /^90%/,
  },
  {
    what: 'an empty side is what the other is',
    candidates: [NUMBER],
    sides: [
      { of: 100, are: [100] },
      { of: 7, missing: 7, are: [0] },
    ],
    is: [0, 0],
  },
  {
    what: 'nothing on either side',
    candidates: [NUMBER],
    sides: [
      { of: 3, missing: 3, are: [0] },
      { of: 0, are: [0] },
    ],
    is: ['text', 'text'],
  },
  {
    what: 'nothing on either side, stored as numbers',
    candidates: [NUMBER],
    sides: [{ of: 3, missing: 3, are: [0] }],
    known: stored('number'),
    is: [0],
  },
  {
    what: 'numbers against dates: each its own',
    candidates: [NUMBER, DAY_FIRST],
    sides: [
      { of: 9, are: [9, 0] },
      { of: 9, are: [0, 9] },
    ],
    is: [0, 1],
  },
  {
    what: 'leading zeros on one side are codes on both',
    candidates: [NUMBER],
    sides: [
      { of: 9, are: [9] },
      { of: 9, are: [9], areCodes: true },
    ],
    is: ['text', 'text'],
    note: new RegExp(CODES),
  },
  {
    what: 'codes that are said to be numbers',
    candidates: [NUMBER],
    sides: [{ of: 9, are: [9], areCodes: true }],
    known: said('number'),
    is: [0],
  },
  {
    what: 'codes whose stored profile has numbers',
    candidates: [NUMBER],
    sides: [{ of: 9, are: [9], areCodes: true }],
    known: stored('number'),
    is: [0],
  },
  {
    what: 'said to be numbers: the rest is left out, however much it is',
    candidates: [NUMBER],
    sides: [
      { of: 100, are: [1] },
      { of: 100, are: [0] },
    ],
    known: said('number'),
    is: [0, 0],
  },
  {
    what: 'said to be text',
    candidates: [NUMBER],
    sides: [{ of: 9, are: [9] }],
    known: said('text'),
    is: ['text'],
  },
  {
    what: 'stored as numbers, half are',
    candidates: [NUMBER],
    sides: [{ of: 100, are: [50] }],
    known: stored('number'),
    is: [0],
  },
  {
    what: 'stored as numbers, hardly any are',
    candidates: [NUMBER],
    sides: [{ of: 100, are: [20] }],
    known: stored('number'),
    is: ['text'],
    note: /^20% of its cells/,
  },
  {
    what: 'stored as numbers, dates now',
    candidates: [NUMBER, DAY_FIRST],
    sides: [{ of: 9, are: [0, 9] }],
    known: stored('number'),
    is: [1],
  },
  {
    what: 'stored as categories, true and false now',
    candidates: [BOOLEAN],
    sides: [{ of: 9, are: [9] }],
    known: stored('category'),
    is: [0],
  },
  {
    what: 'the order is certain on one side',
    candidates: [DAY_FIRST, MONTH_FIRST],
    sides: [
      { of: 9, are: [9, 9], differ: 9 },
      { of: 9, are: [5, 9], only: [0, 4], differ: 5 },
    ],
    is: [1, 1],
  },
  {
    what: 'an order for each side, both certain',
    candidates: [DAY_FIRST, MONTH_FIRST],
    sides: [
      { of: 9, are: [9, 5], only: [4, 0] },
      { of: 9, are: [5, 9], only: [0, 4] },
    ],
    is: [0, 1],
  },
  {
    what: 'the order cannot be told',
    candidates: [DAY_FIRST, MONTH_FIRST],
    sides: [
      { of: 9, are: [9, 9], differ: 9 },
      { of: 9, are: [9, 9], differ: 9 },
    ],
    is: ['undecided', 'undecided'],
  },
  {
    what: 'the order of the stored profile, where it cannot be told',
    candidates: [DAY_FIRST, MONTH_FIRST],
    sides: [{ of: 9, are: [9, 9], differ: 9, storedOrder: 'month-day-year' }],
    known: stored('date'),
    is: [1],
  },
  {
    what: 'another order than that of the stored profile, for certain',
    candidates: [DAY_FIRST, MONTH_FIRST],
    sides: [{ of: 9, are: [9, 5], only: [4, 0], storedOrder: 'month-day-year' }],
    known: stored('date'),
    is: [0],
  },
  {
    what: 'the order does not matter: 01/01 and 02/02 alone',
    candidates: [DAY_FIRST, MONTH_FIRST],
    sides: [{ of: 9, are: [9, 9], differ: 0 }],
    is: [0],
  },
  {
    what: 'a decimal comma that is certain on the other side',
    candidates: [GROUPED, COMMA],
    sides: [
      { of: 9, are: [9, 9], differ: 9 },
      { of: 9, are: [2, 9], only: [0, 7] },
    ],
    is: [1, 1],
  },
  {
    what: 'in doubt: what another column of the file has',
    candidates: [GROUPED, COMMA],
    sides: [{ of: 9, are: [9, 9], differ: 9, fileSign: ',' }],
    is: [1],
  },
  {
    what: 'in doubt, and cells between semicolons',
    candidates: [GROUPED, COMMA],
    sides: [{ of: 9, are: [9, 9], differ: 9, delimiter: ';' }],
    is: [1],
    note: /taken for decimal signs/,
  },
  {
    what: 'in doubt, and cells between commas',
    candidates: [GROUPED, COMMA],
    sides: [{ of: 9, are: [9, 9], differ: 9, delimiter: ',' }],
    is: [0],
    note: /taken for signs between thousands/,
  },
  {
    what: 'a point is a decimal sign',
    candidates: [NUMBER, COMMA],
    sides: [{ of: 9, are: [9, 9], differ: 9, delimiter: ',' }],
    is: [0],
  },
  {
    what: 'a point between semicolons',
    candidates: [NUMBER, COMMA],
    sides: [{ of: 9, are: [9, 9], differ: 9, delimiter: ';' }],
    is: [0],
    note: /points are taken for decimal signs; else say `decimal: ','`/,
  },
  {
    what: 'times of the day against words',
    candidates: [TIME],
    sides: [
      { of: 9, are: [9] },
      { of: 9, are: [0] },
    ],
    is: [0, 'text'],
  },
]

test.each(CASES)('$what', ({ candidates, sides, known, is, note }) => {
  const chosen = chooseReadings(
    sides.map((counts) => ({ ...side(counts), candidates })),
    known,
  )
  expect(
    chosen.map(({ kind, candidate, isUndecided }) =>
      isUndecided ? 'undecided' : kind === 'text' ? 'text' : candidate,
    ),
  ).toEqual(is)
  const notes = chosen.flatMap(({ notes }) => notes).join('; ')
  if (note === undefined) expect(notes).toBe('')
  else expect(notes).toMatch(note)
})

test('to pandas each side is what all of its cells are; one without values is what the other is', () => {
  const kindsOf = (...sides: Counts[]) =>
    chooseAsPandas(sides.map((counts) => ({ ...side(counts), candidates: [NUMBER, BOOLEAN] }))).map(
      ({ kind }) => kind,
    )
  const empty: Counts = { of: 9, missing: 9, are: [0, 0] }
  expect(kindsOf({ of: 900, are: [899, 0] }, { of: 900, missing: 1, are: [899, 0] })).toEqual([
    'text',
    'number',
  ])
  expect(kindsOf({ of: 9, are: [0, 9] }, empty)).toEqual(['boolean', 'boolean'])
  expect(kindsOf(empty, { of: 9, are: [8, 0] })).toEqual(['text', 'text'])
  expect(kindsOf(empty, empty)).toEqual(['text', 'text'])
})
