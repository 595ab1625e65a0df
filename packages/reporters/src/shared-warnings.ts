import type { ColumnDrift } from '@tidegauge/drift'

/** Each warning once, in the order of the first column that has it, and the columns that have it. */
export function sharedWarnings(
  columns: readonly ColumnDrift[],
): ReadonlyArray<readonly [warning: string, columns: readonly ColumnDrift[]]> {
  const shared = new Map<string, ColumnDrift[]>()
  for (const column of columns) {
    for (const warning of new Set(column.warnings)) {
      const about = shared.get(warning)
      if (about === undefined) shared.set(warning, [column])
      else about.push(column)
    }
  }
  return [...shared]
}

const MOST_NAMED = 8

/** @returns the labels of the first columns, and how many more there are */
export function listOfColumns(
  columns: readonly ColumnDrift[],
  label: (column: ColumnDrift) => string,
): string {
  const named = columns.slice(0, MOST_NAMED).map(label).join(', ')
  const more = columns.length - MOST_NAMED
  return more > 0 ? `${named} and ${more} more` : named
}
