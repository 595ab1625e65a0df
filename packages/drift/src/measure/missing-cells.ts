import { isMissing } from '@tidegauge/core'
import { forEachCell } from './column.ts'
import type { ColumnPair, ColumnSource, MissingCounts } from './measured-column.ts'

/** How many cells are missing, where nothing else is known of a column. */
export function missingCells({ reference, current }: ColumnPair): MissingCounts {
  const [before, after] = [countCells(reference), countCells(current)]
  return {
    reference: before.missing,
    referenceRows: before.rows,
    current: after.missing,
    currentRows: after.rows,
  }
}

export function countCells(source: ColumnSource): {
  readonly missing: number
  readonly rows: number
} {
  if (source.kind === 'profile') {
    const { n, missing } = source.column.profile
    return { missing, rows: n + missing }
  }
  let missing = 0
  let rows = 0
  try {
    forEachCell(source.column, (cell) => {
      rows++
      if (isMissing(cell)) missing++
    })
  } catch {
    // A cell that cannot be read is no missing one.
    rows++
  }
  return { missing, rows }
}
