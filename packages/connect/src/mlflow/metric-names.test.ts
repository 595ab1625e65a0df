import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metricNames } from './metric-names.ts'

const namesOf = (...columns: string[]) =>
  columns.map((column) => metricNames(columns, 23).get(column)!)

test.each(['age', 'ü col', '気温', 'a.b-c_d', 'nested/name', '2024', 'constructor', '__proto__'])(
  '%s stays as it is',
  (name) => {
    expect(namesOf(name)).toEqual([name])
  },
)

test.each([
  ['say "hi" (twice), 🙂', 'say _hi_ _twice__ _'],
  ['psi:a', 'psi_a'],
  ['/lead', 'lead'],
  ['trail/', 'trail'],
  ['a//b', 'a/b'],
  ['a/../b', 'a/__/b'],
  ['.', '_'],
  ['..', '__'],
  ['', '_'],
  ['  ', '_'],
  ['half \ud800 of a pair', 'half _ of a pair'],
  ['tab\tnul\u0000', 'tab_nul_'],
  ['क्‍ष', 'क__ष'],
])('%j becomes %j', (column, name) => {
  expect(namesOf(column)).toEqual([name])
})

test('two columns that become alike are told apart, by digits that follow from the name alone', () => {
  const [a, b] = namesOf('a(b', 'a)b')
  expect(a).not.toBe(b)
  expect([a, b].filter((name) => name === 'a_b')).toHaveLength(1)
  // Who has the name by itself keeps it, whatever the order.
  expect(namesOf('a(b', 'a_b')[1]).toBe('a_b')
  expect(namesOf('a_b', 'a(b')[0]).toBe('a_b')
  expect(namesOf('a_b', 'a(b')[1]).toBe(namesOf('x', 'a(b', 'y', 'a_b')[1])
})

test('names that a database may take for one are two', () => {
  const alike = (name: string) => name.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase()
  for (const pair of [
    ['Age', 'age'],
    ['ü', 'u'],
    ['é', 'e\u0301'],
    ['ﬁt', 'fit'],
  ]) {
    expect(new Set(namesOf(...pair).map(alike)).size).toBe(2)
  }
})

test('whatever the columns are called: legal, short enough, and no two alike', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.stringMatching(/^[a./ (]{0,6}$/),
    fc.string({ unit: 'grapheme', minLength: 225, maxLength: 235 }),
  )
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 12 }), (columns) => {
      const names = metricNames(columns, 23)
      expect(names.size).toBe(columns.length)
      expect(new Set(names.values()).size).toBe(columns.length)
      for (const name of names.values()) {
        const key = `drift_adjusted_p_value/${name}`
        expect(Array.from(key).length).toBeLessThanOrEqual(250)
        expect(key).toMatch(/^[\p{L}\p{Nd}_. /-]+$/u)
        expect(key.split('/').every((step) => /[^.]/.test(step) && step === step.trim())).toBe(true)
      }
    }),
  )
})
