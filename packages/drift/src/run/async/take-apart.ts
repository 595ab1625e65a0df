import type { Steps } from '@tidegauge/core/internal'
import { LONGEST_LIST, MOST_CHARACTERS } from '../../read/read-cells.ts'

/** What is sent before, each at once and hence short. */
export type Pieces = ReadonlyArray<readonly unknown[]>

/**
 * Plain data without its lists, which are cut into pieces. Where a list was, a Map tells which they are: plain data holds
 * none.
 *
 * @param pieces - added to
 */
export function* takeApart(value: unknown, pieces: Array<readonly unknown[]>): Steps<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) {
    if (typeof value[0] !== 'object') return yield* cut(value, pieces)
    const items: unknown[] = []
    for (const item of value) items.push(yield* takeApart(item, pieces))
    return items
  }
  const fields: Array<[string, unknown]> = []
  for (const [key, field] of Object.entries(value)) {
    fields.push([key, yield* takeApart(field, pieces)])
  }
  return Object.fromEntries(fields)
}

function* cut(list: readonly unknown[], pieces: Array<readonly unknown[]>): Steps<unknown> {
  const first = pieces.length
  let from = 0
  let characters = 0
  for (let i = 0; i < list.length; i++) {
    const item = list[i]
    const length = typeof item === 'string' ? item.length : 0
    if (i - from === LONGEST_LIST || (i > from && characters + length > MOST_CHARACTERS)) {
      pieces.push(list.slice(from, i))
      from = i
      characters = 0
      yield
    }
    characters += length
  }
  if (from < list.length) pieces.push(from === 0 ? list : list.slice(from))
  return new Map([
    ['first', first],
    ['end', pieces.length],
  ])
}

/** The same data again. */
export function putTogether(value: unknown, pieces: Pieces): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (value instanceof Map) return pieces.slice(value.get('first'), value.get('end')).flat()
  if (Array.isArray(value)) return value.map((item) => putTogether(item, pieces))
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, putTogether(field, pieces)]),
  )
}
