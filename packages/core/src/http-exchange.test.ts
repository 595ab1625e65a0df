import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { brokenOffBy, isServed, wasUpgraded } from './http-exchange.ts'

/** As an adapter for AWS Lambda makes them: with something that is hardly a socket. */
function byHand(): { req: IncomingMessage; res: ServerResponse } {
  const req = new IncomingMessage(new PassThrough() as never)
  const res = new ServerResponse(req)
  const written = (_data: unknown, _encoding: unknown, done?: () => void) => {
    done?.()
    return true
  }
  const nothing = () => {}
  res.assignSocket({
    _writableState: {},
    on: nothing,
    cork: nothing,
    uncork: nothing,
    destroy: nothing,
    write: written,
  } as never)
  return { req, res }
}

test('a request on a server of Node is served, one that was made by hand is not', async () => {
  const served = new Promise<boolean>((resolve) => {
    const server = createServer((req, res) => {
      resolve(isServed(req))
      res.end()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => {
      void fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })
  expect(await served).toBe(true)
  expect(isServed(byHand().req)).toBe(false)
})

test('what was ended without a connection has arrived, whatever its socket says', async () => {
  const { req, res } = byHand()
  res.end('hello')
  await new Promise((resolve) => setImmediate(resolve))
  // What one used to go by: that thing has no buffer to ask for.
  expect(res.writableFinished).toBe(false)
  expect(brokenOffBy(req, res)).toBeUndefined()
})

test('what was never ended without a connection was broken off by the server', () => {
  const { req, res } = byHand()
  res.write('half')
  res.destroy()
  expect(brokenOffBy(req, res)).toBe('response_aborted')
})

test.each<[string, boolean, ResponseInit, Record<string, string>, string | null]>([
  ['Bun and @hono/node-ws hand back nothing', true, {}, { upgrade: 'WebSocket' }, null],
  ['an upgrade that nobody took is answered', false, {}, { upgrade: 'websocket' }, 'hello'],
  ['an upgrade that was refused', false, { status: 426 }, { upgrade: 'websocket' }, null],
  ['an empty answer', false, {}, {}, null],
  ['another protocol that nobody speaks', false, {}, { upgrade: 'h2c' }, null],
])('%s', (_, upgraded, init, headers, body) => {
  const request = new Request('http://localhost', { headers })
  expect(wasUpgraded(request, new Response(body, init))).toBe(upgraded)
})

test("Deno's 101 is an upgrade", () => {
  // Node's own Response refuses that status.
  const response = { status: 101, body: null } as Response
  expect(wasUpgraded(new Request('http://localhost'), response)).toBe(true)
})
