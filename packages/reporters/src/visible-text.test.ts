import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayWidth, fitWidth, shortText, visibleText } from './visible-text.ts'

test.each([
  ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
  ['a\r\n\tb\u0000', 'a\\r\\n\\tb\\x00'],
  ['\u009b31m', '\\x9b31m'],
  ['invoice\u202excod.exe', 'invoice\\u{202e}xcod.exe'],
  ['\ufeff\u200b\u2028', '\\u{feff}\\u{200b}\\u{2028}'],
  ['lone \ud800 and \udc00', 'lone \\u{d800} and \\u{dc00}'],
  [`e${'\u0301'.repeat(99)}`, `e${'\u0301'.repeat(6)}…`],
])('%j becomes %j', (text, visible) => {
  expect(visibleText(text)).toBe(visible)
})

test.each(['plain', 'مرحبا', '気温', '👩‍👩‍👧‍👦', 'é', 'क्‍ष'])('%s stays as it is', (text) => {
  expect(visibleText(text)).toBe(text)
})

test('no control character is left, and no half of a pair', () => {
  const harmless = fc.property(fc.string({ unit: 'binary' }), (text) => {
    expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
  })
  fc.assert(harmless)
})

test('short text is cut between code points, and only where it is too long', () => {
  expect(shortText('temperature', 5)).toBe('temp…')
  expect(shortText('temperature', 11)).toBe('temperature')
  expect(shortText('👍👍👍', 2)).toBe('👍…')
  expect(shortText('x'.repeat(1_000_000), 3)).toBe('xx…')
})

test.each([
  ['', 0],
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['気温', 4],
  ['👩‍👩‍👧‍👦', 2],
  ['☠️', 2],
  ['한글', 4],
  ['\u{17000}\u{18800}', 4],
  ['︐〈', 4],
  ['1️⃣🇩🇪', 4],
  ['ｱ한', 3],
])('%s takes so many cells: %d', (text, width) => {
  expect(displayWidth(text)).toBe(width)
})

test('fitted text never takes more cells than it may', () => {
  const fits = fc.property(
    fc.string({ unit: 'grapheme' }),
    fc.integer({ min: 2, max: 20 }),
    (text, cells) => {
      expect(displayWidth(fitWidth(text, cells))).toBeLessThanOrEqual(cells)
    },
  )
  fc.assert(fits)
  expect(fitWidth('気温気温', 5)).toBe('気温…')
  expect(fitWidth('気温', 4)).toBe('気温')
})
