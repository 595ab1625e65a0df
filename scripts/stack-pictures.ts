import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { findProgram, PROGRAMS } from '../examples/prometheus-grafana/stack/programs.ts'
import {
  prometheusClient,
  type Series,
} from '../examples/prometheus-grafana/stack/prometheus-client.ts'
import { QUICK } from '../examples/prometheus-grafana/stack/rules.ts'
import { startStack } from '../examples/prometheus-grafana/stack/start-stack.ts'
import { until } from '../examples/prometheus-grafana/stack/until.ts'

const DURATION = 'http_server_request_duration_seconds'
const PREDICTIONS = '{http_route="/predict", http_response_status_code="200"}'
const bucketQuantile = (q: number) =>
  `histogram_quantile(${q}, sum by (le) (rate(${DURATION}_bucket${PREDICTIONS}[20s])))`
const MEAN = `sum(rate(${DURATION}_sum${PREDICTIONS}[20s])) / sum(rate(${DURATION}_count${PREDICTIONS}[20s]))`

/** One real run of the stack, from a quiet month to the retraining, for docs/stack.md. */
export async function picturesOfStack(browser: Browser, directory: string): Promise<void> {
  const [prometheus, alertmanager] = [PROGRAMS.prometheus, PROGRAMS.alertmanager].map((program) => {
    const path = findProgram(program)
    if (path === undefined) throw new Error(`no ${program.names[0]}: ${program.cure}`)
    return path
  })
  const stack = await startStack({
    programs: { prometheus: prometheus!, alertmanager: alertmanager! },
    tempo: QUICK,
    rate: 80,
    months: ['2001-01', '2001-02'],
    anyPorts: true,
  })
  const { urls } = stack
  const client = prometheusClient(urls.prometheus)
  const events: { readonly seconds: number; readonly text: string }[] = []
  const happened = (text: string) => events.push({ seconds: Date.now() / 1000, text })
  const rest = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const waitFor = (what: string, holds: () => Promise<boolean>) =>
    until(async () => (await holds()) || undefined, { seconds: 180, what })
  const share = () => client.query('drift:model:drifted_share')
  try {
    await waitFor('a share', async () => (await share()).length > 0)
    await rest(45)
    const start = Date.now() / 1000 - 40
    await fetch(`${urls.player}/shift`, { method: 'POST' })
    happened('the data shifts')
    await waitFor('the alert', async () => {
      const firing = await client.firing()
      return firing.some(({ labels }) => labels.alertname === 'DriftAction')
    })
    happened('the alert fires')
    await pictureOfLivePage(browser, `${urls.services[0]}/drift`, join(directory, 'stack-live.png'))
    await waitFor('the retraining', async () => {
      const health = await (await fetch(`${urls.services[0]}/health`)).json()
      return (health as { retrained: number }).retrained > 0
    })
    happened('both replicas train anew')
    await rest(40)
    const end = Date.now() / 1000
    const over = async (expr: string) => await client.range(expr, start, end, 1)
    const lines = {
      latency: [
        { name: 'mean', color: '#b3561b', series: await over(MEAN) },
        { name: 'p50', color: '#2a6f97', series: await over(bucketQuantile(0.5)) },
        { name: 'p99', color: '#7b2d8b', series: await over(bucketQuantile(0.99)) },
      ],
      share: [
        {
          name: 'share',
          color: '#b3261e',
          series: await over('drift:model:drifted_share'),
        },
      ],
    }
    const svg = [
      panel({
        title: 'Request durations of both replicas, seconds (logarithmic)',
        top: 0,
        lines: lines.latency,
        range: [1e-4, 1],
        ticks: [0.0001, 0.001, 0.01, 0.1, 1],
        logarithmic: true,
        named: false,
        start,
        end,
        events,
      }),
      panel({
        title: 'Share of drifted features (dashed: the threshold)',
        top: 300,
        lines: lines.share,
        range: [0, 1],
        ticks: [0, 0.3, 1],
        threshold: 0.3,
        start,
        end,
        events,
      }),
    ].join('\n')
    const page = await browser.newPage({
      viewport: { width: 1000, height: 620 },
      deviceScaleFactor: 1.5,
    })
    await page.setContent(
      `<style>body{margin:0;background:#fff}text{font:13px 'DejaVu Sans',sans-serif;fill:#333}</style><svg width="1000" height="620" xmlns="http://www.w3.org/2000/svg">${svg}</svg>`,
    )
    await page.locator('svg').screenshot({ path: join(directory, 'stack-story.png') })
    await page.close()
  } finally {
    await stack.stop()
  }
}

async function pictureOfLivePage(browser: Browser, url: string, path: string): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 1000 },
    deviceScaleFactor: 1.25,
  })
  await page.goto(url)
  await page.screenshot({ path })
  await page.close()
}

interface Line {
  readonly name: string
  readonly color: string
  readonly series: readonly Series[]
}

interface PanelOptions {
  readonly title: string
  readonly top: number
  readonly lines: readonly Line[]
  readonly range: readonly [number, number]
  readonly ticks: readonly number[]
  readonly logarithmic?: boolean
  readonly threshold?: number
  /** Are the events named, or only marked? */
  readonly named?: boolean
  readonly start: number
  readonly end: number
  readonly events: readonly { readonly seconds: number; readonly text: string }[]
}

const LEFT = 70
const RIGHT = 900
const HEIGHT = 220

/** A small line chart; each series of a line is drawn, so that a new reference begins a new one. */
function panel(options: PanelOptions): string {
  const { title, top, lines, range, ticks, logarithmic = false, named = true, threshold } = options
  const scale = logarithmic ? Math.log10 : (value: number) => value
  const y0 = top + 50
  const x = (seconds: number) =>
    LEFT + ((seconds - options.start) / (options.end - options.start)) * (RIGHT - LEFT)
  const y = (value: number) => {
    const [low, high] = [scale(range[0]), scale(range[1])]
    return y0 + HEIGHT - ((scale(value) - low) / (high - low)) * HEIGHT
  }
  const level = (value: number, style: string) =>
    `<line x1="${LEFT}" x2="${RIGHT}" y1="${y(value)}" y2="${y(value)}" ${style}/>`
  const parts = [
    `<text x="${LEFT}" y="${top + 22}" font-weight="bold">${title}</text>`,
    ...ticks.map(
      (tick) =>
        `${level(tick, 'stroke="#ddd"')}<text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    ),
    ...(threshold === undefined ? [] : [level(threshold, 'stroke="#333" stroke-dasharray="6 4"')]),
    ...options.events.map(
      ({ seconds, text }, i) =>
        `<line x1="${x(seconds)}" x2="${x(seconds)}" y1="${y0}" y2="${y0 + HEIGHT}" stroke="#888" stroke-dasharray="2 3"/>` +
        (named ? `<text x="${x(seconds) + 4}" y="${y0 + 14 + 16 * i}">${text}</text>` : ''),
    ),
  ]
  for (const { name, color, series } of lines) {
    for (const { values } of series) {
      const points = values.filter(([, value]) => Number.isFinite(value))
      if (points.length === 0) continue
      const path = points.map(
        ([seconds, value]) => `${x(seconds).toFixed(1)},${y(value).toFixed(1)}`,
      )
      parts.push(
        `<polyline points="${path.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`,
      )
    }
    const last = series.flatMap(({ values }) => values).at(-1)
    if (last !== undefined) {
      parts.push(
        `<text x="${RIGHT + 8}" y="${y(last[1]) + 4}" style="fill:${color}">${name}</text>`,
      )
    }
  }
  return parts.join('\n')
}
