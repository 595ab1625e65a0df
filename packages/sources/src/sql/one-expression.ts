import { InvalidArgumentError } from '@tidegauge/core'

/**
 * Refuses SQL that would not stay within the parentheses it is put into: it may come from a config file that somebody else
 * has written.
 *
 * @param argument - what an error calls it
 * @throws InvalidArgumentError that says what is in the way
 */
export function assertOneExpression(
  argument: string,
  sql: string,
  escapesByBackslash: boolean,
): void {
  const wrong = faultIn(sql, escapesByBackslash)
  if (wrong === undefined) return
  throw new InvalidArgumentError(argument, `one expression of SQL, ${wrong}`, sql)
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

function faultIn(sql: string, escapesByBackslash: boolean): string | undefined {
  if (sql.trim() === '') return 'which is not empty'
  if (sql.includes('\0')) return 'without a NUL'
  const open: string[] = []
  for (let i = 0; i < sql.length; i++) {
    const character = sql[i]!
    if (character === "'" || character === '"' || character === '`') {
      const isEscaped = escapesByBackslash || (character === "'" && isEscapeText(sql, i))
      i = endOfQuoted(sql, i, isEscaped)
      if (i < 0) return `each ${character} of which has a second one`
    } else if (character === ';') return 'without a ;'
    else if (sql.startsWith('--', i) || sql.startsWith('/*', i)) return 'without a comment'
    else if (/^\$\w*\$/.test(sql.slice(i, i + 70))) return 'without a text between $$'
    else if (Object.hasOwn(CLOSING, character)) open.push(CLOSING[character]!)
    else if (')]}'.includes(character) && open.pop() !== character) {
      return `in which no ${character} closes what it has not opened`
    }
  }
  return open.length > 0 ? `with a ${open.pop()} at its end` : undefined
}

/** `E'…'`: in PostgreSQL and DuckDB a backslash counts in it. */
function isEscapeText(sql: string, at: number): boolean {
  return /(^|[^\w$])e$/i.test(sql.slice(Math.max(0, at - 2), at))
}

/** The place of the quote that ends what begins here; −1 where there is none. */
function endOfQuoted(sql: string, start: number, isEscaped: boolean): number {
  const quote = sql[start]!
  for (let i = start + 1; i < sql.length; i++) {
    if (isEscaped && sql[i] === '\\') i++
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i
      i++
    }
  }
  return -1
}

/**
 * What stands behind FROM: a table or a view by its name, a function that returns one, or a query.
 *
 * @throws InvalidArgumentError where it is none of these
 */
export function fromSql(argument: string, sql: string, escapesByBackslash: boolean): string {
  assertOneExpression(argument, sql, escapesByBackslash)
  const text = sql.trim()
  if (/^(select|with|\()/i.test(text)) return `(\n${text}\n)`
  if (NAME.test(text) || isCall(text)) return text
  const expected = 'the name of a table or a view (quoted where it must be), or a query (SELECT …)'
  throw new InvalidArgumentError(argument, expected, sql)
}

const PART = String.raw`(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+"|${'`'}(?:[^${'`'}]|${'``'})+${'`'})`
const NAME = new RegExp(String.raw`^${PART}(?:\s*\.\s*${PART})*$`, 'u')
const NAME_OF_CALL = new RegExp(String.raw`^${PART}(?:\s*\.\s*${PART})*\s*\(`, 'u')

/** `read_parquet('…')`: the parenthesis behind its name is closed at its end, and no sooner. */
function isCall(text: string): boolean {
  const name = NAME_OF_CALL.exec(text)?.[0]
  if (name === undefined || !text.endsWith(')')) return false
  let depth = 1
  for (let i = name.length; i < text.length - 1; i++) {
    const character = text[i]!
    if (character === "'" || character === '"' || character === '`') i = endOfQuoted(text, i, false)
    else if (character === '(') depth++
    else if (character === ')') depth--
    if (i < 0 || depth === 0) return false
  }
  return true
}
