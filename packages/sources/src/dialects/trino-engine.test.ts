import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { sqlSource } from '../sql/sql-source.ts'
import { trino, trinoEngine } from './trino.ts'

type Answer = string | ((response: ServerResponse, request: IncomingMessage) => void)

const stops: Array<() => void> = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** A server on loopback that answers by method and path, and writes down what it was asked. */
async function serverOf(answers: (url: string) => Readonly<Record<string, Answer>>) {
  const asked: Array<{ readonly what: string; readonly headers: IncomingMessage['headers'] }> = []
  const server = createServer((request, response) => {
    const what = `${request.method} ${request.url}`
    asked.push({ what, headers: request.headers })
    const known = answers(url)
    const answer = Object.hasOwn(known, what) ? known[what]! : ''
    if (typeof answer === 'string') response.end(answer)
    else answer(response, request)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stops.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url, asked, whats: () => asked.map(({ what }) => what) }
}

const SECRET = { Authorization: 'Basic c2VjcmV0' }
const engineOf = (url: string) => trinoEngine({ url, user: 'drift', headers: SECRET })
const rowsOf = async (url: string) => (await engineOf(url).query('SELECT 1')) as { rows: unknown[] }

test('gathers the rows of all pages, under the names that come before them', async () => {
  const { url, whats } = await serverOf((url) => ({
    'POST /v1/statement': `{"id":"q","nextUri":"${url}/v1/a","stats":{}}`,
    'GET /v1/a': `{"columns":[{"name":"n"},{"name":"__proto__"}],"data":[[1,"x"]],"nextUri":"${url}/v1/b"}`,
    'GET /v1/b': `{"columns":[{"name":"n"},{"name":"__proto__"}],"data":[[2,null]]}`,
  }))
  const { rows } = await rowsOf(url)
  expect(rows.map((row) => Object.entries(row as object))).toEqual([
    [
      ['n', 1],
      ['__proto__', 'x'],
    ],
    [
      ['n', 2],
      ['__proto__', null],
    ],
  ])
  expect(whats()).toEqual(['POST /v1/statement', 'GET /v1/a', 'GET /v1/b'])
})

test('an error in the body of a 200 is one', async () => {
  const { url } = await serverOf(() => ({
    'POST /v1/statement': `{"error":{"errorName":"TABLE_NOT_FOUND","message":"line 1:15: no such table"}}`,
  }))
  await expect(rowsOf(url)).rejects.toThrow('TABLE_NOT_FOUND: line 1:15: no such table')
})

test('keeps the digits of a whole number beyond 2^53, and leaves a text alone that holds one', async () => {
  const { url } = await serverOf(() => ({
    'POST /v1/statement': String.raw`{"columns":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"},{"name":"e"}],
      "data":[[9007199254740993, -9223372036854775808, "[1234567890123456789, 9007199254740993]", "\",9007199254740993,\\", 1.234567890123456789E18],
        [12,9007199254740993,"",",9007199254740993]",0.12345678901234566]]}`,
  }))
  const { rows } = await rowsOf(url)
  expect(rows).toEqual([
    {
      a: '9007199254740993',
      b: '-9223372036854775808',
      c: '[1234567890123456789, 9007199254740993]',
      d: '",9007199254740993,\\',
      e: 1.2345678901234568e18,
    },
    { a: 12, b: '9007199254740993', c: '', d: ',9007199254740993]', e: 0.12345678901234566 },
  ])
})

test.each([429, 502, 503, 504])('asks again where the answer is %i', async (status) => {
  let busy = 2
  const { url, whats } = await serverOf(() => ({
    'POST /v1/statement': (response) => {
      response.statusCode = busy-- > 0 ? status : 200
      response.end('{"columns":[{"name":"n"}],"data":[[1]]}')
    },
  }))
  expect(await rowsOf(url)).toEqual({ rows: [{ n: 1 }] })
  expect(whats()).toHaveLength(3)
})

test('who may not is told so', async () => {
  const { url, whats } = await serverOf(() => ({
    'POST /v1/statement': (response) => {
      response.statusCode = 401
      response.end('Unauthorized')
    },
  }))
  await expect(rowsOf(url)).rejects.toMatchObject({
    code: 'ERR_SOURCE',
    message: 'Trino answers 401: Unauthorized',
  })
  expect(whats()).toHaveLength(1)
})

test('sends nothing to another host that a page names, and ends the query', async () => {
  const other = await serverOf(() => ({}))
  const { url, whats } = await serverOf((url) => ({
    'POST /v1/statement': `{"nextUri":"${url}/v1/a"}`,
    'GET /v1/a': `{"nextUri":"${other.url}/v1/b"}`,
  }))
  await expect(rowsOf(url)).rejects.toMatchObject({
    code: 'ERR_SOURCE',
    message: `Trino sends on from ${url} to ${other.url}`,
  })
  expect(other.asked).toEqual([])
  expect(whats()).toEqual(['POST /v1/statement', 'GET /v1/a', 'DELETE /v1/a'])
})

test('sends nothing unencrypted once it was encrypted', async () => {
  const asked: string[] = []
  const send: typeof fetch = async (target) => {
    asked.push(String(target))
    return new Response('{"nextUri":"http://trino.example/v1/a"}')
  }
  const engine = trinoEngine({ url: 'https://trino.example', user: 'drift', fetch: send })
  await expect(engine.query('SELECT 1')).rejects.toThrow(/process-forwarded=true/)
  expect(asked).toEqual(['https://trino.example/v1/statement'])
})

test('follows no redirection', async () => {
  const other = await serverOf(() => ({}))
  const { url } = await serverOf(() => ({
    'POST /v1/statement': (response) => {
      response.writeHead(307, { Location: `${other.url}/v1/statement` }).end()
    },
  }))
  await expect(rowsOf(url)).rejects.toThrow()
  expect(other.asked).toEqual([])
})

test.each(['<html>Bad gateway</html>', '{"columns":[{"na', 'null', ''])(
  'an answer that is no page is an error: %s',
  async (body) => {
    const { url, whats } = await serverOf((url) => ({
      'POST /v1/statement': `{"nextUri":"${url}/v1/a"}`,
      'GET /v1/a': body,
    }))
    await expect(rowsOf(url)).rejects.toMatchObject({
      code: 'ERR_SOURCE',
      message: `no answer of Trino, but: ${body}`,
    })
    expect(whats().at(-1)).toBe('DELETE /v1/a')
  },
)

test('ends on the server what is aborted', async () => {
  const aborting = new AbortController()
  const { url, asked, whats } = await serverOf((url) => ({
    'POST /v1/statement': `{"nextUri":"${url}/v1/a"}`,
    'GET /v1/a': () => aborting.abort(), // and no answer
  }))
  const running = engineOf(url).queryUntil!('SELECT 1', aborting.signal)
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  expect(whats()).toEqual(['POST /v1/statement', 'GET /v1/a', 'DELETE /v1/a'])
  expect(asked.at(-1)!.headers.authorization).toBe(SECRET.Authorization)
})

test('waits no longer once it is aborted, for a server that is busy', async () => {
  const aborting = new AbortController()
  const { url } = await serverOf(() => ({
    'POST /v1/statement': (response) => {
      response.statusCode = 503
      response.end()
      aborting.abort()
    },
  }))
  const running = engineOf(url).queryUntil!('SELECT 1', aborting.signal)
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
})

test('a server that is not there is named by what the system says', async () => {
  const { url } = await serverOf(() => ({}))
  for (const stop of stops.splice(0)) stop()
  const source = sqlSource({ engine: engineOf(url), dialect: trino, from: 't' })
  await expect(source.shape()).rejects.toMatchObject({
    code: 'ERR_SOURCE',
    message: expect.stringMatching(/^t: fetch failed: connect ECONNREFUSED 127\.0\.0\.1:\d+$/),
  })
})

test.each([
  ['localhost:8080', /"url" must be an address/],
  ['', /"url" must be an address/],
  ['http://drift:hush@trino.example', /without a user and a password/],
])('refuses the address %s', (url, message) => {
  const make = () => trinoEngine({ url, user: 'drift' })
  expect(make).toThrow(message)
  expect(make).not.toThrow(/hush/)
})
