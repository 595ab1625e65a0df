import { writeFileSync } from 'node:fs'
import type { TableInput } from '@tidegauge/core'
import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

/** One and the same moments, as dates, as milliseconds and as other texts. */
const { directory, file } = workFolder()

const moments = Array.from(
  { length: 1500 },
  (_, i) => Date.UTC(2026, 0, 1) + ((i * 37) % 1500) * 3.6e6,
)
const COLUMNS: Record<string, unknown[]> = {
  dates: moments.map((time) => new Date(time)),
  numbers: moments,
  texts: moments.map((time) => `week ${Math.floor(time / 6.048e8) % 5}`),
  nothing: moments.map(() => null),
}
const tableOf = (name: string) => ({ at: COLUMNS[name]!, other: moments.map((_, i) => i % 50) })

beforeAll(async () => {
  for (const name of Object.keys(COLUMNS)) {
    const { at, other } = tableOf(name)
    const lines = at.map((cell, i) => {
      const text = cell instanceof Date ? cell.toISOString().slice(0, 19).replace('T', ' ') : cell
      return `${text ?? ''},${other[i]}`
    })
    writeFileSync(file(`${name}.csv`), ['at,other', ...lines, ''].join('\n'))
    const { code, stderr } = await runCommand(
      ['profile', `${name}.csv`, '--out', `${name}.json`],
      directory,
    )
    expect({ code, stderr }).toMatchObject({ code: 0 })
  }
})

async function reportOn(...args: string[]): Promise<DriftReport> {
  const { code, stdout, stderr } = await runCommand(['drift', ...args, '--json'], directory)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

const summaryOf = ({ changedTypes, columns, decision, missingColumns }: DriftReport) => ({
  changedTypes,
  missingColumns,
  decision,
  columns: columns.map(({ name, type, verdict, finding, reason }) => {
    return { name, type, verdict, finding, reason }
  }),
})

describe.each([
  ['dates', 'numbers'],
  ['numbers', 'dates'],
  ['dates', 'texts'],
  ['texts', 'dates'],
])('%s against %s have changed their type', (before, after) => {
  test.each([
    ['from two files', `${before}.csv`, `${after}.csv`],
    ['from a stored profile and a file', `${before}.json`, `${after}.csv`],
    ['from a file and a stored profile', `${before}.csv`, `${after}.json`],
  ])('%s', async (_, reference, current) => {
    const report = await reportOn(reference, current)
    const expected = detectDrift(tableOf(before) as TableInput, tableOf(after) as TableInput)
    expect(expected.changedTypes).toHaveLength(1)
    expect(summaryOf(report)).toEqual(summaryOf(expected))
  })
})

test.each(['numeric', 'datetime'])('--type at=%s has them compared', async (type) => {
  const args = ['dates.csv', 'numbers.csv', '--type', `at=${type}`]
  const report = await reportOn(...args)
  expect(report.columns.find(({ name }) => name === 'at')).toMatchObject({
    type,
    verdict: 'stable',
    statistic: 0,
  })
})

test('dates stay dates, from files and from stored profiles', async () => {
  for (const [reference, current] of [
    ['dates.csv', 'dates.csv'],
    ['dates.json', 'dates.csv'],
    ['dates.csv', 'dates.json'],
  ]) {
    const { columns } = await reportOn(reference!, current!)
    expect(columns.find(({ name }) => name === 'at')).toMatchObject({
      type: 'datetime',
      verdict: 'stable',
    })
  }
})

test('a side without a value has not changed its type', async () => {
  const { missingColumns, changedTypes } = await reportOn('dates.csv', 'nothing.csv')
  expect({ missingColumns, changedTypes }).toEqual({ missingColumns: ['at'], changedTypes: [] })
})
