import { profile } from '@tidegauge/drift'
import { htmlReport, jsonReport, parseReport, reportPolicy } from '@tidegauge/reporters'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { featureMonitor, monitorHandler, type PageContext } from '../src/index.ts'
import { ask, listen } from './loopback.ts'

const rows = Array.from({ length: 600 }, (_, i) => ({
  distance: 100 + ((i * 37) % 600),
  carrier: ['AA', 'UA', 'DL'][i % 3]!,
}))
const other = profile(rows.map((row) => ({ ...row, distance: row.distance + 5000 })))

const START = Date.UTC(2026, 10, 24, 17)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => void vi.useRealTimers())

/** A monitor whose clock is that of its timer. */
function watched(options: Partial<Parameters<typeof featureMonitor>[0]> = {}) {
  const monitor = featureMonitor({
    reference: profile(rows),
    model: 'flights',
    checkEverySeconds: 60,
    now: () => START + performance.now(),
    ...options,
  })
  const begin = performance.now()
  return {
    monitor,
    see: (seen: readonly object[] = rows) => {
      for (const row of seen) monitor.observe(row)
    },
    /** When its clock says so many seconds after the start. */
    at: (seconds: number) => START + begin + seconds * 1000,
  }
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)
const drifted = rows.map((row) => ({ ...row, distance: row.distance + 5000, carrier: 'ZZ' }))

describe('a monitor tells', () => {
  test('when it looks next, by its own clock and its own pace', async () => {
    const { monitor, at } = watched()
    expect(monitor.live().state.pace).toBeUndefined()
    await pass(5)
    monitor.start()
    const pace = { everySeconds: 60, since: at(5), kept: 60 }
    expect(monitor.live().state.pace).toEqual({ ...pace, next: at(65) })
    await pass(46)
    expect(monitor.live().state).toMatchObject({
      now: at(51),
      asOf: at(51),
      pace: { ...pace, next: at(65) },
    })
    await pass(20)
    expect(monitor.live().state).toMatchObject({
      now: at(71),
      asOf: at(65),
      pace: { ...pace, next: at(125) },
    })
    monitor.start()
    expect(monitor.live().state.pace).toEqual({ ...pace, next: at(125) })
    monitor.stop()
    expect(monitor.live().state.pace).toBeUndefined()
  })

  test('what its looks came to, and since when that holds', async () => {
    const { monitor, see, at } = watched({ onVerdict: () => {} })
    see()
    monitor.start()
    await pass(60)
    for (let i = 0; i < 3; i++) see(drifted)
    await pass(120)
    const { report, state } = monitor.live()
    expect(report?.decision.action).toBe('ACTION')
    expect(state.looks.map(({ time, action, rows }) => [time, action, rows])).toEqual([
      [at(60), 'NO_ACTION', 600],
      [at(120), 'ACTION', 2400],
      [at(180), 'ACTION', 2400],
    ])
    expect(state).toMatchObject({ heldSince: at(120), told: { time: at(120), action: 'ACTION' } })
    expect(state.looks[1]).toMatchObject({ share: 1, threshold: 0.3 })
  })

  test('what onVerdict was told, where it did not fail', async () => {
    const { monitor, see } = watched({
      onVerdict: () => Promise.reject(new Error('away')),
      onError: () => {},
    })
    see(drifted)
    monitor.start()
    await pass(60)
    expect(monitor.live().state.looks).toHaveLength(1)
    expect(monitor.live().state.told).toBeUndefined()
  })

  test('values that the reference does not know, as they were when it looked', async () => {
    const { monitor, see } = watched()
    const strange = [{ distance: 'far', carrier: 'ZZ' }, { distance: 'far' }, { distance: 300 }]
    see(strange)
    const both = [
      { feature: 'distance', unnamed: 0, invalid: 2 },
      { feature: 'carrier', unnamed: 1, invalid: 0 },
    ]
    expect(monitor.live().state.strangers).toEqual(both)
    monitor.start()
    await pass(60)
    see(strange)
    expect(monitor.live().state.strangers).toEqual(both)
    await pass(60)
    expect(monitor.live().state.strangers[0]).toMatchObject({ invalid: 4 })
  })

  test('of a reference since when it is there, and when the model was trained where that was said', async () => {
    const { monitor, see, at } = watched({ trainedAt: START - 1 })
    const id = monitor.referenceId
    expect(monitor.live().state.reference).toEqual({ id, since: at(0), trainedAt: START - 1 })
    see(drifted)
    monitor.start()
    await pass(70)
    monitor.replaceReference(other, { trainedAt: START + 2 })
    const { report, state } = monitor.live()
    expect(report).toBeNull()
    expect(state).toMatchObject({
      asOf: at(70),
      reference: { id: monitor.referenceId, since: at(70), trainedAt: START + 2 },
      replacements: [{ time: at(70), previous: id, reference: monitor.referenceId }],
    })
    expect(state.looks).toHaveLength(1)
    expect(state.heldSince).toBeUndefined()
    monitor.replaceReference(other)
    expect(monitor.live().state.reference).not.toHaveProperty('trainedAt')
  })

  test('that a look failed, and keeps what the one before found', async () => {
    let isBroken = false
    const { monitor, see, at } = watched({
      onError: () => {},
      now: () => {
        if (isBroken) throw new Error('no time')
        return START + performance.now()
      },
    })
    see()
    monitor.start()
    await pass(60)
    isBroken = true
    await pass(60)
    isBroken = false
    const { report, state } = monitor.live()
    expect(state.looks.map(({ action }) => action)).toEqual(['NO_ACTION', null])
    expect([report?.current.rows, state.asOf]).toEqual([600, at(60)])
  })

  test('no more than the last 60 looks', async () => {
    const { monitor, at } = watched()
    monitor.start()
    await pass(60 * 100)
    const { looks } = monitor.live().state
    expect([looks.length, looks[0]!.time, looks[59]!.time]).toEqual([60, at(41 * 60), at(6000)])
  })

  test.each([[Number.NaN], [9e15], ['2026-11-24'], [null]])(
    'of %s that it is no time of a training',
    (trainedAt) => {
      expect(() => watched({ trainedAt: trainedAt as never })).toThrow(
        '"trainedAt" must be milliseconds since 1970',
      )
      const { monitor } = watched()
      const { referenceId } = monitor
      expect(() => monitor.replaceReference(other, { trainedAt: trainedAt as never })).toThrow(
        '"trainedAt" must be milliseconds since 1970',
      )
      expect(monitor.referenceId).toBe(referenceId)
    },
  )
})

describe('the page', () => {
  const html = { accept: 'text/html' }
  const json = { accept: 'application/json' }

  async function served(options: Partial<Parameters<typeof monitorHandler>[1]> = {}) {
    const { monitor, ...rest } = watched()
    const check = vi.spyOn(monitor, 'check')
    const handler = monitorHandler(monitor, {
      reporters: {
        html: { render: htmlReport, headers: { 'Content-Security-Policy': reportPolicy() } },
        json: jsonReport,
      },
      cacheSeconds: 0,
      ...options,
    })
    const { origin } = await listen(handler)
    const get = (headers: Record<string, string> = html, path = '') =>
      ask(`${origin}${path}`, { headers })
    return { monitor, check, origin, get, ...rest }
  }

  test('of a monitor that looks costs no comparison: it is the last look’s', async () => {
    const { monitor, check, see, get } = await served()
    see()
    monitor.start()
    await pass(60)
    see()
    for (let i = 0; i < 3; i++) {
      expect(parseReport((await get(json)).text).current.rows).toBe(600)
      expect((await get()).text).toContain('600 rows')
    }
    expect(check).not.toHaveBeenCalled()
    await pass(60)
    expect(parseReport((await get(json)).text).current.rows).toBe(1200)
    expect(check).not.toHaveBeenCalled()
  })

  test('shows a look as soon as it was made, however long pages are kept', async () => {
    const { monitor, see, get } = await served({ cacheSeconds: 3600 })
    monitor.start()
    expect((await get()).text).toContain('before the first look')
    see()
    await pass(60)
    expect((await get()).text).toContain('600 rows')
  })

  test.each([
    ['before the first look', () => {}],
    [
      'against another reference',
      (monitor: ReturnType<typeof watched>['monitor']) => monitor.replaceReference(other),
    ],
    [
      'of a monitor that was stopped',
      (monitor: ReturnType<typeof watched>['monitor']) => monitor.stop(),
    ],
  ] as const)('%s compares for itself, once in cacheSeconds', async (name, act) => {
    const { monitor, check, get, see } = await served({ cacheSeconds: 10 })
    monitor.start()
    if (name !== 'before the first look') await pass(60)
    act(monitor)
    see()
    for (let i = 0; i < 5; i++) {
      expect(parseReport((await get(json)).text).current.rows).toBe(600)
      await get()
    }
    expect(check).toHaveBeenCalledOnce()
  })

  test('says whose it is and where it leads, and has a link to its JSON', async () => {
    const { get } = await served({
      replica: 'replica <b>',
      links: { Grafana: 'https://grafana.example/d/drift?a=1&b="2"', Runbook: '/runbook' },
    })
    const { text } = await get()
    expect(text).toContain('replica &lt;b>')
    expect(text).toContain('href="https://grafana.example/d/drift?a=1&amp;b=&quot;2&quot;"')
    expect(text).toContain('href="/runbook"')
    expect(text).toContain('<a href="?format=json"')
    const linked = await get(html, '/?format=json')
    expect(linked.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(parseReport(linked.text).format).toBe('tidegauge.drift-report')
  })

  test('has no such link where there is no JSON', async () => {
    const { get } = await served({ reporters: { html: htmlReport } })
    expect((await get()).text).not.toContain('format=json')
    const { status, headers } = await get(html, '/?format=json')
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  })

  test('loads itself anew by its script, which can be paused; another one by the header', async () => {
    const own = await served({ refreshSeconds: 30 })
    const page = await own.get()
    expect(page.headers.refresh).toBeUndefined()
    expect(page.text).toContain('data-refresh-seconds="30"')
    expect(page.text).not.toMatch(/http-equiv="?refresh/i)
    let given: PageContext | undefined
    const render = (_: unknown, context?: PageContext) => {
      given = context
      return '<p>mine'
    }
    const mine = await served({ reporters: { html: render }, refreshSeconds: 30 })
    expect((await mine.get()).headers.refresh).toBe('30')
    expect(given?.live).toMatchObject({ model: 'flights', refreshSeconds: 30, links: {} })
  })

  test('without traffic says so, before and after the first look', async () => {
    const { monitor, get } = await served()
    monitor.start()
    for (let i = 0; i < 2; i++) {
      const { text } = await get()
      expect(text).toContain('No traffic: nothing was counted in the last 1 h.')
      expect(text).not.toMatch(/No action needed|No column drifted/)
      await pass(60)
    }
  })

  test.each([
    [{ links: { Evil: 'javascript:alert(1)' } }, '"links.Evil" must be an address of http:'],
    [{ links: ['/a'] }, '"links" must be addresses by their names'],
    [{ replica: '' }, '"replica" must be a name that is not empty'],
    [{ replica: 7 }, '"replica" must be a name that is not empty'],
  ])('the options %# are refused', async (options, message) => {
    await expect(served(options as never)).rejects.toThrow(message)
  })
})
