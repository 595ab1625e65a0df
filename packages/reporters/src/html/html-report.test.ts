import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { categoricalProfile, numericProfile } from '@tidegauge/core'
import { type DetectDriftOptions, detectDrift } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import {
  column,
  driftReport,
  exampleReport,
  HOSTILE_NAMES,
  table,
} from '../../test/drift-report.fixture.ts'
import { markdownReport } from '../markdown.ts'
import { decisionText, textReport } from '../text.ts'
import { htmlReport } from './html-report.tsx'
import { SCRIPT, SCRIPT_HASH, STYLE_HASH } from './page-script.ts'
import { STYLE } from './style.ts'

const TAG = /<\/?([a-z][a-z0-9]*)((?:\s+[a-zA-Z0-9-]+(?:="[^"]*")?)*)\s*\/?>/g

/** The tags of a page without the values of their attributes. */
function bareTags(html: string): string {
  return [...html.matchAll(TAG)].map(([tag]) => tag.replace(/"[^"]*"/g, '""')).join('')
}

/** The text of the page, as a reader sees it. */
function textOf(html: string): string {
  return html
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<script>[\s\S]*?<\/script>/, '')
    .replace(TAG, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
}

describe('the page', () => {
  const html = htmlReport(exampleReport())

  test('is a whole document with language, viewport and title', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en"><head><meta charset="utf-8"\/?>/)
    expect(html).toContain('name="viewport" content="width=device-width, initial-scale=1"')
    expect(html).toContain('<title>Drift report: bookings-2026-04 against bookings-2026-03</title>')
    expect(html).toMatch(/<\/html>\n$/)
  })

  test('asks for nothing: no image, no script from elsewhere, no link but to itself', () => {
    const tags = [...html.matchAll(TAG)].map(([, name]) => name)
    expect(tags.filter((tag) => tag === 'script')).toHaveLength(2) // opened and closed
    expect(tags).not.toContain('img')
    expect(tags).not.toContain('link')
    expect(bareTags(html)).not.toMatch(/\s(src|srcset|action|data|poster)=/)
    expect(STYLE).not.toMatch(/url\(|@import/)
    expect(html).not.toMatch(/https?:/)
    for (const [, target] of html.matchAll(/\shref="([^"]*)"/g)) {
      expect(html).toContain(`id="${target!.slice(1)}"`)
    }
  })

  test('allows its own style sheet and script alone, by their hashes, and has no inline styles', () => {
    const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`
    expect([STYLE_HASH, SCRIPT_HASH]).toEqual([hashOf(STYLE), hashOf(SCRIPT)])
    expect(html).toContain(`<script>${SCRIPT}</script>`)
    expect(html).toContain(`<style>${STYLE}</style>`)
    expect(html).toContain(
      `content="default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'"`,
    )
    expect(bareTags(html)).not.toMatch(/\sstyle=/)
  })

  test('has one first heading, and headers with a scope', () => {
    expect(html.match(/<h1/g)).toHaveLength(1)
    const headers = [...html.matchAll(/<th\b[^>]*>/g)].map(([tag]) => tag)
    expect(headers.length).toBeGreaterThan(20)
    // In a column of headers alone, those without a scope are of their rows.
    expect(headers.filter((tag) => tag !== '<th>' && !/scope="(col|row)"/.test(tag))).toEqual([])
  })

  test('gives every picture a description or hides it from readers that cannot see', () => {
    const mute: string[] = []
    let depth = 0
    for (const [tag] of html.matchAll(/<svg[^>]*>(<title>)?|<\/svg>/g)) {
      const isEnd = tag === '</svg>'
      if (!isEnd && depth === 0 && !/<title>$|aria-hidden="true"/.test(tag)) mute.push(tag)
      depth += isEnd ? -1 : 1
    }
    expect(mute).toEqual([])
    expect(depth).toBe(0)
  })

  test('lists drifted columns by effect, then what could not be judged, then the rest', () => {
    const verdicts = [...html.matchAll(/ id="column-\d+" class="([\w-]+)"/g)].map(([, v]) => v)
    expect(verdicts).toEqual([
      ...Array(3).fill('drifted'),
      'insufficient-data',
      'error',
      ...Array(3).fill('negligible'),
      ...Array(5).fill('stable'),
    ])
    expect(html.indexOf('id="column-5"')).toBeLessThan(html.indexOf('id="column-2"'))
  })

  test('stays below 150 KB at 20 columns', () => {
    const { columns } = exampleReport()
    const twenty = Array.from({ length: 20 }, (_, i) => ({ ...columns[i % 10]!, name: `f${i}` }))
    expect(Buffer.byteLength(htmlReport(driftReport(twenty)))).toBeLessThan(150_000)
  })
})

describe('the first screen', () => {
  test('says what to do and why, what changed most and what could not be judged', () => {
    const text = textOf(htmlReport(exampleReport()))
    expect(text).toContain('Action needed')
    expect(text).toContain(
      '3 of 9 judged features drifted: 33.3%, which reaches the threshold of 30.0%.',
    )
    expect(text).toContain('The target did not drift.')
    expect(text).toContain('drift_share=0.33 >= 0.30 (target_drift=0.0)')
    expect(text).toMatch(
      /What changed most device desktop 52\.1% → 28\.3%; a small change temperature /,
    )
    expect(text).toMatch(/could not be judged discount : Only 12 values/)
    expect(text).toContain('reference bookings-2026-03 , 10,000 rows')
  })

  test.each([
    ['one new one', 'origin ZZZ 0.0% → 50.0% new', () => 'ZZZ'],
    ['new ones, each rare', 'origin all others 0.0% → 50.0%', (i: number) => `new ${i}`],
  ])('names what moved most of the categories: %s', (_, said, unknown) => {
    const reference = Array.from({ length: 3000 }, (_, i) => `airport ${i % 9}`)
    const current = reference.map((airport, i) => (i % 2 === 0 ? airport : unknown(i)))
    const report = detectDrift({ origin: reference }, { origin: current }, { maxCategories: 10 })
    expect(textOf(htmlReport(report))).toContain(said)
  })

  test('does not round a share onto the threshold that it does not reach', () => {
    const report = driftReport([column('a')], { shareOfDriftedColumns: 0.2999 })
    expect(textOf(htmlReport(report))).toContain('29.99%, below the threshold of 30.00%.')
  })

  test('counts features that add up to all, apart from target and prediction; nothing of what there is none of', () => {
    const text = textOf(htmlReport(exampleReport()))
    expect(text).toContain(
      '11 features 3 drifted 1 insufficient data 1 could not be compared 2 negligible 4 stable target churned Stable prediction churn_score Negligible',
    )
    const one = textOf(htmlReport(driftReport([column('a')])))
    expect(one).toContain('1 feature 1 stable 1 column')
    expect(one).not.toMatch(/What changed most|could not be judged [^,]/)
  })

  test('hatches what was not judged; threshold and share are parts of the rest', () => {
    const judged = [column('a', 'drifted'), column('b'), column('c')]
    const html = htmlReport(driftReport([...judged, column('d', 'insufficient-data')]))
    expect(html).toContain('fill="url(#unjudged)" x="75%" y="4" width="25%"')
    expect(html).toContain('class="fill" y="4" width="25%"')
    expect(html).toContain('class="mark" x1="22.5%"')
    expect(htmlReport(driftReport(judged))).not.toContain('url(#unjudged)')
  })

  test('tells what could not be judged by cause', () => {
    const few = (name: string, n: number) =>
      column(name, 'insufficient-data', { reason: `too few values: ${n} in v2, 30 are needed` })
    const columns = [...Array(9).keys()].map((i) => few(`few ${i}`, 10 + i))
    const text = textOf(htmlReport(driftReport([column('e', 'error'), ...columns])))
    expect(text).toContain(
      'few 0 , few 1 , few 2 , few 3 and 5 more columns: too few values: 10 to 18 in v2, 30 are needed',
    )
  })

  test('names the two tables, or the title and when it was made', () => {
    const report = exampleReport()
    const named = htmlReport(report)
    expect(named).toContain('<h1><bdi>bookings-2026-04</bdi> against <bdi>bookings-2026-03</bdi>')
    expect(named).not.toContain('made at')
    const madeAt = new Date(Date.UTC(2026, 3, 2, 7, 30))
    const titled = htmlReport(report, { title: 'Bookings', madeAt })
    expect(titled).toContain('<h1><bdi>Bookings</bdi></h1>')
    expect(titled).toContain('made at 2026-04-02 07:30 UTC')
    expect(() => htmlReport(report, { madeAt: new Date(Number.NaN) })).toThrow('"madeAt" must be')
  })

  test('says that nothing could be judged instead of a share of nothing', () => {
    const html = htmlReport(driftReport([column('a', 'error')]))
    expect(textOf(html)).toContain('No feature could be judged')
    expect(textOf(html)).toContain('– no share 1 feature 1 could not be compared')
    expect(html).toContain('fill="url(#unjudged)" x="0%"')
    expect(html).not.toContain('class="mark" x1')
    expect(textOf(htmlReport(driftReport([])))).toContain('0 columns')
  })

  test.each([
    [true, 'The target drifted, which calls for action by itself.'],
    [false, 'The target drifted, which by itself does not call for action.'],
  ])(
    'says what a drifted target means where the policy acts on it: %s',
    (actOnTargetDrift, said) => {
      const report = driftReport([column('label', 'drifted', { role: 'target' })])
      const policy = { ...report.decision.policy, actOnTargetDrift }
      const decision = { ...report.decision, policy }
      expect(textOf(htmlReport({ ...report, decision }))).toContain(said)
    },
  )
})

test('says that a drifted prediction does not act, whatever the policy says of targets', () => {
  const report = driftReport([column('score', 'drifted', { role: 'prediction' })])
  const policy = { ...report.decision.policy, actOnTargetDrift: true }
  const decision = { ...report.decision, policy }
  expect(textOf(htmlReport({ ...report, decision }))).toContain(
    'The prediction drifted, which by itself does not call for action.',
  )
})

describe('a column', () => {
  test.each([
    ['drifted', '< 1e-300'],
    ['negligible', ', adjusted p 6.4e-7 '],
    ['stable', ', adjusted p 0.712 '],
    ['insufficient-data', 'p-value –'],
    ['error', 'Could not be compared'],
  ] as const)('that is %s shows its p-values: %s', (verdict, shown) => {
    expect(textOf(htmlReport(driftReport([column('a', verdict)])))).toContain(shown)
  })

  test('shows a dash where nothing was measured', () => {
    const text = textOf(
      htmlReport(driftReport([column('a', 'error', { reference: null, current: null })])),
    )
    expect(text).toContain('no picture – Could not be compared')
  })

  test('shows the missing share of both sides, the reason and every warning', () => {
    const colours = (missing: number) => categoricalProfile([['red', 60]], { missing })
    const report = driftReport([
      column('a', 'stable', {
        reference: colours(0),
        current: colours(40),
        reason: 'Because of this.',
        warnings: ['Mind that.', 'And this.'],
        missing: { ...column('any').missing, current: 0.4 },
      }),
    ])
    expect(textOf(htmlReport(report))).toMatch(
      /missing: 0\.0% → 40\.0%.*Because of this\. .*Note Mind that\. Note And this\./,
    )
  })

  test('says how many are missing where that is another share now, or was found to be one', () => {
    const missing = (reference: number, current: number, drifted = false) => {
      const shares = { ...column('any').missing, reference, current, drifted }
      return textOf(htmlReport(driftReport([column('a', 'stable', { missing: shares })])))
    }
    expect(missing(0, 0)).not.toContain('missing:')
    expect(missing(0.3, 0.305)).not.toContain('missing:')
    expect(missing(0.3, 0.31)).toContain('missing: 30.0% → 31.0%')
    expect(missing(0.3, 0.305, true)).toContain('missing: 30.0% → 30.5%')
  })

  test('of many has one line at first: more than sixty', () => {
    const page = (count: number) =>
      htmlReport(driftReport(Array.from({ length: count }, (_, i) => column(`a${i}`))))
    expect(page(60)).toContain('<table class="columns" ')
    expect(page(61)).toContain('<table class="columns long compact" ')
  })

  test('has figures that tell times apart by the millisecond they need', () => {
    const time = Date.UTC(2026, 3)
    const day = (n: number) => numericProfile([time, time + n], [time, time + 100])
    const page = htmlReport(
      driftReport([column('at', 'drifted', { reference: day(86), current: day(99) })]),
    )
    expect(textOf(page)).toContain(`maximum ${time + 86} ${time + 99}`)
  })

  test.each([
    [0.4, false],
    [0.5, true],
  ])('draws an effect of %d against a threshold of 0.1 beyond the scale: %s', (effect, beyond) => {
    const page = htmlReport(driftReport([column('a', 'drifted', { effect })]))
    expect(textOf(page)).toContain(`${effect} sd`)
    expect(page.includes('l6 4-6 4')).toBe(beyond)
  })

  test('marks categories that are new or lost', () => {
    const profile = (...names: string[]) => categoricalProfile(names.map((name) => [name, 5]))
    const report = driftReport([
      column('a', 'drifted', { reference: profile('x', 'y'), current: profile('x', 'z') }),
    ])
    const text = textOf(htmlReport(report))
    expect(text).toMatch(/z new/)
    expect(text).toMatch(/y lost/)
  })
})

describe('hostile text', () => {
  const category = categoricalProfile(HOSTILE_NAMES.map((name, i) => [name, i + 1]))
  const columns = HOSTILE_NAMES.map((name) =>
    column(name, 'drifted', {
      reason: name,
      warnings: [name],
      method: name,
      reference: category,
      current: category,
    }),
  )
  const hostile = table(HOSTILE_NAMES.slice(0, 9).join(''), 1)
  const report = driftReport(columns, { reference: hostile, current: hostile })
  const html = htmlReport(report, { title: HOSTILE_NAMES[0]! })

  test('adds no element and no attribute', () => {
    const harmless = htmlReport(exampleReport())
    const vocabulary = (page: string) =>
      new Set(
        [...bareTags(page).matchAll(TAG)].flatMap(([, tag, rest]) => [
          tag,
          ...[...rest!.matchAll(/\s([a-zA-Z-]+)=/g)].map(([, attribute]) => attribute),
        ]),
      )
    expect([...vocabulary(html)].filter((word) => !vocabulary(harmless).has(word))).toEqual([])
    const outside = html
      .replace(/^<!doctype html>/, '')
      .replace(/<style>[\s\S]*?<\/style>/, '')
      .replace(`<script>${SCRIPT}</script>`, '')
      .replace(TAG, '')
    expect(outside).not.toContain('<')
  })

  test('is there to be read', () => {
    const text = textOf(html)
    expect(text).toContain('</script><script>alert(1)</script>')
    expect(text).toContain('invoice\\u{202e}xcod.exe')
    expect(text).toContain('lone \\u{d800} half \\u{dc00}')
    expect(text).toContain('(empty name)')
  })

  test('holds no control character and no half of a pair, and survives UTF-8', () => {
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u)
    expect(Buffer.from(html, 'utf8').toString('utf8')).toBe(html)
  })

  test('is cut where it is long, with the rest in its tooltip', () => {
    expect(html).toContain(`<bdi title="${'x'.repeat(10_000)}">${'x'.repeat(79)}…</bdi>`)
  })
})

describe('options', () => {
  const report = exampleReport()

  test('a nonce stands in the place of both hashes, in the policy and on the elements', () => {
    const nonce = 'MTIzNDU2Nzg5MDEyMzQ1Ng=='
    const page = htmlReport(report, { nonce })
    expect(page).toContain(`style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`)
    expect(page).toContain(`<style nonce="${nonce}">`)
    expect(page).toContain(`<script nonce="${nonce}">`)
    expect(page).not.toContain(STYLE_HASH)
  })

  test.each(['', 'short', `x'; script-src *; '`, `${'a'.repeat(22)}"`])(
    'refuses %j as a nonce',
    (nonce) => {
      expect(() => htmlReport(report, { nonce })).toThrow('"nonce" must be base64')
    },
  )

  test('a page without its script allows none', () => {
    const page = htmlReport(report, { script: false })
    expect(page).not.toMatch(/<script|script-src/)
  })
})

describe('the time range', () => {
  const day = (n: number) => Date.UTC(2026, 3, n)

  test('of a table is beside its rows, that of a date column among the methods', () => {
    const dates = (n: number) => numericProfile([day(n), day(n + 9)], [day(1), day(30)])
    const report = driftReport(
      [
        column('booked at', 'drifted', {
          type: 'datetime',
          reference: dates(1),
          current: dates(11),
        }),
      ],
      { current: { ...table('live', 50), timeRange: [day(11), day(12) - 1] } },
    )
    const dated = { ...report, columns: [{ ...report.columns[0]!, type: 'datetime' as const }] }
    const text = textOf(htmlReport(dated))
    expect(text).toContain('live , 50 rows, 2026-04-11 00:00 to 2026-04-11 23:59 UTC')
    expect(text).toContain(
      'booked at : reference 2026-04-01 to 2026-04-10, current 2026-04-11 to 2026-04-20',
    )
    expect(text).toContain('Over time')
  })

  test('says which column it comes from', () => {
    const times = Array.from({ length: 50 }, (_, i) => new Date(day(1) + i * 3_600_000))
    const table = { 'made <at>': times, x: times.map((_, i) => i) }
    const text = textOf(htmlReport(detectDrift(table, table, { time: 'made <at>' })))
    expect(text).toContain('50 rows, made <at> 2026-04-01 00:00 to 2026-04-03 01:00 UTC')
  })
})

test('the end names the versions of what measured and of what drew, where they are known', () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  const drawn = `page by @tidegauge/reporters ${version}`
  const textWith = (producer: object) => textOf(htmlReport(driftReport([], producer)))
  expect(textWith({ producer: 'own-tool <b>7</b>' })).toContain(
    `tidegauge.drift-report, version 2; measured by own-tool <b>7</b>; ${drawn}`,
  )
  expect(textWith({})).toContain(`tidegauge.drift-report, version 2; ${drawn}`)
})

describe('a column opened', () => {
  test('shows where the curves are farthest apart and the quantiles that the report carries', () => {
    const levels = [0, 0.5, 1]
    const report = driftReport([
      column('a', 'drifted', {
        widestGap: { at: 1.25, reference: 0.75, current: 0.125 },
        quantiles: { levels, reference: [1, 2, 3], current: [1, 2.5, 3] },
      }),
    ])
    const text = textOf(htmlReport(report))
    expect(text).toContain('farthest apart at 1.25, D = 0.625')
    expect(text).toContain('75.0% of the reference, 12.5% of the current values')
    expect(text).toContain('median 2 2.5')
    expect(text).toContain('a median 2 → 2.5 (+25%)')
    expect(text).not.toMatch(/median,? about|%, about/)
  })

  test('estimates from the bins where it has nothing better, and no further out than any value', () => {
    const profile = numericProfile([1, 1, 1, 1.5], [0, 2])
    const text = textOf(
      htmlReport(driftReport([column('a', 'stable', { reference: profile, current: profile })])),
    )
    expect(text).toContain('5%, about 1 1 ')
    expect(text).toContain('as far as the bins tell')
  })

  test('gives no extreme as a quantile of what lies outside of the bins', () => {
    const reference = numericProfile([1, 2, 3, 4], [0, 2, 4])
    const sides = { reference, current: numericProfile([1, 6, 7, 900], [0, 2, 4]) }
    const above = textOf(htmlReport(driftReport([column('a', 'drifted', sides)])))
    expect(above).toContain('median about 2 → > 4; a ')
    expect(above).toMatch(/median, about 2 > 4 75%, about 3 > 4 .*maximum 4 900 /)
    const low = { reference, current: numericProfile([-900, -7, -6, 1], [0, 2, 4]) }
    const below = textOf(htmlReport(driftReport([column('a', 'drifted', low)])))
    expect(below).toMatch(/minimum 1 -900 5%, about 1 < 0 .*75%, about 3 < 0 95%, about 3.8 1 /)
  })

  test('of the same median is told by another quantile, or by its mean', () => {
    const levels = [0.25, 0.5, 0.75]
    const drifted = (current: number[]) =>
      column('a', 'drifted', { quantiles: { levels, reference: [1, 2, 3], current } })
    expect(textOf(htmlReport(driftReport([drifted([1, 2, 4])])))).toContain('upper quartile 3 → 4')
    const profile = (...values: number[]) => numericProfile(values, [0, 4])
    const same = { ...drifted([1, 2, 3]), reference: profile(1, 2, 3), current: profile(1, 2.6, 3) }
    expect(textOf(htmlReport(driftReport([same])))).toContain('mean 2 → 2.2; a ')
  })

  test('names the change of missing values first where it is the larger one', () => {
    const missing = {
      ...column('any').missing,
      current: 0.4,
      effect: 0.9,
      drifted: true,
    }
    const text = textOf(htmlReport(driftReport([column('a', 'drifted', { missing })])))
    expect(text).toContain('missing 0.0% → 40.0%; a large change')
    expect(text).toContain('large 0.9 sd')
    const untested = column('a', 'drifted', { missing: { ...missing, drifted: false } })
    expect(textOf(htmlReport(driftReport([untested])))).toContain('median about 1.5 → 2 (+33%)')
  })

  test('of texts has no picture', () => {
    const texts = column('remarks', 'drifted', { reference: null, current: null })
    const text = textOf(htmlReport(driftReport([{ ...texts, type: 'text' }])))
    expect(text).toContain('texts: no picture')
    expect(text).not.toContain('not in the reference')
  })
})

test('refuses NaN before it compares', () => {
  const report = driftReport([column('a', 'stable', { effect: Number.NaN })])
  expect(() => htmlReport(report)).toThrow('"report.columns[0].effect" must be a finite number')
})

describe('the style sheet', () => {
  const [light, dark] = [...STYLE.matchAll(/--page:[^}]*/g)].map(([block]) =>
    Object.fromEntries(
      [...block.matchAll(/--([\w-]+):(#[0-9a-f]+)/g)].map(([, name, hex]) => [name, hex!]),
    ),
  )

  test.each([
    ['light', light!],
    ['dark', { ...light!, ...dark! }],
  ])('has readable contrast in %s', (_, colors) => {
    const words = [
      'text',
      'muted',
      'drifted',
      'insufficient',
      'error',
      'negligible',
      'stable',
      'link',
      'cur',
    ]
    for (const name of words) {
      expect([name, contrast(colors[name]!, colors.panel!) >= 4.5]).toEqual([name, true])
    }
    expect(contrast(colors.muted!, colors.page!)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colors['ref-line']!, colors.panel!)).toBeGreaterThanOrEqual(3)
  })
})

/** Contrast ratio of WCAG 2.2, in [1, 21]. */
function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (lighter! + 0.05) / (darker! + 0.05)
}

function luminance(hex: string): number {
  const short = hex.length === 4
  const parts = [0, 1, 2].map((i) =>
    short ? hex[1 + i]!.repeat(2) : hex.slice(1 + 2 * i, 3 + 2 * i),
  )
  const [r, g, b] = parts.map((part) => {
    const c = Number.parseInt(part, 16) / 255
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

test('under a preset there is a score, and a p-value is no bar', () => {
  const table = (shift: number) => ({
    number: Array.from({ length: 300 }, (_, i) => (i % 50) + shift),
    flag: Array.from({ length: 300 }, (_, i) => i % 10 < 2 + shift / 10),
  })
  const page = (options: DetectDriftOptions) =>
    htmlReport(detectDrift(table(0), table(20), options))
  const scored = page({ preset: 'evidently' })
  expect(textOf(scored)).toContain('Score')
  expect(scored).not.toContain('data-sort="effect">Effect')
  expect(textOf(scored)).toMatch(/p-value/)
  expect(scored.match(/class="effect-bar"/g)).toBeNull()
  expect(page({}).match(/class="effect-bar"/g)).toHaveLength(2)
  expect(page({})).toContain('data-sort="effect">Effect')
})

describe('units and routes', () => {
  const seconds = (factor: number) => ({
    ...numericProfile(
      Array.from({ length: 200 }, (_, i) => factor * 0.001 * (10 + (i % 50))),
      Array.from({ length: 21 }, (_, i) => i * 0.01),
    ),
    unit: 'seconds',
  })
  const report = detectDrift(
    { 'GET /predict': seconds(1), 'GET /health': seconds(1) },
    { 'GET /predict': seconds(2), 'GET /health': seconds(1) },
    { names: { feature: 'route' } },
  )

  test('latencies are in milliseconds, and what is compared are routes', () => {
    for (const text of [textOf(htmlReport(report)), markdownReport(report), textReport(report)]) {
      expect(text).toMatch(/median about 3\d(\.\d+)? ms (→|->) \d+(\.\d+)? ms/)
      expect(text).not.toContain('feature')
    }
    const page = textOf(htmlReport(report))
    expect(page).toContain('1 of 2 routes drifted: 50.0%')
    expect(page).toContain('2 routes 1 drifted 1 stable')
    expect(decisionText(report)).toContain('1 of 2 routes drifted')
  })

  test('a hostile unit or noun is text', () => {
    const units = { a: '<i>\u202e</i>' }
    const table = (x: number) => ({ a: Array.from({ length: 50 }, (_, i) => i + x) })
    const html = htmlReport(detectDrift(table(0), table(40), { units, names: { feature: '<b>' } }))
    expect(html).not.toContain('<i>')
    expect(html).toContain('&lt;i>\\u{202e}&lt;/i>')
    expect(html).toContain('&lt;b>s')
  })
})
