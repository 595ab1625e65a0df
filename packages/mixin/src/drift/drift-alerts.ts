import { dashboardAnnotation, ownNames, runbookAnnotation } from '../alert-links.ts'
import { DASHBOARD_UIDS } from '../dashboards/dashboard-options.ts'
import { labelsText } from '../labels-text.ts'
import { escapeTemplate, type LabelMatcher, selector } from '../promql.ts'
import type { AlertingRule } from '../rule-file.ts'
import type { CheckedDriftRules, DriftAlertName } from './drift-rules-options.ts'
import { recordedSeries } from './recorded-series.ts'

const FEATURES: readonly LabelMatcher[] = [{ label: 'role', values: ['feature'] }]

/** Who is told what: each alert says what was measured, against what, and what to look at. */
export function driftAlerts(rules: CheckedDriftRules): AlertingRule[] {
  const { window, minimumValues, psiThreshold, shareThreshold, missingIncrease } = rules
  const of = recordedSeries(rules)
  const model = `model {{ $labels.model }}${labelsText(rules.by)}`
  const which = `{{ $labels.feature }} of ${model}`
  const drifted = (role: LabelMatcher) =>
    `${of('drift:feature:psi', [role])}\n  and ${of('drift:feature:drifted', [role])} == 1`
  const seen = window === null ? 'since the replicas started' : `in the last ${window.text}`
  const alert = (
    name: DriftAlertName,
    labels: readonly string[],
    expr: string,
    summary: string,
    description: string,
    hold = rules.for,
  ): AlertingRule => ({
    alert: name,
    expr,
    for: hold,
    labels: { ...rules.labels, severity: rules.severities[name] },
    annotations: {
      summary,
      description,
      ...runbookAnnotation(rules, name),
      ...dashboardAnnotation(rules, DASHBOARD_UIDS.drift, ownNames(labels)),
    },
  })
  const ofModel = [...rules.by, 'model', 'reference', 'window']
  const ofFeature = [...ofModel, 'feature']
  const psi = `PSI against reference {{ $labels.reference }} is {{ printf "%.3f" $value }} ${seen}, at least ${psiThreshold}.`
  const enough = `and ${of('drift:feature:observed')} >= ${minimumValues}`
  const targetToo = rules.actOnTargetDrift ? ', or the target drifted' : ''
  return [
    alert(
      'FeatureDrift',
      ofFeature,
      drifted({ label: 'role', values: ['prediction'], negated: true }),
      `The {{ $labels.role }} ${which} drifted`,
      psi,
    ),
    alert(
      'PredictionDrift',
      ofFeature,
      drifted({ label: 'role', values: ['prediction'] }),
      `The prediction ${which} drifted`,
      psi,
    ),
    alert(
      'DriftAction',
      ofModel,
      `${of('drift:model:action')} == 2`,
      `M${model.slice(1)} meets other data than it was trained on`,
      `At least ${percent(shareThreshold)} of its judged features drifted from reference {{ $labels.reference }} ${seen}${targetToo}: look which, and retrain.`,
    ),
    alert(
      'DriftNotEvaluated',
      ofModel,
      `${of('drift:model:evaluated')}\n  < ${rules.minimumJudged} * ${of('drift:model:features')}`,
      `Too few features of ${model} are judged`,
      `{{ $value }} features had ${minimumValues} values ${seen}, fewer than ${percent(rules.minimumJudged)} of those in reference {{ $labels.reference }}: whether they drifted is not known.`,
      rules.notEvaluatedFor,
    ),
    alert(
      'FeatureMissing',
      ofFeature,
      `${of('drift:feature:gone', FEATURES)} == 1\n  or ${of('drift:feature:changed_type', FEATURES)} == 1`,
      `The feature ${which} is gone`,
      `Not one value of it that reference {{ $labels.reference }} knows came ${seen}, or all were of another type: look at the pipeline. Training on what is left would not mend it, and DriftAction is silent meanwhile.`,
    ),
    alert(
      'MissingValues',
      ofFeature,
      `${of('drift:feature:missing_ratio')} - ${of('drift:feature:ref_missing_ratio')} >= ${missingIncrease}\n  ${enough}`,
      `Values of ${which} are missing`,
      `The share of missing values ${seen} is {{ $value | humanizePercentage }} more than in reference {{ $labels.reference }}, at least ${percent(missingIncrease)} more.`,
    ),
    alert(
      'InvalidValues',
      ofFeature,
      `${of('drift:feature:invalid_ratio')} >= ${missingIncrease}\n  ${enough}`,
      `Values of ${which} are of the wrong type`,
      `{{ $value | humanizePercentage }} of the values ${seen} are of another type than in reference {{ $labels.reference }}, at least ${percent(missingIncrease)}: text where a number is due, say. They are in no bin.`,
    ),
    ...(rules.absent ? rules.models.flatMap(({ values }) => values) : []).map((name) =>
      alert(
        'MonitorAbsent',
        ['model'],
        `absent(${selector('drift_reference_values', [{ label: 'model', values: [name] }, ...rules.select])})`,
        `Nobody exports the counters of model ${escapeTemplate(name)}`,
        'Its replicas are gone, are not scraped, or have no monitor of a model of that name: whether its data drifts is not known.',
      ),
    ),
  ]
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`
}
