import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { domainClassifier } from './domain-classifier.ts'

/** Documents of 1 to 40 words, frequent ones first; a share of the words is replaced by other ones. */
function writer(seed: number) {
  const random = seededRandom(seed)
  const word = (replaced: number) => {
    const rank = Math.floor(1 / (random() + 0.002))
    return random() < replaced ? `new${rank % 20}` : `word${rank}`
  }
  return (n: number, replaced = 0): string[] =>
    Array.from({ length: n }, () =>
      Array.from({ length: 1 + Math.floor(random() * 40) }, () => word(replaced)).join(' '),
    )
}

test('tells a new vocabulary from the old one', () => {
  const write = writer(1)
  const { statistic, pValue } = domainClassifier(write(200), write(200, 0.2))
  expect(statistic).toBeGreaterThan(0.8)
  expect(pValue).toBeLessThan(1e-9)
})

test('sees a lost vocabulary as well as a new one', () => {
  const write = writer(2)
  expect(domainClassifier(write(200, 0.2), write(200)).pValue).toBeLessThan(1e-9)
})

test('has the p-value of scipy’s mannwhitneyu for its AUC, ties included', () => {
  // mannwhitneyu([1] * 20, [0] * 20, alternative='greater', method='asymptotic'), scipy 1.17.1
  const { statistic, pValue } = domainClassifier(
    new Array<string>(40).fill('always this'),
    new Array<string>(40).fill('always that'),
  )
  expect(statistic).toBe(1)
  expect(relativeError(pValue, 2.341341179371028e-10)).toBeLessThan(1e-12)
})

test('is fooled by chance about as often as its p-value says', () => {
  // 300 pairs, of which about 15 should lie below: 3 and 32 are more than three standard deviations away.
  const write = writer(3)
  let below = 0
  let sum = 0
  for (let i = 0; i < 300; i++) {
    const { statistic, pValue } = domainClassifier(write(60), write(90), { seed: i })
    if (pValue <= 0.05) below++
    sum += statistic
  }
  expect(below).toBeGreaterThan(3)
  expect(below).toBeLessThan(32)
  expect(Math.abs(sum / 300 - 0.5)).toBeLessThan(0.02)
})

test('documents that all read the same tell nothing: AUC ½, p 1', () => {
  const same = new Array<string>(50).fill('one two three')
  expect(domainClassifier(same, same)).toMatchObject({ statistic: 0.5, pValue: 1 })
})

test('documents without a word are told from those with words', () => {
  const empty = new Array<string>(50).fill('… !')
  expect(domainClassifier(writer(4)(50), empty).pValue).toBeLessThan(1e-6)
})

test('gives the same result for the same seed, and leaves its arguments as they were', () => {
  const write = writer(5)
  const [reference, current] = [write(40), write(40, 0.05)]
  const copy = [...reference]
  const first = domainClassifier(reference, current, { seed: 7 })
  expect(domainClassifier(reference, current, { seed: 7 })).toEqual(first)
  expect(domainClassifier(reference, current, { seed: 8 })).not.toEqual(first)
  expect(reference).toEqual(copy)
})

test('AUC and p stay in [0, 1], whatever the documents', () => {
  const documents = fc.array(fc.string(), { minLength: 10, maxLength: 30 })
  fc.assert(
    fc.property(documents, documents, fc.integer(), (a, b, seed) => {
      const { statistic, pValue } = domainClassifier(a, b, { seed })
      expect(statistic).toBeGreaterThanOrEqual(0)
      expect(statistic).toBeLessThanOrEqual(1)
      expect(pValue).toBeGreaterThanOrEqual(0)
      expect(pValue).toBeLessThanOrEqual(1)
    }),
    { numRuns: 50 },
  )
})

test('reads no more than maxDocuments of a side, and holds half of them out', () => {
  let read = 0
  const tokenize = (document: string) => {
    read++
    return document.split(' ')
  }
  const write = writer(6)
  const { heldOut } = domainClassifier(write(300), write(31), { maxDocuments: 40, tokenize })
  expect(read).toBe(71)
  expect(heldOut).toEqual({ reference: 20, current: 16 })
})

test('reads words in any script, in lower case; where no spaces are, tokenize splits', () => {
  const forty = (text: string) => new Array<string>(40).fill(text)
  expect(domainClassifier(forty('μία ΛΈΞΗ'), forty('μία λόγος')).statistic).toBe(1)
  expect(domainClassifier(forty('μία ΛΈΞΗ'), forty('μία λέξη')).pValue).toBe(1)
  const left = Array.from({ length: 40 }, (_, i) => `東京${i}大学`)
  const right = Array.from({ length: 40 }, (_, i) => `京都${i}市場`)
  const byCharacter = domainClassifier(left, right, { tokenize: (text) => text })
  expect(byCharacter.statistic).toBe(1)
})

const ten = new Array<string>(10).fill('a')

test.each([
  [
    ten.slice(1),
    ten,
    {},
    '"reference" must be an array of at least 10 documents, received an array of 9',
  ],
  [ten, null as never, {}, '"current" must be an array of at least 10 documents, received null'],
  [ten, [...ten, null as never], {}, '"current[10]" must be a string, received null'],
  [ten, ten, { seed: 0.5 }, '"seed" must be an integer, received 0.5'],
  [ten, ten, { maxDocuments: 9 }, '"maxDocuments" must be an integer of at least 10, received 9'],
  [
    ten,
    ten,
    { maxDocuments: Number.NaN },
    '"maxDocuments" must be an integer of at least 10, received NaN',
  ],
])('rejects %o against %o with %o', (reference, current, options, message) => {
  expect(() => domainClassifier(reference, current, options)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message }),
  )
})
