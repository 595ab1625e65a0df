import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type RawClient, rawClient, request } from './client.ts'
import type { StackName } from './stacks/stack.ts'
import type { Counts, Running, Subject } from './subjects/subject.ts'

/** One thing that any middleware must get right, over real sockets. */
export interface Case {
  readonly title: string
  /** A mutation of the middleware under which the case fails: `mutations.ts` shows that it does. */
  readonly red: string
  /** Default: all of them. */
  readonly stacks?: readonly StackName[]
  /** It is about what Node's request, response or server can do, and `fetch` cannot. */
  readonly nodeAlone?: true
  /** Not on these runtimes, where it cannot happen. */
  readonly notOn?: ReadonlyArray<'bun' | 'deno'>
  /** What is counted in the end, and nothing else. */
  readonly counts: Counts | ((stack: StackName) => Counts)
  /** What a client does that needs no connection: such cases are also run on hosts that have none. */
  readonly act?: Act
  readonly overSocket?: OverSocket
}

type Act = (service: Service) => Promise<void>
type OverSocket = (service: SocketService) => Promise<void>

/** A service under test, as a client meets it. */
export interface Service {
  get(path: string, init?: RequestInit): Promise<string>
  /** Waits until that many requests are under way; where the subject does not say, a moment. */
  underWay(requests: number): Promise<void>
  /** Waits until that many requests have been counted. */
  counted(requests: number): Promise<void>
}

export interface SocketService extends Service {
  readonly server: Server
  connect(): Promise<RawClient>
}

const RAW = '/raw/:name'
const LEFT = `GET ${RAW} 499 client_disconnected`
const BROKEN = `GET ${RAW} 500 response_aborted`
const CASE_BLIND: readonly StackName[] = ['node', 'express', 'express4', 'koa']

const gets =
  (...paths: string[]): Act =>
  async ({ get }) => {
    for (const path of paths) await get(path)
  }
const says =
  (text: string, hears: RegExp): OverSocket =>
  async ({ connect }) => {
    const client = await connect()
    client.say(text)
    await client.heard(hears)
    client.leave()
  }
/** Sends, waits until it is under way, and leaves. */
const leaves =
  (text: string, how: 'leave' | 'reset' = 'leave'): OverSocket =>
  async ({ connect, underWay }) => {
    const client = await connect()
    client.say(text)
    await underWay(1)
    client[how]()
  }
const leavesAfter =
  (path: string, hears: RegExp, how: 'leave' | 'reset' = 'leave'): OverSocket =>
  async ({ connect }) => {
    const client = await connect()
    client.say(request(path))
    await client.heard(hears)
    client[how]()
  }
const isCutOff =
  (path: string): OverSocket =>
  async ({ connect }) => {
    const client = await connect()
    client.say(request(path))
    await client.closed()
  }

export const CASES: readonly Case[] = [
  // Routes
  {
    title: 'a request is counted once, under its template',
    red: 'counted twice',
    act: gets('/hello'),
    counts: { 'GET /hello 200': 1 },
  },
  {
    title: 'values of parameters make no series',
    red: 'the path is the route',
    act: gets(...Array.from({ length: 10 }, (_, i) => `/users/${i}`)),
    counts: { 'GET /users/:id 200': 10 },
  },
  {
    title: 'a nested router keeps the parameters of its mount as a template: no tenant is a series',
    red: 'the path is the route, in Express',
    act: gets('/org/acme/users/1', '/org/globex/users/2', '/org/users/users/users'),
    counts: { 'GET /org/:org/users/:id 200': 3 },
  },
  {
    title: 'a query string is no part of the route',
    red: 'the path is the route',
    act: gets('/users/1?secret=a', '/hello?secret=b'),
    counts: { 'GET /users/:id 200': 1, 'GET /hello 200': 1 },
  },
  {
    title: 'an encoded path is matched as its template',
    red: 'the path is the route',
    act: gets('/users/a%20b%2Fc'),
    counts: { 'GET /users/:id 200': 1 },
  },
  {
    title: 'another case and a trailing slash are the same route, where the router says so',
    red: 'the path is the route',
    stacks: CASE_BLIND,
    act: gets('/HELLO', '/hello/'),
    counts: { 'GET /hello 200': 2 },
  },
  {
    title: 'a parameter that reads like a literal of the path is a parameter',
    red: 'the path is the route',
    act: gets('/users/users', '/users/:id'),
    counts: { 'GET /users/:id 200': 2 },
  },
  // Methods
  {
    title: 'a body that is posted and sent back',
    red: 'everything is GET',
    act: async ({ get }) => void (await get('/echo', { method: 'POST', body: 'x'.repeat(1000) })),
    counts: { 'POST /echo 201': 1 },
  },
  {
    title: 'HEAD is its own method, on the route of GET',
    red: 'everything is GET',
    act: async ({ get }) => void (await get('/hello', { method: 'HEAD' })),
    counts: { 'HEAD /hello 200': 1 },
  },
  {
    title: 'a route for all methods',
    red: 'the method is part of the route',
    act: async ({ get }) => {
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
        await get('/any', { method })
    },
    counts: Object.fromEntries(
      ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [`${method} /any 200`, 1]),
    ),
  },
  {
    title: 'a method that RFC 9110 does not know is _OTHER',
    red: 'everything is GET',
    overSocket: says(request('/any', 'PURGE'), /HTTP\/1.1 \d+/),
    counts: (stack) => (stack === 'fastify' ? { '_OTHER - 404': 1 } : { '_OTHER /any 200': 1 }),
  },
  {
    title: 'a known path with a wrong method is unmatched',
    red: 'the path is the route where none matched',
    act: async ({ get }) => void (await get('/hello', { method: 'DELETE' })),
    counts: { 'DELETE - 404': 1 },
  },
  // Status codes
  ...[201, 204, 302, 304, 404, 418, 503].map(
    (status): Case => ({
      title: `status ${status}`,
      red: 'everything is 200',
      act: gets(`/status/${status}`),
      counts: { [`GET /status/:status ${status}`]: 1 },
    }),
  ),
  {
    title: 'fifty paths that nobody serves are one series',
    red: 'the path is the route where none matched',
    act: gets(...Array.from({ length: 50 }, (_, i) => `/wp-admin/${i}.php`)),
    counts: { 'GET - 404': 50 },
  },
  {
    title: 'a path that nobody serves below a mount with a parameter names no tenant',
    red: 'the path is the route where none matched',
    act: gets('/org/acme/nothing', '/org/globex/nothing'),
    counts: { 'GET - 404': 2 },
  },
  {
    title: 'a middleware that answers itself names its mount at most, and no path',
    red: 'the path is the route where none matched',
    act: gets('/denied/acme', '/denied/globex'),
    counts: (stack) => {
      if (stack === 'fastify') return { 'GET /denied/:page 401': 2 }
      return stack === 'node' || stack === 'koa' ? { 'GET - 401': 2 } : { 'GET /denied 401': 2 }
    },
  },
  {
    title: 'what is mounted at a path, and knows nothing of routes, has that path',
    red: 'mounts are no routes',
    act: gets('/mounted', '/mounted/a/b', '/mounted?query={hello}'),
    counts: { 'GET /mounted 200': 3 },
  },
  // Errors
  {
    title: 'a handler that throws',
    red: 'errors are not counted',
    act: gets('/throw'),
    counts: { 'GET /throw 500': 1 },
  },
  {
    title: 'a handler that rejects',
    red: 'errors are not counted',
    act: gets('/reject'),
    counts: { 'GET /reject 500': 1 },
  },
  {
    title: "an error that the app's own handler answers",
    red: 'errors that were answered are 500',
    act: gets('/unprocessable'),
    counts: { 'GET /unprocessable 422': 1 },
  },
  // Bodies
  {
    title: 'a response without a body',
    red: 'counted twice',
    act: gets('/raw/empty'),
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  {
    title: 'a chunked response without a chunk',
    nodeAlone: true,
    red: 'counted at each end()',
    act: gets('/raw/empty-chunks'),
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  {
    title: 'a response in pieces',
    red: 'counted when the headers are sent',
    act: gets('/raw/stream'),
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  {
    title: 'four megabytes',
    red: 'counted when the headers are sent',
    act: gets('/raw/large'),
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  {
    title: 'a response that is ended twice',
    nodeAlone: true,
    red: 'counted at each end()',
    act: gets('/raw/ends-twice'),
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  {
    title: 'trailers',
    nodeAlone: true,
    red: 'counted at each end()',
    // Without a connection there are no chunks, and no trailers after them.
    overSocket: says(request('/raw/trailers'), /x-sum: 1/),
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  {
    title: 'an upload that is refused before it was read',
    red: 'everything is GET',
    overSocket: says(
      request('/raw/refuse', 'POST', ['Content-Length: 100000'], 'x'.repeat(1000)),
      /too large/,
    ),
    counts: { [`POST ${RAW} 413`]: 1 },
  },
  {
    title: 'HEAD of a response in pieces',
    red: 'counted when the headers are sent',
    // Hono answers HEAD by itself, whatever was sent already.
    stacks: ['node', 'express', 'express4', 'fastify', 'koa'],
    overSocket: says(request('/raw/stream', 'HEAD', ['Connection: close']), /200 OK/),
    counts: { [`HEAD ${RAW} 200`]: 1 },
  },
  // Informational responses
  {
    title: '103 Early Hints is not the answer',
    nodeAlone: true,
    red: 'counted at an informational response',
    act: gets('/raw/early-hints'),
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  {
    title: '102 Processing is not the answer',
    nodeAlone: true,
    red: 'counted at an informational response',
    act: gets('/raw/processing'),
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  {
    title: 'Expect: 100-continue is one exchange',
    nodeAlone: true,
    red: 'counted at an informational response',
    async overSocket({ connect }) {
      const client = await connect()
      client.say(request('/raw/upload', 'POST', ['Content-Length: 5', 'Expect: 100-continue']))
      await client.heard(/100 Continue/)
      client.say('12345')
      await client.heard(/200 OK/)
      client.leave()
    },
    counts: { [`POST ${RAW} 200`]: 1 },
  },
  // Clients that leave
  {
    title: 'a client that leaves before the headers is 499',
    red: 'counted at finish alone',
    overSocket: leaves(request('/raw/never')),
    counts: { [LEFT]: 1 },
  },
  {
    title: 'a client that resets the connection before the headers is 499',
    red: 'counted at finish alone',
    overSocket: leaves(request('/raw/never'), 'reset'),
    counts: { [LEFT]: 1 },
  },
  {
    title: 'a client that leaves in the middle of a stream is no 200',
    red: 'never broken off',
    overSocket: leavesAfter('/raw/endless', /more/),
    counts: { [LEFT]: 1 },
  },
  {
    title: 'a client that resets the connection in the middle of a stream is no 200',
    red: 'never broken off',
    overSocket: leavesAfter('/raw/endless', /more/, 'reset'),
    counts: { [LEFT]: 1 },
  },
  {
    title: 'an error status that was sent stays when the client leaves',
    red: 'a client that left is always 499',
    overSocket: leavesAfter('/raw/endless-error', /more/),
    counts: { [`GET ${RAW} 503 client_disconnected`]: 1 },
  },
  {
    title: 'an answer that comes when the client has left counts once, as 499',
    red: 'counted at finish alone',
    overSocket: leaves(request('/raw/late')),
    counts: { [LEFT]: 1 },
  },
  {
    title: 'a client that leaves in the middle of its upload',
    red: 'the server is always to blame',
    overSocket: leaves(request('/raw/upload', 'POST', ['Content-Length: 100'], 'half')),
    counts: { [`POST ${RAW} 499 client_disconnected`]: 1 },
  },
  {
    title: 'a client that closes its side and gets no answer',
    // Its server still means to answer such a client: nobody has left.
    notOn: ['deno'],
    red: 'the server is always to blame',
    async overSocket({ connect, underWay }) {
      const client = await connect()
      client.say(request('/raw/never'))
      await underWay(1)
      client.socket.end()
      await client.closed()
    },
    counts: { [LEFT]: 1 },
  },
  {
    title: 'fifty clients that leave at once',
    red: 'counted at finish alone',
    async overSocket({ connect, underWay }) {
      const clients = await Promise.all(Array.from({ length: 50 }, connect))
      for (const client of clients) client.say(request('/raw/never'))
      await underWay(50)
      for (const client of clients) client.leave()
    },
    counts: { [LEFT]: 50 },
  },
  // Servers that break off
  {
    title: 'res.destroy() before the headers is 500, and the server said so',
    nodeAlone: true,
    red: 'the client is always to blame',
    overSocket: isCutOff('/raw/destroy'),
    counts: { [BROKEN]: 1 },
  },
  {
    title: 'res.destroy() later on, before the headers',
    nodeAlone: true,
    red: 'the client is always to blame',
    overSocket: isCutOff('/raw/destroy-later'),
    counts: { [BROKEN]: 1 },
  },
  {
    title: 'a stream that the server breaks off is no 200',
    red: 'the client is always to blame',
    overSocket: isCutOff('/raw/destroy-mid-stream'),
    counts: { [BROKEN]: 1 },
  },
  {
    title: 'a handler that destroys the socket',
    nodeAlone: true,
    red: 'the client is always to blame',
    overSocket: isCutOff('/raw/destroy-socket'),
    counts: { [BROKEN]: 1 },
  },
  {
    title: 'a response that times out',
    nodeAlone: true,
    red: 'the client is always to blame',
    overSocket: isCutOff('/raw/timeout'),
    counts: { [BROKEN]: 1 },
  },
  // Streams that stay open
  {
    title: 'server-sent events are counted when they begin',
    red: 'event streams are counted when they close',
    async overSocket({ connect, counted }) {
      const client = await connect()
      client.say(request('/raw/events'))
      await client.heard(/more/)
      await counted(1)
      client.leave()
    },
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  // Connections
  {
    title: 'twenty requests on one connection',
    red: 'the first request of a connection alone',
    async overSocket({ connect, counted }) {
      const client = await connect()
      for (let i = 1; i <= 20; i++) {
        client.say(request('/hello'))
        await counted(i)
      }
      client.leave()
    },
    counts: { 'GET /hello 200': 20 },
  },
  {
    title: 'five pipelined requests, each with its status',
    nodeAlone: true,
    red: 'the first request of a connection alone',
    async overSocket({ connect }) {
      const client = await connect()
      const paths = ['/hello', '/raw/slow', '/status/418', '/users/1', '/nothing']
      client.say(paths.map((path) => request(path)).join(''))
      await client.heard(/404 Not Found/)
      client.leave()
    },
    counts: {
      'GET /hello 200': 1,
      [`GET ${RAW} 200`]: 1,
      'GET /status/:status 418': 1,
      'GET /users/:id 200': 1,
      'GET - 404': 1,
    },
  },
  {
    title: 'a client that leaves three pipelined requests behind',
    nodeAlone: true,
    red: 'pipelined responses are not watched',
    async overSocket({ connect, underWay }) {
      const client = await connect()
      client.say(request('/raw/never') + request('/raw/ok') + request('/raw/ok'))
      await underWay(3)
      client.leave()
    },
    counts: { [LEFT]: 3 },
  },
  {
    title: 'Connection: close',
    red: 'connections that end are left out',
    overSocket: says(request('/hello', 'GET', ['Connection: close']), /200 OK/),
    counts: { 'GET /hello 200': 1 },
  },
  {
    title: 'HTTP/1.0',
    red: 'connections that end are left out',
    overSocket: says('GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n', /200 OK/),
    counts: { 'GET /hello 200': 1 },
  },
  {
    title: 'a request in chunks with trailers',
    red: 'bodies in chunks are left out',
    overSocket: says(
      request(
        '/raw/upload',
        'POST',
        ['Transfer-Encoding: chunked'],
        '3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n',
      ),
      /\r\n\r\n.*3/s,
    ),
    counts: { [`POST ${RAW} 200`]: 1 },
  },
  {
    title: 'a request that comes in single bytes',
    red: 'counted by connection',
    async overSocket({ connect }) {
      const client = await connect()
      client.socket.setNoDelay(true)
      for (const byte of request('/hello')) {
        client.say(byte)
        await delay(1)
      }
      await client.heard(/200 OK/)
      client.leave()
    },
    counts: { 'GET /hello 200': 1 },
  },
  {
    title: 'twenty slow requests at once are under way, and then are not',
    red: 'requests under way are never over',
    async act({ get, underWay }) {
      const answers = Array.from({ length: 20 }, () => get('/raw/slow?ms=300'))
      await underWay(20)
      await Promise.all(answers)
    },
    counts: { [`GET ${RAW} 200`]: 20 },
  },
  {
    title: 'a thousand requests leave none under way',
    red: 'what has no connection is heard of when it closes alone',
    async act({ get }) {
      for (let i = 0; i < 50; i++) {
        await Promise.all(Array.from({ length: 20 }, () => get('/hello')))
      }
    },
    counts: { 'GET /hello 200': 1000 },
  },
  {
    title: 'server.close() lets requests end, and counts them',
    nodeAlone: true,
    red: 'counted on arrival',
    async overSocket({ server, get, underWay }) {
      const answer = get('/raw/slow?ms=150')
      await underWay(1)
      server.close()
      await answer
    },
    counts: { [`GET ${RAW} 200`]: 1 },
  },
  // What is no request
  {
    title: 'noise is no request',
    nodeAlone: true,
    red: 'counted by connection',
    overSocket: says('noise\r\n\r\n', /400 Bad Request/),
    counts: {},
  },
  {
    title: 'headers that are too long are no request',
    nodeAlone: true,
    red: 'counted by connection',
    overSocket: says(request('/hello', 'GET', [`X-Long: ${'x'.repeat(1 << 15)}`]), /431 /),
    counts: {},
  },
  {
    title: 'headers that never end are no request',
    red: 'counted by connection',
    async overSocket({ connect }) {
      const client = await connect()
      client.say('GET /hello HTTP/1.1\r\nHost: loc')
      await delay(30)
      client.leave()
    },
    counts: {},
  },
  {
    title: 'a connection without a word is no request',
    red: 'counted by connection',
    async overSocket({ connect }) {
      const client = await connect()
      await delay(10)
      client.leave()
    },
    counts: {},
  },
  {
    title: 'a WebSocket is no request, and a request beside it is one',
    nodeAlone: true,
    red: 'upgrades are counted',
    async overSocket({ server, connect, get }) {
      server.on('upgrade', (_req, socket) => {
        socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
        )
      })
      const client = await connect()
      client.say(request('/hello', 'GET', ['Connection: Upgrade', 'Upgrade: websocket']))
      await client.heard(/101 Switching/)
      await client.closed()
      await get('/hello')
    },
    counts: { 'GET /hello 200': 1 },
  },
  {
    title: 'an upgrade that nobody takes is a request like any other',
    nodeAlone: true,
    red: 'upgrades are left out, also those that nobody takes',
    overSocket: says(request('/hello', 'GET', ['Connection: Upgrade', 'Upgrade: h2c']), /200 OK/),
    counts: { 'GET /hello 200': 1 },
  },
  {
    title: 'CONNECT is no request where there is no proxy',
    nodeAlone: true,
    red: 'counted by connection',
    async overSocket({ connect }) {
      const client = await connect()
      client.say('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n')
      await client.closed()
    },
    counts: {},
  },
]

/** @throws Error that says what was counted instead */
export async function runCase(
  { act, overSocket, counts }: Case,
  running: Running,
  { stack, errorTypes, routes }: Pick<Subject, 'stack' | 'errorTypes' | 'routes'>,
): Promise<void> {
  const clients: RawClient[] = []
  const total = async () =>
    Object.values(await running.counts()).reduce((sum, count) => sum + count, 0)
  const service: Service = {
    get: running.get,
    async underWay(requests) {
      if (running.inFlight() === undefined) await delay(60)
      else
        await until(
          async () => running.inFlight() === requests,
          () => `${running.inFlight()} under way`,
        )
    },
    counted: (requests) =>
      until(
        async () => (await total()) === requests,
        async () => `counted ${await total()}`,
      ),
  }
  try {
    const traffic = async () => {
      await act?.(service)
      await overSocket?.({
        ...service,
        // A case that asks for it runs where there is one.
        server: running.server!,
        async connect() {
          const client = await rawClient(running.port!)
          clients.push(client)
          return client
        },
      })
    }
    await orGivenUp(traffic())
    const expected = typeof counts === 'function' ? counts(stack) : counts
    const wanted = sorted(comparable(expected, { errorTypes, routes }))
    const seen = async () => sorted(comparable(await running.counts(), { errorTypes, routes }))
    const isWanted = async () => (await seen()) === wanted && (running.inFlight() ?? 0) === 0
    const explain = async () =>
      `${await seen()}, ${running.inFlight() ?? '?'} under way; expected ${wanted}`
    await until(isWanted, explain)
    // And nothing more, when everything that could still be counted was.
    for (const client of clients) client.leave()
    await delay(25)
    if (!(await isWanted())) throw new Error(await explain())
  } finally {
    for (const client of clients) client.leave()
  }
}

/** A client that waits for what never comes would stop all cases behind it. */
async function orGivenUp(traffic: Promise<void>): Promise<void> {
  const over = new AbortController()
  const givenUp = delay(LONGEST_TRAFFIC, undefined, { signal: over.signal }).then(() => {
    throw new Error(`its traffic was not over after ${LONGEST_TRAFFIC / 1000} s`)
  })
  try {
    await Promise.race([traffic, givenUp])
  } finally {
    over.abort()
    givenUp.catch(() => {})
  }
}

const LONGEST_TRAFFIC = 30_000
const PATIENCE = 2000

async function until(
  holds: () => Promise<boolean>,
  explain: () => string | Promise<string>,
): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; !(await holds()); await delay(4)) {
    if (Date.now() > deadline) throw new Error(await explain())
  }
}

function sorted(counts: Counts): string {
  return JSON.stringify(Object.fromEntries(Object.entries(counts).sort()))
}

/** Leaves out what a subject does not say, and adds up what is the same without it. */
function comparable(
  counts: Counts,
  { errorTypes, routes }: Pick<Subject, 'errorTypes' | 'routes'>,
): Counts {
  const sums: Record<string, number> = {}
  for (const [key, count] of Object.entries(counts)) {
    const [method, route, status, errorType] = key.split(' ')
    const parts = [method, routes ? route : '-', status, errorTypes ? errorType : undefined]
    const name = parts.filter((part) => part !== undefined).join(' ')
    sums[name] = (sums[name] ?? 0) + count
  }
  return sums
}
