/** Whatever has counters and gauges to show; an exporter asks when its backend asks. */
export interface MetricSource {
  families(): Iterable<MetricFamily>
}

export interface MetricFamily {
  /** Without `_total`. */
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  readonly labelNames: readonly string[]
  /**
   * Counts that are added up over a fleet, so that each process must have series of its own. A scraper tells processes
   * apart by itself; an exporter that pushes adds the label `replica`.
   */
  readonly perReplica?: boolean
  /**
   * When its counters began at 0: milliseconds since the epoch. In protobuf it is told to Prometheus, which can then count what came
   * before it saw a series first.
   */
  readonly startTime?: number
  readonly samples: Iterable<MetricSample>
}

export interface MetricSample {
  /** One per label name, in that order. */
  readonly labelValues: readonly string[]
  readonly value: number
}
