import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startProgram } from '../stack/child.ts'
import { clockText, tellEvents } from '../stack/events.ts'

test('what a part says is told line by line, in one line each, whatever it quotes', async () => {
  const script = `console.log('one'); console.log('two \\x1b[31mred\\x1b[0m\\ttab'); setTimeout(() => console.log('three'), 300)`
  const child = startProgram('service-a', process.execPath, ['--eval', script])
  const other = startProgram('grafana', process.execPath, ['--eval', 'console.log("much")'])
  const told: string[] = []
  const over = new AbortController()
  const urls = { services: ['', ''] as const, player: '', prometheus: 'http://127.0.0.1:1' }
  tellEvents({ children: [child, other], urls }, over.signal, ({ who, what }) => {
    told.push(`${who}: ${what}`)
  })
  await Promise.all([child.ended, other.ended])
  await expect.poll(() => told).toHaveLength(3)
  over.abort()
  expect(told).toEqual(['service-a: one', 'service-a: two red tab', 'service-a: three'])
})

test('an alert is told when it begins and when it ends, once, also where its server is away for a moment', async () => {
  const alert = (state: string, labels: object) => ({ labels, status: { state } })
  const drift = alert('active', { alertname: 'DriftAction', reference: '070e4e38892c' })
  const feature = (state: string) => alert(state, { alertname: 'FeatureDrift', feature: 'origin' })
  const muted = alert('suppressed', { alertname: 'FeatureDrift', feature: 'hour' })
  const answers = [
    [],
    [feature('active')],
    'away',
    [drift, feature('active')],
    [drift, feature('suppressed'), muted],
    [drift],
    [],
  ]
  let asked = 0
  const server = createServer((_, response) => {
    const answer = answers[Math.min(asked++, answers.length - 1)]
    response.end(answer === 'away' ? 'away' : JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const alertmanager = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const told: string[] = []
  const over = new AbortController()
  const urls = { services: ['', ''] as const, player: '', prometheus: '', alertmanager }
  tellEvents({ children: [], urls }, over.signal, ({ who, what }) => told.push(`${who}: ${what}`))
  await expect.poll(() => told).toHaveLength(4)
  over.abort()
  expect(told).toEqual([
    'alert: FeatureDrift of origin fires',
    'alert: DriftAction (reference 070e4e38892c) fires',
    'alert: FeatureDrift of origin is muted',
    'alert: DriftAction (reference 070e4e38892c) is resolved',
  ])
})

test('a clock has two digits of each', () => {
  expect(clockText(new Date(2026, 0, 2, 3, 4, 5))).toBe('03:04:05')
})
