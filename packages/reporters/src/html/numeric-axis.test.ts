import { type NumericProfile, numericProfile } from '@tidegauge/core'
import { detectDrift, profile } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { generator } from '../../test/drift-report.fixture.ts'
import { numericPicture, type PicturedColumn, WIDTH, withOuterBins } from './numeric-axis.ts'

const random = generator(4)
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const cells = (draw: (i: number) => number, n = 4000) =>
  Array.from({ length: n }, (_, i) => draw(i))

function pictureOf(reference: unknown, current: unknown) {
  const [column] = detectDrift(reference as never, current as never).columns
  return numericPicture(column as PicturedColumn)
}

/** How much of the axis the widest bin takes that holds something. */
function widest({ reference, axis }: ReturnType<typeof pictureOf>): number {
  const { edges, counts } = reference!
  const widths = counts.map((count, i) =>
    count === 0 ? 0 : axis.position(edges[i + 1]!) - axis.position(edges[i]!),
  )
  return Math.max(...widths) / WIDTH
}

describe('a stored profile', () => {
  const shifted = (outlier: (i: number) => number | null) => {
    const draw = (shift: number) => ({ x: cells((i) => outlier(i) ?? 50 + 10 * normal() + shift) })
    return pictureOf(profile(draw(0)), draw(10))
  }

  test.each([
    ['one in a thousand above', (i: number) => (i % 1000 === 7 ? 1e7 : null)],
    ['one in a thousand below', (i: number) => (i % 1000 === 7 ? -1e7 : null)],
    ['one in a hundred above', (i: number) => (i % 90 === 7 ? 1e7 * random() : null)],
    ['three in a hundred', (i: number) => (i % 33 === 7 ? -999 : null)],
  ])('has its axis from its own quantiles, what lies far out in the tails: %s', (_, outlier) => {
    const picture = shifted(outlier)
    const [low, high] = picture.axis.domain
    expect(picture.axis.scale).toBe('linear')
    expect(high - low).toBeLessThan(120)
    expect(widest(picture)).toBeLessThan(0.3)
    const { underflow, overflow, counts, n } = picture.reference!
    expect(underflow + overflow).toBeGreaterThanOrEqual(4)
    expect(counts.reduce((sum, count) => sum + count, underflow + overflow)).toBe(n)
  })
})

describe('a logarithmic axis', () => {
  const logNormal = (sigma: number) => ({ x: cells(() => Math.exp(sigma * normal())) })

  test('is that of positive values with a long tail, of rows and of a stored profile', () => {
    const [reference, current] = [logNormal(1.5), logNormal(1.5)]
    for (const one of [reference, profile(reference)]) {
      const { axis, ...picture } = pictureOf(one, current)
      expect(axis.scale).toBe('logarithmic')
      // As far from 1 to 10 as from 0.1 to 1.
      const [tenth, whole, ten] = [0.1, 1, 10].map(axis.position)
      expect(ten! - whole!).toBeCloseTo(whole! - tenth!, 6)
      expect(widest({ axis, ...picture })).toBeLessThan(0.15)
    }
    expect(pictureOf(logNormal(0.3), logNormal(0.3)).axis.scale).toBe('linear')
  })

  test('is that of the buckets of durations, whose first one begins at 0', () => {
    const edges = [0, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    const values = cells(() => 0.06 * Math.exp(0.9 * normal()))
    const buckets = { ...numericProfile(values, edges), min: null, max: null, sum: null }
    const { axis } = numericPicture({ reference: buckets, current: buckets })
    expect(axis).toMatchObject({ scale: 'logarithmic', below: true, above: true })
    expect(axis.domain[0]).toBe(0.005)
  })

  test('is none where the bins are of one width: the first would take most of it', () => {
    const values = cells(() => Math.exp(1.5 * normal()))
    const even = numericProfile(
      values,
      Array.from({ length: 31 }, (_, i) => 0.1 + 2 * i),
    )
    expect(numericPicture({ reference: even, current: even }).axis.scale).toBe('linear')
  })
})

describe('bars at the values', () => {
  const bars = (values: readonly number[]) => {
    const x = cells((i) => values[i % values.length]!, 600)
    return pictureOf({ x }, { x }).axis
  }

  test('stand where their values are on the line, one slot apart', () => {
    const { scale, position, bar } = bars([1, 2, 3, 5])
    expect(scale).toBe('values')
    const slot = position(2) - position(1)
    expect([position(1), position(5)].map((at) => at / slot)).toEqual([
      expect.closeTo(0.5, 9),
      expect.closeTo(4.5, 9),
    ])
    expect(bar).toBeLessThan(slot)
  })

  test('stand side by side where whole numbers are far apart, and between them is between', () => {
    const { position } = bars([0, 1, 1e6])
    const [first, second, third] = [0, 1, 1e6].map(position)
    expect(third! - second!).toBeCloseTo(second! - first!, 6)
    expect(position(0.5)).toBeCloseTo((first! + second!) / 2, 6)
    expect([position(-9), position(9e9)]).toEqual([first, third])
  })

  test('are none of fractions that are not evenly apart', () => {
    expect(bars([0.001, 0.5, 700.25]).scale).toBe('linear')
  })
})

describe('sides in bins of their own', () => {
  test('what lies outside of the bins of one side is drawn where it is, up to its extreme', () => {
    const outside = numericProfile([-1, -1, 0.5, 6], [0, 1, 2])
    expect(withOuterBins(outside)).toMatchObject({
      edges: [-1, 0, 1, 2, 6],
      counts: [2, 1, 0, 1],
      underflow: 0,
      overflow: 0,
      n: 4,
    })
    const unknown = { ...outside, min: null, max: null }
    expect(withOuterBins(unknown)).toEqual(unknown)
    const inside = numericProfile([0.5], [0, 1])
    expect(withOuterBins(inside)).toEqual(inside)
  })

  test('neither loses a value to the other’s axis', () => {
    const short = numericProfile([0.2, 0.5, 0.505, 0.515], [0, 0.5, 0.51, 0.52, 9])
    const long = numericProfile([0.5, 1, 3.5, 4], [0, 1, 2, 3, 4])
    const { axis, reference, current } = numericPicture({ reference: short, current: long })
    expect(axis.domain).toEqual([0, 4])
    const counted = ({ counts, underflow, overflow }: NumericProfile) =>
      counts.reduce((sum, count) => sum + count, underflow + overflow)
    expect([reference, current].map((side) => counted(side!))).toEqual([4, 4])
  })
})
