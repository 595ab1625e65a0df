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
      let held: Array<Array<Row & { slice: number }>> = []
      let elapsed = 0
      for (const row of all) {
        elapsed += row.after
        observe(ring, row, elapsed)
        const now = Math.floor(elapsed / length)
        const counted = { ...row, slice: now }
        seen.push(counted)
        // The same with lists: too old ones leave, then the oldest where one row more would be too many.
        held = held.filter(([first]) => first!.slice > now - slices)
        while (held.flat().length >= maxCount) held.shift()
        const newest = held[held.length - 1] ?? []
        if (newest[0]?.slice === now && newest.length < Math.ceil(maxCount / slices)) {
          newest.push(counted)
        } else held.push([counted])
        expect(Array.from(ring.window())).toEqual(tally(held.flat()))
        expect(ring.rows).toBe(held.flat().length)
        expect(Array.from(ring.lifetime())).toEqual(tally(seen))
        const young = seen.filter(({ slice }) => slice > now - slices)
        expect(ring.rows).toBeLessThanOrEqual(Math.min(maxCount, young.length))
        expect(ring.rows).toBeGreaterThan(
          Math.min(maxCount, young.length) - Math.ceil(maxCount / slices),
        )
      }
    }),
  )
})

test('each numeric feature has moments of its own, and none where the window is empty', () => {
  const ring = new WindowRing({ cells: 1, numericFeatures: 2, seconds: 10, slices: 2, maxCount: 9 })
  const nothing = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  expect(Array.from(ring.moments())).toEqual([...nothing, ...nothing])
  ring.sliceForRow({ elapsed: 0, time: 0 }).moments.set([1, 2, 3, 4, 5, 6])
  ring.sliceForRow({ elapsed: 5000, time: 0 }).moments.set([0, 1, 1, 7, 9, 16])
  expect(Array.from(ring.moments())).toEqual([0, 2, 4, 4, 9, 22])
  ring.expire(10_000)
  expect(Array.from(ring.moments())).toEqual([0, 1, 1, 7, 9, 16])
  ring.expire(15_000)
  expect(Array.from(ring.moments())).toEqual([...nothing, ...nothing])
})

test('names that the reference does not have are told by feature and slice, and are gone with it', () => {
  const options = { cells: 1, numericFeatures: 0, seconds: 10, slices: 2, maxCount: 9 }
  const ring = new WindowRing({ ...options, categoricalFeatures: 2 })
  const meet = (elapsed: number, feature: number, name: string) =>
    ring.sliceForRow({ elapsed, time: elapsed }).unmet[feature]!.add(name)
  const met = (feature: number) => ring.unmet(feature).map((names) => [...names.entries()])
  expect(met(0)).toEqual([])
  meet(0, 0, 'a')
  meet(1, 1, 'b')
  meet(5000, 1, 'c')
  expect(met(0)).toEqual([[['a', 1, 1]], []])
  expect(met(1)).toEqual([[['b', 1, 1]], [['c', 1, 1]]])
  // The memory of the slice that left is taken again.
  for (let elapsed = 10_000; elapsed <= 30_000; elapsed += 5000) meet(elapsed, 0, `at ${elapsed}`)
  expect(met(0)).toEqual([[['at 25000', 1, 1]], [['at 30000', 1, 1]]])
  expect(met(1)).toEqual([[], []])
  expect(new WindowRing(options).sliceForRow({ elapsed: 0, time: 0 }).unmet).toEqual([])
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
