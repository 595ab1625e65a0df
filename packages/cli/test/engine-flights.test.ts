import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { CLICKHOUSE_WRITING } from '../../sources/test/clickhouse-writing.ts'
import { insertStatements, type Writing } from '../../sources/test/insert-statements.ts'
import { POSTGRES_WRITING } from '../../sources/test/postgres-writing.ts'
import { type RunningClickHouse, startClickHouse } from '../../sources/test/servers/clickhouse.ts'
import { type RunningPostgres, startPostgres } from '../../sources/test/servers/postgres.ts'
import type { CellKind, TestTable } from '../../sources/test/tables.ts'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()

interface Flight {
  /** Such as `2001/01/10 18:20`. */
  readonly date: string
  readonly delay: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

const MONTHS = ['2001-01-01', '2001-02-01'] as const

/** Two months of US flights, in one table as teams have it. */
function flights(): TestTable {
  const manifest = createRequire(import.meta.url).resolve('vega-datasets')
  const path = join(dirname(manifest), '../data/flights-20k.json')
  const all = (JSON.parse(readFileSync(path, 'utf8')) as Flight[]).filter(({ date }) =>
    MONTHS.some((month) => date.startsWith(month.slice(0, 7).replace('-', '/'))),
  )
  const rows = all.map(({ date, delay, distance, origin, destination }) => {
    const at = new Date(`${date.replaceAll('/', '-').replace(' ', 'T')}:00Z`)
    return {
      month: new Date(`${at.toISOString().slice(0, 7)}-01`),
      departs: new Date(at.getTime() % 86_400_000),
      hour: at.getUTCHours(),
      weekday: ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'][at.getUTCDay()]!,
      delay,
      distance,
      origin,
      destination,
      speed: distance / (1 + Math.abs(delay)),
      late: delay > 15,
    }
  })
  const kinds: Readonly<Record<keyof (typeof rows)[number], CellKind>> = {
    month: 'day',
    departs: 'moment',
    hour: 'whole',
    weekday: 'text',
    delay: 'double',
    distance: 'double',
    origin: 'text',
    destination: 'text',
    speed: 'double',
    late: 'boolean',
  }
  return Object.entries(kinds).map(([name, kind]) => ({
    name,
    kind,
    cells: rows.map((row) => row[name as keyof typeof row]),
  }))
}

/** But for sums, whose last digits depend on the order, and the id that holds them. */
function withoutSums(json: string): string {
  const dropped = new Set(['sum', 'id'])
  return JSON.stringify(JSON.parse(json), (key, value) => (dropped.has(key) ? undefined : value), 1)
}

describeWithServer('postgres', 'the flights of two months', () => {
  describeWithServer('chdb', 'from a file, PostgreSQL and ClickHouse', () => {
    let postgres: RunningPostgres
    let clickhouse: RunningClickHouse
    const table = flights()
    const statements = (writing: Writing) => insertStatements('flights', table, writing)

    beforeAll(async () => {
      ;[postgres, clickhouse] = await Promise.all([startPostgres(), startClickHouse()])
      const client = new pg.Client({ connectionString: postgres.url })
      await client.connect()
      for (const sql of statements(POSTGRES_WRITING)) await client.query(sql)
      await client.end()
      const suffix = ' ENGINE = MergeTree ORDER BY tuple()'
      for (const sql of statements({ ...CLICKHOUSE_WRITING, suffix })) await clickhouse.run(sql)
      const instance = await DuckDBInstance.create(':memory:')
      const connection = await instance.connect()
      for (const sql of statements(POSTGRES_WRITING)) await connection.run(sql)
      for (const month of MONTHS) {
        const rows = `SELECT * FROM flights WHERE month = '${month}'`
        await connection.run(`COPY (${rows}) TO '${file(`${month}.parquet`)}'`)
      }
      connection.closeSync()
      instance.closeSync()
    })

    afterAll(async () => {
      await postgres?.stop()
      await clickhouse?.stop()
    })

    test.each([
      { by: 'the method of each type', method: [] },
      { by: 'PSI', method: ['--method', 'psi'] },
    ])('give one report, byte for byte, by $by', async ({ method }) => {
      const asked = [...method, '--target', 'late', '--json']
      const names = ['--reference-name', MONTHS[0], '--current-name', MONTHS[1]]
      const paths = MONTHS.map((month) => `${month}.parquet`)
      const ofFiles = await runCommand(
        ['drift', ...paths, ...names, '--time', 'month', ...asked],
        directory,
      )
      const sides = ['--reference', MONTHS[0], '--current', MONTHS[1]]
      const ofTable = (engine: string, url: string) =>
        runCommand(
          [
            'drift',
            '--engine',
            engine,
            '--table',
            'flights',
            '--time',
            'month',
            ...sides,
            ...asked,
          ],
          directory,
          { env: { TIDEGAUGE_DATABASE_URL: url } },
        )
      const inPostgres = await ofTable('postgres', postgres.url)
      const inClickHouse = await ofTable('clickhouse', clickhouse.url)
      for (const { code, stderr } of [ofFiles, inPostgres, inClickHouse]) {
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      }
      const expected = withoutSums(ofFiles.stdout)
      expect(expected.length).toBeGreaterThan(5000)
      expect(withoutSums(inPostgres.stdout)).toBe(expected)
      expect(withoutSums(inClickHouse.stdout)).toBe(expected)
    })
  })
})
