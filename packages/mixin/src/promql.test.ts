import { expect, test } from 'vitest'
import {
  escapeTemplate,
  labelName,
  metricName,
  selector,
  seriesLabelName,
  sumBy,
  utf8Text,
} from './promql.ts'

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

test('names with dots stand in quotes, that of the metric among the conditions', () => {
  const route = { label: 'http.route', values: ['/'] }
  expect(selector('http.duration_bucket')).toBe('{"http.duration_bucket"}')
  expect(selector('http.duration_bucket', [route, { label: 'le', values: ['1'] }])).toBe(
    '{"http.duration_bucket","http.route"="/",le="1"}',
  )
  expect(selector('up', [route])).toBe('up{"http.route"="/"}')
  expect(sumBy(['job', 'http.route'])).toBe('sum by (job, "http.route") ')
  expect(metricName('metric.name', 'http.server.request.duration_seconds')).toBeTruthy()
  expect(seriesLabelName('label', 'http.response.status_code')).toBeTruthy()
})

test.each(['.', '.a', 'a.', 'a..b', 'a."b', 'a.b{', 'a.b-c', '__a.b', '1.5', 'a:b.c', 7])(
  '%j is no name of a label with dots',
  (name) => {
    expect(() => seriesLabelName('label', name)).toThrow('"label" must be a Prometheus label name')
  },
)

test.each(['', '1a', 'a-b', 'a b', 'é', 'a{', 'a.', '.a', 'a.b"c', undefined])(
  '%j is no metric name',
  (name) => {
    expect(() => metricName('metric.name', name)).toThrow(
      '"metric.name" must be a Prometheus metric',
    )
  },
)

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
