import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DriftReport } from '@tidegauge/drift'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory } = workFolder()
const run = (...args: string[]) => runCommand(args, directory)
const csv = (name: string, columns: string, row: (i: number) => string, rows = 200) =>
  writeFileSync(
    join(directory, name),
    [columns, ...Array.from({ length: rows }, (_, i) => row(i)), ''].join('\n'),
  )

beforeAll(() => {
  const five = (i: number) => `${i % 7},${i % 7},${i % 7},${i % 7},${i % 7}`
  csv('ref.csv', 'a,b,c,d,e', five)
  csv('gone.csv', 'a', (i) => `${i % 7}`)
  csv('moved.csv', 'a', (i) => `${(i % 7) + 50}`)
  csv('empty.csv', 'a,b,c,d,e', (i) => `${i % 7},,,,`)
  csv('text.csv', 'a,b,c,d,e', (i) => `${i % 7},x${i % 7},x${i % 7},x${i % 7},x${i % 7}`)
  csv('few.csv', 'a,b,c,d,e', five, 9)
  csv('twelve.csv', 'a,b,c,d,e', five, 12)
  csv('more.csv', 'a,b,c,d,e,f', (i) => `${five(i)},${i % 7}`)
  csv('nothing.csv', 'a,b', () => ',')
  csv('labelled.csv', 'a,b,c,d,e,late', (i) => `${five(i)},${i % 7}`)
})

/** Pairs that cannot be judged, and the line that says so. */
const PAIRS: ReadonlyArray<readonly [string, readonly string[], RegExp]> = [
  [
    'four of five features are gone',
    ['ref.csv', 'gone.csv'],
    /^drift_share=0\.00 -> ACTION 4 of 5 features are gone: b, c, d, e$/,
  ],
  [
    'one column in common drifted',
    ['ref.csv', 'moved.csv'],
    /^drift_share=1\.00 -> ACTION 4 of 5 features are gone: b, c, d, e$/,
  ],
  [
    'four of five have lost their values',
    ['ref.csv', 'empty.csv'],
    /^drift_share=0\.00 -> ACTION 4 of 5 features are gone: b, c, d, e$/,
  ],
  [
    'four of five turned to text',
    ['ref.csv', 'text.csv'],
    /^drift_share=0\.00 -> ACTION 4 of 5 features changed their type: b, c, d, e$/,
  ],
  [
    '12 rows against 9',
    ['twelve.csv', 'few.csv'],
    /^drift_share=n\/a -> UNDECIDED insufficient data: no feature could be judged \(target_drift=n\/a\); 5 of 5 not judged$/,
  ],
  [
    'no value on either side',
    ['nothing.csv', 'nothing.csv'],
    /^drift_share=n\/a -> UNDECIDED insufficient data/,
  ],
  [
    'gone, undecided by policy',
    ['ref.csv', 'gone.csv', '--on-missing-column', 'undecided'],
    /^drift_share=0\.00 -> UNDECIDED 4 of 5 features are gone/,
  ],
  [
    'every feature is gone and ignored, and the target is as it was',
    ['ref.csv', 'gone.csv', '--on-missing-column', 'ignore', '--target', 'a'],
    /^drift_share=n\/a -> UNDECIDED insufficient data: no feature could be judged \(target_drift=0\.0\)$/,
  ],
]

describe.each(PAIRS)('%s', (name, args, line) => {
  const out = name.replaceAll(' ', '-')

  test('no --fail-on takes that for no drift, nor does any report', async () => {
    const first = await run(
      'drift',
      ...args,
      '--out',
      out,
      '--format',
      'html,json,md,junit',
      '--fail-on',
      'undecided',
    )
    expect(first.stderr).toMatch(
      /^tidegauge: failed by --fail-on undecided: (ACTION|UNDECIDED) \S[^\n]*\n$/,
    )
    expect(first.code).toBe(1)
    const summary = first.stdout
      .trimEnd()
      .split('\n')
      .at(-1)!
      .replace(/^(report_\w+=\S+ )+/, '')
    expect(summary).toMatch(line)
    const decided = summary.slice(summary.indexOf('-> ') + 3)
    expect(first.stdout).not.toContain('NO_ACTION')
    const paths = Object.fromEntries(
      [...first.stdout.matchAll(/report_(\w+)=(\S+)/g)].map(([, format, path]) => [format, path!]),
    )
    const read = (format: string) => readFileSync(join(directory, paths[format]!), 'utf8')
    expect(read('html')).toMatch(/<h2 id="decision">(Cannot tell|Check the data: )/)
    expect(read('html')).not.toContain('No action needed')
    expect(read('md')).toMatch(/^## Drift: (cannot tell|check the data: )/)
    expect(read('junit')).toMatch(/<(error|failure) /)
    for (const [failOn, code] of [
      ['action', 1],
      ['drift', 1],
      ['drift,undecided', 1],
      ['never', 0],
    ] as const) {
      expect(await run('report', paths.json!, '--fail-on', failOn)).toMatchObject({
        code,
        stderr: code === 0 ? '' : `tidegauge: failed by --fail-on ${failOn}: ${decided}\n`,
      })
    }
  })
})

test('--fail-on undecided is silent about drift, and a list asks for all that it names', async () => {
  const drifted = ['drift', 'moved.csv', 'gone.csv', '--fail-on']
  expect(await run(...drifted, 'undecided')).toMatchObject({ code: 0 })
  expect(await run(...drifted, 'undecided,drift')).toMatchObject({
    code: 1,
    stderr: 'tidegauge: failed by --fail-on drift: 1 column drifted: a\n',
  })
  expect(await run(...drifted, 'drift,action')).toMatchObject({
    code: 1,
    stderr: `tidegauge: failed by --fail-on action: ACTION drift_share=1.00 >= 0.30 (target_drift=n/a)\n`,
  })
  expect(await run(...drifted, 'never,drift')).toMatchObject({
    code: 2,
    stderr: 'tidegauge: --fail-on never stands alone, received never,drift\n',
  })
})

test('columns of the current file alone are told, and nothing more', async () => {
  const { code, stdout } = await run(
    'drift',
    'ref.csv',
    'more.csv',
    '--fail-on',
    'action,drift,undecided',
  )
  expect(stdout).toMatch(/^new column +f /m)
  expect(stdout).toContain(
    'drift_share=0.00 -> NO_ACTION drift_share=0.00 < 0.30 (target_drift=n/a)\n',
  )
  expect(code).toBe(0)
})

test('a feature that is gone keeps the type, method and profile that the reference has of it', async () => {
  const { stdout } = await run('drift', 'ref.csv', 'gone.csv', '--json')
  const { columns } = JSON.parse(stdout)
  const [a, b] = columns
  expect(b).toMatchObject({ name: 'b', finding: 'gone', type: a.type, method: a.method })
  expect(b.reference.n).toBe(a.reference.n)
  expect(b.current).toBe(null)
})

test('a target that one side does not have yet is a warning, one that neither has is wrong usage', async () => {
  const late = await run(
    'drift',
    'labelled.csv',
    'ref.csv',
    '--target',
    'late',
    '--fail-on',
    'undecided',
  )
  expect(late).toMatchObject({ code: 0, stderr: '' })
  expect(late.stdout).toContain('late [target]: the current table has no such column\n')
  expect(late.stdout).toContain('warning: late [target]: whether the target drifted is not known')
  expect(late.stdout).toContain('-> NO_ACTION drift_share=0.00 < 0.30 (target_drift=n/a)')
  expect(await run('drift', 'ref.csv', 'ref.csv', '--target', 'late')).toMatchObject({ code: 2 })
})

test('the policy is that of the options, and is told in the report', async () => {
  const { stdout } = await run(
    'drift',
    'ref.csv',
    'gone.csv',
    '--json',
    '--minimum-judged',
    '0.9',
    '--on-missing-column',
    'ignore',
    '--on-changed-type',
    'undecided',
  )
  const { decision } = JSON.parse(stdout) as DriftReport
  expect(decision).toMatchObject({
    action: 'NO_ACTION',
    policy: { minimumJudged: 0.9, onMissingColumn: 'ignore', onChangedType: 'undecided' },
  })
  expect(await run('drift', 'ref.csv', 'ref.csv', '--minimum-judged', '2')).toMatchObject({
    code: 2,
  })
})
