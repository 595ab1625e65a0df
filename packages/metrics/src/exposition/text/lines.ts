import {
  type Exemplar,
  type HistogramRow,
  histogramRow,
  type RequestLabels,
} from '../../contract/recorder-reader.ts'
import {
  ByteWriter,
  type Constant,
  constantText,
  LONGEST_CHARACTER,
  LONGEST_NUMBER,
  writeConstant,
  writeCount,
  writeUtf8,
} from '../bytes.ts'
import { isTraceContext } from '../exemplar.ts'
import type {
  Family,
  HistogramFamily,
  HistogramPart,
  NamedReader,
  ValueFamily,
} from '../families.ts'
import { labelNames, labelValues } from '../label-values.ts'
import { type Rendering, SAMPLES_BETWEEN_PAUSES, SERIES_BETWEEN_PAUSES } from '../rendering.ts'
import type { SampleFamily } from '../sample-family.ts'
import { escapeLabelValue, writeLabelValue } from './escape.ts'
import { valueText } from './numbers.ts'
import { sampleLines } from './sample-lines.ts'

/** Where the two text formats differ. */
export interface LineDialect {
  /** The lines above a family's samples. */
  header(family: Family): string
  /** A bucket's bound in `le`. */
  bound(bound: number): string
  readonly exemplars: boolean
}

/**
 * Writes families as lines of text.
 *
 * A series is written as a whole between two pauses, from one copied row, so that its buckets, sum and count
 * agree. What is recorded meanwhile shows in later series alone.
 *
 * @param out - is written to again when the next piece is asked for
 */
export function* renderLines(
  families: readonly Family[],
  dialect: LineDialect,
  out: ByteWriter = new ByteWriter(),
): Rendering {
  for (const family of families) {
    out.text(dialect.header(family))
    if (family.type === 'histogram') yield* histogramLines(family, dialect, out)
    else if ('series' in family) yield* linesOfSamples(family, out)
    else writeValues(family, out)
  }
  yield* writtenPieces(out)
}

function* histogramLines(
  { name, parts }: HistogramFamily,
  dialect: LineDialect,
  out: ByteWriter,
): Rendering {
  for (const part of parts) {
    const lines = linesOf(name, part, dialect)
    const { reader } = part
    const { startTime } = reader
    // A reset gives the slots to other series: what is left of the old ones is gone.
    for (let slot = 0; slot < reader.seriesCount && reader.startTime === startTime; slot++) {
      lines.write(slot, out)
      if (out.isNearlyFull) yield* writtenPieces(out)
      else if (slot % SERIES_BETWEEN_PAUSES === 0) yield null
    }
  }
}

function* linesOfSamples({ name, series }: SampleFamily, out: ByteWriter): Rendering {
  for (const part of series) {
    const write = sampleLines(name, part)
    for (let i = 0; i < part.samples.length; i++) {
      write(part.samples[i]!, out)
      if (out.isNearlyFull) yield* writtenPieces(out)
      else if (i % SAMPLES_BETWEEN_PAUSES === 0) yield null
    }
  }
}

/** Everything that has been written; the buffer, which is in the processor's cache, is used again. */
function* writtenPieces(out: ByteWriter): Rendering {
  yield* out.take()
  if (out.at > 0) yield out.bytes.subarray(0, out.at)
  out.at = 0
}

function writeValues({ name, parts }: ValueFamily, out: ByteWriter): void {
  for (const { labels, value } of parts) {
    const pairs = Object.entries(labels)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => `${name}="${escapeLabelValue(text)}"`)
    const braces = pairs.length === 0 ? '' : `{${pairs.join()}}`
    out.text(`${name}${braces} ${valueText(value())}\n`)
  }
}

/**
 * What writes a histogram's lines, kept for as long as its part is: between two scrapes V8 would drop the
 * optimised code of objects that are gone, and the next scrape would take four times as long.
 */
function linesOf(name: string, part: HistogramPart, dialect: LineDialect): SeriesLines {
  const kept = keptLines.get(part) ?? new Map<LineDialect, SeriesLines>()
  keptLines.set(part, kept)
  const lines = kept.get(dialect) ?? new SeriesLines(name, part, dialect)
  kept.set(dialect, lines)
  return lines
}

const keptLines = new WeakMap<HistogramPart, Map<LineDialect, SeriesLines>>()

/** Writes the lines of one series after the other. */
export class SeriesLines {
  private readonly part: HistogramPart
  private readonly exemplars: boolean
  private readonly row: HistogramRow
  private readonly labels: LabelText
  private readonly bucketName: Constant
  private readonly bucketEnds: readonly Constant[]
  private readonly sumName: Constant
  private readonly countName: Constant
  private readonly longestLine: number

  constructor(
    name: string,
    part: HistogramPart,
    { bound, exemplars }: Pick<LineDialect, 'bound' | 'exemplars'>,
  ) {
    this.part = part
    this.exemplars = exemplars
    this.row = histogramRow(part.histogram)
    this.labels = new LabelText(part)
    this.bucketName = constantText(`${name}_bucket{`)
    this.bucketEnds = [...part.histogram.bounds.map(bound), '+Inf'].map((le) => {
      return constantText(`le="${le}"} `)
    })
    this.sumName = constantText(`${name}_sum{`)
    this.countName = constantText(`${name}_count{`)
    const longestOf = (most: number, end: Constant) => Math.max(most, end.length)
    const longestEnd = this.bucketEnds.reduce(longestOf, 0) + LONGEST_NUMBER
    this.longestLine = this.bucketName.length + longestEnd + (exemplars ? LONGEST_EXEMPLAR : 0) + 4
  }

  /** Nothing where the slot has no observation. */
  write(slot: number, out: ByteWriter): void {
    const { part, row, labels } = this
    if (!part.histogram.read(slot, row)) return
    const room = labels.prepare(part.reader.labelsAt(slot))
    out.reserve((row.counts.length + 2) * (this.longestLine + room))

    const { bytes, view } = out
    const start = out.at
    const labelsStart = writeConstant(view, start, this.bucketName)
    // Each label has a comma behind it: in the lines of buckets comes `le`, in the others the brace.
    const labelsEnd = labels.write(out, labelsStart)
    let at = this.writeBuckets(out, labelsEnd, slot)
    at = writeTotal(out, at, this.sumName, labelsStart, labelsEnd)
    at = writeUtf8(bytes, at, valueText(row.sum))
    bytes[at++] = LINE_FEED
    at = writeTotal(out, at, this.countName, labelsStart, labelsEnd)
    at = writeCount(bytes, at, row.count)
    bytes[at++] = LINE_FEED
    out.at = at
  }

  /** @param labelsEnd - up to which the first line has been written */
  private writeBuckets(
    { bytes, view, at: start }: ByteWriter,
    labelsEnd: number,
    slot: number,
  ): number {
    const { bucketEnds, exemplars } = this
    const { counts } = this.row
    let at = labelsEnd
    let cumulative = 0
    for (let bucket = 0; bucket < counts.length; bucket++) {
      // By far the cheapest way to write a line is to copy its beginning from the first.
      if (bucket > 0) {
        bytes.copyWithin(at, start, labelsEnd)
        at += labelsEnd - start
      }
      at = writeConstant(view, at, bucketEnds[bucket]!)
      cumulative += counts[bucket]!
      at = writeCount(bytes, at, cumulative)
      if (exemplars && counts[bucket]! > 0) {
        at = writeUtf8(bytes, at, exemplarText(this.part.histogram.exemplar(slot, bucket)))
      }
      bytes[at++] = LINE_FEED
    }
    return at
  }
}

const LINE_FEED = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const BRACE = 0x7d

/** A line's name and labels, the latter copied from a line before it. */
function writeTotal(
  { bytes, view }: ByteWriter,
  start: number,
  name: Constant,
  labelsStart: number,
  labelsEnd: number,
): number {
  let at = writeConstant(view, start, name)
  bytes.copyWithin(at, labelsStart, labelsEnd - 1)
  at += labelsEnd - 1 - labelsStart
  bytes[at++] = BRACE
  bytes[at++] = SPACE
  return at
}

/** Labels as text, each with a comma behind it. */
class LabelText {
  private readonly constant: Constant
  private readonly names: readonly Constant[]
  private readonly values: string[]
  private readonly fixed: number

  constructor({ reader, naming, labels }: NamedReader) {
    const constants = Object.entries(labels).filter(([, value]) => value !== '')
    this.constant = constantText(
      constants.map(([name, value]) => `${name}="${escapeLabelValue(value)}",`).join(''),
    )
    const names = labelNames(naming.labels, reader.extraLabels)
    this.names = names.map((name) => constantText(`${name}="`))
    this.values = names.map(() => '')
    this.fixed = this.names.reduce((sum, name) => sum + name.length + 2, this.constant.length)
  }

  /** Takes the labels to be written; the most bytes that they can need. */
  prepare(labels: RequestLabels): number {
    labelValues(labels, this.values)
    let length = 0
    for (const value of this.values) length += value.length
    return this.fixed + length * LONGEST_CHARACTER
  }

  write({ bytes, view }: ByteWriter, start: number): number {
    const { names, values } = this
    let at = writeConstant(view, start, this.constant)
    for (let i = 0; i < names.length; i++) {
      const value = values[i]!
      if (value === '') continue
      at = writeConstant(view, at, names[i]!)
      at = writeLabelValue(bytes, at, value)
      bytes[at++] = QUOTE
      bytes[at++] = COMMA
    }
    return at
  }
}

const LONGEST_EXEMPLAR = 160

/** Nothing where ids are longer than those of a trace: OpenMetrics limits an exemplar to 128 characters. */
function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined || !isTraceContext(exemplar)) return ''
  const { traceId, spanId, value, timestamp } = exemplar
  const seconds = (timestamp / 1000).toFixed(3)
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${valueText(value)} ${seconds}`
}
