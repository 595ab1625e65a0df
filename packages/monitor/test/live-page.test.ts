import { createServer } from 'node:http'
import { profile } from '@tidegauge/drift'
import { htmlReport, jsonReport, reportPolicy } from '@tidegauge/reporters'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { describeWithServer, pathOf } from '../../../vitest.servers.ts'
import { featureMonitor, monitorHandler } from '../src/index.ts'
import { listen } from './loopback.ts'

const NAMES = Array.from({ length: 40 }, (_, i) => `feature_${i}`)
const rowOf = (i: number, shifted: number) =>
  Object.fromEntries(NAMES.map((name, j) => [name, ((i * 37 + j) % 400) + (j < shifted ? 900 : 0)]))
const reference = profile(Array.from({ length: 600 }, (_, i) => rowOf(i, 0)))

/** A service whose page loads itself anew each second; `refreshes` counts how often it was asked for. */
async function serve(refreshSeconds = 1) {
  const monitor = featureMonitor({ reference, model: 'flights', checkEverySeconds: 0.5 })
  for (let i = 0; i < 600; i++) monitor.observe(rowOf(i, 20))
  monitor.start()
  onTestFinished(() => monitor.stop())
  const page = monitorHandler(monitor, {
    reporters: {
      html: { render: htmlReport, headers: { 'Content-Security-Policy': reportPolicy() } },
      json: jsonReport,
    },
    refreshSeconds,
    links: { Runbook: '/runbook' },
  })
  const asked: string[] = []
  const { origin } = await listen(
    createServer((req, res) => {
      if (req.url !== '/favicon.ico') asked.push(req.url!)
      page(req, res)
    }),
  )
  return { monitor, url: `${origin}/drift`, pages: () => asked.length, asked }
}

describeWithServer('chromium', 'the live page, served', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: pathOf('chromium')!,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
  })
  afterAll(() => browser.close())

  /** @returns the page, and what it complained about */
  async function open(
    url: string,
    context?: BrowserContext,
  ): Promise<readonly [Page, readonly string[]]> {
    const opened = context ?? (await browser.newContext({ viewport: { width: 1280, height: 900 } }))
    opened.setDefaultTimeout(60_000)
    onTestFinished(() => opened.close())
    const page = await opened.newPage()
    const events: string[] = []
    page.on('console', (message) => events.push(message.text()))
    page.on('pageerror', (error) => events.push(error.message))
    await page.goto(url)
    return [page, events]
  }

  const button = (page: Page) => page.locator('.live-bar').getByRole('button')
  const shown = (page: Page) => page.locator('.columns > tbody:not([hidden])')
  const isOpen = (page: Page, id: string) => page.locator(`#${id} details`).getAttribute('open')

  /** Once the page was loaded anew, so many times. */
  async function refreshed(page: Page, times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      await page.evaluate('window.isOld = true')
      await isNew(page)
    }
  }

  /** Asked again and again by ourselves: the page's policy lets nobody wait in it. */
  async function isNew(page: Page): Promise<void> {
    const complete = 'window.isOld === undefined && document.readyState === "complete"'
    // Between two pages there is none to ask.
    await expect.poll(() => page.evaluate(complete).catch(() => false)).toBe(true)
  }

  test('loads itself anew, and keeps what was opened, searched, filtered, sorted, focused and scrolled to', async () => {
    const { url, asked } = await serve()
    const [page, events] = await open(url)
    await page.getByLabel('Search').fill('feature_1')
    await page.locator('.tools input[value=drifted]').uncheck()
    await page.locator('.tools input[value=drifted]').check()
    await page.locator('.tools input[type=checkbox]').last().uncheck()
    const names = await shown(page).count()
    expect(names).toBeGreaterThan(5)
    expect(names).toBeLessThan(12)
    await page.locator('th[data-sort=name] button').click()
    await page.locator('th[data-sort=name] button').click()
    const order = await shown(page).evaluateAll((bodies) => bodies.map(({ id }) => id))
    const [first, , third] = order as [string, string, string]
    await page.locator(`#${first} summary`).click()
    await page.locator(`#${third} summary`).focus()
    await page.keyboard.press('Enter')
    await page.evaluate(`document.getElementById(${JSON.stringify(third)}).scrollIntoView()`)
    const top = () => page.locator(`#${third}`).evaluate((body) => body.getBoundingClientRect().top)
    const before = await top()

    await refreshed(page, 2)
    expect(await page.getByLabel('Search').inputValue()).toBe('feature_1')
    expect(await shown(page).evaluateAll((bodies) => bodies.map(({ id }) => id))).toEqual(order)
    expect(await page.locator('th[data-sort=name]').getAttribute('aria-sort')).toBe('descending')
    expect(await page.locator('.tools input[type=checkbox]').last().isChecked()).toBe(false)
    expect([await isOpen(page, first), await isOpen(page, third)]).toEqual(['', ''])
    expect(await page.locator('details[open]').count()).toBe(2)
    expect(await page.evaluate('document.activeElement.closest("tbody")?.id')).toBe(third)
    await expect.poll(top).toBeCloseTo(before, -0.5)
    expect(events).toEqual([])
    expect(new Set(asked)).toEqual(new Set(['/drift']))
  })

  test('what was closed and cleared stays so', async () => {
    const { url } = await serve()
    const [page] = await open(url)
    await page.locator('#column-1 summary').click()
    await page.getByLabel('Search').fill('feature_0')
    await refreshed(page)
    await expect.poll(() => shown(page).count()).toBe(1)
    await page.getByLabel('Search').fill('')
    await page.locator('#column-1 summary').click()
    await refreshed(page)
    await expect.poll(() => shown(page).count()).toBe(NAMES.length)
    expect(await page.locator('details[open]').count()).toBe(0)
  })

  test('is paused by its button or its key, also after the reader has loaded it, and goes on when told', async () => {
    const { url, pages } = await serve()
    const [page] = await open(url)
    expect(await button(page).textContent()).toBe('Pause')
    await button(page).focus()
    await page.keyboard.press('Enter')
    expect(await button(page).textContent()).toBe('Resume')
    const asked = pages()
    await page.waitForTimeout(4000)
    expect(pages()).toBe(asked)
    await page.getByRole('link', { name: 'Refresh' }).click()
    await expect.poll(pages).toBe(asked + 1)
    await page.waitForLoadState()
    expect(await button(page).textContent()).toBe('Resume')
    await page.waitForTimeout(2000)
    expect(pages()).toBe(asked + 1)
    await page.keyboard.press('Alt+p')
    await expect.poll(() => button(page).textContent()).toBe('Pause')
    await refreshed(page)
    expect(pages()).toBeGreaterThan(asked + 1)
  })

  test('another tab is not paused with it', async () => {
    const { url } = await serve()
    const [page] = await open(url)
    await button(page).click()
    const [other] = await open(url, page.context())
    expect(await button(other).textContent()).toBe('Pause')
  })

  test('nothing is taken from under a reader who types or selects', async () => {
    const { url, pages } = await serve()
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    // The page's own clock, which a loaded machine does not hold up.
    await context.clock.install()
    const [page] = await open(url, context)
    const asked = pages()
    for (let i = 0; i < 6; i++) {
      await page.getByLabel('Search').press(String(i))
      await context.clock.runFor(1500)
    }
    await page.locator('#decision').selectText()
    await context.clock.runFor(10_000)
    expect(pages()).toBe(asked)
    await page.evaluate('getSelection().removeAllRanges()')
    await context.clock.runFor(1000)
    await expect.poll(pages).toBeGreaterThan(asked)
    // A page that loads itself by a clock of its own may not let its context be closed.
    await page.goto('about:blank')
  })

  test('does not load itself anew where that was not asked for, and has a link', async () => {
    const { monitor } = await serve()
    const page = monitorHandler(monitor, { reporters: { html: htmlReport } })
    const { origin } = await listen(page)
    const [opened] = await open(origin)
    expect(await button(opened).count()).toBe(0)
    await opened.evaluate('window.isOld = true')
    await opened.getByRole('link', { name: 'Refresh' }).click()
    await isNew(opened)
  })

  test('has a link to its JSON', async () => {
    const { url } = await serve(600)
    const [page] = await open(url)
    const [answer] = await Promise.all([
      page.waitForResponse(`${url}?format=json`),
      page.getByRole('link', { name: 'JSON' }).click(),
    ])
    expect(((await answer.json()) as { format: string }).format).toBe('tidegauge.drift-report')
  })

  test('works without storage', async () => {
    const { url } = await serve()
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    await context.addInitScript(
      'Object.defineProperty(window, "sessionStorage", { get() { throw new Error("no storage") } })',
    )
    const [page, events] = await open(url, context)
    await refreshed(page)
    await button(page).click()
    expect(await button(page).textContent()).toBe('Resume')
    expect(events).toEqual([])
  })
})
