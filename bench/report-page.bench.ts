/**
 * How soon does the page of 1,000 columns paint, and how long is the longest task of each thing that a reader does?
 * In Chromium, the median of five runs, beside an empty page: `pnpm --filter @tidegauge/bench report-page`.
 */

import type { Browser } from 'playwright-core'
import { htmlReport } from '../packages/reporters/src/html/html-report.tsx'
import { launchChromium, openReport } from '../packages/reporters/test/browser/page.ts'
import { readerSteps } from '../packages/reporters/test/browser/reader-steps.ts'
import { seededReport } from '../packages/reporters/test/browser/seeded-report.ts'

const RUNS = 5
const COLUMNS = 1000
const EMPTY = '<!doctype html><title>empty</title><p>empty'

type Milliseconds = Record<string, number>

const html = htmlReport(seededReport(COLUMNS, 200))
const browser = await launchChromium()
const runs: Milliseconds[] = []
try {
  for (let run = 0; run < RUNS; run++) {
    const empty = await paintOf(browser, EMPTY)
    runs.push({ 'empty page': empty, ...(await measure(browser)) })
  }
} finally {
  await browser.close()
}
console.log(
  `${COLUMNS} columns, ${Math.round(Buffer.byteLength(html) / 1000)} KB; ms, median of ${RUNS}`,
)
for (const name of Object.keys(runs[0]!)) {
  console.log(`${name.padEnd(12)} ${median(runs.map((run) => run[name]!))}`)
}
const ratio = median(runs.map((run) => run.paint! / run['empty page']!))
console.log(`paint, page to empty page: ${ratio.toFixed(1)}`)

async function paintOf(browser: Browser, page: string): Promise<number> {
  const opened = await openReport(browser, page, {})
  try {
    return await firstPaint(opened.page)
  } finally {
    await opened.close()
  }
}

async function firstPaint(page: Awaited<ReturnType<typeof openReport>>['page']): Promise<number> {
  await page.waitForFunction('performance.getEntriesByName("first-contentful-paint").length > 0')
  return Math.round(
    (await page.evaluate(
      'performance.getEntriesByName("first-contentful-paint")[0].startTime',
    )) as number,
  )
}

async function measure(browser: Browser): Promise<Milliseconds> {
  const { page, close } = await openReport(browser, html, {})
  try {
    await page.waitForFunction('document.querySelector(".tools")?.hidden === false')
    const times: Milliseconds = { paint: await firstPaint(page) }
    await page.evaluate(`
      globalThis.tasks = []
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration))).observe({ type: 'longtask' })
    `)
    await page.waitForTimeout(300)
    for (const [name, act] of readerSteps(page)) {
      await page.evaluate('tasks.length = 0')
      await act()
      await page.waitForTimeout(250)
      times[name] = Math.round((await page.evaluate('Math.max(0, ...tasks)')) as number)
    }
    return times
  } finally {
    await close()
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
