import { describe, expect, test } from 'vitest'
import golden from '../../../golden/evidently.json' with { type: 'json' }
import { readGoldenTable } from '../../../test/golden-table.ts'
import { relativeError } from '../../../test/relative-error.ts'
import { chiSquared } from '../../methods/chi-squared.ts'
import type { HypothesisTest } from '../../methods/result.ts'
import type { CategoryValue } from '../../samples/sample.ts'
import {
  evidentlyChiSquare,
  evidentlyFisherExact,
  evidentlyGTest,
  evidentlyZTest,
} from './tests.ts'

const tests = {
  chisquare: evidentlyChiSquare,
  z: evidentlyZTest,
  g_test: evidentlyGTest,
  fisher_exact: evidentlyFisherExact,
}

type Test = (reference: CategoryValue[], current: CategoryValue[]) => HypothesisTest
type Score = number | string | { error: string } | undefined

function expectScores(
  reference: CategoryValue[],
  current: CategoryValue[],
  expected: Readonly<Record<keyof typeof tests, Score>>,
): void {
  for (const [method, run] of Object.entries(tests) as Array<[keyof typeof tests, Test]>) {
    const score = expected[method]
    if (typeof score === 'object') {
      expect(() => run(reference, current), method).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
      )
    } else {
      const { pValue } = run(reference, current)
      // NaN, of one category on both sides, is 1 with us.
      const p = score === 'nan' ? 1 : (score as number)
      // Evidently's z subtracts from 1, which loses 1e-15.
      expect(Math.abs(pValue - p), method).toBeLessThan(
        1e-9 * p + (method === 'z' ? 1e-15 : 1e-300),
      )
    }
  }
}

describe('gives Evidently’s p-values, and refuses what it refuses', () => {
  const before = readGoldenTable('small_reference.csv')
  const after = readGoldenTable('small_current.csv')
  const columns = golden.tables.filter(({ type }) => type === 'categorical')

  test.each(columns)('on the column $column', ({ column, chisquare, z, g_test, fisher_exact }) => {
    const isNumeric = before[column]!.every((cell) => Number.isFinite(Number(cell)))
    const values = (cells: string[]): CategoryValue[] => (isNumeric ? cells.map(Number) : cells)
    expectScores(values(before[column]!), values(after[column]!), {
      chisquare,
      z,
      g_test,
      fisher_exact,
    })
  })

  test.each(golden.categories)(
    'on $name',
    ({ reference, current, chisquare, z, g_test, fisher_exact }) => {
      expectScores(reference, current, { chisquare, z, g_test, fisher_exact })
    },
  )

  test('with scores and refusals of each test among the golden ones', () => {
    for (const method of Object.keys(tests) as Array<keyof typeof tests>) {
      const scores = golden.categories.map((row) => row[method])
      expect(scores.filter((score) => typeof score === 'number').length).toBeGreaterThan(3)
    }
    expect(columns.some(({ fisher_exact }) => typeof fisher_exact === 'object')).toBe(true)
    expect(columns.some(({ g_test }) => typeof g_test === 'object')).toBe(true)
  })
})

test('chisquare takes the reference for the truth: twice the statistic of equal samples', () => {
  const [a, b] = [[...'aaaaabbbbb'], [...'aaaabbbbbb']]
  const ratio = evidentlyChiSquare(a, b).statistic / chiSquared(a, b).statistic
  expect(ratio).toBeGreaterThan(1.9)
  expect(ratio).toBeLessThan(2.1)
})

test('a category that is new in the current sample makes chisquare infinite', () => {
  expect(evidentlyChiSquare(['a', 'a'], ['a', 'b'])).toMatchObject({
    statistic: Number.POSITIVE_INFINITY,
    pValue: 0,
  })
})

test('z looks at the first value in order alone, numbers by size', () => {
  expect(evidentlyZTest(['a', 'b', 'c'], ['a', 'c', 'c']).statistic).toBe(0)
  const numbers = evidentlyZTest([9, 9, 10, 10, 11], [9, 10, 10, 10, 11])
  const texts = evidentlyZTest(['9', '9', '10', '10', '11'], ['9', '10', '10', '10', '11'])
  expect(numbers.statistic).not.toBe(texts.statistic)
  expect(relativeError(numbers.statistic, -Math.sqrt(10 / 21))).toBeLessThan(1e-15)
})

test('fisher_exact refuses two categories on each side that are not the same two', () => {
  expect(() => evidentlyFisherExact(['a', 'b'], ['b', 'c'])).toThrow('of at most two categories')
})

test.each(Object.entries(tests))('%s rejects an empty sample and a missing value', (_, run) => {
  expect(() => run([], ['a'])).toThrow('"reference" must be an array of at least one value')
  expect(() => run(['a'], [Number.NaN])).toThrow('"current[0]"')
  expect(() => run(['a'], [null as never])).toThrow('"current[0]"')
})
