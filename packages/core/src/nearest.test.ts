import { expect, test } from 'vitest'
import { listed, nearest, suggestion } from './nearest.ts'

test.each([
  ['lat', ['age', 'late', 'rate'], 'late'],
  ['Target', ['target'], 'target'],
  ['traget', ['target', 'forget'], 'target'],
  ['ab', ['ba'], 'ba'], // neighbours that are swapped are one edit
  ['x', ['completely', 'other'], undefined],
  ['', ['a'], undefined],
  ['x', ['y'], undefined], // no letter of it is left
  ['nope.csv', ['gone.csv'], undefined], // alike by their ending alone
  ['nope.csv.gz', ['gone.csv.gz'], undefined],
  ['nwe.csv.gz', ['new.csv.gz'], 'new.csv.gz'],
  ['.csv', ['.csv', 'a.csv'], '.csv'],
  ['minSamples', ['model', 'minimumValues'], 'minimumValues'], // as it is called now
  ['min-count', ['min-counts', 'minimum-values'], 'minimum-values'],
  ['minimumRequests', ['model'], undefined], // by nothing that is there
])('%j is nearest to the right one of %j', (word, names, expected) => {
  expect(nearest(word, names)).toBe(expected)
})

test('suggests nothing where nothing is near', () => {
  expect(suggestion('amount', ['city'])).toBe('')
  expect(suggestion('trget', ['target'], '--')).toBe('; did you mean --target?')
})

test('names the first of many', () => {
  expect(listed(['a', 'b'], 2)).toBe('a, b')
  expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more')
})
