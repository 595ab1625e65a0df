import { expect, test } from 'vitest'
import { column } from '../test/drift-report.fixture.ts'
import { columnsByConcern, timesThreshold } from './column-order.ts'

test('orders by verdict, then by effect, whatever the measure', () => {
  const columns = [
    column('stable'),
    column('negligible', 'negligible'),
    column('error', 'error'),
    column('by distance', 'drifted', {
      effect: 0.4,
      statistic: 0.6,
      threshold: 0.2,
      criterion: { measure: 'statistic', operator: '>=' },
    }),
    column('unknown', 'insufficient-data', { effect: null }),
    column('few', 'insufficient-data'),
    column('small', 'drifted', { effect: 0.01, threshold: 0 }),
    column('as small', 'drifted', { effect: 0.01, threshold: 0.1 }),
    column('by p', 'drifted', {
      effect: 0.2,
      pValue: 1e-9,
      criterion: { measure: 'pValue', operator: '<=' },
    }),
    column('gaps', 'drifted', {
      effect: 0.01,
      missing: { ...column('any').missing, effect: 0.3, drifted: true },
    }),
    column('no effect known', 'drifted', { effect: null }),
  ]
  expect(columnsByConcern(columns).map(({ name }) => name)).toEqual([
    'by distance',
    'gaps',
    'by p',
    'small',
    'as small',
    'no effect known',
    'few',
    'unknown',
    'error',
    'negligible',
    'stable',
  ])
  expect(columns[0]!.name).toBe('stable')
})

test('a measure is a multiple, or beyond any multiple of a threshold of zero', () => {
  expect(timesThreshold(0.2, 0.1)).toBe(2)
  expect(timesThreshold(0.2, 0)).toBe(Number.POSITIVE_INFINITY)
  expect(timesThreshold(0, 0)).toBe(1)
})
