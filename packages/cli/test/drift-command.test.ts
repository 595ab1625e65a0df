import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DriftReport } from '@tidegauge/drift'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCommand, spawnCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()
const drift = (...args: string[]) => runCommand(['drift', ...args], directory)

const SELECT = {
  reference: `SELECT i AS id, (i % 50)::DOUBLE AS age, 'c' || i % 3 AS "city, ""quoted""",
      i % 2 = 0 AS late, DATE '2001-01-01' + (i % 31)::INTEGER AS day,
      INTERVAL (i % 5) MINUTE AS wait, CASE WHEN i % 10 = 0 THEN NULL ELSE i % 7 END AS gaps
    FROM range(1000) rows(i)`,
  current: `SELECT i AS id, (i % 50 + 20)::DOUBLE AS age, 'c' || i % 3 AS "city, ""quoted""",
      i % 2 = 0 AS late, DATE '2001-01-01' + (i % 31)::INTEGER AS day,
      INTERVAL (i % 5) MINUTE AS wait, CASE WHEN i % 10 = 0 THEN NULL ELSE i % 7 END AS gaps
    FROM range(1000) rows(i)`,
}

/** Windows allows no asterisk and no question mark. */
const ODD = process.platform === 'win32' ? 'odd [1] name.csv' : 'odd [*]? name.csv'

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  for (const [name, select] of Object.entries(SELECT)) {
    await connection.run(`COPY (${select}) TO '${file(`${name}.parquet`)}'`)
    await connection.run(`COPY (${select}) TO '${file(`${name}.csv`)}'`)
  }
  connection.closeSync()
  instance.closeSync()
  writeFileSync(file('current.csv.gz'), gzipSync(readFileSync(file('current.csv'))))
  writeFileSync(file('empty.csv'), '')
  writeFileSync(file('header.csv'), 'a,b\n')
  writeFileSync(file('ragged.csv'), `a,b\n${'1,2\n'.repeat(100)}1,2,3,4\n${'1,2\n'.repeat(100)}`)
  writeFileSync(file('fake.parquet'), 'this is no parquet')
  writeFileSync(file('data.xlsx'), 'x')
  writeFileSync(file(ODD), `a\n${'1\n'.repeat(40)}`)
  mkdirSync(file('folder.csv'))
})

describe('tidegauge drift', () => {
  test('compares two Parquet files and says the verdict on stdout, with nothing on stderr', async () => {
    const { code, stdout, stderr } = await drift(
      'reference.parquet',
      'current.parquet',
      '--target',
      'late',
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^drifted +age +median 24 -> 44 .* kolmogorov-smirnov +0\.4 /m)
    expect(stdout).toMatch(/^stable +late \[target\] .* chi-squared +0 /m)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      'drift_share=0.17 -> NO_ACTION drift_share=0.17 < 0.30 (target_drift=0.0)',
    )
    expect(stdout).not.toContain('\u001b')
  })

  test('reads the same tables from CSV, gzipped too', async () => {
    const parquet = await drift('reference.parquet', 'current.parquet')
    const csv = await drift('reference.csv', 'current.csv.gz')
    expect(csv.stderr).toBe('')
    // A file of texts has durations that look like times of the day; nothing else differs.
    const told = 'how columns were read\n  wait: times of day, as seconds since midnight\n\n'
    expect(csv.stdout).toContain(told)
    expect(csv.stdout.replace(told, '')).toBe(parquet.stdout)
  })

  test('writes both reports, says where, and refuses to replace them unless told to', async () => {
    const args = ['reference.csv', 'current.csv', '--out', 'reports']
    const { code, stdout } = await drift(...args)
    expect(code).toBe(0)
    expect(stdout).toContain(
      `report_html=${join('reports', 'drift_reference_vs_current.html')} report_json=${join('reports', 'drift_reference_vs_current.json')} drift_share=`,
    )
    const json = readFileSync(file('reports/drift_reference_vs_current.json'), 'utf8')
    const report = JSON.parse(json) as DriftReport
    expect(report.columns.find(({ name }) => name === 'gaps')?.reference).toMatchObject({
      n: 900,
      missing: 100,
    })
    expect(report.columns.map(({ type }) => type)).toEqual([
      'numeric',
      'numeric',
      'categorical',
      'categorical',
      'datetime',
      'numeric',
      'numeric',
    ])
    expect(readFileSync(file('reports/drift_reference_vs_current.html'), 'utf8')).toContain(
      '</html>',
    )

    const again = await drift(...args)
    expect(again.code).toBe(2)
    expect(again.stderr).toMatch(/^tidegauge: reports.*exists already/)
    expect((await drift(...args, '--force')).code).toBe(0)
    expect(readdirSync(file('reports'))).toHaveLength(2)
  })

  test.each([
    ['drift', 1],
    ['action', 0],
    ['never', 0],
  ])('--fail-on %s exits with %d where one feature of seven drifted', async (failOn, expected) => {
    const { code } = await drift('reference.parquet', 'current.parquet', '--fail-on', failOn)
    expect(code).toBe(expected)
  })

  test('--fail-on action exits with 1 where the share reaches the threshold', async () => {
    writeFileSync(file('low.csv'), `x\n${Array.from({ length: 100 }, (_, i) => i).join('\n')}\n`)
    writeFileSync(
      file('high.csv'),
      `x\n${Array.from({ length: 100 }, (_, i) => i + 90).join('\n')}\n`,
    )
    const { code, stdout } = await drift('low.csv', 'high.csv', '--fail-on', 'action')
    expect(stdout).toContain('-> ACTION drift_share=1.00 >= 0.30')
    expect(code).toBe(1)
  })

  test('a link that matches a pattern and leads to no file is told: its rows would be missed by nobody', async () => {
    mkdirSync(file('linked'))
    writeFileSync(file('linked/a.csv'), 'x\n1\n2\n')
    symlinkSync('none', file('linked/.b.csv'))
    symlinkSync('none', file('linked/b.txt'))
    symlinkSync('a.csv', file('linked/b.csv'))
    const args = ['drift', 'linked/*.csv', 'linked/a.csv', '--json']
    const { code, stdout } = await runCommand(args, directory)
    expect({ code, rows: JSON.parse(stdout).reference.rows }).toEqual({ code: 0, rows: 4 })
    symlinkSync('none', file('linked/c.csv'))
    expect(await runCommand(args, directory)).toMatchObject({
      code: 2,
      stderr: 'tidegauge: cannot read linked/c.csv: it is a link that leads to no file\n',
    })
  })

  test('a file name with the characters of a pattern is one file', async () => {
    const { code, stderr } = await drift(ODD, ODD)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })
})

describe('bad input ends with 2 and one clear line', () => {
  const good = 'reference.csv'
  test.each<[string, string[], RegExp]>([
    ['a missing file', ['none.csv', good], /cannot read none\.csv: there is no such file$/],
    [
      'a folder',
      ['folder.csv', good],
      /cannot read folder\.csv: it is a directory: name its files, as in/,
    ],
    ['an empty file', [good, 'empty.csv'], /cannot read empty\.csv: it is empty$/],
    ['a header alone', [good, 'header.csv'], /cannot read header\.csv: it has no rows$/],
    ['a ragged CSV', ['ragged.csv', good], /cannot read ragged\.csv: .*line/i],
    ['no Parquet', ['fake.parquet', good], /cannot read fake\.parquet: .+/],
    [
      'another ending',
      ['data.xlsx', good],
      /data\.xlsx: its format cannot be told from its name: end it in \.parquet/,
    ],
    [
      'a wrong target',
      [good, good, '--target', 'lat'],
      /--target lat is not a column of reference, which has id, age/,
    ],
    ['one file', [good], /takes a reference and a current file, received 1/],
    ['three files', [good, good, good], /takes a reference and a current file, received 3/],
    ['an unknown option', [good, good, '--traget', 'x'], /Unknown option '--traget'/],
    [
      'a wrong --fail-on',
      [good, good, '--fail-on', 'x'],
      /--fail-on must be one of action, drift, undecided, never, received x/,
    ],
    ['a report directory that is a file', [good, good, '--out', good], /EEXIST|ENOTDIR/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await drift(...args)
    expect(stderr).toMatch(/^tidegauge: .*\n$/)
    expect(stderr.trimEnd()).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
    if (!args.includes('--out')) expect(stdout).toBe('')
  })

  test('no command, and one that does not exist', async () => {
    const { stdout } = await runCommand(['--help'], directory)
    expect(await runCommand([], directory)).toEqual({ code: 2, stdout, stderr: '' })
    expect(await runCommand(['drif'], directory)).toMatchObject({
      code: 2,
      stderr: 'tidegauge: there is no command "drif"; did you mean drift? (see tidegauge --help)\n',
    })
  })
})

test.each([[['--help']], [['drift', '--help']], [['drift', '-h']]])(
  '%j explains with an example',
  async (args) => {
    const { code, stdout, stderr } = await runCommand(args, directory)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: tidegauge/)
    expect(stdout).toContain('tidegauge drift january.parquet february.parquet')
  },
)

test('--version is the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(await runCommand(['--version'], directory)).toEqual({
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  })
})

/** Windows has no pipes in folders, and no interrupt that one process sends another. */
const onUnix = test.skipIf(process.platform === 'win32')

onUnix(
  'interrupted while it reads, it ends at once (130 to a shell) and leaves no report',
  async () => {
    // A pipe that never gets a row: the command waits in the middle of its work.
    execFileSync('mkfifo', [file('pipe.csv')])
    const child = spawnCommand(
      ['drift', 'pipe.csv', 'current.csv', '--out', 'interrupted'],
      directory,
    )
    const closed = once(child, 'close')
    await expect.poll(() => openForWriting(file('pipe.csv')), { timeout: 120_000 }).not.toBeNull()
    child.kill('SIGINT')
    expect(await closed).toEqual([null, 'SIGINT'])
    expect(existsSync(file('interrupted'))).toBe(false)
  },
)

test('a reader that goes away early is no error', async () => {
  const child = spawnCommand(['drift', 'reference.csv', 'current.csv'], directory)
  child.stdout.destroy()
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

/** null until somebody reads the pipe. */
function openForWriting(pipe: string): number | null {
  try {
    return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return null
  }
}
