import { InvalidArgumentError } from '@tidegauge/core'
import { rowLength } from '../recorder/histogram-rows.ts'
import {
  type HistogramState,
  type RecorderState,
  STATE_VERSION,
} from '../recorder/recorder-state.ts'

/**
 * A state in few bytes, for a pipe between processes: counts take one or two each, as most are small.
 *
 * The length of a JSON header and the header itself, then the numbers in the order in which `decodeState`
 * takes them: sums as doubles, all others as variable-length integers of seven bits a byte.
 *
 * @example
 * decodeState(encodeState(recorder.state())) // as recorder.state()
 */
export function encodeState(state: RecorderState): Uint8Array {
  const { series, histograms, ...rest } = state
  const header: Header = {
    ...rest,
    strings: series.strings,
    size: series.size,
    stride: series.stride,
    statusClasses: series.statusClasses,
    histograms: histograms.map(headerOf),
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const writer = new Writer(text.length + 64 * series.size)
  writer.integer(text.length)
  writer.bytes(text)
  for (const entry of series.entries) writer.integer(entry)
  for (const histogram of histograms) writeHistogram(writer, histogram)
  return writer.written()
}

interface Header extends Omit<RecorderState, 'series' | 'histograms'> {
  readonly strings: readonly string[]
  readonly size: number
  readonly stride: number
  readonly statusClasses: boolean
  readonly histograms: readonly HistogramHeader[]
}

interface HistogramHeader extends Pick<HistogramState, 'key' | 'bounds'> {
  readonly native: { readonly maxBuckets: number; readonly zeroThreshold: number } | null
  readonly traceIds: readonly string[]
  readonly spanIds: readonly string[]
}

function headerOf({ key, bounds, native, exemplars }: HistogramState): HistogramHeader {
  const { traceIds, spanIds } = exemplars
  const budget = native && { maxBuckets: native.maxBuckets, zeroThreshold: native.zeroThreshold }
  return { key, bounds, native: budget, traceIds, spanIds }
}

function writeHistogram(writer: Writer, { bounds, rows, native, exemplars }: HistogramState): void {
  const stride = rowLength(bounds)
  for (let i = 0; i < rows.length; i++) {
    if (i % stride === stride - 2) writer.double(rows[i]!)
    else writer.integer(rows[i]!)
  }
  if (native !== null) {
    const { schemas, zeroCounts, offsets, starts, counts } = native
    for (const schema of schemas) writer.signed(schema)
    for (const count of zeroCounts) writer.integer(count)
    for (const offset of offsets) writer.signed(offset)
    for (let slot = 0; slot < schemas.length; slot++) {
      writer.integer(starts[slot + 1]! - starts[slot]!)
    }
    for (const count of counts) writer.integer(count)
  }
  exemplars.places.forEach((place, i) => {
    writer.integer(place)
    writer.double(exemplars.values[i]!)
    writer.double(exemplars.timestamps[i]!)
  })
}

/**
 * @throws InvalidArgumentError where the bytes are not a state of this version, whole
 */
export function decodeState(bytes: Uint8Array): RecorderState {
  const reader = new Reader(bytes)
  const header = readHeader(reader)
  const { strings, size, stride, statusClasses, histograms, ...rest } = header
  const entries = reader.integers(new Int32Array(reader.atMost(size * stride)))
  const state = {
    ...rest,
    series: { strings, entries, size, stride, statusClasses },
    histograms: histograms.map((histogram) => readHistogram(reader, histogram, size)),
  }
  reader.assertEnd()
  return state
}

function readHeader(reader: Reader): Header {
  const text = new TextDecoder().decode(reader.bytes(reader.integer()))
  let header: Header
  try {
    header = JSON.parse(text) as Header
  } catch {
    throw notAState('bytes without a header')
  }
  if (header.version !== STATE_VERSION) throw notAState(`version ${header.version}`)
  return header
}

function readHistogram(
  reader: Reader,
  { key, bounds, native, traceIds, spanIds }: HistogramHeader,
  size: number,
): HistogramState {
  const stride = rowLength(bounds)
  const rows = new Float64Array(reader.atMost(size * stride))
  for (let i = 0; i < rows.length; i++) {
    rows[i] = i % stride === stride - 2 ? reader.double() : reader.integer()
  }
  return {
    key,
    bounds,
    rows,
    native: native && { ...native, ...readNative(reader, size) },
    exemplars: { ...readExemplars(reader, traceIds.length), traceIds, spanIds },
  }
}

function readNative(reader: Reader, size: number) {
  const schemas = new Int8Array(reader.atMost(size))
  for (let slot = 0; slot < size; slot++) schemas[slot] = reader.signed()
  const zeroCounts = reader.integers(new Float64Array(size))
  const offsets = new Int32Array(size)
  for (let slot = 0; slot < size; slot++) offsets[slot] = reader.signed()
  const starts = new Int32Array(size + 1)
  for (let slot = 0; slot < size; slot++) starts[slot + 1] = starts[slot]! + reader.integer()
  const counts = reader.integers(new Float64Array(reader.atMost(starts[size]!)))
  return { schemas, zeroCounts, offsets, starts, counts }
}

function readExemplars(reader: Reader, length: number) {
  const places = new Int32Array(length)
  const values = new Float64Array(length)
  const timestamps = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    places[i] = reader.integer()
    values[i] = reader.double()
    timestamps[i] = reader.double()
  }
  return { places, values, timestamps }
}

/** Bytes that grow. */
class Writer {
  private view: DataView
  private at = 0

  constructor(capacity: number) {
    this.view = new DataView(new ArrayBuffer(capacity))
  }

  /** A whole number from 0 to 2⁵³. */
  integer(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest >= 0x80) {
      // Beyond 2³¹ the bit operators would cut.
      this.view.setUint8(this.at++, (rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.view.setUint8(this.at++, rest)
  }

  /** Small ones of either sign are short. */
  signed(value: number): void {
    this.integer(value < 0 ? -2 * value - 1 : 2 * value)
  }

  double(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.at, value, true)
    this.at += 8
  }

  bytes(values: Uint8Array): void {
    this.reserve(values.length)
    new Uint8Array(this.view.buffer).set(values, this.at)
    this.at += values.length
  }

  written(): Uint8Array {
    return new Uint8Array(this.view.buffer.slice(0, this.at))
  }

  private reserve(length: number): void {
    if (this.at + length <= this.view.byteLength) return
    const larger = new Uint8Array(2 * (this.at + length))
    larger.set(new Uint8Array(this.view.buffer, 0, this.at))
    this.view = new DataView(larger.buffer)
  }
}

class Reader {
  private readonly view: DataView
  private at = 0

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  integer(): number {
    let value = this.view.getUint8(this.advance(1))
    if (value < 0x80) return value
    value &= 0x7f
    for (let factor = 0x80; ; factor *= 0x80) {
      const byte = this.view.getUint8(this.advance(1))
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }

  integers<T extends Int32Array | Float64Array>(into: T): T {
    for (let i = 0; i < into.length; i++) into[i] = this.integer()
    return into
  }

  signed(): number {
    const value = this.integer()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  double(): number {
    return this.view.getFloat64(this.advance(8), true)
  }

  bytes(length: number): Uint8Array {
    const start = this.advance(length)
    return new Uint8Array(this.view.buffer, this.view.byteOffset + start, length)
  }

  /** A number of values that are still to come: each takes a byte at least. */
  atMost(length: number): number {
    if (length > this.view.byteLength - this.at) throw notAState('too few bytes')
    return length
  }

  assertEnd(): void {
    if (this.at !== this.view.byteLength) throw notAState('too many bytes')
  }

  private advance(length: number): number {
    const start = this.at
    this.at += this.atMost(length)
    return start
  }
}

function notAState(received: string): InvalidArgumentError {
  return new InvalidArgumentError('bytes', 'the state of a recorder', received)
}
