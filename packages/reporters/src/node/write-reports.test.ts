import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DriftReport } from '@tidegauge/drift'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { writeReports } from './write-reports.ts'

// There is no file system without hard links at hand: where a test says so, links fail as on one.
const links = vi.hoisted(() => ({ failWith: '' }))
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  return {
    ...fs,
    linkSync: (from: string, to: string) => {
      if (links.failWith === '') return fs.linkSync(from, to)
      throw Object.assign(new Error('no links here'), { code: links.failWith })
    },
  }
})

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegauge-reports-'))
})
afterEach(() => {
  links.failWith = ''
  rmSync(directory, { recursive: true })
})

// Only the names are read here: the reporters decide what of a report they read.
const named = (reference: string, current: string) =>
  ({ reference: { name: reference, rows: 1 }, current: { name: current, rows: 2 } }) as DriftReport

/** What the directory holds, by name. */
function files(): Record<string, string> {
  const names = readdirSync(directory).sort()
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  )
}

test('names the files after the tables and leaves nothing else behind', () => {
  const paths = writeReports(named('2001-01', '2001-02'), {
    directory: join(directory, 'deep/er'),
    reporters: { txt: (report) => `${report.current.rows} rows`, 'junit.xml': () => '<a/>' },
  })
  expect(paths).toEqual({
    txt: join(directory, 'deep/er/drift_2001-01_vs_2001-02.txt'),
    'junit.xml': join(directory, 'deep/er/drift_2001-01_vs_2001-02.junit.xml'),
  })
  expect(readFileSync(paths.txt, 'utf8')).toBe('2 rows')
  expect(readdirSync(join(directory, 'deep/er')).sort()).toEqual([
    'drift_2001-01_vs_2001-02.junit.xml',
    'drift_2001-01_vs_2001-02.txt',
  ])
})

test('keeps a report that exists, and replaces it only when told to', () => {
  writeFileSync(join(directory, 'drift_a_vs_b.txt'), 'old')
  const options = { directory, reporters: { html: () => 'new', txt: () => 'new' } }
  expect(() => writeReports(named('a', 'b'), options)).toThrow(
    expect.objectContaining({ code: 'ERR_REPORT_EXISTS' }),
  )
  expect(files()).toEqual({ 'drift_a_vs_b.txt': 'old' })
  writeReports(named('a', 'b'), { ...options, overwrite: true })
  expect(files()).toEqual({ 'drift_a_vs_b.html': 'new', 'drift_a_vs_b.txt': 'new' })
})

describe('all files or none', () => {
  test('where one of the reporters fails', () => {
    const broken = () => {
      throw new Error('cannot draw')
    }
    const reporters = { txt: () => 'fine', html: broken }
    expect(() => writeReports(named('a', 'b'), { directory, reporters })).toThrow('cannot draw')
    expect(files()).toEqual({})
  })

  test('where a file came to be meanwhile', () => {
    // A link to nothing: not there when asked for, and yet its name is taken.
    symlinkSync(join(directory, 'nothing'), join(directory, 'drift_a_vs_b.txt'))
    const reporters = { html: () => 'new', txt: () => 'new' }
    expect(() => writeReports(named('a', 'b'), { directory, reporters })).toThrow(
      expect.objectContaining({ code: 'ERR_REPORT_EXISTS' }),
    )
    expect(readdirSync(directory)).toEqual(['drift_a_vs_b.txt'])
    expect(existsSync(join(directory, 'nothing'))).toBe(false)
  })

  test('where one cannot be replaced: what was there before is there again', () => {
    writeFileSync(join(directory, 'drift_a_vs_b.html'), 'old')
    mkdirSync(join(directory, 'drift_a_vs_b.txt'))
    const reporters = { md: () => 'new', html: () => 'new', txt: () => 'new' }
    const options = { directory, reporters, overwrite: true }
    expect(() => writeReports(named('a', 'b'), options)).toThrow(/is a folder, and is not replaced/)
    rmSync(join(directory, 'drift_a_vs_b.txt'), { recursive: true })
    expect(files()).toEqual({ 'drift_a_vs_b.html': 'old' })
  })

  test('where the disk does not take it all', () => {
    writeFileSync(join(directory, 'drift_a_vs_b.html'), 'old')
    // No file of more than a block: the second report cannot be written to its end.
    const { stdout } = spawnSync(
      'sh',
      [
        '-c',
        `ulimit -f 1; exec "$@"`,
        'sh',
        ...program(`
      try {
        writeReports(report, {
          directory,
          overwrite: true,
          reporters: { html: () => 'new', txt: () => 'x'.repeat(1e6) },
        })
      } catch (error) {
        console.log(error.code)
      }
    `),
      ],
      { encoding: 'utf8', env: programEnv },
    )
    expect(stdout).toBe('EFBIG\n')
    expect(files()).toEqual({ 'drift_a_vs_b.html': 'old' })
  })
})

test('of several processes that write the same report one succeeds, all others are refused', async () => {
  const start = Date.now() + 1500
  const script = `
    while (Date.now() < ${start});
    const text = String(process.pid).repeat(10_000)
    try {
      writeReports(report, { directory, reporters: { txt: () => text, html: () => text } })
      console.log(process.pid)
    } catch (error) {
      console.log(error.code)
    }
  `
  const outputs = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const [command, ...args] = program(script)
      const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'], env: programEnv })
      let output = ''
      child.stdout.on('data', (chunk) => {
        output += chunk
      })
      await once(child, 'close')
      return output.trim()
    }),
  )
  const winners = outputs.filter((output) => /^\d+$/.test(output))
  expect(winners).toHaveLength(1)
  expect(outputs.filter((output) => output === 'ERR_REPORT_EXISTS')).toHaveLength(2)
  const text = winners[0]!.repeat(10_000)
  expect(files()).toEqual({ 'drift_a_vs_b.html': text, 'drift_a_vs_b.txt': text })
})

describe.each(['EPERM', 'ENOTSUP'])('on a file system without hard links (%s)', (code) => {
  const options = () => ({ directory, reporters: { html: () => 'new', txt: () => 'new' } })
  beforeEach(() => {
    links.failWith = code
  })

  test('writes, and leaves nothing else behind', () => {
    writeReports(named('a', 'b'), options())
    expect(files()).toEqual({ 'drift_a_vs_b.html': 'new', 'drift_a_vs_b.txt': 'new' })
  })

  test('refuses a file that came to be meanwhile', () => {
    symlinkSync(join(directory, 'nothing'), join(directory, 'drift_a_vs_b.txt'))
    expect(() => writeReports(named('a', 'b'), options())).toThrow(
      expect.objectContaining({ code: 'ERR_REPORT_EXISTS' }),
    )
    expect(readdirSync(directory)).toEqual(['drift_a_vs_b.txt'])
  })

  test('replaces, and puts back', () => {
    writeFileSync(join(directory, 'drift_a_vs_b.html'), 'old')
    mkdirSync(join(directory, 'drift_a_vs_b.txt'))
    const overwrite = { ...options(), overwrite: true }
    expect(() => writeReports(named('a', 'b'), overwrite)).toThrow()
    rmSync(join(directory, 'drift_a_vs_b.txt'), { recursive: true })
    expect(files()).toEqual({ 'drift_a_vs_b.html': 'old' })
    writeReports(named('a', 'b'), overwrite)
    expect(files()).toEqual({ 'drift_a_vs_b.html': 'new', 'drift_a_vs_b.txt': 'new' })
  })
})

test('another failure of a link is not taken for a lack of links', () => {
  links.failWith = 'EIO'
  const reporters = { txt: () => 'new' }
  expect(() => writeReports(named('a', 'b'), { directory, reporters })).toThrow('no links here')
  expect(files()).toEqual({})
})

test.each([
  ['../../etc/passwd', 'etc-passwd'],
  ['a/b\\c', 'a-b-c'],
  ['C:\\aux', 'C-aux'],
  ['jan\u0000\u202e 2001', 'jan-2001'],
  ['Größe', 'Größe'],
  ['Gro\u0308ße', 'Größe'],
  ['हिन्दी', 'हिन्दी'],
  ['', 'table'],
  ['.', 'table'],
  ['..', 'table'],
  ['a.', 'a'],
  ['😀'.repeat(3), 'table'],
  ['x'.repeat(80), 'x'.repeat(80)],
])('a table named %j stays inside the directory', (name, part) => {
  const { txt } = writeReports(named(name, 'b'), { directory, reporters: { txt: () => '' } })
  expect(txt).toBe(join(directory, `drift_${part}_vs_b.txt`))
})

test.each(['x'.repeat(300), '気'.repeat(300), '\u{20000}'.repeat(300)])(
  'a name of 300 characters is cut to what a file name holds, and told from its like',
  (long) => {
    const write = (name: string) =>
      writeReports(named(name, long), { directory, reporters: { ['x'.repeat(30)]: () => '' } })
    write(`${long}1`)
    write(`${long}2`)
    expect(readdirSync(directory)).toHaveLength(2)
    for (const name of readdirSync(directory)) {
      expect(name).not.toMatch(/\p{Cs}|\ufffd/u)
      expect(Buffer.byteLength(name)).toBeLessThan(230)
    }
  },
)

test('any two names make a file of the directory', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 })
  const inside = fc.property(text, text, (reference, current) => {
    const { txt } = writeReports(named(reference, current), {
      directory,
      reporters: { txt: () => 'whole' },
      overwrite: true,
    })
    expect(readdirSync(directory).map((name) => join(directory, name))).toEqual([txt])
    rmSync(txt)
  })
  fc.assert(inside)
})

test.each(['', '.', '..', '../txt', 'a/b', 'txt.', 'a b', 'a\u0000', 'x'.repeat(31)])(
  'the extension %j is refused before anything is rendered',
  (extension) => {
    const rendered = vi.fn(() => '')
    const reporters = { txt: rendered, [extension]: rendered }
    expect(() => writeReports(named('a', 'b'), { directory, reporters })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    )
    expect(rendered).not.toHaveBeenCalled()
  },
)

/** A process of its own that runs a script with `writeReports`, a `report` and the `directory`. */
function program(script: string): string[] {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const source = new URL('write-reports.ts', import.meta.url).href
  const head = `
    import { writeReports } from ${JSON.stringify(source)}
    const directory = ${JSON.stringify(directory)}
    const report = ${JSON.stringify(named('a', 'b'))}
  `
  const args = ['--conditions=tidegauge-source', '--import', tsx, '--input-type=module', '--eval']
  return [process.execPath, ...args, head + script]
}
// What tsx keeps from run to run would be cut off too.
const programEnv = { ...process.env, TSX_DISABLE_CACHE: '1' }
