import { type CategoricalProfile, categoricalProfile, InvalidArgumentError } from '@tidegauge/core'
import { sortNumbers } from './sort-numbers.ts'

/** What counts as a category: each value stands for the text it prints as. */
export type CategoryValue = string | number | bigint | boolean

/**
 * A sorted copy of finite numbers.
 *
 * @param argument - what an error calls the sample
 * @throws InvalidArgumentError on an empty sample or a value that is not a finite number
 */
export function sortedSample(argument: string, values: ArrayLike<number>): Float64Array {
  return sortNumbers(finiteSample(argument, values))
}

/** `sortedSample` in the order given. */
export function finiteSample(argument: string, values: ArrayLike<number>): Float64Array {
  assertNotEmpty(argument, values)
  const sample = new Float64Array(values.length)
  for (let i = 0; i < sample.length; i++) {
    const x = values[i]!
    if (!Number.isFinite(x)) {
      throw new InvalidArgumentError(`${argument}[${i}]`, 'a finite number', x)
    }
    sample[i] = x
  }
  return sample
}

/**
 * Every category of a sample and how often it occurs.
 *
 * @param argument - what an error calls the sample
 * @throws InvalidArgumentError on an empty sample or a value that is no category: null, NaN, an object
 */
export function profileOfCategories(
  argument: string,
  values: ArrayLike<CategoryValue>,
): CategoricalProfile {
  assertNotEmpty(argument, values)
  const counts = new Map<string, number>()
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!isCategory(value)) {
      throw new InvalidArgumentError(
        `${argument}[${i}]`,
        'a string, a boolean or a finite number',
        value,
      )
    }
    const category = String(value)
    counts.set(category, (counts.get(category) ?? 0) + 1)
  }
  return categoricalProfile(counts, { maxCategories: counts.size })
}

function isCategory(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    Number.isFinite(value)
  )
}

function assertNotEmpty(argument: string, values: ArrayLike<unknown>): void {
  if (!(isArrayLike(values) && values.length > 0)) {
    throw new InvalidArgumentError(argument, 'an array of at least one value', values)
  }
}

function isArrayLike(values: unknown): values is ArrayLike<unknown> {
  return typeof values === 'object' && values !== null && 'length' in values
}
