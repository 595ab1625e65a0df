import { expect, test } from 'vitest'
import { memoized } from './memoized.ts'

test('computes each pair of counts once, and none for another', () => {
  const asked: string[] = []
  const product = memoized((reference, current) => {
    asked.push(`${reference} ${current}`)
    return reference * current
  })
  const pairs = [
    [0, 0],
    [2, 3],
    [3, 2],
    [2, 3],
    [0, 0],
  ] as const
  expect(pairs.map(([reference, current]) => product(reference, current))).toEqual([0, 6, 6, 6, 0])
  expect(asked).toEqual(['0 0', '2 3', '3 2'])
})
