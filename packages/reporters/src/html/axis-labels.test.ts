import { numericProfile } from '@tidegauge/core'
import { detectDrift } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { endsOf, fittingLabels, ticksOf } from './axis-labels.ts'
import { numericPicture, type PicturedColumn, WIDTH } from './numeric-axis.ts'

const ROOM = { narrow: 36, wide: 70 }

function pictureOf(x: readonly number[]) {
  const [column] = detectDrift({ x }, { x }).columns
  return numericPicture(column as PicturedColumn)
}

function textsOf(x: readonly number[]): string[] {
  return ticksOf(pictureOf(x), 'numeric', ROOM).labels.map(({ text }) => text)
}

test('a logarithmic axis has its powers of ten, one of few decades what is between them', () => {
  const spread = (decades: number) =>
    Array.from({ length: 1000 }, (_, i) => 10 ** (decades * ((i - 500) / 500) ** 3))
  expect(textsOf(spread(3))).toEqual(['0.01', '0.1', '1', '10', '100'])
  expect(textsOf(spread(1))).toEqual(expect.arrayContaining(['0.2', '0.5', '1', '2', '5']))
})

test('bars have their values as labels, at their middle', () => {
  const week = pictureOf(Array.from({ length: 210 }, (_, i) => 1 + (i % 7)))
  const { labels } = ticksOf(week, 'numeric', ROOM)
  expect(labels.map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  expect(labels.map(({ at }) => at / WIDTH)).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((i) => expect.closeTo((i + 0.5) / 7, 9)),
  )
})

test('of labels that would overlap every second is shown, or fewer; on a narrow picture of these', () => {
  const places = Array.from({ length: 9 }, (_, i) => [(i * WIDTH) / 8, `l${i}`] as const)
  const shown = (narrow: number, wide: number) => {
    const { labels, every } = fittingLabels(places, { narrow, wide })
    return [labels.map(({ text }) => text).join(' '), every]
  }
  expect(shown(40, 40)).toEqual(['l0 l1 l2 l3 l4 l5 l6 l7 l8', 1])
  expect(shown(20, 40)).toEqual(['l0 l1 l2 l3 l4 l5 l6 l7 l8', 2])
  expect(shown(10, 20)).toEqual(['l0 l2 l4 l6 l8', 2])
  expect(shown(2, 2)).toEqual(['l0', 1])
  const { labels } = fittingLabels(places, { narrow: 20, wide: 40 })
  expect(labels.map(({ anchor }) => anchor)).toEqual(['start', ...Array(7).fill('middle'), 'end'])
})

test('ends that are too long for one line take two', () => {
  const ends = (profile: ReturnType<typeof numericProfile>) =>
    endsOf(numericPicture({ reference: profile, current: null }), 'datetime', ROOM)
  expect(
    ends(numericProfile([0.5e9, 1.7e9], [0, 1e9, 2e9])).labels.map(({ isBelow }) => isBelow),
  ).toEqual([undefined, undefined])
  const low = Date.UTC(2026, 2, 1)
  expect(
    ends(numericProfile([low + 1, low + 2.5], [low, low + 2, low + 4])).labels[1]!.isBelow,
  ).toBe(true)
})

test('the ends of bins of whole numbers are the first and the last of these', () => {
  const ages = pictureOf(Array.from({ length: 580 }, (_, i) => 18 + (i % 58)))
  expect(ages.axis.domain).toEqual([17.5, 75.5])
  expect(endsOf(ages, 'numeric', ROOM).labels.map(({ text }) => text)).toEqual(['18', '75'])
})

test('labels are in the unit of the column', () => {
  const edges = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
  const seconds = [0.002, 0.004, 0.005, 0.006, 0.008, 0.009, 0.02, 0.04, 0.2, 0.9, 1.1]
  const reference = { ...numericProfile(seconds, edges), unit: 'seconds' }
  const picture = numericPicture({ reference, current: null })
  expect(ticksOf(picture, 'numeric', ROOM).labels.map(({ text }) => text)).toEqual([
    '1 ms',
    '10 ms',
    '100 ms',
    '1 s',
  ])
})
