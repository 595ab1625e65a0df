import type { RecordingRule } from '../rule-file.ts'
import type { CheckedDriftRules } from './drift-rules-options.ts'
import { recordedSeries } from './recorded-series.ts'

/** How many features are judged, how many drifted, and what to do about it, for each model and reference. */
export function modelRules(rules: CheckedDriftRules): RecordingRule[] {
  const { shareThreshold, actOnTargetDrift, minimumJudged } = rules
  const of = recordedSeries(rules)
  const modelLabels = [...rules.by, 'model', 'reference', 'window'].join(', ')
  const role = (role: string) => [{ label: 'role', values: [role] }]
  const drifted = (name: string) => of('drift:feature:drifted', role(name))
  const features = of('drift:model:features')
  const evaluated = of('drift:model:evaluated')
  const tooFew = `clamp_max((${evaluated} < bool ${minimumJudged} * ${features}) + (${evaluated} == bool 0), 1)`
  const targets = `count by (${modelLabels}) (${of('drift:feature:ref_count', role('target'))})`
  const acts = [
    `${of('drift:model:faults')} > 0`,
    `${of('drift:model:drifted_share')} >= ${shareThreshold}`,
    `${of('drift:target:drifted')} > 0`,
  ]
  // A target whose drift is to be acted on, and nobody can tell: unless something else acts, as in `decide`.
  const unjudgedTarget = `(${targets} > (count by (${modelLabels}) (${drifted('target')}) or 0 * ${targets})) * 0 + 1\n  unless (${acts.join(' or ')})`
  const anything = `max by (${modelLabels}) (${of('drift:feature:ref_count')})`
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
      record: 'drift:model:faults',
      expr: `sum by (${modelLabels}) (\n    ${of('drift:feature:gone', role('feature'))}\n    + ${of('drift:feature:changed_type', role('feature'))}\n  )\n  or 0 * ${features}`,
    },
    {
      // Without features the target decides, once it is judged.
      record: 'drift:model:undecided',
      expr: [
        ...(actOnTargetDrift ? [unjudgedTarget, `or ${tooFew}`] : [tooFew]),
        `or (${anything} * 0 + 1 unless max by (${modelLabels}) (${drifted('target')}))`,
        `or ${anything} * 0`,
      ].join('\n  '),
    },
    {
      record: 'drift:model:action',
      expr: [
        '(',
        `  (${of('drift:model:faults')} > 0) * 0 + 1`,
        `  or (${of('drift:model:drifted_share')} >= ${shareThreshold}) * 0 + 2`,
        ...(actOnTargetDrift ? [`  or (${of('drift:target:drifted')} > 0) * 0 + 2`] : []),
        `  or max by (${modelLabels}) (${of('drift:feature:drifted')})`,
        ')',
        `unless (${of('drift:model:undecided')} == 1)`,
      ].join('\n'),
    },
  ]
}
