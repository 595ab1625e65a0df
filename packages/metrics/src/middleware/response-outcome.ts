import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ErrorType } from '../recorder-reader.ts'

/**
 * Who broke a closed exchange off: the client, the server (`res.destroy()`, a stream that failed, a
 * time-out), or nobody, where it was answered in full.
 */
export function brokenOffBy(req: IncomingMessage, res: ServerResponse): ErrorType | undefined {
  if (req.httpVersionMajor === 2) return streamBrokenOffBy(res as never)
  const { socket } = req
  // After a reset in the middle of a large body Node still calls the response finished.
  if (res.writableEnded && res.writableFinished && !socket?.errored) return undefined
  // `inject()` of Fastify and others destroys a response that has ended, written or not.
  if (res.writableEnded && (res as { isLightMyRequest?: boolean }).isLightMyRequest)
    return undefined
  // From Node 24 on, a response that waited in the pipeline is destroyed with ECONNRESET when the client leaves.
  const serverFailed = res.errored && (res.errored as NodeJS.ErrnoException).code !== 'ECONNRESET'
  const clientLeft = !serverFailed && (socket?.readableEnded || Boolean(socket?.errored))
  return clientLeft ? 'client_disconnected' : 'response_aborted'
}

/** 499 where the client left, 500 where the server broke it off; an error status that was sent stays. */
export function statusCodeOf(res: ServerResponse, broken: ErrorType | undefined): number {
  if (broken === undefined || (res.headersSent && res.statusCode >= 400)) return res.statusCode
  return broken === 'client_disconnected' ? CLIENT_CLOSED_REQUEST : 500
}

/** As nginx calls it. */
export const CLIENT_CLOSED_REQUEST = 499

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
function streamBrokenOffBy(res: StreamResponse): ErrorType | undefined {
  if (res.writableEnded && res.writableFinished) return undefined
  const { rstCode, writableFinished } = res.stream ?? { rstCode: CANCEL, writableFinished: false }
  const clientLeft = rstCode === CANCEL || (writableFinished && rstCode !== INTERNAL_ERROR)
  return clientLeft ? 'client_disconnected' : 'response_aborted'
}
