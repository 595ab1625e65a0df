import type { IncomingMessage, ServerResponse } from 'node:http'
import { TidegaugeError } from '@tidegauge/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FeatureMonitor } from '../feature-monitor.ts'
import { wasAnswered } from './answered.ts'
import { type FeatureHookOptions, type RowOrNothing, rowObserver } from './row-observer.ts'

export type { FeatureHookOptions, Row, RowOrNothing } from './row-observer.ts'

/** The part of Fastify's reply that is read here. */
export interface RawReply {
  readonly raw: ServerResponse
  readonly request: { readonly raw: IncomingMessage }
}

/** Fits `onResponse` of a route, and `app.addHook('onResponse', …)`, of Fastify 4 and 5. */
export type FeatureHook<Request, Reply> = (request: Request, reply: Reply, done: () => void) => void

/**
 * Fits whatever an app's own type parameters are, and lets `toRow` know them where the app names them:
 * `app.post<{ Body: Flight }>(…)`. By inference alone Fastify's many signatures leave `never`, which fits nothing.
 */
// biome-ignore lint/suspicious/noExplicitAny: Fastify's request and reply have the app's own type parameters
export type FittingHook<Request, Reply> = FeatureHook<any, any> & FeatureHook<Request, Reply>

/** The request that the app names, else Fastify's own; its body is any where it has no type. */
export type KnownRequest<Request> = [Request] extends [never]
  ? WithBody<FastifyRequest>
  : WithBody<Request>

export type KnownReply<Reply> = [Reply] extends [never] ? FastifyReply : Reply

type WithBody<Request> = Request extends { readonly body: infer Body }
  ? unknown extends Body
    ? // biome-ignore lint/suspicious/noExplicitAny: what `unknown` holds the app alone knows
      Request & { readonly body: any }
    : Request
  : Request

/**
 * Count the features and the prediction of each answered request. Put it on the route that predicts: what
 * `toRow` gives for any other request would be counted too.
 *
 * `toRow` is asked once the response has been handed over in full, so that `request.body` is parsed and what
 * the route left on a decorated request or reply is there. It is not asked where the request was broken off or
 * answered with a status from 400 on: nothing was predicted. It may be async. Whatever it throws or returns
 * goes to `onError`, never to the request. So does a hook of an earlier name, `preHandler` say: it counts nothing.
 *
 * @param toRow - the values by column name of the reference; null or undefined to leave the request out
 * @throws InvalidArgumentError where an argument is not what it must be
 * @example
 * app.decorateRequest('price', null)
 * const onResponse = featureHook(monitor, (request) => ({ ...request.body, price: request.price }))
 * app.post('/predict', { onResponse }, (request) => {
 *   request.price = model.predict(request.body)
 *   return { price: request.price }
 * })
 */
export function featureHook<
  Request extends FastifyRequest = FastifyRequest,
  Reply extends FastifyReply = FastifyReply,
>(
  monitor: Pick<FeatureMonitor, 'observe'>,
  toRow: (request: KnownRequest<Request>, reply: KnownReply<Reply>) => RowOrNothing,
  options?: FeatureHookOptions,
): FittingHook<Request, Reply>
/** With types of one's own in the parameters of `toRow`. */
export function featureHook<Request, Reply extends RawReply>(
  monitor: Pick<FeatureMonitor, 'observe'>,
  toRow: (request: Request, reply: Reply) => RowOrNothing,
  options?: FeatureHookOptions,
): FittingHook<Request, Reply>
export function featureHook<Request, Reply extends RawReply>(
  monitor: Pick<FeatureMonitor, 'observe'>,
  toRow: (request: Request, reply: Reply) => RowOrNothing,
  options?: FeatureHookOptions,
): FeatureHook<Request, Reply> {
  const observe = rowObserver(monitor, toRow, options)
  return (request: Request, reply: Reply, ...rest: unknown[]) => {
    const { raw } = reply
    if (isUnanswered(raw)) observe.report(new WrongHookError())
    else {
      // Called after `finish`, and after an error.
      const finished = raw.writableEnded || !raw.destroyed
      if (wasAnswered(reply.request.raw, raw, finished)) observe(request, reply)
    }
    // Hooks that come with a payload have it before the function to call.
    const done = rest.findLast((one) => typeof one === 'function') as (() => void) | undefined
    done?.()
  }
}

/** Does nothing of it lie on the wire yet? Then nobody has predicted: Fastify does not tell a hook by which name it was added. */
function isUnanswered({ headersSent, writableEnded, destroyed }: ServerResponse): boolean {
  return !headersSent && !writableEnded && !destroyed
}

class WrongHookError extends TidegaugeError {
  override readonly name = 'WrongHookError'

  constructor() {
    super(
      'ERR_WRONG_HOOK',
      "a request was not counted, since featureHook() was called before its response was sent: add it as 'onResponse'",
    )
  }
}
