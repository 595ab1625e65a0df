import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { describeWithServer } from '../../../vitest.servers.ts'
import { clickhouse, clickhouse18, clickhouseEngine } from '../src/dialects/clickhouse.ts'
import { CLICKHOUSE_WRITING } from './clickhouse-writing.ts'
import { insertStatements, type Writing } from './insert-statements.ts'
import { startClickHouse, startClickHouseShards } from './servers/clickhouse.ts'
import { describeSourceContract } from './source-contract.ts'

function clientOf(url: string): ClickHouseClient {
  return createClient({ url, max_open_connections: 4 })
}

describeWithServer('chdb', "on ClickHouse's current engine", () => {
  describeSourceContract('clickhouse', async () => {
    const server = await startClickHouse()
    const client = clientOf(server.url)
    const run = async (sql: string) => void (await server.run(sql))
    return {
      engine: clickhouseEngine(client),
      dialect: clickhouse,
      version: `ClickHouse ${server.version} (chdb)`,
      run,
      async load(name, table) {
        const suffix = ' ENGINE = MergeTree ORDER BY tuple()'
        for (const sql of insertStatements(name, table, { ...CLICKHOUSE_WRITING, suffix }))
          await run(sql)
        return name
      },
      async stop() {
        await client.close()
        await server.stop()
      },
    }
  })
})

const WRITING_18: Writing = {
  ...CLICKHOUSE_WRITING,
  identifier: clickhouse18.identifier,
  // It reads the last digit of a number wrongly at times, in VALUES.
  double(x, kind) {
    const bytes = Buffer.alloc(kind === 'real' ? 4 : 8)
    if (kind === 'real') bytes.writeFloatLE(x)
    else bytes.writeDoubleLE(x)
    return `reinterpretAsFloat${8 * bytes.length}(unhex('${bytes.toString('hex')}'))`
  },
  types: { ...CLICKHOUSE_WRITING.types, boolean: '', day: '', moment: '', zoned: '' },
}

describeWithServer('clickhouse', 'on two shards of ClickHouse 18.16', () => {
  describeSourceContract(
    'clickhouse18',
    async () => {
      const cluster = await startClickHouseShards()
      const client = clientOf(cluster.urls[0])
      const [{ run }] = cluster.shards
      return {
        engine: clickhouseEngine(client),
        dialect: clickhouse18,
        version: `ClickHouse ${cluster.shards[0].version}`,
        run: async (sql) => void (await run(sql)),
        async load(name, table) {
          const [, ...inserts] = insertStatements(name, table, WRITING_18)
          const columns = table.map(
            (column) => `${WRITING_18.identifier(column.name)} ${WRITING_18.types[column.kind]}`,
          )
          await cluster.distribute(name, columns.join(', '))
          for (const sql of inserts) await run(sql)
          return name
        },
        async stop() {
          await client.close()
          await cluster.stop()
        },
      }
    },
    {
      // It has no truth values, no date before 1970, and no time finer than a second.
      without: ['boolean', 'day', 'moment', 'zoned'],
      isBracketed: true,
      inAnyOrder: true,
    },
  )
})
