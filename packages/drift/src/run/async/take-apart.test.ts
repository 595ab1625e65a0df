import { finish } from '@tidegauge/core/internal'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { putTogether, takeApart } from './take-apart.ts'

function sent(value: unknown) {
  const pieces: Array<readonly unknown[]> = []
  const rest = finish(takeApart(value, pieces))
  return { rest, pieces }
}

const texts = (n: number, length: number) =>
  Array.from({ length: n }, (_, i) => `${i}`.padEnd(length, '-'))

test.each([
  ['items', texts(40_000, 5)],
  ['characters', texts(300, 10_000)],
  ['characters, each too long', texts(3, 600_000)],
])('cuts a list of many %s into pieces', (_, list) => {
  const { rest, pieces } = sent({ kind: 'x', parts: [{ names: list }] })
  expect(pieces.length).toBeGreaterThan(2)
  for (const piece of pieces) {
    expect(piece.length).toBeLessThanOrEqual(16_384)
    const characters = piece.reduce((sum: number, text) => sum + String(text).length, 0)
    expect(piece.length === 1 || characters <= 1 << 19).toBe(true)
  }
  expect(JSON.stringify(rest).length).toBeLessThan(100)
  expect(putTogether(structuredClone(rest), pieces)).toEqual({
    kind: 'x',
    parts: [{ names: list }],
  })
})

test('sends a short list as it is, and numbers in memory without looking at them', () => {
  const list = ['a', 'b']
  const numbers = new Float64Array(3)
  const { rest, pieces } = sent({ list, numbers })
  expect(pieces[0]).toBe(list)
  expect((rest as { numbers: Float64Array }).numbers).toBe(numbers)
})

test('whatever the data, what is put together is what was taken apart', () => {
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, true),
      fc.double(),
      fc.string(),
      fc.array(fc.string()),
      fc.array(fc.double({ noNaN: true })),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
      fc.float64Array({ maxLength: 3 }),
    ),
  })).value
  const same = fc.property(plain, (value) => {
    const { rest, pieces } = sent(value)
    expect(putTogether(structuredClone(rest), structuredClone(pieces))).toStrictEqual(value)
  })
  fc.assert(same, { numRuns: 500 })
})

test('a name from a hostile profile is a name', () => {
  const profile = JSON.parse('{"__proto__":["x"],"first":0,"end":9,"constructor":{"a":[]}}')
  const { rest, pieces } = sent(profile)
  expect(JSON.stringify(putTogether(structuredClone(rest), pieces))).toBe(JSON.stringify(profile))
})
