import type { RecordingRule } from '../rule-file.ts'
import type { CheckedDriftRules } from './drift-rules-options.ts'
import { recordedSeries } from './recorded-series.ts'

/** How many features are judged, how many drifted, and what to do about it, for each model and reference. */
export function modelRules(rules: CheckedDriftRules): RecordingRule[] {
  const { shareThreshold, actOnTargetDrift } = rules
  const of = recordedSeries(rules)
  const modelLabels = [...rules.by, 'model', 'reference'].join(', ')
  const role = (role: string) => [{ label: 'role', values: [role] }]
  const drifted = (name: string) => of('drift:feature:drifted', role(name))
  const features = of('drift:model:features')
  const evaluated = of('drift:model:evaluated')
  return [
    {
      record: 'drift:model:features',
      expr: `count by (${modelLabels}) (${of('drift:feature:ref_count', role('feature'))})`,
    },
    {
      record: 'drift:model:evaluated',
      expr: `count by (${modelLabels}) (${drifted('feature')})\n  or 0 * ${features}`,
    },
    {
      record: 'drift:model:drifted_share',
      expr: `sum by (${modelLabels}) (${drifted('feature')})\n  / (${evaluated} > 0)`,
    },
    { record: 'drift:target:drifted', expr: `max by (${modelLabels}) (${drifted('target')})` },
    {
      record: 'drift:prediction:drifted',
      expr: `max by (${modelLabels}) (${drifted('prediction')})`,
    },
    {
      record: 'drift:model:action',
      expr: [
        `(${of('drift:model:drifted_share')} >= ${shareThreshold}) * 0 + 2`,
        ...(actOnTargetDrift ? [`or (${of('drift:target:drifted')} > 0) * 0 + 2`] : []),
        `or max by (${modelLabels}) (${of('drift:feature:drifted')})`,
      ].join('\n  '),
    },
  ]
}
