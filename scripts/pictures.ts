/**
 * Makes the pictures in docs/pictures: that of the README from the command on the two files of docs/public (that alone: `pnpm pictures
 * readme`); from one real run of the demo its output in a terminal, and the HTML report that it wrote, wide and narrow, light and
 * dark (`pnpm pictures commands`); those of docs/stack.md from one real run of the stack (`pnpm pictures stack`), which needs
 * Prometheus and Alertmanager on the PATH; and those of docs/streamflow.md (`pnpm pictures streamflow`). Needs Chromium (CHROMIUM=/path, default /usr/bin/chromium) and, for the
 * pseudo-terminal, the `script` command of util-linux.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { picturesOfStack } from './stack-pictures.ts'
import { picturesOfStreamflow } from './streamflow-pictures.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = join(root, 'docs/pictures')
const scratch = mkdtempSync(join(tmpdir(), 'tidegauge-pictures-'))
// A colour code; written like this because linters take a control character in a pattern for a slip.
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`, 'g')
const COMMAND = [
  `TSX_TSCONFIG_PATH=${join(root, 'tsconfig.json')}`,
  `node --conditions=tidegauge-source --import ${import.meta.resolve('tsx')}`,
  join(root, 'packages/cli/src/bin.ts'),
].join(' ')
/** So wide that GitHub shows it nearly as it is: letters keep their size. What lies deeper, nobody scrolls to in a picture. */
const README = { width: 880, deepest: 1380 }
mkdirSync(pictures, { recursive: true })

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
})
try {
  const [, , only] = process.argv
  const isWanted = (part: string) => only === undefined || only === part
  if (isWanted('readme')) await pictureOfReadme(browser)
  if (isWanted('commands')) await picturesOfCommands()
  if (isWanted('stack')) await picturesOfStack(browser, pictures)
  if (isWanted('streamflow')) await picturesOfStreamflow(browser, pictures)
} finally {
  await browser.close()
  rmSync(scratch, { recursive: true })
}

async function picturesOfCommands(): Promise<void> {
  const output = runInTerminal(`pnpm -s demo --out ${scratch}`)
  await pictureOfTerminal(browser, 'demo', output.replaceAll(scratch, 'reports'))
  await pictureOfTerminal(browser, 'cli', runCommandLine())
  await picturesOfReport(browser, join(scratch, 'drift_2001-01_vs_2001-02.html'))
}

/** The command on the two files that the first pages compare, as one would type it, for docs/cli.md. */
function runCommandLine(): string {
  const words = 'drift january.csv february.csv --target late --fail-on action'
  return runInTerminal(
    `cd ${example()}; echo '$ tidegauge ${words}'; CI= ${COMMAND} ${words}; echo; echo '$ echo $?'; ${COMMAND} ${words} >/dev/null 2>&1; echo $?`,
  )
}

/** A folder with january.csv and february.csv. */
function example(): string {
  const folder = join(scratch, 'example')
  mkdirSync(folder, { recursive: true })
  for (const name of ['january.csv', 'february.csv']) {
    copyFileSync(join(root, 'docs/public', name), join(folder, name))
  }
  return folder
}

/**
 * The report on the two files, a decision to act above the row of the distance, opened: what the reader sees who searches for
 * that column.
 */
async function pictureOfReadme(browser: Browser): Promise<void> {
  const folder = example()
  const report = 'reports/drift_january_vs_february.html'
  const words = 'drift january.csv february.csv --target late --out reports'
  execFileSync('sh', ['-c', `${COMMAND} ${words}`], { cwd: folder, stdio: 'ignore' })
  const page = await browser.newPage({
    viewport: { width: README.width, height: 900 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
  })
  await page.goto(pathToFileURL(join(folder, report)).href)
  await page.locator('input[type=search]').fill('distance')
  const row = page.locator('.columns > tbody:not([hidden])')
  await row.locator('summary').click()
  await row.locator('summary').blur()
  const { y, height } = (await row.boundingBox())!
  const bottom = Math.ceil(y + height + (await page.evaluate<number>('scrollY')) + 16)
  await page.screenshot({
    path: join(pictures, 'report.png'),
    fullPage: true,
    clip: { x: 0, y: 0, width: README.width, height: Math.min(bottom, README.deepest) },
  })
  await page.close()
}

function runInTerminal(command: string): string {
  return execFileSync('script', ['-qec', `stty cols 130; ${command}`, '/dev/null'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm-256color' },
  })
}

async function pictureOfTerminal(browser: Browser, name: string, output: string): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 1240, height: 400 },
    deviceScaleFactor: 1.5,
  })
  await page.setContent(`<style>
    body { margin: 0; background: #10161d; }
    pre { margin: 0; padding: 24px 28px; width: max-content; color: #d5dde5; font: 13px/1.5 'DejaVu Sans Mono', monospace; }
    .c1 { font-weight: bold; color: #fff } .c2 { color: #8293a3 } .c31 { color: #ff8f80 } .c32 { color: #7fd6a0 }
    .c33 { color: #f0c674 } .c35 { color: #d8a0ea } .c36 { color: #7cc7e8 }
  </style><pre>${ansiToHtml(lastState(output).trimEnd())}</pre>`)
  await page.locator('pre').screenshot({ path: join(pictures, `${name}.png`) })
  await page.close()
}

/** What stays on a terminal's line after carriage returns and "erase line". */
function lastState(output: string): string {
  return output
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.split('\r').at(-1)!.replaceAll('\u001b[K', ''))
    .join('\n')
}

function ansiToHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  let open = 0
  const html = escaped.replaceAll(COLOUR, (_, codes: string) => {
    const shown = codes.split(';').filter((code) => !['', '0', '22', '39'].includes(code))
    const close = '</span>'.repeat(shown.length === 0 ? open : 0)
    if (shown.length === 0) open = 0
    else open++
    return shown.length === 0
      ? close
      : `<span class="${shown.map((code) => `c${code}`).join(' ')}">`
  })
  return html + '</span>'.repeat(open)
}

/** For docs/report.md: the table with a column opened, wide and narrow. */
async function picturesOfReport(browser: Browser, path: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    const opened = { scheme, open: true }
    await pictureOfPage(browser, path, {
      name: `report-1280-${scheme}`,
      width: 1280,
      height: 1240,
      ...opened,
    })
    await pictureOfPage(browser, path, {
      name: `report-390-${scheme}`,
      width: 390,
      height: 1500,
      ...opened,
    })
  }
}

interface PagePicture {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly scheme?: 'light' | 'dark'
  /** The first column opened, and the page scrolled to the table. */
  readonly open?: boolean
}

async function pictureOfPage(
  browser: Browser,
  path: string,
  { name, width, height, scheme = 'light', open = false }: PagePicture,
): Promise<void> {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: scheme,
  })
  await page.goto(pathToFileURL(path).href)
  if (open) {
    await page.locator('.columns summary').first().click()
    await page.locator('.columns summary').first().blur()
    await page.evaluate('document.getElementById("columns").scrollIntoView()')
    await page.evaluate('scrollBy(0, -24)')
  }
  await page.screenshot({ path: join(pictures, `${name}.png`) })
  await page.close()
}
