import { numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BinFinder } from './bin-finder.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const edges = fc
  .uniqueArray(fc.oneof(finite, fc.integer({ min: -9, max: 9 })), {
    minLength: 2,
    maxLength: 300,
    comparator: (a, b) => a === b,
  })
  .map((values) => values.sort((a, b) => a - b))

test('finds the bin that numericProfile counts in, at the edges and next to them too', () => {
  fc.assert(
    fc.property(edges, fc.array(finite), (bounds, others) => {
      const finder = new BinFinder(bounds)
      for (const x of [...bounds, ...bounds.flatMap(neighbours), ...others]) {
        const { counts, underflow, overflow } = numericProfile([x], bounds)
        expect(finder.slotOf(x)).toBe([underflow, ...counts, overflow].indexOf(1))
      }
    }),
  )
})

test.each([
  ['next to nothing apart', [0, Number.MIN_VALUE, 2 * Number.MIN_VALUE]],
  ['as far apart as doubles go', [-Number.MAX_VALUE, 0, Number.MAX_VALUE]],
  ['one far from all others', [0, 1e-9, 2e-9, 3e-9, 1e300]],
])('edges %s', (_, bounds) => {
  const finder = new BinFinder(bounds)
  const between = bounds.map((edge) => finder.slotOf(edge))
  expect(between).toEqual([1, ...bounds.slice(1).map((_edge, i) => i + 1)])
})

function neighbours(x: number): number[] {
  const step = Math.max(Math.abs(x) * Number.EPSILON, Number.MIN_VALUE)
  return [x - step, x + step].filter(Number.isFinite)
}
