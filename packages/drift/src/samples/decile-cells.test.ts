import { type NumericProfile, numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { decileCells } from './decile-cells.ts'
import { neighbour } from './quantile-edges.ts'

test.each([42, 0.1, 1e6, 7])('of %d alone, in bins as narrow as can be, the cells ascend', (x) => {
  const [before, after] = [3000, 2400].map((n) =>
    numericProfile(new Array(n).fill(x), [
      neighbour(neighbour(x, -1), -1),
      neighbour(x, -1),
      x,
      neighbour(x, 1),
    ]),
  ) as [NumericProfile, NumericProfile]
  const cells = decileCells(before, after)
  const [least, most] = cells.possible(() => 0) ?? [0, 0]
  expect([least, most]).toEqual([0, 0])
  expect(cells.reference.counts).toContain(3000)
  expect(cells.current.counts).toContain(2400)
})
