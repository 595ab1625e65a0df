import { writeFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DriftReport } from '@tidegauge/drift'
import {
  binary,
  float64,
  int32,
  int64,
  list,
  map,
  struct,
  tableFromArrays,
  tableToIPC,
  timeMillisecond,
  utf8,
} from '@uwdata/flechette'
import { beforeAll, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

/** What Arrow has types for, and no double holds. */
const { directory, file } = workFolder()
const ROWS = 900
const FIRST = 1_445_078_208_190_291_968n

/** Codes of which the first is `times` times as frequent as each of the others. */
const codes = (times: number) =>
  Array.from({ length: ROWS }, (_, i) => FIRST + BigInt(Math.max(0, (i % (5 + times)) - times + 1)))

beforeAll(() => {
  for (const [name, times, hour] of [
    ['before', 1, 8],
    ['after', 6, 16],
  ] as const) {
    const table = tableFromArrays(
      {
        account: codes(times),
        at: Array.from({ length: ROWS }, (_, i) => hour * 3.6e6 + (i % 240) * 60_000),
        place: Array.from({ length: ROWS }, (_, i) => [i % 7, i / 3]),
        word: Array.from({ length: ROWS }, (_, i) => 'ab'[i % 2]!),
      },
      {
        types: {
          account: int64(),
          at: timeMillisecond(),
          place: list(float64()),
          word: utf8(),
        },
        useBigInt: true,
      },
    )
    writeFileSync(file(`${name}.arrow`), tableToIPC(table, { format: 'file' })!)
  }
})

test('codes of 64 bits, times of the day and lists are what they are', async () => {
  const args = ['drift', 'before.arrow', 'after.arrow', '--type', 'account=categorical', '--json']
  const { code, stdout, stderr } = await runCommand(args, directory)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { columns } = JSON.parse(stdout) as DriftReport
  const column = (name: string) => columns.find((own) => own.name === name)!
  const { reference } = column('account')
  expect(reference?.kind === 'categorical' && reference.categories.toSorted()).toEqual(
    Array.from({ length: 6 }, (_, i) => String(FIRST + BigInt(i))),
  )
  expect(column('account')).toMatchObject({ verdict: 'drifted' })
  expect(column('at')).toMatchObject({
    type: 'numeric',
    statistic: 1,
    verdict: 'drifted',
    reference: { min: 8 * 3600 },
  })
  expect(column('place').verdict).toBe('insufficient-data')
  expect(column('place').reason).toMatch(/too many categories to tell/)
  expect(column('word').verdict).toBe('stable')
})

test('lists, structures and bytes are written alike, whichever format holds them', async () => {
  const value = (i: number) => ({
    list: i % 3 === 0 ? null : ['a b', `it's "${i % 3}"`].slice(0, i % 3),
    pair: [i % 2, 1.5],
    row: { whole: i % 2, word: 'ü', inner: [[1.0]], none: null },
  })
  const values = Array.from({ length: ROWS }, (_, i) => value(i))
  const arrow = tableFromArrays(
    {
      list: values.map(({ list }) => list),
      pair: values.map(({ pair }) => pair),
      row: values.map(({ row }) => row),
      bytes: values.map((_, i) => Uint8Array.of(0x61, 0x22, 0xff, i % 3)),
      map: values.map((_, i) => [['a', i % 2] as const]),
    },
    {
      types: {
        list: list(utf8()),
        pair: list(float64()),
        row: struct({ whole: int32(), word: utf8(), inner: list(list(float64())), none: utf8() }),
        bytes: binary(),
        map: map(utf8(), int32()),
      },
    },
  )
  writeFileSync(file('nested.arrow'), tableToIPC(arrow, { format: 'file' })!)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT
      [NULL, ['a b'], ['a b', 'it''s "2"']][i % 3 + 1] AS list, [(i % 2)::DOUBLE, 1.5] AS pair,
      {'whole': (i % 2)::INTEGER, 'word': 'ü', 'inner': [[1.0::DOUBLE]], 'none': NULL::VARCHAR} AS "row",
      '\\x61\\x22\\xFF'::BLOB || ['\\x00'::BLOB, '\\x01'::BLOB, '\\x02'::BLOB][i % 3 + 1] AS bytes,
      MAP {'a': (i % 2)::INTEGER} AS map
    FROM range(${ROWS}) t(i)) TO '${file('nested.parquet')}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  const json = values.map(({ list, row }) =>
    JSON.stringify({ list, row }).replace('[[1]]', '[[1.0]]'),
  )
  writeFileSync(file('nested.ndjson'), json.join('\n'))
  for (const [other, names] of [
    ['nested.arrow', ['list', 'pair', 'row', 'bytes', 'map']],
    ['nested.ndjson', ['list', 'row']],
  ] as const) {
    const args = ['drift', 'nested.parquet', other, '--columns', names.join(','), '--json']
    const { columns } = JSON.parse((await runCommand(args, directory)).stdout) as DriftReport
    expect(columns.map(({ name, statistic, verdict }) => [name, statistic, verdict])).toEqual(
      names.map((name) => [name, 0, 'stable']),
    )
  }
})
