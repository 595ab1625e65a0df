import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertCondition } from './condition.ts'
import { isData, locate } from './locate.ts'
import { loadTables, openTables } from './open-tables.ts'
import { makeScratch, type Scratch } from './scratch.ts'
import { openSession, type Session } from './session.ts'

let directory: string
let scratch: Scratch
let session: Session
const file = (name: string) => join(directory, name)
const numbers = Array.from({ length: 60 }, (_, i) => (i * 7) % 31)

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tidegauge-condition-'))
  writeFileSync(file('a.csv'), `age,city\n${numbers.map((x) => `${x},c${x % 3}`).join('\n')}\n`)
  writeFileSync(file('secret.csv'), 'age\n1\n2\n')
  scratch = makeScratch()
  session = await openSession(scratch)
})
afterAll(() => {
  session.close()
  scratch.remove()
  rmSync(directory, { recursive: true })
})

let sides = 0

/** As the commands do it. */
async function rowsWhere(where: string): Promise<number> {
  await assertCondition(where, session)
  const located = await locate(file('a.csv'), session, undefined)
  if (!isData(located)) throw new TypeError('a CSV is data')
  const side = `side ${sides++}`
  const request = { side, located, where, columns: undefined, texts: {} }
  const loaded = await loadTables([request], session)
  const [table] = await openTables(loaded, session, { types: {} })
  return table!.rowCount
}

const attacks: ReadonlyArray<readonly [what: string, where: string]> = [
  [
    'a file is written',
    "true)) LIMIT 0; COPY (SELECT 42) TO 'x.csv'; SELECT 1 FROM (SELECT 1 WHERE (true",
  ],
  ['a file is written in the place of a case', "true THEN 1 END; COPY (SELECT 42) TO 'x.csv' --"],
  ['a second statement', 'true; SELECT 1'],
  ['a second column', 'true THEN 1 END, CASE WHEN true'],
  ['a second case', 'true THEN 1 WHEN false'],
  ['another table', "true THEN 1 END FROM 'secret.csv' WHERE CASE WHEN true"],
  ['a union', "true) UNION ALL SELECT age FROM 'secret.csv' WHERE (true"],
  ['a union of cases', 'true THEN 1 END UNION ALL SELECT CASE WHEN true'],
  ['rows that are sorted', 'true THEN 1 END ORDER BY CASE WHEN true'],
  ['a limit', 'true THEN 1 END LIMIT CASE WHEN true'],
  ['a sum of cases', 'true THEN 1 END + CASE WHEN true'],
  ['an end of its own', 'true THEN 1 ELSE 2 END --'],
  ['another file is read', "age IN (SELECT age FROM read_csv('secret.csv'))"],
  ['a file by its name', "EXISTS (FROM 'secret.csv')"],
  ['any file as text', "(SELECT content FROM read_text('/etc/passwd')) LIKE 'root%'"],
  ['a list of files', "(SELECT count(*) FROM glob('/etc/*')) > 0"],
  ['a database', "true; ATTACH 'x.duckdb' AS evil"],
  ['an extension from the network', 'true; INSTALL httpfs'],
  ['an extension', 'true; LOAD httpfs'],
  ['a setting', 'true; SET enable_external_access = true'],
  ['a pragma', 'true; PRAGMA threads = 1'],
  ['a comment that swallows what follows', 'true /*'],
  ['a quote that stays open', "city = 'c1"],
  ['a name that stays open', 'true OR "age'],
  ['a dollar quote that stays open', 'true OR $$age'],
  ['a parameter', 'age > ?'],
  ['the environment', "getenv('HOME') = '/root'"],
  ['a setting that is read', "current_setting('temp_directory') LIKE '/%'"],
  ['a setting in other words', `Main."Current_Setting"('temp_directory') LIKE '/%'`],
  ['a setting for each value', "list_contains([x -> 1], 1) OR current_setting('threads') > age"],
  [
    'a setting inside of a list',
    "len(list_filter(['temp_directory'], x -> current_setting(x) LIKE '/%')) = 1",
  ],
  ['a setting inside of an error', "error(current_setting('temp_directory')) IS NULL"],
  ['a variable', "getvariable('x') IS NULL"],
  ['the version', "version() LIKE 'v%'"],
  ['the statement itself', "current_query() LIKE '%a.csv%'"],
  ['a line in a log', "write_log('x') IS NULL"],
  ['a rest', 'sleep_ms(1) IS NULL'],
  ['nothing', '-- nothing'],
  ['a thousand brackets too few', '('.repeat(1000)],
  ['ever deeper', `${'NOT '.repeat(20_000)}true`],
  ['a window over all rows', 'row_number() OVER () < 5'],
]

test.each(attacks)(
  '%s is refused: it is no condition, or none that can be used',
  async (_, where) => {
    const before = readdirSync(directory)
    await expect(rowsWhere(where)).rejects.toThrow(
      /^`where` (must be one condition on the columns|cannot be used on .*a\.csv): /,
    )
    expect(readdirSync(directory)).toEqual(before)
  },
)

test.each([
  [
    "city = 'c1' AND age BETWEEN 3 AND 20 -- and a comment",
    (x: number) => x % 3 === 1 && x >= 3 && x <= 20,
  ],
  ["city IN ('c1', 'it''s; a (trap') /* here */ OR age > 25", (x: number) => x % 3 === 1 || x > 25],
  ["CASE WHEN age > 10 THEN city = 'c0' ELSE false END", (x: number) => x > 10 && x % 3 === 0],
  [
    "list_contains([1, 2, 3], age) OR city LIKE '%2'",
    (x: number) => [1, 2, 3].includes(x) || x % 3 === 2,
  ],
] as const)('%s holds for what it says', async (where, holds) => {
  expect(await rowsWhere(where)).toBe(numbers.filter(holds).length)
})

test.each([
  "age >= 0 AND random() < 2 AND now() > TIMESTAMP '2020-01-01' AND current_date > DATE '2020-01-01'",
  "upper(city) LIKE 'C%' AND city ~ 'c.' AND len(list_transform([age], x -> x + 1)) = 1",
  "extract(year FROM current_timestamp - INTERVAL 1 DAY) > 2000 AND split_part(city, 'c', 2) <> ''",
])('%s asks nothing but the columns, the time and a draw', async (where) => {
  expect(await rowsWhere(where)).toBe(numbers.length)
})

test('every function of DuckDB without an argument is one of the time, a draw or a constant, or is refused', async () => {
  const result = await session.connection.runAndReadAll(
    `SELECT DISTINCT function_name FROM duckdb_functions()
      WHERE function_type IN ('scalar', 'macro') AND len(parameters) = 0 AND varargs IS NULL ORDER BY ALL`,
  )
  const allowed: string[] = []
  for (const [name] of result.getRows()) {
    const refusal = await assertCondition(`"${name}"() IS NULL`, session).catch((error) => error)
    if (refusal === undefined) allowed.push(String(name))
    else
      expect(refusal.message).toBe(
        `\`where\` must be one condition on the columns: ${name}() is no function of columns`,
      )
  }
  const times = [
    ...['current_date', 'current_localtime', 'current_localtimestamp', 'get_current_time'],
    ...['get_current_timestamp', 'now', 'today', 'transaction_timestamp'],
  ]
  const constants = ['list_pack', 'list_value', 'map', 'pi']
  expect([...times, ...constants, 'random']).toEqual(expect.arrayContaining(allowed))
  expect(allowed).toContain('now')
})

test('behind the closed doors of a session nothing is opened but its own files', async () => {
  const own = makeScratch()
  const confined = await openSession(own)
  try {
    await confined.confine([file('a.csv')])
    await confined.lock()
    const run = (sql: string) => confined.connection.run(sql)
    await run(`SELECT * FROM read_csv('${file('a.csv')}')`)
    await run(`CREATE TABLE ${await confined.tables('disk')}.kept AS SELECT 1`)
    for (const sql of [
      `SELECT * FROM read_csv('${file('secret.csv')}')`,
      `SELECT * FROM read_csv('${directory}/*.csv')`,
      `SELECT * FROM read_csv('${file('x/../secret.csv')}')`,
      `SELECT * FROM '${file('secret.csv')}'`,
      `SELECT * FROM read_text('/etc/passwd')`,
      `SELECT * FROM glob('/etc/*')`,
      `COPY (SELECT 42) TO '${file('x.csv')}'`,
      `COPY (SELECT 42) TO '${file('a.csv')}'`,
      `ATTACH '${file('x.duckdb')}' AS evil`,
      'INSTALL httpfs',
      'LOAD httpfs',
      'SET enable_external_access = true',
      'RESET enable_external_access',
      `SET allowed_directories = ['/']`,
      'PRAGMA threads = 1',
    ]) {
      await expect(run(sql), sql).rejects.toThrow(
        /Permission Error|the configuration has been locked|locked/,
      )
    }
    expect(existsSync(file('x.csv'))).toBe(false)
    expect(existsSync(file('x.duckdb'))).toBe(false)
  } finally {
    confined.close()
    own.remove()
  }
})
