import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import golden from '../../golden/evidently.json' with { type: 'json' }
import { readGoldenTable } from '../../test/golden-table.ts'
import { relativeError } from '../../test/relative-error.ts'
import type { Values } from '../samples/divergence-cells.ts'
import { evidentlyCells, evidentlyHellingerCells, evidentlyShares } from './evidently-bins.ts'
import { hellingerDistance } from './hellinger-distance.ts'
import { jensenShannonDistance } from './jensen-shannon-distance.ts'
import { kullbackLeiblerDivergence } from './kullback-leibler-divergence.ts'
import { populationStabilityIndex } from './population-stability-index.ts'

const binning = 'evidently'
/** The overloads want one type on both sides; a golden row has it by construction. */
const as = (values: Values) => values as number[]

interface Scores {
  readonly psi: number
  readonly kl_div: number
  readonly jensenshannon: number
  readonly hellinger: number
}

function expectScores(reference: Values, current: Values, expected: Scores): void {
  const options = { binning } as const
  const found: Scores = {
    psi: populationStabilityIndex(as(reference), as(current), options).statistic,
    kl_div: kullbackLeiblerDivergence(as(reference), as(current), options).statistic,
    jensenshannon: jensenShannonDistance(as(reference), as(current), options).statistic,
    hellinger: hellingerDistance(as(reference), as(current), options).statistic,
  }
  for (const method of ['psi', 'kl_div', 'jensenshannon', 'hellinger'] as const) {
    // What Evidently gives for equal shares is the root of a rounding error, up to 3e-8.
    const error =
      expected[method] < 1e-7 ? found[method] : relativeError(found[method], expected[method])
    expect(error, method).toBeLessThan(expected[method] < 1e-7 ? 1e-7 : 1e-9)
  }
}

describe('gives Evidently’s psi, kl_div, jensenshannon and hellinger', () => {
  const before = readGoldenTable('small_reference.csv')
  const after = readGoldenTable('small_current.csv')

  test.each(golden.tables)('on the column $column as $type', ({ column, type, ...expected }) => {
    const [reference, current] = [before[column]!, after[column]!]
    if (type === 'numeric') expectScores(reference.map(Number), current.map(Number), expected)
    else expectScores(reference, current, expected)
  })

  test.each(golden.numbers)('on numbers: $name', ({ reference, current, ...expected }) => {
    const zeros = new Array<number>(expected.zeros ?? 0).fill(0)
    expectScores([...zeros, ...reference], current, expected)
  })

  test.each(golden.categories)('on categories: $name', ({ reference, current, ...expected }) => {
    expectScores(reference.map(String), current.map(String), expected)
  })
})

test.each(golden.edges)(
  'has numpy’s edges for $size values from $low to $high, bit by bit',
  ({ size, low, high, edges }) => {
    const values = Array.from({ length: size }, (_, i) => low + (i * (high - low)) / (size - 1))
    values[size - 1] = high
    expect(Array.from(evidentlyHellingerCells(values, [low]).edges!)).toEqual(edges)
  },
)

test('counts each value once, an edge upwards, the largest value into the last bin', () => {
  const values = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 100 })
  fc.assert(
    fc.property(values, values, (a, b) => {
      const { reference, current, edges } = evidentlyHellingerCells(a, b)
      for (const [sample, counts] of [
        [a, reference],
        [b, current],
      ] as const) {
        const expected = counts.map(
          (_, i) =>
            sample.filter(
              (x) =>
                x >= edges![i]! &&
                (x < edges![i + 1]! || (i === counts.length - 1 && x <= edges![i + 1]!)),
            ).length,
        )
        expect(counts).toEqual(expected)
        expect(counts.reduce((sum, count) => sum + count)).toBe(sample.length)
      }
    }),
  )
})

test('more than 20 distinct values of the reference make bins; those of the current sample do not count', () => {
  const integers = (n: number) => Array.from({ length: n }, (_, i) => i)
  expect(evidentlyCells(integers(20), integers(50)).edges).toBeUndefined()
  expect(evidentlyCells(integers(20), integers(50)).current).toEqual(integers(50).map(() => 1))
  expect(evidentlyCells(integers(21), [3]).edges).toBeDefined()
})

test('gives a constant a bin of width 1', () => {
  expect(Array.from(evidentlyHellingerCells([5, 5], [5]).edges!)).toEqual([4.5, 5.5])
})

test('fills empty cells with 0.0001, or a millionth of a share that is no larger', () => {
  expect(evidentlyShares([3, 1, 0])).toEqual([0.75, 0.25, 0.0001])
  expect(evidentlyShares([9999, 1, 0])).toEqual([0.9999, 0.0001, 0.0001 / 1e6])
})

test('takes profiles of categories, and refuses those of numbers', () => {
  const [reference, current] = [
    ['a', 'b', 'b'],
    ['b', 'c'],
  ]
  const profile = (values: string[]) =>
    categoricalProfile(
      [...new Set(values)].map((c) => [c, values.filter((v) => v === c).length] as const),
    )
  const options = { binning } as const
  for (const divergence of [jensenShannonDistance, kullbackLeiblerDivergence, hellingerDistance]) {
    expect(
      Math.abs(
        divergence(profile(reference), profile(current), options).statistic -
          divergence(reference, current, options).statistic,
      ),
    ).toBeLessThan(1e-15)
    const numeric = numericProfile([1], [0, 2])
    expect(() => divergence(numeric, numeric, options)).toThrow(
      `"binning" must be 'quantile' for profiles of numbers, received evidently`,
    )
  }
})

test('rejects an empty sample, a missing value and a range beyond the doubles', () => {
  expect(() => evidentlyCells([], [1])).toThrow(
    '"reference" must be an array of at least one value',
  )
  expect(() => evidentlyCells([1], [Number.NaN])).toThrow('"current[0]" must be a finite number')
  expect(() => evidentlyHellingerCells([-1.7e308], [1.7e308])).toThrow(
    '"reference" must be numbers whose range is finite, received Infinity',
  )
})
