import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { type DriftReport, withReportId } from '@tidegauge/drift'
import { jsonReport, parseReport } from '@tidegauge/reporters'
import { ConnectError } from '../connect-error.ts'
import type { Delivery, Destination, SendOptions } from '../destination.ts'
import { addressOf, assertHeaders, assertTimeLimit } from '../http/address.ts'
import { type HttpClient, httpClient } from '../http/http-client.ts'
import { formsOf, told } from '../http/told.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { slackMessage } from './slack-text.ts'
import { type Verdict, verdictOf } from './verdict.ts'

export type { Verdict, VerdictSide } from './verdict.ts'

export interface WebhookOptions {
  /** Where it is posted to. It may hold a secret, as Slack's do: errors name its host alone. */
  readonly url: string
  /** `verdict`, what was decided and why; `slack`, a message; or what a function makes of it, as JSON. Default `verdict`. */
  readonly body?: 'verdict' | 'slack' | ((verdict: Verdict, report: DriftReport) => unknown)
  /** The address of a report's page, which the body then has. */
  readonly link?: (report: DriftReport) => string
  /** A bearer token. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** So many reports wait for their turn, the one under way among them; the next is refused. Default 100. */
  readonly maxPending?: number
  /** So often is one sent that gets no answer, 429 or 5xx. Default 8: within half a minute, where answers are quick. */
  readonly attempts?: number
  /** Milliseconds that one attempt may take. Default 10,000. */
  readonly timeLimit?: number
  /** Default: that of the runtime. */
  readonly fetch?: typeof fetch
}

export interface WebhookDelivery extends Delivery {
  /** Of the answer. */
  readonly status: number
}

export interface Webhook extends Destination<WebhookDelivery> {
  /** Reports that wait, and the one under way. */
  readonly pending: number
}

/**
 * Any address that takes JSON as a destination: posts the verdict of a report, one report after the other.
 *
 * It is sent again, after a pause that doubles, where no answer came or 429 or 5xx. It may so arrive twice: the header
 * `Idempotency-Key` is the report's id.
 *
 * @throws InvalidArgumentError where an option is not what it must be; no message repeats the address or a token
 * @example
 * const slack = webhook({ url: process.env.SLACK_WEBHOOK_URL, body: 'slack' })
 * await slack.send(detectDrift(january, february))
 */
export function webhook(options: WebhookOptions): Webhook {
  assertOptions('options', options, OPTIONS)
  const url = secretAddress(options.url)
  const { body = 'verdict', headers = {}, token, maxPending = 100, attempts = 8 } = options
  const { timeLimit = 10_000, fetch: send = fetch } = options
  assertRest(options)
  assertHeaders(headers)
  assertTimeLimit(timeLimit)
  assertCount('maxPending', maxPending)
  assertCount('attempts', attempts)
  const name = `the webhook at ${url.origin}`
  const secrets = formsOf([
    ...secretsIn(url),
    ...[token, ...Object.values(headers)].filter((one) => one !== undefined),
  ])
  const http = httpClient({
    name,
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
    secrets,
    fetch: send,
    timeLimit,
    attempts,
    againWithoutAnswer: true,
  })
  const inTurn = oneAtATime()
  let pending = 0
  return {
    name,
    get pending() {
      return pending
    },
    async send(given, sendOptions = {}) {
      assertOptions('options', sendOptions, SEND_OPTIONS)
      const { signal } = sendOptions
      const report = withReportId(parseReport(jsonReport(given)))
      const text = bodyOf(report, body, options.link?.(report))
      if (pending >= maxPending) {
        const missing = [`the verdict of ${report.id}`]
        throw new ConnectError(`${name}: ${pending} reports wait already, this one was not sent`, {
          missing,
        })
      }
      pending++
      try {
        const post = { url, text, reportId: report.id!, name, http, secrets }
        return await inTurn(() => posted(post, signal), signal)
      } finally {
        pending--
      }
    },
  }
}

const OPTIONS = {
  url: true,
  body: true,
  link: true,
  token: true,
  headers: true,
  maxPending: true,
  attempts: true,
  timeLimit: true,
  fetch: true,
} as const satisfies Record<keyof WebhookOptions, true>

const SEND_OPTIONS = { signal: true } as const satisfies Record<keyof SendOptions, true>

function secretAddress(given: unknown): URL {
  const url = addressOf('url', given, 'https://hooks.slack.com/services/…')
  url.hash = ''
  return url
}

function assertRest({ body, link, token, fetch: send }: WebhookOptions): void {
  if (body !== undefined && body !== 'verdict' && body !== 'slack' && typeof body !== 'function') {
    throw new InvalidArgumentError('body', "'verdict', 'slack' or a function of a verdict", body)
  }
  for (const [name, value] of [['link', link] as const, ['fetch', send] as const]) {
    if (value === undefined || typeof value === 'function') continue
    throw new InvalidArgumentError(name, 'a function', value)
  }
  if (token === undefined || (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token))) return
  throw new InvalidArgumentError('token', 'a text that a header can hold', `a ${typeof token}`)
}

function assertCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && Number(value) >= 1) return
  throw new InvalidArgumentError(name, 'a whole number, at least 1', value)
}

/** Whoever knows its path may post: it is the token. */
function secretsIn(url: URL): string[] {
  const steps = url.pathname.split('/').filter((step) => step.length >= SHORTEST_SECRET)
  return [
    ...(url.pathname.length > SHORTEST_SECRET ? [url.pathname, url.href] : []),
    ...steps,
    ...url.searchParams.values(),
  ]
}

/** Shorter steps are words such as `api`. */
const SHORTEST_SECRET = 8

function bodyOf(
  report: DriftReport,
  body: NonNullable<WebhookOptions['body']>,
  link: string | undefined,
): string {
  const verdict = verdictOf(report, link === undefined ? undefined : addressOfPage(link))
  const value =
    body === 'verdict' ? verdict : body === 'slack' ? slackMessage(verdict) : body(verdict, report)
  const text = JSON.stringify(value)
  if (text !== undefined) return text
  throw new InvalidArgumentError('body', 'a function that returns what JSON can hold', value)
}

/** Without signs that end a link in Slack. */
function addressOfPage(link: string): string {
  const url = URL.canParse(link) ? new URL(link) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url.href.replace(/\|/g, '%7C')
  throw new InvalidArgumentError('link', 'a function that returns an address', link)
}

interface Post {
  readonly url: URL
  readonly text: string
  readonly reportId: string
  readonly name: string
  readonly http: HttpClient
  readonly secrets: readonly string[]
}

async function posted(
  { url, text, reportId, name, http, secrets }: Post,
  signal: AbortSignal | undefined,
): Promise<WebhookDelivery> {
  const headers = { 'Idempotency-Key': reportId }
  const request = { method: 'POST', url, body: text, type: 'application/json', headers } as const
  const { status, text: answer, type } = await http.request(request, signal)
  if (status >= 200 && status < 300) return { reportId, status, leftOut: [] }
  const isPage = /\bhtml\b/i.test(type) || /^\s*</.test(answer)
  const why = isPage ? 'a page of HTML answers' : told(answer, secrets) || 'nothing more is said'
  throw new ConnectError(`${name}: ${why} (${status})`, {
    status,
    missing: [`the verdict of ${reportId}`],
  })
}
