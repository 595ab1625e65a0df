import { expect, test } from 'vitest'
import { nextTurn } from './turns.ts'

test('of several that wait, one goes on in each turn of the event loop', async () => {
  let turn = 0
  let running = true
  const count = () => {
    turn++
    if (running) setImmediate(count)
  }
  setImmediate(count)
  const turns = await Promise.all([1, 2, 3, 4].map(() => nextTurn().then(() => turn)))
  running = false
  expect(new Set(turns).size).toBe(4)
})

test('input is answered before the next turn comes', async () => {
  const order: string[] = []
  const read = import('node:fs/promises').then(({ readFile }) => readFile(import.meta.filename))
  void read.then(() => order.push('read'))
  for (let i = 0; i < 10_000 && order.length === 0; i++) await nextTurn()
  expect(order).toEqual(['read'])
})
