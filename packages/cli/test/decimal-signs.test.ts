import { writeFileSync } from 'node:fs'
import type { DriftReport } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

/** What one column of a file tells of another: is its 1.050 a thousand and fifty? */
const { directory, file } = workFolder()

const ROWS = 200
const grouped = (n: number, sign: string) =>
  String(n).replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, sign)
/** 600 to 1,794. */
const counts = Array.from({ length: ROWS }, (_, i) => 600 + i * 6)
/** Each with its cents, so that a decimal comma stands in every cell. */
const prices = counts.map((n) => (n / 100).toFixed(2))

async function columnsOf(
  header: readonly string[],
  columns: ReadonlyArray<readonly string[]>,
  delimiter: string,
) {
  const lines = counts.map((_, i) => columns.map((cells) => cells[i]!).join(delimiter))
  writeFileSync(file('data.csv'), [header.join(delimiter), ...lines, ''].join('\n'))
  const { code, stdout, stderr } = await runCommand(
    ['drift', 'data.csv', 'data.csv', '--json'],
    directory,
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { columns: judged } = JSON.parse(stdout) as DriftReport
  return new Map(
    judged.map(({ name, type, reference, reading }) => {
      const numbers = reference?.kind === 'numeric' ? [reference.min, reference.max] : undefined
      return [name, { type, numbers, notes: reading?.reference?.notes }]
    }),
  )
}

const WHOLE = { type: 'numeric', numbers: [600, 1794] }

test.each([
  ['1.234,50 in every cell', counts.map((n) => `${grouped(n * 7, '.')},50`)],
  ['12,34 in every cell', prices.map((price) => price.replace('.', ','))],
  ['12,34 € in every cell', prices.map((price) => `${price.replace('.', ',')} €`)],
])('beside %s a point stands between thousands', async (_, commas) => {
  for (const order of [
    ['count', 'price'],
    ['price', 'count'],
  ]) {
    const cells = { count: counts.map((n) => grouped(n, '.')), price: commas }
    const columns = await columnsOf(
      order,
      order.map((name) => cells[name as keyof typeof cells]),
      ';',
    )
    expect(columns.get('count')).toEqual({ ...WHOLE, notes: undefined })
  }
})

test.each([
  ['1,234.50 in every cell', counts.map((n) => `${grouped(n * 7, ',')}.50`)],
  ['$12.34 in every cell', prices.map((price) => `$${price}`)],
])('beside %s a comma stands between thousands, whatever the separator', async (_, points) => {
  const columns = await columnsOf(
    ['count', 'price'],
    [counts.map((n) => grouped(n, ',')), points],
    '\t',
  )
  expect(columns.get('count')).toEqual({ ...WHOLE, notes: undefined })
})

test.each([
  ['.', ';'],
  [',', '\t'],
  [',', ','],
])('0%s123 is less than one in a file that is separated by %j', async (sign, delimiter) => {
  const shares = counts.map((n) => (n / 2000).toFixed(3).replace('.', sign))
  const cells = delimiter === sign ? shares.map((share) => `"${share}"`) : shares
  const columns = await columnsOf(['share', 'word'], [cells, counts.map(() => 'x')], delimiter)
  expect(columns.get('share')).toEqual({ type: 'numeric', numbers: [0.3, 0.897], notes: undefined })
})

test('points that nothing decides are decimal signs, and between semicolons that is told', async () => {
  const words = counts.map(() => 'x')
  const notesOf = async (cells: readonly string[], delimiter: string) =>
    (await columnsOf(['count', 'word'], [cells, words], delimiter)).get('count')!.notes
  const points = counts.map((n) => grouped(n, '.'))
  expect(await notesOf(points, ';')).toEqual([
    'its points are taken for decimal signs; else say --decimal ,',
  ])
  expect(await notesOf(points, ',')).toBeUndefined()
  expect(await notesOf([...points.slice(1), '7.5'], ';')).toBeUndefined()
  expect(await notesOf([...points.slice(1), '0.125'], ';')).toBeUndefined()
  expect(await notesOf(counts.map(String), ';')).toBeUndefined()
})
