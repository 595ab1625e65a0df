import type { ColumnDrift } from '@tidegauge/drift'
import { scaleLinear, scaleLog, scaleUtc } from 'd3-scale'
import { type Axis, type NumericPicture, WIDTH } from './numeric-axis.ts'
import { valueFormat } from './value-format.ts'

/** Text at a place of the axis. */
export interface AxisLabel {
  /** In units from the left. */
  readonly at: number
  readonly text: string
  /** How it stands to that place: behind it at the left end of the axis, before it at the right one. */
  readonly anchor: 'start' | 'middle' | 'end'
  /** In the second line: both ends are too long for one. */
  readonly isBelow?: boolean
}

export interface LabelledAxis {
  readonly labels: readonly AxisLabel[]
  /** On a narrow picture there is room for every so-manieth, from the first on. */
  readonly every: number
}

/** So many characters have room below a picture. */
export interface Room {
  readonly narrow: number
  readonly wide: number
}

/** A value stands for itself, unlike a tick. */
export const VALUE_DIGITS = 10

type Tick = readonly [value: number, text: string]

/** Between which values a picture is, where there is no room for more. */
export function endsOf(
  { axis, unit }: NumericPicture,
  type: ColumnDrift['type'],
  room: Room,
): LabelledAxis {
  const ends = wholeWithin(axis.domain)
  const format = valueFormat(type, ends, 3, unit)
  const [low, high] = ends.map((value, i): AxisLabel => {
    return {
      at: axis.position(axis.domain[i]!),
      text: format(value),
      anchor: i === 0 ? 'start' : 'end',
    }
  })
  const isWide = extent(high!, room.narrow)[0] < extent(low!, room.narrow)[1] + SPACE
  return { labels: [low!, isWide ? { ...high!, isBelow: true } : high!], every: 1 }
}

/** Bins from 17.5 on are of whole numbers: 18 is the first. */
function wholeWithin([low, high]: Axis['domain']): Axis['domain'] {
  const isHalf = (x: number) => Number.isInteger(x - 0.5)
  return isHalf(low) && isHalf(high) ? [low + 0.5, high - 0.5] : [low, high]
}

/** Round values, powers of ten on a logarithmic axis, the values themselves where each has a bar. */
export function ticksOf(
  picture: NumericPicture,
  type: ColumnDrift['type'],
  room: Room,
): LabelledAxis {
  return fitting(ticksIn(picture, type), picture.axis, room)
}

function ticksIn({ axis, values, unit }: NumericPicture, type: ColumnDrift['type']): Tick[] {
  if (axis.scale === 'values') {
    const each = values!.map(({ value }) => value)
    const format = valueFormat(type, each, VALUE_DIGITS, unit)
    return each.map((value) => [value, format(value)])
  }
  const ticks = axis.scale === 'logarithmic' ? powersOfTen(axis) : roundValues(axis, type)
  const format = valueFormat(type, ticks, 4, unit)
  return ticks.map((tick) => [tick, format(tick)])
}

function powersOfTen({ domain }: Axis): number[] {
  const scale = scaleLog(domain, [0, 1])
  const ticks = scale.ticks()
  const powers = ticks.filter((tick) => Number.isInteger(rounded(Math.log10(tick))))
  if (powers.length > 1) return powers
  const few = ticks.filter((tick) => '125'.includes(tick.toExponential()[0]!))
  return few.length > 1 ? few : ticks
}

function rounded(x: number): number {
  return Number(x.toPrecision(12))
}

const TICKS = 4

const NARROWEST_RANGE = 1e-290

function roundValues({ domain: [low, high] }: Axis, type: ColumnDrift['type']): number[] {
  // Of ranges that are nothing or everything to a double there are no round numbers.
  const range = high - low
  if (!(range > NARROWEST_RANGE && Number.isFinite(range))) return []
  const isTime = type === 'datetime' && Math.max(-low, high) < 8.64e15
  const scale = isTime ? scaleUtc([low, high], [0, 1]) : scaleLinear([low, high], [0, 1])
  return scale.ticks(TICKS).map(Number)
}

function fitting(ticks: readonly Tick[], axis: Axis, room: Room): LabelledAxis {
  return fittingLabels(
    ticks.map(([value, text]) => [axis.position(value), text]),
    room,
  )
}

/**
 * As many labels as do not overlap, as far apart: all, every second, every third …
 *
 * @param places - in units from the left, ascending, and what stands there
 */
export function fittingLabels(
  places: ReadonlyArray<readonly [at: number, text: string]>,
  room: Room,
): LabelledAxis {
  const all = places.map((place) => labelAt(place, room))
  for (let step = 1; step < all.length; step++) {
    const labels = all.filter((_, i) => i % step === 0)
    if (overlap(labels, room.wide)) continue
    for (let every = 1; every <= MOST_LEFT_OUT; every++) {
      const shown = labels.filter((_, i) => i % every === 0)
      if (!overlap(shown, room.narrow)) return { labels, every }
    }
  }
  return { labels: all.slice(0, 1), every: 1 }
}

/** As many as the style sheet knows of. */
const MOST_LEFT_OUT = 4

function labelAt([at, text]: readonly [number, string], { narrow }: Room): AxisLabel {
  const place = (at / WIDTH) * narrow
  const half = text.length / 2
  return { at, text, anchor: place < half ? 'start' : place > narrow - half ? 'end' : 'middle' }
}

function overlap(labels: readonly AxisLabel[], characters: number): boolean {
  let free = Number.NEGATIVE_INFINITY
  return labels.some((label) => {
    const [from, to] = extent(label, characters)
    if (from < free) return true
    free = to + SPACE
    return false
  })
}

function extent({ at, text, anchor }: AxisLabel, characters: number): [from: number, to: number] {
  const place = (at / WIDTH) * characters
  const before = anchor === 'start' ? 0 : anchor === 'end' ? text.length : text.length / 2
  return [place - before, place - before + text.length]
}

const SPACE = 1.5
