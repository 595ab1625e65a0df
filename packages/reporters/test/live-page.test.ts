import type { LiveState } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { compiledScript, hashOf } from '../browser/build.ts'
import { htmlReport } from '../src/html/html-report.tsx'
import { LIVE_SCRIPT, LIVE_SCRIPT_HASH, LIVE_STYLE_HASH } from '../src/html/live/live-script.ts'
import { LIVE_STYLE } from '../src/html/live/live-style.ts'
import { reportPolicy } from '../src/html/policy.ts'
import { exampleReport, HOSTILE_NAMES, table } from './drift-report.fixture.ts'
import { liveState, looks } from './live-state.fixture.ts'

const page = (live: LiveState, options: { nonce?: string; script?: boolean } = {}) =>
  htmlReport(exampleReport(), { title: 'Live drift', live, ...options })

/** What is read of an element: its text, its tags left out. */
function text(html: string, from: string, to: string): string {
  const start = html.indexOf(from)
  return html
    .slice(start, html.indexOf(to, start))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

const headOf = (live: LiveState) => text(page(live), '<header', '</header>')

/** Of the strip, the class of each mark. */
function marks(live: LiveState): string[] {
  const html = page(live)
  const strip = html.slice(html.indexOf('<ol aria-label="Looks'), html.indexOf('</ol>'))
  return [...strip.matchAll(/<li class="(\w+)"/g)].map(([, name]) => name!)
}

test('the head says whose window it is, of when, and where else to look', () => {
  expect(headOf(liveState())).toBe(
    'Live drift of flights Replica service-a Reference 070e4e38892c , trained 2026-11-17 14:03:00 Held against it since 17:10:30 reference bookings-2026-03 , 10,000 rows current bookings-2026-04 , 9,214 rows As of 17:42:00 UTC, next look at 17:43:00 Refresh Pause Grafana Runbook JSON',
  )
})

test('what is not known is left out of it', () => {
  const { replica: _, pace: __, ...state } = liveState()
  const { trainedAt: ___, ...reference } = state.reference
  const bare: LiveState = { ...state, reference, links: {}, looks: [] }
  expect(headOf(bare)).toBe(
    'Live drift of flights Reference 070e4e38892c Held against it since 17:10:30 reference bookings-2026-03 , 10,000 rows current bookings-2026-04 , 9,214 rows As of 17:42:00 UTC. The monitor makes no looks of its own, since it was not started: the page compares when it is asked for. Refresh Pause',
  )
  expect(page(bare)).not.toMatch(/<section class="looks"|<nav/)
})

test('before the first look it says so', () => {
  const { heldSince: _, told: __, ...state } = liveState({ looks: [], replacements: [] })
  expect(headOf(state)).toContain(
    'As of 17:00:00 UTC, before the first look against this reference; next look at 17:01:00',
  )
  expect(text(page(state), '<section class="looks"', '</section>')).toBe(
    'No look yet Looks every 1 min since 17:00:00 UTC; the last 60 are kept.',
  )
})

test('the strip has the looks in their order, and the retraining where it was', () => {
  const seen = marks(liveState({ looks: looks(22) }))
  expect(seen.indexOf('replaced')).toBe(10)
  expect(seen.filter((one) => one !== 'replaced')).toEqual([
    ...Array(5).fill('calm'),
    ...Array(5).fill('action'),
    ...Array(5).fill('undecided'),
    ...Array(5).fill('failed'),
    ...Array(2).fill('calm'),
  ])
})

test('a look has its share, its shape and its text', () => {
  const html = page(liveState({ looks: looks(11), replacements: [] }))
  const [quiet, drifting] = [...html.matchAll(/<li class="\w+">.*?<\/li>/g)]
    .map(([mark]) => mark)
    .filter((_, i) => i === 0 || i === 5)
  // 44 high: 12.5 % and 50 % of it.
  expect(quiet).toMatch(/<rect class="look-bar"[^>]* y="38" height="6"/)
  expect(drifting).toMatch(/<rect class="look-bar"[^>]* y="22" height="22"/)
  expect(drifting).toContain('href="#look-action"')
  expect(drifting).toContain('<span class="look-text">17:06:00 ACTION: 50.0% drifted, 1,005 rows')
  const undecided = /<li class="undecided">.*?<\/li>/.exec(html)![0]
  expect(undecided).toContain('fill="url(#look-hatch)"')
  expect(undecided).not.toMatch(/look-bar|calm/)
  for (const kind of ['action', 'calm', 'undecided', 'failed', 'hatch']) {
    expect(html).toContain(`id="look-${kind}"`)
  }
})

test('no more looks are drawn than a monitor keeps, and a page of them stays small', () => {
  const many = liveState({ looks: looks(5000), replacements: [] })
  expect(marks(many)).toHaveLength(60)
  const without = Buffer.byteLength(htmlReport(exampleReport()))
  expect(Buffer.byteLength(page(many)) - without).toBeLessThan(45_000)
})

test('no traffic is said, whatever the decision', () => {
  const report = { ...exampleReport(), current: table('live window', 0) }
  const html = htmlReport(report, { live: liveState() })
  expect(html).toContain('class="live-warning">No traffic')
  expect(page(liveState())).not.toContain('No traffic')
})

test('values that the reference does not know are counted by feature, the most first', () => {
  const told = text(page(liveState()), '<section class="strangers"', '</section>')
  expect(told).toBe(
    'Values that the reference does not know Feature Unseen categories Wrong type device 345 3.7% – amount – 12 0.1%',
  )
  expect(page(liveState({ strangers: [] }))).not.toContain('<section class="strangers"')
})

test('of many such features twenty are listed, with a link to those that the report has', () => {
  const strangers = Array.from({ length: 500 }, (_, i) => ({
    feature: i === 499 ? 'device' : `f${i}`,
    unnamed: i,
    invalid: 0,
  }))
  const html = page(liveState({ strangers }))
  const section = html.slice(html.indexOf('<section class="strangers"'))
  const rows = section.slice(0, section.indexOf('</section>'))
  expect(rows.match(/<th scope="row">/g)).toHaveLength(20)
  expect(rows).toMatch(/<a href="#column-\d+"><bdi>device/)
  expect(rows).toContain('and 480 other features.')
})

test('whatever names, links and features are called, they are text', () => {
  const script = '</script><script>alert(1)</script>'
  for (const name of [...HOSTILE_NAMES, script]) {
    const html = page(
      liveState({
        model: name,
        replica: name,
        reference: { id: name, since: 0 },
        replacements: [{ time: looks(1)[0]!.time, previous: name, reference: name }],
        strangers: [{ feature: name, unnamed: 1, invalid: 1 }],
        links: { [name === '' ? 'empty' : name]: '/"><script>alert(1)</script>' },
      }),
    )
    expect(html).not.toContain('<script>alert')
    expect(html.match(/<script/g)).toHaveLength(2)
    expect(html).not.toMatch(/<(img|iframe|svg onload)/)
  }
})

test('links that lead elsewhere than to http are refused', () => {
  const live = liveState({ links: { Evil: 'javascript:alert(1)' } })
  expect(() => page(live)).toThrow('"live.links.Evil" must be an address of http: or https:')
})

test('the policy of a live page allows its two style sheets and two scripts, that of another page none of it', () => {
  expect([LIVE_SCRIPT_HASH, LIVE_STYLE_HASH]).toEqual([hashOf(LIVE_SCRIPT), hashOf(LIVE_STYLE)])
  const html = page(liveState())
  expect(html).toContain(`content="${reportPolicy()}"`)
  expect(html).toContain(`<script>${LIVE_SCRIPT}</script>`)
  expect(html).toContain(`<style>${LIVE_STYLE}</style>`)
  const other = htmlReport(exampleReport())
  for (const of of [LIVE_SCRIPT_HASH, LIVE_STYLE_HASH, '.live-bar']) {
    expect(other).not.toContain(of)
  }
  const nonce = 'MTIzNDU2Nzg5MDEyMzQ1Ng=='
  expect(page(liveState(), { nonce }).match(new RegExp(`nonce="${nonce}"`, 'g'))).toHaveLength(4)
  expect(page(liveState(), { script: false })).not.toContain('<script')
})

test('the embedded script is browser/live.ts (after a change: pnpm page-script)', () => {
  expect(LIVE_SCRIPT).toBe(compiledScript('live'))
  expect(LIVE_SCRIPT).not.toMatch(/<\/script|<!--/i)
})
