import type { MetricFamily, MetricSample, MetricSource } from '@tidegauge/core'

/** A source that always has these families. */
export function sourceOf(...families: readonly MetricFamily[]): MetricSource {
  return { families: () => families }
}

export function counter(
  name: string,
  labelNames: readonly string[],
  samples: Iterable<MetricSample>,
  help = 'Counted.',
): MetricFamily {
  return { name, help, kind: 'counter', labelNames, samples }
}

export function gauge(
  name: string,
  labelNames: readonly string[],
  samples: Iterable<MetricSample>,
  help = 'Measured.',
): MetricFamily {
  return { name, help, kind: 'gauge', labelNames, samples }
}

export function sample(value: number, ...labelValues: string[]): MetricSample {
  return { labelValues, value }
}
