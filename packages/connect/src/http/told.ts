import { visibleText } from '@tidegauge/core/internal'

const LONGEST = 300

/** What somebody else says, for a message of ours: on one line, harmless where it is shown, and without what is secret. */
export function told(text: string, secrets: readonly string[]): string {
  const line = visibleText(withoutSecrets(text, secrets).replace(/\s+/g, ' ').trim())
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

/** Of `fetch` the cause alone tells why; of a host with two addresses there are two, and no message. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { errors = [] } = error as Partial<AggregateError>
  if (error.message === '' && errors.length > 0) return errors.map(messageOf).join('; ')
  const isOfFetch = error instanceof TypeError && error.cause instanceof Error
  if (isOfFetch) return messageOf(error.cause)
  return error.message === BAD_PORT ? BAD_PORT_TOLD : error.message || error.name
}

/** Of some ports that other protocols have, such as 6000: https://fetch.spec.whatwg.org/#port-blocking. */
const BAD_PORT = 'bad port'
const BAD_PORT_TOLD = 'fetch opens no connection to that port, nor do browsers: serve it on another'

/** Each secret in the forms in which it may come back; the longest first, since one may be within another. */
export function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets.flatMap((secret) => [
    secret,
    encoded(secret),
    JSON.stringify(secret).slice(1, -1),
  ])
  return [...new Set(forms)].filter((one) => one !== '').sort((a, b) => b.length - a.length)
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return text // half of a surrogate pair
  }
}

function withoutSecrets(text: string, forms: readonly string[]): string {
  let safe = text.replace(CREDENTIALS, '//…@')
  for (const form of forms) {
    const quoted = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    // A password such as `a` is in every word.
    const pattern = form.length < 4 ? `(?<![\\p{L}\\p{N}])${quoted}(?![\\p{L}\\p{N}])` : quoted
    safe = safe.replace(new RegExp(pattern, 'gu'), '…')
  }
  return safe
}

/** Of a URL. */
const CREDENTIALS = /\/\/[^\s/@]*:[^\s/@]*@/g
