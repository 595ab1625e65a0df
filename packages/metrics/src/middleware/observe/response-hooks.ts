import type { IncomingMessage, ServerResponse } from 'node:http'

/** Server-sent events: a response that is meant to stay open. */
export function isEventStream(res: ServerResponse): boolean {
  const type = res.getHeader('content-type')
  if (type !== undefined) return EVENT_STREAM.test(String(type))
  // `writeHead(200, { 'content-type': … })` keeps the headers as the text that is sent, and nowhere else.
  const { _header: text } = res as { _header?: unknown }
  return typeof text === 'string' && EVENT_STREAM_LINE.test(text)
}

type Method = (...args: unknown[]) => unknown

const EVENT_STREAM = /^\s*text\/event-stream\b/i
const EVENT_STREAM_LINE = /\r\ncontent-type:\s*text\/event-stream\b/i

/**
 * Calls back when a response begins that is sent in pieces: after its first `write` or `flushHeaders`. One
 * that `end` sends as a whole costs nothing but two properties.
 *
 * The properties are set before a framework changes the response's prototype, for afterwards they cost
 * microseconds. In HTTP/2 `writeHead` sends the headers, and is watched instead.
 */
export function onFirstPiece(req: IncomingMessage, res: ServerResponse, begun: () => void): void {
  if (req.httpVersionMajor === 2) {
    onHeaders(res, begun)
    return
  }
  let first = true
  const { write, flushHeaders } = res as unknown as { write: Method; flushHeaders: Method }
  res.write = function (this: ServerResponse, ...args: unknown[]) {
    const more = write.apply(this, args)
    if (first) {
      first = false
      begun()
    }
    return more
  } as ServerResponse['write']
  res.flushHeaders = function (this: ServerResponse): void {
    flushHeaders.call(this)
    if (first) {
      first = false
      begun()
    }
  }
}

/** Calls back at each `writeHead`, which `write`, `end` and `flushHeaders` call too. */
export function onHeaders(res: ServerResponse, sent: () => void): void {
  const { writeHead } = res as unknown as { writeHead: Method }
  res.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    const result = writeHead.apply(this, args)
    sent()
    return result
  } as ServerResponse['writeHead']
}

/** Tells the bytes of each piece of a response's body; also of those that HEAD leaves out. */
export function onBody(res: ServerResponse, piece: (bytes: number) => void): void {
  const { write, end } = res as unknown as { write: Method; end: Method }
  // The `end` of HTTP/2's response, and of light-my-request's, calls `write`.
  let inside = false
  const counted = (method: Method) =>
    function (this: ServerResponse, ...args: unknown[]) {
      if (inside) return method.apply(this, args)
      inside = true
      try {
        piece(sizeOf(args[0], args[1]))
        return method.apply(this, args)
      } finally {
        inside = false
      }
    }
  res.write = counted(write) as ServerResponse['write']
  res.end = counted(end) as ServerResponse['end']
}

/** Tells the bytes of each piece of a request's body that Node hands on. */
export function onRequestBody(req: IncomingMessage, piece: (bytes: number) => void): void {
  const { push } = req
  req.push = function (this: IncomingMessage, chunk: unknown, encoding?: BufferEncoding): boolean {
    piece(sizeOf(chunk, encoding))
    return push.call(this, chunk, encoding)
  }
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8')
  }
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0
}
