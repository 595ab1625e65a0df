import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { negotiatePageFormat, type PageFormat } from './page-format.ts'

const BOTH: readonly PageFormat[] = ['text/html', 'application/json']
const HTML = 'text/html'
const JSON_ = 'application/json'

describe('the page is HTML for', () => {
  test.each([
    // Firefox and Chromium.
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    'text/html',
    'TEXT/HTML; charset=utf-8',
    'text/*',
    'text/*, */*',
    'application/json;q=0.5, text/html;q=0.9',
    'application/json;q=0, */*',
    'application/json;q=2, text/html;q=0.1',
  ])('%s', (accept) => {
    expect(negotiatePageFormat(accept, BOTH)).toBe(HTML)
  })
})

describe('the page is JSON for', () => {
  test.each([
    undefined,
    '',
    ' ',
    '*/*',
    'application/json',
    'application/*',
    'application/json, text/plain, */*',
    'text/html, application/json',
    'text/html;q=0.5, application/json;q=0.501',
    'text/html;q=0.5, */*',
    'text/html;q=0, */*;q=0.1',
    'text/html;q=abc, */*;q=0.1',
    'text/*;q=1, text/html;q=0.1, application/json;q=0.2',
  ])('%s', (accept) => {
    expect(negotiatePageFormat(accept, BOTH)).toBe(JSON_)
  })
})

test.each(['image/png', 'text/plain', 'text/html;q=0', '*/*;q=0', ',', ';', 'nonsense', '*'])(
  'there is none for %s',
  (accept) => {
    expect(negotiatePageFormat(accept, BOTH)).toBeUndefined()
  },
)

test('what is not offered is not chosen', () => {
  expect(negotiatePageFormat('text/html, */*;q=0.1', [JSON_])).toBe(JSON_)
  expect(negotiatePageFormat('text/html', [JSON_])).toBeUndefined()
  expect(negotiatePageFormat('*/*', [HTML])).toBe(HTML)
})

test('any header is read without failing', () => {
  fc.assert(
    fc.property(fc.string(), (accept) => {
      expect([undefined, ...BOTH]).toContain(negotiatePageFormat(accept, BOTH))
    }),
  )
})

test('a header of any length is read', () => {
  const long = Array.from({ length: 130_000 }, (_, i) => `text/html;q=0.${1 + (i % 8)}`)
  expect(negotiatePageFormat(`${long.join(',')},application/json;q=0.85`, BOTH)).toBe(JSON_)
})
