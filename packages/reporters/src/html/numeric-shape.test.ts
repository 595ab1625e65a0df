import { numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { numericPicture, WIDTH } from './numeric-axis.ts'
import {
  BASE,
  cumulativePath,
  cumulativeSteps,
  curveHeight,
  densities,
  distance,
  widestGapOfBins,
} from './numeric-shape.ts'

const edges = [0, 1, 2, 3, 4]
const reference = numericProfile([0.2, 0.5, 1.5, 3.5], edges)
const current = numericProfile([0.5, 3.2, 3.5, 3.5], edges)

/** The points of a path of relative lines. */
function pointsOf(path: string): number[][] {
  const [start, rest] = path.slice(1).split('l') as [string, string]
  const numbers = (text: string) => [...text.matchAll(/-?\d+/g)].map(Number)
  const points = [numbers(start)]
  const steps = numbers(rest)
  for (let i = 0; i < steps.length; i += 2) {
    const [x, y] = points[points.length - 1]!
    points.push([x! + steps[i]!, y! + steps[i + 1]!])
  }
  return points
}

test('a cumulative curve goes from none to all, through the point that is known', () => {
  const axis = numericPicture({ reference, current }).axis
  const path = cumulativePath(reference, axis, { at: 1.75, share: 0.75 })
  expect(pointsOf(path)).toEqual([
    [0, curveHeight(0)],
    [WIDTH / 4, curveHeight(0.5)],
    [(1.75 * WIDTH) / 4, curveHeight(0.75)],
    [(3 * WIDTH) / 4, curveHeight(0.75)],
    [WIDTH, curveHeight(1)],
  ])
})

test('a curve of values outside of the bins starts above none and ends below all', () => {
  const outside = numericProfile([-1, 0.5, 3.5, 9], edges)
  const path = cumulativePath(
    outside,
    numericPicture({ reference: outside, current: outside }).axis,
    { at: -1, share: 0.25 },
  )
  const points = pointsOf(path)
  expect(points[0]![1]).toBe(curveHeight(0.25))
  expect(points[points.length - 1]![1]).toBe(curveHeight(0.75))
})

test('a curve has no point where it goes straight on, as far as is seen', () => {
  const fine = Array.from({ length: 101 }, (_, i) => i / 100)
  const even = numericProfile(fine, [0, ...fine.slice(1)])
  const { axis } = numericPicture({ reference: even, current: even })
  expect(pointsOf(cumulativePath(even, axis, null)).length).toBeLessThan(12)
  const bent = numericProfile(
    fine.map((x) => x ** 3),
    fine,
  )
  const points = pointsOf(cumulativePath(bent, axis, null))
  expect(points.length).toBeGreaterThan(8)
  for (const [x, y] of points.filter(([x]) => x! > 50)) {
    expect(Math.abs(y! - curveHeight(Math.cbrt(x! / WIDTH)))).toBeLessThanOrEqual(2)
  }
})

test('the widest gap of two histograms is at an edge', () => {
  const gap = widestGapOfBins(reference, current)!
  expect(gap).toEqual({ at: 2, reference: 0.75, current: 0.25 })
  expect(distance(gap)).toBe(0.5)
  expect(widestGapOfBins(reference, numericProfile([1], [0, 1, 2, 3, 5]))).toBeNull()
})

test('a few values make a curve of steps, each where its value is', () => {
  const few = numericProfile([0, 0, 1, 3], [-0.5, 0.5, 2, 4])
  const { axis, values } = numericPicture({ reference: few, current: few })
  const slot = WIDTH / 4
  expect(cumulativeSteps(values!, 'reference', axis)).toBe(
    `M0 ${curveHeight(0)}H${slot / 2}V${curveHeight(0.5)}H${1.5 * slot}V${curveHeight(0.75)}H${3.5 * slot}V${curveHeight(1)}H${WIDTH}`,
  )
})

test('a side whose bins end before the axis does keeps all of its values', () => {
  // Its last bins are narrower than a line, and the empty one behind them reaches beyond the axis.
  const short = numericProfile([0.2, 0.5, 0.505, 0.515], [0, 0.5, 0.51, 0.52, 9])
  const long = numericProfile([0.5, 1, 3.5, 4], edges)
  const picture = numericPicture({ reference: short, current: long })
  const end = Math.round((0.52 * WIDTH) / 4)
  const path = densities(picture).reference
  expect(path).toMatch(new RegExp(`V${BASE}$`))
  const steps = [...path.matchAll(/h(\d+)/g)].map(([, by]) => Number(by))
  expect(steps.reduce((sum, by) => sum + by, 0)).toBe(end)
  const points = pointsOf(cumulativePath(picture.reference!, picture.axis, null))
  expect(points[points.length - 1]).toEqual([end, curveHeight(1)])
})
