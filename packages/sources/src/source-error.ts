import { TidegaugeError } from '@tidegauge/core'

/** A source that cannot be read: no connection, no such table, no right to it, a statement that took too long. */
export class SourceError extends TidegaugeError {
  override readonly name = 'SourceError'

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SOURCE', message, options)
  }
}

const LONGEST = 300

/** What an engine says, on one line: it may be a page of its own stack, and may quote what it was given. */
export function lineOf(error: unknown): string {
  const line = messageOf(error).replace(CREDENTIALS, '//…@').replace(/\s+/g, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

/**
 * Of a host with two addresses neither of which answers, Node says no more than that there were two errors; of `fetch` the
 * cause alone tells why.
 */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { errors = [] } = error as Partial<AggregateError>
  if (error.message === '' && errors.length > 0) return errors.map(messageOf).join('; ')
  const isOfFetch = error instanceof TypeError && error.cause instanceof Error
  const why = isOfFetch ? `: ${messageOf(error.cause)}` : ''
  return `${error.message || error.name}${why}`
}

/** Of a URL, which clients like to quote. */
const CREDENTIALS = /\/\/[^\s/@]*:[^\s/@]*@/g

/**
 * The same for a report, which may be a redacted one: engines quote the cell that they could not read. What stands between
 * quotes goes, and every number.
 */
export function lineWithoutCells(error: unknown): string {
  return lineOf(error)
    .replace(/'[^']*'?|"[^"]*"?|`[^`]*`?/g, '…')
    .replace(/(?<![\p{L}\p{N}_])[-+]?\d[\d.,:eE+-]*/gu, '…')
}
