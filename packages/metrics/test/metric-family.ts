import { parse, Reader, type Type } from 'protobufjs'

/** As published, without comments and the fields of gauge histograms. */
const PROTO = `
syntax = "proto2";
package io.prometheus.client;
message Timestamp { optional int64 seconds = 1; optional int32 nanos = 2; }
message LabelPair { optional string name = 1; optional string value = 2; }
enum MetricType { COUNTER = 0; GAUGE = 1; SUMMARY = 2; UNTYPED = 3; HISTOGRAM = 4; GAUGE_HISTOGRAM = 5; }
message Gauge { optional double value = 1; }
message Counter { optional double value = 1; optional Exemplar exemplar = 2; optional Timestamp created_timestamp = 3; }
message Quantile { optional double quantile = 1; optional double value = 2; }
message Summary { optional uint64 sample_count = 1; optional double sample_sum = 2; repeated Quantile quantile = 3; }
message Untyped { optional double value = 1; }
message Histogram {
  optional uint64 sample_count = 1;
  optional double sample_sum = 2;
  repeated Bucket bucket = 3;
  optional sint32 schema = 5;
  optional double zero_threshold = 6;
  optional uint64 zero_count = 7;
  repeated BucketSpan negative_span = 9;
  repeated sint64 negative_delta = 10;
  repeated BucketSpan positive_span = 12;
  repeated sint64 positive_delta = 13;
  optional Timestamp created_timestamp = 15;
  repeated Exemplar exemplars = 16;
}
message Bucket { optional uint64 cumulative_count = 1; optional double upper_bound = 2; optional Exemplar exemplar = 3; }
message BucketSpan { optional sint32 offset = 1; optional uint32 length = 2; }
message Exemplar { repeated LabelPair label = 1; optional double value = 2; optional Timestamp timestamp = 3; }
message Metric {
  repeated LabelPair label = 1;
  optional Gauge gauge = 2;
  optional Counter counter = 3;
  optional Summary summary = 4;
  optional Untyped untyped = 5;
  optional int64 timestamp_ms = 6;
  optional Histogram histogram = 7;
}
message MetricFamily {
  optional string name = 1;
  optional string help = 2;
  optional MetricType type = 3;
  repeated Metric metric = 4;
  optional string unit = 5;
}
`

const MetricFamily: Type = parse(PROTO).root.lookupType('io.prometheus.client.MetricFamily')

export interface DecodedFamily {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly unit?: string
  readonly metric?: readonly DecodedMetric[]
}

export interface DecodedMetric {
  readonly label?: readonly { readonly name: string; readonly value: string }[]
  readonly gauge?: { readonly value: number }
  readonly counter?: { readonly value: number; readonly createdTimestamp?: DecodedTimestamp }
  readonly histogram?: DecodedHistogram
}

export interface DecodedHistogram {
  readonly sampleCount: number
  readonly sampleSum: number
  readonly bucket?: readonly {
    readonly cumulativeCount: number
    readonly upperBound: number
    readonly exemplar?: DecodedExemplar
  }[]
  readonly schema?: number
  readonly zeroThreshold?: number
  readonly zeroCount?: number
  readonly positiveSpan?: readonly { readonly offset?: number; readonly length?: number }[]
  readonly positiveDelta?: readonly number[]
  readonly exemplars?: readonly DecodedExemplar[]
  readonly createdTimestamp?: DecodedTimestamp
}

export interface DecodedExemplar {
  readonly label: readonly { readonly name: string; readonly value: string }[]
  readonly value: number
  readonly timestamp?: DecodedTimestamp
}

interface DecodedTimestamp {
  readonly seconds: number
  readonly nanos: number
}

/** The messages of a delimited page, as a decoder that is not ours reads them. */
export function decodeFamilies(page: Uint8Array): DecodedFamily[] {
  const reader = Reader.create(page)
  const families: DecodedFamily[] = []
  while (reader.pos < reader.len) {
    const family = MetricFamily.decodeDelimited(reader)
    families.push(MetricFamily.toObject(family, { longs: Number, enums: String }) as DecodedFamily)
  }
  return families
}

/** Native buckets by their number, as Prometheus counts them. */
export function nativeCounts({
  positiveSpan = [],
  positiveDelta = [],
}: DecodedHistogram): Map<number, number> {
  const counts = new Map<number, number>()
  let bucket = 0
  let next = 0
  let count = 0
  for (const { offset = 0, length = 0 } of positiveSpan) {
    bucket += offset
    for (let i = 0; i < length; i++) {
      count += positiveDelta[next++]!
      counts.set(bucket++, count)
    }
  }
  return counts
}
