import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { pathOf } from '../../../../vitest.servers.ts'

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: pathOf('chromium')!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
}

export interface OpenPage {
  readonly page: Page
  /** What went wrong or out: console messages, uncaught errors, dialogs, requests but that for the page. */
  readonly events: readonly string[]
  close(): Promise<void>
}

/** The page as a server sends it, over HTTP, with a policy of the server's own where one is given. */
export async function openReport(
  browser: Browser,
  html: string,
  { policy, ...context }: BrowserContextOptions & { readonly policy?: string } = {},
): Promise<OpenPage> {
  const server = await serve(html, policy)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const opened = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...context,
  })
  opened.setDefaultTimeout(120_000)
  const page = await opened.newPage()
  const events: string[] = []
  page.on('console', (message) => events.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => events.push(`error: ${error.message}`))
  page.on('request', (request) => {
    if (request.url() !== url) events.push(`request: ${request.url()}`)
  })
  page.on('dialog', (dialog) => {
    events.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(url)
  return {
    page,
    events,
    async close() {
      await opened.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

async function serve(html: string, policy: string | undefined): Promise<Server> {
  const server = createServer((request, response) => {
    // A browser asks for an icon by itself.
    if (request.url !== '/') return response.writeHead(404).end()
    response.setHeader('content-type', 'text/html')
    if (policy !== undefined) response.setHeader('content-security-policy', policy)
    return response.end(html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** What of the page's layout is wrong: cells that overlap, text that is cut off, a page that scrolls sideways. */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(LAYOUT_FAULTS) as Promise<string[]>
}

// Source text: the repository's code knows no DOM.
const LAYOUT_FAULTS = `(() => {
  const faults = []
  const root = document.documentElement
  if (root.scrollWidth > innerWidth) faults.push('the page is ' + root.scrollWidth + ' wide')
  const nameOf = (element) => element.tagName.toLowerCase() + '.' + (element.getAttribute('class') ?? '') + ' "' + element.textContent.slice(0, 40) + '"'
  const shown = (element) => {
    const box = element.getBoundingClientRect()
    return box.width > 1 && box.height > 1
  }
  for (const rows of document.querySelectorAll('.columns>*')) {
    const cells = [...rows.querySelectorAll(':scope > tr > *')].filter(shown).map((cell) => [cell, cell.getBoundingClientRect()])
    cells.forEach(([cell, a], i) => {
      for (const [other, b] of cells.slice(i + 1)) {
        const apart = a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5
        if (!apart) faults.push(nameOf(cell) + ' overlaps ' + nameOf(other))
      }
    })
  }
  for (const axis of document.querySelectorAll('.ticks')) {
    if (!axis.checkVisibility({ contentVisibilityAuto: true })) continue
    const labels = [...axis.children]
      .filter((label) => label.checkVisibility() && !label.matches('.second'))
      .map((label) => label.getBoundingClientRect())
    labels.slice(1).forEach((label, i) => {
      if (label.left < labels[i].right + 2) faults.push('labels overlap: ' + nameOf(axis))
    })
  }
  // What an ellipsis ends is not cut off by accident, nor what is read aloud alone.
  const cutOnPurpose = (element) => element.closest('.category, .name, .symbols, .look-text, thead, .compact details:not([open])') !== null
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode
    const element = node.parentElement
    if (node.data.trim() === '' || cutOnPurpose(element) || element.closest('script, style, select, svg title, [hidden]')) continue
    if (!element.checkVisibility({ contentVisibilityAuto: true })) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const text = range.getBoundingClientRect()
    if (text.width === 0) continue
    const frame = element.closest('td[role], th[role], section, dl > div, .tools, footer, header, .chart, .plot, main')
    const box = frame.getBoundingClientRect()
    // Labels stand below a picture, and beside it.
    const isPicture = frame.tagName === 'svg'
    const [left, below] = [frame.matches('.plot') ? 47 : 1, isPicture ? 33 : 1]
    if (text.left < box.left - left || text.right > box.right + (isPicture ? 12 : 1) || text.bottom > box.bottom + below) {
      faults.push('"' + node.data.slice(0, 40) + '" leaves ' + nameOf(frame))
    }
  }
  return faults
})()`

/** Labels of pictures that do not stand at what they name: the end or a value of an axis, a bar, a line of the scale. */
export function labelFaults(page: Page): Promise<string[]> {
  return page.evaluate(LABEL_FAULTS) as Promise<string[]>
}

const LABEL_FAULTS = `(() => {
  const faults = []
  const near = (a, b, by = 1.5) => Math.abs(a - b) <= by
  const boxOf = (element) => element.getBoundingClientRect()
  const shown = (picture) => picture.checkVisibility({ contentVisibilityAuto: true }) && boxOf(picture).width > 1
  /** Of the picture's own units, where they are on the screen. */
  const screen = (path) => {
    const { a, d, e, f } = path.getScreenCTM()
    return { x: (x) => a * x + e, y: (y) => d * y + f }
  }
  const namedPlace = (label) => {
    const box = boxOf(label)
    if (label.matches('.start')) return box.left
    return label.matches('.end') ? box.right : (box.left + box.right) / 2
  }
  for (const picture of document.querySelectorAll('.chart, .plot')) {
    if (!shown(picture)) continue
    const name = picture.closest('tbody').querySelector('.name').textContent + ' ' + picture.getAttribute('class')
    const fault = (text) => faults.push(name + ': ' + text)
    const labels = [...picture.querySelectorAll('.ticks text')].filter((label) => label.checkVisibility())
    const own = picture.querySelector('.axis')
    for (const label of labels) {
      const box = boxOf(label)
      const below = box.top - boxOf(picture).bottom
      if (below < -6 || below > (label.matches('.second') ? 22 : 6)) fault(label.textContent + ' stands ' + below + ' below the axis')
    }
    if (own !== null && picture.matches('.chart')) {
      const axis = boxOf(own)
      const isLog = picture.nextElementSibling?.textContent === 'logarithmic axis'
      for (const line of picture.querySelectorAll('.break')) {
        const at = boxOf(line).left
        const isBelow = at < axis.left
        const gap = isBelow ? axis.left - at : at - axis.right
        if (gap < 1 || gap > 8) fault('a break stands ' + gap + ' from its axis')
        for (const label of labels) {
          if (isBelow ? namedPlace(label) < at : namedPlace(label) > at) fault(label.textContent + ' stands beyond the break')
        }
      }
      const isEnds = !isLog && labels.length === 2 && labels[0].matches('.start') && labels[1].matches('.end')
      if (isEnds) {
        const [low, high] = labels.map(boxOf)
        if (!near(low.left, axis.left)) fault('the low end stands ' + (low.left - axis.left) + ' from its end of the axis')
        if (!near(high.right, axis.right)) fault('the high end stands ' + (high.right - axis.right) + ' from its end of the axis')
      }
      if (!isLog && !isEnds) {
        const centres = [...picture.querySelectorAll('.reference, .current')].flatMap((path) => {
          const { x } = screen(path)
          return [...path.getAttribute('d').matchAll(/M(\\d+) \\d+v-?\\d+h(\\d+)/g)].map(([, from, width]) => x(Number(from) + Number(width) / 2))
        })
        for (const label of labels) {
          const box = boxOf(label)
          const inside = centres.some((centre) => label.matches('.start, .end') ? centre >= box.left - 1 && centre <= box.right + 1 : near(centre, namedPlace(label)))
          if (!inside) fault(label.textContent + ' stands below no bar')
        }
      }
      if (isLog) {
        const places = labels.map((label) => [Math.log10(Number(label.textContent)), namedPlace(label)])
        const [first, second] = places
        for (const [log, place] of places.slice(2)) {
          const expected = first[1] + ((log - first[0]) * (second[1] - first[1])) / (second[0] - first[0])
          if (!near(place, expected, 3)) fault('10^' + log + ' stands ' + (place - expected) + ' from its place')
        }
        if (places.some(([, place]) => place < axis.left - 1 || place > axis.right + 1)) fault('a power of ten stands beside the axis')
      }
    }
    if (picture.matches('.plot:not(.stability)')) {
      const grid = picture.querySelector('.grid')
      const lines = grid === null ? [] : [...grid.getAttribute('d').matchAll(/M0 (\\d+)H/g)].map(([, y]) => screen(grid).y(Number(y)))
      for (const label of picture.querySelectorAll('.scale text')) {
        if (label.textContent === '0%') continue
        const box = boxOf(label)
        if (!lines.some((y) => near(y, (box.top + box.bottom) / 2, 4))) fault(label.textContent + ' stands at no line')
        if (box.right > boxOf(picture).left) fault(label.textContent + ' stands in the picture')
      }
    }
  }
  for (const plots of document.querySelectorAll('.plots')) {
    if (!shown(plots)) continue
    const [first, ...others] = [...plots.querySelectorAll('.plot')].map(boxOf)
    for (const other of others) {
      if (!near(other.left, first.left, 0.5) || !near(other.right, first.right, 0.5)) faults.push('pictures of one axis are not aligned')
    }
    const axes = [...plots.querySelectorAll('.plot:not(.stability) .axis')].map(boxOf)
    for (const axis of axes) if (!near(axis.left, axes[0].left) || !near(axis.right, axes[0].right)) faults.push('axes are not aligned')
  }
  return faults
})()`
