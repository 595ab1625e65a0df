import { describe, expect, test } from 'vitest'
import { answerChecks } from './answer-checks.ts'

function checked(extraLabels: readonly string[] = ['plan', 'region']) {
  const told: string[] = []
  const checks = answerChecks({ extraLabels }, (error) => told.push((error as Error).message))
  return { checks, told }
}

test('what is right passes as it is, and nothing is told', () => {
  const { checks, told } = checked()
  for (const values of [
    ['free', 'eu'],
    ['', undefined],
    [1, true],
    ['free', null],
  ]) {
    expect(checks.labels(values)).toBe(values)
  }
  expect([true, false, undefined, null].map(checks.ignore)).toEqual([true, false, false, false])
  expect(told).toEqual([])
})

describe('what is wrong is told of once', () => {
  test.each<[string, unknown, string]>([
    ['an object', { plan: 'free' }, 'received an object of Object'],
    ['a promise', Promise.resolve(['free', 'eu']), 'received an object of Promise'],
    ['text', 'free', 'received free'],
    ['nothing', undefined, 'received undefined'],
    ['too few', ['free'], 'received an array of 1'],
    ['too many', ['free', 'eu', 'more'], 'received an array of 3'],
  ])('labels that are %s', (_, values, received) => {
    const { checks, told } = checked()
    checks.labels(values)
    checks.labels(values)
    expect(told).toEqual([
      `"labels()" must be an array of 2 values, in the order of the recorder's extraLabels (plan, region), ${received}`,
    ])
  })

  test('labels that have an object among them, which costs the others nothing', () => {
    const { checks, told } = checked()
    expect(checks.labels(['free', { name: 'eu' }])).toEqual(['free', { name: 'eu' }])
    expect(told).toEqual(['"labels()[1]" must be text, received an object of Object'])
  })

  test('labels that the recorder has no names for', () => {
    const { checks, told } = checked([])
    checks.labels(['free'])
    expect(told.join()).toContain('extraLabels (it has none), received an array of 1')
  })

  test('an answer of ignore() that is neither true nor false', () => {
    const { checks, told } = checked()
    expect(checks.ignore(Promise.resolve(true))).toBe(false)
    expect(checks.ignore(['/healthz'])).toBe(false)
    expect(told).toEqual(['"ignore()" must be true or false, received an object of Promise'])
  })
})
