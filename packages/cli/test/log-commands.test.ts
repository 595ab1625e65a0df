import { writeFileSync } from 'node:fs'
import type { DriftReport, TableProfile } from '@tidegauge/drift'
import { beforeAll, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()
const run = (...args: string[]) => runCommand(args, directory)

const NAMES = [
  '::error file=app.js::no',
  '  ::set-output name=x::1',
  '##[add-mask]x',
  "##teamcity[buildProblem description='x']",
  'a ##vso[task.setvariable variable=x]y',
  'b\r::warning::x',
  '###vso[task.complete result=Failed;]',
]

/** What GitHub, Azure and TeamCity obey, each as its runner looks for it. */
const ORDERS = [/^\s*::/m, /##\w*\[/]

beforeAll(() => {
  const rows = (shift: number) =>
    Array.from({ length: 80 }, (_, i) => {
      const cells = NAMES.map((name, k) => [name, k === 2 ? `${name}${i % 3}` : i + shift * k])
      const text = `::debug::words of a text ${(i * 37) % 80} and more of ${i}`
      return `${JSON.stringify({ ...Object.fromEntries(cells), text })}\n`
    }).join('')
  writeFileSync(file('ref.ndjson'), rows(0))
  writeFileSync(file('cur.ndjson'), rows(30))
})

function expectNoOrders(text: string): void {
  for (const order of ORDERS) expect(text).not.toMatch(order)
}

test.each([
  [[]],
  [['--format', 'md']],
  [['--format', 'junit']],
  [['--format', 'html']],
  [['--json']],
  [['--quiet']],
])('drift %j gives no order to a CI server', async (more) => {
  const { code, stdout, stderr } = await run('drift', 'ref.ndjson', 'cur.ndjson', ...more)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expectNoOrders(stdout)
  if (more[0] !== '--json') return
  const { columns } = JSON.parse(stdout) as DriftReport
  expect(columns.map(({ name }) => name)).toEqual([...NAMES, 'text'])
})

test('nor do a stored profile and the columns that it leaves out', async () => {
  const { stdout } = await run('profile', 'ref.ndjson')
  expectNoOrders(stdout)
  expect((JSON.parse(stdout) as TableProfile).columns.map(({ name }) => name)).toEqual(NAMES)
})

test.each([
  ['a file', ['drift', 'ref.ndjson', '::error::x.csv']],
  ['a file with a line end', ['drift', 'ref.ndjson', 'x\r\n::error::y ##vso[task.complete]']],
  ['a target', ['drift', 'ref.ndjson', 'cur.ndjson', '--target', '##vso[task.complete]']],
  ['a type', ['drift', 'ref.ndjson', 'cur.ndjson', '--type', 'x=##vso[task.complete]']],
  ['a condition', ['drift', 'ref.ndjson', 'cur.ndjson', '--where', '"##vso[x]" > 1']],
])('nor does an error that quotes %s', async (_, args) => {
  const { code, stdout, stderr } = await run(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^tidegauge: [^\n]*\n$/)
  expectNoOrders(stderr)
})
