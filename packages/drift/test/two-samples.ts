import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../golden/two-samples.json' with { type: 'json' }

type Sample = number[] | { start: number; step: number; length: number }

/** The golden cases that every two-sample method shares; large samples are written out. */
export const twoSampleCases: Array<
  Omit<(typeof golden.cases)[number], 'reference' | 'current'> & {
    reference: ArrayLike<number>
    current: ArrayLike<number>
  }
> = golden.cases.map((entry) => ({
  ...entry,
  reference: valuesOf(entry.reference),
  current: valuesOf(entry.current),
}))

function valuesOf(sample: Sample): ArrayLike<number> {
  if (Array.isArray(sample)) return sample
  return Float64Array.from(sample, (_, i) => sample.start + sample.step * i)
}

const value = fc.double({ noNaN: true, noDefaultInfinity: true })

/** Finite doubles of all magnitudes, or few different integers. */
export const anySample: fc.Arbitrary<number[]> = fc.oneof(
  fc.array(value, { minLength: 5, maxLength: 60 }),
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 5, maxLength: 60 }),
)

/** Every method for numbers rejects the same things; `least` values are the fewest it takes. */
export function testRejections(
  method: (reference: ArrayLike<number>, current: ArrayLike<number>) => unknown,
  least: number,
): void {
  const enough = Array.from({ length: Math.max(5, least) }, (_, i) => i)
  test.each<[unknown, unknown, string]>([
    [[], enough, '"reference" must be an array of at least one value, received an array of 0'],
    [enough, [], '"current" must be an array of at least one value, received an array of 0'],
    [[1, Number.NaN, ...enough], enough, '"reference[1]" must be a finite number, received NaN'],
    [
      enough,
      [...enough, Number.NEGATIVE_INFINITY],
      `"current[${enough.length}]" must be a finite number, received -Infinity`,
    ],
    [enough, [null, ...enough], '"current[0]" must be a finite number, received null'],
    [undefined, enough, '"reference" must be an array of at least one value, received undefined'],
  ])('rejects %o against %o', (reference, current, message) => {
    expect(() => method(reference as number[], current as number[])).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message }),
    )
  })
}

/** All subsets of 0 … n − 1 of that size. */
export function subsetsOf(n: number, size: number): number[][] {
  if (size === 0) return [[]]
  if (n < size) return []
  return [...subsetsOf(n - 1, size), ...subsetsOf(n - 1, size - 1).map((rest) => [...rest, n - 1])]
}

/** All ways to deal pooled values out to a sample of n and one of the rest. */
export function dealings(pooled: readonly number[], n: number): Array<[number[], number[]]> {
  return subsetsOf(pooled.length, n).map((chosen) => [
    pooled.filter((_, i) => chosen.includes(i)),
    pooled.filter((_, i) => !chosen.includes(i)),
  ])
}
