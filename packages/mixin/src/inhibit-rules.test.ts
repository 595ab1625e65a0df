import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { DRIFT_SEVERITIES } from './drift/drift-rules-options.ts'
import { inhibitRules, inhibitYaml } from './inhibit-rules.ts'
import { BURN_RATE_WINDOWS } from './slo/burn-rate.ts'

test.each<[string, object, string]>([
  ['a misspelled key', { severity: [] }, '"severity" must be an option: "severities", maybe'],
  ['labels as text', { by: 'job' }, '"by" must be an array of labels'],
  ['a label that every alert has', { by: ['model'] }, '"by[0]" must be another label'],
  ['severities as text', { severities: 'page' }, '"severities" must be an array'],
  ['a severity that is a pattern', { severities: ['a|b'] }, '"severities[0]" must be a word'],
  ['a severity twice', { severities: ['a', 'a'] }, '"severities[1]" must be named once'],
])('%s is refused', (_, options, message) => {
  expect(() => inhibitRules(options)).toThrow(message)
})

test('each severity mutes those after it, of the same objective', () => {
  const ofBurnRates = (severities: readonly string[]) =>
    inhibitRules({ severities, by: ['namespace'] }).filter(({ equal }) => equal.includes('slo'))
  const burn = 'alertname="SloErrorBudgetBurn"'
  const equal = ['namespace', 'slo']
  expect(ofBurnRates(['a', 'b.c', 'd'])).toEqual([
    {
      source_matchers: [burn, 'severity="a"'],
      target_matchers: [burn, 'severity=~"b\\\\.c|d"'],
      equal,
    },
    { source_matchers: [burn, 'severity="b.c"'], target_matchers: [burn, 'severity="d"'], equal },
  ])
  expect(ofBurnRates(['a'])).toEqual([])
})

test('the severities are those of the rules', () => {
  const severities = [...new Set(BURN_RATE_WINDOWS.map(({ severity }) => severity))]
  expect(inhibitRules()).toEqual(inhibitRules({ severities }))
  expect(new Set(Object.values(DRIFT_SEVERITIES))).toEqual(new Set(['warning', 'info']))
  expect(severities).toEqual(['critical', 'warning'])
})

test('a label of OpenTelemetry has dots', () => {
  const by = ['service.name']
  expect(inhibitRules({ by }).map(({ equal }) => equal[0])).toEqual([...by, ...by, ...by])
  expect(parse(inhibitYaml(inhibitRules({ by })))).toEqual({ inhibit_rules: inhibitRules({ by }) })
})

test('the text is the data', () => {
  const rules = inhibitRules({ by: ['namespace', 'job'] })
  expect(parse(inhibitYaml(rules))).toEqual({ inhibit_rules: rules })
  expect(inhibitYaml([])).toBe('inhibit_rules: []\n')
  expect(() => inhibitYaml(undefined as never)).toThrow('"rules" must be those that inhibitRules')
})
