import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anySample } from '../../test/two-samples.ts'
import { poolSorted, tieCounts } from './pooled-samples.ts'

test('counts at each distinct value how many of both samples lie at or below', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const sorted = [a, b].map((sample) => Float64Array.from(sample).sort())
      const pooled = poolSorted(sorted[0]!, sorted[1]!)
      const distinct = [...new Set([...a, ...b].map((x) => x + 0))].sort((x, y) => x - y)
      expect(Array.from(pooled.values, (x) => x + 0)).toEqual(distinct)
      const upTo = (sample: number[]) => distinct.map((x) => sample.filter((y) => y <= x).length)
      expect([...pooled.reference]).toEqual(upTo(a))
      expect([...pooled.current]).toEqual(upTo(b))
      const equal = distinct.map((x) => [...a, ...b].filter((y) => y === x).length)
      expect([...tieCounts(pooled)]).toEqual(equal)
    }),
  )
})
