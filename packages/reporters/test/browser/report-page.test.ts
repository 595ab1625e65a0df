import { categoricalProfile } from '@tidegauge/core'
import { detectDrift } from '@tidegauge/drift'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWithServer } from '../../../../vitest.servers.ts'
import { htmlReport } from '../../src/html/html-report.tsx'
import { reportPolicy } from '../../src/html/policy.ts'
import { shortText } from '../../src/visible-text.ts'
import { column, driftReport, exampleReport, table } from '../drift-report.fixture.ts'
import { firstScreens, picturesOfAllKinds } from './first-screens.ts'
import { HOSTILE_CORPUS } from './hostile-names.ts'
import { labelFaults, launchChromium, layoutFaults, type OpenPage, openReport } from './page.ts'
import { readerSteps } from './reader-steps.ts'
import { seededReport } from './seeded-report.ts'

describeWithServer('chromium', 'the page in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  const example = htmlReport(exampleReport())
  const seeded = htmlReport(seededReport(24))

  async function withPage<T>(
    options: Parameters<typeof openReport>[2] & { readonly html?: string },
    use: (page: Page, opened: OpenPage) => Promise<T>,
  ): Promise<T> {
    const { html = seeded, ...rest } = options
    const opened = await openReport(browser, html, rest)
    try {
      return await use(opened.page, opened)
    } finally {
      await opened.close()
    }
  }

  const names = (page: Page): Promise<string[]> =>
    page.locator('.columns > tbody:not([hidden]) .name').allTextContents()

  const values = (page: Page, place: number): Promise<number[]> =>
    page.locator('.columns > tbody:not([hidden])').evaluateAll(
      (bodies, at) =>
        bodies.map((body) => {
          const text = body.getAttribute('data-keys')!.split(',')[at]!
          return text === '' ? Number.POSITIVE_INFINITY : Number(text)
        }),
      place,
    )

  describe('with JavaScript off', () => {
    test('is read as it is: the answer, every column, its details; no control that does nothing', async () => {
      await withPage({ javaScriptEnabled: false, html: example }, async (page, { events }) => {
        expect(await page.locator('h2').first().textContent()).toBe('Action needed')
        expect(await page.locator('.columns > tbody').count()).toBe(13)
        expect(await page.locator('.tools').isVisible()).toBe(false)
        expect(await page.locator('thead button').count()).toBe(0)
        const details = page.locator('#column-2 details')
        expect(await details.locator('.figures').first().isVisible()).toBe(false)
        await details.locator('summary').click()
        expect(await details.locator('.figures').first().isVisible()).toBe(true)
        expect(events).toEqual([])
      })
    })
  })

  describe('with JavaScript on', () => {
    test('asks for nothing, says nothing to the console', async () => {
      await withPage({}, async (page, { events }) => {
        await page.getByRole('button', { name: 'Expand all' }).click()
        await page.getByLabel('Search').fill('amount')
        await page.waitForTimeout(100)
        expect(events).toEqual([])
      })
    })

    test('sorts by a header, the other way by a second click, and back to the order of concern', async () => {
      await withPage({}, async (page) => {
        const first = await names(page)
        const header = page.locator('th[data-sort=effect]')
        await header.getByRole('button').click()
        const falling = await values(page, 0)
        expect(falling.filter(Number.isFinite)).toEqual(
          falling.filter(Number.isFinite).toSorted((a, b) => b - a),
        )
        expect(await header.getAttribute('aria-sort')).toBe('descending')
        await header.getByRole('button').click()
        expect((await values(page, 0)).filter(Number.isFinite)).toEqual(
          falling.filter(Number.isFinite).toReversed(),
        )
        expect(await header.getAttribute('aria-sort')).toBe('ascending')
        await page.locator('th[data-sort=concern] button').click()
        expect(await names(page)).toEqual(first)
        expect(await page.locator('[aria-sort]').count()).toBe(1)
      })
    })

    test('sorts by name as people count, by p-value and by missing values; what has none comes last', async () => {
      await withPage({ html: example }, async (page) => {
        await page.getByLabel('Sort by').selectOption('p')
        const rising = await values(page, 1)
        expect(rising).toEqual(rising.toSorted((a, b) => a - b))
        expect(rising.slice(-2)).toEqual([Infinity, Infinity])
        await page.locator('th[data-sort=name] button').click()
        await page.locator('th[data-sort=name] button').click()
        const falling = (await names(page)).map((name) => name.toLowerCase())
        expect(falling.indexOf('temperature')).toBeLessThan(falling.indexOf('age'))
      })
      await withPage({ viewport: { width: 390, height: 800 } }, async (page) => {
        await page.getByLabel('Sort by').selectOption('name')
        const sorted = await names(page)
        expect(sorted.indexOf('amount_5')).toBeLessThan(sorted.indexOf('amount_10'))
        await page.getByLabel('Sort by').selectOption('missing')
        const missing = await values(page, 2)
        expect(missing).toEqual(missing.toSorted((a, b) => b - a))
        expect(new Set(missing).size).toBeGreaterThan(2)
      })
    })

    test('searches names, types and methods, filters by verdict, and says how many it shows', async () => {
      await withPage({}, async (page) => {
        const search = page.getByLabel('Search')
        await search.fill('DATETIME')
        expect(await names(page)).toHaveLength(4)
        expect((await names(page)).every((name) => name.startsWith('booked'))).toBe(true)
        expect(await page.getByRole('status').textContent()).toBe('4 of 24 columns shown')
        await search.fill('chi numeric')
        expect(await names(page)).toEqual([])
        await search.fill('')
        await page.getByRole('checkbox', { name: 'Drifted' }).uncheck()
        const verdicts = await page
          .locator('.columns > tbody:not([hidden])')
          .evaluateAll((bodies) => bodies.map((body) => body.getAttribute('class')))
        expect(verdicts.length).toBeGreaterThan(10)
        expect(verdicts).not.toContain('drifted')
      })
    })

    test('shows what drifted alone, and all again', async () => {
      await withPage({}, async (page) => {
        const all = (await names(page)).length
        const only = page.getByRole('button', { name: 'Drifted only' })
        await only.click()
        const shown = page.locator('.columns > tbody:not([hidden])')
        const drifted = await page.locator('.columns > tbody.drifted').count()
        expect(await shown.count()).toBe(drifted)
        expect(drifted).toBeLessThan(all)
        await page.emulateMedia({ media: 'print' })
        expect(await page.getByRole('status').isVisible()).toBe(true)
        expect(await page.locator('.columns > tbody.stable').first().isVisible()).toBe(false)
        await page.emulateMedia({ media: 'screen' })
        await only.click()
        expect(await shown.count()).toBe(all)
      })
    })

    test.each([1280, 860, 390])(
      'has a line for each column, or all of it: at %d px',
      async (width) => {
        await withPage({ viewport: { width, height: 900 } }, async (page) => {
          const row = page.locator('.columns > tbody').first()
          const heightOf = async () => (await row.boundingBox())!.height
          const full = await heightOf()
          await page.getByRole('checkbox', { name: 'Compact' }).check()
          expect(await heightOf()).toBeLessThan(width < 860 ? 120 : 60)
          expect(await row.locator('.chart, .categories').isVisible()).toBe(true)
          expect(await layoutFaults(page)).toEqual([])
          await row.locator('summary').click()
          expect(await row.locator('.detail').isVisible()).toBe(true)
          expect(await layoutFaults(page)).toEqual([])
          await row.locator('summary').click()
          await page.getByRole('checkbox', { name: 'Compact' }).uncheck()
          expect(await heightOf()).toBe(full)
        })
      },
    )

    test('finds a name by the part that is cut off', async () => {
      const report = driftReport([column(`${'long '.repeat(100)}needle`), column('b')])
      await withPage({ html: htmlReport(report) }, async (page) => {
        await page.getByLabel('Search').fill('needle')
        expect(await names(page)).toHaveLength(1)
      })
    })

    test('expands what is shown, and collapses it again', async () => {
      await withPage({}, async (page) => {
        await page.getByLabel('Search').fill('amount')
        const shown = (await names(page)).length
        await page.getByRole('button', { name: 'Expand all' }).click()
        await expect.poll(() => page.locator('details[open]').count()).toBe(shown)
        await page.getByRole('button', { name: 'Collapse all' }).click()
        await expect.poll(() => page.locator('details[open]').count()).toBe(0)
      })
    })

    test('copies the link to a column, and such a link opens it whatever is filtered', async () => {
      await withPage({}, async (page) => {
        await page.locator('#column-7 .link').click()
        await expect.poll(() => page.getByRole('status').textContent()).toBe('Link copied')
        const copied = await page.evaluate('navigator.clipboard.readText()')
        expect(copied).toBe(`${new URL(page.url()).origin}/#column-7`)
        expect(await page.locator('#column-7 details').getAttribute('open')).toBe('')
        await page.getByLabel('Search').fill('nothing at all')
        await page.evaluate('location.hash = "#column-3"')
        await expect.poll(() => page.locator('#column-3 .detail').isVisible()).toBe(true)
        expect(
          await page.locator('#column-3').evaluate((body) => body.getBoundingClientRect().top),
        ).toBeLessThan(900)
      })
    })

    test('is worked by keyboard alone', async () => {
      await withPage({}, async (page) => {
        const tabTo = async (selector: string): Promise<void> => {
          for (let i = 0; i < 60; i++) {
            await page.keyboard.press('Tab')
            if (
              await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)
            ) {
              const outline = await page.evaluate(
                'getComputedStyle(document.activeElement).outlineStyle',
              )
              expect(outline, selector).not.toBe('none')
              return
            }
          }
          throw new Error(`Tab does not come to ${selector}`)
        }
        await tabTo('input[type=search]')
        await page.keyboard.type('amount')
        await tabTo('input[value=stable]')
        await page.keyboard.press('Space')
        expect((await names(page)).length).toBeLessThan(5)
        await tabTo('th[data-sort=name] button')
        await page.keyboard.press('Enter')
        expect(await page.locator('th[data-sort=name]').getAttribute('aria-sort')).toBe('ascending')
        await tabTo('.columns > tbody:not([hidden]) summary')
        await page.keyboard.press('Enter')
        expect(await page.locator('details[open]').count()).toBe(1)
      })
    })
  })

  describe('under a policy of the server', () => {
    const nonce = 'MTIzNDU2Nzg5MDEyMzQ1Ng=='

    test.each([
      ['hashes', undefined, reportPolicy(), true],
      ['a nonce', { nonce }, reportPolicy({ nonce }), true],
      ['no script', { script: false }, reportPolicy({ script: false }), false],
    ])('works by %s', async (_, options, policy, hasTools) => {
      await withPage(
        { html: htmlReport(exampleReport(), options), policy },
        async (page, { events }) => {
          expect(await page.locator('.tools').isVisible()).toBe(hasTools)
          const panel = 'getComputedStyle(document.querySelector(".decision")).borderRadius'
          expect(await page.evaluate(panel)).toBe('10px')
          expect(events).toEqual([])
        },
      )
    })

    test('a script that is not the page’s own does not run', async () => {
      const tampered = example.replace('</main>', '<script>alert(1)</script></main>')
      await withPage({ html: tampered }, async (_, { events }) => {
        expect(events.join()).toMatch(/Content Security Policy/)
        expect(events.join()).not.toMatch(/dialog/)
      })
    })
  })

  // As high as all of it: what is not on the screen is not laid out, and would not be looked at.
  const height = 16_000

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('axe finds nothing at %d px, %s, closed and expanded', async (width, colorScheme) => {
    const options = { viewport: { width, height }, colorScheme, html: example }
    await withPage(options, async (page) => {
      for (const step of ['closed', 'expanded']) {
        if (step === 'expanded') await page.getByRole('button', { name: 'Expand all' }).click()
        await page.evaluate(axe.source)
        const { violations, passes } = (await page.evaluate('axe.run()')) as axe.AxeResults
        const found = violations.map(({ id, nodes }) => [id, nodes[0]!.html])
        expect(found, step).toEqual([])
        expect(passes.map(({ id }) => id)).toContain('color-contrast')
      }
    })
  })

  describe.each([1280, 1220, 768, 390, 320])('at %d px', (width) => {
    test.each([
      ['the example', () => example],
      ['a real report', () => seeded],
      ['hostile names', () => hostile],
    ])('nothing overlaps and nothing is cut off: %s', async (_, html) => {
      await withPage({ viewport: { width, height }, html: html() }, async (page) => {
        expect(await layoutFaults(page)).toEqual([])
        await page.getByRole('button', { name: 'Expand all' }).click()
        await expect.poll(() => page.locator('details:not([open])').count()).toBe(0)
        expect(await layoutFaults(page)).toEqual([])
      })
    })
  })

  describe('labels stand at what they name', () => {
    const pages = Object.entries(picturesOfAllKinds()).map(
      ([name, report]) => [name, htmlReport(report)] as const,
    )

    test.each([390, 480, 600, 768, 860, 1024, 1219, 1280, 1440])('at %d px', async (width) => {
      for (const [name, html] of [['the example', example] as const, ...pages]) {
        await withPage({ viewport: { width, height }, html }, async (page) => {
          await page.getByRole('button', { name: 'Expand all' }).click()
          await expect.poll(() => page.locator('details:not([open])').count()).toBe(0)
          expect(await labelFaults(page), name).toEqual([])
          expect(await layoutFaults(page), name).toEqual([])
        })
      }
    })
  })

  describe.each([1280, 390])('at %d px', (width) => {
    test('the ends of an axis stay below it, however many digits tell them apart', async () => {
      const values = Array.from({ length: 999 }, (_, i) => {
        return 1.7e12 + 1000 * Math.log((i + 1) / (999 - i))
      })
      const html = htmlReport(detectDrift({ big: values }, { big: values }))
      await withPage({ html, viewport: { width, height: 900 } }, async (page) => {
        expect(await page.locator('.chart .ticks').first().textContent()).toMatch(/1\.7\d+e12/)
        expect(await layoutFaults(page)).toEqual([])
      })
    })

    test('a new category has its name beside its mark, not three letters of it', async () => {
      const profile = (...names: string[]) => categoricalProfile(names.map((name) => [name, 50]))
      const channel = column('channel', 'drifted', {
        reference: profile('web'),
        current: profile('web', 'Telephone reservations'),
      })
      const html = htmlReport(driftReport([channel]))
      await withPage({ html, viewport: { width, height: 900 } }, async (page) => {
        const name = page.locator('.category', { hasText: 'Telephone' })
        const [all, shown] = await Promise.all(
          [name, name.locator('bdi')].map(async (part) => (await part.boundingBox())!.width),
        )
        expect(shown).toBeGreaterThan(0.95 * all!)
      })
    })

    test('a long name ends its lines behind an underscore', async () => {
      const name = 'amount_of_the_booking_in_cents_with_all_taxes_and_fees'
      const html = htmlReport(driftReport([column(name)]))
      await withPage({ html, viewport: { width, height: 900 } }, async (page) => {
        expect(await names(page)).toEqual([name])
        expect(await page.evaluate(LINES_OF_NAME)).toEqual(expect.stringMatching(/^(\w*_\n)*\w+$/))
      })
    })
  })

  describe.each([
    [1280, 800],
    [1440, 900],
  ])('at %d by %d px', (width, height) => {
    test.each(Object.entries(firstScreens()))(
      'the first screen has the decision and the first row: %s',
      async (_, report) => {
        const html = htmlReport(report, { madeAt: new Date(0) })
        await withPage({ html, viewport: { width, height } }, async (page) => {
          expect(await layoutFaults(page)).toEqual([])
          for (const place of [
            '#decision',
            '.columns > tbody .name',
            '.columns > tbody .verdict',
          ]) {
            const box = (await page.locator(place).first().boundingBox())!
            expect(box.y + box.height, place).toBeLessThanOrEqual(height)
          }
        })
      },
    )
  })

  test('a picture of the whole page has all rows, until they are more than sixty', async () => {
    const drawn =
      'document.querySelector(".columns > tbody:last-child .effect").checkVisibility({ contentVisibilityAuto: true })'
    await withPage({}, async (page) => expect(await page.evaluate(drawn)).toBe(true))
    const long = htmlReport(seededReport(61, 60))
    await withPage({ html: long, viewport: { width: 1280, height: 500 } }, async (page) =>
      expect(await page.evaluate(drawn)).toBe(false),
    )
  })

  test('prints its columns as a table whose head each page repeats, and none of its controls', async () => {
    await withPage({}, async (page) => {
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('.tools').isVisible()).toBe(false)
      expect(await page.locator('#column-1 .chart').isVisible()).toBe(true)
      const displays = await page.evaluate(
        '[".columns", ".columns>thead", ".columns>tbody", ".columns>tbody>tr", ".why"].map((one) => getComputedStyle(document.querySelector(one)).display)',
      )
      expect(displays).toEqual([
        'table',
        'table-header-group',
        'table-row-group',
        'table-row',
        'table-cell',
      ])
      const pdf = await page.pdf({ preferCSSPageSize: true })
      expect(pdf.subarray(0, 4).toString()).toBe('%PDF')
    })
  })

  const hostile = htmlReport(hostileReport(), { title: HOSTILE_CORPUS[0]! })

  test('hostile text is text: nothing runs, no element comes of it, and it is all there', async () => {
    await withPage({ html: hostile }, async (page, { events }) => {
      await page.getByRole('button', { name: 'Expand all' }).click()
      await page.mouse.move(300, 300)
      await page.mouse.wheel(0, 4000)
      await page.waitForTimeout(200)
      expect(events).toEqual([])
      expect(await page.locator('script').count()).toBe(1)
      const foreign =
        'img, iframe, object, video, form, base, link, math, body h1 ~ h1, meta[http-equiv=refresh]'
      expect(await page.locator(foreign).count()).toBe(0)
      expect(await page.title()).toBe(HOSTILE_CORPUS[0])
      const shown = await page.locator('.columns > tbody .name').allTextContents()
      for (const name of HOSTILE_CORPUS) {
        expect(shown).toContain(name === '' ? '(empty name)' : shortText(name, 80))
      }
    })
  })

  describe('long pages', () => {
    test.each([
      [20, 150_000],
      [200, 1_000_000],
      [800, 4_000_000],
    ])('of %d columns take at most %d bytes', (columns, limit) => {
      const bytes = Buffer.byteLength(htmlReport(seededReport(columns, 300)))
      console.info(`${columns} columns: ${Math.round(bytes / 1000)} KB`)
      expect(bytes).toBeLessThanOrEqual(limit)
    })

    test('of 1,000 columns can be sorted, searched, filtered and expanded', async () => {
      const html = htmlReport(seededReport(1000, 200))
      await withPage({ html }, async (page, { events }) => {
        for (const [, act] of readerSteps(page)) await act()
        expect(await names(page)).toHaveLength(1000)
        await expect.poll(() => page.locator('.columns details[open]').count()).toBe(1000)
        expect(events).toEqual([])
      })
    })
  })
})

function hostileReport() {
  const categories = categoricalProfile(HOSTILE_CORPUS.map((name, i) => [name, 100 - i]))
  const columns = HOSTILE_CORPUS.map((name, i) =>
    column(name, (['drifted', 'error', 'stable'] as const)[i % 3]!, {
      reason: name,
      warnings: [name],
      method: name,
      newCategories: HOSTILE_CORPUS.slice(0, 8),
      ...(i % 2 === 0 ? {} : { reference: categories, current: categories }),
    }),
  )
  const input = table(HOSTILE_CORPUS.slice(0, 9).join(''), 1)
  return driftReport(columns, { reference: input, current: input })
}

/** The name of the first column with a line feed wherever a new line begins. */
const LINES_OF_NAME = `(() => {
  let top
  let lines = ''
  const walker = document.createTreeWalker(document.querySelector('.columns .name bdi'), NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    for (let i = 0; i < walker.currentNode.length; i++) {
      const range = document.createRange()
      range.setStart(walker.currentNode, i)
      range.setEnd(walker.currentNode, i + 1)
      const box = range.getBoundingClientRect()
      if (top !== undefined && box.top > top + 4) lines += '\\n'
      top = box.top
      lines += range.toString()
    }
  }
  return lines
})()`
