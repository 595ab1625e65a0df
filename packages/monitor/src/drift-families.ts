import type { MetricFamily, MetricSample } from '@tidegauge/core'
import type { CategoricalFeature } from './categorical-feature.ts'
import { exportedBins } from './exported-bins.ts'
import { type NumericFeature, sumOf } from './numeric-feature.ts'

export interface FamiliesOptions {
  readonly model: string
  readonly referenceId: string
  readonly maxBins: number
}

/** The count of a cell of all features since the start. */
type Lifetime = () => ArrayLike<number>

/** A series whose value is read when it is asked for; its labels are made once. */
interface Series {
  readonly labelValues: readonly string[]
  readonly valueIn: (counts: ArrayLike<number>) => number
}

const LABELS = ['model', 'reference', 'feature', 'role', 'type'] as const

/**
 * What a fleet's backend needs to judge drift over all replicas: the counts of each bin, and the reference's shares.
 *
 * @returns the families as they are at the time of each call, all from the start on with every label
 */
export function driftFamilies(
  features: ReadonlyArray<NumericFeature | CategoricalFeature>,
  { model, referenceId, maxBins }: FamiliesOptions,
  lifetime: Lifetime,
): () => MetricFamily[] {
  const bins: Series[] = []
  const missing: Series[] = []
  const invalid: Series[] = []
  const referenceRatios: Series[] = []
  const referenceCounts: Series[] = []
  const referenceMissing: Series[] = []
  for (const feature of features) {
    const { name, role, reference, start, cells } = feature
    const type = feature.type === 'categorical' ? 'categorical' : 'numeric'
    const labels = [model, referenceId, name, role, type]
    exportedBins(feature, maxBins).forEach(({ from, to, range, referenceRatio }, i) => {
      const bin = String(i).padStart(2, '0')
      bins.push({
        labelValues: [...labels, bin],
        valueIn: (counts) => sumOf(counts, start + from, start + to),
      })
      referenceRatios.push({ labelValues: [...labels, bin, range], valueIn: () => referenceRatio })
    })
    missing.push({ labelValues: labels, valueIn: (counts) => counts[start + cells]! })
    invalid.push({ labelValues: labels, valueIn: (counts) => counts[start + cells + 1]! })
    referenceCounts.push({ labelValues: labels, valueIn: () => reference.n })
    const rows = reference.n + reference.missing
    const missingRatio = rows === 0 ? 0 : reference.missing / rows
    referenceMissing.push({ labelValues: labels, valueIn: () => missingRatio })
  }
  return () => {
    const counts = lifetime()
    const family = (
      kind: MetricFamily['kind'],
      name: string,
      help: string,
      series: readonly Series[],
      ...more: string[]
    ): MetricFamily => ({
      name,
      help,
      kind,
      labelNames: [...LABELS, ...more],
      perReplica: kind === 'counter',
      samples: series.map(
        ({ labelValues, valueIn }): MetricSample => ({ labelValues, value: valueIn(counts) }),
      ),
    })
    return [
      family('counter', 'drift_feature_bin', 'Values in each bin of the reference.', bins, 'bin'),
      family('counter', 'drift_feature_missing', 'Missing values.', missing),
      family('counter', 'drift_feature_invalid', 'Values of the wrong type.', invalid),
      family(
        'gauge',
        'drift_reference_bin_ratio',
        "Share of the reference's values in each bin.",
        referenceRatios,
        'bin',
        'range',
      ),
      family('gauge', 'drift_reference_values', 'Values in the reference.', referenceCounts),
      family(
        'gauge',
        'drift_reference_missing_ratio',
        "Share of the reference's rows without a value.",
        referenceMissing,
      ),
    ]
  }
}
