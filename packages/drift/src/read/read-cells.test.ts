import { finish } from '@tidegauge/core/internal'
import { describe, expect, test } from 'vitest'
import { CELL_CASES } from '../../../core/test/cell-cases.ts'
import { cellsOf } from './cells.ts'
import { HERE, readDocuments } from './read-cells.ts'
import { categoricalSample, numericSample } from './whole-column.ts'

describe.each(CELL_CASES)('$name', ({ cell, number, category }) => {
  const column = { name: 'x', values: [cell] }
  const documents = () => finish(readDocuments(cellsOf(column), HERE)).parts.flat()

  test('is counted as the number that it is', () => {
    if (number === 'invalid') {
      expect(() => numericSample(column)).toThrow('not a number')
      return
    }
    const { sorted, missing, infinite } = numericSample(column)
    const isInfinite = number !== 'missing' && !Number.isFinite(number)
    expect(missing).toBe(number === 'missing' ? 1 : 0)
    expect(infinite).toBe(isInfinite ? 1 : 0)
    // 0 + x: −0 and 0 are one number.
    expect(Array.from(sorted, (x) => 0 + x)).toEqual(
      number === 'missing' || isInfinite ? [] : [number],
    )
  })

  test('is counted as the category that it is', () => {
    if (category === 'invalid') {
      expect(() => categoricalSample(column)).toThrow('no category')
      expect(documents).toThrow('no text')
      return
    }
    const expected = category === 'missing' ? [] : [[category.text, 1]]
    expect([...categoricalSample(column).counts]).toEqual(expected)
    expect(categoricalSample(column).missing).toBe(category === 'missing' ? 1 : 0)
    expect(documents()).toEqual(expected.map(([text]) => text))
  })
})

test('counts any number of texts, each once and in the order in which they were met', () => {
  const texts = Array.from({ length: 9000 }, (_, i) => `name ${i % 6000}`)
  const values = ['__proto__', ...texts, 'constructor', '__proto__', 'name 5999']
  const expected = new Map<string, number>()
  for (const text of values) expected.set(text, (expected.get(text) ?? 0) + 1)
  const { counts } = categoricalSample({ name: 'x', values })
  expect(counts).toEqual([...expected])
})
