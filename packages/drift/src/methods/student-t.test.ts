import { expect, test } from 'vitest'
import { testMeanDifference } from '../../test/mean-difference.ts'
import { studentT } from './student-t.ts'

testMeanDifference('studentT', studentT)

test('rejects fewer than three values in all', () => {
  expect(() => studentT([1], [2])).toThrow(
    '"current" must be at least 3 values together with "reference", received 2',
  )
})
