// Controls, invisible and direction-changing characters, halves of surrogate pairs, line separators;
// not the joiners, which emoji and several scripts need.
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

// More marks on one letter than any script needs, and enough to paint over the lines above.
const PILED_MARKS = /(\p{M}{6})\p{M}+/gu

// GitHub and its like take orders from the log: behind `::` at the start of a line, behind `##[` (also `##vso[`,
// `##teamcity[`) anywhere in it.
const FIRST_COLON = /^(\s*):(?=:)/u
const ORDER = /#(?=#\w*\[)/g

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Text from someone else's data, harmless in a terminal, in a page and in the log of a CI server: what would move
 * the cursor, turn the reading direction, not be seen at all or be taken for an order is written as an escape;
 * marks that pile up are cut.
 *
 * @example
 * visibleText('red\u001b[31m') // 'red\\x1b[31m'
 * visibleText('::error::no') // '\\x3a:error::no'
 */
export function visibleText(text: string): string {
  return text
    .replace(UNSEEN, escaped)
    .replace(PILED_MARKS, '$1…')
    .replace(FIRST_COLON, '$1\\x3a')
    .replace(ORDER, '\\x23')
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!
  const hex = code.toString(16)
  return SHORT_ESCAPES[character] ?? (code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`)
}

/**
 * JSON that says the same, and holds no order to a CI server in whose log it may end.
 *
 * @example
 * visibleJson('["##vso[x]"]') // '["\\u0023#vso[x]"]'
 */
export function visibleJson(json: string): string {
  return json.replace(ORDER, '\\u0023')
}
