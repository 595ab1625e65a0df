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
  for (const row of document.querySelectorAll('.columns tr[role=row]')) {
    const cells = [...row.cells].filter(shown).map((cell) => [cell, cell.getBoundingClientRect()])
    cells.forEach(([cell, a], i) => {
      for (const [other, b] of cells.slice(i + 1)) {
        const apart = a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5
        if (!apart) faults.push(nameOf(cell) + ' overlaps ' + nameOf(other))
      }
    })
  }
  for (const axis of document.querySelectorAll('.ticks')) {
    if (!axis.checkVisibility({ contentVisibilityAuto: true })) continue
    const labels = [...axis.children].map((label) => label.getBoundingClientRect())
    labels.slice(1).forEach((label, i) => {
      if (label.left < labels[i].right + 2) faults.push('labels overlap: ' + nameOf(axis))
    })
  }
  // What an ellipsis ends is not cut off by accident, nor what is read aloud alone.
  const cutOnPurpose = (element) => element.closest('.category, .name, .symbols, .look-text, thead') !== null
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
    const frame = element.closest('td[role], th[role], section, dl > div, .tools, footer, header, svg, main')
    const box = frame.getBoundingClientRect()
    const slack = frame.tagName === 'svg' ? 24 : 1
    if (text.left < box.left - slack || text.right > box.right + slack || text.bottom > box.bottom + slack) {
      faults.push('"' + node.data.slice(0, 40) + '" leaves ' + nameOf(frame))
    }
  }
  return faults
})()`
