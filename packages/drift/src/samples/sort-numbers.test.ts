import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { sortNumbers } from './sort-numbers.ts'

/** Numbers of many magnitudes, reproducible: a linear congruential generator read as bits of doubles. */
function anyDoubles(n: number): Float64Array {
  const words = new Uint32Array(2 * n)
  let state = 1
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    words[i] = state
  }
  return new Float64Array(words.buffer).map((x) => (Number.isFinite(x) ? x : 0))
}

const uniform = (n: number): Float64Array =>
  anyDoubles(n).map((_, i) => ((i * 7919) % 10007) / 10007)

test.each([
  ['magnitudes of all kinds and both signs', anyDoubles(5000)],
  ['a unit interval', uniform(5000)],
  ['many ties', uniform(5000).map((x) => Math.floor(10 * x) - 5)],
  ['whole numbers of a wide range', uniform(5000).map((x) => Math.floor(1e6 * x) - 5e5)],
  ['whole numbers far from 0', uniform(5000).map((x) => -9e15 + Math.floor(4000 * x))],
  ['one value', new Float64Array(5000).fill(-2.5)],
  ['values that differ in their low bits alone', uniform(20000).map((x) => 1.7e12 + x)],
  [
    'zeros of both signs among others',
    uniform(5000).map((x, i) => (i % 3 === 0 ? -0 : i % 3 === 1 ? 0 : x - 0.5)),
  ],
  ['a view that starts inside its buffer', anyDoubles(6001).subarray(1001)],
  ['too few for a radix sort', uniform(50)],
  ['none', new Float64Array(0)],
])('sorts %s as the built-in sort does', (_, numbers) => {
  const expected = Array.from(numbers.slice().sort(), (x) => x + 0)
  expect(Array.from(sortNumbers(numbers.slice()), (x) => x + 0)).toEqual(expected)
})

test('leaves nothing to the built-in sort on many values of both signs, in a view too', () => {
  const builtIn = vi.spyOn(Float64Array.prototype, 'sort')
  try {
    sortNumbers(
      uniform(6001)
        .map((x) => x - 0.5)
        .subarray(1001),
    )
    expect(builtIn).not.toHaveBeenCalled()
    sortNumbers(uniform(20000).map((x) => 1.7e12 + x))
    expect(builtIn).toHaveBeenCalledOnce()
  } finally {
    builtIn.mockRestore()
  }
})

test('sorts in place and touches nothing beside a view', () => {
  const buffer = new Float64Array(5002).fill(7)
  const view = buffer.subarray(1, 5001)
  view.set(uniform(5000))
  expect(sortNumbers(view)).toBe(view)
  expect([buffer[0], buffer[5001]]).toEqual([7, 7])
})

test('keeps every value, whatever the values', () => {
  const numbers = fc.float64Array({ minLength: 2048, maxLength: 2100, noNaN: true })
  fc.assert(
    fc.property(numbers, (values) => {
      const sorted = sortNumbers(values.slice())
      expect(sorted.map((x) => x + 0)).toEqual(
        values
          .slice()
          .sort()
          .map((x) => x + 0),
      )
    }),
    { numRuns: 30 },
  )
})
