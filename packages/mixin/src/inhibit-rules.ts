import { InvalidArgumentError } from '@tidegauge/core'
import { carriedLabels } from './carried-labels.ts'
import { onlyKeys } from './only-keys.ts'
import { conditions, type LabelMatcher, seriesLabelName } from './promql.ts'
import { quotedYaml } from './rules-yaml.ts'

export interface InhibitRulesOptions {
  /**
   * Labels that keep fleets and objectives apart, as the rules were told: what is muted has those of what mutes it. None by
   * default. Alertmanager 0.35 takes one with dots, 0.27 refuses it.
   */
  readonly by?: readonly string[]
  /**
   * Those of the burn rate alerts, the gravest first: each mutes those after it. `['critical', 'warning']` by default; `[]`
   * where there are no objectives.
   */
  readonly severities?: readonly string[]
}

/** Of Alertmanager's configuration, by its own names. */
export interface InhibitRule {
  readonly source_matchers: readonly string[]
  readonly target_matchers: readonly string[]
  readonly equal: readonly string[]
}

/**
 * What Alertmanager does not tell while something graver of the same incident is told: a slow burn of an error budget
 * while a fast one is, single features while the model's action is, single values while the feature is gone.
 *
 * Of one model, rules of an hour and of a day are told apart: an action stays for as long as its window holds what
 * began it, and that of a day would mute what begins meanwhile.
 *
 * An alert that is muted fires on and is told once the graver one ends; a rule that did not fire meanwhile would be told
 * as resolved.
 *
 * @returns plain data, for `inhibit_rules` of `alertmanager.yml`
 * @throws InvalidArgumentError on the first option that cannot be worked with, unknown ones included
 * @see https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule
 * @example
 * writeFileSync('inhibit.yml', inhibitYaml(inhibitRules({ by: ['namespace'] })))
 */
export function inhibitRules(options: InhibitRulesOptions = {}): readonly InhibitRule[] {
  const given = onlyKeys<InhibitRulesOptions>('options', options, { by: true, severities: true })
  const by = carriedLabels('by', given.by ?? [], OF_ALERTS, seriesLabelName)
  const severities = ordered(given.severities ?? ['critical', 'warning'])
  const alert = (...names: readonly string[]): LabelMatcher => ({
    label: 'alertname',
    values: names,
  })
  const severity = (...values: readonly string[]): LabelMatcher => ({ label: 'severity', values })
  const burn = alert('SloErrorBudgetBurn')
  const mutes = (
    source: readonly LabelMatcher[],
    target: readonly LabelMatcher[],
    equal: readonly string[],
  ): InhibitRule => ({
    source_matchers: source.map((one) => conditions([one])),
    target_matchers: target.map((one) => conditions([one])),
    equal: [...by, ...equal],
  })
  return [
    ...severities
      .slice(0, -1)
      .map((one, i) =>
        mutes([burn, severity(one)], [burn, severity(...severities.slice(i + 1))], ['slo']),
      ),
    mutes(
      [alert('DriftAction')],
      [alert('FeatureDrift', 'PredictionDrift')],
      ['model', 'reference', 'window'],
    ),
    mutes(
      [alert('FeatureMissing')],
      [alert('MissingValues', 'InvalidValues')],
      ['model', 'reference', 'window', 'feature'],
    ),
  ]
}

/** The rules as the part of `alertmanager.yml` that they are; Alertmanager reads one file alone, so it is put in there. */
export function inhibitYaml(rules: readonly InhibitRule[]): string {
  if (!Array.isArray(rules)) {
    throw new InvalidArgumentError('rules', 'those that inhibitRules makes', rules)
  }
  if (rules.length === 0) return 'inhibit_rules: []\n'
  const list = (values: readonly string[]) => `[${values.map(scalar).join(', ')}]`
  const items = (rules as readonly InhibitRule[]).map(
    ({ source_matchers: source, target_matchers: target, equal }) =>
      `  - source_matchers: ${list(source)}\n    target_matchers: ${list(target)}\n    equal: ${list(equal)}\n`,
  )
  return `inhibit_rules:\n${items.join('')}`
}

/** Between single quotes, where nothing is escaped: a matcher has quotes of its own. */
function scalar(text: string): string {
  return /^[ -&(-~]*$/.test(text) && text.includes('"') ? `'${text}'` : quotedYaml(text)
}

const OF_ALERTS = ['model', 'reference', 'feature', 'slo']

function ordered(value: unknown): readonly string[] {
  if (!Array.isArray(value)) {
    throw new InvalidArgumentError('severities', "an array such as ['critical', 'warning']", value)
  }
  return value.map((one, i) => {
    const path = `severities[${i}]`
    if (typeof one !== 'string' || !/^[\w.:-]+$/.test(one)) {
      throw new InvalidArgumentError(path, 'a word of letters, digits, "_", ".", ":" and "-"', one)
    }
    if (value.indexOf(one) < i) throw new InvalidArgumentError(path, 'named once', one)
    return one
  })
}
