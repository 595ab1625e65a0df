import { isMissing } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { ColumnType } from '../report/drift-report.ts'
import { type Cells, cellAt, eachBlock } from './cells.ts'
import { article, ColumnError } from './column-error.ts'

/**
 * What kind of values a column holds.
 *
 * Numbers and bigints make it numeric, dates a date column; text and booleans, or a mixture, a categorical
 * one. Text is `text` where most of it is distinct and it has several words: then it is no category.
 *
 * @returns null where every cell is missing
 * @throws ColumnError where a cell is an object, a function or a symbol
 */
export function* ownType(cells: Cells): Steps<ColumnType | null> {
  if (cells.dictionary !== undefined) return 'categorical'
  if (cells.isTyped) return 'numeric'
  const seen = { numeric: false, datetime: false, text: false, boolean: false }
  yield* eachBlock(cells, (values, start, end) => {
    for (let i = start; i < end; i++) {
      const cell = values[i]
      if (typeof cell === 'string') seen.text = true
      else if (isMissing(cell)) continue
      else if (typeof cell === 'number' || typeof cell === 'bigint') seen.numeric = true
      else if (cell instanceof Date) seen.datetime = true
      else if (typeof cell === 'boolean') seen.boolean = true
      else
        throw new ColumnError(`a value is ${article(cell)}, neither number, text, boolean nor date`)
    }
    return end
  })
  const kinds = Object.values(seen).filter(Boolean).length
  if (kinds === 0) return null
  if (kinds > 1) return 'categorical'
  if (seen.numeric) return 'numeric'
  if (seen.datetime) return 'datetime'
  return seen.text && (yield* areProse(cells)) ? 'text' : 'categorical'
}

/** So many cells tell what the rest is like. */
const PROBED_CELLS = 1000
const WORDS_OF_PROSE = 4
/** So many characters are split into words in one step. */
const CHARACTERS_OF_STEP = 1 << 17

function* areProse(cells: Cells): Steps<boolean> {
  // Words of each distinct text: those of a category are counted once.
  const wordsOf = new Map<string, number>()
  let n = 0
  let words = 0
  let characters = 0
  const step = Math.max(1, Math.floor(cells.length / PROBED_CELLS))
  for (let i = 0; i < cells.length; i += step) {
    const cell = cellAt(cells, i)
    if (typeof cell !== 'string') continue
    const known = wordsOf.get(cell) ?? cell.split(/\s+/).length
    wordsOf.set(cell, known)
    n++
    words += known
    characters += cell.length
    if (characters < CHARACTERS_OF_STEP) continue
    characters = 0
    yield
  }
  return wordsOf.size > n / 2 && words >= WORDS_OF_PROSE * n
}
