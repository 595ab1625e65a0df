import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DriftReport } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

interface Truth {
  readonly name: string
  readonly method: string
  readonly threshold: number
  readonly score: number
  readonly drifted: boolean
}
interface Golden {
  readonly reports: ReadonlyArray<{
    readonly files: readonly [string, string]
    readonly share: number
    readonly columns: readonly Truth[]
  }>
}

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url))
const golden: Golden = JSON.parse(readFileSync(`${GOLDEN}evidently-0.7-csv.json`, 'utf8'))
const METHODS: Readonly<Record<string, string>> = {
  'K-S p_value': 'kolmogorov-smirnov',
  'Z-test p_value': 'z-test',
  'chi-square p_value': 'chi-square-fit',
  'Percentile text content drift': 'domain-classifier',
}
const { directory: folder } = workFolder()

async function reportOn(args: readonly string[], cwd: string): Promise<DriftReport> {
  const { stdout, stderr } = await runCommand(['drift', ...args, '--json'], cwd)
  expect(stderr).toBe('')
  return JSON.parse(stdout) as DriftReport
}

describe.each(golden.reports)('$files', ({ files, share, columns: truths }) => {
  test('have in each column Evidently’s method, threshold, score and flag, dates as text among them', async () => {
    const report = await reportOn([...files, '--preset', 'evidently-0.7'], GOLDEN)
    expect(report.columns.map(({ name }) => name)).toEqual(truths.map(({ name }) => name))
    report.columns.forEach((column, i) => {
      const { name, method, threshold, score, drifted } = truths[i]!
      expect([name, column.method, column.drifted]).toEqual([name, METHODS[method], drifted])
      if (column.method === 'domain-classifier') return
      expect([name, column.threshold]).toEqual([name, threshold])
      const own = column.criterion.measure === 'pValue' ? column.pValue! : column.statistic!
      // Its z test takes p from 1.
      const rounding = column.method === 'z-test' ? Number.EPSILON : 1e-300
      expect(Math.abs(own - score), name).toBeLessThan(1e-9 * score + rounding)
    })
    expect(report.shareOfDriftedColumns).toBe(share)
  })
})

test('floats that are written without a fraction make another report than integers', () => {
  const [floats, whole] = golden.reports
  expect(floats!.share).not.toBe(whole!.share)
})

test('0.4 takes dates of a CSV for categories too; the column of --time stays one of dates', async () => {
  const files = golden.reports[0]!.files
  const columns = ['--columns', 'day,european', '--time', 'moment']
  const report = await reportOn([...files, '--preset', 'evidently', ...columns], GOLDEN)
  expect(report.columns.map(({ name, type }) => [name, type])).toEqual([
    ['day', 'categorical'],
    ['european', 'categorical'],
  ])
  expect(report.reference.timeRange).toBeDefined()
  const own = await reportOn([...files, '--columns', 'day,moment'], GOLDEN)
  expect(own.columns.map(({ type }) => type)).toEqual(['datetime', 'datetime'])
})

test('of JSON, pandas takes the columns for dates that are called so', async () => {
  const row = (day: string) => JSON.stringify({ day, created_at: day, Date: day })
  const days = Array.from({ length: 60 }, (_, i) => row(`2026-01-${10 + (i % 9)}`))
  for (const name of ['a.ndjson', 'b.ndjson']) writeFileSync(join(folder, name), days.join('\n'))
  const report = await reportOn(['a.ndjson', 'b.ndjson', '--preset', 'evidently-0.7'], folder)
  expect(report.columns.map(({ name, type }) => [name, type])).toEqual([
    ['day', 'categorical'],
    ['created_at', 'datetime'],
    ['Date', 'datetime'],
  ])
})

test('a word among numbers makes a column of words of them, as of pandas', async () => {
  const numbers = Array.from({ length: 200 }, (_, i) => i % 40)
  const csv = (odd: string, other: string) =>
    `odd,other\n${numbers.map((n, i) => `${i === 7 ? odd : n},${i === 7 ? other : n}\n`).join('')}`
  writeFileSync(join(folder, 'words.csv'), csv('oops', '1'))
  writeFileSync(join(folder, 'digits.csv'), csv('1_0', '0x1f'))
  const typesOf = async (...files: string[]) => {
    const { columns } = await reportOn([...files, '--preset', 'evidently-0.7'], folder)
    return columns.map(({ reference }) => reference?.kind)
  }
  expect(await typesOf('words.csv', 'words.csv')).toEqual(['categorical', 'numeric'])
  expect(await typesOf('digits.csv', 'digits.csv')).toEqual(['categorical', 'categorical'])
  for (const write of [
    (n: number) => `(${n})`,
    (n: number) => `${n}-`,
    (n: number) => `\u2212${n}`,
  ]) {
    writeFileSync(
      join(folder, 'signs.csv'),
      `odd,n\n${numbers.map((n) => `${write(n)},+${n}.5\n`).join('')}`,
    )
    expect(await typesOf('signs.csv', 'signs.csv')).toEqual(['categorical', 'numeric'])
  }
})
