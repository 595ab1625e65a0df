import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DriftReport } from '@tidegauge/drift'
import { compareSources } from '@tidegauge/sources'
import { fileSource } from '@tidegauge/sources/files'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer, pathOf } from '../vitest.servers.ts'

const DOCS = fileURLToPath(new URL('.', import.meta.url))
const BASE = '/below/a/folder/'
const require = createRequire(import.meta.url)

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

describeWithServer('chromium', 'the built site in a browser', () => {
  let directory: string
  let server: Server
  let origin: string
  let browser: Browser

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tidegauge-site-'))
    const site = join(directory, 'site')
    const vitepress = join(require.resolve('vitepress/package.json'), '../bin/vitepress.js')
    const words = [vitepress, 'build', DOCS, '--base', BASE, '--outDir', site]
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
    expect({ status, stderr }).toMatchObject({ status: 0 })
    server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url!, 'http://site').pathname)
      try {
        if (!path.startsWith(BASE)) throw new Error('not of the site')
        const file = path.slice(BASE.length) || 'index.html'
        const body = readFileSync(join(site, file))
        response.setHeader('content-type', TYPES[extname(file)] ?? 'text/plain').end(body)
      } catch {
        response.writeHead(404).end()
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({
      executablePath: pathOf('chromium')!,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
  }, 600_000)

  afterAll(async () => {
    await browser?.close()
    server?.closeAllConnections()
    server?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  interface Opened {
    readonly page: Page
    /** Of each request: where it went, and how. */
    readonly requests: readonly string[]
    /** What the console said, uncaught errors, answers that were none. */
    readonly faults: readonly string[]
  }

  async function withPage(
    path: string,
    options: BrowserContextOptions,
    use: (opened: Opened) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    context.setDefaultTimeout(120_000)
    try {
      const page = await context.newPage()
      const requests: string[] = []
      const faults: string[] = []
      page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`))
      page.on('response', (response) => {
        if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`)
      })
      page.on('console', (message) => {
        if (message.type() !== 'info') faults.push(`console: ${message.text()}`)
      })
      page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
      await page.goto(`${origin}${BASE}${path}`, { waitUntil: 'networkidle' })
      await use({ page, requests, faults })
    } finally {
      await context.close()
    }
  }

  /** Chooses two files, and gives the report that is shown, as it would be saved. */
  async function reportOn(page: Page, paths: readonly string[], target = ''): Promise<DriftReport> {
    await page.locator('input[name=reference]').setInputFiles(paths[0]!)
    await page.locator('input[name=current]').setInputFiles(paths[1]!)
    await page.locator('input[name=target]').fill(target)
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    return savedReport(page)
  }

  async function savedReport(page: Page): Promise<DriftReport> {
    const saved = page.waitForEvent('download')
    await page.getByText('Save it as JSON').click()
    return JSON.parse(readFileSync(await (await saved).path(), 'utf8'))
  }

  /** Browsers and Node may round the last digit of a logarithm apart. */
  const decidedOn = ({ columns, decision }: DriftReport) => ({
    columns: columns.map(({ name, role, type, method, statistic, pValue, effect, verdict }) => {
      const [d, p, shift] = [statistic, pValue, effect].map((x) => x?.toPrecision(12))
      return { name, role, type, method, d, p, shift, verdict }
    }),
    decision,
  })

  /** Whole months of flights, as the demo compares them. */
  async function months(): Promise<readonly [string, string]> {
    const { loadFlights } = await import('../examples/prometheus-grafana/service/flights.ts')
    const paths = []
    for (const month of ['2001-01', '2001-02']) {
      const flights = await loadFlights(month)
      const names = Object.keys(flights) as (keyof typeof flights)[]
      const columns = names.map((name) => flights[name])
      const lines = Array.from(flights.hour, (_, i) => columns.map((cells) => cells[i]).join(','))
      const path = join(directory, `${month}.csv`)
      writeFileSync(path, `${names.join(',')}\n${lines.join('\n')}\n`)
      paths.push(path)
    }
    return paths as [string, string]
  }

  test('two whole months are judged as the command judges them, and nothing leaves the browser', async () => {
    const [january, february] = await months()
    await withPage('compare.html', {}, async ({ page, requests, faults }) => {
      const report = await reportOn(page, [january, february], 'late')
      const sources = [fileSource(january), fileSource(february)] as const
      const command = await compareSources(...sources, { target: 'late' })
      expect(report.reference.rows).toBeGreaterThan(400_000)
      expect(decidedOn(report)).toEqual(decidedOn(JSON.parse(JSON.stringify(command))))
      expect(await page.frameLocator('iframe').locator('h2').first().textContent()).toBe(
        'No action needed',
      )
      const away = requests.filter((one) => !/^GET (blob:)?http:\/\/127\.0\.0\.1:/.test(one))
      expect(away).toEqual([])
      expect(faults).toEqual([])
    })
  })

  test('the example is one click away, below a folder too', async () => {
    await withPage('compare.html', {}, async ({ page, faults }) => {
      await page.getByRole('button', { name: 'Try it' }).click()
      const { decision } = await savedReport(page)
      expect(decision).toMatchObject({ action: 'ACTION', cause: 'share' })
      const report = page.frameLocator('iframe')
      expect(await report.locator('h2').first().textContent()).toBe('Action needed')
      expect(faults).toEqual([])
    })
  })

  test('what is dropped is compared too, and a file that is none says so in a line', async () => {
    await withPage('compare.html', {}, async ({ page }) => {
      const files = await page.evaluateHandle(`(() => {
        const files = new DataTransfer()
        files.items.add(new File(['a,b\\n1,2\\n'], 'one.csv'))
        files.items.add(new File(['a,b\\n1\\n'], 'two.csv'))
        return files
      })()`)
      await page.locator('.side').first().dispatchEvent('drop', { dataTransfer: files })
      expect(await page.locator('.side').allTextContents()).toEqual([
        expect.stringContaining('one.csv'),
        expect.stringContaining('two.csv'),
      ])
      await page.getByRole('button', { name: 'Compare', exact: true }).click()
      expect(await page.getByRole('alert').textContent()).toBe(
        'two.csv: row 2 has 1 cells, and the header 2. The command reads such files: npx tidegauge drift',
      )
    })
  })

  test('the policy of the site lets a page send nothing to another host', async () => {
    await withPage('compare.html', {}, async ({ page }) => {
      const sent = await page.evaluate(`fetch('http://localhost:1/').then(() => 'sent', String)`)
      expect(sent).toContain('Failed to fetch')
      const blocked = await page.evaluate(`new Promise((resolve) => {
        addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective))
        fetch('http://localhost:1/').catch(() => {})
      })`)
      expect(blocked).toBe('connect-src')
    })
  })

  const PAGES = [
    '',
    'first-ten-minutes.html',
    'report.html',
    'compare.html',
    'cli.html',
    'comparison.html',
    'conformance.html',
    'troubleshooting.html',
  ]

  test.each(
    PAGES.flatMap((path) => [390, 1280].map((width) => [path || 'index.html', width] as const)),
  )(
    '%s at %d px: no request away, nothing that axe finds, no page that scrolls sideways',
    async (path, width) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const options = { viewport: { width, height: 900 }, colorScheme }
        await withPage(path, options, async ({ page, requests, faults }) => {
          expect(requests.filter((one) => !one.startsWith(`GET ${origin}/`))).toEqual([])
          expect(faults).toEqual([])
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
          await page.evaluate(axe.source)
          const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults
          const found = violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
          )
          expect(found).toEqual([])
        })
      }
    },
  )

  test('the search finds a word, and asks nobody', async () => {
    await withPage('', {}, async ({ page, requests, faults }) => {
      await page.getByRole('button', { name: 'Search' }).first().click()
      await page.locator('#localsearch-input').fill('Benjamini')
      await expect.poll(() => page.locator('.results .result').count()).toBeGreaterThan(0)
      expect(requests.filter((one) => !one.startsWith(`GET ${origin}/`))).toEqual([])
      expect(faults).toEqual([])
    })
  })

  test('the page of docs/browser.md compares and shows, without Node', async () => {
    const source = readFileSync(join(DOCS, 'browser.md'), 'utf8')
    const html = /^```html\n([\s\S]*?)^```/m.exec(source)![1]!
    const [whole, script] = /<script type="module">([\s\S]*?)<\/script>/.exec(html)!
    // tsup's own: the bundler that we build with.
    const esbuild = createRequire(require.resolve('tsup'))('esbuild') as {
      build(
        options: object,
      ): Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>
    }
    const { outputFiles } = await esbuild.build({
      stdin: { contents: script, resolveDir: DOCS },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      conditions: ['tidegauge-source'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
    })
    const bundle = outputFiles[0]!.text
    expect(bundle.length).toBeLessThan(400_000)
    const context = await browser.newContext()
    try {
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      const module = `<script type="module">${bundle.replaceAll('</script', '<\\/script')}</script>`
      await page.setContent(html.replace(whole, () => module))
      const heading = page.frameLocator('iframe').locator('h2').first()
      expect(await heading.textContent()).toBe('Action needed')
      expect(faults).toEqual([])
    } finally {
      await context.close()
    }
  })
})
