import { beforeEach, describe, expect, test } from 'vitest'
import type { MethodChoice } from '../plan/built-in-methods.ts'
import type { DetectDriftOptions } from '../plan/options.ts'
import { profile } from '../profile/profile-table.ts'
import { detectDrift } from '../run/detect-drift.ts'
import { detectDriftAsync } from '../run/detect-drift-async.ts'
import { detectDriftByColumn } from '../run/detect-drift-by-column.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { areWordsUntold } from './untold-words.ts'

const SIZES = [
  [30, 30],
  [100, 30],
  [400, 400],
  [3000, 100],
  [100, 3000],
  [3000, 3000],
] as const
const columnOf = (reference: unknown, current: unknown, options: DetectDriftOptions = {}) =>
  detectDrift(reference as never, current as never, options).columns[0]!
const rows = (n: number, cell: (i: number) => unknown) => ({
  x: Array.from({ length: n }, (_, i) => cell(i)),
})
const hexOf = (random: () => number) => (length: number) =>
  Array.from({ length }, () => Math.floor(16 * random()).toString(16)).join('')

describe('categories of which nearly every current value is new', () => {
  let random = seededRandom(5)
  beforeEach(() => {
    random = seededRandom(5)
  })
  const hex = hexOf(() => random())
  const kinds: Readonly<Record<string, (i: number, isCurrent: boolean) => string>> = {
    'ids, each once': () => hex(12),
    'ids, but for one in twenty': (i) => (i % 20 === 0 ? 'none' : hex(12)),
    'ids, each twice': (i, isCurrent) => `${isCurrent ? 'n' : 'o'}${i >> 1}`,
    'urls in which the day stands': (i, isCurrent) => `/${isCurrent ? 'june' : 'may'}/${i}`,
    'of many': (_, isCurrent) => `${isCurrent ? 'n' : 'o'}${Math.floor(2000 * random())}`,
    'ids, once a few categories': (i, isCurrent) => (isCurrent ? hex(10) : `c${i % 5}`),
  }
  const methods = ['chi-squared', 'g-test', 'psi', 'js', 'hellinger', 'kl'] as const

  test.each(Object.entries(kinds))('(%s) are never stable, whoever tests them', (_, kind) => {
    const isJudged = new Set<string>()
    for (const [n, m] of SIZES) {
      const reference = rows(n, (i) => kind(i, false))
      const current = rows(m, (i) => kind(i, true))
      for (const method of methods) {
        const options = { types: { x: 'categorical' }, method: method as MethodChoice } as const
        for (const before of [
          reference,
          profile(reference),
          profile(reference, { maxCategories: 10 }),
        ]) {
          const { reason, verdict } = columnOf(before, current, options)
          isJudged.add(verdict)
          if (verdict === 'insufficient-data') {
            expect(reason).toMatch(/^too many categories to tell: /)
          }
        }
      }
    }
    expect([...isJudged].filter((one) => one !== 'drifted' && one !== 'error')).toEqual(
      isJudged.has('insufficient-data') ? ['insufficient-data'] : [],
    )
  })

  test('are told why, with the cure', () => {
    const ids = [rows(400, () => hex(12)), rows(400, () => hex(12))] as const
    expect(columnOf(...ids).reason).toBe(
      'too many categories to tell: nearly every value is another one; leave the column out where they are ids, or compare it as text',
    )
    const pairs = [rows(30, (i) => `o${i >> 1}`), rows(30, (i) => `n${i >> 1}`)] as const
    expect(columnOf(...pairs).reason).toContain('that the reference has not met; leave the column')
    expect(detectDrift(...ids)).toMatchObject({ evaluatedFeatures: 0, shareOfDriftedColumns: null })
    expect(columnOf(profile(ids[0], { maxCategories: 10 }), ids[1]).reason).toContain(
      'nearly every value is another one',
    )
  })

  test.each(['chi-squared', 'g-test', 'js', 'kl'] as const)(
    'of which half are, each once, are not told by %s',
    (method) => {
      const half = () => rows(400, (i) => (i % 2 === 0 ? 'none' : hex(12)))
      const column = columnOf(half(), half(), { method })
      expect(column.verdict).toBe('insufficient-data')
      expect(column.reason).toContain('in the place of the rare ones')
    },
  )

  test('of which ten in a hundred are new stay judged', () => {
    const reference = rows(1000, (i) => (i % 10 === 0 ? hex(12) : `c${i % 3}`))
    const current = rows(1000, (i) => (i % 10 === 0 ? hex(12) : `c${i % 3}`))
    expect(columnOf(reference, current).verdict).toBe('stable')
  })
})

describe('texts', () => {
  let random = seededRandom(9)
  beforeEach(() => {
    random = seededRandom(9)
  })
  const hex = hexOf(() => random())
  const number = () => (random() - 0.5).toFixed(6)
  const listed =
    'the order of a customer came late in the morning and was sent back by train or car'
  const vocabulary = listed.split(' ')
  const word = () => vocabulary[Math.floor(vocabulary.length * random() ** 2)]!
  const untold: Readonly<Record<string, () => string>> = {
    codes: () => `${hex(8)} ${hex(8)} ${hex(8)} ${hex(8)}`,
    'lists of numbers': () => `[${Array.from({ length: 8 }, number).join(', ')}]`,
    'lists of small numbers': () =>
      `[${Array.from({ length: 6 }, () => (random() / 1e6).toExponential(2)).join(', ')}]`,
    'lists of whole numbers': () =>
      `[${Array.from({ length: 6 }, () => Math.floor(900 * random())).join(', ')}]`,
  }

  test.each(Object.entries(untold))(
    '(%s) in which no word says a thing are not stable',
    (_, text) => {
      for (const [n, m] of SIZES) {
        const { verdict, reason } = columnOf(rows(n, text), rows(m, text), { alpha: 1e-4 })
        expect(verdict).toBe('insufficient-data')
        expect(reason).toMatch(/^too few words to tell: .*leave the column out/)
      }
    },
  )

  test('in which they do are judged, codes among the words or not', () => {
    const sentence = () => Array.from({ length: 6 }, word).join(' ')
    const told = [sentence, () => `order ${hex(8)} ${sentence()}`, () => `${sentence()} 12 times 7`]
    for (const text of told) {
      for (const [n, m] of SIZES) {
        const { reason } = columnOf(rows(n, text), rows(m, text))
        expect(reason).not.toContain('too few words')
      }
      expect(columnOf(rows(400, text), rows(400, text), { alpha: 1e-4 }).verdict).toBe('stable')
    }
  })

  test('that have become codes are drift all the same', () => {
    const sentence = () => Array.from({ length: 6 }, word).join(' ')
    expect(columnOf(rows(400, sentence), rows(400, untold.codes!)).verdict).toBe('drifted')
  })

  test('without a word are not told', () => {
    expect(areWordsUntold(['--- -- - -'], ['* * * *'])).toBe(true)
  })

  test('are looked at from the first to the last: codes may stand before the others', () => {
    const sentence = () => Array.from({ length: 6 }, word).join(' ')
    const texts = (of: () => string) => Array.from({ length: 1000 }, of)
    const before = [...texts(untold.codes!), ...texts(sentence)]
    expect(areWordsUntold(texts(untold.codes!), texts(untold.codes!))).toBe(true)
    expect(areWordsUntold(before, before)).toBe(false)
  })

  test('that were lists, objects or bytes are compared by their words, and what is not found is not told', async () => {
    const sentence = () => Array.from({ length: 6 }, word).join(' ')
    const shape = { rowCount: 400, columnNames: ['x'] }
    const verdictOf = async (sourceType: string, current: () => string) => {
      const read = async () => ({
        reference: rows(400, sentence).x as string[],
        current: rows(400, current).x as string[],
        readings: { reference: { sourceType } },
      })
      // At a level that chance does not reach.
      const pairs = { reference: shape, current: shape, read }
      return (await detectDriftByColumn(pairs, { alpha: 1e-4 })).columns[0]!
    }
    for (const type of [
      'DOUBLE[]',
      'FLOAT[384]',
      'STRUCT(a DOUBLE, b VARCHAR)',
      'BLOB',
      'VARIANT',
      'GEOMETRY',
    ]) {
      const column = await verdictOf(type, sentence)
      expect(column.verdict).toBe('insufficient-data')
      expect(column.reason).toMatch(
        /^too few words to tell: its values are lists, objects or bytes/,
      )
    }
    expect((await verdictOf('VARCHAR', sentence)).verdict).toBe('stable')
    expect((await verdictOf('DOUBLE[]', untold.codes!)).verdict).toBe('drifted')
  })

  test('are not told in worker threads either', async () => {
    const [before, after] = [rows(100, untold.codes!), rows(100, untold.codes!)]
    expect(await detectDriftAsync(before, after)).toEqual(detectDrift(before, after))
  })
})

test('cells that are lists, objects or bytes are an error, and not stable', () => {
  for (const cell of [[1, 2], { a: 1 }, new Uint8Array(2)]) {
    expect(
      columnOf(
        rows(40, () => cell),
        rows(40, () => cell),
      ).verdict,
    ).toBe('error')
  }
})
