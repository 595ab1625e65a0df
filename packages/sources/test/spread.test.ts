import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { clickhouse18, clickhouseEngine } from '../src/dialects/clickhouse.ts'
import { spark } from '../src/dialects/spark.ts'
import { trino, trinoEngine } from '../src/dialects/trino.ts'
import { compareSources, type SqlSourceOptions, sqlSource } from '../src/index.ts'
import { type ClickHouseShards, startClickHouseShards } from './servers/clickhouse.ts'
import { type RunningSpark, startSpark } from './servers/spark.ts'
import { type RunningTrino, startTrino } from './servers/trino.ts'
import { tell } from './tell.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

/** Of a table with itself; so small that nothing is sorted, or so large that all is. */
async function compare(
  { exactRows }: { readonly exactRows: number },
  options: SqlSourceOptions,
): Promise<{ readonly statements: number; readonly returned: number; readonly seconds: number }> {
  const start = performance.now()
  const seen = { statements: 0, returned: 0 }
  const source = sqlSource({
    ...options,
    onStatement({ sql, rows }) {
      if (!/^SELECT/.test(sql)) return
      seen.statements++
      seen.returned += rows
    },
  })
  const report = await compareSources(source, source, { exactRows })
  expect(report.decision.action).toBe('NO_ACTION')
  return { ...seen, seconds: Math.round(performance.now() - start) / 1000 }
}

const COUNTED = { exactRows: 1000 }
const SORTED = { exactRows: 10_000_000 }

describeWithServer('clickhouse', 'where two shards of ClickHouse count', () => {
  let cluster: ClickHouseShards
  let client: ClickHouseClient
  beforeAll(async () => {
    cluster = await startClickHouseShards()
    client = createClient({ url: cluster.urls[0], log: { level: ClickHouseLogLevel.OFF } })
    for (const [name, rows] of [
      ['some', 50_000],
      ['many', 500_000],
    ] as const) {
      await cluster.distribute(name, 'x Float64, y Float64, k String')
      await cluster.shards[0].run(
        `INSERT INTO ${name} SELECT rand(1) / 7, log(1 + rand(2)), toString(rand(3) % 50) FROM system.numbers LIMIT ${rows}`,
      )
    }
  })
  afterAll(async () => {
    await client?.close()
    await cluster?.stop()
  })

  /** Bytes that the second shard has sent to the first one, as the system counts them. */
  const sent = async () => {
    const [[, port]] = (
      await cluster.shards[0].run(
        'SELECT shard_num, port FROM system.clusters ORDER BY shard_num DESC',
      )
    )
      .split('\n')
      .map((line) => line.split('\t')) as [[string, string]]
    const { stdout } = await promisify(execFile)('ss', ['-tinH', `sport = :${port}`])
    return Array.from(stdout.matchAll(/bytes_acked:(\d+)/g)).reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    )
  }

  /** What each shard has read and given away for the other one's statements on a table. */
  const workOf = async (table: string) => {
    const all = async () => {
      const logs = await Promise.all(
        cluster.shards.map(async ({ run }) => {
          // Of its own half the first shard sends nothing, and what it reads is in its statement's own line.
          const [line] = (
            await run(`SELECT count(), sum(read_rows), sum(result_rows), sum(is_initial_query)
              FROM system.query_log WHERE type = 2 AND query LIKE 'SELECT%' AND query LIKE '%${table}%'
              AND query NOT LIKE '%query_log%'`)
          ).split('\n')
          const [statements, read, rows, initial] = line!.split('\t').map(Number)
          return {
            statements: statements!,
            read: read!,
            rows: rows!,
            initial: initial!,
          }
        }),
      )
      return logs as [(typeof logs)[0], (typeof logs)[0]]
    }
    return { all }
  }

  test('each counts its half, and what leaves it does not grow with the rows', async () => {
    const measured = []
    for (const [name, rows] of [
      ['some', 50_000],
      ['many', 500_000],
    ] as const) {
      const before = await sent()
      const ran = await compare(COUNTED, {
        engine: clickhouseEngine(client),
        dialect: clickhouse18,
        from: name,
      })
      const { all } = await workOf(name)
      // The log is written a moment later.
      await expect.poll(async () => (await all())[0].initial).toBe(ran.statements)
      await expect.poll(async () => (await all())[1].statements).toBe(ran.statements)
      const [first, second] = await all()
      const local = first.read - second.read
      const bytes = (await sent()) - before
      measured.push({ rows, ...ran, first: local, second: second.read, left: second.rows, bytes })
      expect(second.read / first.read).toBeGreaterThan(0.4)
      expect(second.read / first.read).toBeLessThan(0.6)
    }
    const [some, many] = measured as [(typeof measured)[0], (typeof measured)[0]]
    expect(many.second / some.second).toBeGreaterThan(9)
    for (const { first, second, left, bytes, ...one } of measured) {
      const moved = `${left} rows, ${bytes} bytes left the second shard; read: ${first} and ${second}`
      tell({
        engine: `ClickHouse ${cluster.shards[0].version}`,
        what: 'two shards, counts',
        ...one,
        moved,
      })
    }
    // The bytes are more where it takes longer: ClickHouse tells its progress as long as a statement runs.
    expect(many.left).toBe(some.left)
  })
})

describeWithServer('trino', 'where two workers of Trino count', () => {
  let server: RunningTrino
  beforeAll(async () => {
    server = await startTrino({ workers: 2 })
  })
  afterAll(() => server?.stop())

  interface Query {
    readonly queryId: string
    readonly query: string
    readonly state: string
  }
  const ask = async (path: string) =>
    (await fetch(`${server.url}${path}`, { headers: { 'X-Trino-User': 'tidegauge' } })).json()
  const bytesIn = (size: string): number => {
    const [, digits, unit] = /^([\d.]+)(k?M?G?)B$/.exec(size)!
    return Math.round(Number(digits) * { '': 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit!]!)
  }

  /** Of all statements on a table: rows read, bytes that went from node to node, and the nodes that read. */
  const workOf = async (table: string, known: ReadonlySet<string>) => {
    const queries = ((await ask('/v1/query')) as Query[]).filter(
      ({ query, queryId }) => query.includes(table) && !known.has(queryId),
    )
    const work = { read: 0, bytes: 0, nodes: new Set<string>() }
    for (const { queryId } of queries) {
      const text = JSON.stringify(await ask(`/v1/query/${queryId}`))
      const { queryStats } = JSON.parse(text)
      work.read += queryStats.processedInputPositions
      work.bytes += bytesIn(queryStats.internalNetworkInputDataSize)
      for (const [, node] of text.matchAll(/"self":"(http:\/\/[\d.:]+)\/v1\/task/g)) {
        work.nodes.add(node!)
      }
    }
    return work
  }

  test.each([
    ['counts', COUNTED],
    ['sorts', SORTED],
  ] as const)('what goes from node to node, where it %s', async (how, exact) => {
    const measured = []
    for (const [schema, rows] of [
      ['tpch.tiny', 15_000],
      ['tpch."sf0.1"', 150_000],
    ] as const) {
      const engine = trinoEngine({ url: server.url, user: 'tidegauge' })
      const known = new Set(((await ask('/v1/query')) as Query[]).map(({ queryId }) => queryId))
      const from = `SELECT totalprice, orderdate, orderpriority FROM ${schema}.orders`
      const ran = await compare(exact, { engine, dialect: trino, from })
      const { nodes, ...work } = await workOf(`${schema}.orders`, known)
      measured.push({ rows, ...ran, ...work, nodes: nodes.size })
      // The coordinator plans.
      expect(nodes.size).toBe(2)
      expect(nodes).not.toContain(server.url)
    }
    for (const { read, bytes, nodes, ...one } of measured) {
      const moved = `${bytes} bytes between nodes; ${read} rows read; ${nodes} nodes`
      tell({ engine: `Trino ${server.version}`, what: `two workers, ${how}`, ...one, moved })
    }
    const [some, many] = measured as [(typeof measured)[0], (typeof measured)[0]]
    expect(many.read / some.read).toBeGreaterThan(8)
    if (how === 'counts') expect(many.bytes / some.bytes).toBeLessThan(2)
    else expect(many.bytes / some.bytes).toBeGreaterThan(5)
  })
})

describeWithServer('spark', 'where two workers of Spark count', () => {
  let server: RunningSpark
  beforeAll(async () => {
    server = await startSpark({ page: true })
  })
  afterAll(() => server?.stop())

  const workOf = async () => {
    const executors = await server.executors()
    const tasks = executors.map(({ completedTasks }) => completedTasks)
    const bytes = executors.reduce((sum, one) => sum + one.totalShuffleWrite, 0)
    return { tasks, bytes }
  }

  test.each([
    ['counts', COUNTED],
    ['sorts', SORTED],
  ] as const)('what goes from executor to executor, where it %s', async (how, exact) => {
    const measured = []
    for (const rows of [50_000, 500_000]) {
      const engine = { query: (sql: string) => server.run(sql) }
      const from = `SELECT pmod(hash(id), 100003) / 7e0 AS x, CAST(pmod(hash(id, 1), 50) AS STRING) AS k FROM range(0, ${rows}, 1, 8)`
      const before = await workOf()
      const ran = await compare(exact, { engine, dialect: spark, from })
      const after = await workOf()
      const tasks = after.tasks.map((count, i) => count - (before.tasks[i] ?? 0))
      measured.push({ rows, ...ran, bytes: after.bytes - before.bytes, tasks })
      expect(tasks).toHaveLength(2)
      for (const count of tasks) expect(count).toBeGreaterThan(ran.statements)
    }
    for (const { bytes, tasks, ...one } of measured) {
      const moved = `${bytes} bytes for other executors; tasks: ${tasks.join(' and ')}`
      tell({ engine: `Spark ${server.version}`, what: `two workers, ${how}`, ...one, moved })
    }
    const [some, many] = measured as [(typeof measured)[0], (typeof measured)[0]]
    // A sketch of quantiles grows up to 10,000 values.
    if (how === 'counts') expect(many.bytes / some.bytes).toBeLessThan(4)
    else expect(many.bytes / some.bytes).toBeGreaterThan(5)
  })
})
