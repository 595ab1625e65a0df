import { HIGH_WORD, wordsOf } from './sort-numbers.ts'

/**
 * Keys of doubles: the high word of x − offset, in which sign, exponent and the first bits of the fraction
 * tell about where x lies without a comparison. Equal values have equal keys, but for −0 and 0.
 *
 * @param offset - 0 where it may be: that makes no copy
 * @returns words of which every second one, from HIGH_WORD on, is a key
 */
export function keysOf(values: Float64Array, offset: number): Uint32Array {
  if (offset === 0) return wordsOf(values)
  const shifted = new Float64Array(values.length)
  for (let i = 0; i < shifted.length; i++) shifted[i] = values[i]! - offset
  return wordsOf(shifted)
}

/**
 * What to measure values from: values crowded far from 0, such as timestamps, share their high words, so that
 * these are measured from their median; all others from 0.
 *
 * @param sorted - at least one value, ascending, for instance a small part of all
 */
export function offsetOf(sorted: Float64Array): number {
  const quartile = (k: number): number => sorted[Math.floor((k * (sorted.length - 1)) / 4)]!
  const isCrowded = quartile(3) - quartile(1) < Math.abs(quartile(2)) / 256
  return isCrowded ? quartile(2) : 0
}

/** Up to so many values, at even distances in their array. */
export function everyNth(values: Float64Array, atMost: number): Float64Array {
  const size = Math.min(atMost, values.length)
  return Float64Array.from(
    { length: size },
    (_, i) => values[Math.floor((i * values.length) / size)]!,
  )
}

/**
 * The top 18 bits of a key number a cell, which spans about 1% of the size of its values. Inner loops shift
 * the key themselves.
 */
export const CELL_SHIFT = 14
export const CELLS: number = 2 ** (32 - CELL_SHIFT)

/** The cell at a place in ascending order of the values: negative ones come first, the largest size first. */
export function cellAt(place: number): number {
  return place < CELLS / 2 ? CELLS - 1 - place : place - CELLS / 2
}

/** The place of the cell that holds x − offset; 0 and −0 both count as 0, whose cell is just above that of −0. */
export function placeOf(x: number, offset: number): number {
  const cell = keysOf(Float64Array.of(x - offset + 0), 0)[HIGH_WORD]! >>> CELL_SHIFT
  return cell < CELLS / 2 ? cell + CELLS / 2 : CELLS - 1 - cell
}
