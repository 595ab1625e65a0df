import { categoricalProfile, numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { formatIn, unitOf } from './units.ts'

test.each([
  ['seconds', 0, '0 s'],
  ['seconds', 0.0421, '42.1 ms'],
  ['seconds', 4.2e-5, '42 µs'],
  ['seconds', 1.5, '1.5 s'],
  ['seconds', 119, '119 s'],
  ['seconds', 150, '2.5 min'],
  ['seconds', 90_000, '25 h'],
  ['seconds', -0.5, '-500 ms'],
  ['milliseconds', 42, '42 ms'],
  ['milliseconds', 4200, '4.2 s'],
  ['bytes', 1536, '1.54 kB'],
  ['bytes', 12, '12 B'],
  ['percent', 12.5, '12.5%'],
  ['EUR', 3120, '€3.12 k'],
  ['EUR', -12.5, '-€12.5'],
  ['USD', 2.5e6, '$2.5 M'],
  ['CHF', 12, 'CHF 12'],
  ['km', 12, '12 km'],
  ['KMH', 12, '12 KMH'],
  ['<b>', 1, '1 <b>'],
  ['\u202elm', 1, '1 \\u{202e}lm'],
])('in %s, %d reads %s', (unit, value, text) => {
  expect(formatIn(unit, value)).toBe(text)
})

test('the unit is the one of the profiles', () => {
  const profile = { ...numericProfile([1, 2], [0, 4]), unit: 'seconds' }
  const { unit: _, ...none } = profile
  expect(unitOf({ reference: profile, current: null })).toBe('seconds')
  expect(unitOf({ reference: null, current: profile })).toBe('seconds')
  expect(unitOf({ reference: none, current: profile })).toBe('seconds')
  expect(unitOf({ reference: none, current: categoricalProfile([['a', 1]]) })).toBeUndefined()
})
