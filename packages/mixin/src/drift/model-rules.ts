import { type LabelMatcher, selector } from '../promql.ts'
import type { RecordingRule } from '../rule-file.ts'
import type { CheckedDriftRules } from './drift-rules-options.ts'

const MODEL = 'model, reference'

/** How many features are judged, how many drifted, and what to do about it, for each model and reference. */
export function modelRules(rules: CheckedDriftRules): RecordingRule[] {
  const { models, shareThreshold, actOnTargetDrift } = rules
  const of = (record: string, more: readonly LabelMatcher[] = []) =>
    selector(record, [...models, ...more])
  const role = (role: string) => [{ label: 'role', values: [role] }]
  const drifted = (name: string) => of('drift:feature:drifted', role(name))
  const features = of('drift:model:features')
  const evaluated = of('drift:model:evaluated')
  return [
    {
      record: 'drift:model:features',
      expr: `count by (${MODEL}) (${of('drift:feature:ref_count', role('feature'))})`,
    },
    {
      record: 'drift:model:evaluated',
      expr: `count by (${MODEL}) (${drifted('feature')})\n  or 0 * ${features}`,
    },
    {
      record: 'drift:model:drifted_share',
      expr: `sum by (${MODEL}) (${drifted('feature')})\n  / (${evaluated} > 0)`,
    },
    { record: 'drift:target:drifted', expr: `max by (${MODEL}) (${drifted('target')})` },
    { record: 'drift:prediction:drifted', expr: `max by (${MODEL}) (${drifted('prediction')})` },
    {
      record: 'drift:model:action',
      expr: [
        `(${of('drift:model:drifted_share')} >= ${shareThreshold}) * 0 + 2`,
        ...(actOnTargetDrift ? [`or (${of('drift:target:drifted')} > 0) * 0 + 2`] : []),
        `or max by (${MODEL}) (${of('drift:feature:drifted')})`,
      ].join('\n  '),
    },
  ]
}
