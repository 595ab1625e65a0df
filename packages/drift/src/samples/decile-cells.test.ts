import { numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { decileCells } from './decile-cells.ts'

test('of one value in bins that are as narrow as can be, there is a cell for it', () => {
  const [below, above] = [42 - 2 ** -47, 42 + 2 ** -47]
  const constant = numericProfile(new Array(100).fill(42), [below - 2 ** -47, below, 42, above])
  const { reference, current } = decileCells(constant, constant)
  expect(reference.edges).toEqual([...new Set(reference.edges)])
  expect(reference.counts).toEqual(current.counts)
  expect(reference.counts).toContain(100)
})
