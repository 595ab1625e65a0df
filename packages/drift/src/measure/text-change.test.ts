import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectDrift, gTest } from '../index.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { logLikelihoodRatio, textChange } from './text-change.ts'

const random = seededRandom(7)
const pick = (words: string) => {
  const all = words.split(' ')
  return all[Math.floor(random() * all.length)]!
}
const COMMON = 'the order came to our customer in a box with some paper and nothing else of note'
const texts = (count: number, share: number, word: string) =>
  Array.from({ length: count }, () => {
    const words = Array.from({ length: 12 }, () => pick(COMMON))
    return (random() < share ? [...words, word] : words).join(' ')
  })

test('the words that changed come first, with the shares of the texts that hold them', () => {
  const before = [...texts(400, 0.05, 'late'), ...texts(400, 0.4, 'fine')]
  const after = [...texts(400, 0.9, 'late'), ...texts(400, 0.4, 'fine')]
  const { words, examples, lengths } = textChange(before, after, false)
  expect(words!.map(({ word }) => word)).toEqual(['late'])
  const holds = (side: string[]) => side.filter((text) => text.includes('late')).length / 800
  expect(words![0]).toEqual({ word: 'late', reference: holds(before), current: holds(after) })
  expect(examples!.reference).toBeNull()
  expect(examples!.current).toContain('late')
  expect(lengths.reference).toEqual([12, 12, 12])
  expect(lengths.current[2]).toBe(13)
})

test('the ratio is the G of both shares', () => {
  const size = fc.integer({ min: 1, max: 300 })
  fc.assert(
    fc.property(
      size,
      size,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, m, p, q) => {
        const [b, a] = [Math.round(n * p), Math.round(m * q)]
        const side = (held: number, of: number) => [
          ...Array<string>(held).fill('yes'),
          ...Array<string>(of - held).fill('no'),
        ]
        const g = gTest(side(b, n), side(a, m), { minimumExpectedCount: 0 }).statistic
        expect(logLikelihoodRatio(b, n, a, m)).toBeCloseTo(g, 8)
      },
    ),
  )
})

test('texts of one source have a word told in at most one of twenty comparisons', () => {
  const told = Array.from({ length: 200 }, () => {
    const [a, b] = [texts(120, 0.3, 'late'), texts(120, 0.3, 'late')]
    return textChange(a, b, false).words!.length > 0
  })
  expect(told.filter(Boolean).length).toBeLessThanOrEqual(16)
})

test('what is redacted keeps words and texts to itself', () => {
  const column = (redact: boolean) => {
    const [before, after] = [texts(60, 0, 'late'), texts(60, 1, 'late')]
    const table = (body: string[]) => ({ body })
    return detectDrift(table(before), table(after), { redact, types: { body: 'text' } }).columns[0]!
  }
  expect(Object.keys(column(true).texts!)).toEqual(['lengths'])
  expect(column(false).texts!.words![0]!.word).toBe('late')
})

test('examples and words are cut, however long they are', () => {
  const long = (word: string) =>
    Array.from({ length: 50 }, (_, i) => `${word} ${'\u{1f600}'.repeat(2000)} ${i}`)
  const { words, examples } = textChange(long('a'.repeat(9000)), long('b'), false)
  expect(Array.from(examples!.current!)).toHaveLength(300)
  expect(words!.every(({ word }) => word.length <= 60)).toBe(true)
})

test('fewer texts than the classifier takes are insufficient data, whatever the minimum', () => {
  const [column] = detectDrift(
    { body: texts(200, 0, 'x') },
    { body: texts(9, 0, 'x') },
    { types: { body: 'text' }, minimumValues: 5 },
  ).columns
  expect(column).toMatchObject({
    verdict: 'insufficient-data',
    reason: expect.stringMatching(
      /^too few values to tell: 9 in the current table, at least 10 are needed/,
    ),
  })
})
