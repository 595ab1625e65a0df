import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frequentNames, UnmetNames } from './unmet-names.ts'

const names = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 200 }).map((i) => `n${i}`),
    fc.constantFrom('often', 'half', '__proto__', 'x'.repeat(101), 'y'.repeat(2000)),
  ),
  { maxLength: 400 },
)

function counted(values: readonly string[]): UnmetNames {
  const sketch = new UnmetNames()
  for (const value of values) sketch.add(value)
  return sketch
}

test('of any names, the counts are true bounds, and what is not named is bounded too', () => {
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 4 }), (parts) => {
      const { names: found, othersAtMost } = frequentNames(parts.map(counted))
      const truth = new Map<string, number>()
      for (const name of parts.flat()) truth.set(name, (truth.get(name) ?? 0) + 1)
      const bounds = new Map(found.map(([name, ...bound]) => [name, bound]))
      for (const [name, count] of truth) {
        const [least, most] = bounds.get(name) ?? [0, othersAtMost]
        expect(count).toBeGreaterThanOrEqual(least!)
        expect(count).toBeLessThanOrEqual(most!)
      }
      for (const name of bounds.keys()) expect(truth.has(name)).toBe(true)
    }),
  )
})

test('a name with a tenth of a flood of others is found, with part of its values', () => {
  const flood = Array.from({ length: 20_000 }, (_, i) => (i % 10 === 0 ? 'often' : `rare ${i}`))
  const [[name, atLeast]] = frequentNames([counted(flood)]).names as [[string, number]]
  expect(name).toBe('often')
  expect(atLeast).toBeGreaterThan(700)
  expect(atLeast).toBeLessThanOrEqual(2000)
})

test('many parts name a bounded number, and no long one', () => {
  const parts = Array.from({ length: 60 }, (_, part) =>
    counted(
      Array.from({ length: 500 }, (_, i) => (i % 2 === 0 ? `${part} ${i}` : 'z'.repeat(101))),
    ),
  )
  const { names: found, othersAtMost } = frequentNames(parts)
  expect(found.length).toBeLessThanOrEqual(100)
  expect(othersAtMost).toBe(60 * 250)
})

test('begins again when cleared', () => {
  const sketch = counted(['a', 'a', 'b', 'c'.repeat(200)])
  sketch.clear()
  sketch.add('b')
  expect([...sketch.entries()]).toEqual([['b', 1, 1]])
  expect(sketch.unnamed).toBe(0)
})

test('of any number of stretches of time', () => {
  // Each has names of its own: none of them is sure in all of them together.
  const parts = Array.from({ length: 8_000 }, (_, i) =>
    counted(Array.from({ length: 17 }, (_, j) => `${i} ${j}`)),
  )
  expect(frequentNames(parts).othersAtMost).toBeGreaterThanOrEqual(8_000)
})
