import { categoricalProfile, numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { countsOfBoth } from './counts-of-both.ts'

test('has each category of either side once, with 0 where a side does not name it', () => {
  const reference = categoricalProfile([
    ['__proto__', 3],
    ['a', 2],
  ])
  const current = categoricalProfile([
    ['a', 5],
    ['constructor', 1],
  ])
  expect([...countsOfBoth(reference, current)]).toEqual([
    ['__proto__', { before: 3, after: 0 }],
    ['a', { before: 2, after: 5 }],
    ['constructor', { before: 0, after: 1 }],
  ])
  expect([...countsOfBoth(null, current).keys()]).toEqual(['a', 'constructor'])
  expect(countsOfBoth(numericProfile([1], [0, 2]), null).size).toBe(0)
})
