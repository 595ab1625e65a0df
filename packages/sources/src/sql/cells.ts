import { categoryOf } from '@tidegauge/core'
import type { SqlKind } from './dialect.ts'

/** A number as clients give it: as such, as a bigint, or as text, where NaN and ∞ have several spellings. */
export function numberIn(cell: unknown): number {
  if (typeof cell === 'number') return cell
  if (typeof cell === 'bigint') return Number(cell)
  if (cell === null || cell === undefined) return Number.NaN
  const text = String(cell).trim()
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  return text === '' ? Number.NaN : Number(text)
}

/** The same, null where there is none: of nothing no sum and no extreme is known. */
export function knownNumberIn(cell: unknown): number | null {
  const x = numberIn(cell)
  return Number.isNaN(x) ? null : x + 0
}

/** An array of numbers: as such, within an object of the client's, or as text. */
export function numbersIn(cell: unknown): number[] {
  if (Array.isArray(cell)) return cell.map(numberIn)
  const { items } = (cell ?? {}) as { readonly items?: unknown }
  if (Array.isArray(items)) return items.map(numberIn)
  const inner = /^\s*[[{](.*)[\]}]\s*$/s.exec(String(cell))?.[1]
  return inner === undefined || inner.trim() === '' ? [] : inner.split(',').map(numberIn)
}

/** A category as core names it. */
export function categoryIn(cell: unknown, kind: SqlKind): string {
  switch (kind) {
    case 'moment':
    case 'day':
      return categoryOf(new Date(numberIn(cell))) ?? String(cell)
    case 'float':
    case 'decimal':
    case 'time':
      return String(numberIn(cell) + 0)
    case 'boolean':
      return /^(t|true|1)$/i.test(String(cell)) ? 'true' : 'false'
    default:
      return String(cell)
  }
}

export function isOfDates(kind: SqlKind): boolean {
  return kind === 'moment' || kind === 'day'
}
