import { categoricalProfile } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { categoryNames } from './category-names.ts'
import { risenCategories } from './risen-categories.ts'
import { unmetValues } from './unmet-values.ts'

/** Every way in which the values of the heap can fall to the two sides, m of them to the current one. */
function* splits(heap: readonly string[], m: number): Generator<readonly [string[], string[]]> {
  for (let chosen = 0; chosen < 2 ** heap.length; chosen++) {
    const isCurrent = (i: number) => ((chosen >> i) & 1) === 1
    const current = heap.filter((_, i) => isCurrent(i))
    if (current.length === m) yield [heap.filter((_, i) => !isCurrent(i)), current]
  }
}

function profileOf(values: readonly string[], maxCategories = 100) {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return categoricalProfile(counts, { maxCategories })
}

const HEAPS: ReadonlyArray<readonly [name: string, heap: string, m: number]> = [
  ['one frequent, three rare', 'aaaaaabbcd', 4],
  ['equally frequent ones', 'aaabbbcccddd', 6],
  ['a small reference', 'aaaabbbccde', 8],
  ['pairs', 'aabbccddeeff', 5],
]

describe.each(HEAPS)('the chance of each p-value is at most as large: %s', (_, heap, m) => {
  test.each([100, 2, 1])('a reference that names %i categories', (maxCategories) => {
    const found = { unmet: [] as number[], risen: [] as number[] }
    for (const [reference, current] of splits([...heap], m)) {
      const known = categoryNames(profileOf(reference, maxCategories), profileOf(current))
      const family = known.names.map((_, i) => i)
      found.unmet.push(Math.exp(unmetValues(known, family).logPValue))
      found.risen.push(Math.exp(risenCategories(known, family, 0)[0]?.logPValue ?? 0))
    }
    for (const pValues of Object.values(found)) {
      pValues.sort((a, b) => a - b)
      pValues.forEach((p, i) => {
        const atMost = pValues.findLastIndex((other) => other <= p * (1 + 1e-9)) + 1
        if (pValues[i - 1] !== p) expect(atMost / pValues.length).toBeLessThanOrEqual(p + 1e-9)
      })
    }
    // And they are no constants.
    if (maxCategories === 100) expect(Math.min(...found.unmet)).toBeLessThan(0.8)
  })
})
