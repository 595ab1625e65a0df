import { finiteSample } from './sample.ts'

/**
 * A sample as a Float64Array: itself where it is one, which the caller must not write to, else a copy.
 *
 * @param argument - what an error calls the sample
 * @throws InvalidArgumentError on an empty sample or a value that is not a finite number
 */
export function finiteNumbers(argument: string, values: ArrayLike<number>): Float64Array {
  const isReady = values instanceof Float64Array && values.length > 0 && areFinite(values)
  return isReady ? values : finiteSample(argument, values)
}

/** 0 times a finite number is 0, times any other NaN. Four sums at once: each addition waits for the last. */
function areFinite(values: Float64Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = values.length - (values.length % 4)
  for (let i = 0; i < whole; i += 4) {
    a += 0 * values[i]!
    b += 0 * values[i + 1]!
    c += 0 * values[i + 2]!
    d += 0 * values[i + 3]!
  }
  for (let i = whole; i < values.length; i++) a += 0 * values[i]!
  return a + b + c + d === 0
}
