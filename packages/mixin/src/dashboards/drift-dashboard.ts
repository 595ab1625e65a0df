import { InvalidArgumentError } from '@tidegauge/core'
import { DRIFT_SEVERITIES } from '../drift/drift-rules-options.ts'
import { onlyKeys } from '../only-keys.ts'
import { alertsAnnotation, firing } from './alerts-annotation.ts'
import { chooseLink } from './choose-link.ts'
import { dashboardFrame } from './dashboard-frame.ts'
import {
  type CheckedDashboardOptions,
  checkedDashboard,
  DASHBOARD_KEYS,
  DASHBOARD_UIDS,
  type DashboardOptions,
} from './dashboard-options.ts'
import { DATA_SOURCE_VARIABLE } from './data-source.ts'
import type { GrafanaDashboard, GrafanaDataLink, GrafanaVariable } from './grafana-dashboard.ts'
import { carriedVariables, labelVariable } from './label-variable.ts'
import type { Band } from './layout.ts'
import {
  barChartPanel,
  fieldOf,
  fixedColor,
  mergedName,
  stateTimelinePanel,
  statPanel,
  tablePanel,
  thresholds,
  timeSeriesPanel,
  valueNames,
} from './panels.ts'

export interface DriftDashboardOptions extends DashboardOptions {
  /** As `prometheusRules` was told; 0.2 by default, and half of it is marked as worth a look. */
  readonly psiThreshold?: number
  /** As `prometheusRules` was told; 0.3 by default. */
  readonly shareThreshold?: number
}

/**
 * A Grafana dashboard of the drift of a fleet, from what `prometheusRules` records: what to do, which features
 * drifted and how far, where the chosen feature lies against its reference, and whether there is enough to tell.
 *
 * @returns plain data for `dashboardJson`
 * @throws InvalidArgumentError on the first option that cannot be worked with, unknown ones included
 * @example
 * writeFileSync('drift.json', dashboardJson(driftDashboard({ shareThreshold: 0.5 })))
 */
export function driftDashboard(options: DriftDashboardOptions = {}): GrafanaDashboard {
  const given = onlyKeys<DriftDashboardOptions>('options', options, {
    ...DASHBOARD_KEYS,
    psiThreshold: true,
    shareThreshold: true,
  })
  const dashboard = checkedDashboard(given, {
    title: 'Data drift',
    uid: DASHBOARD_UIDS.drift,
    timeRange: '6h',
  })
  const { psiThreshold: psi = 0.2, shareThreshold: share = 0.3 } = given
  if (typeof psi !== 'number' || !(psi > 0 && Number.isFinite(psi))) {
    throw new InvalidArgumentError('psiThreshold', 'a finite number above 0', psi)
  }
  if (typeof share !== 'number' || !(share > 0 && share <= 1)) {
    throw new InvalidArgumentError('shareThreshold', 'a number above 0 and at most 1', share)
  }
  const chosen = chosenSeries(dashboard)
  return dashboardFrame(dashboard, {
    description: `Does the model still meet the data it was trained on? All replicas together, against the reference that they carry. ${TWO_JUDGES}`,
    variables: [
      DATA_SOURCE_VARIABLE,
      ...carriedVariables(dashboard.by, REFERENCE_BINS),
      ...variables(chosen),
    ],
    annotations: [alerts(chosen)],
    bands: [
      { height: 5, panels: verdict(chosen, share) },
      { height: 8, panels: course(chosen, share) },
      { heading: 'Features', height: 10, panels: [psiOfFeatures(chosen, psi)] },
      { height: 9, panels: featureNumbers(chosen, psi) },
      { heading: 'The chosen feature: $feature', height: 9, panels: [bars(chosen)] },
      { height: 8, panels: chosenFeature(chosen, psi) },
      { heading: 'Is there enough to tell?', height: 8, panels: coverage(chosen) },
      { heading: 'Target and prediction', height: 6, panels: [psiOfOutcomes(chosen, psi)] },
    ],
  })
}

/** The stack's own story: both say the same there, and need not. */
const TWO_JUDGES =
  'This page judges the fleet by PSI and chi-squared, the live report one replica by an equivalent shift and a test; where they differ, an effect is near its threshold, few values tell, or that replica meets other traffic: look at the bars of the feature.'

/** Matchers of what the reader chose: Grafana writes patterns only for variables of several values. */
interface Chosen {
  readonly uid: string
  readonly by: readonly string[]
  /** Of the labels that are carried along; with a comma behind, where there are any. */
  readonly carried: string
  readonly model: string
  /** Of what the monitors export, for the chosen model and references. */
  readonly exported: string
  /** Of what is recorded: that of one window. */
  readonly all: string
  readonly feature: string
  readonly exportedFeature: string
  readonly features: string
}

function chosenSeries({ uid, by }: Pick<CheckedDashboardOptions, 'uid' | 'by'>): Chosen {
  const carried = by.map((label) => `${label}="$${label}", `).join('')
  const model = `${carried}model="$model"`
  const exported = `${model}, reference=~"$reference"`
  const all = `${exported}, window="$window"`
  return {
    uid,
    by,
    carried,
    model,
    exported,
    all,
    feature: `${all}, feature="$feature"`,
    exportedFeature: `${exported}, feature="$feature"`,
    features: `${all}, role="feature"`,
  }
}

/** A click on a feature shows it below, bin by bin. */
function chooseFeature({ uid, by }: Chosen, value: string): GrafanaDataLink {
  return chooseLink(uid, 'feature', value, [...by, 'model', 'reference', 'window'])
}

const REFERENCE_BINS = 'drift_reference_bin_ratio'

function variables(chosen: Chosen): GrafanaVariable[] {
  return [
    labelVariable({
      name: 'model',
      label: 'Model',
      description: 'The model whose inputs are watched.',
      series:
        chosen.carried === ''
          ? REFERENCE_BINS
          : `${REFERENCE_BINS}{${chosen.carried.slice(0, -2)}}`,
      of: 'model',
    }),
    labelVariable({
      name: 'reference',
      label: 'Reference',
      description:
        'What the traffic is held against: the first digits of a hash of its profile. After a retraining there is a new one; the two are never added up.',
      series: `${REFERENCE_BINS}{${chosen.model}}`,
      of: 'reference',
      all: { pattern: '.*' },
    }),
    labelVariable({
      name: 'feature',
      label: 'Feature',
      description: 'Feature, target or prediction that is shown bin by bin.',
      series: `${REFERENCE_BINS}{${chosen.exported}}`,
      of: 'feature',
    }),
    labelVariable({
      name: 'window',
      label: 'Window',
      description:
        'How much of the traffic is judged, as the rules were told; one file of rules has one.',
      series: `drift:model:features{${chosen.exported}}`,
      of: 'window',
    }),
  ]
}

/** An alert without a model, such as that of the latency, is shown for every model. */
function alerts({ carried }: Chosen) {
  const of = (model: string) => firing(Object.keys(DRIFT_SEVERITIES), `${carried}model="${model}"`)
  return alertsAnnotation(
    `${of('$model')} or ${of('')}`,
    '{{model}} {{feature}}',
    'severity,model,reference,feature,window',
  )
}

/** The worse the higher: what is not known is worse than what was found well, a broken pipeline the worst. */
const ACTIONS = valueNames({
  0: ['no action', 'green'],
  0.5: ['cannot tell', 'yellow'],
  1: ['look', 'orange'],
  2: ['retrain', 'red'],
  3: ['check the data', 'yellow'],
})

function actionOf({ all }: Chosen): string {
  return [
    `(drift:model:faults{${all}} > 0) * 0 + 3`,
    `or (drift:model:undecided{${all}} == 1) * 0 + 0.5`,
    `or drift:model:action{${all}}`,
  ].join(' ')
}

/** Grey: what nobody judged must not look like what was found well. */
const NOT_JUDGED = { noValue: 'not judged', thresholds: thresholds('#808080') }

const DRIFTED = valueNames({ 0: ['stable', 'green'], 1: ['drifted', 'red'] })

function verdict(chosen: Chosen, share: number): Band['panels'] {
  const percent = percentText(share)
  return [
    statPanel(
      {
        title: 'What to do',
        description: `"check the data" where features are gone or of another type, "cannot tell" where too few could be judged, "retrain" where at least ${percent} of the judged features drifted, "look" where any drifted, else "no action"; the worst of the chosen references. ${TWO_JUDGES}`,
      },
      { expr: `max(${actionOf(chosen)})`, legend: 'action' },
      { unit: 'none', mappings: ACTIONS, ...NOT_JUDGED },
      'background',
    ),
    statPanel(
      {
        title: 'Share of drifted features',
        description: `Of the features that were judged. Red from ${percent} on, where the model is to be retrained. Target and prediction are not among them.`,
      },
      { expr: `max(drift:model:drifted_share{${chosen.all}})`, legend: 'share' },
      {
        unit: 'percentunit',
        min: 0,
        max: 1,
        thresholds: thresholds('green', [share, 'red']),
        noValue: 'not judged',
      },
    ),
    statPanel(
      {
        title: 'Judged features',
        description:
          'How many had enough values in the window, and how many the reference has. A share of two judged features out of twenty says little. Each reference by itself: while two are live, each is judged of its own traffic.',
      },
      [
        { expr: `drift:model:evaluated{${chosen.all}}`, legend: 'judged, {{reference}}' },
        { expr: `drift:model:features{${chosen.all}}`, legend: 'in the reference, {{reference}}' },
      ],
      { unit: 'none', thresholds: thresholds('text') },
    ),
    statPanel(
      {
        title: 'Prediction',
        description:
          'Has what the model says changed? It is known at once, long before the outcomes are. Empty where the monitor watches no prediction.',
      },
      { expr: `max(drift:prediction:drifted{${chosen.all}})`, legend: 'prediction' },
      { unit: 'none', mappings: DRIFTED, ...NOT_JUDGED },
      'background',
    ),
    statPanel(
      {
        title: 'Target',
        description:
          'Has what really happened changed? As late as its outcomes become known. Empty where the monitor watches no target, or few outcomes are known.',
      },
      { expr: `max(drift:target:drifted{${chosen.all}})`, legend: 'target' },
      { unit: 'none', mappings: DRIFTED, ...NOT_JUDGED },
      'background',
    ),
  ]
}

function course(chosen: Chosen, share: number): Band['panels'] {
  return [
    timeSeriesPanel(
      {
        title: 'Share of drifted features, over time',
        description: `Against the line at ${percentText(share)}, from which on the model is to be retrained. A gap: no feature had enough values. After a retraining the old reference's line ends and a new one begins.`,
      },
      [
        {
          expr: `drift:model:drifted_share{${chosen.all}}`,
          legend: '{{model}}, reference {{reference}}',
        },
      ],
      {
        unit: 'percentunit',
        min: 0,
        max: 1,
        thresholds: thresholds('transparent', [share, 'red']),
      },
      { style: { lineWidth: 2, thresholdsStyle: { mode: 'line' } } },
    ),
    stateTimelinePanel(
      {
        title: 'What to do, over time',
        description:
          'A band for each reference: green no action, orange something drifted, red retrain; yellow where nobody can tell, or the data is broken. A new band begins with each retraining.',
      },
      [{ expr: actionOf(chosen), legend: '{{model}}, reference {{reference}}' }],
      { unit: 'none', mappings: ACTIONS },
    ),
  ]
}

function psiBand(psi: number) {
  return {
    unit: 'none',
    decimals: 2,
    min: 0,
    thresholds: thresholds('green', [psi / 2, 'yellow'], [psi, 'red']),
  }
}

function psiReading(psi: number): string {
  return `Population stability index: 0 where the bins hold the same shares, green below ${psi / 2}, yellow up to ${psi}, red from there on.`
}

function psiOfFeatures(chosen: Chosen, psi: number) {
  return stateTimelinePanel(
    {
      title: 'Features by PSI',
      description: `A band for each feature and reference. ${psiReading(psi)} A gap: too few values to judge. A large PSI of few values can be chance: the rules call a feature drifted only where chi-squared agrees. A click on a band shows the feature below, bin by bin.`,
    },
    [{ expr: `drift:feature:psi{${chosen.features}}`, legend: '{{feature}} ({{reference}})' }],
    { ...psiBand(psi), links: [chooseFeature(chosen, '__field.labels.feature')] },
  )
}

function psiOfOutcomes(chosen: Chosen, psi: number) {
  return stateTimelinePanel(
    {
      title: 'Target and prediction by PSI',
      description: `Kept apart from the features: they do not count in the share. ${psiReading(psi)}`,
    },
    [
      {
        expr: `drift:feature:psi{${chosen.all}, role=~"target|prediction"}`,
        legend: '{{role}} {{feature}} ({{reference}})',
      },
    ],
    psiBand(psi),
  )
}

const FEATURE_COLUMNS: readonly (readonly [column: string, record: string])[] = [
  ['drifted', 'drift:feature:drifted'],
  ['PSI', 'drift:feature:psi'],
  ['KS', 'drift:feature:ks'],
  ['KS p', 'drift:feature:ks_pvalue'],
  ['chi² p', 'drift:feature:chi2_pvalue'],
  ['JS', 'drift:feature:js'],
  ['values', 'drift:feature:count'],
]

function featureNumbers(chosen: Chosen, psi: number): Band['panels'] {
  const names = FEATURE_COLUMNS.map(([column], i) => [mergedName(i), column])
  return [
    tablePanel(
      {
        title: 'Features now',
        description:
          'Every number there is, the largest PSI first; a click on a feature shows it below, bin by bin. KS is the largest gap between the cumulative shares, of numbers only; JS the Jensen–Shannon distance, 0 to 1. The p-values are approximate, and with many values they are small for differences that do not matter: PSI says how large one is.',
      },
      FEATURE_COLUMNS.map(([column, record]) => ({
        expr: `max by (feature, role, reference) (${record}{${chosen.all}})`,
        legend: column,
      })),
      { unit: 'none', decimals: 3 },
      {
        transformations: [
          { id: 'merge', options: {} },
          {
            id: 'organize',
            options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(names) },
          },
        ],
        overrides: [
          fieldOf('feature', { links: [chooseFeature(chosen, '__value.raw')] }),
          fieldOf('drifted', { mappings: DRIFTED }),
          fieldOf('PSI', {
            thresholds: psiBand(psi).thresholds,
            color: { mode: 'thresholds' },
            'custom.cellOptions': { type: 'color-text' },
          }),
          fieldOf('values', { decimals: 0 }),
        ],
        sortBy: 'PSI',
      },
    ),
    timeSeriesPanel(
      {
        title: 'Kolmogorov–Smirnov distance',
        description:
          'Of numeric features: the largest gap between the cumulative shares of traffic and reference, from 0 (same) to 1 (nothing in common). Counted at the edges of the bins, so the exact distance is at least this.',
      },
      [{ expr: `drift:feature:ks{${chosen.features}}`, legend: '{{feature}} ({{reference}})' }],
      { unit: 'none', decimals: 3, min: 0, max: 1 },
    ),
  ]
}

function bars(chosen: Chosen) {
  const each = 'model, reference, feature, bin'
  return barChartPanel(
    {
      title: '$feature: traffic against reference',
      description:
        'The share of values in each bin, of the window now and of the reference. Bars of one height everywhere: no drift. Only "reference": too few values in the window. The outer numeric bins are open; __other__ is what the reference did not know by name. While two references are live, choose one.',
    },
    [
      {
        expr: `max by (bin, range) (${REFERENCE_BINS}{${chosen.exportedFeature}})`,
        legend: 'reference',
      },
      {
        // The recorded bins carry ordinals; what an ordinal stands for is a label of the reference.
        expr: `max by (bin, range) (drift:bin:ratio{${chosen.feature}} * on (${each}) group_left (range) (max by (${each}, range) (${REFERENCE_BINS}{${chosen.exportedFeature}}) * 0 + 1))`,
        legend: 'traffic',
      },
    ],
    { unit: 'percentunit', min: 0 },
    {
      field: 'range',
      transformations: [
        { id: 'merge', options: {} },
        { id: 'sortBy', options: { fields: {}, sort: [{ field: 'bin', desc: false }] } },
        {
          id: 'organize',
          options: {
            excludeByName: { Time: true, bin: true },
            renameByName: {
              [mergedName(0)]: 'reference',
              [mergedName(1)]: 'traffic',
              Value: 'reference', // where it is alone
            },
          },
        },
      ],
    },
  )
}

function chosenFeature(chosen: Chosen, psi: number): Band['panels'] {
  return [
    timeSeriesPanel(
      {
        title: '$feature: PSI and KS',
        description: `How far the traffic is from its reference. The red line is the threshold of PSI, ${psi}. PSI adds up every bin's difference, KS is the largest cumulative one and moves when the whole distribution shifts; a category has PSI alone.`,
      },
      [
        { expr: `drift:feature:psi{${chosen.feature}}`, legend: 'PSI ({{reference}})' },
        { expr: `drift:feature:ks{${chosen.feature}}`, legend: 'KS ({{reference}})' },
      ],
      { unit: 'none', decimals: 3, min: 0, thresholds: thresholds('transparent', [psi, 'red']) },
      { style: { thresholdsStyle: { mode: 'line' } } },
    ),
    timeSeriesPanel(
      {
        title: '$feature: values in the window',
        description:
          'How many values the judgement rests on, over all replicas. Where there are too few, the feature is not judged and leaves the share.',
      },
      [{ expr: `drift:feature:count{${chosen.feature}}`, legend: 'values ({{reference}})' }],
      { unit: 'short', min: 0, decimals: 0 },
    ),
    timeSeriesPanel(
      {
        title: '$feature: missing, or of the wrong type',
        description:
          'Share of values that were missing, against that of the reference (dashed), and of those of another type, such as text where a number is due. Both are in no bin: PSI does not see them.',
      },
      [
        {
          expr: `drift:feature:missing_ratio{${chosen.feature}}`,
          legend: 'missing ({{reference}})',
        },
        {
          expr: `drift:feature:invalid_ratio{${chosen.feature}}`,
          legend: 'wrong type ({{reference}})',
        },
        {
          expr: `max(drift_reference_missing_ratio{${chosen.exportedFeature}})`,
          legend: 'reference',
        },
      ],
      { unit: 'percentunit', min: 0 },
      {
        overrides: [
          fixedColor('reference', 'text', { 'custom.lineStyle': { fill: 'dash', dash: [8, 8] } }),
        ],
      },
    ),
  ]
}

function coverage(chosen: Chosen): Band['panels'] {
  return [
    timeSeriesPanel(
      {
        title: 'Judged features, over time',
        description:
          'Features with enough values, below the number that the reference has. Where the two part, features are not judged: the traffic is low, or a caller left them out.',
      },
      [
        { expr: `drift:model:evaluated{${chosen.all}}`, legend: 'judged ({{reference}})' },
        { expr: `drift:model:features{${chosen.all}}`, legend: 'in the reference ({{reference}})' },
      ],
      { unit: 'short', min: 0, decimals: 0 },
    ),
    timeSeriesPanel(
      {
        title: 'Missing values',
        description:
          'Share of missing values of each feature. A line that jumps is mostly a caller that stopped sending, or a join that broke.',
      },
      [
        {
          expr: `drift:feature:missing_ratio{${chosen.all}}`,
          legend: '{{feature}} ({{reference}})',
        },
      ],
      { unit: 'percentunit', min: 0 },
    ),
    timeSeriesPanel(
      {
        title: 'Values of the wrong type',
        description:
          'Share of each feature’s values in the window that are of another type than in the reference: text where a number is due, for instance. They are in no bin. Anything above 0 is a mistake of a caller or of a conversion; a tenth is the alert InvalidValues.',
      },
      [
        {
          expr: `drift:feature:invalid_ratio{${chosen.all}}`,
          legend: '{{feature}} ({{reference}})',
        },
      ],
      { unit: 'percentunit', min: 0 },
    ),
  ]
}

function percentText(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`
}
