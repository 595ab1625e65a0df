import { ownValue } from '@tidegauge/core/internal'
import { ByteWriter } from '../bytes.ts'
import {
  delimited,
  type Label,
  longestExemplar,
  longestLabels,
  MESSAGE,
  type MessageExemplar,
  VALUE_FIELDS,
  writeExemplar,
  writeFamilyHead,
  writeLabels,
} from '../protobuf/protobuf-messages.ts'
import { beginMessage, endMessage, writeDouble, writeUnsigned } from '../protobuf/protobuf-wire.ts'
import type { Rendering } from '../rendering.ts'
import {
  type ParsedFamily,
  type ParsedSample,
  sampleFamilyName,
  withoutCreated,
} from './parse-families.ts'

/** Families that were parsed from text, as delimited `MetricFamily` messages. */
export function* renderParsedProtobuf(families: Iterable<ParsedFamily | null>): Rendering {
  const body = new ByteWriter()
  for (const family of families) {
    if (family === null) {
      yield null
      continue
    }
    const samples = withoutCreated(family)
    if (samples.length === 0) continue
    const { help, unit } = family
    const type = ownValue(PROTOBUF_TYPES, family.type) ?? 'untyped'
    writeFamilyHead(body, { name: sampleFamilyName(family), help, unit, type })
    if (type === 'histogram' || type === 'summary') {
      for (const series of seriesOf(family.name, samples)) writeSeries(body, type, series)
    } else {
      for (const sample of samples) writeValue(body, type, sample)
    }
    yield* delimited(body)
  }
}

const PROTOBUF_TYPES: Readonly<
  Record<string, keyof typeof VALUE_FIELDS | 'histogram' | 'summary'>
> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  info: 'gauge',
  stateset: 'gauge',
}

function writeValue(out: ByteWriter, type: keyof typeof VALUE_FIELDS, sample: ParsedSample): void {
  const { labels, value, timestamp, exemplar } = sample
  out.reserve(longestLabels(labels) + roomFor(exemplar) + 4 * MESSAGE)
  const { bytes } = out
  const metric = beginMessage(bytes, out.at, 4)
  const body = beginMessage(bytes, writeLabels(bytes, metric, 1, labels), VALUE_FIELDS[type])
  let at = writeDouble(bytes, body, 1, value)
  if (type === 'counter' && exemplar !== undefined) at = writeExemplar(bytes, at, 2, exemplar)
  at = writeTimestamp(bytes, endMessage(bytes, body, at), timestamp)
  out.at = endMessage(bytes, metric, at)
}

interface Series {
  readonly labels: readonly Label[]
  readonly timestamp: number | undefined
  /** Bounds or quantiles. */
  readonly points: { readonly at: number; readonly sample: ParsedSample }[]
  sum: number
  count: number
}

/** The samples of a histogram or a summary, by their labels but `le` and `quantile`. */
function seriesOf(name: string, samples: readonly ParsedSample[]): Iterable<Series> {
  const all = new Map<string, Series>()
  for (const sample of samples) {
    const suffix = sample.name.slice(name.length)
    const pointLabel = suffix === '_bucket' ? 'le' : 'quantile'
    const labels = sample.labels.filter(([label]) => label !== pointLabel)
    const key = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
    let series = all.get(key)
    if (series === undefined) {
      series = { labels, timestamp: sample.timestamp, points: [], sum: 0, count: 0 }
      all.set(key, series)
    }
    if (suffix === '_sum') series.sum = sample.value
    else if (suffix === '_count') series.count = wholeCount(sample.value)
    else series.points.push({ at: pointOf(sample, pointLabel), sample })
  }
  return all.values()
}

function pointOf({ labels }: ParsedSample, pointLabel: string): number {
  const text = labels.find(([label]) => label === pointLabel)?.[1] ?? ''
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text)
}

function writeSeries(out: ByteWriter, type: 'histogram' | 'summary', series: Series): void {
  const { labels, points, sum, count, timestamp } = series
  const histogram = type === 'histogram'
  const longestPoints = points.reduce(
    (length, { sample }) => length + 4 * MESSAGE + roomFor(sample.exemplar),
    0,
  )
  out.reserve(longestLabels(labels) + longestPoints + 6 * MESSAGE)
  const { bytes } = out
  const metric = beginMessage(bytes, out.at, 4)
  const body = beginMessage(bytes, writeLabels(bytes, metric, 1, labels), histogram ? 7 : 4)
  let at = writeUnsigned(bytes, body, 1, count)
  at = writeDouble(bytes, at, 2, sum)
  for (const { at: point, sample } of points) {
    const message = beginMessage(bytes, at, 3)
    if (histogram) {
      at = writeUnsigned(bytes, message, 1, wholeCount(sample.value))
      at = writeDouble(bytes, at, 2, point)
      if (sample.exemplar !== undefined) at = writeExemplar(bytes, at, 3, sample.exemplar)
    } else {
      at = writeDouble(bytes, message, 1, point)
      at = writeDouble(bytes, at, 2, sample.value)
    }
    at = endMessage(bytes, message, at)
  }
  at = writeTimestamp(bytes, endMessage(bytes, body, at), timestamp)
  out.at = endMessage(bytes, metric, at)
}

function roomFor(exemplar: MessageExemplar | undefined): number {
  return exemplar === undefined ? 0 : longestExemplar(exemplar)
}

/** Counts are whole in this format; what is none at all counts as 0. */
function wholeCount(value: number): number {
  return Math.min(Math.max(Math.round(value) || 0, 0), Number.MAX_SAFE_INTEGER)
}

function writeTimestamp(bytes: Buffer, at: number, timestamp: number | undefined): number {
  return timestamp === undefined || timestamp < 0 ? at : writeUnsigned(bytes, at, 6, timestamp)
}
