import { writeFileSync } from 'node:fs'
import type { DriftReport } from '@tidegauge/drift'
import {
  float64,
  int64,
  list,
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
