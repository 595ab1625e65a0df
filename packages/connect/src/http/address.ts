import { InvalidArgumentError } from '@tidegauge/core'

/** @throws InvalidArgumentError that repeats no password */
export function addressOf(argument: string, given: unknown, example: string): URL {
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    // What is no address may still hold a token.
    const received = typeof given === 'string' ? schemeOf(given) : given
    throw new InvalidArgumentError(argument, `an address, as ${example}`, received)
  }
  if (url.username !== '' || url.password !== '') {
    const expected = 'an address without a user and a password, which have options of their own'
    throw new InvalidArgumentError(argument, expected, `${url.protocol}//…@${url.host}`)
  }
  return url
}

function schemeOf(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0]
  return scheme === undefined ? 'text without http:// or https://' : `${scheme}…`
}

/**
 * Headers that can be sent.
 *
 * @throws InvalidArgumentError that repeats no value: the runtime's own error would
 */
export function assertHeaders(headers: Readonly<Record<string, string>>): void {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    throw new InvalidArgumentError('headers', 'an object of texts', headers)
  }
  for (const [name, value] of Object.entries<unknown>(headers)) {
    if (typeof value === 'string' && isHeader(name, value)) continue
    const received = typeof value === 'string' ? 'another text' : value
    throw new InvalidArgumentError(`headers.${name}`, 'a text that a header can hold', received)
  }
}

function isHeader(name: string, value: string): boolean {
  try {
    new Headers([[name, value]])
    return true
  } catch {
    return false
  }
}

/** @throws InvalidArgumentError where it is no number of milliseconds that a timer can take */
export function assertTimeLimit(timeLimit: unknown): void {
  if (Number.isSafeInteger(timeLimit) && Number(timeLimit) >= 1 && Number(timeLimit) <= LONGEST)
    return
  throw new InvalidArgumentError('timeLimit', 'a whole number of milliseconds', timeLimit)
}

const LONGEST = 2 ** 31 - 1
