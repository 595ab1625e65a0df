import {
  type Exemplar,
  type HistogramReader,
  type HistogramRow,
  histogramRow,
  type NativeRow,
  type RequestLabels,
} from '../../contract/recorder-reader.ts'
import { ByteWriter, type Constant, constantBytes, writeConstant } from '../bytes.ts'
import { isTraceContext } from '../exemplar.ts'
import type { Family, HistogramFamily, HistogramPart, NamedReader } from '../families.ts'
import { labelNames, labelValues } from '../label-values.ts'
import { type Rendering, SAMPLES_BETWEEN_PAUSES, SERIES_BETWEEN_PAUSES } from '../rendering.ts'
import type { SampleFamily } from '../sample-family.ts'
import {
  CREATED_FIELDS,
  delimited,
  longestLabels,
  MESSAGE,
  VALUE_FIELDS,
  writeExemplar,
  writeFamilyHead,
  writeLabels,
  writeTimestamp,
} from './protobuf-messages.ts'
import {
  beginMessage,
  endMessage,
  LONGEST_VARINT,
  longestString,
  tag,
  VARINT,
  writeDouble,
  writeString,
  writeUnsigned,
  writeZigzag,
} from './protobuf-wire.ts'

export const PROTOBUF_CONTENT_TYPE =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'

export interface ProtobufOptions {
  /**
   * Classic buckets too where a series has native ones: for servers that are told to store both. Default
   * false; a series without native buckets has its classic ones in any case.
   */
  readonly classicBuckets?: boolean
}

/**
 * Delimited `MetricFamily` messages, in slices: the one format in which Prometheus takes native histograms.
 *
 * A family is held back until it is complete, since its length comes first.
 *
 * @param body - is written to again when the next piece is asked for
 * @see https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
export function* renderProtobuf(
  families: readonly Family[],
  { classicBuckets = false }: ProtobufOptions = {},
  body: ByteWriter = new ByteWriter(),
): Rendering {
  for (const family of families) {
    writeFamilyHead(body, family)
    const empty = body.at
    if (family.type === 'histogram') yield* histogramMetrics(family, classicBuckets, body)
    else if ('series' in family) yield* sampleMetrics(family, body)
    else {
      for (const { labels, value, startTime } of family.parts) {
        writeValueMetric(body, family.type, Object.entries(labels), value(), startTime?.())
      }
    }
    if (body.at === empty && body.full.length === 0) body.at = 0
    else yield* delimited(body)
  }
}

function* sampleMetrics({ type, series }: SampleFamily, out: ByteWriter): Rendering {
  for (const { labelNames, samples, startTime } of series) {
    for (let i = 0; i < samples.length; i++) {
      const { labelValues, value } = samples[i]!
      const labels = labelNames.map((name, label) => [name, labelValues[label]!] as const)
      writeValueMetric(out, type, labels, value, startTime)
      if (i % SAMPLES_BETWEEN_PAUSES === 0) yield null
    }
  }
}

function writeValueMetric(
  out: ByteWriter,
  type: 'counter' | 'gauge',
  labels: readonly (readonly [name: string, value: string])[],
  value: number,
  startTime: number | undefined,
): void {
  out.reserve(longestLabels(labels) + 5 * MESSAGE + 9)
  const { bytes } = out
  const metric = beginMessage(bytes, out.at, 4)
  const body = beginMessage(bytes, writeLabels(bytes, metric, 1, labels), VALUE_FIELDS[type])
  let at = writeDouble(bytes, body, 1, value)
  if (type === 'counter') at = writeTimestamp(bytes, at, CREATED_FIELDS.counter, startTime)
  out.at = endMessage(bytes, metric, endMessage(bytes, body, at))
}

function* histogramMetrics(
  { parts }: HistogramFamily,
  classicBuckets: boolean,
  out: ByteWriter,
): Rendering {
  for (const part of parts) {
    const messages = messagesOf(part)
    const { reader } = part
    const { startTime } = reader
    // A reset gives the slots to other series: what is left of the old ones is gone.
    for (let slot = 0; slot < reader.seriesCount && reader.startTime === startTime; slot++) {
      messages.write(slot, classicBuckets, out)
      if (slot % SERIES_BETWEEN_PAUSES === 0) yield null
    }
  }
}

/** Bytes of a histogram at most, beside its buckets: count, sum, schema, threshold, zeros, and since when. */
const HISTOGRAM = 11 * MESSAGE
const BUCKET = 3 * MESSAGE
const EXEMPLAR = 160
/** More than a series has unless it is told to; those with more are copied. */
const NATIVE_BUCKETS = 256
/** Of one native bucket: a delta, and at worst a span of its own. */
const NATIVE_BUCKET = MESSAGE + 3 * LONGEST_VARINT

/** Kept for the reason that `linesOf` keeps what writes lines. */
function messagesOf(part: HistogramPart): SeriesMessages {
  const messages = keptMessages.get(part) ?? new SeriesMessages(part)
  keptMessages.set(part, messages)
  return messages
}

const keptMessages = new WeakMap<HistogramPart, SeriesMessages>()

/** Writes one series after the other. */
class SeriesMessages {
  private readonly part: HistogramPart
  private readonly row: HistogramRow
  private readonly scratch = new Float64Array(NATIVE_BUCKETS)
  private readonly labels: LabelPairs
  private readonly room: number

  constructor(part: HistogramPart) {
    this.part = part
    this.row = histogramRow(part.histogram)
    this.labels = new LabelPairs(part)
    this.room = HISTOGRAM + this.row.counts.length * (BUCKET + 2 * EXEMPLAR)
  }

  /** Nothing where the slot has no observation. */
  write(slot: number, classicBuckets: boolean, out: ByteWriter): void {
    const { part, row, labels } = this
    const { reader, histogram } = part
    if (!histogram.read(slot, row)) return
    const native = histogram.native(slot, this.scratch)
    const room = this.room + labels.prepare(reader.labelsAt(slot))
    out.reserve(room + (native?.counts.length ?? 0) * NATIVE_BUCKET)

    const { bytes } = out
    const metric = beginMessage(bytes, out.at, 4)
    const body = beginMessage(bytes, labels.write(out, metric), 7)
    let at = writeUnsigned(bytes, body, 1, row.count)
    at = writeDouble(bytes, at, 2, row.sum)
    if (native === null || classicBuckets) at = writeClassic(bytes, at, histogram, slot, row)
    if (native !== null) at = writeNative(bytes, at, native)
    at = writeTimestamp(bytes, at, CREATED_FIELDS.histogram, row.startTime)
    if (native !== null) at = writeExemplars(bytes, at, histogram, slot, row)
    at = endMessage(bytes, body, at)
    out.at = endMessage(bytes, metric, at)
  }
}

function writeClassic(
  bytes: Buffer,
  start: number,
  histogram: HistogramReader,
  slot: number,
  { counts }: HistogramRow,
): number {
  const { bounds } = histogram
  let at = start
  let cumulative = 0
  for (let i = 0; i < counts.length; i++) {
    cumulative += counts[i]!
    const bucket = beginMessage(bytes, at, 3)
    at = writeUnsigned(bytes, bucket, 1, cumulative)
    at = writeDouble(bytes, at, 2, bounds[i] ?? Number.POSITIVE_INFINITY)
    const exemplar = counts[i]! > 0 ? histogram.exemplar(slot, i) : undefined
    if (exemplar !== undefined) at = writeSpan(bytes, at, 3, exemplar)
    at = endMessage(bytes, bucket, at)
  }
  return at
}

/** Gaps of so many empty buckets are cheaper to write as zeros than as a new span. */
const SHORT_GAP = 2

function writeNative(bytes: Buffer, start: number, native: NativeRow): number {
  const { schema, zeroThreshold, zeroCount, offset, counts } = native
  bytes[start] = tag(5, VARINT)
  let at = writeZigzag(bytes, start + 1, schema)
  at = writeDouble(bytes, at, 6, zeroThreshold)
  at = writeUnsigned(bytes, at, 7, zeroCount)
  const first = nextFull(counts, 0)
  if (first === counts.length) {
    // Without any span it would be taken for a classic histogram.
    return endMessage(bytes, beginMessage(bytes, at, 12), at + 2)
  }
  let end = 0
  for (let from = first; from < counts.length; from = nextFull(counts, end)) {
    const gap = from === first ? offset + from : from - end
    end = spanEnd(counts, from)
    const span = beginMessage(bytes, at, 12)
    bytes[span] = tag(1, VARINT)
    at = writeZigzag(bytes, span + 1, gap)
    at = endMessage(bytes, span, writeUnsigned(bytes, at, 2, end - from))
  }
  const deltas = beginMessage(bytes, at, 13)
  return endMessage(bytes, deltas, writeDeltas(bytes, deltas, counts, first))
}

function writeDeltas(bytes: Buffer, start: number, counts: Float64Array, first: number): number {
  let at = start
  let before = 0
  for (let i = first; i < counts.length; i++) {
    const count = counts[i]!
    // The next full bucket is in another span where this is not the end of this one.
    if (count === 0 && isBetweenSpans(counts, i)) {
      i = nextFull(counts, i) - 1
      continue
    }
    const delta = count - before
    before = count
    // Most are small, and whole numbers of 32 bits are faster than doubles.
    const small = delta | 0
    if (small === delta && small >= -64 && small < 64) bytes[at++] = (small << 1) ^ (small >> 31)
    else at = writeZigzag(bytes, at, delta)
  }
  return at
}

/** @param i - the first empty bucket behind a full one */
function isBetweenSpans(counts: Float64Array, i: number): boolean {
  return nextFull(counts, i) - i > SHORT_GAP || nextFull(counts, i) === counts.length
}

function nextFull(counts: Float64Array, from: number): number {
  let i = from
  while (i < counts.length && counts[i] === 0) i++
  return i
}

/** Behind the last bucket of a span, which does not end with an empty one. */
function spanEnd(counts: Float64Array, from: number): number {
  let end = from + 1
  for (let i = end; i < counts.length && i - end <= SHORT_GAP; i++) {
    if (counts[i] !== 0) end = i + 1
  }
  return end
}

/** The exemplars of a native histogram: those of its classic buckets. */
function writeExemplars(
  bytes: Buffer,
  start: number,
  histogram: HistogramReader,
  slot: number,
  { counts }: HistogramRow,
): number {
  let at = start
  for (let i = 0; i < counts.length; i++) {
    const exemplar = counts[i]! > 0 ? histogram.exemplar(slot, i) : undefined
    if (exemplar !== undefined) at = writeSpan(bytes, at, 16, exemplar)
  }
  return at
}

function writeSpan(bytes: Buffer, at: number, field: number, exemplar: Exemplar): number {
  if (!isTraceContext(exemplar)) return at
  const { traceId, spanId, value, timestamp } = exemplar
  const labels = [
    ['trace_id', traceId],
    ['span_id', spanId],
  ] as const
  return writeExemplar(bytes, at, field, { labels, value, timestamp })
}

class LabelPairs {
  private readonly constant: Constant
  private readonly names: readonly Constant[]
  private readonly values: string[]
  private readonly fixed: number

  constructor({ reader, naming, labels }: NamedReader) {
    const constants = Object.entries(labels)
    const constant = Buffer.alloc(longestLabels(constants))
    this.constant = constantBytes(constant.subarray(0, writeLabels(constant, 0, 1, constants)))
    const names = labelNames(naming.labels, reader.extraLabels)
    this.names = names.map((name) => {
      const field = Buffer.alloc(longestString(name))
      return constantBytes(field.subarray(0, writeString(field, 0, 1, name)))
    })
    this.values = names.map(() => '')
    this.fixed = this.names.reduce((sum, name) => sum + MESSAGE + name.length, constant.length)
  }

  /** Takes the labels to be written; the most bytes that they can need, with what holds them. */
  prepare(labels: RequestLabels): number {
    labelValues(labels, this.values)
    let length = this.fixed
    for (const value of this.values) length += longestString(value)
    return length
  }

  write({ bytes, view }: ByteWriter, start: number): number {
    const { names, values } = this
    let at = writeConstant(view, start, this.constant)
    for (let i = 0; i < names.length; i++) {
      const value = values[i]!
      if (value === '') continue
      const label = beginMessage(bytes, at, 1)
      at = writeString(bytes, writeConstant(view, label, names[i]!), 2, value)
      at = endMessage(bytes, label, at)
    }
    return at
  }
}
