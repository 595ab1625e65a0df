import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { detectDrift } from '@tidegauge/drift'
import { jsonReport } from '@tidegauge/reporters'
import { beforeAll, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const NAMES = [
  ...Array.from({ length: 6 }, (_, i) => `moved${i}`),
  '::error::x\u202e\n',
  'w'.repeat(90),
  ...Array.from({ length: 30 }, (_, i) => `still${i}`),
]

const { directory } = workFolder()
const run = (...args: string[]) => runCommand(args, directory)
const rowsOf = (shift: number, names: readonly string[]) =>
  Array.from({ length: 100 }, (_, i) => {
    const cells = names.map((name) => [name, (i % 20) + (name.startsWith('still') ? 0 : shift)])
    return `${JSON.stringify(Object.fromEntries(cells))}\n`
  }).join('')

beforeAll(() => {
  for (const [name, columns] of [
    ['many', NAMES],
    ['few', NAMES.slice(6)],
    ['hostile', NAMES.slice(6, 7).concat('still1', 'still2', 'still3')],
  ] as const) {
    writeFileSync(join(directory, `${name}-old.ndjson`), rowsOf(0, columns))
    writeFileSync(join(directory, `${name}-new.ndjson`), rowsOf(40, columns))
  }
})

const pair = (name: string) => ['drift', `${name}-old.ndjson`, `${name}-new.ndjson`]

test.each([
  ['few', `2 columns drifted: ::error::x\\u{202e}\\n, ${'w'.repeat(60)}…`],
  ['many', '8 columns drifted: moved0, moved1, moved2, moved3, moved4 and 3 more'],
  ['hostile', '1 column drifted: ::error::x\\u{202e}\\n'],
])('NO_ACTION that fails all the same says which columns drifted: %s', async (name, why) => {
  const outcome = { code: 1, stderr: `tidegauge: failed by --fail-on drift: ${why}\n` }
  for (const more of [['--quiet'], [], ['--json']]) {
    const drifted = await run(...pair(name), '--fail-on', 'drift', ...more)
    expect(drifted).toMatchObject(outcome)
    expect(drifted.stdout).toMatch(/NO_ACTION/)
  }
  const { stdout } = await run(...pair(name), '--json')
  writeFileSync(join(directory, 'report.json'), stdout)
  expect(await run('report', 'report.json', '--fail-on', 'drift')).toMatchObject(outcome)
  for (const failOn of ['never', 'action', 'undecided', 'action,undecided']) {
    expect(await run('report', 'report.json', '--fail-on', failOn)).toMatchObject({
      code: 0,
      stderr: '',
    })
  }
})

test('a target to act on that could not be judged fails whatever is asked for', async () => {
  const x = Array.from({ length: 100 }, (_, i) => i)
  const policy = { actOnTargetDrift: true }
  const report = detectDrift({ x, y: x }, { x }, { target: 'y', policy })
  writeFileSync(join(directory, 'late.json'), jsonReport(report))
  const why = 'UNDECIDED insufficient data: target y not judged'
  for (const failOn of ['action', 'drift', 'undecided']) {
    const outcome = await run('report', 'late.json', '--fail-on', failOn)
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain(`failed by --fail-on ${failOn}: ${why}`)
  }
})
