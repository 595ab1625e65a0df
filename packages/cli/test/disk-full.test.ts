import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { COMMAND, ENVIRONMENT } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const texts = 'hash(i)::VARCHAR || hash(i + 7)::VARCHAR AS t'
  // Larger than a table that is held in memory; more texts than DuckDB counts in the memory that it is given.
  await connection.run(
    `COPY (SELECT ${texts}, hash(i) / 1e9 AS x FROM range(750000) r(i)) TO '${file('large.csv')}'`,
  )
  await connection.run(`COPY (SELECT ${texts} FROM range(950000) r(i)) TO '${file('ids.parquet')}'`)
  connection.closeSync()
  instance.closeSync()
  writeFileSync(
    file('small.csv'),
    `t,x\n${Array.from({ length: 500 }, (_, i) => `a${i},${i}`).join('\n')}\n`,
  )
})
beforeEach(() => {
  rmSync(file('scratch'), { recursive: true, force: true })
  mkdirSync(file('scratch'))
})

/** The command in a shell that first puts a bound on what can be written. */
function runBounded(bound: string, args: string, wrapper: readonly string[] = []) {
  const words = [
    ...wrapper,
    'bash',
    '-c',
    `${bound} && ${COMMAND.join(' ')} ${args}; echo "code $?"; ls scratch`,
  ]
  const { stdout, stderr } = spawnSync(words[0]!, words.slice(1), {
    cwd: directory,
    env: { ...ENVIRONMENT, TMPDIR: file('scratch') },
    encoding: 'utf8',
  })
  return { stdout, stderr }
}

/** Kilobytes in bash, where `ulimit -f` is not in POSIX mode. */
const filesOf = (kilobytes: number) => `ulimit -f ${kilobytes}`
const CURE =
  'the disk for temporary files is full: free some space, or name another folder with TMPDIR'
/** Exit code 2, and nothing left in the folder for temporary files. */
const ENDED = 'code 2\n'

describe('where temporary files find no room, the error names the cure and nothing is left', {
  timeout: 120_000,
}, () => {
  test('a table of a large CSV', () => {
    expect(runBounded(filesOf(2048), 'drift large.csv large.csv --out reports')).toEqual({
      stdout: ENDED,
      stderr: `tidegauge: cannot read large.csv: ${CURE}\n`,
    })
    expect(existsSync(file('reports'))).toBe(false)
  })

  test('what DuckDB puts down while it counts', () => {
    const args = 'drift ids.parquet ids.parquet --out reports'
    expect(runBounded(filesOf(256), args)).toEqual({
      stdout: ENDED,
      stderr: `tidegauge: cannot read column t: ${CURE}\n`,
    })
    expect(existsSync(file('reports'))).toBe(false)
  })

  test('the copy of standard input', () => {
    const { stdout, stderr } = runBounded(filesOf(2048), 'drift small.csv - <large.csv')
    expect(stdout).toBe(ENDED)
    expect(stderr).toMatch(/^tidegauge: cannot write: .*ulimit -f \(EFBIG\)\n$/)
  })

  test.skipIf(!canMount())('a file system that is full (skipped where none can be mounted)', () => {
    const mount = 'mount -t tmpfs -o size=2m none scratch'
    const namespace = ['unshare', '--map-root-user', '--mount']
    const table = runBounded(mount, 'drift large.csv large.csv', namespace)
    expect(table).toEqual({ stdout: ENDED, stderr: `tidegauge: cannot read large.csv: ${CURE}\n` })
    const copy = runBounded(mount, 'drift small.csv - <large.csv', namespace)
    expect(copy.stdout).toBe(ENDED)
    expect(copy.stderr).toMatch(/no space is left to write.*TMPDIR \(ENOSPC\)\n$/)
    const counted = runBounded(mount, 'drift ids.parquet ids.parquet', namespace)
    expect(counted.stdout).toBe(ENDED)
    expect(counted.stderr).toMatch(/name another folder with TMPDIR\n$/)
  })
})

describe('where results find no room, nothing half-written is left', () => {
  test.each([
    ['drift small.csv small.csv --out reports', 'reports'],
    ['profile small.csv --out stored/small.json', 'stored'],
  ])('%s', (args, folder) => {
    const { stdout, stderr } = runBounded(filesOf(8), args)
    expect(stdout).toBe(ENDED)
    expect(stderr).toMatch(/^tidegauge: cannot write: .*ulimit -f \(EFBIG\)\n$/)
    expect(readdirSync(file(folder))).toEqual([])
  })
})

function canMount(): boolean {
  const words = ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()]
  return spawnSync('unshare', words).status === 0
}
