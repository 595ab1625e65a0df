import { InvalidArgumentError, type NumericProfile } from '@tidegauge/core'
import type { ColumnDrift } from '@tidegauge/drift'
import { bracketOf } from './bracket.ts'
import { distanceOfShift, LARGEST_SHIFT, spread } from './distance-of-shift.ts'

/**
 * Is the effect of a column one that it can have? It lies in its own interval, and that of numbers follows from the
 * Kolmogorov-Smirnov distance, whichever method was asked for: both profiles bound it.
 *
 * @param path - of a column of which an effect was measured
 * @throws InvalidArgumentError naming the field that contradicts the others
 */
export function assertEffect(path: string, column: ColumnDrift, alpha: number): void {
  const { current, effect, effectInterval, reference } = column
  if (effect === null || effectInterval === null) return
  const [low, high] = effectInterval
  if (low > high) refuse(path, 'effectInterval', 'in order', effectInterval)
  const isInside = effect >= low - ROUNDING && effect <= high + ROUNDING
  if (alpha <= WIDE_ALPHA && !isInside) {
    refuse(path, 'effect', `from ${low} to ${high}, as effectInterval`, effect)
  }
  if (reference?.kind !== 'numeric' || current?.kind !== 'numeric') return
  if (reference.n === 0 || current.n === 0) return
  const { lower, upper } = distancesOf(column, reference, current)
  const { chance, reach } = spread(reference.n, current.n, alpha)
  const ranges = {
    effect: [effect, lower, (distance: number) => Math.sqrt(Math.max(0, distance ** 2 - chance))],
    'effectInterval[0]': [low, lower, (distance: number) => Math.max(0, distance - reach)],
    'effectInterval[1]': [high, upper, (distance: number) => Math.min(1, distance + reach)],
  } as const
  for (const [field, [shift, range, ofDistance]] of Object.entries(ranges)) {
    const received = distanceOfShift(shift)
    // Beyond the largest shift all are that one.
    const [least, most] = range.map((distance) => Math.min(LARGEST, ofDistance(distance)))
    if (received >= least! - ROUNDING && received <= most! + ROUNDING) continue
    refuse(path, field, 'a shift that both profiles allow', shift)
  }
}

function refuse(path: string, field: string, expected: string, received: unknown): never {
  throw new InvalidArgumentError(`${path}.${field}`, `${expected}, as its column says`, received)
}

const ROUNDING = 1e-6

/** At levels above, the interval is so narrow that the effect, corrected for chance, may lie beside it. */
const WIDE_ALPHA = 0.38

/**
 * Of which distances effect and interval are: where the edges differ, effect and lower end are those of the least
 * possible one, the upper end that of the most; else all of one between both.
 */
function distancesOf(
  column: ColumnDrift,
  reference: NumericProfile,
  current: NumericProfile,
): { readonly lower: Range; readonly upper: Range } {
  const bracket = bracketOf(column)
  if (bracket === null) {
    const bounds = distanceBounds(reference, current)
    return { lower: bounds, upper: bounds }
  }
  const { lower, upper } = bracket
  return { lower: [lower, lower], upper: [upper, upper] }
}

type Range = readonly [least: number, most: number]

/** Both distribution functions are known at the edges; between two, each lies between its values there. */
function distanceBounds(reference: NumericProfile, current: NumericProfile): [number, number] {
  const [before, after] = [sharesUpTo(reference), sharesUpTo(current)]
  let least = 0
  let most = 0
  for (let i = 1; i < before.length; i++) {
    least = Math.max(least, Math.abs(before[i]! - after[i]!))
    most = Math.max(most, before[i]! - after[i - 1]!, after[i]! - before[i - 1]!)
  }
  return [least, most]
}

function sharesUpTo({ counts, n, overflow, underflow }: NumericProfile): number[] {
  let sum = 0
  const shares = [0]
  for (const count of [underflow, ...counts, overflow]) {
    sum += count
    shares.push(sum / n)
  }
  return shares
}

const LARGEST: number = distanceOfShift(LARGEST_SHIFT)
