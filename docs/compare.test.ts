import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DriftReport } from '@tidegauge/drift'
import { compareSources } from '@tidegauge/sources'
import { fileSource } from '@tidegauge/sources/files'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareFiles } from './.vitepress/theme/compare/compare-files.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegauge-compare-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

/** What the page makes of two files, and what the command does. */
async function both(before: string, after: string): Promise<readonly [DriftReport, DriftReport]> {
  const paths = [before, after].map((text, i) => {
    const path = join(directory, `${i}.csv`)
    writeFileSync(path, text)
    return path
  }) as [string, string]
  return [await onPage(before, after), await compareSources(...sourcesOf(paths))]
}

const sourcesOf = ([before, after]: readonly [string, string]) =>
  [fileSource(before), fileSource(after)] as const

function onPage(before: string, after: string, target?: string): Promise<DriftReport> {
  const bytesOf = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer
  return compareFiles(
    [
      { file: '0.csv', bytes: bytesOf(before) },
      { file: '1.csv', bytes: bytesOf(after) },
    ],
    target,
  )
}

/** What is said of each column that the page has read. */
function saidOf({ columns }: DriftReport, names: ReadonlySet<string>) {
  return columns
    .filter(({ name }) => names.has(name))
    .map(({ name, role, type, method, statistic, pValue, effect, verdict, missing }) => {
      return { name, role, type, method, statistic, pValue, effect, verdict, missing }
    })
}

function readOn({ columns }: DriftReport): ReadonlySet<string> {
  const isRead = ({ reason }: DriftReport['columns'][number]) =>
    reason?.includes('this page does not read') !== true
  return new Set(columns.filter(isRead).map(({ name }) => name))
}

test('of two months of flights, the report is that of the command', async () => {
  const path = (name: string) => fileURLToPath(new URL(`public/${name}.csv`, import.meta.url))
  const paths = [path('january'), path('february')] as const
  const [before, after] = paths.map((one) => readFileSync(one, 'utf8')) as [string, string]
  const page = await onPage(before, after, 'late')
  const command = await compareSources(...sourcesOf(paths), { target: 'late' })
  expect(page.decision).toEqual(command.decision)
  expect(page.columns.map(({ verdict }) => verdict).sort()).toEqual([
    'drifted',
    'drifted',
    'drifted',
    'negligible',
    'stable',
    'stable',
  ])
  expect({ ...page, id: '', reference: {}, current: {} }).toEqual({
    ...command,
    id: '',
    reference: {},
    current: {},
  })
})

/** Cells as files have them: each column mostly of one kind, some with others among them. */
const KINDS: Readonly<Record<string, (n: number) => string>> = {
  whole: (n) => `${n % 97}`,
  fraction: (n) => `${(n % 89) / 7 - 3}`,
  exponent: (n) => `${n % 9}e${n % 3}`,
  code: (n) => `0${n % 7}`,
  word: (n) => ['red', 'green', 'dark blue', 'Red '][n % 4]!,
  truth: (n) => ['true', 'False', 'TRUE'][n % 3]!,
  day: (n) => `2026-0${(n % 9) + 1}-1${n % 10}`,
  moment: (n) => `2026-01-1${n % 10} 0${n % 10}:30:00`,
  zoned: (n) => `2026-01-1${n % 10}T0${n % 10}:30:00Z`,
  money: (n) => `$${n % 50}.5`,
  commas: (n) => `${n % 50},5`,
  german: (n) => `1${n % 10}.0${(n % 9) + 1}.2026`,
  clock: (n) => `0${n % 10}:30`,
  month: (n) => `${(n % 27) + 1}-Jan-2026`,
  percent: (n) => `${n % 50} %`,
  name: (n) => `user ${n}`,
}
const ODD = ['', '', 'NA', 'null', '-', '?', 'unknown', 'true', '7', ' 8 ', '1_000', 'inf']

const column = fc.record({
  kinds: fc.tuple(
    fc.constantFrom(...Object.keys(KINDS)),
    fc.option(fc.constantFrom(...Object.keys(KINDS)), { freq: 4 }),
  ),
  odd: fc.constantFrom(...ODD),
  each: fc.constantFrom(0, 0, 2, 11, 150),
})

test('of any two files, the page says what the command says, or that it does not read a column', {
  timeout: 300_000,
}, async () => {
  let read = 0
  let all = 0
  const same = fc.asyncProperty(
    fc.array(column, { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 40, max: 400 }),
    async (columns, rows) => {
      const cell = (side: 0 | 1, { kinds, odd, each }: (typeof columns)[number], row: number) => {
        const kind = kinds[side] ?? kinds[0]
        const text = each > 0 && row % each === side ? odd : KINDS[kind]!(row * 31 + side * 17)
        return text.includes(',') ? `"${text}"` : text
      }
      const table = (side: 0 | 1) => {
        const lines = Array.from({ length: rows }, (_, row) =>
          ['x', ...columns.map((one) => cell(side, one, row))].join(','),
        )
        return `row,${columns.map((_, i) => `c${i}`).join(',')}\n${lines.join('\n')}\n`
      }
      const [page, command] = await both(table(0), table(1))
      const names = readOn(page)
      read += names.size
      all += page.columns.length
      expect(saidOf(page, names)).toEqual(saidOf(command, names))
    },
  )
  await fc.assert(same, { numRuns: Number(process.env.RUNS ?? 60) })
  // It would be easy to read nothing.
  expect(read).toBeGreaterThan(0.5 * all)
})

describe('a file that is no plain table is refused, with its row and the cure', () => {
  const plain = 'a,b\n1,2\n3,4\n'
  test.each([
    ['another number of cells', 'a,b\n1,2\n3\n', '0.csv: row 3 has 1 cells, and the header 2'],
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', '0.csv: row 2: quoted field unterminated'],
    ['two columns of one name', 'a,a\n1,2\n', '0.csv: two of its columns are called a'],
    ['a header alone', 'a,b\n', '0.csv: it has no rows below a header'],
    ['nothing', '', '0.csv: it has no rows below a header'],
  ])('%s', async (_, text, message) => {
    await expect(onPage(text, plain)).rejects.toThrow(`${message}. The command reads such files`)
  })

  test('bytes that are not UTF-8', async () => {
    const bytes = Uint8Array.of(0x61, 0x0a, 0xe9, 0x0a).buffer
    const files = [
      { file: 'x.csv', bytes },
      { file: 'y.csv', bytes },
    ] as const
    await expect(compareFiles(files, undefined)).rejects.toThrow('x.csv: it is not UTF-8')
  })

  test('a target that no file has', async () => {
    await expect(onPage(plain, plain, 'late')).rejects.toThrow('late')
  })
})

test('names from the prototype of objects are columns like any other', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 2}`).join('\n')
  const report = await onPage(`__proto__,toString\n${rows}\n`, `__proto__,toString\n${rows}\n`)
  expect(report.columns.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['__proto__', 'stable'],
    ['toString', 'stable'],
  ])
})
