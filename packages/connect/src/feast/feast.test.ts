import { expect, test } from 'vitest'
import { httpServer, json } from '../../test/http-server.ts'
import { feastOnline, feastSource } from './feast.ts'

/** As 0.67 really sends it: column by column, in an order of its own. */
const ANSWER = {
  metadata: { feature_names: ['customer_id', 'is_active', 'age', '__proto__'] },
  results: [
    { values: [1, 2, 3], statuses: ['PRESENT', 'PRESENT', 'PRESENT'], event_timestamps: [] },
    { values: [true, null, null], statuses: ['PRESENT', 'PRESENT', 'NOT_FOUND'] },
    { values: [null, 41, null], statuses: ['PRESENT', 'PRESENT', 'NOT_FOUND'] },
    { values: ['a', 'b', null], statuses: ['PRESENT', 'NOT_FOUND', 'NOT_FOUND'] },
  ],
}
const ASKED = { features: ['customer_stats:age', 'customer_stats:is_active'] }
const entities = { customer_id: [1, 2, 3] }

const failure = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => new Error('nothing failed'),
    (error) => error,
  )

test('rows of the online store: by their names, null is missing, and unknown entities are left out', async () => {
  const { url, seen } = await httpServer((_, res) => json(res, ANSWER))
  const rows = await feastOnline({ url: `${url}/feast/`, ...ASKED, token: 'tok-en' }).rows(entities)
  expect(rows.map((row) => Object.entries(row))).toEqual([
    [
      ['customer_id', 1],
      ['is_active', true],
      ['age', null],
      ['__proto__', 'a'],
    ],
    [
      ['customer_id', 2],
      ['is_active', null],
      ['age', 41],
      ['__proto__', 'b'],
    ],
  ])
  expect(seen[0]).toMatchObject({ method: 'POST', path: '/feast/get-online-features' })
  expect(seen[0]!.headers.authorization).toBe('Bearer tok-en')
  expect(JSON.parse(seen[0]!.body)).toEqual({ ...ASKED, entities, full_feature_names: false })
})

test('no entities are no rows, and nobody is asked', async () => {
  const { url, seen } = await httpServer((_, res) => json(res, ANSWER))
  expect(await feastOnline({ url, ...ASKED }).rows({ customer_id: [] })).toEqual([])
  expect(seen).toEqual([])
})

test.each<[string, number, string, string]>([
  [
    'JSON within JSON',
    404,
    JSON.stringify(JSON.stringify({ class: 'FeatureViewNotFoundException', message: 'no view x' })),
    'FeatureViewNotFoundException: no view x (404)',
  ],
  ['text', 422, 'no such\u001b[31m field', 'no such\\x1b[31m field (422)'],
  ['a page', 400, '<h1>nginx</h1>', 'a page of HTML answers (400)'],
  ['another answer', 200, '{"results":[]}', 'what answers is no feature server: {"results":[]}'],
  [
    'fewer rows',
    200,
    JSON.stringify({ ...ANSWER, results: ANSWER.results.slice(1) }),
    'what answers is no',
  ],
  ['a wrong token', 401, 'tok-en', 'it does not take this token (401)'],
])('%s is told in one line', async (_, status, text, message) => {
  const { url } = await httpServer((_, res) => void res.writeHead(status).end(text))
  const error = await failure(feastOnline({ url, ...ASKED, token: 'tok-en' }).rows(entities))
  expect(error.code).toBe('ERR_CONNECT')
  expect(error.message).toContain(`Feast at ${url}: ${message}`)
  expect(error.message).not.toContain('tok-en')
})

// By a fixed port, which somebody's Feast may have.
test('feastOnline speaks to the port that Feast has by itself, which fetch refuses', async ({
  skip,
}) => {
  const answer = {
    metadata: { feature_names: ['customer_id', 'age'] },
    results: [
      { values: [1], statuses: ['PRESENT'] },
      { values: [40], statuses: ['PRESENT'] },
    ],
  }
  const { url } = await httpServer((_, res) => json(res, answer), 6566).catch(() => skip())
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  const rows = await feastOnline({ url, ...ASKED }).rows({ customer_id: [1] })
  expect(rows).toEqual([{ customer_id: 1, age: 40 }])
})

test('another port that fetch refuses is said to be one', async () => {
  const online = feastOnline({ url: 'http://127.0.0.1:6000', ...ASKED, timeLimit: 1000 })
  await expect(online.rows({ customer_id: [1] })).rejects.toThrow(
    'Feast at http://127.0.0.1:6000: fetch opens no connection to that port, nor do browsers: serve it on another',
  )
})

test.each<[object, string]>([
  [{}, '"features" must be'],
  [{ features: [] }, '"features" must be names of features: view:feature'],
  [{ ...ASKED, featureService: 'churn' }, '"features" must be'],
  [{ featureService: 7 }, '"featureService" must be the name'],
  [{ ...ASKED, url: 'http://ann:secret@feast' }, 'received http://…@feast'],
  [{ ...ASKED, token: 'secret\n' }, '"token" must be'],
])('feastOnline refuses %j', (options, message) => {
  const make = () => feastOnline({ url: 'http://localhost:6566', ...options })
  expect(make).toThrow(message)
  expect(make).not.toThrow('secret')
})

test.each([[{}], [{ a: [1], b: [1, 2] }], [{ a: 1 }], [[1, 2]], [null]])(
  'entities are not %j',
  async (given) => {
    const online = feastOnline({ url: 'http://localhost:1', ...ASKED })
    await expect(online.rows(given as never)).rejects.toThrow('"entities" must be the values of')
  },
)

const VIEW = {
  engine: { query: async () => [] },
  from: 'customer_stats',
  timestampField: 'event_timestamp',
  joinKeys: ['customer_id'],
  features: ['age'],
  start: new Date('2026-09-01'),
  end: new Date('2026-10-01'),
}

test('a source is called by its window', () => {
  expect(feastSource(VIEW).name).toBe('2026-09-01 to 2026-10-01')
  const at = { start: new Date('2026-09-01T12:30Z'), end: new Date('2026-09-01T12:30:01Z') }
  expect(feastSource({ ...VIEW, ...at }).name).toBe('2026-09-01T12:30Z to 2026-09-01T12:30:01.000Z')
  expect(feastSource({ ...VIEW, name: 'september' }).name).toBe('september')
})

test.each<[object, string]>([
  [{ start: '2026-09-01' }, '"start" must be a Date'],
  [{ end: new Date(Number.NaN) }, '"end" must be a Date'],
  [{ end: VIEW.start }, '"end" must be later than start'],
  [{ joinKeys: [] }, '"joinKeys" must be names of columns, at least one'],
  [{ joinKeys: 'customer_id' }, '"joinKeys" must be names of columns'],
  [{ features: [''] }, '"features" must be names of columns'],
  [{ timestampField: undefined }, '"timestampField" must be the name of a column'],
  [{ createdTimestampField: 7 }, '"createdTimestampField" must be the name of a column'],
  [{ rows: 'newest' }, `"rows" must be 'all' or 'latest'`],
  [{ from: 'a; DROP TABLE b' }, '"from" must be'],
  [{ from: undefined }, '"from" must be a table or a query'],
  [{ engine: {} }, '"engine" must be'],
])('feastSource refuses %j', (options, message) => {
  expect(() => feastSource({ ...VIEW, ...options } as never)).toThrow(message)
})
