import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { listed, suggestion } from '@tidegauge/core/options'
import {
  type ColumnType,
  type ProfileOrigin,
  type StoredColumn,
  type TableProfile,
  tableProfileOf,
  type UnprofiledColumn,
} from '@tidegauge/drift'
import { withUnit } from '@tidegauge/drift/internal'
import {
  assertKey,
  atHand,
  type DataColumn,
  type DataFormat,
  type DataTable,
  type FileSide,
  isData,
  type Located,
  openFiles,
  type Session,
  storeColumn,
  type TextFileOptions,
  whyUnread,
} from '@tidegauge/sources/files/internal'
import { fileInFlags, inFlagsOfSources, wordsInFlags } from '../engines/source-words.ts'
import { onInterrupt } from '../terminal/interrupts.ts'
import { progressOn } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

export interface ProfileFile {
  readonly data: string
  readonly input: DataFormat | undefined
  readonly where: string | undefined
  readonly columns: readonly string[] | undefined
  readonly exclude: readonly string[]
  readonly types: Readonly<Record<string, ColumnType>>
  readonly units: Readonly<Record<string, string>>
  /** What the user says of text files. */
  readonly texts: TextFileOptions
  /** The column of the profile's time range. */
  readonly time: string | undefined
  readonly bins: number
  readonly maxCategories: number
  readonly keepSample: boolean
  readonly exactRows: number
  /** A stored profile into whose bins and categories the data is counted. */
  readonly like: string | undefined
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
): Promise<{ readonly stored: TableProfile; readonly left: readonly UnprofiledColumn[] }> {
  const { data, input: format, where, types, texts, terminal } = file
  let rows = 0
  const progress = progressOn(terminal, () => rows)
  try {
    return await inFlagsOfSources(async () => {
      const requests = [
        {
          side: 'data',
          path: data,
          format,
          where,
          columns: openedOf(file),
          texts,
          check: assertData,
        },
        ...(file.like === undefined
          ? []
          : [{ side: 'like', path: file.like, check: assertStored(data) }]),
      ]
      const opened = await openFiles(requests, {
        types,
        beforeEnd: onInterrupt,
        onReading: progress.reading,
      })
      try {
        const [read, like] = opened.sides.map(fileInFlags) as [FileSide, FileSide?]
        if (read.kind !== 'table') throw new TypeError('only data is profiled')
        rows = read.table.rowCount
        return await store(file, read.table, likeOf(like, file), opened.session, progress)
      } finally {
        opened.close()
      }
    })
  } finally {
    terminal.progress('')
  }
}

/** With the times, which are told of a profile whether they are in it or not. */
function openedOf({ columns, time }: ProfileFile): readonly string[] | undefined {
  return columns && [...new Set([...columns, ...(time === undefined ? [] : [time])])]
}

function assertData(located: Located): void {
  if (!isData(located)) throw new UsageError(`${located.label} is a stored profile already`)
}

function assertStored(data: string): (located: Located) => void {
  return (located) => {
    if (!isData(located)) return
    throw new UsageError(
      `--like takes a stored profile, which ${located.label} is not: store one with tidegauge profile ${data} --out <file>`,
    )
  }
}

async function store(
  file: ProfileFile,
  table: DataTable,
  like: TableProfile | undefined,
  session: Session,
  progress: ReturnType<typeof progressOn>,
) {
  const { data, columns: wanted, types } = file
  const times = file.time === undefined ? [] : [file.time]
  const names = table.columnNames
  for (const name of [
    ...(wanted ?? []),
    ...times,
    ...file.exclude,
    ...Object.keys({ ...types, ...file.units }),
  ]) {
    if (names.includes(name)) continue
    throw new UsageError(
      `${name} is not a column of ${data}, which has ${listed(names)}${suggestion(name, names)}`,
    )
  }
  const likes = new Map(like?.columns.map((column) => [column.name, column] as const))
  const known = new Set([...likes.keys(), ...(like?.unprofiled ?? []).map(({ name }) => name)])
  if (like !== undefined && !names.some((name) => known.has(name))) {
    throw new UsageError(
      `no column is in both: ${file.like} has ${listed([...known])}; ${data} has ${listed(names)}`,
    )
  }
  const isChosen = (name: string) =>
    wanted?.includes(name) ?? (like === undefined || known.has(name))
  const columns: StoredColumn[] = []
  const unprofiled: UnprofiledColumn[] = []
  const isKept = ({ name }: DataColumn) => isChosen(name) && !file.exclude.includes(name)
  const all = [...table.columns.values()]
  const kept = all.filter(isKept)
  assertDecided(
    all.filter((column) => isKept(column) || times.includes(column.name)),
    table.label,
  )
  for (const [i, column] of kept.entries()) {
    progress.column(column.name, i, kept.length)
    const options = { ...file, like: likes.get(column.name), onRows: progress.rows }
    const { name } = column
    const read = atHand(session, table, column)
    const storing = read.then((own) => storeColumn(session, table, own, options))
    const stored = await storing.catch((error) => {
      return { name, type: null, reason: wordsInFlags(whyUnread(name, error)) }
    })
    const { reading } = column
    if ('profile' in stored) {
      const inUnits = withUnit(stored, file.units, likes.get(name))
      columns.push({ ...inUnits, ...(reading && { reading }) })
    } else unprofiled.push(stored)
  }
  const { time } = file
  const isTime = ({ name }: StoredColumn) => name === time
  const timeRange =
    time === undefined
      ? null
      : rangeOf(time, columns.find(isTime) ?? (await alone(time, table, session, file)))
  const stored = tableProfileOf({
    rows: table.rowCount,
    ...(timeRange && { timeRange }),
    ...(time !== undefined && { time }),
    origin: await originOf(table.label),
    ...(table.reading && { reading: table.reading }),
    columns,
    unprofiled,
  })
  return { stored, left: unprofiled }
}

/** A reference must not be stored of what may be read wrongly. */
function assertDecided(columns: readonly DataColumn[], label: string): void {
  for (const { name, undecided } of columns) {
    if (undecided !== undefined) throw new UsageError(`column ${name} of ${label}: ${undecided}`)
  }
}

/** A column that is not stored. */
function alone(
  name: string,
  table: DataTable,
  session: Session,
  file: ProfileFile,
): Promise<StoredColumn | UnprofiledColumn> {
  const options = { ...file, like: undefined, keepSample: false, onRows: () => {} }
  return storeColumn(session, table, table.columns.get(name)!, options)
}

/** First and last value of a column of dates or of milliseconds; null where it has none. */
function rangeOf(
  name: string,
  column: StoredColumn | UnprofiledColumn,
): readonly [number, number] | null {
  if (!('profile' in column) || column.profile.kind !== 'numeric') {
    throw new UsageError(`--time ${name}: it holds neither dates nor milliseconds since 1970`)
  }
  const { min, max } = column.profile
  return min === null || max === null ? null : [min, max]
}

/** The file's name and when it was last written: of what was piped in, or is several files, nobody knows since when it is. */
async function originOf(label: string): Promise<ProfileOrigin> {
  const file = await stat(label).catch(() => undefined)
  return { source: basename(label), ...(file?.isFile() && { at: Math.floor(file.mtimeMs) }) }
}

/** @throws UsageError where its names were stored otherwise than those of the data will be */
function likeOf(
  like: FileSide | undefined,
  { redactionKey }: ProfileFile,
): TableProfile | undefined {
  if (like?.kind !== 'profile') return undefined
  const { located, stored } = like
  assertKey(located.label, stored.columns, redactionKey)
  const names = stored.columns.some(
    ({ profile, keyCheck }) => profile.kind === 'categorical' && keyCheck === undefined,
  )
  if (redactionKey === undefined || !names) return stored
  throw new UsageError(
    `${located.label} was stored with its names: leave the key out, or store it redacted`,
  )
}
