import type { IncomingMessage, ServerResponse } from 'node:http'
import { brokenOffBy } from '@tidegauge/core/http-exchange'

/**
 * Handed over in full, and no refusal: where it is one, nothing was predicted.
 *
 * @param finished - whether the response has told so
 */
export function wasAnswered(req: IncomingMessage, res: ServerResponse, finished = true): boolean {
  return res.statusCode < 400 && brokenOffBy(req, res, finished) === undefined
}
