import { describe, expect, test } from 'vitest'
import { BUILT_IN_METHODS, type MethodName } from '../plan/built-in-methods.ts'
import type { DriftMethod } from '../plan/drift-method.ts'
import { describeMethodContract, type MethodTraits, methodContract } from './method-contract.ts'

/** Beyond what is claimed where nothing is said. */
const TRAITS: Partial<Record<MethodName, MethodTraits>> = {
  // Bins by the deciles of the reference, or divides by its spread.
  'population-stability-index': { symmetric: false },
  'jensen-shannon': { symmetric: false },
  'kullback-leibler': { symmetric: false },
  hellinger: { symmetric: false },
  'total-variation': { symmetric: false },
  wasserstein: { symmetric: false },
  // The folds are drawn.
  'domain-classifier': { symmetric: false, conservative: true, runs: 60 },
  // Permutations are drawn.
  'maximum-mean-discrepancy': { symmetric: false, runs: 100 },
  // The p-values of a D of bins are upper bounds; exact ones of counts are discrete.
  'kolmogorov-smirnov': { conservative: true },
  'fisher-exact': { conservative: true },
}

for (const method of Object.values(BUILT_IN_METHODS)) {
  describeMethodContract(method, { describe, test }, TRAITS[method.name as MethodName])
}

describe('a method that breaks its promise is found', () => {
  const median = (of: Float64Array) => of[of.length >> 1]!
  const good: DriftMethod = {
    name: 'median-shift',
    compare: {
      values: (a, b) => ({ kind: 'divergence', statistic: Math.abs(median(a) - median(b)) }),
    },
  }
  const brokenBy = (values: NonNullable<DriftMethod['compare']['values']>) =>
    methodContract({ name: 'broken', compare: { values } }).flatMap(({ title, run }) => {
      try {
        run()
        return []
      } catch (error) {
        return [`${title}: ${(error as Error).message}`]
      }
    })

  test('and one that keeps them is not', () => {
    for (const { run } of methodContract(good)) expect(run).not.toThrow()
    const kinds: string[] = []
    for (const { run } of methodContract({ name: 'nothing', compare: {} })) {
      try {
        run()
      } catch (error) {
        kinds.push((error as Error).message)
      }
    }
    expect(kinds).toEqual(['compare has no function that is known'])
  })

  test.each<DriftMethod>([
    {
      name: 'of spread',
      compare: {
        values: (a, b) => {
          const spread = (of: Float64Array) =>
            of[Math.floor(of.length * 0.75)]! - of[of.length >> 2]!
          return { kind: 'divergence', statistic: Math.abs(Math.log(spread(a) / spread(b))) }
        },
      },
    },
    {
      name: 'of the largest share',
      compare: {
        counts: (a, b) => {
          const share = (of: typeof a) => Math.max(...of.counts) / of.n
          return { kind: 'divergence', statistic: Math.abs(share(a) - share(b)) }
        },
      },
    },
  ])('and neither is one $name', (honest) => {
    for (const { run } of methodContract(honest)) expect(run).not.toThrow()
  })

  test('a misspelt trait is refused', () => {
    expect(() => methodContract(good, { symetric: false } as object)).toThrow('"symmetric", maybe')
  })

  let calls = 0
  test.each<[string, NonNullable<DriftMethod['compare']['values']>, RegExp]>([
    ['NaN', () => ({ kind: 'divergence', statistic: Number.NaN }), /the statistic is no number/],
    ['p', () => ({ kind: 'hypothesis-test', statistic: 0, pValue: 1.5 }), /p is 1.5/],
    [
      'logPValue',
      () => ({ kind: 'hypothesis-test', statistic: 0, pValue: 0.5, logPValue: -3 }),
      /logPValue is not ln p/,
    ],
    [
      'p too small',
      () => ({ kind: 'hypothesis-test', statistic: 0, pValue: 1e-6 }),
      /are at most 0.01/,
    ],
    [
      'p too large',
      () => ({ kind: 'hypothesis-test', statistic: 0, pValue: 1 }),
      /a large change has p = 1/,
    ],
    [
      'order',
      (a, b) => ({ kind: 'divergence', statistic: median(a) - 2 * median(b) }),
      /sides exchanged/,
    ],
    ['chance', () => ({ kind: 'divergence', statistic: calls++ }), /the second answer differs/],
    [
      'writing',
      (a) => {
        a[0] = -1000
        return { kind: 'divergence', statistic: 0 }
      },
      /a side was changed/,
    ],
    [
      'blind',
      () => ({ kind: 'divergence', statistic: 0 }),
      /a large change is 0, without any it was up to 0/,
    ],
  ])('%s', (_, values, message) => {
    expect(brokenBy(values).join('\n')).toMatch(message)
  })
})
