import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { htmlReport, jsonReport, parseReport, reportPolicy } from '@tidegauge/reporters'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  fetchMonitorHandler,
  type MonitorHandlerOptions,
  monitorHandler,
} from '../src/page/handler.ts'
import { FLIGHT, flightMonitor } from './flight-monitor.ts'
import { ask, listen, rawClient } from './loopback.ts'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const REPORTERS = {
  html: { render: htmlReport, headers: { 'Content-Security-Policy': reportPolicy() } },
  json: jsonReport,
}

/** Serves a monitor that has seen flights; `checks` counts how often its window was compared. */
async function serve(options: Partial<MonitorHandlerOptions> = {}) {
  const monitor = flightMonitor()
  for (let i = 0; i < 300; i++) monitor.observe({ ...FLIGHT, distance: i })
  const check = vi.spyOn(monitor, 'check')
  const errors: unknown[] = []
  const handler = monitorHandler(monitor, {
    reporters: REPORTERS,
    onError: (error) => errors.push(error),
    ...options,
  })
  const loopback = await listen(handler)
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    ask(loopback.origin, { method, headers })
  return { ...loopback, monitor, check, errors, get }
}

describe('the live window', () => {
  test('is a page for a browser, under its policy', async () => {
    const { get } = await serve()
    const { status, headers, text } = await get({ accept: BROWSER })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'content-security-policy': reportPolicy(),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      vary: 'Accept',
    })
    expect(headers.refresh).toBeUndefined()
    expect(text).toMatch(/^<!doctype html>/)
    expect(text).toContain('distance')
  })

  test('tells its tab from those of other models, and of another reference', async () => {
    const { get, monitor } = await serve()
    const { text } = await get({ accept: BROWSER })
    const { model, referenceId } = monitor
    expect(text).toContain(`<title>Live drift of ${model}, reference ${referenceId}</title>`)
  })

  test('is JSON for a program: the report of that moment', async () => {
    const { get, monitor } = await serve()
    const { status, headers, text } = await get()
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      vary: 'Accept',
    })
    expect(headers['content-security-policy']).toBeUndefined()
    const shown = parseReport(text)
    expect(shown.current.rows).toBe(300)
    expect(shown.columns).toEqual(monitor.check().columns)
  })

  test('is neither for who takes neither: 406', async () => {
    const { get, check } = await serve()
    const { status, headers, text } = await get({ accept: 'image/png' })
    expect([status, headers.vary]).toEqual([406, 'Accept'])
    expect(text).toBe('There is text/html and application/json.\n')
    expect(check).not.toHaveBeenCalled()
  })

  test.each([BROWSER, 'application/json'])(
    'has the same headers for HEAD, and nothing else: %s',
    async (accept) => {
      const { get } = await serve()
      const { date, ...expected } = (await get({ accept })).headers
      const { status, headers, text } = await get({ accept }, 'HEAD')
      expect([status, text]).toEqual([200, ''])
      expect(headers).toMatchObject(expected)
    },
  )

  test('is shown before anything was counted', async () => {
    const monitor = flightMonitor()
    const { origin } = await listen(monitorHandler(monitor, { reporters: REPORTERS }))
    const { status, text } = await ask(origin)
    expect(status).toBe(200)
    expect(parseReport(text)).toMatchObject({ evaluatedFeatures: 0, current: { rows: 0 } })
    expect((await ask(origin, { headers: { accept: BROWSER } })).status).toBe(200)
  })

  test('shows hostile categories as text', async () => {
    const { get, monitor } = await serve()
    const script = '</script><script>alert(1)</script>'
    for (let i = 0; i < 300; i++) monitor.observe({ ...FLIGHT, carrier: script })
    const { text } = await get({ accept: BROWSER })
    expect(text).not.toContain('<script>alert')
  })

  test('is loaded anew where that was asked for, the page alone', async () => {
    const reporters = { html: () => '<p>mine', json: jsonReport }
    const { get } = await serve({ refreshSeconds: 30, reporters })
    expect((await get({ accept: BROWSER })).headers.refresh).toBe('30')
    expect((await get()).headers.refresh).toBeUndefined()
  })

  test('is also shown by monitor.handler()', async () => {
    const { origin } = await listen(flightMonitor().handler({ reporters: REPORTERS }))
    expect((await ask(origin)).status).toBe(200)
  })
})

describe('reloads', () => {
  test('within the time check and render once', async () => {
    const html = vi.fn(htmlReport)
    const { get, check } = await serve({ reporters: { html, json: jsonReport }, cacheSeconds: 60 })
    const pages = await Promise.all(Array.from({ length: 20 }, () => get({ accept: BROWSER })))
    expect(new Set(pages.map(({ text }) => text)).size).toBe(1)
    await get()
    expect(check).toHaveBeenCalledOnce()
    expect(html).toHaveBeenCalledOnce()
  })

  test('after it see what was counted meanwhile', async () => {
    const { get, monitor } = await serve({ cacheSeconds: 0.02 })
    await get()
    monitor.observe(FLIGHT)
    await expect.poll(async () => parseReport((await get()).text).current.rows).toBe(301)
  })

  test('without it always check', async () => {
    const { get, check } = await serve({ cacheSeconds: 0 })
    await get()
    await get()
    expect(check).toHaveBeenCalledTimes(2)
  })

  test('see another reference at once', async () => {
    const { get, monitor } = await serve({ cacheSeconds: 60 })
    expect(parseReport((await get()).text).current.rows).toBe(300)
    const reference = monitor.window()
    monitor.replaceReference(reference)
    expect(parseReport((await get()).text).current.rows).toBe(0)
  })
})

describe('who may not read', () => {
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    '%s is answered with 405',
    async (method) => {
      const { get, check } = await serve()
      const { status, headers } = await get({}, method)
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
      expect(check).not.toHaveBeenCalled()
    },
  )

  test.each([
    [401, undefined],
    [401, 'Bearer wrong'],
    [401, 'Basic s3cret'],
    [200, 'Bearer s3cret'],
  ])('a token is asked for: %d for %s', async (expected, authorization) => {
    const { get, check } = await serve({ token: 's3cret' })
    const { status, headers, text } = await get(authorization ? { authorization } : {})
    expect(status).toBe(expected)
    expect(headers['www-authenticate']).toBe(expected === 401 ? 'Bearer' : undefined)
    expect(text.includes('distance')).toBe(expected === 200)
    expect(check).toHaveBeenCalledTimes(expected === 200 ? 1 : 0)
  })

  test.each([
    ['X-Forwarded-For', '127.0.0.1'],
    ['Forwarded', 'for=127.0.0.1'],
    ['X-Real-IP', '127.0.0.1'],
    ['Host', 'rebound.example'],
    ['Host', 'localhost.rebound.example:80'],
    ['Via', '1.1 proxy'],
    ['CF-Connecting-IP', '127.0.0.1'],
    ['Origin', 'https://evil.example'],
    ['Origin', 'null'],
    ['Sec-Fetch-Site', 'cross-site'],
  ])('without a token 403 for what came from elsewhere, by %s: %s', async (name, value) => {
    const { get, check } = await serve()
    expect((await get({ [name]: value })).status).toBe(403)
    expect((await get({ host: 'localhost:8080' })).status).toBe(200)
    expect(check).toHaveBeenCalledOnce()
  })

  test('everybody may where that is said', async () => {
    const { get } = await serve({ loopbackOnly: false })
    expect((await get({ host: 'flights:3000', 'x-forwarded-for': '10.0.0.1' })).status).toBe(200)
  })

  test.each([
    [200, '127.0.0.1', 'http://localhost/'],
    [200, '::1', 'http://[::1]:3000/'],
    [403, '127.0.0.1', 'http://rebound.example/'],
    [403, '10.0.0.1', 'http://localhost/'],
    [403, undefined, 'http://localhost/'],
  ])('as Request and Response: %d for %s at %s', (status, remoteAddress, url) => {
    const handler = fetchMonitorHandler(flightMonitor(), { reporters: REPORTERS })
    expect(handler(new Request(url), { remoteAddress }).status).toBe(status)
  })
})

describe('what fails', () => {
  test('in the check is a plain 500, told of, and the next one is good', async () => {
    const { get, check, errors } = await serve()
    check.mockImplementationOnce(() => {
      throw new Error('secret detail')
    })
    const { status, headers, text } = await get({ accept: BROWSER })
    expect([status, headers['content-type']]).toEqual([500, 'text/plain; charset=utf-8'])
    expect(text).not.toContain('secret')
    expect(errors).toEqual([new Error('secret detail')])
    expect((await get({ accept: BROWSER })).status).toBe(200)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('"json" is broken')
      },
    ],
    ['gives no text', () => Promise.resolve('"json"') as never],
  ])('since a reporter %s is a 500, and told of', async (_, json) => {
    const { get, errors } = await serve({ reporters: { json } })
    expect((await get()).status).toBe(500)
    expect(String(errors)).toContain('json')
  })

  test('is a process warning, once, where nobody is told', async () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warnings.mockRestore())
    const json = () => {
      throw new Error('gone')
    }
    const { origin } = await listen(monitorHandler(flightMonitor(), { reporters: { json } }))
    for (let i = 0; i < 3; i++) expect((await ask(origin)).status).toBe(500)
    expect(warnings.mock.calls).toEqual([
      [
        'the live report could not be shown: gone',
        { type: 'TidegaugeWarning', code: 'TIDEGAUGE_MONITOR_FAILED' },
      ],
    ])
  })

  test('since something has answered before does no harm', async () => {
    const handler = monitorHandler(flightMonitor(), { reporters: REPORTERS })
    const { origin } = await listen((req, res) => {
      res.end('mine')
      handler(req, res)
    })
    expect((await ask(origin)).text).toBe('mine')
  })

  test('since its reader leaves does no harm', async () => {
    const loopback = await serve()
    for (let i = 0; i < 5; i++) {
      const client = await rawClient(loopback)
      client.write(`GET / HTTP/1.1\r\nHost: localhost\r\nAccept: ${BROWSER}\r\n\r\n`)
      if (i > 2) await delay(i)
      client.resetAndDestroy()
    }
    expect((await loopback.get()).status).toBe(200)
    expect(loopback.errors).toEqual([])
  })
})

describe('stands in', () => {
  const options = { reporters: REPORTERS }

  async function expectPage(origin: string) {
    const { status, headers, text } = await ask(`${origin}/drift`, { headers: { accept: BROWSER } })
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(text).toContain('</html>')
  }

  test('Express', async () => {
    const app = express()
    app.get('/drift', monitorHandler(flightMonitor(), options))
    await expectPage((await listen(app)).origin)
  })

  test('Fastify', async () => {
    const live = monitorHandler(flightMonitor(), options)
    const app = fastify({ forceCloseConnections: true })
    app.get('/drift', (request, reply) => {
      reply.hijack()
      live(request.raw, reply.raw)
    })
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => app.close())
    await expectPage(origin)
  })

  test('Koa', async () => {
    const live = monitorHandler(flightMonitor(), options)
    const app = new Koa()
    app.use((ctx) => {
      ctx.respond = false
      live(ctx.req, ctx.res)
    })
    await expectPage((await listen(app.callback())).origin)
  })

  test('Hono, as Request and Response', async () => {
    const live = fetchMonitorHandler(flightMonitor(), { ...options, token: 's3cret' })
    const app = new Hono()
    app.get('/drift', (c) => live(c.req.raw))
    const headers = { authorization: 'Bearer s3cret' }
    const response = await app.request('/drift', { headers })
    expect(parseReport(await response.text()).format).toBe('tidegauge.drift-report')
    const head = await app.request('/drift', { headers, method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await app.request('/drift')).status).toBe(401)
  })

  test('HTTP/2, where the name is another header', async () => {
    const server = createHttp2Server()
    const live = monitorHandler(flightMonitor(), options)
    server.on('request', (req, res) => live(req as never, res as never))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.close()
      server.close()
    })
    const statusOf = (headers: object) =>
      new Promise((resolve) => {
        const stream = client.request({ ':path': '/drift', ...headers })
        stream.on('response', (answered) => resolve(answered[':status']))
        stream.resume()
      })
    expect(await statusOf({})).toBe(200)
    expect(await statusOf({ ':method': 'HEAD' })).toBe(200)
    expect(await statusOf({ ':authority': 'rebound.example' })).toBe(403)
  })
})

test.each([
  [undefined, '"options" must be an object of options'],
  [{}, '"reporters" must be { html, json }'],
  [{ reporters: {} }, '"reporters" must be { html, json }'],
  [{ reporters: { html: 'page' } }, '"reporters.html" must be a function'],
  [{ reporters: { json: null } }, '"reporters.json" must be a function'],
  [{ reporters: { json: { render: 1 } } }, '"reporters.json" must be a function'],
  [
    { reporters: { html: { render: htmlReport, headers: { 'X-A': 'a\nb' } } } },
    '"reporters.html.headers.X-A" must be a header',
  ],
  [
    { reporters: { html: { render: htmlReport, headers: { 'X-A': 'a\n' } } } },
    '"reporters.html.headers.X-A" must be a header',
  ],
  [
    { reporters: { html: { render: htmlReport, headers: { 'X-A': undefined } } } },
    '"reporters.html.headers.X-A" must be a header',
  ],
  [
    { reporters: { html: { render: htmlReport, headers: { 'X A': 'a' } } } },
    '"reporters.html.headers.X A" must be a header',
  ],
  [{ reporters: REPORTERS, cacheSeconds: -1 }, '"cacheSeconds" must be from 0'],
  [{ reporters: REPORTERS, cacheSeconds: Number.NaN }, '"cacheSeconds" must be from 0'],
  [{ reporters: REPORTERS, refreshSeconds: 0 }, '"refreshSeconds" must be a whole number'],
  [{ reporters: REPORTERS, refreshSeconds: '5; url=http://evil.example' }, '"refreshSeconds" must'],
  [{ reporters: REPORTERS, token: '' }, '"token" must be visible ASCII characters'],
])('the options %# are refused', (options, message) => {
  expect(() => monitorHandler(flightMonitor(), options as never)).toThrow(message)
})

test('what is no monitor is refused', () => {
  const build = () => monitorHandler({} as never, { reporters: REPORTERS })
  expect(build).toThrow('"monitor" must be a FeatureMonitor')
})
