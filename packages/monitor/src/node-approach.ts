import type { IncomingMessage } from 'node:http'
import type { Approach } from '@tidegauge/core/http-access'

/** A request of `node:http` or `node:http2` as access control sees it. */
export function nodeApproach({ method = '', headers, socket }: IncomingMessage): Approach {
  return {
    method,
    remoteAddress: socket?.remoteAddress,
    header(name) {
      // In HTTP/2 `:authority` is what `Host` was.
      const value = headers[name] ?? (name === 'host' ? headers[':authority'] : undefined)
      return value?.toString()
    },
  }
}
