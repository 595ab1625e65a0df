import type { ServerResponse } from 'node:http'
import { detectDrift } from '@tidegauge/drift'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { httpServer } from '../../test/http-server.ts'
import { slackMessage } from './slack-text.ts'
import { verdictOf } from './verdict.ts'
import { webhook } from './webhook.ts'

const numbers = (n: number, shift = 0) =>
  Array.from({ length: n }, (_, i) => ((i * 37) % 100) + shift)

const report = detectDrift(
  { age: numbers(200), income: numbers(200), late: numbers(200) },
  { age: numbers(200, 60), income: numbers(200), late: numbers(200, 90) },
  { target: 'late', names: { reference: 'january', current: 'february' } },
)

const of = (n: number) => ({ a: numbers(n), b: numbers(n) })
const reportOf = (rows: number) => detectDrift(of(rows), of(rows))

function statuses(...codes: number[]) {
  let next = 0
  return httpServer((_, res) => void res.writeHead(codes[next++] ?? 200).end())
}

const failure = (
  promise: Promise<unknown>,
): Promise<Error & { code?: string; missing?: string[] }> =>
  promise.then(
    () => new Error('nothing failed'),
    (error) => error,
  )

test('a verdict is posted as JSON', async () => {
  const { url, seen } = await statuses()
  const destination = webhook({
    url: `${url}/hook?x=1`,
    token: 'tok-en',
    link: () => 'https://drift/1',
  })
  expect(await destination.send(report)).toEqual({ reportId: report.id, status: 200, leftOut: [] })
  const [request] = seen
  expect(request).toMatchObject({ method: 'POST', path: '/hook?x=1' })
  expect(request!.headers).toMatchObject({
    authorization: 'Bearer tok-en',
    'content-type': 'application/json',
    'idempotency-key': report.id,
  })
  expect(JSON.parse(request!.body)).toEqual({
    format: 'tidegauge.verdict',
    version: 1,
    reportId: report.id,
    action: 'ACTION',
    cause: 'share',
    reason: report.decision.reason,
    summary: `drift_share=0.50 -> ACTION ${report.decision.reason}`,
    reference: { name: 'january', rows: 200 },
    current: { name: 'february', rows: 200 },
    driftShare: 0.5,
    targetDrift: 1,
    predictionDrift: null,
    features: { judged: 2, drifted: 1, notJudged: 0 },
    driftedColumns: [
      { name: 'late', role: 'target', effect: expect.any(Number), reason: expect.any(String) },
      { name: 'age', role: 'feature', effect: expect.any(Number), reason: expect.any(String) },
    ],
    notJudgedColumns: [],
    link: 'https://drift/1',
  })
})

test('what is UNDECIDED has no share, and names what was not judged', () => {
  const verdict = verdictOf(reportOf(5))
  expect(verdict).toMatchObject({ action: 'UNDECIDED', driftShare: null })
  expect(verdict.features).toEqual({ judged: 0, drifted: 0, notJudged: 2 })
  expect(verdict.notJudgedColumns.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(slackMessage(verdict).text).toContain('Not judged: `a`, `b`')
  const few = numbers(200).map((x, i) => (i < 5 ? x : null))
  const table = { a: numbers(200), b: few, c: few, d: few }
  const some = detectDrift(table, table)
  expect(some.shareOfDriftedColumns).toBe(0)
  expect(verdictOf(some)).toMatchObject({ action: 'UNDECIDED', driftShare: null })
})

test('as a message for Slack', async () => {
  const { url, seen } = await statuses()
  await webhook({ url, body: 'slack', link: () => 'https://drift/?a=1&b=<|>' }).send(report)
  const { text, ...rest } = JSON.parse(seen[0]!.body)
  expect(rest).toEqual({ mrkdwn: true, link_names: 0, parse: 'none', unfurl_links: false })
  expect(text.split('\n')).toEqual([
    `:rotating_light: *ACTION* \`${report.decision.reason.replace('>', '&gt;')}\``,
    '`january` (200 rows) against `february` (200 rows)',
    expect.stringMatching(/^Drifted: `late` \(shift [\d.]+\), `age` \(shift [\d.]+\)$/),
    '<https://drift/?a=1&amp;b=%3C%7C%3E|The report>',
  ])
})

/** What is left of a message where Slack has taken out its code spans, whose text it shows as it is. */
const outsideOfCode = (text: string) => text.replace(/`[^`\n]+`/g, '')

test('no name of a column or a table is anything else in Slack than text', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '<!channel>',
      '<@U024BE7LH>',
      '<https://evil|click>',
      '@here',
      '*bold* _it_ ~no~ `code`',
      '```',
      '`',
      ' ',
      '',
      'a\n> quote\n:bomb:',
      '\u202egnp.exe',
    ),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
  )
  const verdict = verdictOf(report)
  const column = { ...verdict.driftedColumns[0]!, effect: 0.5 }
  const plain = (name: string) =>
    slackMessage({
      ...verdict,
      reason: name,
      reference: { name, rows: 1 },
      current: { name, rows: 1 },
      driftedColumns: [{ ...column, name }],
      notJudgedColumns: [{ ...column, name }],
    }).text
  const shown = outsideOfCode(plain('x'))
  fc.assert(
    fc.property(hostile, (name) => {
      const text = plain(name)
      expect(outsideOfCode(text)).toBe(shown)
      expect(text).not.toMatch(/<[^>]*>/)
    }),
  )
})

test('own JSON', async () => {
  const { url, seen } = await statuses()
  await webhook({ url, body: ({ action }, { id }) => ({ action, id }) }).send(report)
  expect(JSON.parse(seen[0]!.body)).toEqual({ action: 'ACTION', id: report.id })
})

test('a receiver that is busy, or hangs up, is asked again, and one that refuses is not', async () => {
  const busy = await statuses(503, 429, 200)
  expect((await webhook({ url: busy.url }).send(report)).status).toBe(200)
  let hung = 0
  const hangs = await httpServer((_, res) => void (hung++ === 0 ? res.destroy() : res.end()))
  expect((await webhook({ url: hangs.url }).send(report)).status).toBe(200)
  expect(hangs.seen.map(({ headers }) => headers['idempotency-key'])).toEqual([
    report.id,
    report.id,
  ])
  const never = await statuses(500, 500, 500)
  const error = await failure(webhook({ url: never.url, attempts: 2 }).send(report))
  expect(error).toMatchObject({
    code: 'ERR_CONNECT',
    message: `the webhook at ${never.url}: nothing more is said (500)`,
    missing: [`the verdict of ${report.id}`],
  })
  expect(never.seen).toHaveLength(2)
  const wrong = await statuses(400)
  await failure(webhook({ url: wrong.url }).send(report))
  expect(wrong.seen).toHaveLength(1)
})

test('a pause that the receiver asks for is kept', async () => {
  const times: number[] = []
  const { url } = await httpServer((_, res) => {
    times.push(performance.now())
    if (times.length === 1) res.writeHead(429, { 'Retry-After': '1' }).end()
    else res.end()
  })
  await webhook({ url }).send(report)
  expect(times[1]! - times[0]!).toBeGreaterThan(900)
})

test('reports arrive one after the other, and too many are refused at once', async () => {
  const held: ServerResponse[] = []
  const { url, seen } = await httpServer((_, res) => void held.push(res))
  const destination = webhook({ url, maxPending: 2 })
  const [first, second, third] = [100, 101, 102].map((rows) => reportOf(rows))
  const sendings = [destination.send(first!), destination.send(second!)]
  await expect.poll(() => seen.length).toBe(1)
  expect(destination.pending).toBe(2)
  const error = await failure(destination.send(third!))
  expect(error).toMatchObject({
    message: `the webhook at ${url}: 2 reports wait already, this one was not sent`,
    missing: [`the verdict of ${third!.id}`],
  })
  held[0]!.end()
  await expect.poll(() => held.length).toBe(2)
  held[1]!.end()
  await Promise.all(sendings)
  expect(destination.pending).toBe(0)
  expect(seen.map(({ body }) => JSON.parse(body).reportId)).toEqual([first!.id, second!.id])
})

test('the address is a secret: nothing of it but the host is told', async () => {
  const path = '/services/T024BE7LH/B0000SECRET/x9Y8z7w6v5u4'
  const { url } = await httpServer(({ path: asked, headers }, res) => {
    res.writeHead(404).end(`no_service at ${asked} ${headers.host}${asked} ${headers['x-key']}`)
  })
  const options = { url: `${url}${path}?key=q1w2e3`, headers: { 'X-Key': 'h3ader' } }
  const destination = webhook(options)
  const error = await failure(destination.send(report))
  const all = [destination.name, error.message, error.stack, String(error.cause)].join(' ')
  expect(error.message).toContain('no_service')
  expect(all).not.toMatch(/T024BE7LH|B0000SECRET|x9Y8z7w6v5u4|q1w2e3|h3ader/)
  const gone = webhook({ url: `http://127.0.0.1:9${path}`, attempts: 1 })
  expect((await failure(gone.send(report))).message).not.toContain('B0000SECRET')
})

test('it is not sent on to another host', async () => {
  const other = await statuses()
  const { url } = await httpServer(
    (_, res) => void res.writeHead(308, { Location: other.url }).end(),
  )
  const error = await failure(webhook({ url, token: 'tok-en' }).send(report))
  expect(error.message).toContain('it sends on to')
  expect(other.seen).toEqual([])
})

test('a signal ends the waiting', async () => {
  const { url } = await httpServer(() => {})
  const controller = new AbortController()
  const destination = webhook({ url })
  const sending = destination.send(report, controller)
  const waiting = destination.send(reportOf(100), controller)
  setImmediate(() => controller.abort(new Error('enough')))
  await expect(sending).rejects.toThrow('enough')
  await expect(waiting).rejects.toThrow('enough')
  expect(destination.pending).toBe(0)
})

test.each<[object, string]>([
  [{ url: 'hooks.slack.com/secret' }, '"url" must be an address'],
  [{ url: 'ftp://secret' }, 'received ftp:…'],
  [{ url: 'https://ann:secret@host' }, 'received https://…@host'],
  [{ body: 'teams' }, '"body" must be'],
  [{ link: 'https://drift' }, '"link" must be a function'],
  [{ token: 'sec ret\n' }, '"token" must be a text that a header can hold'],
  [{ headers: { 'X-Key': 'secret\r\nX: 1' } }, '"headers.X-Key" must be'],
  [{ maxPending: 0 }, '"maxPending" must be a whole number, at least 1'],
  [{ attempts: 1.5 }, '"attempts" must be a whole number, at least 1'],
  [{ timeLimit: -1 }, '"timeLimit" must be'],
])('%j is refused', (options, message) => {
  const make = () => webhook({ url: 'http://localhost', ...options })
  expect(make).toThrow(message)
  expect(make).not.toThrow(/secret|sec ret/)
})

test('a link that is none is refused, and nothing is sent', async () => {
  const { url, seen } = await statuses()
  const sending = webhook({ url, link: () => 'javascript:alert(1)' }).send(report)
  await expect(sending).rejects.toThrow('"link" must be a function that returns an address')
  expect(seen).toEqual([])
})
