import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPlayedMonth } from '../player/played-month.ts'
import { createPlayer, type Player } from '../player/player.ts'
import {
  FLIGHT,
  notification,
  postJson,
  startWatchedService,
  sumOf,
  type WatchedService,
} from './watched-service.ts'

let service: WatchedService
let player: Player
beforeAll(async () => {
  service = await startWatchedService({ recentFlights: 1000 })
  player = createPlayer({
    urls: [service.url],
    months: ['2001-01'],
    loadMonth: loadPlayedMonth,
    rate: 300,
  })
})
afterAll(() => service?.close())

const state = () => service.watched.state
const retrain = (reference: string) => postJson(`${service.url}/retrain`, notification(reference))

describe('one story in one process', { timeout: 180_000 }, () => {
  test('a retraining on nothing is refused, and the old model goes on', async () => {
    const { reference } = state()
    expect((await retrain(reference)).status).toBe(202)
    await expect.poll(() => service.lines).toHaveLength(2)
    expect(service.lines[0]).toBe('retraining asked for by an alert')
    expect(service.lines[1]).toContain('0 flights have landed, 500 are needed to train')
    expect(state()).toMatchObject({ reference, retrained: 0 })
    expect((await service.predict(FLIGHT)).status).toBe(200)
  })

  test('the player’s flights are counted, each once, and their outcomes arrive', async () => {
    const before = sumOf(await service.page(), 'drift_feature_bin_total', 'feature="hour"')
    await player.start()
    await expect.poll(() => player.counts().sent, { timeout: 120_000 }).toBeGreaterThan(1500)
    player.mode = 'shift'
    const shiftedFrom = player.counts().sent
    await expect
      .poll(() => player.counts().sent, { timeout: 120_000 })
      .toBeGreaterThan(shiftedFrom + 2000)
    await player.stop()
    const { sent, answers, outcomes } = player.counts()
    expect(Object.keys(answers).toSorted()).toEqual(['200', '400', '500'])
    expect(Object.values(answers).reduce((sum, count) => sum + count, 0)).toBe(sent)
    expect(outcomes).toBe(answers['200'])
    const counted = async () =>
      sumOf(await service.page(), 'drift_feature_bin_total', 'feature="hour"') - before
    await expect.poll(counted).toBe(answers['200'])
    expect(state().recent).toBe(1000)
  })

  test('the live page says ACTION, to a browser and to a program', async () => {
    const json = await fetch(`${service.url}/drift`, { headers: { accept: 'application/json' } })
    expect(await json.json()).toMatchObject({ decision: { action: 'ACTION' } })
    const html = await fetch(`${service.url}/drift`, { headers: { accept: 'text/html' } })
    expect(html.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await html.text()).toContain('ACTION')
  })

  test('/ leads there', async () => {
    const led = await fetch(service.url, { headers: { accept: 'text/html' } })
    expect([led.url, led.status]).toEqual([`${service.url}/drift`, 200])
    expect(await led.text()).toContain('Live drift of <bdi>late-flights')
  })

  test('an alert about another reference changes nothing', async () => {
    const before = state()
    await retrain('0123456789ab')
    expect((await service.predict(FLIGHT)).status).toBe(200)
    expect(state()).toEqual(before)
  })

  test('the webhook swaps model and reference, and shifted data is no drift any more', async () => {
    const before = state()
    const asked = await service.predict(FLIGHT)
    const month = await loadPlayedMonth('2001-01')
    const requests = Array.from({ length: 50 }, (_, i) => service.predict(month.at(i, true).flight))
    // The last run had nothing to train on: Alertmanager is told to come again, and another begins.
    expect((await retrain(before.reference)).status).toBe(503)
    await expect.poll(() => state().retrained).toBe(1)
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(state().reference).not.toBe(before.reference)
    expect(state().rows).toBe(1000)
    const [was, is] = [await asked.json(), await (await service.predict(FLIGHT)).json()]
    expect((is as { probability: number }).probability).not.toBe(
      (was as { probability: number }).probability,
    )

    const live = await fetch(`${service.url}/drift`, { headers: { accept: 'text/html' } })
    expect(await live.text()).toContain(`<bdi>${state().reference}</bdi>, trained `)
    const page = await service.page()
    expect(page).not.toContain(before.reference)
    expect(page).toContain(state().reference)

    const again = createPlayer({
      urls: [service.url],
      months: ['2001-01'],
      loadMonth: loadPlayedMonth,
      rate: 300,
    })
    again.mode = 'shift'
    await again.start()
    await expect.poll(() => again.counts().sent, { timeout: 120_000 }).toBeGreaterThan(1500)
    await again.stop()
    const { decision } = service.watched.monitor.check()
    expect(decision.reason).toMatch(/^drift_share=0\.00 < 0\.30/)
  })

  test('the outcome of a flight is taken once, and that of an unknown one not at all', async () => {
    const { id } = (await (await service.predict(FLIGHT)).json()) as { id: number }
    const tell = async () => {
      const outcomes = [
        { id, late: true },
        { id: 1e9, late: false },
      ]
      return await (await postJson(`${service.url}/outcomes`, JSON.stringify(outcomes))).json()
    }
    expect(await tell()).toEqual({ known: 1, unknown: 1 })
    expect(await tell()).toEqual({ known: 0, unknown: 2 })
  })
})
