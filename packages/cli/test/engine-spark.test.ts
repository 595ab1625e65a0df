import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import type { TableProfile } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()
const run = (...args: string[]) => runCommand(args, directory)

/** As a reader of the page would have it. */
function programOfThePage(): string {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  return /```python\n(.*?)```/s.exec(page)![1]!
}

describeWithServer(
  'spark',
  'the statements of a profile, run by the lines of PySpark in docs/cli.md',
  () => {
    test('give what the file itself gives', { timeout: 900_000 }, async () => {
      const instance = await DuckDBInstance.create(':memory:')
      const connection = await instance.connect()
      for (const [name, shift] of [
        ['before', 0],
        ['after', 7],
      ] as const) {
        await connection.run(`COPY (SELECT i::DOUBLE + ${shift} AS x, i % 5 AS whole,
        CASE WHEN i % 7 = 0 THEN NULL ELSE 'it''s ' || (i % 3) END AS city, i % 2 = 0 AS flag,
        TIMESTAMP '2024-01-31 00:00:00' + to_minutes(i::INTEGER) AS at
        FROM range(1000) t(i)) TO '${file(`${name}.parquet`)}'`)
      }
      connection.closeSync()
      instance.closeSync()
      await run('profile', 'before.parquet', '--out', 'before.json')
      writeFileSync(file('run.py'), programOfThePage())
      writeFileSync(file('rows.jsonl'), '')
      const table = `parquet.\`${file('after.parquet')}\``
      const options = ['--engine', 'spark', '--table', table, '--like', 'before.json']
      const python = join(process.env.TIDEGAUGE_SPARK_HOME!, '../../../../bin/python')
      for (let round = 0; ; round++) {
        const { stdout, stderr } = await run('statements', ...options, '--rows', 'rows.jsonl')
        expect(stderr).toBe('')
        if (stdout === '') break
        expect(round).toBeLessThan(6)
        writeFileSync(file('statements.jsonl'), stdout)
        const answers = await promisify(execFile)(python, ['run.py', 'statements.jsonl'], {
          cwd: directory,
          maxBuffer: 2 ** 26,
        })
        appendFileSync(file('rows.jsonl'), answers.stdout)
      }
      const [bySpark, byFile] = await Promise.all([
        run('profile', ...options, '--rows', 'rows.jsonl'),
        run('profile', 'after.parquet', '--like', 'before.json'),
      ])
      const counts = (text: string) =>
        (JSON.parse(text) as TableProfile).columns.map(({ name, type, profile }) => {
          return { name, type, profile: { ...profile, sum: 0 } }
        })
      expect(counts(bySpark.stdout)).toEqual(counts(byFile.stdout))
    })
  },
)
