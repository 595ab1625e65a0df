import { INVALID_SPAN_CONTEXT, type SpanContext, trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import type { SpanIds } from '../contract/recorder-reader.ts'
import { type ExemplarSource, openTelemetryExemplars } from './exemplars.ts'
import { latencyRecorder } from './latency-recorder.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const spanIds = (i: number): SpanIds => ({ traceId, spanId: i.toString(16).padStart(16, '0') })

const activeIn = (context: SpanContext | undefined): ExemplarSource =>
  openTelemetryExemplars({
    getActiveSpan: () => (context === undefined ? undefined : trace.wrapSpanContext(context)),
  })

/** What one observation leaves in the first bucket. */
function exemplarFrom(exemplars: ExemplarSource): unknown {
  const recorder = latencyRecorder({ bounds: [1], exemplars, now: () => 1234 })
  recorder.observe('GET', '/a', 200, 0.5)
  expect(recorder.snapshot()).toMatchObject([{ count: 1 }])
  return recorder.duration.exemplar(1, 0)
}

test('an active, sampled span gives its ids', () => {
  const expected = { traceId, spanId, value: 0.5, timestamp: 1234 }
  expect(exemplarFrom(activeIn({ traceId, spanId, traceFlags: 1 }))).toEqual(expected)
})

test.each([
  ['no span', undefined],
  ['a span that is not sampled', { traceId, spanId, traceFlags: 0 }],
  ['an invalid span', { ...INVALID_SPAN_CONTEXT, traceFlags: 1 }],
  ['a trace id that is no hexadecimal', { traceId: '"'.repeat(32), spanId, traceFlags: 1 }],
  ['a span id that is too short', { traceId, spanId: 'b7ad', traceFlags: 1 }],
])('%s gives none', (_, context) => {
  expect(exemplarFrom(activeIn(context))).toBe(undefined)
})

test('takes `trace` of the API as it is', () => {
  expect(exemplarFrom(openTelemetryExemplars(trace))).toBe(undefined)
})

test.each([
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
  ['gives ids that are no text', () => ({ traceId: 1, spanId: {} }) as never],
  ['gives null', () => null as never],
])('a source that %s costs the exemplar alone', (_, source) => {
  expect(exemplarFrom(source)).toBe(undefined)
})

test('keeps the last one of each bucket of each series', () => {
  let next = 0
  const recorder = latencyRecorder({ bounds: [1, 2], exemplars: () => spanIds(++next) })
  for (const [route, seconds] of [
    ['/a', 0.5],
    ['/a', 0.25],
    ['/a', 3],
    ['/b', 1.5],
  ] as const) {
    recorder.observe('GET', route, 200, seconds)
  }
  const kept = (slot: number): (number | undefined)[] =>
    [0, 1, 2].map((bucket) => recorder.duration.exemplar(slot, bucket)?.value)
  expect([kept(0), kept(1), kept(2)]).toEqual([
    [undefined, undefined, undefined],
    [0.25, undefined, 3],
    [undefined, 1.5, undefined],
  ])
  expect(recorder.duration.exemplar(2, 1)).toMatchObject(spanIds(4))
})

test('rows far apart keep theirs apart', () => {
  let next = 0
  const recorder = latencyRecorder({ exemplars: () => spanIds(++next) })
  for (let i = 0; i < 300; i++) recorder.observe('GET', `/r${i}`, 200, 0.001)
  for (let slot = 1; slot <= 300; slot++) {
    expect(recorder.duration.exemplar(slot, 0)).toMatchObject(spanIds(slot))
  }
})

test('a span and a time that are handed in go before the source and the clock', () => {
  const source: ExemplarSource = () => spanIds(1)
  const recorder = latencyRecorder({ bounds: [1], exemplars: source, now: () => 5 })
  const slot = recorder.slot('GET', '/a', 200)
  recorder.duration.observe(slot, 0.5, spanIds(2), 99)
  expect(recorder.duration.exemplar(slot, 0)).toEqual({ ...spanIds(2), value: 0.5, timestamp: 99 })
  recorder.duration.observe(slot, 0.5, spanIds(3))
  expect(recorder.duration.exemplar(slot, 0)).toMatchObject({ ...spanIds(3), timestamp: 5 })
  recorder.duration.observe(slot, 0.5, null)
  expect(recorder.duration.exemplar(slot, 0)).toMatchObject(spanIds(3))
  recorder.duration.observe(slot, 0.5)
  expect(recorder.duration.exemplar(slot, 0)).toMatchObject(spanIds(1))
})

test('none is kept without a source, and none survives a reset', () => {
  const without = latencyRecorder({ bounds: [1] })
  without.duration.observe(without.slot('GET', '/a', 200), 0.5, spanIds(1))
  expect(without.duration.exemplar(1, 0)).toBe(undefined)

  const recorder = latencyRecorder({ bounds: [1], exemplars: () => spanIds(1) })
  recorder.observe('GET', '/a', 200, 0.5)
  recorder.reset()
  recorder.slot('GET', '/a', 200)
  expect(recorder.duration.exemplar(1, 0)).toBe(undefined)
})
