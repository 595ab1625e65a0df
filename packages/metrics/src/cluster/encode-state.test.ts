import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latencyRecorder } from '../recorder/latency-recorder.ts'
import { decodeState, encodeState } from './encode-state.ts'

const observation = fc.record({
  method: fc.constantFrom('GET', 'POST', 'BREW'),
  route: fc.option(fc.constantFrom('/', '/users/:id', '/caf\u00e9/:\u{1f30a}'), { nil: undefined }),
  status: fc.constantFrom(200, 404, 499, 503, 9),
  seconds: fc.oneof(
    fc.constantFrom(0, 1e-40, 0.005, 1e6),
    fc.double({ min: 0, max: 100, noNaN: true }),
  ),
  tier: fc.constantFrom('free', 'paid', ''),
})

describe('a state that was encoded', () => {
  test('is decoded to what it was', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 60 }), fc.boolean(), (all, native) => {
        const recorder = latencyRecorder({
          native,
          timeToHeaders: true,
          responseSize: true,
          extraLabels: ['tier'],
          maxSeries: 12,
          now: () => 1234.5,
          exemplars: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }),
        })
        for (const { method, route, status, seconds, tier } of all) {
          const slot = recorder.slot(method, route, status, undefined, [tier])
          recorder.duration.observe(slot, seconds)
          recorder.responseSize!.observe(slot, Math.floor(seconds * 1e6))
        }
        recorder.requestStarted()
        const state = recorder.state()
        expect(decodeState(encodeState(state))).toEqual(state)
      }),
    )
  })

  test('keeps counts beyond 2³² exact', () => {
    const state = latencyRecorder({ native: false }).state()
    const rows = state.histograms[0]!.rows
    rows.set([2 ** 32 + 5, Number.MAX_SAFE_INTEGER, 127, 128, 2 ** 31])
    expect(decodeState(encodeState(state)).histograms[0]!.rows).toEqual(rows)
  })

  test('takes about two bytes a bucket', () => {
    const recorder = latencyRecorder({ native: false })
    for (let i = 0; i < 200_000; i++)
      recorder.observe('GET', `/route-${i % 500}`, 200, (i % 97) / 40)
    const { length } = encodeState(recorder.state())
    expect(length).toBeLessThan(501 * (15 * 2 + 8 + 24))
  })
})

describe('what is no state', () => {
  const bytes = encodeState(latencyRecorder().state())
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['noise', new Uint8Array(300).fill(7)],
    ['half of one', bytes.slice(0, bytes.length >> 1)],
    ['all but its last byte', bytes.slice(0, -1)],
    ['one and a byte', Uint8Array.from([...bytes, 0])],
    ['a number that never ends', new Uint8Array(1000).fill(0x80)],
  ])('%s is refused', (_, noise) => {
    expect(() => decodeState(noise)).toThrow(/"bytes" must be the state of a recorder/)
  })

  test('neither is one of another version', () => {
    const state = { ...latencyRecorder().state(), version: 99 as 2 }
    expect(() => decodeState(encodeState(state))).toThrow('received version 99')
  })
})
