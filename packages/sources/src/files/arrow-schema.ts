import { isDeepStrictEqual } from 'node:util'
import { MOST_LEVELS } from './assert-shallow.ts'
import type { Flat } from './flatbuffer.ts'

const V4 = 3
export const V5 = 4

export const TYPE = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  runEndEncoded: 22,
  binaryView: 23,
  utf8View: 24,
  listView: 25,
  largeListView: 26,
} as const

export interface Schema {
  readonly version: number
  readonly fields: readonly Field[]
  /** What the values of a dictionary look like, by its id. */
  readonly dictionaries: ReadonlyMap<number, Field>
}

export interface Field {
  readonly type: number
  readonly children: readonly Field[]
  /** Of a value, where all have the same: bits, or items of a list. */
  readonly size: number
  readonly dictionary: {
    readonly id: number
    readonly bits: number
    readonly signed: boolean
  } | null
  readonly union: { readonly isDense: boolean; readonly typeIds: readonly number[] } | null
}

/** What an Arrow schema says of the layout of its columns, in the numbers that the reader goes by. */
export function schemaOf(flat: Flat, version: number): Schema {
  assertVersion(version)
  if (flat.int16(4) !== 0) throw new Error('it is big-endian: write it on a little-endian machine')
  assertMetadata(flat, 8)
  const dictionaries = new Map<number, Field>()
  const fields = flat.tables(6).map((field) => fieldOf(field, dictionaries, 1))
  return { version, fields, dictionaries }
}

/** Those before lay out buffers otherwise. */
export function assertVersion(version: number): void {
  if (version !== V4 && version !== V5) throw new Error('it was written by no Arrow since 0.8')
}

function fieldOf(flat: Flat, dictionaries: Map<number, Field>, level: number): Field {
  if (level > MOST_LEVELS) throw new Error(`its types are nested deeper than ${MOST_LEVELS} levels`)
  flat.text(4)
  assertMetadata(flat, 16)
  const type = flat.uint8(8)
  const details = flat.table(10)
  if (details === null) throw new Error('a column has no type')
  const children = flat.tables(14).map((child) => fieldOf(child, dictionaries, level + 1))
  const isUnion = type === TYPE.union
  const field: Field = {
    type,
    children,
    size: sizeOf(type, details),
    dictionary: null,
    union: isUnion
      ? {
          isDense: details.int16(4) === 1,
          typeIds: details.structs(6, 4).map((id) => id.int32(0)),
        }
      : null,
  }
  if (isUnion && field.union!.typeIds.length !== children.length) {
    throw new Error('a union has more types than columns')
  }
  assertChildren(field)
  const dictionary = flat.table(12)
  if (dictionary === null) return field
  const index = dictionary.table(6)
  const id = dictionary.int64(4)
  const other = dictionaries.get(id)
  if (other !== undefined && !isDeepStrictEqual(other, field)) {
    throw new Error('two columns of different types share a dictionary')
  }
  dictionaries.set(id, field)
  const bits = index === null ? 32 : index.int32(4)
  return { ...field, dictionary: { id, bits, signed: index === null || index.uint8(6) !== 0 } }
}

function assertMetadata(flat: Flat, slot: number): void {
  for (const entry of flat.tables(slot)) {
    entry.text(4)
    entry.text(6)
  }
}

function assertChildren({ type, children }: Field): void {
  const expected = CHILDREN.get(type)
  if (expected !== undefined && children.length !== expected) {
    throw new Error('a nested type lacks its columns')
  }
  const [entries] = children
  if (type === TYPE.map && (entries!.type !== TYPE.struct || entries!.children.length !== 2)) {
    throw new Error('a nested type lacks its columns')
  }
}

const CHILDREN: ReadonlyMap<number, number> = new Map([
  [TYPE.list, 1],
  [TYPE.largeList, 1],
  [TYPE.listView, 1],
  [TYPE.largeListView, 1],
  [TYPE.fixedSizeList, 1],
  [TYPE.map, 1],
  [TYPE.runEndEncoded, 2],
])

/** Digits of a decimal of 256 bits. */
const MOST_DIGITS = 76

/** In bits; of a list, in items. */
function sizeOf(type: number, details: Flat): number {
  switch (type) {
    case TYPE.int:
      return oneOf([8, 16, 32, 64], details.int32(4))
    case TYPE.float:
      return [16, 32, 64][oneOf([0, 1, 2], details.int16(4))]!
    case TYPE.bool:
      return 1
    case TYPE.decimal:
      if (Math.abs(details.int32(6)) > MOST_DIGITS) throw new Error('a decimal has no such scale')
      return oneOf([32, 64, 128, 256], details.int32(8, 128))
    case TYPE.date:
      return details.int16(4, 1) === 0 ? 32 : 64
    case TYPE.time:
      return oneOf([0, 1, 2, 3], details.int16(4, 1)) < 2 ? 32 : 64
    case TYPE.timestamp:
      details.text(6)
      return 64
    case TYPE.duration:
      return 64
    case TYPE.interval:
      return [32, 64, 128][oneOf([0, 1, 2], details.int16(4))]!
    case TYPE.fixedSizeBinary:
      return 8 * details.int32(4)
    case TYPE.fixedSizeList:
      return details.int32(4)
    case TYPE.binaryView:
    case TYPE.utf8View:
      return 128
    default:
      return 0
  }
}

export function oneOf(known: readonly number[], value: number): number {
  if (known.includes(value)) return value
  throw new Error('a type has a width or a unit that is none')
}
