import type { IncomingMessage, ServerResponse } from 'node:http'
import { wasUpgraded } from '@tidegauge/core/http-exchange'
import type { Context } from 'hono'
import type { FeatureMonitor } from '../feature-monitor.ts'
import { wasAnswered } from './answered.ts'
import { type FeatureHookOptions, type RowOrNothing, rowObserver } from './row-observer.ts'

export type { FeatureHookOptions, Row, RowOrNothing } from './row-observer.ts'

/** The part of Hono's context that is read here. */
export interface HonoContext {
  readonly req: { readonly raw: Request }
  readonly env: unknown
  readonly res: Response
}

/** Fits `app.post(path, …)` and `app.use()` of Hono 4. */
export type FeatureHook<Context> = (c: Context, next: () => Promise<void>) => Promise<void>

/**
 * Count the features and the prediction of each answered request. Put it on the route that predicts: what
 * `toRow` gives for any other request would be counted too.
 *
 * `toRow` is asked after the response: behind `@hono/node-server` when it has been handed over in full, behind
 * any other runtime in the turn after the app has given it away. It may be async: what the route has read by
 * `c.req.json()` it can read by that again, but not a body that nobody has read. It is not asked where the
 * request was broken off or answered with a status from 400 on: nothing was predicted. Whatever it throws or
 * returns goes to `onError`, never to the request.
 *
 * @param toRow - the values by column name of the reference; null or undefined to leave the request out
 * @throws InvalidArgumentError where an argument is not what it must be
 * @example
 * const hook = featureHook(monitor, async (c) => ({ ...(await c.req.json()), price: c.get('price') }))
 * app.post('/predict', hook, async (c) => {
 *   const price = model.predict(await c.req.json())
 *   c.set('price', price)
 *   return c.json({ price })
 * })
 */
// `C`: called `Context`, it would default to itself in the types that are built.
export function featureHook<C extends HonoContext = Context>(
  monitor: Pick<FeatureMonitor, 'observe'>,
  toRow: (c: C) => RowOrNothing,
  options?: FeatureHookOptions,
): FeatureHook<C> {
  const observe = rowObserver(monitor, toRow, options)
  return (c, next) => {
    const { incoming, outgoing } = (c.env ?? {}) as NodeBindings
    if (incoming === undefined || outgoing === undefined) return observedNextTurn(c, next, observe)
    outgoing.once('finish', () => {
      if (wasAnswered(incoming, outgoing)) observe(c)
    })
    return next()
  }
}

/** What `@hono/node-server` hands to an app. */
interface NodeBindings {
  readonly incoming?: IncomingMessage
  readonly outgoing?: ServerResponse
}

async function observedNextTurn<C extends HonoContext>(
  c: C,
  next: () => Promise<void>,
  observe: (c: C) => void,
): Promise<void> {
  await next()
  const { res } = c
  const { raw } = c.req
  if (res.status >= 400 || wasUpgraded(raw, res)) return
  // Asked now: once the response is sent, Deno aborts the signal although all went well.
  if (raw.signal?.aborted) return
  setTimeout(() => observe(c))
}
