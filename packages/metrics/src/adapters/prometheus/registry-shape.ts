/** The part of prom-client's Registry that is used here. The others that have its shape have it too. */
export interface PrometheusRegistry {
  readonly contentType?: string
  registerMetric(metric: never): void
  getSingleMetric(name: string): unknown
  removeSingleMetric(name: string): void
}

export type MetricType = 'histogram' | 'gauge' | 'counter'

/** What becomes of one series of several workers. */
export type Aggregator = 'sum' | 'first' | 'min' | 'max' | 'average'

/** What a Registry asks of a metric. */
export interface RegistryMetric {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  readonly aggregator: Aggregator
  /** Every sample with all its labels: for JSON, and for the aggregation over a cluster. */
  get(): MetricObject
  /** The same for text, where a metric has a cheaper way. */
  getForPromString?(): MetricObject
  reset(): void
}

export interface MetricObject {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  readonly aggregator: Aggregator
  readonly values: Iterable<Sample>
}

export interface Sample {
  /** Default: the metric's name. */
  readonly metricName?: string
  readonly labels: Record<string, string | number>
  /** Labels that many samples share; the Registry asks of each of `labels` whether it is among them. */
  readonly sharedLabels?: Readonly<Record<string, string>>
  readonly value: number
  readonly exemplar?: SampleExemplar
}

export interface SampleExemplar {
  readonly labelSet: Record<string, string>
  readonly value: number
  /** Seconds since the epoch. */
  readonly timestamp: number
}
