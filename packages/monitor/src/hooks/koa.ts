import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'koa'
import type { FeatureMonitor } from '../feature-monitor.ts'
import { wasAnswered } from './answered.ts'
import { type FeatureHookOptions, type RowOrNothing, rowObserver } from './row-observer.ts'

export type { FeatureHookOptions, Row, RowOrNothing } from './row-observer.ts'

/** The part of Koa's context that is read here. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** Fits `app.use()` and the routes of `@koa/router`, of Koa 2 and 3. */
export type FeatureHook<Context> = (ctx: Context, next: () => Promise<unknown>) => Promise<unknown>

/**
 * Count the features and the prediction of each answered request. Put it on the route that predicts: what
 * `toRow` gives for any other request would be counted too.
 *
 * `toRow` is asked once the response has been handed over in full, so that `ctx.request.body` is parsed and
 * what the route left on `ctx.state` is there. It is not asked where the request was broken off or answered
 * with a status from 400 on: nothing was predicted. It may be async. Whatever it throws or returns goes to
 * `onError`, never to the request.
 *
 * @param toRow - the values by column name of the reference; null or undefined to leave the request out
 * @throws InvalidArgumentError where an argument is not what it must be
 * @example
 * const hook = featureHook(monitor, (ctx) => ({ ...ctx.request.body, price: ctx.state.price }))
 * router.post('/predict', hook, (ctx) => {
 *   ctx.state.price = model.predict(ctx.request.body)
 *   ctx.body = { price: ctx.state.price }
 * })
 */
// `C`: called `Context`, it would default to itself in the types that are built.
export function featureHook<C extends KoaContext = Context>(
  monitor: Pick<FeatureMonitor, 'observe'>,
  toRow: (ctx: C) => RowOrNothing,
  options?: FeatureHookOptions,
): FeatureHook<C> {
  const observe = rowObserver(monitor, toRow, options)
  return (ctx, next) => {
    const { req, res } = ctx
    res.once('finish', () => {
      if (wasAnswered(req, res)) observe(ctx)
    })
    return next()
  }
}
