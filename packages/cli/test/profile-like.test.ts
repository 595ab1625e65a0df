import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CategoricalProfile } from '@tidegauge/core'
import {
  type DriftReport,
  detectDrift,
  mergeTableProfiles,
  parseTableProfile,
  profile,
} from '@tidegauge/drift'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidegauge-like-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const KEY = { TIDEGAUGE_REDACTION_KEY: 'a key of sixteen or more' }
const run = (args: readonly string[], env = {}) => runCommand([...args], folder, { env })
const read = (name: string) => parseTableProfile(readFileSync(join(folder, name), 'utf8'))

const ROWS = 2000
const rows = Array.from({ length: ROWS }, (_, i) => i)
const january = {
  age: rows.map((i) => (i * 7919) % 97),
  flag: rows.map((i) => i % 2),
  city: rows.map((i) => ['Bern', 'Oslo', 'constructor'][i % 3]!),
  day: rows.map((i) => `2001-01-${String(1 + (i % 31)).padStart(2, '0')}`),
  note: rows.map((i) => `a text of some words ${i}`),
  gone: rows.map((i) => i % 7),
}
const february = {
  age: rows.map((i) => ((i * 7919) % 97) + 30),
  flag: rows.map((i) => i % 2 === 0),
  city: rows.map((i) => ['Bern', 'Kiel', 'constructor'][i % 3]!),
  day: rows.map((i) => `2001-02-${String(1 + (i % 28)).padStart(2, '0')}`),
  note: rows.map((i) => `a text of some words ${i}`),
  gone: rows.map(() => ''),
  more: rows,
}

function write(name: string, columns: Readonly<Record<string, readonly unknown[]>>): void {
  const names = Object.keys(columns)
  const lines = columns[names[0]!]!.map((_, i) => names.map((one) => columns[one]![i]).join(','))
  writeFileSync(join(folder, name), `${[names.join(','), ...lines].join('\n')}\n`)
}

beforeAll(async () => {
  write('january.csv', january)
  write('february.csv', february)
  const stored = await run(['profile', 'january.csv', '--out', 'january.json'])
  expect(stored).toMatchObject({ code: 0, stderr: '' })
})

test('a profile like another is told of as the rows are', async () => {
  const like = ['profile', 'february.csv', '--like', 'january.json', '--out', 'february.json']
  expect(await run(like)).toMatchObject({
    code: 0,
    stdout: 'profile=february.json rows=2000 columns=5, without texts: note\n',
  })
  const direct = await run(['drift', 'january.json', 'february.csv', '--json'])
  const told = (columns: ReturnType<typeof detectDrift>['columns']) =>
    columns
      .filter(({ name }) => name !== 'note' && name !== 'more')
      .map(({ name, type, verdict, finding, statistic }) => [
        name,
        type,
        verdict,
        finding,
        statistic,
      ])
  const twice = detectDrift(read('january.json'), read('february.json'))
  expect(told(twice.columns)).toEqual(told(JSON.parse(direct.stdout).columns))
  expect(twice.columns.map(({ name, finding, verdict }) => [name, finding ?? verdict])).toEqual([
    ['note', 'left-out'],
    ['age', 'drifted'],
    ['flag', 'changed-type'],
    ['city', 'drifted'],
    ['day', 'drifted'],
    ['gone', 'gone'],
  ])
  expect(twice.columns[3]!.newCategories).toEqual(['Kiel'])
})

test('a text of the stored reference that vanished, or is no text any more, is told as such', async () => {
  const months = {
    'texts-before.csv': { note: january.note, gist: january.note, when: january.note },
    'texts-after.csv': { gist: rows, when: january.day },
  }
  for (const [name, columns] of Object.entries(months))
    write(name, { age: january.age, ...columns })
  expect(await run(['profile', 'texts-before.csv', '--out', 'texts.json'])).toMatchObject({
    code: 0,
    stdout: 'profile=texts.json rows=2000 columns=1, without texts: note, gist, when\n',
  })
  const drift = await run([
    'drift',
    'texts.json',
    'texts-after.csv',
    '--json',
    '--fail-on',
    'drift',
  ])
  expect(drift).toMatchObject({ code: 1 })
  const report = JSON.parse(drift.stdout) as DriftReport
  expect(report.missingColumns).toEqual(['note'])
  expect(report.changedTypes).toEqual([
    { name: 'gist', reference: 'text', current: 'numeric' },
    { name: 'when', reference: 'text', current: 'datetime' },
  ])
  expect(report.decision).toMatchObject({ action: 'ACTION', cause: 'columns' })
  const same = await run(['drift', 'texts.json', 'texts-before.csv', '--json'])
  const kept = (JSON.parse(same.stdout) as DriftReport).columns
  expect(kept.map(({ name, finding }) => [name, finding])).toEqual(
    detectDrift(read('texts.json'), {
      age: january.age,
      ...months['texts-before.csv'],
    }).columns.map(({ name, finding }) => [name, finding]),
  )
  expect(kept.map(({ finding }) => finding)).toEqual([
    'left-out',
    'left-out',
    'left-out',
    undefined,
  ])
  const large = await run([
    'drift',
    'texts.json',
    'texts-before.csv',
    '--json',
    '--exact-rows',
    '1000',
  ])
  expect(JSON.parse(large.stdout).columns).toHaveLength(4)
})

test('a stored profile is the current side as well, beside a table and beside another', async () => {
  const like = ['profile', 'february.csv', '--like', 'january.json', '--out', 'second.json']
  expect((await run(like)).code).toBe(0)
  const drift = async (...args: string[]) => {
    const outcome = await run(['drift', ...args, '--json'])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    return JSON.parse(outcome.stdout) as DriftReport
  }
  const names = { reference: 'january', current: 'second' }
  const both = await drift('january.json', 'second.json')
  const stored = detectDrift(read('january.json'), read('second.json'), { names })
  expect(both).toEqual(JSON.parse(JSON.stringify(stored)))
  const told = ({ columns }: DriftReport) =>
    columns.map(({ name, verdict, finding }) => [name, verdict, finding])
  const columns = ['--columns', 'age,city']
  const beside = await drift('january.csv', 'second.json', ...columns)
  expect(told(beside)).toEqual([
    ['age', 'drifted', undefined],
    ['city', 'drifted', undefined],
  ])
  const large = await drift('january.csv', 'second.json', '--exact-rows', '1000', ...columns)
  expect(told(large)).toEqual(told(beside))
  const [age] = large.columns
  expect(age!.statistic).toBe(both.columns.find(({ name }) => name === 'age')!.statistic)
  expect(age!.warnings).toContainEqual(
    'more than 1,000 rows: every value was counted, into the bins of the stored profile',
  )
})

test('two months that were stored without --like are compared too, as the library does, and the cure is one', async () => {
  const spread = (shift: number, i: number) => ((i * 7919) % ROWS) / 10 + shift
  write('first.csv', { calm: rows.map((i) => spread(0, i)), age: rows.map((i) => spread(0, i)) })
  write('next.csv', {
    calm: rows.map((i) => spread(0.013, i)),
    age: rows.map((i) => spread(40, i)),
  })
  for (const [name, ...bins] of [['fine'], ['coarse', '--bins', '10']] as const) {
    for (const month of ['first', 'next'])
      await run(['profile', `${month}.csv`, '--out', `${month}-${name}.json`, ...bins])
  }
  const verdicts = async (reference: string, current: string) => {
    const drift = await run(['drift', reference, current, '--json'])
    expect(drift).toMatchObject({ code: 0, stderr: '' })
    const report = JSON.parse(drift.stdout) as DriftReport
    const names = { reference: 'first', current: current.replace(/\..*/, '') }
    const library = detectDrift(read(reference), read(current), { names })
    expect(report.columns).toEqual(JSON.parse(JSON.stringify(library.columns)))
    return report.columns.map(({ name, verdict }) => [name, verdict])
  }
  expect(await verdicts('first-fine.json', 'next-fine.json')).toEqual([
    ['calm', 'stable'],
    ['age', 'drifted'],
  ])
  expect(await verdicts('first-coarse.json', 'next-coarse.json')).toEqual([
    ['calm', 'insufficient-data'],
    ['age', 'drifted'],
  ])
  const psi = await run(['drift', 'first-fine.json', 'next-fine.json', '--method', 'psi'])
  expect(psi.stdout).toMatch(
    /population-stability-index needs both sides in the same bins: .*tidegauge profile --like/,
  )
  const cured = ['profile', 'next.csv', '--like', 'first-coarse.json', '--out', 'next-like.json']
  expect((await run(cured)).code).toBe(0)
  expect(await verdicts('first-coarse.json', 'next-like.json')).toEqual([
    ['calm', 'stable'],
    ['age', 'drifted'],
  ])
})

test('two profiles under one key need no key; under two keys they are refused', async () => {
  const columns = ['--columns', 'age,city', '--force']
  await run(['profile', 'january.csv', '--out', 'one.json', ...columns], KEY)
  await run(['profile', 'february.csv', '--like', 'one.json', '--out', 'two.json', '--force'], KEY)
  const other = { TIDEGAUGE_REDACTION_KEY: 'another key of sixteen' }
  await run(['profile', 'february.csv', '--out', 'else.json', ...columns], other)
  const same = await run(['drift', 'one.json', 'two.json', '--json'])
  expect(same).toMatchObject({ code: 0, stderr: '' })
  const [, city] = (JSON.parse(same.stdout) as DriftReport).columns
  expect(city).toMatchObject({ name: 'city', verdict: 'drifted', newCategories: ['category 4'] })
  for (const [args, env, text] of [
    [['january.csv', 'two.json'], {}, 'two.json was stored redacted: set TIDEGAUGE_REDACTION_KEY'],
    [['one.json', 'else.json'], KEY, 'else.json was stored redacted with another key'],
    [['one.json', 'else.json'], {}, 'one.json was stored redacted: set TIDEGAUGE_REDACTION_KEY'],
  ] as const) {
    const refused = await run(['drift', ...args], env)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(text)
  }
})

test('it is what the library counts, under a key too, and can be added to the other', async () => {
  const names = ['age', 'city', 'gone']
  const columns = ['--columns', names.join(',')]
  for (const [env, options] of [
    [{}, {}],
    [KEY, { redact: KEY.TIDEGAUGE_REDACTION_KEY }],
  ] as const) {
    const before = ['profile', 'january.csv', '--out', 'r.json', '--force', ...columns]
    expect((await run(before, env)).code).toBe(0)
    const after = ['profile', 'february.csv', '--like', 'r.json', '--out', 'l.json', '--force']
    expect(await run([...after, '--max-categories', '1'], env)).toMatchObject({ code: 0 })
    const like = profile({ ...january }, { columns: names, ...options })
    const gone = rows.map(() => null)
    const counted = profile({ ...february, gone }, { like, maxCategories: 1, ...options })
    expect(read('r.json').columns).toEqual(like.columns)
    expect(read('l.json').columns).toEqual(counted.columns)
    const merged = mergeTableProfiles(read('r.json'), read('l.json'))
    expect(merged.columns[1]!.profile).toMatchObject({ n: 2 * ROWS, other: 0 })
    expect(JSON.stringify(merged).includes('Kiel')).toBe(env !== KEY)
  }
})

test('what cannot be is refused with the cure', async () => {
  const like = (...more: string[]) => run(['profile', 'february.csv', '--like', ...more])
  await run(['profile', 'january.csv', '--out', 'coded.json'], KEY)
  for (const [outcome, text] of [
    [await like('january.csv'), '--like takes a stored profile, which january.csv is not'],
    [await like('nowhere.json'), 'nowhere.json'],
    [await like('january.json', '--bins', '20'), '--bins are those of the profile'],
    [await like('january.json', '--type', 'age=categorical'), 'has it as numeric'],
    [await like('coded.json'), 'coded.json was stored redacted: set TIDEGAUGE_REDACTION_KEY'],
    [
      await run(['profile', 'february.csv', '--like', 'january.json'], KEY),
      'january.json was stored with its names',
    ],
    [
      await run(['profile', 'february.csv', '--like', 'coded.json'], {
        TIDEGAUGE_REDACTION_KEY: 'another key of sixteen',
      }),
      'was stored redacted with another key',
    ],
  ] as const) {
    expect(outcome.code).toBe(2)
    expect(outcome.stderr).toContain(text)
  }
  write('other.csv', { x: [1, 2] })
  const outcome = await run(['profile', 'other.csv', '--like', 'january.json'])
  expect(outcome).toMatchObject({ code: 2 })
  expect(outcome.stderr).toContain('no column is in both: january.json has age, flag')
})

test.each([
  ['plain', {}],
  ['under a key', KEY],
])(
  'names of the stored reference are counted by name, among however many: %s',
  async (_, env) => {
    const old = ['a', 'b', 'c', 'z']
    write('few.csv', { id: rows.map((i) => old[i % 4]!), z: rows })
    // 100,001 others come before the known ones, two rows each; of those there is one.
    const others = Array.from({ length: 100_001 }, (_, i) => `n${i}`)
    write('many.csv', {
      id: [...others, ...others, ...old],
      z: [...others, ...others, ...old].map((_, i) => i),
    })
    const stored = ['profile', 'few.csv', '--out', 'few.json', '--force']
    expect((await run(stored, env)).code).toBe(0)
    const { categories } = read('few.json').columns[0]!.profile as CategoricalProfile
    const like = ['profile', 'many.csv', '--like', 'few.json', '--out', 'many.json', '--force']
    expect(await run([...like, '--max-categories', '3'], env)).toMatchObject({ code: 0 })
    const [id] = read('many.json').columns
    const counted = id!.profile as CategoricalProfile
    const countOf = (name: string) => counted.counts[counted.categories.indexOf(name)]
    expect(categories.map(countOf)).toEqual([1, 1, 1, 1])
    expect(id!.profile).toMatchObject({
      n: 200_006,
      other: 2 * (100_001 - 3),
      otherAtMost: 2,
    })
    const drift = await run(['drift', 'few.json', 'many.csv', '--json'], env)
    const [column] = JSON.parse(drift.stdout).columns
    expect(column.lostCategories).toEqual([])
    expect(column.current).toMatchObject({ n: 200_006 })
  },
  120_000,
)
