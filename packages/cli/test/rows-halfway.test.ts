import { existsSync, writeFileSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { DriftReport } from '@tidegauge/drift'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()

interface Answer {
  readonly id: string
  readonly sql: string
  readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const OPTIONS = [
  ...['--engine', 'duckdb', '--table', 'snapshots', '--time', 'month'],
  ...['--reference', '2024-01', '--current', '2024-02'],
]

/** Statements of a comparison and what they gave back: of a whole table, and of one that was written to since. */
let whole: readonly Answer[]
let later: readonly Answer[]
let connection: DuckDBConnection

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
  await connection.run(`CREATE TABLE snapshots AS SELECT '2024-0' || (1 + i % 2) AS month, (i * 37) % 501 / 7 AS spend,
    'city ' || (i * 13) % 17 AS city FROM range(4000) t(i)`)
  whole = await carried()
  await connection.run(`INSERT INTO snapshots SELECT month, spend + 1, city FROM snapshots`)
  later = await carried()
})
afterAll(() => connection?.closeSync())

async function carried(): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let round = 0; ; round++) {
    save(answers)
    const { stdout } = await runCommand(
      ['statements', ...OPTIONS, '--rows', 'rows.jsonl'],
      directory,
    )
    if (stdout === '') return answers
    expect(round).toBeLessThan(12)
    for (const line of stdout.trimEnd().split('\n')) {
      const { id, sql } = JSON.parse(line) as { readonly id: string; readonly sql: string }
      const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson()
      answers.push({ id, sql, rows })
    }
  }
}

function linesOf(answers: readonly Partial<Answer>[]): string {
  return answers.map(({ sql: _, ...answer }) => `${JSON.stringify(answer)}\n`).join('')
}

const save = (answers: readonly Partial<Answer>[]) =>
  writeFileSync(file('rows.jsonl'), linesOf(answers))

const drift = () =>
  runCommand(['drift', ...OPTIONS, '--rows', 'rows.jsonl', '--out', 'nothing', '--json'], directory)

/** Nothing was written, and it is said in one line why; that rows were not asked for, which would have been later, may be said before. */
function expectRefused(
  { code, stdout, stderr }: Awaited<ReturnType<typeof drift>>,
  message: RegExp,
  what = '',
): void {
  expect(stderr, what).toMatch(message)
  const lines = stderr.trimEnd().split('\n')
  expect(
    lines.filter((line) => !line.endsWith(' not asked for were ignored')),
    what,
  ).toHaveLength(1)
  expect({ code, stdout }, what).toEqual({ code: 2, stdout: '' })
  expect(existsSync(file('nothing')), what).toBe(false)
}

describe('rows that somebody else has carried, of a job that ended half way', () => {
  test('are enough where all are there', async () => {
    save(whole)
    const args = ['drift', ...OPTIONS, '--rows', 'rows.jsonl', '--json']
    const { code, stdout, stderr } = await runCommand(args, directory)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { columns } = JSON.parse(stdout) as DriftReport
    expect(columns.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['spend', 'stable'],
      ['city', 'stable'],
    ])
    expect(whole.length).toBeGreaterThan(12)
  })

  test('a file that was cut off', async () => {
    const text = linesOf(whole)
    for (const share of [0, 0.1, 0.3, 0.5, 0.7, 0.9]) {
      const cut = text.slice(0, Math.floor(share * text.length))
      writeFileSync(file('rows.jsonl'), cut)
      expectRefused(await drift(), /rows\.jsonl(: line \d+ is no JSON| lacks the rows of)/, cut)
    }
    writeFileSync(file('rows.jsonl'), text.slice(0, -2))
    expectRefused(await drift(), new RegExp(`line ${whole.length} is no JSON`))
    // And one that was written on, where the next job began.
    writeFileSync(file('rows.jsonl'), text.slice(0, text.length >> 1) + text)
    expectRefused(await drift(), /line \d+ is no JSON/)
  })

  test('the rows of any one statement are missing', async () => {
    for (const { id, sql } of whole) {
      save(whole.filter((answer) => answer.id !== id))
      expectRefused(await drift(), /rows\.jsonl lacks the rows of \d+ statements: /, sql)
    }
  })

  test('any one statement has no rows, or half of them', async () => {
    for (const { id, sql, rows } of whole) {
      // Of half of the columns nobody can tell that there are more.
      for (const left of sql.startsWith('DESCRIBE') ? [0] : new Set([0, rows.length >> 1])) {
        const cut = (answer: Answer) =>
          answer.id === id ? { ...answer, rows: rows.slice(0, left) } : answer
        save(whole.map(cut))
        expectRefused(await drift(), /^tidegauge: .+/, `${left} of ${rows.length} rows: ${sql}`)
      }
    }
  })

  test('the names of the rows are others', async () => {
    for (const { id, sql } of whole) {
      const shout = (answer: Answer) =>
        answer.id !== id
          ? answer
          : {
              ...answer,
              rows: answer.rows.map((row) =>
                Object.fromEntries(
                  Object.entries(row).map(([name, cell]) => [name.toUpperCase(), cell]),
                ),
              ),
            }
      save(whole.map(shout))
      if (/^SELECT 1 AS one/.test(sql)) continue
      expectRefused(await drift(), /^tidegauge: .+/, sql)
    }
  })

  test('any one statement was run when the table was another one', async () => {
    let other = 0
    for (const { id, sql } of whole) {
      const [found] = later.filter((answer) => answer.id === id)
      const before = whole.find((answer) => answer.id === id)!
      if (found === undefined || JSON.stringify(found) === JSON.stringify(before)) continue
      other++
      save(whole.map((answer) => (answer.id === id ? found : answer)))
      expectRefused(
        await drift(),
        /rows were written while they were counted|lacks the rows of|no value at place/,
        sql,
      )
    }
    expect(other).toBeGreaterThan(5)
  })

  /** As somebody would whose Spark runs the first two rounds, and fails in the third. */
  async function failed(error: string) {
    const args = [
      ...['--engine', 'spark', '--table', 'snapshots', '--time', 'half'],
      ...['--reference', '0', '--current', '1', '--rows', 'rows.jsonl'],
    ]
    const columns = [
      { col_name: 'half', data_type: 'bigint' },
      { col_name: 'x', data_type: 'string' },
    ]
    const answers: object[] = []
    for (let round = 0; round < 5; round++) {
      writeFileSync(file('rows.jsonl'), answers.map((one) => `${JSON.stringify(one)}\n`).join(''))
      const { stdout } = await runCommand(['statements', ...args], directory)
      for (const line of stdout.split('\n').filter((one) => one !== '')) {
        const { id, sql } = JSON.parse(line) as { readonly id: string; readonly sql: string }
        if (sql.startsWith('DESCRIBE')) answers.push({ id, rows: columns })
        else if (sql.startsWith('SELECT 1 AS one')) answers.push({ id, rows: [{ one: '1' }] })
        else if (sql.startsWith('SELECT COUNT(*) AS n FROM'))
          answers.push({ id, rows: [{ n: '50' }] })
        else answers.push({ id, error })
      }
    }
    return runCommand(['drift', ...args, '--out', 'nothing', '--json'], directory)
  }

  test.each([
    'An error occurred while calling o58.collectToPython.\n: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 4 times, most recent failure: Lost task 0.3 in stage 3.0 (TID 9) (10.0.0.7 executor 4): ExecutorLostFailure (executor 4 exited caused by one of the running tasks) Reason: Command exited with code 137',
    '[Errno 111] Connection refused',
    'Cannot call methods on a stopped SparkContext.',
  ])('of Spark an error of the job is that of the whole: %s', async (error) => {
    expectRefused(await failed(error), /^tidegauge: 0: .*(Job aborted|Errno|stopped)/)
  })

  test('and one of a value costs its column alone', async () => {
    const error =
      '[CAST_INVALID_INPUT] The value \'x\' of the type "STRING" cannot be cast to "DOUBLE" because it is malformed. SQLSTATE: 22018'
    const { code, stdout } = await failed(error)
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as DriftReport).columns).toMatchObject([
      { name: 'x', verdict: 'insufficient-data', reason: expect.stringContaining('CAST_INVALID') },
    ])
  })
})
