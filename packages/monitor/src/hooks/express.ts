import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, Response } from 'express'
import type { FeatureMonitor } from '../feature-monitor.ts'
import { wasAnswered } from './answered.ts'
import { type FeatureHookOptions, type RowOrNothing, rowObserver } from './row-observer.ts'

export type { FeatureHookOptions, Row, RowOrNothing } from './row-observer.ts'

/** Fits `app.post(path, …)` and `app.use()` of Express 4 and 5. */
export type FeatureHook<Request, Response> = (
  req: Request,
  res: Response,
  next: (error?: unknown) => void,
) => void

/**
 * Count the features and the prediction of each answered request. Put it on the route that predicts: what
 * `toRow` gives for any other request would be counted too.
 *
 * `toRow` is asked once the response has been handed over in full, so that `req.body` is parsed and what the
 * route left on `res.locals` is there. It is not asked where the request was broken off or answered with a
 * status from 400 on: nothing was predicted. It may be async. Whatever it throws or returns goes to `onError`,
 * never to the request.
 *
 * @param toRow - the values by column name of the reference; null or undefined to leave the request out
 * @throws InvalidArgumentError where an argument is not what it must be
 * @example
 * const hook = featureHook(monitor, (req, res) => ({ ...req.body, price: res.locals.price }))
 * app.post('/predict', express.json(), hook, (req, res) => {
 *   res.locals.price = model.predict(req.body)
 *   res.json({ price: res.locals.price })
 * })
 */
export function featureHook<
  // Not called as what they default to: the types that are built would then default to themselves.
  Req extends IncomingMessage = Request,
  Res extends ServerResponse = Response,
>(
  monitor: Pick<FeatureMonitor, 'observe'>,
  toRow: (req: Req, res: Res) => RowOrNothing,
  options?: FeatureHookOptions,
): FeatureHook<Req, Res> {
  const observe = rowObserver(monitor, toRow, options)
  return (req, res, next) => {
    res.once('finish', () => {
      if (wasAnswered(req, res)) observe(req, res)
    })
    next()
  }
}
