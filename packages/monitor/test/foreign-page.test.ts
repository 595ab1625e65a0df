import { createServer } from 'node:http'
import { jsonReport } from '@tidegauge/reporters'
import express from 'express'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer, pathOf } from '../../../vitest.servers.ts'
import { monitorHandler } from '../src/page/handler.ts'
import { type Alert, retrainWebhook } from '../src/webhook/webhook.ts'
import { flightMonitor } from './flight-monitor.ts'
import { listen } from './loopback.ts'

/** An app that lets every page read it, by the very headers that `cors()` writes unless it is told otherwise. */
async function openApp() {
  const runs: (readonly Alert[])[] = []
  const app = express()
  app.use((req, res, next) => {
    res.set('Access-Control-Allow-Origin', '*')
    if (req.method !== 'OPTIONS') return next()
    res.set('Access-Control-Allow-Methods', 'GET,HEAD,PUT,PATCH,POST,DELETE')
    res.set('Access-Control-Allow-Headers', req.get('Access-Control-Request-Headers') ?? '')
    res.status(204).end()
  })
  app.get('/', (_, res) => void res.send('<title>page</title>'))
  app.get('/open', (_, res) => void res.send('everybody may read this'))
  app.get('/drift', monitorHandler(flightMonitor(), { reporters: { json: jsonReport } }))
  app.post('/retrain', retrainWebhook({ retrain: (alerts) => void runs.push(alerts) }))
  const { port } = await listen(createServer(app))
  return { port, runs }
}

const NOTIFICATION = JSON.stringify({
  version: '4',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'DriftAction' },
      startsAt: '2026-11-23T20:00:00Z',
      fingerprint: 'c9a5a0b1e2d3f4a5',
    },
  ],
})

describeWithServer('chromium', 'a page in a real browser on this machine', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: pathOf('chromium')!,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--host-resolver-rules=MAP evil.example 127.0.0.1',
      ],
    })
  }, 120_000)
  afterAll(() => browser?.close())

  /** What a page of that site gets to see of an app on this machine. */
  async function seenFrom(site: string, path: string, init?: RequestInit): Promise<string> {
    const page = await browser.newPage()
    await page.goto(site)
    // Source text: the repository's code knows no DOM.
    const answer = await page.evaluate(
      `fetch(${JSON.stringify(path)}, ${JSON.stringify(init ?? {})}).then(async (answer) => answer.status + ' ' + await answer.text(), String)`,
    )
    await page.close()
    return answer as string
  }

  test.each([
    ['of a foreign site', 'evil.example'],
    ['of another address of this machine', '127.0.0.1'],
    ['of another port of this machine', 'localhost'],
  ])(
    '%s neither reads the report nor starts a training, whatever cors() allows',
    async (_, site) => {
      const { port, runs } = await openApp()
      const other = await openApp()
      const page = `http://${site}:${other.port}/`
      const app = `http://localhost:${port}`
      expect(await seenFrom(page, `${app}/open`)).toBe('200 everybody may read this')
      expect(await seenFrom(page, `${app}/drift`)).toMatch(/^403 A page of another site/)
      const headers = { 'content-type': 'application/json' }
      const post = { method: 'POST', headers, body: NOTIFICATION }
      expect(await seenFrom(page, `${app}/retrain`, post)).toMatch(/^403 A page of another site/)
      expect(runs).toEqual([])
    },
    120_000,
  )

  test('of the app itself may, and so may who follows a link of Grafana here', async () => {
    const { port, runs } = await openApp()
    const app = `http://localhost:${port}`
    expect(await seenFrom(app, '/drift')).toMatch(/^200 \{/)
    const headers = { 'content-type': 'application/json' }
    expect(await seenFrom(app, '/retrain', { method: 'POST', headers, body: NOTIFICATION })).toBe(
      '202 A retrain begins.\n',
    )
    await expect.poll(() => runs).toHaveLength(1)

    const grafana = await openApp()
    const page = await browser.newPage()
    await page.goto(`http://localhost:${grafana.port}/`)
    await page.evaluate(`document.body.innerHTML = '<a href="${app}/drift">Live report</a>'`)
    const [answer] = await Promise.all([
      page.waitForResponse(`${app}/drift`),
      page.click('text=Live report'),
    ])
    expect(answer.status()).toBe(200)
    await page.close()
  }, 120_000)
})
