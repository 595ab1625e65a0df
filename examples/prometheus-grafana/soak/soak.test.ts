import { expect, test } from 'vitest'
import { brokenPromises, soakReplicas } from './soak-replicas.ts'

test('two replicas under load: the heap stays, and what was sent is what was counted', async () => {
  const report = await soakReplicas({ seconds: 10, rate: 100 })
  expect(brokenPromises(report)).toEqual([])
  expect(report.sent).toBeGreaterThan(300)
  expect(Math.min(report.aborted, report.scrapes, report.checks)).toBeGreaterThan(5)
  for (const { eventLoop } of report.replicas) expect(eventLoop.p99).toBeGreaterThan(0)
}, 60_000)

test('a lost count, a lost answer and a heap that grows are told', () => {
  const replica = {
    predicted: { sent: 10, latency: 10, drift: 9 },
    heap: [1e7, 2e7],
    eventLoop: { p99: 0.01, max: 0.02 },
  } as const
  const beside = { aborted: 0, scrapes: 0, checks: 0 }
  expect(
    brokenPromises({ sent: 12, answers: { 200: 11 }, replicas: [replica], ...beside }),
  ).toEqual([
    '12 were sent, 11 answered',
    'replica 0: 10 predictions, 9 counted (drift)',
    'replica 0: 10000000 bytes more heap',
  ])
})
