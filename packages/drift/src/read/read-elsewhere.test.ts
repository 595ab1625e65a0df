import { type TableColumn, toTable } from '@tidegauge/core'
import { finish } from '@tidegauge/core/internal'
import { describe, expect, test } from 'vitest'
import { type Cells, cellsOf, heldCells } from './cells.ts'
import { ownType } from './own-type.ts'
import { ELSEWHERE, HERE, readCounts, readDocuments, readSample, readValues } from './read-cells.ts'
import { sortedSample } from './sorted-sample.ts'
import { countedNames } from './tally.ts'

const column = (values: ArrayLike<unknown>, more: Partial<TableColumn> = {}): Cells =>
  cellsOf({ name: 'x', values, ...more })
const numbersOf = (cells: Cells) => finish(readValues(cells, ELSEWHERE)).numbers
const integers = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('numbers for another thread', () => {
  test('stay where they are in shared memory', () => {
    const values = new Float64Array(new SharedArrayBuffer(80), 8, 4)
    expect(numbersOf(column(values))).toBe(values)
    expect(numbersOf(column(new Uint8Array(values.buffer)))).toBeInstanceOf(Uint8Array)
  })

  test.each([
    ['a typed array', new Int16Array([3, -1, 2])],
    ['a part of one', new Int16Array([9, 3, -1, 2, 9]).subarray(1, 4)],
    ['bigints', new BigInt64Array([3n, -1n, 2n ** 60n])],
  ])('are copied there out of %s, in its own class', (_, values) => {
    const copy = numbersOf(column(values))
    expect(copy).toStrictEqual(values.slice())
    expect((copy as typeof values).buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(finish(readValues(column(values), HERE)).numbers).toBe(values)
  })

  test.each<[string, Cells]>([
    ['a filtered column', column(new Float64Array([5, 6, 7, 8]), { rows: [3, 1, 0] })],
    ['an array with gaps', column([8, null, 5])],
    [
      'rows of objects',
      finish(heldCells(toTable('t', [{ x: 8 }, {}, { x: 5 }]).unreadColumn('x'))),
    ],
  ])('are read there out of %s', (name, cells) => {
    const numbers = numbersOf(cells) as Float64Array
    expect([...numbers]).toEqual(name.startsWith('a filtered') ? [8, 6, 5] : [8, Number.NaN, 5])
    expect(numbers.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  test('of a stored sample are copied once', () => {
    const sample = [1, 2, 3]
    const here = finish(readSample(sample, HERE))
    const elsewhere = finish(readSample(sample, ELSEWHERE))
    expect(elsewhere.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(elsewhere).toEqual(here)
    expect(finish(readSample(sample, ELSEWHERE))).toBe(elsewhere)
    expect(finish(readSample(sample, HERE))).toBe(elsewhere)
  })
})

describe('lists for another thread are short', () => {
  test.each<[string, string[]]>([
    ['items', integers(40_000).map((i) => `t${i}`)],
    ['characters', integers(300).map((i) => `${i}`.padEnd(10_000, '-'))],
  ])('in %s', (_, texts) => {
    const { parts } = finish(readCounts(column(texts), ELSEWHERE))
    const documents = finish(readDocuments(column(texts), ELSEWHERE))
    for (const lists of [parts.map(({ names }) => names), documents.parts]) {
      expect(lists.length).toBeGreaterThan(2)
      expect(lists.flat()).toEqual(texts)
      for (const list of lists) {
        expect(list.length).toBeLessThanOrEqual(16_384)
        expect(list.reduce((sum, text) => sum + text.length, 0)).toBeLessThan(600_000)
      }
    }
    expect(finish(readCounts(column(texts), HERE)).parts).toHaveLength(1)
  })

  test('and have a text that repeats once', () => {
    const texts = integers(50_000).map((i) => `t${i % 3}`)
    const { parts } = finish(readCounts(column(texts), ELSEWHERE))
    expect(parts).toEqual([{ names: ['t0', 't1', 't2'], counts: [16_667, 16_667, 16_666] }])
  })

  test('and give the counts of one list when they are put together', () => {
    const texts = integers(60_000).map((i) => `t${(i * 7919) % 30_000}`)
    const { parts } = finish(readCounts(column(texts), ELSEWHERE))
    expect(parts.length).toBeGreaterThan(3)
    expect(countedNames(parts)).toEqual(countedNames(finish(readCounts(column(texts), HERE)).parts))
  })
})

test('codes are counted, a category that has several once', () => {
  const cells = column([0, 2, -1, 1, 2, 0], { categories: ['a', 'b', 'a', 'never'] })
  for (const reader of [HERE, ELSEWHERE]) {
    expect(finish(readCounts(cells, reader))).toEqual({
      kind: 'counts',
      parts: [{ names: ['a', 'b'], counts: [4, 1] }],
      missing: 1,
    })
  }
})

test('what is measured is a copy: what was read stays as it is', () => {
  const numbers = Float64Array.from([3, Number.NaN, 1, Number.POSITIVE_INFINITY, 2])
  const before = numbers.slice()
  const { sorted, missing, infinite } = sortedSample({ kind: 'values', numbers })
  expect([[...sorted], missing, infinite]).toEqual([[1, 2, 3], 1, 1])
  expect(numbers).toEqual(before)
  const whole = sortedSample({ kind: 'values', numbers: new BigInt64Array([3n, 1n]) })
  expect([...whole.sorted]).toEqual([1, 3])
})

describe('a step looks at few characters', () => {
  const long = integers(2000).map((i) => `${i} and ${'on '.repeat(4000)}`)
  test.each([
    ['telling prose', () => ownType(column(long))],
    ['counting', () => readCounts(column(long), HERE)],
  ])('while %s', (_, read) => {
    const steps = read()
    let n = 1
    while (!steps.next().done) n++
    const characters = long.reduce((sum, text) => sum + text.length, 0)
    expect(n).toBeGreaterThan(characters / (1 << 20))
  })
})
