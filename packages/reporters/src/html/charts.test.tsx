import {
  type BinnedProfile,
  categoricalProfile,
  type NumericProfile,
  numericProfile,
} from '@tidegauge/core'
import { renderToString } from 'preact-render-to-string'
import { expect, test } from 'vitest'
import { column } from '../../test/drift-report.fixture.ts'
import { CategoricalChart } from './categorical-chart.tsx'
import { Distribution } from './distribution.tsx'
import { NumericChart } from './numeric-chart.tsx'

function numeric(reference: NumericProfile | null, current: NumericProfile | null): string {
  return renderToString(<NumericChart reference={reference} current={current} />)
}

/** The corners of a path, as [x, y]. */
function corners(html: string, side: 'reference' | 'current'): number[][] {
  const path = new RegExp(`<path class="${side}" d="([^"]*)"`).exec(html)![1]!
  let at = [0, 0]
  return [...path.matchAll(/([MhvV])(-?\d+)(?: (\d+))?/g)].map(([, command, a, b]) => {
    const by = Number(a)
    const [x, y] = at as [number, number]
    if (command === 'M') at = [by, Number(b)]
    else if (command === 'h') at = [x + by, y]
    else at = [x, command === 'v' ? y + by : by]
    return at
  })
}

test('equal areas are equal shares: a bin of twice the width is drawn half as high', () => {
  const profile = numericProfile([0.5, 0.5, 2, 2], [0, 1, 3])
  const line = corners(numeric(profile, profile), 'current')
  // Baseline 124, top 8: the first bin is full, the second half of it.
  expect(line).toContainEqual([0, 8])
  expect(line).toContainEqual([176, 66])
  expect(line[line.length - 1]).toEqual([528, 124])
})

test('both sides share their axes', () => {
  const reference = numericProfile([0.2, 0.5, 0.5, 1.5], [0, 1, 2])
  const current = numericProfile([0.5, 1.5, 1.5, 1.6], [0, 1, 2])
  const html = numeric(reference, current)
  expect(corners(html, 'current')).toContainEqual([264, 8])
  expect(corners(html, 'current')).toContainEqual([0, 85])
  expect(corners(html, 'reference')).toContainEqual([0, 8])
})

test('whole numbers of few values are bars at the values: a week has no half days', () => {
  const week = (days: readonly number[]) =>
    numericProfile(
      days,
      Array.from({ length: 8 }, (_, i) => i + 0.5),
    )
  const html = numeric(week([1, 2, 3, 4, 5, 6, 7]), week([1, 1, 1, 2, 3, 5, 7]))
  expect([...html.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label]) => label)).toEqual([
    ...'1234567',
  ])
  expect(html.match(/class="reference" d="([^"]*)"/)![1]!.match(/M/g)).toHaveLength(7)
  expect(html.match(/class="current" d="([^"]*)"/)![1]!.match(/M/g)).toHaveLength(5)
  expect(html).toContain('most often 1</title>')
})

test('a logarithmic axis is said to be one', () => {
  const edges = [1, 3, 10, 30, 100, 300, 1000]
  const values = [2, 4, 5, 6, 8, 9, 20, 40, 200, 900]
  expect(numeric(numericProfile(values, edges), null)).toContain('logarithmic axis')
  expect(numeric(numericProfile([0, ...values], [0, ...edges]), null)).not.toContain('logarithmic')
})

test('what lies outside of the bins is drawn apart, and said in words where it changed', () => {
  const reference = numericProfile([0.8, 1, 1, 1], [0, 2])
  const current = numericProfile([1, 1, 1, 9], [0, 2])
  const html = numeric(reference, current)
  expect(numeric(current, current)).toContain('class="break"')
  expect(numeric(current, current)).not.toContain('above')
  expect(html).toContain('above 2: 0.0% → 25.0%')
  expect(html).not.toContain('below')
  expect(corners(html, 'current').some(([x]) => x === 492)).toBe(true)
  expect(numeric(numericProfile([-1, 1], [0, 2]), reference)).toContain('below 0: 50.0% → 0.0%')
})

test('sides with bins of their own: what one has outside of them is no less than the axis of both', () => {
  const reference = numericProfile([0.5, 1, 1.5, 3], [0, 1, 2])
  const current = numericProfile([0.5, 1, 3.5, 3.9], [0, 4])
  const drawn = numeric(reference, current)
  expect(drawn).not.toContain('above')
  expect(corners(drawn, 'reference')).toContainEqual([(3 * 528) / 4, 124])
  const unknown = numeric({ ...reference, max: null }, current)
  expect(unknown).toContain('above its own bins: 25.0% → 0.0%')
})

test.each([
  ['the whole range of numbers', [-1.7e308, 0, 1.7e308], [-1e308, 1e308]],
  ['the smallest numbers', [0, 5e-324], [5e-324]],
  ['a bin that is no wider than a rounding error', [1, 1 + 2 ** -52, 2], [1, 1.5]],
  ['everything outside', [0, 1], [5, Number.NEGATIVE_INFINITY]],
  ['ten thousand bins', Array.from({ length: 10_001 }, (_, i) => i), [1, 5_000, 9_999]],
])('draws %s without an unreadable coordinate', (_, edges, values) => {
  const html = numeric(numericProfile(values, edges), numericProfile([], edges))
  expect(html).not.toMatch(/NaN|Infinity/)
  for (const [, path] of html.matchAll(/ d="([^"]*)"/g)) expect(path).toMatch(/^[-\d. MHVhv]*$/)
  expect(html.length).toBeLessThan(6_000)
})

test('an axis tells its ends apart however close they are', () => {
  const html = numeric(numericProfile([1.7e9 + 0.25, 1.7e9 + 0.5], [1.7e9, 1.7e9 + 1]), null)
  expect(html).toContain('>1700000000<')
  expect(html).toContain('>1700000001<')
  expect(numeric(numericProfile([1.7e9 + 3], [1.7e9 + 2, 1.7e9 + 4]), null)).toContain(
    '>1700000003<',
  )
})

test('empty bins at the ends are not part of the axis', () => {
  const html = numeric(numericProfile([2.2, 2.5], [0, 1, 2, 3, 100]), null)
  expect(html).toContain('>2<')
  expect(html).toContain('>3<')
})

test('shows the largest categories with both shares and the rest as one', () => {
  const categories = Array.from({ length: 229 }, (_, i): [string, number] => [`c${i}`, 1000 - i])
  const profile = categoricalProfile(categories)
  const html = renderToString(<CategoricalChart reference={profile} current={profile} />)
  expect(html.match(/<li[ >]/g)).toHaveLength(5)
  expect(html).toContain('<bdi>c0</bdi>')
  expect(html).not.toContain('<bdi>c4</bdi>')
  expect(html).toContain('225 others')
})

test('says that there are more categories than were counted by name', () => {
  const bounded = categoricalProfile(
    [
      ['a', 3],
      ['b', 1],
    ],
    { maxCategories: 1 },
  )
  const html = renderToString(<CategoricalChart reference={bounded} current={bounded} />)
  expect(html).toMatch(/other<[\s\S]*25\.0% → 25\.0%/)
})

test.each<[string, BinnedProfile | null, BinnedProfile | null, ('gone' | 'new')?]>([
  ['not in the current table', numericProfile([1], [0, 2]), null, 'gone'],
  ['not in the reference', null, categoricalProfile([['a', 1]]), 'new'],
  ['no values in the current table', numericProfile([1], [0, 2]), null],
  ['no picture', null, null],
  ['no values in the current table', numericProfile([1], [0, 2]), numericProfile([], [0, 2])],
  [
    'numeric in the reference, categorical in the current table',
    numericProfile([1], [0, 2]),
    categoricalProfile([['a', 1]]),
  ],
])('says in words: %s', (words, reference, current, finding) => {
  const shown = column('a', 'error', { reference, current, ...(finding && { finding }) })
  const html = renderToString(<Distribution column={shown} />)
  expect(html).toContain(words)
  expect(html.match(/<p[^>]*>no[t ]/g) ?? []).toHaveLength(words.startsWith('no') ? 1 : 0)
})
