import { existsSync } from 'node:fs'
import type { DriftReport } from '@tidegauge/drift'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import {
  type ClickHouseShards,
  startClickHouseShards,
} from '../../sources/test/servers/clickhouse.ts'
import { type CommandOptions, runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()

describeWithServer(
  'clickhouse',
  'tidegauge drift --engine clickhouse, on two shards of 18.16',
  () => {
    let cluster: ClickHouseShards

    beforeAll(async () => {
      cluster = await startClickHouseShards()
      const columns = 'as_of Date, at DateTime, month String, age Int32, spend Float64, plan String'
      await cluster.distribute('snapshots', columns)
      await cluster.shards[0].run(
        `INSERT INTO snapshots SELECT toDate(number < 2000 ? '2024-01-31' : '2024-02-29') AS as_of,
        toDateTime(as_of, 'UTC') + number * 20 % 86400 AS at, substring(toString(as_of), 1, 7),
        number % 60, number % 977 / 7, concat('it\\'s ', toString(number % 3)) FROM numbers(4000)`,
      )
    })

    afterAll(async () => {
      await cluster?.stop()
    })

    const run = (args: readonly string[], env: CommandOptions['env'] = {}) =>
      runCommand(args, directory, { env: { TIDEGAUGE_DATABASE_URL: cluster.urls[0], ...env } })

    const CH = ['drift', '--engine', 'clickhouse', '--table', 'snapshots', '--time']

    test.each([
      ['as_of', '2024-01', '2024-02'],
      ['at', '2024-01-31', '2024-02-29'],
      ['month', '2024-01', '2024-02'],
    ])('--time %s takes %s and %s', async (time, reference, current) => {
      const { stdout, stderr } = await run([...CH, time, reference, current, '--json'])
      expect(stderr).toBe('')
      const report = JSON.parse(stdout) as DriftReport
      expect([report.reference.rows, report.current.rows]).toEqual([2000, 2000])
      expect(report.columns.map(({ name }) => name)).not.toContain(time)
      expect(report.columns.find(({ name }) => name === 'plan')!.verdict).toBe('stable')
    })

    test('a text that is quoted, and one that is not there', async () => {
      const { code, stderr } = await run([...CH, 'plan', "it's 1", "it's\\' OR 1 = 1 --"])
      expect(stderr).toMatch(
        /--current it's.*: no row of snapshots .* there are it's 2, it's 1, it's 0\n$/,
      )
      expect(code).toBe(2)
    })

    test('wrong credentials are one line without them', async () => {
      const [, user] = /\/\/(\w+):/.exec(cluster.urls[0])!
      const url = cluster.urls[0].replace(/\/\/.*@/, `//${user}:se%2Fcret%21word@`)
      const { code, stdout, stderr } = await run(
        [...CH, 'as_of', '2024-01', '2024-02', '--out', 'nothing'],
        { TIDEGAUGE_DATABASE_URL: url },
      )
      expect(stderr).toMatch(/^tidegauge: clickhouse: .*[Pp]assword/)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(stderr).not.toMatch(/cret|word!|%21/)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(existsSync(file('nothing'))).toBe(false)
    })
  },
)
