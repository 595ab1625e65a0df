import { setTimeout } from 'node:timers/promises'
import { ConnectError } from '../connect-error.ts'
import { messageOf, told } from './told.ts'

export interface HttpClientOptions {
  /** What errors call it: `MLflow at http://localhost:5000`. */
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** What stands in no message, in every form: see `formsOf`. */
  readonly secrets: readonly string[]
  readonly fetch: typeof fetch
  /** Milliseconds that one request may take, its answer included. */
  readonly timeLimit: number
  /** So often is a request sent that is answered 429 or 5xx. */
  readonly attempts: number
  /** Is it sent again too where no answer came? Not what must not be done twice; what only asks is, twice. */
  readonly againWithoutAnswer?: boolean
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: URL
  readonly body?: string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  /** It only asks; a GET does so by itself. */
  readonly isRead?: boolean
  /** Never sent again: who asks first looks what came of it. */
  readonly once?: boolean
}

export interface HttpAnswer {
  readonly status: number
  /** Its `Content-Type`. */
  readonly type: string
  readonly text: string
}

export interface HttpClient {
  /**
   * @returns the answer, whatever its status
   * @throws ConnectError where there is none, or it leads elsewhere
   * @throws what `signal` was aborted with
   */
  request(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
  /** Waits as it does itself before another attempt. */
  pause(attempt: number, signal: AbortSignal | undefined): Promise<void>
}

/** One host, which alone gets the headers: what leads elsewhere is not followed. */
export function httpClient(options: HttpClientOptions): HttpClient {
  const { name, headers, secrets, timeLimit, attempts, againWithoutAnswer = false } = options
  const send = options.fetch

  async function once(
    request: HttpRequest,
    signal: AbortSignal | undefined,
  ): Promise<Received | NoAnswer> {
    signal?.throwIfAborted()
    const limit = AbortSignal.timeout(timeLimit)
    const until = signal === undefined ? limit : AbortSignal.any([signal, limit])
    const { method, url, body, type } = request
    try {
      const response = await send(url.href, {
        method,
        headers: { ...headers, ...request.headers, ...(type && { 'Content-Type': type }) },
        ...(body !== undefined && { body }),
        // The headers are for this host alone.
        redirect: 'manual',
        signal: until,
      })
      const text = await textOf(response, until)
      return {
        status: response.status,
        type: response.headers.get('content-type') ?? '',
        text,
        location: response.headers.get('location') ?? undefined,
        retryAfter: response.headers.get('retry-after') ?? undefined,
      }
    } catch (error) {
      signal?.throwIfAborted()
      const why = limit.aborted
        ? `no whole answer within ${timeLimit / 1000} s`
        : told(messageOf(error), secrets)
      // Without its cause, which may quote what was sent.
      return { failure: new ConnectError(`${name}: ${why}`), isLate: limit.aborted }
    }
  }

  /**
   * A connection that was kept may have been closed by the other side while this process computed: no fault of anybody's. Where
   * several are kept, the next one may be too.
   */
  function isAskedAgain(
    { method, isRead = method === 'GET' }: HttpRequest,
    { isLate }: NoAnswer,
    attempt: number,
  ): boolean {
    return againWithoutAnswer || (isRead && attempt <= READS_AGAIN && !isLate)
  }

  return {
    async request(request, signal) {
      for (let attempt = 1; ; attempt++) {
        const isLast = request.once === true || attempt >= attempts
        const answer = await once(request, signal)
        if ('failure' in answer) {
          if (isLast || !isAskedAgain(request, answer, attempt)) throw answer.failure
          await waited(delayOf(attempt), signal)
        } else if (isLast || !BUSY.has(answer.status)) {
          assertNoRedirect(name, request.url, answer)
          return answer
        } else {
          await waited(Math.max(delayOf(attempt), asked(answer.retryAfter)), signal)
        }
      }
    },
    pause: (attempt, signal) => waited(delayOf(attempt), signal),
  }
}

interface NoAnswer {
  readonly failure: ConnectError
  /** It took longer than it may. */
  readonly isLate: boolean
}

interface Received extends HttpAnswer {
  readonly location: string | undefined
  readonly retryAfter: string | undefined
}

/** What may be over soon. Any other answer would be the same once more. */
export const BUSY: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])

const READS_AGAIN = 2
const FIRST_DELAY = 200
const LONGEST_DELAY = 10_000

/** Twice as long each time, and never the same for two who fail together. */
function delayOf(attempt: number): number {
  const longest = Math.min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY)
  return longest * (0.5 + Math.random() / 2)
}

/** Milliseconds of a `Retry-After` in seconds; of a date none. */
function asked(retryAfter: string | undefined): number {
  const seconds = Number(retryAfter ?? 0)
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_DELAY) : 0
}

function assertNoRedirect(name: string, url: URL, { status, location }: Received): void {
  const isRedirect = (status >= 300 && status < 400 && status !== 304) || status === 0
  if (!isRedirect) return
  const target =
    location !== undefined && URL.canParse(location, url.href)
      ? new URL(location, url.href).origin
      : 'elsewhere'
  const to = target === url.origin ? 'another path of itself' : target
  throw new ConnectError(
    `${name}: it sends on to ${to} (${status}), which is not followed: name the address that answers itself`,
    { status },
  )
}

/** More than any answer has. */
const MOST_BYTES = 16 * 2 ** 20

async function textOf(response: Response, signal: AbortSignal): Promise<string> {
  // One's own `fetch` may hand over less than Node's.
  if (response.body == null) return response.text()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted()
    bytes += chunk.byteLength
    if (bytes > MOST_BYTES) throw new Error(`an answer of more than ${MOST_BYTES / 2 ** 20} MiB`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

async function waited(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal && { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
