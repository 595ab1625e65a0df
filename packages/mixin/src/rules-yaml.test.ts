import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RuleFile } from './rule-file.ts'
import { rulesYaml } from './rules-yaml.ts'

/** Text that YAML, Go or a careless writer might take for something else. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }).filter((s) => !/\p{Surrogate}/u.test(s)),
  fc.string({
    unit: fc.constantFrom(
      ...['\n', '\r', '\t', ' ', ':', '#', '-', '"', "'", '\\', '{', '|', '\u0085', '\u2028'],
      ...['\u0000', '\u007f', '\ufeff', 'é', '😀', 'a', '%', '@', '&', '*', '!', '>', ','],
    ),
  }),
  fc.constantFrom(
    ...['', 'no', 'on', 'y', '~', 'null', 'true', '1', '0x1f', '1_000', '1:30', '.inf', '1e3'],
    ...[
      '2001-01-01',
      '---',
      '...',
      '? a',
      '<<',
      '=',
      '!!str a',
      '%YAML 1.2',
      ' a\nb',
      'a\n\nb',
      'a\n',
    ],
  ),
)
const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/)
const keyed = fc.dictionary(
  fc.oneof(label, fc.constantFrom('on', 'no', 'y', 'null', 'yes')),
  text,
  {
    minKeys: 1,
    noNullPrototype: true,
  },
)
const rule = fc.oneof(
  fc.record({ record: text, expr: text, labels: keyed }, { requiredKeys: ['record', 'expr'] }),
  fc.record(
    { alert: text, expr: text, for: text, labels: keyed, annotations: keyed },
    { requiredKeys: ['alert', 'expr'] },
  ),
)
const ruleFile: fc.Arbitrary<RuleFile> = fc.record({
  groups: fc.array(
    fc.record(
      { name: text, interval: text, rules: fc.array(rule, { maxLength: 3 }) },
      { requiredKeys: ['name', 'rules'] },
    ),
    { maxLength: 3 },
  ),
})

test.each(['1.1', '1.2'] as const)('reads back as the same data by YAML %s', (version) => {
  fc.assert(
    fc.property(ruleFile, (file) => {
      expect(parse(rulesYaml(file), { version, merge: false })).toEqual(file)
    }),
    { numRuns: 500 },
  )
})

test('is made to be read: expressions stand as they are typed', () => {
  const expr = 'sum(rate(a{b="c"}[5m]))\n  or 0 * d'
  const yaml = rulesYaml({
    groups: [{ name: 'g', interval: '1m', rules: [{ record: 'r', expr }] }],
  })
  expect(yaml).toBe(`groups:
  - name: "g"
    interval: "1m"
    rules:
      - record: "r"
        expr: |-
          sum(rate(a{b="c"}[5m]))
            or 0 * d
`)
})

test('leaves out what is undefined or empty', () => {
  const rules = [{ record: 'r', expr: '1', labels: {} }]
  expect(parse(rulesYaml({ groups: [{ name: 'g', rules }] }))).toEqual({
    groups: [{ name: 'g', rules: [{ record: 'r', expr: '1' }] }],
  })
})
