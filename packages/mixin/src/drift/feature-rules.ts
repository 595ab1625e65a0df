import { type LabelMatcher, selector } from '../promql.ts'
import type { RecordingRule } from '../rule-file.ts'
import type { CheckedDriftRules } from './drift-rules-options.ts'
import { recordedSeries } from './recorded-series.ts'

/** From the replicas' counters to PSI, KS, chi-squared and Jensen–Shannon, for each feature. */
export function featureRules(rules: CheckedDriftRules): RecordingRule[] {
  const { models, select, window, minimumValues, maxBins, psiThreshold, alpha } = rules
  const of = recordedSeries(rules)
  const raw = (metric: string) => selector(metric, [...models, ...select])
  // What tells one feature of one reference from all others; a deploy's two references are never added.
  const featureLabels = [...rules.by, 'model', 'reference', 'feature', 'role', 'type'].join(', ')
  const byFeature = (aggregation: 'sum' | 'max' | 'count', expr: string) =>
    `${aggregation} by (${featureLabels}) (${expr})`
  const counted = (metric: string) =>
    window === null ? raw(metric) : `increase(${raw(metric)}[${window.text}])`
  const perBin = `on (${featureLabels}) group_left ()`
  // What is recorded has the label `window`, the replicas' series and sums by these labels have not.
  const sameFeature = `on (${featureLabels})`

  const increase = of('drift:bin:increase')
  const count = of('drift:feature:count')
  const refCount = of('drift:feature:ref_count')
  const ratio = of('drift:bin:ratio')
  const refRatio = of('drift:bin:ref_ratio')
  const cells = of('drift:feature:cells')
  const share = of('drift:bin:smoothed_ratio')
  const refShare = of('drift:bin:smoothed_ref_ratio')
  const missing = byFeature('sum', counted('drift_feature_missing_total'))
  const invalid = byFeature('sum', counted('drift_feature_invalid_total'))
  const mean = `((${ratio} + ${refRatio}) / 2)`
  const effective = `${count} * ${refCount} / (${count} + ${refCount})`
  const lambda2 = of('drift:feature:ks_lambda2')
  const df = of('drift:feature:chi2_df')
  const z = of('drift:feature:chi2_z')
  const hadValues = [
    `and ${of('drift:feature:observed')} >= ${minimumValues}`,
    `and ${refCount} > 0`,
  ]

  return [
    {
      record: 'drift:bin:increase',
      expr: `sum by (${featureLabels}, bin) (${counted('drift_feature_bin_total')})`,
    },
    { record: 'drift:feature:count', expr: byFeature('sum', increase) },
    {
      record: 'drift:feature:observed',
      expr: `${count}\n  + ${sameFeature} ${missing}\n  + ${sameFeature} ${invalid}`,
    },
    {
      record: 'drift:feature:missing_ratio',
      expr: `${missing}\n  / ((${count} + ${sameFeature} ${missing}) > 0)`,
    },
    {
      record: 'drift:feature:invalid_ratio',
      expr: `${invalid}\n  / ${sameFeature} (${of('drift:feature:observed')} > 0)`,
    },
    {
      record: 'drift:feature:ref_missing_ratio',
      expr: byFeature('max', raw('drift_reference_missing_ratio')),
    },
    { record: 'drift:feature:ref_count', expr: byFeature('max', raw('drift_reference_values')) },
    {
      record: 'drift:bin:ratio',
      expr: `${increase}\n  / ${perBin} (${count} >= ${minimumValues})`,
    },
    {
      // A reference of missing values alone has no shares: nothing can be held against it.
      record: 'drift:bin:ref_ratio',
      expr: `max by (${featureLabels}, bin) (${raw('drift_reference_bin_ratio')})\n  and on (${featureLabels}) (${refCount} > 0)`,
    },
    // Cells that are not empty on both sides, as the package's own statistics count them.
    { record: 'drift:feature:cells', expr: byFeature('count', `(${ratio} + ${refRatio}) > 0`) },
    {
      record: 'drift:bin:smoothed_ratio',
      expr: smoothed(ratio, count, cells, perBin, `(${ratio} + ${refRatio}) > 0`),
    },
    {
      record: 'drift:bin:smoothed_ref_ratio',
      expr: smoothed(refRatio, refCount, cells, perBin, `(${ratio} + ${refRatio}) > 0`),
    },
    {
      record: 'drift:feature:psi',
      expr: byFeature('sum', `(${share} - ${refShare}) * ln(${share} / ${refShare})`),
    },
    ...cumulative(maxBins, of, featureLabels),
    {
      record: 'drift:feature:ks',
      expr: byFeature(
        'max',
        `abs(${of('drift:cumulative:ratio')} - ${of('drift:cumulative:ref_ratio')})`,
      ),
    },
    {
      record: 'drift:feature:ks_lambda2',
      expr: `${of('drift:feature:ks')} ^ 2\n  * ${effective}`,
    },
    {
      record: 'drift:feature:ks_pvalue',
      expr: `clamp(2 * (exp(-2 * ${lambda2}) - exp(-8 * ${lambda2}) + exp(-18 * ${lambda2})), 0, 1)`,
    },
    {
      record: 'drift:feature:chi2',
      expr: `${byFeature(
        'sum',
        `\n    (${ratio} - ${refRatio}) ^ 2\n    / ((${ratio} * ${perBin} ${count} + ${refRatio} * ${perBin} ${refCount}) > 0)\n  `,
      )}\n  * ${sameFeature} ${count} * ${sameFeature} ${refCount}`,
    },
    { record: 'drift:feature:chi2_df', expr: `${cells} - 1` },
    {
      // Wilson & Hilferty (1931): the cube root of chi-squared over its degrees of freedom is nearly normal.
      record: 'drift:feature:chi2_z',
      expr: `((${of('drift:feature:chi2')} / (${df} > 0)) ^ (1 / 3) - (1 - 2 / (9 * ${df})))\n  / sqrt(2 / (9 * ${df}))`,
    },
    {
      // Börjesson & Sundberg (1979): the normal tail within 0.3 %. One cell alone cannot differ.
      record: 'drift:feature:chi2_pvalue',
      expr: [
        `(${z} < bool 0) + (1 - 2 * (${z} < bool 0))`,
        `* exp(-(${z} ^ 2) / 2) / ${Math.sqrt(2 * Math.PI)}`,
        `/ (0.661 * abs(${z}) + 0.339 * sqrt(${z} ^ 2 + 5.51))`,
        `or (${df} == 0) + 1`,
      ].join('\n  '),
    },
    {
      record: 'drift:feature:js',
      expr: `sqrt(clamp_min((\n    ${byFeature('sum', `(${ratio} > 0) * ln((${ratio} > 0) / ${mean})`)}\n    + ${byFeature('sum', `(${refRatio} > 0) * ln((${refRatio} > 0) / ${mean})`)}\n  ) / 2 / ${Math.LN2}, 0))`,
    },
    {
      record: 'drift:feature:drifted',
      expr: `(${of('drift:feature:psi')} >= bool ${psiThreshold})\n  * (${of('drift:feature:chi2_pvalue')} <= bool ${alpha})`,
    },
    {
      // A feature that is mostly missing may be so for a while by chance.
      record: 'drift:feature:gone',
      expr: [
        `(${count} == bool 0)`,
        `* (${of('drift:feature:invalid_ratio')} <= bool 0.5)`,
        `* (${of('drift:feature:ref_missing_ratio')} ^ ${of('drift:feature:observed')} <= bool ${BY_CHANCE})`,
        ...hadValues,
      ].join('\n  '),
    },
    {
      record: 'drift:feature:changed_type',
      expr: [
        `(${count} == bool 0)`,
        `* (${of('drift:feature:invalid_ratio')} > bool 0.5)`,
        ...hadValues,
      ].join('\n  '),
    },
  ]
}

const BY_CHANCE = 0.000001

/** (count + ½) / (n + B / 2): an empty cell has a finite share. */
function smoothed(
  ratio: string,
  count: string,
  cells: string,
  perBin: string,
  filled: string,
): string {
  return `(${ratio} * ${perBin} ${count} + 0.5)\n  / ${perBin} (${count} + ${cells} / 2)\n  and (${filled})`
}

/** One rule an ordinal: PromQL cannot add up along a label, and counters for it would double the series. */
function cumulative(
  maxBins: number,
  of: (record: string, more: readonly LabelMatcher[]) => string,
  featureLabels: string,
): RecordingRule[] {
  const numeric = { label: 'type', values: ['numeric'] }
  return ['ratio', 'ref_ratio'].flatMap((side) =>
    Array.from({ length: maxBins }, (_, i) => {
      const upTo = { label: 'bin', values: [ordinalsUpTo(i)], patterns: true }
      const last = { label: 'bin', values: [ordinal(i)] }
      return {
        record: `drift:cumulative:${side}`,
        expr: `sum by (${featureLabels}) (${of(`drift:bin:${side}`, [numeric, upTo])})\n  and on (${featureLabels}) ${of(`drift:bin:${side}`, [numeric, last])}`,
        labels: { bin: ordinal(i) },
      }
    }),
  )
}

function ordinal(i: number): string {
  return String(i).padStart(2, '0')
}

/** `0[0-7]`, `0[0-9]|1[0-4]`: two digits, up to this one. */
function ordinalsUpTo(i: number): string {
  const [tens, ones] = ordinal(i)
  const last = `${tens}[0-${ones}]`
  return i < 10 ? last : `[0-${Number(tens) - 1}][0-9]|${last}`
}
