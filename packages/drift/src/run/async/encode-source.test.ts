import { type TableColumn, toTable } from '@tidegauge/core'
import { finish } from '@tidegauge/core/internal'
import { describe, expect, test } from 'vitest'
import { encodeSource } from './encode-source.ts'
import type { SentSource } from './messages.ts'

function encode(column: TableColumn) {
  const lists: Array<readonly unknown[]> = []
  const steps = encodeSource({ kind: 'cells', column }, lists)
  return { sent: finish(steps) as SentSource & { values: unknown }, lists }
}

const name = 'x'
const integers = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('encodeSource', () => {
  test('sends a typed array over shared memory as it is', () => {
    const values = new Float64Array(new SharedArrayBuffer(80), 8, 4)
    expect(encode({ name, values }).sent.values).toBe(values)
    const codes = new Uint8Array(new SharedArrayBuffer(4))
    expect(encode({ name, values: codes, categories: ['a'] }).sent.values).toBe(codes)
  })

  test.each([
    ['a typed array', new Int16Array([3, -1, 2])],
    ['a part of one', new Int16Array([9, 3, -1, 2, 9]).subarray(1, 4)],
  ])('copies %s into shared memory, in its own class', (_, values) => {
    const sent = encode({ name, values }).sent.values as Int16Array
    expect(sent).toStrictEqual(new Int16Array([3, -1, 2]))
    expect(sent.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  test('copies of a filtered one the rows that are left', () => {
    const values = new Float64Array(new SharedArrayBuffer(32))
    values.set([5, 6, 7, 8])
    expect([...(encode({ name, values, rows: [3, 1] }).sent.values as Float64Array)]).toEqual([
      8, 6,
    ])
  })

  test.each<[string, string[]]>([
    ['items', integers(40_000).map((i) => `t${i}`)],
    ['characters', integers(300).map((i) => `${i}`.padEnd(10_000, '-'))],
  ])('sends texts in lists that are short in %s', (_, values) => {
    const { lists } = encode({ name, values })
    expect(lists.length).toBeGreaterThan(2)
    expect(lists.flat()).toEqual(values)
    for (const list of lists) {
      expect(list.length).toBeLessThanOrEqual(16_384)
      expect((list as string[]).reduce((sum, text) => sum + text.length, 0)).toBeLessThan(600_000)
    }
  })

  test('sends a text that repeats once', () => {
    const values = integers(50_000).map((i) => `t${i % 3}`)
    expect(encode({ name, values }).lists).toEqual([['t0', 't1', 't2']])
  })

  test('tells 0 from −0 where it stands among other cells', () => {
    expect(encode({ name, values: [0, -0, 'x', -0, 0] }).lists).toEqual([[0, -0, 'x']])
  })

  test('takes the numbers of a column out of rows', () => {
    const rows = integers(1000).map((i) => ({ x: i }))
    const column = toTable('t', rows).unreadColumn('x') as unknown as TableColumn
    expect(encode(column).sent.values).toStrictEqual(Float64Array.from(integers(1000)))
  })

  test('stands in for what cannot be sent, without asking what it prints as', () => {
    const values = [{}, [], () => 1, Symbol('s'), { toString: () => 'me' }]
    const standIns = ['object', 'array', 'function', 'symbol'].map((standsFor) => ({ standsFor }))
    expect(encode({ name, values }).lists).toEqual([standIns])
  })

  test.each([
    ['codes', { name, values: [null, 1], categories: ['a', 'b'] }],
    ['categories', { name, values: new Int8Array(2), categories: [{}, 'b'] }],
  ])('cannot send %s of another kind', (_, column) => {
    expect(encode(column as unknown as TableColumn).sent).toBeNull()
  })
})
