import { expect, test } from 'vitest'
import { escapeTemplate, labelName, metricName, selector, utf8Text } from './promql.ts'

test.each([
  [[], 'up'],
  [[{ label: 'a', values: ['x'] }], 'up{a="x"}'],
  [[{ label: 'a', values: ['x', 'y.z'] }], 'up{a=~"x|y\\\\.z"}'],
  [[{ label: 'a', values: ['.*'], negated: true }], 'up{a!=".*"}'],
  [[{ label: 'a', values: ['5..'], patterns: true, negated: true }], 'up{a!~"5.."}'],
  [[{ label: 'a', values: ['"\\\n\u2028é'] }], 'up{a="\\"\\\\\\n\\U00002028é"}'],
])('%j is written %s', (matchers, expected) => {
  expect(selector('up', matchers)).toBe(expected)
})

test.each(['', '1a', 'a-b', 'a b', 'é', 'a{', undefined])('%j is no metric name', (name) => {
  expect(() => metricName('metric.name', name)).toThrow('"metric.name" must be a Prometheus metric')
})

test.each(['', '1a', 'a-b', 'a:b', '__name__', 'a\n', 7])('%j is no label name', (name) => {
  expect(() => labelName('label', name)).toThrow('"label" must be a Prometheus label name')
})

test('half a character is no text', () => {
  expect(() => utf8Text('route', '\ud800')).toThrow('"route" must be a string of whole Unicode')
  expect(utf8Text('route', '😀')).toBe('😀')
})

test.each([
  ['a{b="c"}', 'a{b="c"}'],
  ['{{ x }}', '{{"{"}}{ x }}'],
  ['{{{', '{{"{"}}{{"{"}}{{"{"}}'],
])('%j is shown as it is by the template %j', (text, template) => {
  expect(escapeTemplate(text)).toBe(template)
})
