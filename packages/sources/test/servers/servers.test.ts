import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../../vitest.servers.ts'
import {
  type ClickHouseShards,
  type RunningClickHouse,
  startClickHouse,
  startClickHouseShards,
} from './clickhouse.ts'
import { expectGone, processesOf } from './gone.ts'
import { type RunningPostgres, startPostgres } from './postgres.ts'

describeWithServer('postgres', 'the PostgreSQL of the tests', () => {
  let server: RunningPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.stop())

  test('answers who has the password, and no one else', async () => {
    const client = new pg.Client(server.url)
    await client.connect()
    const { rows } = await client.query('SELECT 1 AS one')
    await client.end()
    expect(rows).toEqual([{ one: 1 }])

    const stranger = new pg.Client({ connectionString: server.url.replace(server.password, 'no') })
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' })
  })

  test('sorts text as a person would, so that an order by bytes has to be asked for', async () => {
    const client = new pg.Client(server.url)
    await client.connect()
    const sorted = async (order: string) =>
      (await client.query(`SELECT v FROM unnest(ARRAY['b', 'B', 'ä']) v ORDER BY ${order}`)).rows
    const [asPersons, asBytes] = [await sorted('v'), await sorted('v COLLATE "C"')]
    await client.end()
    expect(asPersons.map(({ v }) => v)).toEqual(['ä', 'b', 'B'])
    expect(asBytes.map(({ v }) => v)).toEqual(['B', 'b', 'ä'])
  })

  test('is gone when it was stopped, in the middle of a query too', async () => {
    const client = new pg.Client(server.url)
    client.on('error', () => {})
    await client.connect()
    const slow = client.query('SELECT pg_sleep(600)').catch(({ code }) => code)
    await expect.poll(() => processesOf(server.folder).length).toBeGreaterThan(1)
    await server.stop()
    expect(await slow).toBe('57P01')
    expectGone(server)
  })
})

describeWithServer('clickhouse', 'the two ClickHouse shards of the tests', () => {
  let cluster: ClickHouseShards
  beforeAll(async () => {
    cluster = await startClickHouseShards()
  })
  afterAll(() => cluster?.stop())

  test('are two processes that count a distributed table together', async () => {
    const [first, second] = cluster.shards
    await cluster.distribute('numbers', 'n UInt32', 'n')
    await first.run('INSERT INTO numbers SELECT number FROM system.numbers LIMIT 1000')

    const counts = [first, second].map(({ run }) => run('SELECT count() FROM numbers'))
    expect(await Promise.all(counts)).toEqual(['1000\n', '1000\n'])
    const parts = [first, second].map(({ run }) => run('SELECT count() FROM numbers_local'))
    expect(await Promise.all(parts)).toEqual(['500\n', '500\n'])
    expect(first.pid).not.toBe(second.pid)
  })

  test('refuse who has not the password', async () => {
    await expectPassword(cluster.shards[0])
  })

  test('are gone when they were stopped', async () => {
    await cluster.stop()
    for (const shard of cluster.shards) expectGone(shard)
  })
})

describeWithServer('chdb', "ClickHouse's current engine behind a bridge", () => {
  let server: RunningClickHouse
  beforeAll(async () => {
    server = await startClickHouse()
  })
  afterAll(() => server?.stop())
  const ask = (parameters: Record<string, string>, init: RequestInit = {}) => {
    const { port, user, password } = server
    const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password }
    const query = new URLSearchParams(parameters)
    return fetch(`http://127.0.0.1:${port}/?${query}`, { method: 'POST', headers, ...init })
  }

  test('keeps tables and takes a format, parameters and settings, as a server does', async () => {
    await server.run('CREATE TABLE kept (s String) ENGINE = MergeTree ORDER BY s')
    await server.run(
      'INSERT INTO kept FORMAT JSONEachRow {"s": "it\'s"} {"s": "; DROP TABLE kept"}',
    )
    const response = await ask({
      query:
        "SELECT s, {x:Float64} AS x, getSetting('max_block_size') AS size FROM kept WHERE s = {s:String}",
      default_format: 'JSONEachRow',
      param_x: '1.5',
      param_s: "it's",
      max_block_size: '77',
    })
    expect(await response.json()).toEqual({ s: "it's", x: 1.5, size: 77 })
    expect(await server.run("SELECT getSetting('max_block_size') = 77")).toBe('0\n')
  })

  test.each([
    { query: 'SELECT 1; DROP TABLE kept', code: '62' },
    { query: 'DROP TABLE kept', readonly: '1', code: '164' },
    { query: 'SELECT * FROM missing', code: '60' },
  ])('refuses $query', async ({ code, ...parameters }) => {
    const response = await ask(parameters as Record<string, string>)
    expect(await response.text()).toContain(`Code: ${code}. DB::Exception`)
    expect(response.ok).toBe(false)
    expect(await server.run('SELECT count() FROM kept')).toBe('2\n')
  })

  test('reads only where the request is a GET', async () => {
    const { status } = await ask({ query: 'DROP TABLE kept' }, { method: 'GET' })
    expect(status).toBe(403)
  })

  test('refuses who has not the password', async () => {
    await expectPassword(server)
  })

  const slow = (name: string) =>
    `SELECT /* ${name} */ sum(sleepEachRow(0.01)) FROM numbers(60000) SETTINGS max_block_size = 10`
  const running = (name: string) =>
    server.run(`SELECT count() FROM system.processes WHERE query LIKE 'SELECT /* ${name}%'`)

  test('ends a query whose client has left', async () => {
    const leaving = new AbortController()
    const left = ask({ query: slow('left') }, { signal: leaving.signal }).catch(({ name }) => name)
    await expect.poll(() => running('left')).toBe('1\n')
    leaving.abort()
    expect(await left).toBe('AbortError')
    await expect.poll(() => running('left')).toBe('0\n')
  })

  test('ends a query that is killed by its id', async () => {
    const killed = ask({ query: slow('killed'), query_id: 'mine' })
    await expect.poll(() => running('killed')).toBe('1\n')
    await server.run("KILL QUERY WHERE query_id = 'mine'")
    expect(await (await killed).text()).toContain('Code: 394. DB::Exception')
  })

  test('is gone when it was stopped', async () => {
    await server.stop()
    expectGone(server)
  })
})

async function expectPassword({ port, user }: RunningClickHouse): Promise<void> {
  const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': 'no' }
  const response = await fetch(`http://127.0.0.1:${port}/?query=SELECT%201`, { headers })
  expect(response.ok).toBe(false)
  expect(await response.text()).toMatch(/DB::Exception: .*password/i)
}
