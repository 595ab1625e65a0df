import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CELL_CASES } from '../test/cell-cases.ts'
import { categoryOf, isMissing, numberOf } from './cell.ts'

describe.each(CELL_CASES)('$name', ({ cell, number, category }) => {
  test('reads as the number that it is', () => {
    const expected = number === 'invalid' ? undefined : number === 'missing' ? Number.NaN : number
    expect(sameZero(numberOf(cell))).toBe(expected)
  })

  test('reads as the category that it is', () => {
    const expected =
      category === 'invalid' ? undefined : category === 'missing' ? null : category.text
    expect(categoryOf(cell)).toBe(expected)
  })

  test('is missing for both, or for neither', () => {
    expect(isMissing(cell)).toBe(number === 'missing')
    expect(isMissing(cell)).toBe(category === 'missing')
  })
})

test('a text reads as the number that it was printed from', () => {
  const printed = fc.property(fc.double({ noNaN: true }), (x) => {
    expect(sameZero(numberOf(String(x)))).toBe(sameZero(x))
  })
  fc.assert(printed)
})

test('whole numbers are the same category as number and as bigint', () => {
  const whole = fc.property(fc.maxSafeInteger(), (x) => {
    expect(categoryOf(BigInt(x))).toBe(categoryOf(x))
  })
  fc.assert(whole)
})

/** −0 and 0 are one number. */
function sameZero(x: number | undefined): number | undefined {
  return x === 0 ? 0 : x
}
