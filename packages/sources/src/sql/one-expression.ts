import { InvalidArgumentError } from '@tidegauge/core'

/** What a backslash is in a text between quotes. */
export interface Backslash {
  /** Does it say what the next character is? */
  readonly escapesByBackslash: boolean
  /** Does a setting of the server say that it does all the same? */
  readonly mayEscapeByBackslash?: boolean
}

/**
 * Refuses SQL that would not stay within the parentheses it is put into: it may come from a config file that somebody else
 * has written. What two engines read in two ways is refused, too.
 *
 * @param argument - what an error calls it
 * @throws InvalidArgumentError that says what is in the way
 */
export function assertOneExpression(argument: string, sql: string, backslash: Backslash): void {
  scan(argument, sql, backslash)
}

/** Where each parenthesis is closed, by the place where it is opened. */
function scan(argument: string, sql: string, backslash: Backslash): ReadonlyMap<number, number> {
  const { escapesByBackslash: escapes } = backslash
  const refuse = (wrong: string) =>
    new InvalidArgumentError(argument, `one expression of SQL, ${wrong}`, sql)
  if (sql.trim() === '') throw refuse('which is not empty')
  if (sql.includes('\0')) throw refuse('without a NUL')
  const closings = new Map<number, number>()
  const open: Array<{ readonly closing: string; readonly at: number }> = []
  for (let i = 0; i < sql.length; ) {
    const character = sql[i]!
    if ('‘’“”'.includes(character)) throw refuse(`without a ${character} for a quote`)
    const word = wordAt(sql, i, escapes)
    const quoteAt = i + word.length
    if (sql[quoteAt] === "'" || sql[quoteAt] === '"' || (word === '' && character === '`')) {
      const { end, wrong } = quoted(sql, quoteAt, word, backslash)
      if (wrong !== undefined) throw refuse(wrong)
      i = end + 1
      continue
    }
    if (word !== '') {
      i = quoteAt
      continue
    }
    if (character === ';') throw refuse('without a ;')
    if (['--', '/*'].some((mark) => sql.startsWith(mark, i))) throw refuse('without a comment')
    // Comments of ClickHouse and of Snowflake, operators of PostgreSQL and of DuckDB.
    if (escapes && (character === '#' || sql.startsWith('//', i)))
      throw refuse('without a comment (# or //)')
    // $$ … $$, and $tag$ … $tag$.
    if (character === '$') throw refuse('without a $ outside of quotes')
    const closing = CLOSING.get(character)
    if (closing !== undefined) open.push({ closing, at: i })
    else if (')]}'.includes(character)) {
      const last = open.pop()
      if (last?.closing !== character) {
        throw refuse(`in which no ${character} closes what it has not opened`)
      }
      closings.set(last.at, i)
    }
    i++
  }
  if (open.length > 0) throw refuse(`with a ${open.pop()!.closing} at its end`)
  return closings
}

const CLOSING = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
])

/** A name, a keyword or a number; empty where there is none. All that is not ASCII belongs to names. */
function wordAt(sql: string, at: number, escapes: boolean): string {
  const pattern = escapes ? /[\w\u0080-\uffff]*/y : /(?:[\w\u0080-\uffff][\w$\u0080-\uffff]*)?/y
  pattern.lastIndex = at
  return pattern.exec(sql)![0]
}

/** The place of the quote that ends what begins here. */
function quoted(
  sql: string,
  start: number,
  word: string,
  { escapesByBackslash: escapes, mayEscapeByBackslash = false }: Backslash,
): { readonly end: number; readonly wrong?: string } {
  const quote = sql[start]!
  const no = (wrong: string) => ({ end: -1, wrong })
  if (quote === '`' && !escapes) return no('without a ` for a quote')
  // `'''` begins a longer text of BigQuery.
  if (escapes && sql.startsWith(quote.repeat(3), start)) return no(`without ${quote.repeat(3)}`)
  // `E'…'`: in PostgreSQL and DuckDB a backslash counts in it.
  const isE = !escapes && quote === "'" && /^e$/i.test(word)
  const end = endOfQuoted(sql, start, isE || (escapes && quote !== '`'))
  if (end < 0) return no(`each ${quote} of which has a second one`)
  if (/^\d/.test(word)) return no(`without a number right before a ${quote}`)
  if (mayEscapeByBackslash && quote === "'" && endOfQuoted(sql, start, true) !== end) {
    return no(`without a \\ right before a ' (write E'…' with \\\\ in place of each \\)`)
  }
  if (escapes && (word !== '' || quote === '`') && sql.slice(start, end).includes('\\')) {
    // `r'…'` of Spark, in which it counts for nothing.
    return no(`without a \\ ${quote === '`' ? 'between `' : `in what begins by ${word}${quote}`}`)
  }
  // It would go on in the next line: a backslash counts there as well.
  if (isE && /^\s*'/.test(sql.slice(end + 1))) return no(`in which no text follows an ${word}'…'`)
  return { end }
}

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
export function fromSql(argument: string, sql: string, backslash: Backslash): string {
  const text = sql.trim()
  const closings = scan(argument, text, backslash)
  if (NAME.test(text)) return text
  if (/^(?:(?:select|with)\b|\()/i.test(text)) return `(\n${text}\n)`
  // `read_parquet('…')`: the parenthesis behind its name is closed at its end, and no sooner.
  const name = NAME_OF_CALL.exec(text)?.[0]
  if (name !== undefined && closings.get(name.length - 1) === text.length - 1) return text
  const expected = 'the name of a table or a view (quoted where it must be), or a query (SELECT …)'
  throw new InvalidArgumentError(argument, expected, sql)
}

const PART = String.raw`(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+"|${'`'}(?:[^${'`'}]|${'``'})+${'`'})`
const NAME = new RegExp(String.raw`^${PART}(?:\s*\.\s*${PART})*$`, 'u')
const NAME_OF_CALL = new RegExp(String.raw`^${PART}(?:\s*\.\s*${PART})*\s*\(`, 'u')
