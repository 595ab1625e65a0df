import type { IncomingMessage, ServerResponse } from 'node:http'
import { InvalidArgumentError } from '@tidegauge/core'
import { type AccessOptions, accessControl, nodeApproach } from '@tidegauge/core/http-access'
import { failureReporter, ownValue } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import { type Alert, parseNotification } from './alertmanager-notification.ts'
import { type Answer, readJson } from './read-json.ts'
import { retrainQueue } from './retrain-queue.ts'

export type { Alert } from './alertmanager-notification.ts'

export interface RetrainWebhookOptions extends AccessOptions {
  /**
   * Trains anew on the alerts that ask for it: at least one, and none that an earlier run has dealt with. Until it
   * settles no other begins.
   */
  readonly retrain: (alerts: readonly Alert[]) => void | Promise<void>
  /** Labels that an alert must have to ask for a retrain. Default `{ alertname: 'DriftAction' }`. */
  readonly match?: Readonly<Record<string, string>>
  /** Default: true, unless a `token` is asked for. */
  readonly loopbackOnly?: boolean
  /** Longer bodies are refused with 413. Default 2 097 152; an alert takes some 800. */
  readonly maxBodyBytes?: number
  /** A body that takes longer to arrive is refused with 408. Default 10. */
  readonly timeoutSeconds?: number
  /** So many alerts wait and are remembered. Default 1000. */
  readonly maxAlerts?: number
  /** Told where a retrain fails. Default: a process warning, once per webhook. */
  readonly onError?: (error: unknown) => void
}

/** Never throws. */
export type RetrainWebhook = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Takes the notifications of Alertmanager (webhook, version 4) and retrains where an alert asks for it.
 *
 * It answers 202 before the training begins, and 200 where there is nothing to do. One retrain runs at a time:
 * alerts that arrive meanwhile wait, and are dealt with together in one more run. An alert that keeps firing,
 * which Alertmanager tells again every `repeat_interval`, is dealt with once, and anew after it was resolved.
 * Where its run failed, which is told to `onError`, the next repeat begins another and is answered 503, as is
 * each until one succeeds: Alertmanager then tells it again within seconds or minutes. So is one where too many
 * alerts wait already. What was dealt with is forgotten when the process ends.
 *
 * A broken pipeline is no reason to train: an alert `FeatureMissing`, or one whose label `cause` is neither `share` nor
 * `target`, never asks for it, and none of a fleet does of whose model the notification says that features are missing.
 *
 * It answers this machine alone, or those who bear the `token`. What is no notification is refused: 400 where
 * it is malformed, 408 and 413 where it is too slow or too long, 415 where it is no JSON. Put it before body
 * parsers, or behind `express.json()`, whose `req.body` it takes.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 * @example
 * const webhook = retrainWebhook({
 *   async retrain() {
 *     const { model, reference } = await train(await newestMonths())
 *     service.model = model
 *     monitor.replaceReference(reference)
 *   },
 * })
 * app.post('/retrain', webhook) // Express
 * app.post('/retrain', ({ raw, body }, reply) => { // Fastify, which has parsed the body
 *   reply.hijack()
 *   webhook(Object.assign(raw, { body }), reply.raw)
 * })
 */
export function retrainWebhook(options: RetrainWebhookOptions): RetrainWebhook {
  assertOptions('options', options, WEBHOOK_OPTIONS)
  assertValid(options)
  const { retrain, token, match = { alertname: 'DriftAction' }, onError } = options
  const { loopbackOnly = token === undefined } = options
  const { maxBodyBytes = 2_097_152, timeoutSeconds = 10, maxAlerts = 1000 } = options
  const refusalOf = accessControl({ loopbackOnly, ...(token !== undefined && { token }) }, ['POST'])
  const report = failureReporter(onError, 'a retrain failed', 'TIDEGAUGE_MONITOR_FAILED')
  const queue = retrainQueue({ retrain, maxAlerts, report })
  const wanted = Object.entries(match)

  return (req, res) => {
    const refusal = refusalOf(nodeApproach(req))
    if (refusal === undefined) void respond(req, res)
    else answer(res, refusal)
    endInTime(req, res, timeoutSeconds)
  }

  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readJson(req, maxBodyBytes)
    // Who has left, or was too slow, has no answer to wait for.
    if (body !== undefined && !res.headersSent) {
      answer(res, 'refusal' in body ? body.refusal : outcomeOf(body.json))
    }
  }

  function outcomeOf(body: unknown): Answer {
    const notification = parseNotification(body)
    if (typeof notification === 'string') return { status: 400, text: `${notification}\n` }
    const firing = notification.filter(({ status }) => status === 'firing')
    const broken = firing.filter(isOfPipeline)
    const asking = firing.filter(
      (alert) =>
        wanted.every(([name, value]) => ownValue(alert.labels, name) === value) &&
        !isOfPipeline(alert) &&
        !broken.some((other) => isOfOneFleet(alert, other)),
    )
    return OUTCOMES[queue.add(asking)]
  }
}

/** Features that are gone are for somebody to mend: a model that learns from what is left forgets them. */
function isOfPipeline({ labels: { alertname, cause } }: Alert): boolean {
  if (alertname === 'FeatureMissing') return true
  return cause !== undefined && cause !== 'share' && cause !== 'target'
}

/** They differ in no label that both have, but in what tells alerts of one fleet apart: another namespace's is another's. */
function isOfOneFleet({ labels: a }: Alert, { labels: b }: Alert): boolean {
  return Object.entries(a).every(
    ([name, value]) => APART.has(name) || !Object.hasOwn(b, name) || b[name] === value,
  )
}

const APART = new Set([
  'alertname',
  'severity',
  'cause',
  'reference',
  'feature',
  'role',
  'type',
  'window',
])

const OUTCOMES: Readonly<Record<ReturnType<ReturnType<typeof retrainQueue>['add']>, Answer>> = {
  'nothing-new': { status: 200, text: 'No new alert asks for a retrain.\n' },
  started: { status: 202, text: 'A retrain begins.\n' },
  waiting: { status: 202, text: 'A retrain is already running; another will follow.\n' },
  again: later('The last retrain failed; another begins.'),
  'again-soon': later('The last retrain failed; another is running, or will follow.'),
  full: later('A retrain is already running, and too many alerts wait for the next.'),
}

/** Alertmanager repeats what was answered so, at growing intervals; it never repeats a 4xx. */
function later(sentence: string): Answer {
  return { status: 503, headers: { 'Retry-After': '60' }, text: `${sentence}\n` }
}

function answer(res: ServerResponse, { status, headers, text }: Answer): void {
  // What came before may have answered already.
  if (res.headersSent || res.destroyed) return
  res.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  res.end(text)
}

/** Whatever is still on its way after that time, answered or not, is broken off. */
function endInTime(req: IncomingMessage, res: ServerResponse, seconds: number): void {
  if (req.readableEnded || req.closed) return
  let due = performance.now() + seconds * 1000
  const end = (): void => {
    // Who held the thread kept the body waiting, not its sender: there may be all of it by now.
    if (performance.now() - due > HELD_UP) {
      due = performance.now() + HELD_UP
      timer = setTimeout(end, HELD_UP).unref()
      return
    }
    if (res.headersSent) {
      req.destroy()
      return
    }
    res.once('finish', () => req.destroy())
    answer(res, TOO_SLOW)
  }
  let timer = setTimeout(end, seconds * 1000).unref()
  for (const event of ['end', 'close']) req.once(event, () => clearTimeout(timer))
}

/** Milliseconds that a timer is late where something else held the thread. */
const HELD_UP = 500

const TOO_SLOW: Answer = { status: 408, text: 'The body took too long.\n' }

const WEBHOOK_OPTIONS: Readonly<Record<keyof RetrainWebhookOptions, true>> = {
  retrain: true,
  match: true,
  token: true,
  loopbackOnly: true,
  maxBodyBytes: true,
  timeoutSeconds: true,
  maxAlerts: true,
  onError: true,
}

function assertValid(options: RetrainWebhookOptions): void {
  const { retrain, match = {}, maxBodyBytes = 1, timeoutSeconds = 1, maxAlerts = 1 } = options
  if (typeof retrain !== 'function') {
    throw new InvalidArgumentError('retrain', 'a function that trains anew', retrain)
  }
  if (typeof match !== 'object' || match === null || Array.isArray(match)) {
    throw new InvalidArgumentError('match', 'labels and their values', match)
  }
  for (const [name, value] of Object.entries(match)) {
    if (typeof value !== 'string') throw new InvalidArgumentError(`match.${name}`, 'text', value)
  }
  for (const [name, value] of Object.entries({ maxBodyBytes, maxAlerts })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new InvalidArgumentError(name, 'a whole number from 1', value)
    }
  }
  if (!(timeoutSeconds > 0 && timeoutSeconds <= LONGEST_TIMEOUT)) {
    const expected = `above 0 and at most ${LONGEST_TIMEOUT}`
    throw new InvalidArgumentError('timeoutSeconds', expected, timeoutSeconds)
  }
}

/** An hour. */
const LONGEST_TIMEOUT = 3600
