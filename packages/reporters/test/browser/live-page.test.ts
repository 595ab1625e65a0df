import type { LiveState } from '@tidegauge/core'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWithServer } from '../../../../vitest.servers.ts'
import { htmlReport } from '../../src/html/html-report.tsx'
import { reportPolicy } from '../../src/html/policy.ts'
import { driftReport, exampleReport, table } from '../drift-report.fixture.ts'
import { liveState, looks } from '../live-state.fixture.ts'
import { HOSTILE_CORPUS } from './hostile-names.ts'
import { launchChromium, layoutFaults, type OpenPage, openReport } from './page.ts'

/** Few columns: the rest of a page has tests of its own. */
const report = driftReport(
  exampleReport().columns.filter(({ name }) => ['amount', 'device'].includes(name)),
)
const pageOf = (live: LiveState) => htmlReport(report, { title: 'Live', live })

const { heldSince: _, told: __, ...beforeTheFirst } = liveState({ looks: [], replacements: [] })
const PAGES: Readonly<Record<string, string>> = {
  'after a retraining': pageOf(liveState()),
  'of many looks': pageOf(liveState({ looks: looks(60) })),
  'before the first look': pageOf(beforeTheFirst),
  'without traffic': htmlReport(
    { ...report, current: table('live window', 0) },
    { live: liveState({ looks: looks(3) }) },
  ),
}

/** Text without a place to break, too: what a client sends is as long as it likes. */
const hostile = pageOf(
  liveState({
    model: 'W'.repeat(400),
    replica: HOSTILE_CORPUS.join(''),
    reference: { id: 'i'.repeat(400), since: 9e15, trainedAt: -1e15 },
    strangers: HOSTILE_CORPUS.map((feature, i) => ({
      feature,
      unnamed: 10 ** (i % 16),
      invalid: i,
    })),
    links: Object.fromEntries(
      HOSTILE_CORPUS.filter((name) => name !== '')
        .slice(0, 19)
        .map((name) => [name, '/"><script>alert(1)</script>']),
    ),
  }),
)

describeWithServer('chromium', 'the live page in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  async function withPage<T>(
    html: string,
    options: Parameters<typeof openReport>[2],
    use: (page: Page, opened: OpenPage) => Promise<T>,
  ): Promise<T> {
    const opened = await openReport(browser, html, options)
    try {
      return await use(opened.page, opened)
    } finally {
      await opened.close()
    }
  }

  // As high as all of it: what is not on the screen is not laid out, and would not be looked at.
  const height = 16_000

  describe.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('axe finds nothing at %d px, %s', (width, colorScheme) => {
    test.each(['after a retraining', 'without traffic', 'hostile'])('%s', async (name) => {
      const options = { viewport: { width, height }, colorScheme }
      await withPage(PAGES[name] ?? hostile, options, async (page) => {
        await page.evaluate(axe.source)
        const { violations, passes } = (await page.evaluate('axe.run()')) as axe.AxeResults
        expect(violations.map(({ id, nodes }) => [id, nodes[0]!.html])).toEqual([])
        expect(passes.map(({ id }) => id)).toContain('color-contrast')
      })
    })
  })

  test.each([1440, 1280, 768, 390, 320])(
    'at %d px nothing overlaps and nothing is cut off',
    async (width) => {
      for (const [name, html] of Object.entries({ ...PAGES, hostile })) {
        await withPage(html, { viewport: { width, height } }, async (page) => {
          expect(await layoutFaults(page), name).toEqual([])
        })
      }
    },
  )

  test.each([
    [1280, 60],
    [768, 40],
    [390, 30],
  ])(
    'at %d px the strip has the newest %d looks, and says of when the first is',
    async (width, count) => {
      const html = pageOf(liveState({ looks: looks(60), replacements: [] }))
      await withPage(html, { viewport: { width, height: 900 } }, async (page) => {
        const marks = page.locator('.strip li:visible')
        expect(await marks.count()).toBe(count)
        const [first] = await page.locator('.strip-ends time:visible').allTextContents()
        expect(await marks.first().textContent()).toContain(first)
        expect((await marks.first().boundingBox())!.width).toBeGreaterThan(9)
      })
    },
  )

  test('a look that is pointed at tells what it came to, on the page', async () => {
    await withPage(
      PAGES['of many looks']!,
      { viewport: { width: 390, height: 900 } },
      async (page) => {
        const last = page.locator('.strip li').last()
        const text = last.locator('.look-text')
        expect((await text.boundingBox())!.width).toBeLessThan(2)
        await last.hover()
        const { x, y, width } = (await text.boundingBox())!
        expect(width).toBeGreaterThan(100)
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x + width).toBeLessThanOrEqual(390)
        expect(y).toBeGreaterThanOrEqual(0)
      },
    )
  })

  test('with JavaScript off it has fixed times and a link, and nothing that does nothing', async () => {
    const options = { javaScriptEnabled: false }
    await withPage(PAGES['after a retraining']!, options, async (page, { events }) => {
      expect(await page.locator('.live-bar').textContent()).toMatch(
        /^As of 17:42:00 UTC, next look at 17:43:00Refresh/,
      )
      expect(await page.getByRole('button').count()).toBe(0)
      await page.getByRole('link', { name: 'Refresh' }).click()
      await page.waitForURL('**/')
      expect(events).toEqual([])
    })
  })

  test('it counts down to the next look, and asks for nothing', async () => {
    const html = pageOf(liveState({ refreshSeconds: 600 }))
    await withPage(html, { policy: reportPolicy() }, async (page, { events }) => {
      const left = async () =>
        Number(
          /^next look in (\d+) s$/.exec((await page.locator('[data-next]').textContent())!)?.[1],
        )
      const first = await left()
      // 46 s after it was made; a loaded machine takes its time.
      expect(first).toBeLessThanOrEqual(46)
      await expect.poll(left).toBeLessThan(first)
      expect(events).toEqual([])
    })
  })

  test('who asked for calm reads a time instead', async () => {
    await withPage(PAGES['after a retraining']!, { reducedMotion: 'reduce' }, async (page) => {
      await page.waitForTimeout(600)
      expect(await page.locator('[data-next]').textContent()).toBe('next look at 17:43:00')
    })
  })

  test('hostile text is text: nothing runs, no element comes of it', async () => {
    await withPage(hostile, { policy: reportPolicy() }, async (page, { events }) => {
      await page.mouse.move(300, 300)
      await page.waitForTimeout(200)
      expect(events).toEqual([])
      expect(await page.locator('script').count()).toBe(2)
      const foreign =
        'img, iframe, object, video, form, base, link, math, main h1 ~ h1, meta[http-equiv=refresh]'
      expect(await page.locator(foreign).count()).toBe(0)
    })
  })
})
