import { describe, expect, test } from 'vitest'
import { acceptsGzip, type ExpositionFormat, negotiateFormat } from './negotiation.ts'

const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'
const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0'

describe('the format is', () => {
  test.each<[ExpositionFormat, string, string | undefined]>([
    ['text', 'no header', undefined],
    ['text', 'an empty header', ''],
    ['text', 'anything', '*/*'],
    ['text', 'a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['text', 'nothing that can be made', 'application/json'],
    ['text', 'any application', 'application/*'],
    ['text', 'text by its version', 'text/plain;version=0.0.4'],
    [
      'openmetrics',
      'Prometheus 2.42',
      `${OPEN_METRICS},application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    ],
    [
      'protobuf',
      'Prometheus 2.42 with native histograms',
      `${PROTOBUF},${OPEN_METRICS};q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    ],
    [
      'protobuf',
      'Prometheus 3 with native histograms',
      `${PROTOBUF};q=0.6,${OPEN_METRICS};escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
    ],
    ['openmetrics', 'OpenMetrics without a version', 'application/openmetrics-text'],
    ['openmetrics', 'quoted parameters', 'application/openmetrics-text; version="1.0.0"'],
    ['openmetrics', 'another case', 'Application/OpenMetrics-Text; Version=1.0.0'],
    ['text', 'another version of OpenMetrics', 'application/openmetrics-text;version=2.0.0'],
    ['text', 'OpenMetrics refused', `${OPEN_METRICS};q=0`],
    ['text', 'text above OpenMetrics', `${OPEN_METRICS};q=0.4,text/plain;q=0.5`],
    ['openmetrics', 'both alike', `text/plain,${OPEN_METRICS}`],
    [
      'openmetrics',
      'text named for less than a wildcard',
      `${OPEN_METRICS};q=0.7,text/plain;q=0.5,*/*`,
    ],
    ['openmetrics', 'text by a wildcard of less', `${OPEN_METRICS};q=0.5,text/*;q=0.3`],
    [
      'text',
      'a text of another version',
      `${OPEN_METRICS};q=0.1,text/plain;version=1.0.0,*/*;q=0.2`,
    ],
    ['text', 'protobuf as text', PROTOBUF.replace('delimited', 'text')],
    ['text', 'protobuf of something else', 'application/vnd.google.protobuf'],
    ['text', 'protobuf refused', `${PROTOBUF};q=0.000`],
    ['text', 'a quality that is none', `${OPEN_METRICS};q=2`],
    ['openmetrics', 'a comma in a quoted parameter', `${OPEN_METRICS};x="a,text/plain;q=1"`],
  ])('%s for %s', (format, _, accept) => {
    expect(negotiateFormat(accept)).toBe(format)
  })

  test('the next best where the best cannot be made', () => {
    const accept = `${PROTOBUF},${OPEN_METRICS};q=0.8,text/plain;q=0.5`
    expect(negotiateFormat(accept, ['text', 'openmetrics'])).toBe('openmetrics')
    expect(negotiateFormat(accept, ['text', 'protobuf'])).toBe('protobuf')
    expect(negotiateFormat(`${OPEN_METRICS};q=0.8`, ['text', 'protobuf'])).toBe('text')
  })

  test('found in linear time in a hostile header', () => {
    const before = process.cpuUsage()
    for (const part of [',', ';', '"', '\\"', ';q=', 'a/b;c="', ' ']) {
      expect(negotiateFormat(part.repeat(100_000))).toBe('text')
    }
    // Of the processor's time; it takes a hundredth of it, and would take minutes if it were quadratic.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5)
  })
})

test.each([
  [false, undefined],
  [false, ''],
  [false, 'identity'],
  [false, 'br, deflate'],
  [false, 'gzip;q=0'],
  [false, '*, gzip;q=0.0'],
  [true, 'gzip'],
  [true, 'GZIP'],
  [true, 'deflate, gzip;q=0.5'],
  [true, '*'],
  [true, 'x-gzip'],
])('gzip is %s for %s', (accepted, header) => {
  expect(acceptsGzip(header)).toBe(accepted)
})
