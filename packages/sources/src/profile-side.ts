import { InvalidArgumentError } from '@tidegauge/core'
import {
  parseTableProfile,
  type StoredColumn,
  type TableProfile,
  type TableShape,
  type UnprofiledColumn,
} from '@tidegauge/drift'
import { timeOf } from '@tidegauge/drift/internal'
import type { TableSource } from './table-source.ts'

/** @throws where it is none that could have been stored */
export function asStored(given: TableProfile): TableProfile {
  return parseTableProfile(JSON.stringify(given))
}

/** What a stored profile tells of its table besides its columns. */
export function profileFacts(
  stored: TableProfile,
): Pick<TableShape, 'profileId' | 'timeRange' | 'time' | 'reading'> {
  const { id, timeRange, reading } = stored
  const time = timeOf(stored)
  return {
    ...(id !== undefined && { profileId: id }),
    ...(timeRange && { timeRange }),
    ...(time !== undefined && { time }),
    ...(reading && { reading }),
  }
}

/** What is given may be anything. */
export function isProfile(given: TableSource | TableProfile): given is TableProfile {
  return (given as Partial<TableProfile> | null | undefined)?.format !== undefined
}

/** A stored profile as a side: whatever is asked for, it has what it has. */
export function profileSide(argument: string, stored: TableProfile): TableSource {
  const kept = new Map<string, StoredColumn | UnprofiledColumn>([
    ...(stored.unprofiled ?? []).map((column) => [column.name, column] as const),
    ...stored.columns.map((column) => [column.name, column] as const),
  ])
  return {
    name: argument,
    async shape() {
      const columns = [...kept.values()].map(({ name, type }) => ({
        name,
        type: type === 'text' ? null : type,
      }))
      return { rowCount: stored.rows, columns }
    },
    async read({ column }) {
      const found = kept.get(column)
      if (found !== undefined) return found
      throw new InvalidArgumentError(argument, `a profile with a column ${column}`, stored)
    },
  }
}
