import type { RuleFile } from '../rule-file.ts'
import { driftAlerts } from './drift-alerts.ts'
import { checkedDriftRules, type DriftRulesOptions } from './drift-rules-options.ts'
import { featureRules } from './feature-rules.ts'
import { latencyDriftGroup } from './latency-drift.ts'
import { modelRules } from './model-rules.ts'
import { windowLabel } from './recorded-series.ts'

/**
 * Recording and alerting rules for the drift of a whole fleet: Prometheus adds up the counters that every
 * replica's monitor exports, and holds them against the reference they all carry.
 *
 * For each model, reference and feature: PSI, the binned Kolmogorov–Smirnov distance (of numbers), chi-squared
 * and the Jensen–Shannon distance as `@tidegauge/drift` defines them, and the share of missing values. A feature
 * drifted where PSI ≥ `psiThreshold` and chi-squared's p ≤ `alpha`: large enough to matter, and no chance.
 * `drift:model:action` is 2 where `decide` says ACTION because of the share or the target, 1 where something drifted or
 * features are gone, else 0; nothing where `drift:model:undecided` is 1: too few features could be judged.
 *
 * Below `minimumValues` values there is no series and no verdict. Two references of a rolling deploy are judged
 * apart. Every series has the label `window`: two such files in one Prometheus must differ in their windows or in their
 * `models`, and so must what they record of `latency`, in its windows, its quantiles or the jobs it selects.
 *
 * @returns one group, and one more for `latency`
 * @throws InvalidArgumentError on the first option that cannot be worked with, unknown ones included
 * @see docs/drift-rules.md for what each rule says and how far off a window can be
 * @example
 * const rules = prometheusRules({ models: 'flights', window: '6h' })
 * writeFileSync('drift.rules.yml', rulesYaml(rules))
 */
export function prometheusRules(options: DriftRulesOptions = {}): RuleFile {
  const rules = checkedDriftRules(options)
  const labels = { window: windowLabel(rules) }
  const recorded = [...featureRules(rules), ...modelRules(rules)].map((rule) => ({
    ...rule,
    labels: { ...rule.labels, ...labels },
  }))
  const drift = {
    name: 'tidegauge-drift',
    interval: rules.interval.text,
    rules: [...recorded, ...driftAlerts(rules)],
  }
  const { latency } = rules
  return { groups: latency === undefined ? [drift] : [drift, latencyDriftGroup(rules, latency)] }
}
