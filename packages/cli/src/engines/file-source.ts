import type { ColumnType, TableProfile } from '@tidegauge/drift'
import type { TableSource } from '@tidegauge/sources'
import {
  assertKey,
  type DataFormat,
  openedSource,
  openFiles,
  type TextFileOptions,
  whenIdle,
} from '@tidegauge/sources/files/internal'
import { onInterrupt } from '../terminal/interrupts.ts'
import { fileInFlags, inFlagsOfSources } from './source-words.ts'

export interface FileSideOptions {
  readonly input: DataFormat | undefined
  readonly where: string | undefined
  readonly types: Readonly<Record<string, ColumnType>>
  readonly texts: TextFileOptions
  /** Of a profile that was stored redacted. */
  readonly redactionKey: string | undefined
}

/** A file as a side, beside one that lies in a database. */
export interface OpenedFileSide {
  /** Its name, for reports. */
  readonly name: string
  readonly source: TableSource | TableProfile
  /** When nothing is read any more: DuckDB does not bear to be closed before. */
  close(): Promise<void>
}

/** @throws UsageError where it cannot be read */
export async function openFileSide(
  path: string,
  { input, where, types, texts, redactionKey }: FileSideOptions,
): Promise<OpenedFileSide> {
  return inFlagsOfSources(async () => {
    const request = { side: 'file', path, format: input, where, texts }
    const { session, sides, close } = await openFiles([request], { types, beforeEnd: onInterrupt })
    try {
      const side = fileInFlags(sides[0]!)
      const { name } = side.located
      if (side.kind === 'table') {
        const source = openedSource(side, session)
        const closeIdle = async () => {
          await whenIdle(source)
          close()
        }
        return { name, source, close: closeIdle }
      }
      assertKey(path, side.stored.columns, redactionKey)
      return { name, source: side.stored, close: async () => close() }
    } catch (error) {
      close()
      throw error
    }
  })
}
