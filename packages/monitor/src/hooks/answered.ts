import type { ServerResponse } from 'node:http'

/** Handed over in full, and no refusal: where it is one, nothing was predicted. */
export function wasAnswered(res: ServerResponse): boolean {
  // `inject()` of Fastify destroys a response that has ended, written or not.
  const { isLightMyRequest = false } = res as { isLightMyRequest?: boolean }
  // Over HTTP/2 one that the client breaks off finishes without having been ended.
  const whole = res.writableEnded && (res.writableFinished || isLightMyRequest)
  return whole && res.statusCode < 400
}
