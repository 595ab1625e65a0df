import { sortNumbers } from '../samples/sort-numbers.ts'
import type { Values } from './evidence.ts'

/** The finite values of a numeric or date column, sorted, and what was set aside. */
export interface NumericSample {
  readonly sorted: Float64Array
  readonly missing: number
  readonly infinite: number
}

/** A copy: what was read may lie in memory of the caller's. */
export function sortedSample({ numbers }: Values): NumericSample {
  const finite = new Float64Array(numbers.length)
  const { n, missing } =
    numbers instanceof Float64Array
      ? finiteDoubles(numbers, finite)
      : finiteNumbers(numbers, finite)
  const infinite = numbers.length - n - missing
  return { sorted: sortNumbers(finite.subarray(0, n)), missing, infinite }
}

interface Found {
  readonly n: number
  readonly missing: number
}

/** A loop of its own for the kind that most columns are of. */
function finiteDoubles(numbers: Float64Array, finite: Float64Array): Found {
  let n = 0
  let missing = 0
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!
    // ∞ − ∞ and NaN are no numbers; x − x of any other is 0.
    if (x - x === 0) finite[n++] = x
    else if (Number.isNaN(x)) missing++
  }
  return { n, missing }
}

function finiteNumbers(numbers: Values['numbers'], finite: Float64Array): Found {
  let n = 0
  let missing = 0
  for (let i = 0; i < numbers.length; i++) {
    const x = Number(numbers[i])
    if (x - x === 0) finite[n++] = x
    else if (Number.isNaN(x)) missing++
  }
  return { n, missing }
}
