import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type LatencyRecorderOptions, latencyRecorder } from '../src/index.ts'
import { type InstrumentServerOptions, instrumentServer } from '../src/middleware/node.ts'
import { observed, outcomes, totalOf } from './loopback.ts'

const route = ({ url }: { url?: string | undefined }): string | undefined =>
  url?.startsWith('/users/') ? '/users/:id' : undefined

type Handler = (req: Http2ServerRequest, res: Http2ServerResponse) => void

/** A server of the compatibility API, and one session to it. */
async function session(
  handler: Handler,
  {
    recording,
    ...options
  }: Partial<InstrumentServerOptions> & {
    recording?: LatencyRecorderOptions
  } = {},
) {
  const recorder = latencyRecorder(recording)
  const server = createServer(handler)
  instrumentServer(server, { recorder, route, ...options })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let socket: Socket | undefined
  const client = connect(`http://127.0.0.1:${port}`, {
    createConnection: () => {
      socket = connectSocket(port, '127.0.0.1')
      return socket
    },
  })
  client.on('error', () => {})
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  const ask = (path: string, headers: Record<string, string> = {}, body?: string) => {
    const stream = client.request({ ':path': path, ...headers }, { endStream: body === undefined })
    stream.on('error', () => {})
    if (body !== undefined) stream.end(body)
    return stream
  }
  return { recorder, client, socket: () => socket!, ask }
}

function textOf(stream: ClientHttp2Stream): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    stream.on('data', (chunk) => {
      text += chunk
    })
    stream.on('end', () => resolve(text))
  })
}

test('counts each stream under its method, route and status', async () => {
  const { recorder, ask } = await session((req, res) => {
    res.statusCode = req.method === 'POST' ? 201 : 200
    res.end('ok')
  })
  await Promise.all([
    textOf(ask('/users/1')),
    textOf(ask('/users/2?secret=1', { ':method': 'POST' }, 'body')),
    textOf(ask('/users/3', { ':method': 'HEAD' })),
    textOf(ask('/nope')),
  ])
  await expect
    .poll(() => outcomes(recorder))
    .toEqual({
      'GET /users/:id 200 -': 1,
      'POST /users/:id 201 -': 1,
      'HEAD /users/:id 200 -': 1,
      'GET - 200 -': 1,
    })
  expect(recorder.activeRequests).toBe(0)
})

const half: Handler = (_, res) => void res.write('half')
const large: Handler = (_, res) => void res.end(Buffer.alloc(20_000_000))

test.each([
  [
    'cancels the stream before the headers',
    () => {},
    (stream) => stream.close(constants.NGHTTP2_CANCEL),
  ],
  [
    'cancels the stream in the middle of the body',
    half,
    (stream) => stream.close(constants.NGHTTP2_CANCEL),
  ],
  [
    'closes the stream without an error',
    half,
    (stream) => stream.close(constants.NGHTTP2_NO_ERROR),
  ],
  ['destroys the session', half, (_, client) => client.destroy()],
  ['loses the connection', half, (_, __, socket) => socket.destroy()],
  [
    'cancels a large body after res.end()',
    large,
    (stream) => stream.close(constants.NGHTTP2_CANCEL),
  ],
  ['loses the connection in a large body', large, (_, __, socket) => socket.destroy()],
] as [
  string,
  Handler,
  (stream: ClientHttp2Stream, client: ClientHttp2Session, socket: Socket) => void,
][])('a client that %s counts as 499, once', async (_, handler, leave) => {
  let reached = 0
  const { recorder, client, socket, ask } = await session((req, res) => {
    reached++
    handler(req, res)
  })
  const stream = ask('/users/1') // paused: nobody reads it
  await expect.poll(() => reached).toBe(1)
  expect(recorder.activeRequests).toBe(1)
  await delay(20)
  leave(stream, client, socket())
  await expect
    .poll(() => outcomes(recorder))
    .toEqual({ 'GET /users/:id 499 client_disconnected': 1 })
  await delay(20)
  expect([observed(recorder), recorder.activeRequests]).toEqual([1, 0])
})

test.each([
  ['res.destroy() before the headers', (_, res) => res.destroy()],
  ['res.destroy(error)', (_, res) => res.once('error', () => {}).destroy(new Error('gone'))],
  [
    'a stream that is destroyed in the middle of the body',
    (_, res) => {
      res.write('half')
      setTimeout(() => res.stream.destroy(), 20)
    },
  ],
  [
    'a stream that fails in the middle of the body',
    (_, res) => {
      res.once('error', () => {}).write('half')
      setTimeout(() => res.stream.destroy(new Error('disk')), 20)
    },
  ],
  [
    'a stream that is closed with INTERNAL_ERROR',
    (_, res) => {
      res.once('error', () => {}).write('half')
      res.stream.on('error', () => {})
      setTimeout(() => res.stream.close(constants.NGHTTP2_INTERNAL_ERROR), 20)
    },
  ],
] as [string, Handler][])('%s counts as 500, for the server broke it off', async (_, handler) => {
  const { recorder, ask } = await session(handler)
  ask('/users/1').resume()
  await expect.poll(() => outcomes(recorder)).toEqual({ 'GET /users/:id 500 response_aborted': 1 })
  await delay(20)
  expect([observed(recorder), recorder.activeRequests]).toEqual([1, 0])
})

test('server-sent events are counted when their headers are sent', async () => {
  const { recorder, ask } = await session((_, res) => {
    setTimeout(() => res.writeHead(200, { 'Content-Type': 'text/event-stream' }), 40)
  })
  const stream = ask('/users/1')
  await new Promise((resolve) => stream.once('response', resolve))
  await expect.poll(() => outcomes(recorder)).toEqual({ 'GET /users/:id 200 -': 1 })
  expect(recorder.snapshot()[0]!.sum).toBeGreaterThan(0.035)
  expect(recorder.activeRequests).toBe(1)
  stream.close(constants.NGHTTP2_CANCEL)
  await expect.poll(() => recorder.activeRequests).toBe(0)
  expect(observed(recorder)).toBe(1)
})

test('sizes of bodies are counted once, with and without a Content-Length', async () => {
  const recording = { requestSize: true, responseSize: true, timeToHeaders: true }
  const { recorder, ask } = await session(
    (req, res) => {
      req.resume().on('end', () => {
        res.write('äö')
        res.end('123')
      })
    },
    { recording },
  )
  await textOf(ask('/users/1', { ':method': 'POST' }, 'abcde'))
  await textOf(ask('/users/1', { ':method': 'POST', 'content-length': '3' }, 'abc'))
  await textOf(ask('/users/1'))
  await expect.poll(() => observed(recorder)).toBe(3)
  expect(totalOf(recorder, 'requestSize')).toEqual({ observations: 3, sum: 8 })
  expect(totalOf(recorder, 'responseSize')).toEqual({ observations: 3, sum: 21 })
  expect(totalOf(recorder, 'timeToHeaders').observations).toBe(3)
})
