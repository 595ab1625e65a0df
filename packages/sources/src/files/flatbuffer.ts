/** A table of flatbuffers, whose every read stays within its bytes; `slot` is the place of a field in the vtable. */
export interface Flat {
  uint8(slot: number): number
  int16(slot: number, fallback?: number): number
  int32(slot: number, fallback?: number): number
  int64(slot: number): number
  /** Goes through a text; its bytes are not looked at. */
  text(slot: number): void
  table(slot: number): Flat | null
  tables(slot: number): Flat[]
  structs(slot: number, bytes: number): Struct[]
}

/** Fields at fixed places. */
export interface Struct {
  int32(at: number): number
  int64(at: number): number
}

/**
 * The root of a flatbuffer. Offsets lead forward alone, so that there is no way back; the places that share a table, a
 * vector or a text are counted, since a small buffer could otherwise be read for ever.
 *
 * @throws Error where something lies outside of the bytes
 * @see https://flatbuffers.dev/internals/
 */
export function flatTable(bytes: Uint8Array): Flat {
  const view = viewOf(bytes)
  let left = MOST_SHARED * bytes.length
  const spend = (cost: number) => {
    left -= cost
    if (left < 0) throw new Error('its metadata leads in circles')
  }

  /** Of what an offset leads to, of as many bytes at least. */
  const follow = (at: number, least: number): number => {
    const to = at + view.getUint32(at, true)
    if (to <= at || to + least > bytes.length) throw outside()
    return to
  }
  const int64 = (at: number): number => {
    const value = Number(view.getBigInt64(at, true))
    if (!Number.isSafeInteger(value)) throw new Error('a number in its metadata is out of range')
    return value
  }

  function tableAt(at: number): Flat {
    spend(1)
    const table = follow(at, 4)
    const vtable = table - view.getInt32(table, true)
    if (vtable < 0 || vtable + 4 > bytes.length) throw outside()
    const vtableSize = view.getInt16(vtable, true)
    const size = view.getInt16(vtable + 2, true)
    if (vtableSize < 4 || vtableSize % 2 !== 0 || vtable + vtableSize > bytes.length)
      throw outside()
    if (size < 4 || table + size > bytes.length) throw outside()

    /** Of a field of so many bytes; null where it is left out. */
    const placeOf = (slot: number, width: number): number | null => {
      const offset = slot < vtableSize ? view.getInt16(vtable + slot, true) : 0
      if (offset === 0) return null
      if (offset < 4 || offset + width > size) throw outside()
      return table + offset
    }
    const vectorAt = (slot: number, width: number) => {
      const at = placeOf(slot, 4)
      if (at === null) return { start: 0, length: 0 }
      const vector = follow(at, 4)
      const length = view.getInt32(vector, true)
      if (length < 0 || vector + 4 + length * width > bytes.length) throw outside()
      spend(length)
      return { start: vector + 4, length }
    }
    const scalar =
      (width: number, read: (at: number) => number) =>
      (slot: number, fallback = 0) => {
        const at = placeOf(slot, width)
        return at === null ? fallback : read(at)
      }
    return {
      uint8: scalar(1, (at) => view.getUint8(at)),
      int16: scalar(2, (at) => view.getInt16(at, true)),
      int32: scalar(4, (at) => view.getInt32(at, true)),
      int64: scalar(8, int64),
      text: (slot) => {
        vectorAt(slot, 1)
      },
      table(slot) {
        const at = placeOf(slot, 4)
        return at === null ? null : tableAt(at)
      },
      tables(slot) {
        const { start, length } = vectorAt(slot, 4)
        return Array.from({ length }, (_, i) => tableAt(start + 4 * i))
      },
      structs(slot, width) {
        const { start, length } = vectorAt(slot, width)
        return Array.from({ length }, (_, i) => ({
          int32: (at) => view.getInt32(start + i * width + at, true),
          int64: (at) => int64(start + i * width + at),
        }))
      },
    }
  }
  if (bytes.length < 4) throw outside()
  return tableAt(0)
}

/** Times its bytes: writers let a few fields share a text or a type. */
const MOST_SHARED = 64

function outside(): Error {
  return new Error('its metadata leads outside of it')
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
