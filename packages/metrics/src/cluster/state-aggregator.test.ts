import { describe, expect, test, vi } from 'vitest'
import { listen } from '../../test/loopback.ts'
import { histogramRow } from '../contract/recorder-reader.ts'
import { metricsHandler } from '../handler/metrics-handler.ts'
import { type LatencyRecorder, latencyRecorder } from '../recorder/latency-recorder.ts'
import { type RecorderState, readState } from '../recorder/recorder-state.ts'
import { readSum, stateAggregator } from './state-aggregator.ts'

const started = (observations: number): LatencyRecorder => {
  const recorder = latencyRecorder({ bounds: [1] })
  for (let i = 0; i < observations; i++) recorder.observe('GET', '/', 200, 0.5)
  return recorder
}
const setUp = (timeoutMilliseconds = 50) => {
  const onError = vi.fn()
  return { onError, aggregator: stateAggregator({ timeoutMilliseconds, onError }) }
}
const countOf = (state: RecorderState): number => {
  const { histograms, seriesCount } = readState(state)
  const row = histogramRow(histograms[0]!)
  let count = 0
  for (let slot = 0; slot < seriesCount; slot++) {
    if (histograms[0]!.read(slot, row)) count += row.count
  }
  return count
}
const never = () => new Promise<never>(() => {})

test('adds up what all of them hold', async () => {
  const { aggregator, onError } = setUp()
  for (const count of [1, 20, 300]) {
    const recorder = started(count)
    aggregator.add(`worker ${count}`, async () => recorder.state())
  }
  expect(countOf(await aggregator.state())).toBe(321)
  expect(onError).not.toHaveBeenCalled()
})

test('without any answer the page has nothing of it, not even zeros, and all else', async () => {
  const { aggregator, onError } = setUp()
  const registry = { contentType: 'text/plain; version=0.0.4', metrics: () => 'up 1\n' }
  const page = metricsHandler({ recorder: () => readSum(aggregator), registry })
  const { origin } = await listen(page)
  const scraped = async () => {
    const response = await fetch(origin)
    return [response.status, await response.text()]
  }
  expect(await scraped()).toEqual([200, 'up 1\n'])
  aggregator.add('a', never)
  expect(await scraped()).toEqual([200, 'up 1\n'])
  expect(onError).toHaveBeenCalledOnce()
  aggregator.add('b', async () => started(2).state())
  expect((await scraped())[1]).toContain('http_server_request_duration_seconds_count')
})

describe('one that is stuck', () => {
  test('counts as it last did, is told of, and is not asked again before it has answered', async () => {
    const { aggregator, onError } = setUp()
    const [stuck, well] = [started(5), started(10)]
    const ask = vi.fn(async () => stuck.state())
    aggregator.add('stuck', ask)
    aggregator.add('well', async () => well.state())
    await aggregator.state()
    let release = (_: RecorderState): void => {}
    ask.mockImplementation(() => new Promise((resolve) => (release = resolve)))
    well.observe('GET', '/', 200, 0.5)
    stuck.observe('GET', '/', 200, 0.5)
    expect(countOf(await aggregator.state())).toBe(16)
    expect(countOf(await aggregator.state())).toBe(16)
    expect(ask).toHaveBeenCalledTimes(2)
    expect(onError.mock.calls[0]![0].message).toBe(
      'the recorder of stuck did not answer: no answer in 50 ms',
    )
    release(stuck.state())
    await vi.waitFor(async () => expect(countOf(await aggregator.state())).toBe(17), 15_000)
  })
})

describe('one that is gone', () => {
  test('stays in the sum with what it last told, and has no request under way', async () => {
    const { aggregator } = setUp()
    const [mortal, other] = [started(7), started(1)]
    mortal.requestStarted()
    aggregator.add('mortal', async () => mortal.state())
    aggregator.add('other', async () => other.state())
    expect((await aggregator.state()).activeRequests).toBe(1)
    mortal.observe('GET', '/', 200, 0.5)
    aggregator.update('mortal', mortal.state())
    aggregator.remove('mortal')
    const sum = await aggregator.state()
    expect({ count: countOf(sum), active: sum.activeRequests }).toEqual({ count: 9, active: 0 })
  })

  test('a hundred generations leave one state behind', async () => {
    const { aggregator } = setUp()
    for (let i = 0; i < 100; i++) {
      aggregator.add(`worker ${i}`, async () => started(1).state())
      await aggregator.state()
      aggregator.remove(`worker ${i}`)
    }
    const sum = await aggregator.state()
    expect({ count: countOf(sum), series: sum.series.size }).toEqual({ count: 100, series: 2 })
  })

  test('what it tells afterwards is not counted', async () => {
    const { aggregator } = setUp()
    const [mortal, other] = [started(7), started(1)]
    aggregator.add('mortal', async () => mortal.state())
    aggregator.add('other', async () => other.state())
    aggregator.remove('mortal')
    aggregator.update('mortal', mortal.state())
    expect(countOf(await aggregator.state())).toBe(1)
  })
})

test('recorders that cannot be added up are an error, not a part of the sum', async () => {
  const { aggregator } = setUp()
  aggregator.add('a', async () => started(1).state())
  aggregator.add('b', async () => latencyRecorder({ bounds: [1, 2] }).state())
  await expect(aggregator.state()).rejects.toThrow('"states[1].histograms[0].bounds" must be')
})
