/** One series of a native histogram with schema 3: bucket i holds 2^((i−1)/8) < x ≤ 2^(i/8). */
export interface NativeSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly sum: number
  /** Counts by bucket, in increasing order of buckets. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[]
}

export const CONTENT_TYPE =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'

/**
 * A metrics page with one native histogram, as a length-delimited `io.prometheus.client.MetricFamily`.
 *
 * @see https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
export function nativeExposition(name: string, series: readonly NativeSeries[]): Buffer {
  const HISTOGRAM = 4
  const family = Buffer.concat([
    bytes(1, Buffer.from(name)),
    bytes(2, Buffer.from('help')),
    number(3, HISTOGRAM),
    ...series.map((one) => bytes(4, metric(one))),
  ])
  return Buffer.concat([varint(BigInt(family.length)), family])
}

function metric({ labels, sum, buckets }: NativeSeries): Buffer {
  const pairs = Object.entries(labels).map(([name, value]) =>
    bytes(1, Buffer.concat([bytes(1, Buffer.from(name)), bytes(2, Buffer.from(value))])),
  )
  return Buffer.concat([...pairs, bytes(7, histogram(sum, buckets))])
}

function histogram(sum: number, buckets: NativeSeries['buckets']): Buffer {
  const total = buckets.reduce((all, [, count]) => all + count, 0)
  const spans = buckets.map(([bucket], i) => {
    const gap = i === 0 ? bucket : bucket - buckets[i - 1]![0] - 1
    return bytes(12, Buffer.concat([number(1, zigzag(gap)), number(2, 1)]))
  })
  const deltas = buckets.map(([, count], i) =>
    number(13, zigzag(count - (buckets[i - 1]?.[1] ?? 0))),
  )
  return Buffer.concat([
    number(1, total),
    double(2, sum),
    number(5, zigzag(3)),
    double(6, 2 ** -128),
    number(7, 0),
    ...spans,
    ...deltas,
  ])
}

const number = (field: number, value: number) =>
  Buffer.concat([varint(BigInt(field * 8)), varint(BigInt(value))])

function double(field: number, value: number): Buffer {
  const eight = Buffer.alloc(8)
  eight.writeDoubleLE(value)
  return Buffer.concat([varint(BigInt(field * 8 + 1)), eight])
}

const bytes = (field: number, value: Buffer) =>
  Buffer.concat([varint(BigInt(field * 8 + 2)), varint(BigInt(value.length)), value])

const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value)

function varint(value: bigint): Buffer {
  const out: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...out, Number(rest)])
    out.push(Number(rest & 127n) | 128)
  }
}
