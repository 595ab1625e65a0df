import type { IncomingMessage, ServerResponse } from 'node:http'

export type RawHandler = (req: IncomingMessage, res: ServerResponse) => void

/** What any framework's user can do with Node's own request and response; each stack serves these at `/raw/:name`. */
const RAW_HANDLERS: Readonly<Record<string, RawHandler>> = {
  ok: (_, res) => void res.end('ok'),
  empty(_, res) {
    res.writeHead(200)
    res.end()
  },
  /** Chunked, without a piece. */
  'empty-chunks'(_, res) {
    res.writeHead(200, { 'transfer-encoding': 'chunked' })
    res.end()
  },
  slow: (req, res) => void setTimeout(() => res.end('slow'), Number(query(req, 'ms') ?? 80)),
  /** Three pieces, then the end. */
  stream(_, res) {
    res.write('one')
    setTimeout(() => res.write('two'), 20)
    setTimeout(() => res.end('three'), 40)
  },
  /** Pieces until someone ends it. */
  endless(_, res) {
    res.on('error', () => {})
    res.write('begin')
    const timer = setInterval(() => res.write('more'), 10)
    res.once('close', () => clearInterval(timer))
  },
  /** An error status, and pieces until someone ends it. */
  'endless-error'(_, res) {
    res.statusCode = 503
    RAW_HANDLERS.endless!(_, res)
  },
  large: (_, res) => void res.end(Buffer.alloc(4 << 20, 'x')),
  destroy: (_, res) => void res.destroy(),
  'destroy-later': (_, res) => void setTimeout(() => res.destroy(), 20),
  'destroy-mid-stream'(_, res) {
    res.on('error', () => {})
    res.write('half')
    setTimeout(() => res.destroy(new Error('the source failed')), 20)
  },
  'destroy-socket'(req) {
    req.socket.destroy()
  },
  never: () => {},
  /** Answers when the client has long left. */
  late(_, res) {
    res.on('error', () => {})
    res.once('close', () => setTimeout(() => res.end('too late'), 10))
  },
  'ends-twice'(_, res) {
    res.on('error', () => {})
    res.end('one')
    res.end('two')
  },
  events(_, res) {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write('data: 1\n\n')
    const timer = setInterval(() => res.write('data: more\n\n'), 10)
    res.once('close', () => clearInterval(timer))
  },
  'early-hints'(_, res) {
    res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }, () => res.end('ok'))
  },
  processing(_, res) {
    res.writeProcessing()
    res.end('ok')
  },
  trailers(_, res) {
    res.writeHead(200, { trailer: 'x-sum' })
    res.write('body')
    res.addTrailers({ 'x-sum': '1' })
    res.end()
  },
  /** Answers when the body has been read. */
  upload(req, res) {
    let bytes = 0
    req.on('data', (piece: Buffer) => {
      bytes += piece.length
    })
    req.on('error', () => {})
    req.on('end', () => res.end(String(bytes)))
  },
  /** Answers without reading the body. */
  refuse: (_, res) => void res.writeHead(413, { connection: 'close' }).end('too large'),
  timeout(_, res) {
    res.setTimeout(30, () => res.destroy())
  },
}

function query({ url }: IncomingMessage, name: string): string | undefined {
  return new URL(url ?? '/', 'http://localhost').searchParams.get(name) ?? undefined
}

/** @returns what the handler at `/raw/<name>` is, or undefined */
export function rawHandlerAt(path: string): RawHandler | undefined {
  const name = /^\/raw\/([a-z-]+)/.exec(path)?.[1]
  return name !== undefined && Object.hasOwn(RAW_HANDLERS, name) ? RAW_HANDLERS[name] : undefined
}
