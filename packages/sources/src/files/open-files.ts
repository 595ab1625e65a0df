import type { ColumnType, TableProfile } from '@tidegauge/drift'
import { assertCondition } from './condition.ts'
import type { DataTable } from './data-table.ts'
import type { DataFormat } from './formats.ts'
import { isData, type Located, locate } from './locate.ts'
import { loadTables, openTables } from './open-tables.ts'
import { type BeforeEnd, makeScratch } from './scratch.ts'
import { openSession, type Session } from './session.ts'
import { readStored } from './stored-profile.ts'
import { assertTextFileOptions, type TextFileOptions } from './text-file-options.ts'

/** A file, or several of one table, to read; it may be a stored profile. */
export interface FileRequest {
  /** `reference` or `current`, say: also the name of its tables. */
  readonly side: string
  /** A path, a pattern, or `-`. */
  readonly path: string
  readonly format?: DataFormat | undefined
  /** The user's own condition in SQL. */
  readonly where?: string | undefined
  /** Columns to read; undefined: all. */
  readonly columns?: readonly string[] | undefined
  readonly texts?: TextFileOptions | undefined
  /** @throws where it is not what is wanted, before anything of it is read */
  readonly check?: ((located: Located) => void) | undefined
}

export interface OpenFilesOptions {
  readonly types?: Readonly<Record<string, ColumnType>> | undefined
  /** Text files are read as pandas reads them: dates stay texts, but for the column of the times. */
  readonly asPandas?: { readonly time: string | undefined } | undefined
  /** A stored profile that is compared with a file, and is none of the files itself. */
  readonly beside?: TableProfile | undefined
  readonly signal?: AbortSignal | undefined
  readonly beforeEnd?: BeforeEnd | undefined
  readonly onReading?: (path: string) => void
}

/** What lies behind a path: a table, or the profile that was stored of one. */
export type FileSide =
  | { readonly kind: 'table'; readonly located: Located; readonly table: DataTable }
  | { readonly kind: 'profile'; readonly located: Located; readonly stored: TableProfile }

export interface OpenedFiles {
  readonly session: Session
  /** In the order of the requests. */
  readonly sides: readonly FileSide[]
  close(): void
}

/**
 * Opens files to be read column by column; how texts are read is decided on all of them together.
 *
 * @throws SourceError where one of them cannot be read
 * @throws InvalidArgumentError where an option is not what it must be
 */
export async function openFiles(
  requests: readonly FileRequest[],
  options: OpenFilesOptions = {},
): Promise<OpenedFiles> {
  for (const { texts } of requests) if (texts !== undefined) assertTextFileOptions(texts)
  const { signal } = options
  signal?.throwIfAborted()
  const scratch = makeScratch(options.beforeEnd)
  let session: Session | undefined
  const interrupt = () => session?.interrupt()
  signal?.addEventListener('abort', interrupt)
  let isClosed = false
  const close = () => {
    if (isClosed) return
    isClosed = true
    signal?.removeEventListener('abort', interrupt)
    session?.close()
    scratch.remove()
  }
  try {
    session = await openSession(scratch)
    const sides = await open(requests, session, options)
    return { session, sides, close }
  } catch (error) {
    close()
    signal?.throwIfAborted()
    throw error
  }
}

async function open(
  requests: readonly FileRequest[],
  session: Session,
  { types = {}, asPandas, beside, onReading, signal }: OpenFilesOptions,
): Promise<readonly FileSide[]> {
  const found: Array<{ readonly request: FileRequest; readonly located: Located }> = []
  for (const request of requests) {
    signal?.throwIfAborted()
    onReading?.(request.path)
    const located = await locate(request.path, session, request.format)
    request.check?.(located)
    found.push({ request, located })
  }
  // All are known: from here on nothing else is opened, whatever a file holds or a condition says.
  await session.confine(found.flatMap(({ located }) => located.paths))
  const conditions = new Set(requests.flatMap(({ where }) => where ?? []))
  for (const where of conditions) await assertCondition(where, session)
  const profiles = new Map<Located, TableProfile>()
  for (const { located } of found) {
    if (!isData(located)) profiles.set(located, await readStored(located))
  }
  const tableRequests = found.flatMap(({ request, located }) => {
    const { side, where, columns, texts = {} } = request
    return isData(located) ? [{ side, located, where, columns, texts }] : []
  })
  signal?.throwIfAborted()
  const loaded = await loadTables(tableRequests, session)
  signal?.throwIfAborted()
  await session.lock()
  const stored = beside ?? [...profiles.values()][0]
  const storedColumn = stored && ((name: string) => stored.columns.find((one) => one.name === name))
  const tables = await openTables(loaded, session, { types, asPandas, storedColumn })
  return found.map(({ located }): FileSide => {
    const profile = profiles.get(located)
    if (profile !== undefined) return { kind: 'profile', located, stored: profile }
    const at = tableRequests.findIndex((request) => request.located === located)
    return { kind: 'table', located, table: tables[at]! }
  })
}
