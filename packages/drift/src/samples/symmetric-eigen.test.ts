import fc from 'fast-check'
import { expect, test } from 'vitest'
import { symmetricEigen } from './symmetric-eigen.ts'

const entries = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 10,
  maxLength: 10,
})

test('values and orthonormal vectors put the matrix together again', () => {
  fc.assert(
    fc.property(entries, (upper) => {
      const at = (i: number, j: number): number => upper[(i * (7 - i)) / 2 + j]!
      const indices = [0, 1, 2, 3]
      const matrix = indices.map((i) => indices.map((j) => at(Math.min(i, j), Math.max(i, j))))
      const { values, vectors } = symmetricEigen(matrix)
      for (const i of indices) {
        for (const j of indices) {
          const rebuilt = indices.reduce(
            (sum, k) => sum + values[k]! * vectors[k]![i]! * vectors[k]![j]!,
            0,
          )
          const product = indices.reduce((sum, k) => sum + vectors[i]![k]! * vectors[j]![k]!, 0)
          expect(Math.abs(rebuilt - matrix[i]![j]!)).toBeLessThan(1e-12)
          expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-13)
        }
      }
    }),
  )
})
