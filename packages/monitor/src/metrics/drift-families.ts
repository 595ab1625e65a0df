import { type MetricFamily, type MetricSample, uncounted } from '@tidegauge/core'
import type { CategoricalFeature } from '../features/categorical-feature.ts'
import { type NumericFeature, sumOf } from '../features/numeric-feature.ts'
import type { WatchedFeatures } from '../features/watched-features.ts'
import { exportedBins } from './exported-bins.ts'

export interface FamiliesOptions {
  readonly model: string
  readonly referenceId: string
  readonly maxBins: number
  /** Fewer rows in the window say nothing of a feature without values. */
  readonly minimumValues: number
  /** When its counters were 0: milliseconds since the epoch. */
  readonly startTime: number
}

/** The count of a cell of all features since the start. */
type Counts = () => ArrayLike<number>

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
  { features, unheld }: Pick<WatchedFeatures, 'features' | 'unheld'>,
  { model, referenceId, maxBins, minimumValues, startTime }: FamiliesOptions,
  lifetime: Counts,
  window: Counts,
): () => MetricFamily[] {
  const bins: Series[] = []
  const missing: Series[] = []
  const invalid: Series[] = []
  const referenceRatios: Series[] = []
  const referenceCounts: Series[] = []
  const referenceMissing: Series[] = []
  const gone: Series[] = []
  const changedType: Series[] = []
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
    missing.push({ labelValues: labels, valueIn: (counts) => feature.missingIn(counts) })
    invalid.push({ labelValues: labels, valueIn: (counts) => counts[start + cells + 1]! })
    referenceCounts.push({ labelValues: labels, valueIn: () => reference.n })
    const rows = reference.n + uncounted(reference)
    const missingRatio = rows === 0 ? 0 : uncounted(reference) / rows
    referenceMissing.push({ labelValues: labels, valueIn: () => missingRatio })
    const loss = (counts: ArrayLike<number>) => lossOf(feature, missingRatio, minimumValues, counts)
    gone.push({ labelValues: labels, valueIn: (counts) => (loss(counts) === 'gone' ? 1 : 0) })
    changedType.push({
      labelValues: labels,
      valueIn: (counts) => (loss(counts) === 'changed-type' ? 1 : 0),
    })
  }
  // Features all the same, of which nothing can be held against the reference.
  for (const { name, role } of unheld) {
    const labelValues = [model, referenceId, name, role, 'unprofiled']
    referenceCounts.push({ labelValues, valueIn: () => 0 })
  }
  return () => {
    const everything = lifetime()
    const recent = window()
    const family = (
      kind: MetricFamily['kind'],
      name: string,
      help: string,
      series: readonly Series[],
      more: readonly string[] = [],
      counts: ArrayLike<number> = everything,
    ): MetricFamily => ({
      name,
      help,
      kind,
      labelNames: [...LABELS, ...more],
      // A window is that of one process, as a counter is; the reference is that of all.
      perReplica: kind === 'counter' || counts === recent,
      ...(kind === 'counter' && startTime >= 0 && { startTime }),
      samples: series.map(
        ({ labelValues, valueIn }): MetricSample => ({ labelValues, value: valueIn(counts) }),
      ),
    })
    return [
      family('counter', 'drift_feature_bin', 'Values in each bin of the reference.', bins, ['bin']),
      family(
        'counter',
        'drift_feature_missing',
        'Missing values, infinite ones among them.',
        missing,
      ),
      family('counter', 'drift_feature_invalid', 'Values of the wrong type.', invalid),
      family(
        'gauge',
        'drift_reference_bin_ratio',
        "Share of the reference's values in each bin.",
        referenceRatios,
        ['bin', 'range'],
      ),
      family('gauge', 'drift_reference_values', 'Values in the reference.', referenceCounts),
      family(
        'gauge',
        'drift_reference_missing_ratio',
        "Share of the reference's rows without a value.",
        referenceMissing,
      ),
      family(
        'gauge',
        'drift_feature_gone',
        '1 where the window has rows, and no value of the feature.',
        gone,
        [],
        recent,
      ),
      family(
        'gauge',
        'drift_feature_changed_type',
        '1 where the window has values of the wrong type alone.',
        changedType,
        [],
        recent,
      ),
    ]
  }
}

/** So rarely is a feature that is mostly missing called gone by chance. */
const BY_CHANCE = 1e-6

/** What became of a feature of which the window has rows, but no value that the reference's bins take, or few beside others. */
function lossOf(
  feature: NumericFeature | CategoricalFeature,
  missingRatio: number,
  minimumValues: number,
  counts: ArrayLike<number>,
): 'gone' | 'changed-type' | null {
  const { reference, start, cells } = feature
  const [missing, invalid] = [feature.missingIn(counts), counts[start + cells + 1]!]
  const rows = missing + invalid
  if (reference.n === 0 || rows < minimumValues) return null
  const values = sumOf(counts, start, start + cells)
  if (values > 0) return invalid > values ? 'changed-type' : null
  if (2 * invalid > rows) return 'changed-type'
  return missingRatio ** rows <= BY_CHANCE ? 'gone' : null
}
