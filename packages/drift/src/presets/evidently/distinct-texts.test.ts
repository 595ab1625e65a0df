import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distinctTexts } from './distinct-texts.ts'

test('are as many as a set of them has', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'a', 'b', '__proto__'))
  const same = fc.property(fc.array(text, { maxLength: 30 }), (texts) => {
    const distinct = distinctTexts()
    for (const one of texts) distinct.add(one)
    expect(distinct.size).toBe(new Set(texts).size)
  })
  fc.assert(same)
})

test('no set of them grows large', () => {
  const add = Set.prototype.add
  let largest = 0
  Set.prototype.add = function (value) {
    add.call(this, value)
    largest = Math.max(largest, this.size)
    return this
  }
  try {
    const distinct = distinctTexts()
    for (let i = 0; i < 100_000; i++) distinct.add(`user ${i}`)
    expect(distinct.size).toBe(100_000)
  } finally {
    Set.prototype.add = add
  }
  expect(largest).toBeLessThan(5000)
})
