import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countBelow } from './ascending.ts'
import { AscendingGrid } from './ascending-grid.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const some = fc.oneof(
  finite,
  fc.integer({ min: -3, max: 3 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 1, max: 1 + 2 ** -40, noNaN: true }),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, -0),
)

test('it is countBelow, of any numbers', () => {
  fc.assert(
    fc.property(
      fc.array(some, { minLength: 1, maxLength: 40 }),
      fc.array(some),
      (values, others) => {
        const ascending = Float64Array.from(values).sort()
        const grid = new AscendingGrid(ascending)
        for (const x of [...values, ...others]) {
          expect(grid.countBelow(x)).toBe(countBelow(ascending, x))
        }
      },
    ),
    { numRuns: 1000 },
  )
})

describe('and where the grid tells little', () => {
  test.each<[what: string, edges: readonly number[]]>([
    ['one', [5]],
    ['two neighbours', [1, 1 + Number.EPSILON]],
    ['the widest range', [-Number.MAX_VALUE, 0, 1, Number.MAX_VALUE]],
    ['subnormal numbers', [0, 5e-324, 1e-323]],
    ['nearly all in one cell', [...Array.from({ length: 300 }, (_, i) => i / 300), 1e12]],
    ['all equal', [2, 2, 2]],
  ])('%s', (_, edges) => {
    const ascending = Float64Array.from(edges)
    const grid = new AscendingGrid(ascending)
    const around = edges.flatMap((x) => [x, x * (1 + Number.EPSILON), x * (1 - Number.EPSILON)])
    for (const x of [...around, ...edges.map((x) => x / 2), 0, -1, 3, 1e11, 1e13]) {
      expect(grid.countBelow(x)).toBe(countBelow(ascending, x))
    }
  })
})
