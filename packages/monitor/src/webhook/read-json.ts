import type { IncomingMessage } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text: string
}

/** What a request brought, or how it is to be refused. */
export type JsonBody = { readonly json: unknown } | { readonly refusal: Answer }

/**
 * The JSON body of a request, or what a body parser left of it on `req.body`.
 *
 * @param maxBytes - nothing beyond is kept
 * @returns undefined where the request is broken off; never rejects
 */
export async function readJson(
  req: IncomingMessage & { readonly body?: unknown },
  maxBytes: number,
): Promise<JsonBody | undefined> {
  const {
    'content-type': type = '',
    'content-encoding': coding,
    'content-length': length,
  } = req.headers
  // A page of a foreign site can send any other type to this machine without being asked first.
  if (!/^application\/json\s*(?:;|$)/i.test(type)) return refused(NO_JSON)
  if (coding !== undefined && coding.toLowerCase() !== 'identity') return refused(ENCODED)
  if (Number(length) > maxBytes) return refused(TOO_LONG)
  if (req.readableEnded) return parsedBefore(req.body)
  const bytes = await readBytes(req, maxBytes)
  if (bytes === undefined || 'status' in bytes) return bytes && refused(bytes)
  return parse(bytes)
}

const NO_JSON: Answer = {
  status: 415,
  headers: { Accept: 'application/json' },
  text: 'The body must be application/json.\n',
}
const ENCODED: Answer = {
  status: 415,
  headers: { 'Accept-Encoding': 'identity' },
  text: 'The body must not be compressed.\n',
}
const TOO_LONG: Answer = { status: 413, text: 'The body is too long.\n' }
const MALFORMED: Answer = { status: 400, text: 'The body must be JSON in UTF-8.\n' }
const GONE: Answer = {
  status: 500,
  text: 'The body was read before it came here, and left no req.body.\n',
}

function refused(refusal: Answer): JsonBody {
  return { refusal }
}

function parsedBefore(body: unknown): JsonBody {
  if (typeof body !== 'object' || body === null) return refused(GONE)
  return body instanceof Uint8Array ? parse(body) : { json: body }
}

function parse(bytes: Uint8Array): JsonBody {
  try {
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch {
    return refused(MALFORMED)
  }
}

function readBytes(
  req: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array | Answer | undefined> {
  return new Promise((resolve) => {
    const pieces: Uint8Array[] = []
    let bytes = 0
    const take = (piece: Uint8Array): void => {
      bytes += piece.byteLength
      if (bytes <= maxBytes) {
        pieces.push(piece)
        return
      }
      pieces.length = 0
      // The rest flows on, to nobody: a client that is still writing would not read the answer.
      req.off('data', take)
      resolve(TOO_LONG)
    }
    req.on('data', take)
    req.once('end', () => resolve(Buffer.concat(pieces)))
    req.once('error', () => resolve(undefined))
    req.once('close', () => resolve(undefined))
  })
}
