import { expect, test } from 'vitest'
import { brokenPromises, soakReplicas } from './soak-replicas.ts'

test('two replicas under load: the heap stays, and what was sent is what was counted', async () => {
  const report = await soakReplicas({ seconds: 10, rate: 100 })
  expect(brokenPromises(report)).toEqual([])
  expect(report.sent).toBeGreaterThan(300)
  expect(Math.min(report.scrapes, report.checks)).toBeGreaterThan(5)
  for (const { aborted, eventLoop } of report.replicas) {
    expect(aborted).toBeGreaterThan(5)
    expect(eventLoop.p99).toBeGreaterThan(0)
  }
}, 120_000)

const beside = { scrapes: 0, checks: 0, failures: [] }

test('a lost count, a lost answer and a heap that grows are told', () => {
  const replica = {
    requests: { sent: 12, counted: 11 },
    predicted: { seen: 10, latency: 12, drift: 11 },
    aborted: 1,
    heap: [1e7, 2e7],
    eventLoop: { p99: 0.01, max: 0.02 },
  } as const
  expect(
    brokenPromises({ sent: 12, answers: { 200: 11, none: 1 }, replicas: [replica], ...beside }),
  ).toEqual([
    '12 were sent, 11 answered',
    'replica 0: 12 requests, 11 counted',
    'replica 0: 10 predictions and 1 aborts, 12 counted (latency)',
    'replica 0: 12 predictions, 11 counted (drift)',
    'replica 0: 10000000 bytes more heap',
  ])
})

test('a scrape that failed, and a replica that answered nothing, are told', () => {
  const idle = {
    requests: { sent: 0, counted: 0 },
    predicted: { seen: 0, latency: 0, drift: 0 },
    aborted: 0,
    heap: [1e7, 1e7],
    eventLoop: { p99: 0.01, max: 0.02 },
  } as const
  const failures = ['/metrics answered 500', '/drift answered 500']
  expect(brokenPromises({ ...beside, sent: 0, answers: {}, failures, replicas: [idle] })).toEqual([
    '2 scrapes or checks failed, the first: /metrics answered 500',
    'replica 0: no prediction',
  ])
})
