import { expect, test } from 'vitest'
import { InvalidArgumentError } from './errors.ts'

test.each<[unknown, string]>([
  [Number.NaN, 'NaN'],
  ['text', 'text'],
  [[1, 2], 'an array of 2'],
  [new Map(), 'an object of Map'],
  [Object.create(null), 'an object of no class'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  ['x'.repeat(500), `${'x'.repeat(80)}…`],
])('says what came: %s', (received, said) => {
  const error = new InvalidArgumentError('reference[1]', 'a finite number', received)
  expect(error.message).toBe(`"reference[1]" must be a finite number, received ${said}`)
  expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'ERR_INVALID_ARGUMENT' })
})
