import type { ByteWriter } from '../bytes.ts'
import type { Rendering } from '../rendering.ts'
import {
  beginMessage,
  endMessage,
  LONGEST_VARINT,
  longestString,
  varintLength,
  writeDouble,
  writeString,
  writeUnsigned,
  writeVarint,
} from './protobuf-wire.ts'

export type Label = readonly [name: string, value: string]

export interface MessageExemplar {
  readonly labels: readonly Label[]
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number | undefined
}

/** A message's tag and length, at most. */
export const MESSAGE: number = 1 + LONGEST_VARINT

/** Numbers of `MetricType`, and of the fields of `Metric` that hold each. */
const METRIC_TYPES = { counter: 0, gauge: 1, summary: 2, untyped: 3, histogram: 4 } as const
export const VALUE_FIELDS = { counter: 3, gauge: 2, untyped: 5 } as const

/** Since when it counts, in `Counter` and in `Histogram`: field 3 and 15. Prometheus 2.42 passes over it. */
export const CREATED_FIELDS = { counter: 3, histogram: 15 } as const

export interface FamilyHead {
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly type: keyof typeof METRIC_TYPES
}

export function writeFamilyHead(out: ByteWriter, { name, help, unit, type }: FamilyHead): void {
  out.reserve(longestString(name) + longestString(help) + longestString(unit) + 2)
  const { bytes } = out
  let at = writeString(bytes, out.at, 1, name)
  at = writeString(bytes, at, 2, help)
  at = writeUnsigned(bytes, at, 3, METRIC_TYPES[type])
  // Field 5 is newer than Prometheus 2.42, which passes over it.
  out.at = unit === '' ? at : writeString(bytes, at, 5, unit)
}

/** The finished family behind its length. */
export function* delimited(body: ByteWriter): Rendering {
  const length = body.full.reduce((sum, piece) => sum + piece.length, body.at)
  const prefix = new Uint8Array(varintLength(length))
  writeVarint(prefix, 0, length)
  yield prefix
  yield* body.take()
  if (body.at > 0) yield body.bytes.subarray(0, body.at)
  body.restart(length)
}

export function longestLabels(labels: readonly Label[]): number {
  return labels.reduce(
    (sum, [name, value]) => sum + MESSAGE + longestString(name) + longestString(value),
    0,
  )
}

/** Empty ones are the same as none and are left out. */
export function writeLabels(
  bytes: Buffer,
  start: number,
  field: number,
  labels: readonly Label[],
): number {
  let at = start
  for (const [name, value] of labels) {
    if (value !== '') at = writeLabel(bytes, at, field, name, value)
  }
  return at
}

function writeLabel(bytes: Buffer, at: number, field: number, name: string, value: string): number {
  const body = beginMessage(bytes, at, field)
  return endMessage(bytes, body, writeString(bytes, writeString(bytes, body, 1, name), 2, value))
}

export function longestExemplar({ labels }: MessageExemplar): number {
  return longestLabels(labels) + 5 * MESSAGE
}

export function writeExemplar(
  bytes: Buffer,
  start: number,
  field: number,
  { labels, value, timestamp }: MessageExemplar,
): number {
  const body = beginMessage(bytes, start, field)
  const at = writeDouble(bytes, writeLabels(bytes, body, 1, labels), 2, value)
  return endMessage(bytes, body, writeTimestamp(bytes, at, 3, timestamp))
}

/** What a Date can hold. */
const LATEST = 8.64e15

/** Nothing where it is not known, or no time. */
export function writeTimestamp(
  bytes: Buffer,
  at: number,
  field: number,
  milliseconds: number | undefined,
): number {
  // A clock of somebody else's may say anything.
  if (!(milliseconds !== undefined && milliseconds >= 0 && milliseconds <= LATEST)) return at
  const time = beginMessage(bytes, at, field)
  const seconds = Math.floor(milliseconds / 1000)
  const nanoseconds = Math.floor((milliseconds - seconds * 1000) * 1e6)
  return endMessage(
    bytes,
    time,
    writeUnsigned(bytes, writeUnsigned(bytes, time, 1, seconds), 2, nanoseconds),
  )
}
