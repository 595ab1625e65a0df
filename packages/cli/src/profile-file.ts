import {
  type ColumnType,
  profile,
  redactTableProfile,
  type StoredColumn,
  type TableProfile,
} from '@tidegauge/drift'
import { assertCondition } from './data/condition.ts'
import { openTable } from './data/data-table.ts'
import { type DataFormat, isData, locate } from './data/locate.ts'
import { openSession, type Session } from './data/session.ts'
import { storeColumn } from './data/store-columns.ts'
import { listed, suggestion } from './nearest.ts'
import { progressOn } from './progress.ts'
import { makeScratch } from './scratch.ts'
import type { Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export interface ProfileFile {
  readonly data: string
  readonly input: DataFormat | undefined
  readonly where: string | undefined
  readonly columns: readonly string[] | undefined
  readonly exclude: readonly string[]
  readonly types: Readonly<Record<string, ColumnType>>
  readonly bins: number
  readonly maxCategories: number
  readonly keepSample: boolean
  readonly exactRows: number
  /** Categories are stored under codes of this key. */
  readonly redactionKey: string | undefined
  readonly terminal: Terminal
}

/**
 * The profile of a file, read one column at a time.
 *
 * @returns the profile, and the columns of text that it cannot hold
 * @throws UsageError where the file cannot be read, or a column is named that it does not have
 */
export async function profileFile(
  file: ProfileFile,
): Promise<{ readonly stored: TableProfile; readonly left: readonly string[] }> {
  const scratch = makeScratch()
  let session: Session | undefined
  try {
    session = await openSession(scratch)
    return await store(file, session)
  } finally {
    session?.close()
    scratch.remove()
    file.terminal.progress('')
  }
}

async function store(file: ProfileFile, session: Session) {
  const { data, columns: wanted, types, terminal } = file
  let rows = 0
  const progress = progressOn(terminal, () => rows)
  progress.reading(data)
  const located = await locate(data, session, file.input)
  if (!isData(located)) throw new UsageError(`${data} is a stored profile already`)
  await session.confine(located.paths)
  if (file.where !== undefined) await assertCondition(file.where, session)
  const table = await openTable(located, session, { ...file, side: 'data', columns: wanted })
  rows = table.rowCount
  const names = table.columnNames
  for (const name of [...(wanted ?? []), ...file.exclude, ...Object.keys(types)]) {
    if (names.includes(name)) continue
    throw new UsageError(
      `${name} is not a column of ${data}, which has ${listed(names)}${suggestion(name, names)}`,
    )
  }
  const columns: StoredColumn[] = []
  const left: string[] = []
  const kept = [...table.columns.values()].filter(({ name }) => !file.exclude.includes(name))
  for (const [i, column] of kept.entries()) {
    progress.column(column.name, i, kept.length)
    const stored = await storeColumn(session, table, column, { ...file, onRows: progress.rows })
    if (stored === null) left.push(column.name)
    else columns.push(stored)
  }
  const stored = { ...profile({}), rows: table.rowCount, columns }
  const { redactionKey: key } = file
  return { stored: key === undefined ? stored : redactTableProfile(stored, key), left }
}
