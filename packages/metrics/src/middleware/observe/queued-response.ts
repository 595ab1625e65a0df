import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Closes a pipelined response that waits for an earlier one when the client leaves. It has no socket yet, and
 * Node never closes it: its request is closed instead, or was before, when its body had been read.
 *
 * @param close - called any number of times
 */
export function watchQueued(req: IncomingMessage, res: ServerResponse, close: () => void): void {
  res.once('close', () => {
    if (req.socket) queued.get(req.socket)?.delete(close)
  })
  const requestClosed = (): void => {
    if (res.socket !== null || res.writableFinished || res.closed) return
    if (req.errored || req.socket?.destroyed !== false) close()
    else queuedOn(req.socket).add(close)
  }
  if (req.closed) requestClosed()
  else req.once('close', requestClosed)
}

/** Exchanges that wait behind an earlier one: one listener a socket, however many a client pipelines. */
const queued = new WeakMap<Socket, Set<() => void>>()

function queuedOn(socket: Socket): Set<() => void> {
  let waiting = queued.get(socket)
  if (waiting === undefined) {
    waiting = new Set()
    queued.set(socket, waiting)
    socket.once('close', () => {
      for (const close of waiting!) close()
    })
  }
  return waiting
}
