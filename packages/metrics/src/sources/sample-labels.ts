import type { MetricSample } from '@tidegauge/core'

/** As an object of its own; an empty label is the same as none, and left out. */
export function sampleLabels(
  names: readonly string[],
  { labelValues }: MetricSample,
): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let i = 0; i < names.length; i++) {
    if (labelValues[i] !== '') labels[names[i]!] = labelValues[i]!
  }
  return labels
}
