import {
  type BinnedProfile,
  type CategoricalProfile,
  categoricalProfile,
  type NumericProfile,
  numericProfile,
} from '@tidegauge/core'
import {
  binnedKolmogorovSmirnov,
  chiSquared,
  jensenShannonDistance,
  populationStabilityIndex,
} from '@tidegauge/drift'
import type { Series } from './promtool.ts'

/** A feature as a monitor exports it: the reference's counts in its bins. */
export interface FleetFeature {
  readonly model: string
  readonly reference: string
  readonly feature: string
  readonly role: 'feature' | 'target' | 'prediction'
  readonly type: 'numeric' | 'categorical'
  readonly counts: readonly number[]
  readonly missing?: number
}

/** What a replica counted since its start. */
export interface Counted {
  readonly bins: readonly number[]
  readonly missing?: number
  readonly invalid?: number
}

export interface FleetSeries {
  readonly metric: string
  readonly labels: string
  readonly value: number
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

export function labelsOf({ model, reference, feature, role, type }: FleetFeature): string {
  return `model="${model}",reference="${reference}",feature="${feature}",role="${role}",type="${type}"`
}

const ordinal = (i: number): string => String(i).padStart(2, '0')

/** The series of the contract, in the monitor's order. */
export function seriesOf(feature: FleetFeature, counted: Counted): FleetSeries[] {
  const labels = labelsOf(feature)
  const { counts, missing = 0 } = feature
  const n = sum(counts)
  return [
    ...counted.bins.map((value, i) => ({
      metric: 'drift_feature_bin_total',
      labels: `${labels},bin="${ordinal(i)}"`,
      value,
    })),
    { metric: 'drift_feature_missing_total', labels, value: counted.missing ?? 0 },
    { metric: 'drift_feature_invalid_total', labels, value: counted.invalid ?? 0 },
    ...counts.map((count, i) => ({
      metric: 'drift_reference_bin_ratio',
      labels: `${labels},bin="${ordinal(i)}",range="(${i}, ${i + 1}]"`,
      value: n === 0 ? 0 : count / n,
    })),
    { metric: 'drift_reference_values', labels, value: n },
    { metric: 'drift_reference_missing_ratio', labels, value: missing / (n + missing) },
  ]
}

/** What a replica exports that counts the same in each of so many minutes, in promtool's notation. */
export function steadySeries(
  replica: string,
  feature: FleetFeature,
  perMinute: Counted,
  minutes: number,
  values: (perMinute: number) => string = (perMinute) => `0+${perMinute}x${minutes}`,
): Series[] {
  return seriesOf(feature, perMinute).map(({ metric, labels, value }) => ({
    series: `${metric}{${replica},${labels}}`,
    values: metric.endsWith('_total') ? values(value) : `${value}x${minutes}`,
  }))
}

/** Counts as the profile that the statistics of `@tidegauge/drift` compare. */
function profileOf(type: FleetFeature['type'], counts: readonly number[]): BinnedProfile {
  if (type === 'categorical') {
    return categoricalProfile(counts.map((count, i) => [ordinal(i), count] as const))
  }
  const empty = numericProfile(
    [],
    Array.from({ length: counts.length + 1 }, (_, i) => i),
  )
  return { ...empty, counts, n: sum(counts) }
}

export interface Measures {
  readonly psi: number
  /** Of numbers alone. */
  readonly ks: number | null
  readonly chi2: number
  readonly chi2PValue: number
  readonly js: number
}

/** The same comparison, made directly. */
export function direct(feature: FleetFeature, current: readonly number[]): Measures {
  const before = profileOf(feature.type, feature.counts)
  const after = profileOf(feature.type, current)
  const { statistic, pValue } = chiSquared(before, after)
  return {
    psi: populationStabilityIndex(before, after).statistic,
    ks:
      feature.type === 'categorical'
        ? null
        : binnedKolmogorovSmirnov(before as NumericProfile, after as NumericProfile).statistic,
    chi2: statistic,
    chi2PValue: pValue,
    js: jensenShannonDistance(
      before as CategoricalProfile & NumericProfile,
      after as CategoricalProfile & NumericProfile,
    ).statistic,
  }
}
