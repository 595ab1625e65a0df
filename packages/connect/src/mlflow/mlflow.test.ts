import type { ServerResponse } from 'node:http'
import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { httpServer, json, type SeenRequest } from '../../test/http-server.ts'
import { mlflow } from './mlflow.ts'

const numbers = (n: number, shift = 0) =>
  Array.from({ length: n }, (_, i) => ((i * 37) % 100) + shift)
const report = detectDrift(
  { age: numbers(200), income: numbers(200) },
  { age: numbers(200, 60), income: numbers(200) },
  { names: { reference: 'january', current: 'february' } },
)
const undecided = detectDrift(
  { age: numbers(5), income: numbers(5) },
  { age: numbers(5), income: numbers(5) },
)

/** Of MLflow as much as is asked for, and no more: what it stores is looked at on a real one. */
function answerOf(path: string, tags: unknown = [], isBegun = false): unknown {
  const run = {
    info: {
      run_id: 'r1',
      experiment_id: '7',
      start_time: 1000,
      status: 'RUNNING',
      lifecycle_stage: 'active',
      artifact_uri: 'mlflow-artifacts:/7/r1/artifacts',
    },
    data: { tags },
  }
  if (path.includes('get-by-name')) {
    return { experiment: { experiment_id: '7', lifecycle_stage: 'active' } }
  }
  if (path.includes('runs/search')) return isBegun ? { runs: [run] } : {}
  return path.includes('runs/create') || path.includes('runs/get') ? { run } : undefined
}

type Exception = (request: SeenRequest, res: ServerResponse) => boolean

/** `except` answers itself where it returns true. */
function server(except: Exception = () => false) {
  let begun: unknown
  return httpServer((request, res) => {
    if (except(request, res)) return
    if (request.path.includes('runs/create')) begun = JSON.parse(request.body).tags
    const answer = answerOf(request.path, begun, begun !== undefined)
    if (answer === undefined)
      res.end() // as 3.x does: no body at all
    else json(res, answer)
  })
}

/** The first requests in whose path or body something stands are answered so. */
function first(times: number, part: string, answer: (res: ServerResponse) => void): Exception {
  let left = times
  return ({ path, body }, res) => {
    if (!`${path} ${body}`.includes(part) || left <= 0) return false
    left--
    answer(res)
    return true
  }
}

const status =
  (code: number, text = '') =>
  (res: ServerResponse) =>
    res.writeHead(code).end(text)

// biome-ignore lint/suspicious/noExplicitAny: bodies of every kind
function sent(seen: readonly SeenRequest[], part: string): any[] {
  return seen
    .filter(({ path, method }) => path.includes(part) && method === 'POST')
    .map(({ body }) => JSON.parse(body))
}

const metricsIn = (seen: readonly SeenRequest[]): Map<string, number> =>
  new Map(
    sent(seen, 'log-batch').flatMap(({ metrics = [] }) =>
      metrics.map(({ key, value }: { key: string; value: number }) => [key, value]),
    ),
  )

const tagsIn = (seen: readonly SeenRequest[]): Map<string, string> =>
  new Map(
    sent(seen, 'log-batch').flatMap(({ tags = [] }) =>
      tags.map(({ key, value }: { key: string; value: string }) => [key, value]),
    ),
  )

const failure = (
  promise: Promise<unknown>,
): Promise<Error & { code?: string; missing?: string[] }> =>
  promise.then(
    () => new Error('nothing failed'),
    (error) => error,
  )

test('a report is sent: numbers, how it was judged, the files, and the decision last', async () => {
  const { url, seen } = await server()
  const destination = mlflow({ trackingUri: `${url}/`, experiment: 'churn & more' })
  const delivery = await destination.send(report)
  expect(delivery).toEqual({
    reportId: report.id,
    runId: 'r1',
    experimentId: '7',
    url: `${url}/#/experiments/7/runs/r1`,
    wasThere: false,
    leftOut: [],
  })
  expect(seen[0]!.path).toBe(
    '/api/2.0/mlflow/experiments/get-by-name?experiment_name=churn%20%26%20more',
  )
  const metrics = metricsIn(seen)
  expect(metrics.get('drift_share')).toBe(0.5)
  expect(metrics.get('unjudged_features')).toBe(0)
  expect(metrics.get('drift_effect/age')).toBe(report.columns[0]!.effect)
  expect([...metrics.values()].every(Number.isFinite)).toBe(true)
  const puts = seen.filter(({ method }) => method === 'PUT')
  expect(puts.map(({ path }) => path)).toEqual(
    ['html', 'json'].map(
      (type) => `/api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/drift/report.${type}`,
    ),
  )
  expect(JSON.parse(puts[1]!.body)).toEqual(JSON.parse(JSON.stringify(report)))
  const last = seen.slice(-2).map(({ body }) => JSON.parse(body))
  expect(last[0].tags.at(-1)).toEqual({ key: 'drift.state', value: 'complete' })
  expect(last[1]).toMatchObject({ run_id: 'r1', status: 'FINISHED' })
})

test('until the decision is there, the run says that it is incomplete', async () => {
  const { url, seen } = await server(first(1, 'report.json', status(400)))
  await failure(mlflow({ trackingUri: url, experiment: 'a' }).send(report))
  const begun = sent(seen, 'runs/create')[0].tags
  expect(begun).toContainEqual({ key: 'drift.action', value: 'INCOMPLETE' })
  expect(tagsIn(seen).get('drift.action')).toBe(undefined)
  expect(metricsIn(seen).has('drift_share')).toBe(false)
})

test('what could not be judged has no number, and is told', async () => {
  expect(undecided.decision.action).toBe('UNDECIDED')
  const { url, seen } = await server()
  const { leftOut } = await mlflow({ trackingUri: url, experiment: 'a' }).send(undecided)
  const metrics = metricsIn(seen)
  expect([...metrics.keys()].sort()).toEqual([
    'current_rows',
    'evaluated_features',
    'reference_rows',
    'unjudged_features',
  ])
  expect(metrics.get('unjudged_features')).toBe(2)
  expect(tagsIn(seen).get('drift.action')).toBe('UNDECIDED')
  expect(tagsIn(seen).get('drift.not_judged')).toBe('2 of 2 columns: age, income')
  expect(leftOut).toEqual([
    expect.stringMatching(/^no drifted_features, drift_share: the report is UNDECIDED/),
    'no numbers of columns that were not judged: age, income',
  ])
})

test('UNDECIDED has no share, also where some features were judged and none of them drifted', async () => {
  const few = numbers(200).map((x, i) => (i < 5 ? x : null))
  const table = { a: numbers(200), b: few, c: few, d: few }
  const some = detectDrift(table, table)
  expect([some.decision.action, some.shareOfDriftedColumns]).toEqual(['UNDECIDED', 0])
  const { url, seen } = await server()
  await mlflow({ trackingUri: url, experiment: 'a' }).send(some)
  expect(metricsIn(seen).has('drift_share')).toBe(false)
  expect(metricsIn(seen).get('evaluated_features')).toBe(1)
})

test('300 columns go in batches that the server takes', async () => {
  const table = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`c${i}`, numbers(40)]))
  const { url, seen } = await server()
  await mlflow({ trackingUri: url, experiment: 'a', reporters: {} }).send(detectDrift(table, table))
  const batches = sent(seen, 'log-batch')
  expect(batches.map(({ metrics = [] }) => metrics.length).filter(Boolean)).toEqual([1000, 500, 6])
  for (const { metrics = [], params = [], tags = [] } of batches) {
    expect(metrics.length + params.length + tags.length).toBeLessThanOrEqual(1000)
    expect(Math.max(params.length, tags.length)).toBeLessThanOrEqual(100)
  }
})

test('columns by other names are told in a file', async () => {
  const table = { 'age "(years)"': numbers(200), plain: numbers(200) }
  const { url, seen } = await server()
  await mlflow({ trackingUri: url, experiment: 'a' }).send(detectDrift(table, table))
  const names = seen.find(({ path }) => path.endsWith('/drift/metric-names.json'))!
  expect(JSON.parse(names.body)).toEqual({ 'age __years__': 'age "(years)"' })
  expect(metricsIn(seen).has('drifted/age __years__')).toBe(true)
})

test('a busy server is asked again, and one that refuses is not', async () => {
  const busy = await server(first(2, 'log-batch', status(503)))
  await mlflow({ trackingUri: busy.url, experiment: 'a' }).send(report)
  const wrong = await server(
    first(1, 'drift.alpha', (res) =>
      json(res, { error_code: 'INVALID_PARAMETER_VALUE', message: 'no such key' }, 400),
    ),
  )
  const error = await failure(mlflow({ trackingUri: wrong.url, experiment: 'a' }).send(report))
  expect(error).toMatchObject({
    code: 'ERR_CONNECT',
    status: 400,
    message: `MLflow at ${wrong.url}: logging parameters: INVALID_PARAMETER_VALUE: no such key (400); the run r1 lacks how it was judged, the numbers of columns, drift/report.html, drift/report.json, the numbers of the whole, the decision, its end: send the same report again, and it goes on there`,
  })
  expect(error.missing).toHaveLength(7)
  expect(wrong.seen.filter(({ body }) => body.includes('drift.alpha'))).toHaveLength(1)
})

test('a run that a busy server may have begun is looked for before another is', async () => {
  let begun = 0
  const busy = await server(({ path }, res) => {
    if (path.includes('runs/create') && begun++ === 0) {
      res.writeHead(502).end()
      return true
    }
    if (!path.includes('runs/search')) return false
    json(res, begun === 0 ? {} : { runs: [(answerOf('runs/get') as { run: unknown }).run] })
    return true
  })
  const { runId } = await mlflow({ trackingUri: busy.url, experiment: 'a' }).send(report)
  expect(runId).toBe('r1')
  expect(sent(busy.seen, 'runs/create')).toHaveLength(1)
})

test('an answer that breaks off is an error that says what is missing', async () => {
  const { url } = await server(
    first(1, 'report.json', (res) => {
      res.writeHead(200, { 'Content-Length': '100' }).write('{')
      setImmediate(() => res.destroy())
    }),
  )
  const error = await failure(mlflow({ trackingUri: url, experiment: 'a' }).send(report))
  expect(error.code).toBe('ERR_CONNECT')
  expect(error.missing?.[0]).toBe('drift/report.json')
})

test('a connection that was closed while nobody looked is no error: what only asks is sent again', async () => {
  for (const question of ['get-by-name', 'runs/search']) {
    // Of several that were kept, more than one may be closed.
    const asked = await server(first(2, question, (res) => res.destroy()))
    await mlflow({ trackingUri: asked.url, experiment: 'a', reporters: {} }).send(report)
  }
  const told = await server(first(1, 'drift.alpha', (res) => res.destroy()))
  const error = await failure(mlflow({ trackingUri: told.url, experiment: 'a' }).send(report))
  expect(error.message).toContain('the run r1 lacks how it was judged')
  expect(told.seen.filter(({ body }) => body.includes('drift.alpha'))).toHaveLength(1)
  const gone = await server(first(9, 'get-by-name', (res) => res.destroy()))
  await failure(mlflow({ trackingUri: gone.url, experiment: 'a' }).send(report))
  expect(gone.seen).toHaveLength(3)
})

test('what another writes at the same time is written again, and what is refused otherwise is not', async () => {
  const collision = (res: ServerResponse) => {
    res.writeHead(400, { 'Content-Type': 'application/json' })
    const message = '(sqlite3.IntegrityError) UNIQUE constraint failed: params.key, params.run_uuid'
    res.end(JSON.stringify({ error_code: 'BAD_REQUEST', message }))
  }
  const { url } = await server(first(2, 'drift.alpha', collision))
  await mlflow({ trackingUri: url, experiment: 'a', reporters: {} }).send(report)
  const always = await server(first(99, 'drift.alpha', collision))
  const error = await failure(mlflow({ trackingUri: always.url, experiment: 'a' }).send(report))
  expect(error.message).toContain('logging parameters: BAD_REQUEST: (sqlite3.IntegrityError)')
})

test('a server that does not answer is not waited for longer than the time limit', async () => {
  const { url } = await server(first(9, 'runs/search', () => {}))
  const error = await failure(
    mlflow({ trackingUri: url, experiment: 'a', timeLimit: 50 }).send(report),
  )
  expect(error.message).toBe(`MLflow at ${url}: no whole answer within 0.05 s`)
})

test('nobody at the address is one line', async () => {
  const { url } = await server()
  const gone = new URL(url)
  gone.port = '1'
  const error = await failure(mlflow({ trackingUri: gone.href, experiment: 'a' }).send(report))
  expect(error.message).toMatch(
    /^MLflow at http:\/\/127\.0\.0\.1:1: .*(ECONNREFUSED|opens no connection to that port)/,
  )
})

test('a signal breaks it off, with its reason', async () => {
  const controller = new AbortController()
  const { url } = await server((_, res) => {
    res.writeHead(200).write('{')
    setImmediate(() => controller.abort(new Error('enough')))
    return true
  })
  const sending = mlflow({ trackingUri: url, experiment: 'a' }).send(report, controller)
  await expect(sending).rejects.toThrow('enough')
})

test('who waits for another report can leave, and the next one still waits for its turn', async () => {
  let release = (): void => {}
  const held = await server(({ path }, res) => {
    if (!path.includes('get-by-name') || release.name === 'released') return false
    release = function released() {
      json(res, answerOf(path))
    }
    return true
  })
  const destination = mlflow({ trackingUri: held.url, experiment: 'a', reporters: {} })
  const controller = new AbortController()
  const one = destination.send(report)
  const two = destination.send(report, { signal: controller.signal })
  const three = destination.send(report)
  controller.abort(new Error('enough'))
  await expect(two).rejects.toThrow('enough')
  await expect.poll(() => release.name).toBe('released')
  expect(held.seen).toHaveLength(1)
  release()
  await Promise.all([one, three])
})

const REFUSALS: ReadonlyArray<readonly [what: string, Exception, message: string]> = [
  [
    'a page for who is not known',
    first(9, '', (res) =>
      res.writeHead(401, { 'Content-Type': 'text/html' }).end('<!doctype html><h1>Log in'),
    ),
    'the experiment "a": it asks for a user and a password or a token, or does not know those that it was given (401)',
  ],
  [
    'a name that it does not go by',
    first(9, '', status(403, 'Invalid Host header - possible DNS rebinding attack detected')),
    'the experiment "a": the server does not go by the name "HOST" (403): start it with --allowed-hosts HOST',
  ],
  [
    'a page of a proxy',
    first(9, '', (res) => res.writeHead(400, { 'Content-Type': 'text/html' }).end('<h1>Bad')),
    'the experiment "a": a page of HTML answers (400)',
  ],
  [
    'a page with 200',
    first(9, '', (res) => res.writeHead(200).end('<h1>Welcome to nginx')),
    'the experiment "a": what answers is no MLflow: <h1>Welcome to nginx',
  ],
  [
    'another service',
    first(9, '', status(404)),
    'the experiment "a": no MLflow answers at this address (404)',
  ],
  ['nothing at all', first(9, '', status(200)), 'the experiment "a": what answers is no MLflow: '],
  [
    'text that would move the cursor',
    first(9, '', status(418, 'tea\u001b[2J\n::error::no')),
    'the experiment "a": tea\\x1b[2J ::error::no (418)',
  ],
]

test.each(REFUSALS)('%s is told in one line', async (_, exception, message) => {
  const { url } = await server(exception)
  const error = await failure(mlflow({ trackingUri: url, experiment: 'a' }).send(report))
  const { host } = new URL(url)
  expect(error.message).toBe(`MLflow at ${url}: ${message.replaceAll('HOST', host)}`)
})

test('an answer without an end is not read for ever', async () => {
  const { url } = await server((_, res) => {
    const chunk = 'x'.repeat(2 ** 20)
    const more = (): void => {
      while (!res.destroyed && res.write(chunk));
      res.once('drain', more)
    }
    more()
    return true
  })
  const error = await failure(mlflow({ trackingUri: url, experiment: 'a' }).send(report))
  expect(error.message).toBe(`MLflow at ${url}: an answer of more than 16 MiB`)
})

test('credentials go to the host that was named, and not where it sends on to', async () => {
  const other = await server()
  const { url, seen } = await httpServer((_, res) => {
    res.writeHead(307, { Location: `${other.url}/api` }).end()
  })
  const options = { trackingUri: url, experiment: 'a', username: 'ann', password: 'p%ss "word"' }
  const error = await failure(mlflow(options).send(report))
  expect(error.message).toContain(`it sends on to ${other.url} (307), which is not followed`)
  expect(seen[0]!.headers.authorization).toBe(`Basic ${btoa('ann:p%ss "word"')}`)
  expect(other.seen).toEqual([])
})

test.each([
  ['password', { username: 'ann', password: 'p%ss "word" é' }],
  ['token', { token: 'tok-en.1234' }],
  ['header', { headers: { 'X-Api-Key': 'k3y/with+signs' } }],
])('a server that repeats a %s does not have it told', async (_, credentials) => {
  const { url } = await httpServer(({ headers }, res) => {
    const secret = Object.values(credentials).map((one) =>
      typeof one === 'string' ? one : one['X-Api-Key'],
    )
    const message = JSON.stringify([headers, secret, secret.map(encodeURIComponent)])
    json(res, { error_code: 'BAD', message }, 400)
  })
  const error = await failure(
    mlflow({ trackingUri: url, experiment: 'a', ...credentials }).send(report),
  )
  expect(error.message).toContain('BAD')
  const told = JSON.stringify([error.message, error.stack, error.cause])
  for (const secret of ['p%ss', btoa('x').slice(0, 0) || 'word', 'tok-en', 'k3y', 'p%25ss']) {
    expect(told).not.toContain(secret)
  }
})

test.each<[object, string]>([
  [{}, '"experiment" must be the name of an experiment'],
  [{ experiment: 'a', runId: 'r' }, '"experiment" must be the name of an experiment'],
  [{ experiment: '' }, '"experiment" must be a text, received an empty one'],
  [{ experiment: 'a', trackingUri: 'sqlite:///secret' }, 'received sqlite:…'],
  [{ experiment: 'a', trackingUri: 'mlflow:5000' }, '"trackingUri" must be an address'],
  [{ experiment: 'a', trackingUri: 'http://ann:secret@mlflow' }, 'received http://…@mlflow'],
  [{ experiment: 'a', username: 'ann' }, '"password" must be given'],
  [
    { experiment: 'a', username: 'ann', password: 12345 },
    '"password" must be a text, received a number',
  ],
  [{ experiment: 'a', token: 'secret\n' }, '"token" must be a text that a header can hold'],
  [
    { experiment: 'a', headers: { 'X-Key': 'secret\nX-Other: 1' } },
    '"headers.X-Key" must be a text',
  ],
  [{ experiment: 'a', artifactPath: '../x' }, '"artifactPath" must be a path below the run'],
  [{ experiment: 'a', reporters: { '../x': () => '' } }, '"reporters" must be keyed by file'],
  [
    { experiment: 'a', modelVersion: { name: 'm', version: 'x' } },
    '"modelVersion.version" must be',
  ],
  [{ experiment: 'a', step: 0.5 }, '"step" must be a whole number'],
  [{ experiment: 'a', timeLimit: 0 }, '"timeLimit" must be a whole number of milliseconds'],
  [{ experiment: 'a', fetch: 'fetch' }, '"fetch" must be a function'],
])('%j is refused', (options, message) => {
  const make = () => mlflow({ trackingUri: 'http://localhost:5000', ...options })
  expect(make).toThrow(message)
  expect(make).not.toThrow(/secret|12345/)
})

test('what is no report is refused before anything is sent', async () => {
  const { url, seen } = await server()
  const destination = mlflow({ trackingUri: url, experiment: 'a' })
  await expect(destination.send({} as DriftReport)).rejects.toMatchObject({
    code: 'ERR_INVALID_ARGUMENT',
  })
  await expect(destination.send({ ...report, targetDrift: Number.NaN })).rejects.toThrow(
    'targetDrift',
  )
  expect(seen).toEqual([])
})
