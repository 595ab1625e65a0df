import type { ServerResponse } from 'node:http'

/** Handed over in full, and no refusal: where it is one, nothing was predicted. */
export function wasAnswered(res: ServerResponse): boolean {
  // `inject()` of Fastify destroys a response that has ended, written or not.
  const { isLightMyRequest } = res as { isLightMyRequest?: boolean }
  const whole = isLightMyRequest ? res.writableEnded : res.writableFinished
  return whole && res.statusCode < 400
}
