import { expect, test } from 'vitest'
import { seededRandom, shuffleFirst } from './seeded-random.ts'

function firstOf(seed: number, count: number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, random)
}

test('the same seed gives the same numbers, each other seed others', () => {
  expect(firstOf(7, 5)).toEqual(firstOf(7, 5))
  const firsts = [0, 1, -1, 2 ** 31, 2 ** 32, 2 ** 40, 7].map((seed) => firstOf(seed, 1)[0])
  expect(new Set(firsts).size).toBe(firsts.length)
})

test('fills [0, 1) evenly', () => {
  const counts = new Array<number>(16).fill(0)
  for (const x of firstOf(3, 160_000)) counts[Math.floor(16 * x)]!++
  // 10 000 each, standard deviation 97
  expect(Math.min(...counts)).toBeGreaterThan(9500)
  expect(Math.max(...counts)).toBeLessThan(10500)
})

test('every value is as likely to be drawn first, and none is lost', () => {
  const random = seededRandom(11)
  const drawn = [0, 0, 0, 0]
  for (let run = 0; run < 8000; run++) {
    const shuffled = shuffleFirst(Uint32Array.of(0, 1, 2, 3), 2, random)
    expect([...shuffled].sort()).toEqual([0, 1, 2, 3])
    for (const value of shuffled.slice(0, 2)) drawn[value]!++
  }
  // 4000 each, standard deviation 45
  for (const count of drawn) expect(Math.abs(count - 4000)).toBeLessThan(250)
})
