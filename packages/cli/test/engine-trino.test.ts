import type { DriftReport } from '@tidegauge/drift'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { type RunningTrino, startTrino } from '../../sources/test/servers/trino.ts'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory } = workFolder()

describeWithServer('trino', 'tidegauge drift --engine trino', () => {
  let server: RunningTrino

  beforeAll(async () => {
    server = await startTrino()
    await server.run(
      `CREATE TABLE memory.default.snapshots AS SELECT *, CAST(at AT TIME ZONE 'UTC' AS timestamp(6)) AS local FROM (SELECT
        CASE WHEN i <= 2000 THEN DATE '2024-01-31' ELSE DATE '2024-02-29' END AS as_of,
        from_unixtime(IF(i <= 2000, 1706659200, 1709164800) + i * 40 % 86400, 'Asia/Kolkata') AS at,
        CASE WHEN i <= 2000 THEN '2024-01' ELSE '2024-02' END AS month,
        i % 60 AS age, 'it''s ' || CAST(i % 3 AS varchar) AS plan
        FROM UNNEST(sequence(1, 4000)) t(i))`,
    )
  }, 600_000)

  afterAll(async () => {
    await server?.stop()
  })

  test.each([
    ['as_of', '2024-01', '2024-02'],
    ['at', '2024-01-31', '2024-02-29'],
    ['local', '2024-01-31', '2024-02'],
  ])('--time %s takes %s and %s', async (time, reference, current) => {
    const url = server.url.replace('http://', 'http://tidegauge@')
    const { stdout, stderr } = await runCommand(
      [
        ...['drift', '--engine', 'trino', '--table', 'snapshots', '--time', time],
        ...[reference, current, '--json'],
      ],
      directory,
      { env: { TIDEGAUGE_DATABASE_URL: `${url}/memory/default` } },
    )
    expect(stderr).toBe('')
    const report = JSON.parse(stdout) as DriftReport
    expect([report.reference.rows, report.current.rows]).toEqual([2000, 2000])
    expect(report.columns.find(({ name }) => name === 'plan')!.verdict).toBe('stable')
  })
})
