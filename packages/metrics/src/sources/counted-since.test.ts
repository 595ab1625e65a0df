import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countedSince } from './counted-since.ts'
import { RecentSeries } from './recent-series.ts'

const sample = (key: string, value: number) => ({ key, value, labelValues: [] })

test('counts all where nothing is marked, and from the mark on', () => {
  const { since, isMarked, mark } = countedSince(10)
  expect(since(sample('a', 3))).toBe(3)
  expect(isMarked(sample('a', 3))).toBe(false)
  mark(sample('a', 3))
  expect(isMarked(sample('a', 3))).toBe(true)
  expect(since(sample('a', 3))).toBe(0)
  expect(since(sample('a', 8))).toBe(5)
  expect(since(sample('b', 8))).toBe(8)
})

test('a source that began anew counts from 0, and so it stays when it has passed the mark', () => {
  const { since, mark } = countedSince(10)
  mark(sample('a', 100))
  expect(since(sample('a', 5))).toBe(5)
  expect(since(sample('a', 150))).toBe(150)
})

test('what was counted between marks adds up to all', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1000 })), (increases) => {
      const { since, mark } = countedSince(1)
      let value = 0
      let sum = 0
      for (const increase of increases) {
        value += increase
        sum += since(sample('a', value))
        mark(sample('a', value))
      }
      expect(sum).toBe(value)
    }),
  )
})

test('series that are there are never forgotten, whichever come and go', () => {
  const live = 4
  const rounds = fc.array(fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: live }))
  fc.assert(
    fc.property(rounds, (rounds) => {
      const recent = new RecentSeries<number>(live)
      let last: readonly number[] = []
      for (const [i, round] of rounds.entries()) {
        for (const key of round) {
          expect(recent.get(`${key}`)).toBe(last.includes(key) ? i - 1 : recent.get(`${key}`))
          recent.set(`${key}`, i)
        }
        last = round
      }
    }),
  )
})

test('of series that are gone, a limited number is remembered', () => {
  const recent = new RecentSeries<number>(2)
  for (let i = 0; i < 100; i++) recent.set(`${i}`, i)
  const remembered = Array.from({ length: 100 }, (_, i) => recent.get(`${i}`))
  expect(remembered.filter((value) => value !== undefined)).toEqual([96, 97, 98, 99])
})
