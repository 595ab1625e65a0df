import { expect, test } from 'vitest'
import { column } from '../test/drift-report.fixture.ts'
import { columnsByConcern, timesThreshold } from './column-order.ts'

test('orders by verdict, then by multiples of the threshold, whatever the measure', () => {
  const columns = [
    column('stable'),
    column('negligible', 'negligible'),
    column('error', 'error'),
    column('thrice', 'drifted', { effect: 0.6, threshold: 0.2, effectMeasure: 'psi' }),
    column('unknown', 'insufficient-data', { effect: null }),
    column('few', 'insufficient-data'),
    column('always', 'drifted', { effect: 0.01, threshold: 0 }),
    column('as always', 'drifted', { effect: 0.5, threshold: 0 }),
    column('fourfold', 'drifted', { effect: 0.2, threshold: 0.05 }),
    column('also thrice', 'drifted', { effect: 0.3, threshold: 0.1, pValue: 0.9 }),
  ]
  expect(columnsByConcern(columns).map(({ name }) => name)).toEqual([
    'always',
    'as always',
    'fourfold',
    'thrice',
    'also thrice',
    'few',
    'unknown',
    'error',
    'negligible',
    'stable',
  ])
  expect(columns[0]!.name).toBe('stable')
})

test('an effect is nothing, a multiple, or beyond any multiple of a threshold of zero', () => {
  expect(timesThreshold({ effect: null, threshold: 0.1 })).toBeNull()
  expect(timesThreshold({ effect: 0.2, threshold: 0.1 })).toBe(2)
  expect(timesThreshold({ effect: 0.2, threshold: 0 })).toBe(Number.POSITIVE_INFINITY)
  expect(timesThreshold({ effect: 0, threshold: 0 })).toBe(1)
})
