import { shortText } from './visible-text.ts'

/**
 * Someone else's text as a code span of GitHub's Markdown: shown as it is, never read as markup, as a
 * mention or as a link. Fits into a cell of a table too.
 *
 * @param limit - so many characters are kept
 * @example
 * codeSpan('a`b', 60) // '``a`b``'
 */
export function codeSpan(text: string, limit: number): string {
  if (text.trim() === '') return text === '' ? '(empty name)' : '(blank name)'
  // A table splits its cells at a bar before it knows of code, and readers disagree on `\\|`.
  const shown = shortText(text, limit).replaceAll('|', '\\x7c')
  const runs = shown.match(/`+/g) ?? []
  const fence = '`'.repeat(1 + Math.max(0, ...runs.map((run) => run.length)))
  // One space on either side is taken away again where both are there.
  const padding = /^[` ]|[` ]$/.test(shown) ? ' ' : ''
  return fence + padding + shown + padding + fence
}

/**
 * Someone else's sentence as plain text of GitHub's Markdown: no emphasis, no HTML, no link, nobody
 * is mentioned and no issue referred to.
 *
 * @param limit - so many characters are kept
 */
export function plainText(text: string, limit: number): string {
  return shortText(text, limit)
    .replace(/[#$&*<>@[\\\]_`|~]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replace(/:(?=[/\w+-])|&#64;|&#35;(?=\d)|\bGH-(?=\d)|\bwww(?=\.)/gi, `$&${ZERO_WIDTH_SPACE}`)
}

// Character references hide markup from the parser, not from what GitHub does to the text afterwards.
const ZERO_WIDTH_SPACE = '&#8203;'
