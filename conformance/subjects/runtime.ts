import { latencyRecorder } from '@tidegauge/metrics'
import { latencyMiddleware } from '@tidegauge/metrics/hono'
import { CASES, type Case } from '../cases.ts'
import { buildHono } from '../stacks/hono.ts'
import { getAt, type Subject } from './subject.ts'
import { countsOf } from './tidegauge.ts'

/** What is used here of Bun and Deno. */
interface Runtime {
  readonly Bun?: {
    serve(options: object): { readonly port: number; stop(force: boolean): Promise<void> }
  }
  readonly Deno?: {
    serve(
      options: object,
      fetch: (request: Request, info: object) => Response | Promise<Response>,
    ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> }
  }
}
const { Bun, Deno } = globalThis as unknown as Runtime

/** The runtime that this process is, where it serves by `fetch`. */
const RUNTIME: 'bun' | 'deno' | undefined = Bun ? 'bun' : Deno ? 'deno' : undefined

/** The name of Hono on the runtime's own server. */
export const FETCH_SERVER = 'hono by fetch'

/** Cases on it alone. */
export const FETCH_CASES: readonly Case[] = [
  ...CASES.filter(
    ({ stacks, nodeAlone, notOn = [] }) =>
      (stacks?.includes('hono') ?? true) && !nodeAlone && !notOn.some((name) => name === RUNTIME),
  ),
  {
    title: 'a WebSocket over Hono is no request, and a request beside it is one',
    red: 'upgrades are counted',
    async overSocket({ connect, get }) {
      const client = await connect()
      client.say(
        'GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      )
      await client.heard(/101 Switching.*hello/s)
      await get('/hello')
      client.leave()
    },
    counts: { 'GET /hello 200': 1 },
  },
]

/** Our middleware on Hono, on the server of Bun or Deno. */
export const honoByFetch: Subject = {
  name: FETCH_SERVER,
  stack: 'hono',
  errorTypes: true,
  routes: true,
  async start() {
    const recorder = latencyRecorder()
    // Each of them loads on its own runtime alone.
    const { upgradeWebSocket } = await (Deno ? import('hono/deno') : import('hono/bun'))
    const app = buildHono((app) => {
      app.use(latencyMiddleware({ recorder }))
      app.get(
        '/socket',
        upgradeWebSocket(() => ({ onOpen: (_, socket) => socket.send('hello') })),
      )
    })
    const server = await serve((request, env) => app.fetch(request, env as never))
    return {
      port: server.port,
      get: getAt(server.port),
      counts: async () => countsOf(recorder),
      inFlight: () => recorder.activeRequests,
      stop: server.stop,
    }
  },
}

async function serve(
  fetch: (request: Request, env: object) => Response | Promise<Response>,
): Promise<{ port: number; stop(): Promise<void> }> {
  const address = { port: 0, hostname: '127.0.0.1' }
  if (Bun !== undefined) {
    const { websocket } = await import('hono/bun')
    const server = Bun.serve({ ...address, fetch, websocket, idleTimeout: 60 })
    return { port: server.port, stop: () => server.stop(true) }
  }
  const server = Deno!.serve({ ...address, onListen() {} }, (request, info) => fetch(request, info))
  // It waits for what still streams; nobody listens any more.
  return { port: server.addr.port, stop: async () => void server.shutdown().catch(() => {}) }
}
