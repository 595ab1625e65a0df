import type { IncomingMessage, ServerResponse } from 'node:http'

/** Who broke an exchange off that was not answered in full. */
export type BrokenOff = 'client_disconnected' | 'response_aborted'

/**
 * Whether a server of Node holds the connection: it closes each of its responses, and its socket tells who broke
 * one off. Elsewhere a response is made by hand: by what brings a framework to AWS Lambda, or by `inject()`. It may
 * have no socket, or something like one; one that finishes may never close, and what was ended has arrived.
 */
export function isServed(req: IncomingMessage): boolean {
  // First, for over HTTP/2 `socket` is a proxy.
  return req.httpVersionMajor === 2 || (req.socket as Partial<ServedSocket> | null)?.server != null
}

/** Node tells each socket which server it belongs to. */
interface ServedSocket {
  readonly server: unknown
}

/**
 * Who broke an exchange off that has ended: the client, the server (`res.destroy()`, a stream that failed, a
 * time-out), or nobody, where it was answered in full.
 *
 * @param finished - whether `finish` was heard: without a connection it comes while `end` is still at work
 */
export function brokenOffBy(
  req: IncomingMessage,
  res: ServerResponse,
  finished: boolean = res.writableEnded,
): BrokenOff | undefined {
  if (req.httpVersionMajor === 2) return streamBrokenOffBy(res as never)
  const { socket } = req
  if (finished && !isServed(req)) return undefined
  // After a reset in the middle of a large body Node still calls the response finished.
  if (res.writableEnded && res.writableFinished && !socket?.errored) return undefined
  // From Node 24 on, a response that waited in the pipeline is destroyed with ECONNRESET when the client leaves.
  const serverFailed = res.errored && (res.errored as NodeJS.ErrnoException).code !== 'ECONNRESET'
  const clientLeft = !serverFailed && (socket?.readableEnded || Boolean(socket?.errored))
  return clientLeft ? 'client_disconnected' : 'response_aborted'
}

/**
 * Whether an exchange of `fetch` became a connection of another protocol (WebSocket), and so has no response. Deno
 * says 101. Bun and `@hono/node-ws` have upgraded by themselves, and want something empty to be handed back.
 */
export function wasUpgraded(request: Request, response: Response): boolean {
  if (response.status === SWITCHING_PROTOCOLS) return true
  return wantsWebSocket(request) && response.status === 200 && response.body === null
}

export function wantsWebSocket(request: Request): boolean {
  return request.headers.get('upgrade')?.toLowerCase() === 'websocket'
}

const SWITCHING_PROTOCOLS = 101
const INTERNAL_ERROR = 2
const CANCEL = 8

/** The part of `Http2ServerResponse` that is used here. */
interface StreamResponse {
  readonly writableEnded: boolean
  readonly writableFinished: boolean
  readonly stream?: { readonly rstCode: number; readonly writableFinished: boolean }
}

/**
 * HTTP/2: a reset by the client ends the stream on our side, so that the response is called finished. One that
 * the server destroyed is not finished, with the code 0 or 2; `INTERNAL_ERROR` is what a failed stream sends.
 */
function streamBrokenOffBy(res: StreamResponse): BrokenOff | undefined {
  if (res.writableEnded && res.writableFinished) return undefined
  const { rstCode, writableFinished } = res.stream ?? { rstCode: CANCEL, writableFinished: false }
  const clientLeft = rstCode === CANCEL || (writableFinished && rstCode !== INTERNAL_ERROR)
  return clientLeft ? 'client_disconnected' : 'response_aborted'
}
