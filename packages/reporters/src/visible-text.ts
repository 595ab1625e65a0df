import { visibleText } from '@tidegauge/core/internal'

export { visibleText }

/**
 * Visible text of at most `limit` code points, the last one an ellipsis where something was cut.
 *
 * @example
 * shortText('temperature', 5) // 'temp…'
 */
export function shortText(text: string, limit: number): string {
  // A code point takes at most two units: what lies behind cannot be shown, and may be megabytes.
  const points = Array.from(visibleText(text.slice(0, 2 * limit + 2)))
  return points.length > limit ? `${points.slice(0, limit - 1).join('')}…` : points.join('')
}

const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18df2}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u
const WITHOUT_WIDTH = /^[\p{M}\u200c\u200d]*$/u

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Terminal cells that visible text takes: two for East Asian characters and emoji, none for marks.
 *
 * @example
 * displayWidth('気温') // 4
 */
export function displayWidth(text: string): number {
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2
  return WITHOUT_WIDTH.test(grapheme) ? 0 : 1
}

/** Visible text that fits into so many terminal cells, the last one an ellipsis where something was cut. */
export function fitWidth(text: string, cells: number): string {
  // Marks take no cell, so that the number of cells alone would let any number of them pass.
  const short = shortText(text, 4 * cells)
  if (displayWidth(short) <= cells) return short
  let kept = ''
  let width = 0
  for (const { segment } of graphemes.segment(short)) {
    width += graphemeWidth(segment)
    if (width > cells - 1) break
    kept += segment
  }
  return `${kept}…`
}
