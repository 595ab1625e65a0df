import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WindowRing } from './window-ring.ts'

const CELLS = 3

interface Row {
  readonly after: number
  readonly cell: number
  readonly x: number
}

const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 }), fc.constant(1e9)),
    cell: fc.integer({ min: 0, max: CELLS - 1 }),
    x: fc.integer({ min: -9, max: 9 }),
  }),
  { maxLength: 80 },
)

test('the window is the rows of the last slices, and the lifetime all of them', () => {
  const setting = fc.record({
    seconds: fc.integer({ min: 1, max: 20 }),
    slices: fc.integer({ min: 1, max: 6 }),
  })
  fc.assert(
    fc.property(setting, rows, ({ seconds, slices }, all) => {
      const ring = ringOf({ seconds, slices })
      const length = (seconds * 1000) / slices
      const seen: Array<Row & { slice: number }> = []
      let elapsed = 0
      for (const row of all) {
        elapsed += row.after
        observe(ring, row, elapsed)
        seen.push({ ...row, slice: Math.floor(elapsed / length) })
        const held = seen.filter(({ slice }) => slice > Math.floor(elapsed / length) - slices)
        expect(Array.from(ring.window())).toEqual(tally(held))
        expect(Array.from(ring.lifetime())).toEqual(tally(seen))
        expect(ring.rows).toBe(held.length)
        const xs = held.map(({ x }) => x)
        expect(Array.from(ring.moments())).toEqual([
          Math.min(...xs),
          Math.max(...xs),
          xs.reduce((a, b) => a + b, 0),
        ])
      }
    }),
  )
})

test('with maxCount it is the newest rows: never more, and less by one slice at most where time closed none', () => {
  const setting = fc.record({
    slices: fc.integer({ min: 1, max: 6 }),
    more: fc.integer({ min: 0, max: 20 }),
  })
  fc.assert(
    fc.property(setting, rows, ({ slices, more }, all) => {
      const maxCount = slices + more
      const ring = ringOf({ seconds: 10, slices, maxCount })
      const length = 10_000 / slices
      const seen: Array<Row & { slice: number }> = []
      let elapsed = 0
      for (const row of all) {
        elapsed += row.after
        observe(ring, row, elapsed)
        seen.push({ ...row, slice: Math.floor(elapsed / length) })
        const young = seen.filter(({ slice }) => slice > Math.floor(elapsed / length) - slices)
        expect(ring.rows).toBeLessThanOrEqual(Math.min(maxCount, young.length))
        expect(ring.rows).toBeGreaterThan(
          Math.min(maxCount, young.length) - Math.ceil(maxCount / slices),
        )
        expect(Array.from(ring.window())).toEqual(tally(seen.slice(seen.length - ring.rows)))
        expect(Array.from(ring.lifetime())).toEqual(tally(seen))
      }
    }),
  )
})

test('rows that nobody follows grow old all the same', () => {
  const ring = ringOf({ seconds: 10, slices: 5 })
  observe(ring, { after: 0, cell: 1, x: 4 }, 0)
  ring.expire(9999)
  expect(ring.rows).toBe(1)
  ring.expire(10_000)
  expect(ring.rows).toBe(0)
  expect(ring.timeRange).toBeNull()
  expect(Array.from(ring.lifetime())).toEqual([0, 1, 0])
})

test('tells the times of its first and last row', () => {
  const ring = ringOf({ seconds: 10, slices: 5 })
  observe(ring, { after: 0, cell: 1, x: 4 }, 1500)
  observe(ring, { after: 0, cell: 1, x: 4 }, 1900)
  observe(ring, { after: 0, cell: 1, x: 4 }, 4100)
  expect(ring.timeRange).toEqual([1500, 4100])
  ring.expire(11_000)
  expect(ring.timeRange).toEqual([4100, 4100])
})

function ringOf({ seconds = 10, slices = 5, maxCount = Number.POSITIVE_INFINITY }): WindowRing {
  return new WindowRing({
    cells: CELLS,
    numericFeatures: 1,
    categoricalFeatures: 1,
    seconds,
    slices,
    maxCount,
  })
}

function observe(ring: WindowRing, { cell, x }: Row, elapsed: number): void {
  const { counts, moments } = ring.sliceForRow({ elapsed, time: elapsed })
  counts[cell]!++
  moments[0] = Math.min(moments[0]!, x)
  moments[1] = Math.max(moments[1]!, x)
  moments[2]! += x
}

function tally(rows: readonly Row[]): number[] {
  return Array.from({ length: CELLS }, (_, i) => rows.filter(({ cell }) => cell === i).length)
}
