import { writeFileSync } from 'node:fs'
import type { DriftReport } from '@tidegauge/drift'
import { beforeAll, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

/** What the user says of the texts in a file, and the file does not bear out. */
const { directory, file } = workFolder()

beforeAll(() => {
  const lines = Array.from({ length: 200 }, (_, i) => {
    return `${(i % 28) + 1}.01.2026;${1000 + i},${10 + (i % 90)};2026-01-${10 + (i % 15)};w${i % 3};0${i % 9}`
  })
  writeFileSync(file('data.csv'), ['day;price;iso;word;code', ...lines, ''].join('\n'))
})

async function notesOf(...options: string[]) {
  const { code, stdout, stderr } = await runCommand(
    ['drift', 'data.csv', 'data.csv', '--json', ...options],
    directory,
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { columns } = JSON.parse(stdout) as DriftReport
  return Object.fromEntries(
    columns.map(({ name, type, reading }) => [name, [type, ...(reading?.current?.notes ?? [])]]),
  )
}

const CODES =
  'whole numbers with leading zeros: read as codes; where they are numbers, say --type column=numeric'
const AS_FOUND = {
  day: ['datetime'],
  price: ['numeric'],
  iso: ['datetime'],
  word: ['categorical'],
  code: ['categorical', CODES],
}

test.each([
  [['--date-format', 'day-first', '--decimal', ',']],
  [['--thousands', '.']],
  [['--date-format', '%d.%m.%Y', '--columns', 'day,price,word,code']],
])('nothing is told where %j holds', async (options) => {
  const { iso, ...others } = AS_FOUND
  const isAll = !options.includes('--columns')
  expect(await notesOf(...options)).toEqual(isAll ? { iso, ...others } : others)
})

test.each(['month-first', '%d/%m/%Y'])(
  'dates that --date-format %s does not read are told',
  async (format) => {
    const note =
      'its cells are dates, written otherwise than --date-format says: read as categories'
    const { day, iso, ...others } = await notesOf('--date-format', format)
    expect(day).toEqual(['categorical', note])
    expect(iso).toEqual(format === 'month-first' ? AS_FOUND.iso : ['categorical', note])
    expect(others).toEqual({ price: AS_FOUND.price, word: AS_FOUND.word, code: AS_FOUND.code })
  },
)

test.each([
  ['--decimal', '.'],
  ['--thousands', ','],
])('numbers that %s %s does not read are told', async (...said) => {
  const note =
    'its cells are numbers, written otherwise than --decimal or --thousands says: read as categories'
  expect(await notesOf(...said)).toEqual({ ...AS_FOUND, price: ['categorical', note] })
})

test.each([
  ['d.m.y', 'a format such as %d.%m.%Y, received d.m.y'],
  ['day_first', '(did you mean day-first?), received day_first'],
  ['%Q', '%Q in it is unknown'],
  ['%d.%', '% in it is unknown'],
])('--date-format %s is refused', async (format, why) => {
  for (const command of [
    ['drift', 'data.csv', 'data.csv'],
    ['profile', 'data.csv', '--out', 'p.json'],
  ]) {
    const { code, stdout, stderr } = await runCommand(
      [...command, '--date-format', format],
      directory,
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^tidegauge: --date-format must be day-first, month-first or a format /)
    expect(stderr).toContain(why)
  }
})
