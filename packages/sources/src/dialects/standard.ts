import type { SqlDialect } from '../sql/dialect.ts'

/** What several engines have in common. */
export const STANDARD: Pick<
  SqlDialect,
  | 'escapesByBackslash'
  | 'identifier'
  | 'literal'
  | 'byBytes'
  | 'slot'
  | 'flat'
  | 'rowStore'
  | 'sketches'
  | 'windows'
  | 'drawn'
  | 'isNaN'
  | 'isInfinite'
> = {
  escapesByBackslash: false,
  identifier: (name) => `"${name.replaceAll('"', '""')}"`,
  literal: (x) => doubleLiteral(x),
  byBytes: (text) => text,
  slot: (x, edges) => nestedCase(x, edges, doubleLiteral),
  flat: false,
  rowStore: false,
  windows: true,
  sketches: true,
  drawn: (share) => `random() < ${doubleLiteral(share)}`,
  isNaN: (x) => `isnan(${x})`,
  isInfinite: (x) => `isinf(${x})`,
}

/** With an exponent it is a double everywhere; the shortest digits are read back as the same number. */
export function doubleLiteral(x: number): string {
  const digits = x.toExponential()
  return x < 0 || Object.is(x, -0) ? `(${digits})` : digits
}

/** By halves: of 256 edges a row is compared with eight. */
function nestedCase(x: string, edges: readonly number[], literal: (x: number) => string): string {
  const between = (from: number, to: number): string => {
    if (from === to) return String(from)
    const middle = (from + to) >> 1
    return `CASE WHEN ${x} <= ${literal(edges[middle]!)} THEN ${between(from, middle)} ELSE ${between(middle + 1, to)} END`
  }
  return between(0, edges.length)
}

/** `NUMERIC(10, 2)` is a `numeric`. */
export function bareType(type: string): string {
  return type
    .replace(/\(.*?\)/g, '')
    .trim()
    .toLowerCase()
}
