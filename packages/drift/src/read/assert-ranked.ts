import {
  assertProfile,
  InvalidArgumentError,
  type NumericProfile,
  sameEdges,
} from '@tidegauge/core'
import { assertObject } from '@tidegauge/core/internal'
import type { WidestGap } from '../report/drift-report.ts'
import type { RankedPair } from './evidence.ts'

/**
 * Who finds what the values would have told must agree with the counts: a value that is not the farthest one would make the
 * distance too small, and read as "no drift".
 *
 * @throws InvalidArgumentError where it does not
 */
export function assertRanked(
  argument: string,
  ranked: RankedPair,
  reference: NumericProfile,
  current: NumericProfile,
): void {
  assertObject(argument, ranked, 'what was found among the values: { widestAt, quantiles, drawn }')
  const { widestAt, quantiles, drawn } = ranked
  if (!sameEdges(reference, current)) {
    throw new InvalidArgumentError(argument, 'left out where the sides have other bins', ranked)
  }
  const last = reference.edges.length - 1
  const place = reference.edges.indexOf(widestAt)
  if (place < 1) {
    const expected = 'the upper edge of a bin'
    throw new InvalidArgumentError(`${argument}.widestAt`, expected, widestAt)
  }
  const { steps } = gapOf(reference, current, widestAt)
  for (let i = 0; i <= last; i++) {
    if (gapOf(reference, current, reference.edges[i]!).steps <= steps) continue
    const expected = `where the sides are farthest apart, as at ${reference.edges[i]}`
    throw new InvalidArgumentError(`${argument}.widestAt`, expected, widestAt)
  }
  for (const side of ['reference', 'current'] as const) {
    const { n } = { reference, current }[side]
    assertQuantiles(`${argument}.quantiles.${side}`, quantiles?.[side], quantiles?.levels)
    const picture = assertProfile(drawn?.[side] as NumericProfile)
    if (picture.kind === 'numeric' && picture.n === n) continue
    const expected = `a numeric profile of the ${n} values`
    throw new InvalidArgumentError(`${argument}.drawn.${side}`, expected, picture)
  }
}

function assertQuantiles(
  argument: string,
  values: readonly number[] | undefined,
  levels: readonly number[] | undefined,
): void {
  const isAscending = values?.every(
    (x, i) => Number.isFinite(x) && (i === 0 || x >= values[i - 1]!),
  )
  if (isAscending === true && values!.length === levels?.length) return
  throw new InvalidArgumentError(argument, 'a finite number for each level, ascending', values)
}

/** How far apart the sides are at an edge of theirs: in whole steps of 1 / nm, and as shares. */
export function gapOf(
  reference: NumericProfile,
  current: NumericProfile,
  at: number,
): WidestGap & { readonly steps: number } {
  const [before, after] = [upTo(reference, at), upTo(current, at)]
  return {
    at,
    reference: before / reference.n,
    current: after / current.n,
    steps: Math.abs(before * current.n - after * reference.n),
  }
}

/** How many values are at most as large. The first edge belongs to the bin above it. */
function upTo({ edges, counts, underflow }: NumericProfile, at: number): number {
  let sum = underflow
  for (let i = 1; i < edges.length && edges[i]! <= at; i++) sum += counts[i - 1]!
  return sum
}
