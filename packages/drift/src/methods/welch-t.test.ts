import { expect, test } from 'vitest'
import { testMeanDifference } from '../../test/mean-difference.ts'
import { welchT } from './welch-t.ts'

testMeanDifference('welchT', welchT)

test.each([
  [[1], [2, 3], '"reference" must be an array of at least 2 values, received 1'],
  [[1, 2], [3], '"current" must be an array of at least 2 values, received 1'],
])('rejects %o against %o', (reference, current, message) => {
  expect(() => welchT(reference, current)).toThrow(message)
})
