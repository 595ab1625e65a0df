import { profile, type UnprofiledColumn } from '@tidegauge/drift'
import type { DataColumn, DataTable } from './data-table.ts'
import { readCells } from './read-values.ts'
import type { Session } from './session.ts'

/** So many cells of a column, spread over it, tell what it holds. */
export const PROBED_CELLS = 1000

/** Does the library take a column for one of texts? Asked of some of its cells. */
export async function areDocuments(
  session: Session,
  table: DataTable,
  column: DataColumn,
): Promise<boolean> {
  const cells = await readCells(session, { table, column, sample: PROBED_CELLS }, () => {})
  return profile({ [column.name]: cells }).columns.length === 0
}

/** In the place of its profile. */
export function leftDocuments(name: string): UnprofiledColumn {
  return { name, type: 'text', reason: 'documents of texts are not kept' }
}
