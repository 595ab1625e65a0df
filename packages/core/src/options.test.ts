import { expect, test } from 'vitest'
import { assertOptions } from './options.ts'

const KNOWN = { alpha: true, tolerance: true } as const

test('what is no option is refused by the nearest name', () => {
  expect(() => assertOptions('options', { alhpa: 0.01 }, KNOWN)).toThrow(
    '"alhpa" must be an option: "alpha", maybe, received 0.01',
  )
  expect(() => assertOptions('options', { colour: 1 }, KNOWN)).toThrow(
    'an option: one of alpha, tolerance',
  )
  expect(() => assertOptions('options', JSON.parse('{"__proto__": 1}'), KNOWN)).toThrow('__proto__')
  expect(() => assertOptions('options', { toString: 1 }, KNOWN)).toThrow('toString')
})

test('a text that was given may be a secret, and is not repeated', () => {
  const misspelt = () => assertOptions('options', { tokn: 'hush' }, { token: true })
  expect(misspelt).toThrow('"token", maybe, received text')
  expect(misspelt).not.toThrow('hush')
})

test('what is an option, or undefined, is not', () => {
  assertOptions('options', { alpha: 1, tolerance: undefined, other: undefined }, KNOWN)
  assertOptions('options', Object.create({ alhpa: 1 }), KNOWN)
})

test.each([null, 5, 'alpha', []])('%j is no object of options', (value) => {
  expect(() => assertOptions('options', value as never, KNOWN)).toThrow('an object of options')
})
