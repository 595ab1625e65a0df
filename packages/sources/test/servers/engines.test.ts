import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer, postgresFolder } from '../../../../vitest.servers.ts'
import { expectGone, processesOf } from './gone.ts'
import { type RunningPostgres, startPostgres } from './postgres.ts'
import { type RunningSpark, startSpark } from './spark.ts'
import { type RunningTrino, startTrino } from './trino.ts'

describeWithServer('trino', 'the Trino of the tests', () => {
  let postgres: RunningPostgres | undefined
  let trino: RunningTrino
  beforeAll(async () => {
    if (postgresFolder() !== undefined) postgres = await startPostgres()
    trino = await startTrino({ postgres })
  }, 600_000)
  afterAll(async () => {
    await trino?.stop()
    await postgres?.stop()
  })

  test('counts on its worker, not on its coordinator', async () => {
    expect(await trino.run('SELECT count(*) FROM tpch.tiny.orders')).toEqual([[15_000]])
    const nodes = 'SELECT coordinator, state FROM system.runtime.nodes ORDER BY 1'
    expect(await trino.run(nodes)).toEqual([
      [false, 'active'],
      [true, 'active'],
    ])
  })

  test('keeps tables in memory, in a lake of Parquet, and in PostgreSQL where there is one', async () => {
    await trino.run('CREATE SCHEMA lake.months')
    const schemas = ['memory.default', 'lake.months', ...(postgres ? ['postgresql.public'] : [])]
    for (const schema of schemas) {
      await trino.run(`CREATE TABLE ${schema}.kept AS SELECT orderkey FROM tpch.tiny.orders`)
      expect(await trino.run(`SELECT count(*) FROM ${schema}.kept`)).toEqual([[15_000]])
    }
  })

  test('is gone when it was stopped', async () => {
    await trino.stop()
    for (const pid of trino.pids) expectGone({ pid, folder: trino.folder })
  })
})

describeWithServer('spark', 'the Spark of the tests', () => {
  let spark: RunningSpark
  beforeAll(async () => {
    spark = await startSpark({ thrift: true })
  }, 600_000)
  afterAll(() => spark?.stop())

  test('counts on two workers', async () => {
    const counted = 'SELECT count(*) AS c, CAST(NULL AS INT) AS nothing FROM range(0, 100000, 1, 8)'
    expect(await spark.run(counted)).toEqual([{ c: 100_000, nothing: null }])
    await expect
      .poll(() => spark.workers())
      .toMatchObject([
        { state: 'ALIVE', coresused: 1 },
        { state: 'ALIVE', coresused: 1 },
      ])
  })

  test('keeps tables, says what is wrong, and holds an integer that a double does not', async () => {
    await spark.run('CREATE TABLE kept USING parquet AS SELECT 9007199254740993 AS n')
    expect(await spark.run('SELECT n FROM kept')).toEqual([{ n: '9007199254740993' }])
    await expect(spark.run('SELECT * FROM missing')).rejects.toThrow('TABLE_OR_VIEW_NOT_FOUND')
  })

  test("shows the session's tables to a client of Hive's protocol", async () => {
    const beeline = join(process.env.TIDEGAUGE_SPARK_HOME!, 'bin/beeline')
    const url = `jdbc:hive2://127.0.0.1:${spark.thriftPort}/;auth=noSasl`
    const args = [
      '-u',
      url,
      '-n',
      'tidegauge',
      '--silent=true',
      '--outputformat=csv2',
      '-e',
      'SELECT n FROM kept',
    ]
    const asked = promisify(execFile)(beeline, args)
    asked.child.stdin?.end() // it would ask on for more
    expect((await asked).stdout).toMatch(/^9007199254740993$/m)
  })

  test('is gone when it was stopped', async () => {
    await spark.stop()
    await expect.poll(() => processesOf(spark.folder)).toEqual([])
    for (const pid of spark.pids) expectGone({ pid, folder: spark.folder })
  })
})
