import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeFiles } from './write-files.ts'

let directory: string
const file = (name: string) => join(directory, name)
const force = { overwrite: true }
const withCode = (code: string) => expect.objectContaining({ code })

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegauge-files-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

test('makes folders, refuses what exists, replaces it when told to, and leaves nothing else', () => {
  writeFiles({ [file('a/b.txt')]: 'one', [file('a/c.txt')]: 'two' })
  expect(() => writeFiles({ [file('d.txt')]: 'x', [file('a/b.txt')]: 'x' })).toThrow(
    withCode('ERR_FILE_EXISTS'),
  )
  writeFiles({ [file('a/b.txt')]: 'three' }, force)
  expect(readFileSync(file('a/b.txt'), 'utf8')).toBe('three')
  expect(readdirSync(directory)).toEqual(['a'])
  expect(readdirSync(file('a'))).toEqual(['b.txt', 'c.txt'])
})

test.skipIf(process.platform === 'win32')('a file that is replaced keeps its mode', () => {
  for (const mode of [0o600, 0o664]) {
    writeFileSync(file('kept'), 'old')
    chmodSync(file('kept'), mode)
    writeFiles({ [file('kept')]: 'new' }, force)
    expect(statSync(file('kept')).mode & 0o777).toBe(mode)
  }
})

describe.skipIf(process.platform === 'win32')('what is no file is never replaced', () => {
  const isRoot = process.getuid?.() === 0
  test.skipIf(!isRoot)('a device is written to (skipped where nobody may make one)', () => {
    execFileSync('mknod', ['-m', '666', file('null'), 'c', '1', '3'])
    execFileSync('mknod', ['-m', '666', file('full'), 'c', '1', '7'])
    writeFiles({ [file('null')]: 'gone' }, force)
    writeFiles({ [file('null')]: 'gone' }) // nothing that is there is lost
    expect(lstatSync(file('null')).isCharacterDevice()).toBe(true)
    expect(readdirSync(directory)).toEqual(['full', 'null'])

    writeFileSync(file('old'), 'old')
    const files = { [file('full')]: 'no room', [file('new')]: 'new', [file('old')]: 'new' }
    expect(() => writeFiles(files, force)).toThrow(withCode('ENOSPC'))
    expect(readdirSync(directory)).toEqual(['full', 'null', 'old'])
    expect(readFileSync(file('old'), 'utf8')).toBe('old')
  })

  test.skipIf(!isRoot)('a disk is refused (skipped where nobody may make one)', () => {
    // The numbers of no disk: were it opened, there would be nothing behind it.
    execFileSync('mknod', [file('disk'), 'b', '240', '77'])
    expect(() => writeFiles({ [file('disk')]: 'x' }, force)).toThrow(
      withCode('ERR_UNWRITABLE_FILE'),
    )
    expect(lstatSync(file('disk')).isBlockDevice()).toBe(true)
  })

  test('a pipe is written to, more than it holds at once', async () => {
    execFileSync('mkfifo', [file('pipe')])
    const reader = spawn('wc', ['-c', file('pipe')], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    reader.stdout.on('data', (chunk) => {
      output += chunk
    })
    const text = 'x'.repeat(300_000)
    await expect.poll(() => refusal({ [file('pipe')]: text })).toBeNull()
    await once(reader, 'close')
    expect(output).toMatch(/^ *300000 /)
    expect(lstatSync(file('pipe')).isFIFO()).toBe(true)
  })

  test('a pipe that nobody reads does not hold the process up', () => {
    execFileSync('mkfifo', [file('pipe')])
    expect(refusal({ [file('pipe')]: 'x', [file('new')]: 'x' })).toMatch(
      /pipe is a pipe that no process reads: start its reader first$/,
    )
    expect(readdirSync(directory)).toEqual(['pipe'])
  })

  test('a folder and a socket are refused', async () => {
    mkdirSync(file('folder'))
    const server = createServer().listen(file('socket'))
    await once(server, 'listening')
    expect(refusal({ [file('new')]: 'x', [file('folder')]: 'x' })).toMatch(
      /folder is a folder, and is not replaced$/,
    )
    expect(refusal({ [file('socket')]: 'x' })).toMatch(/socket is a socket, and is not replaced$/)
    expect(readdirSync(directory)).toEqual(['folder', 'socket'])
    server.close()
  })

  function refusal(files: Readonly<Record<string, string>>): string | null {
    try {
      writeFiles(files, force)
      return null
    } catch (error) {
      return (error as Error).message
    }
  }
})

describe.skipIf(process.platform === 'win32')('links stay', () => {
  test('of a chain of links the file behind them is replaced', () => {
    mkdirSync(file('real'))
    writeFileSync(file('real/target'), 'old')
    symlinkSync('real', file('folder'))
    symlinkSync('../real/target', file('real/first'))
    symlinkSync('folder/first', file('second'))
    expect(() => writeFiles({ [file('second')]: 'new' })).toThrow(withCode('ERR_FILE_EXISTS'))
    writeFiles({ [file('second')]: 'new' }, force)
    expect(readFileSync(file('real/target'), 'utf8')).toBe('new')
    expect(lstatSync(file('real/target')).isFile()).toBe(true)
    expect(readlinkSync(file('second'))).toBe('folder/first')
    expect(readdirSync(file('real'))).toEqual(['first', 'target'])
  })

  test('of a link to nothing the file is made that it names', () => {
    symlinkSync('nothing', file('link'))
    expect(() => writeFiles({ [file('link')]: 'new' })).toThrow(withCode('ERR_FILE_EXISTS'))
    expect(readdirSync(directory)).toEqual(['link'])
    writeFiles({ [file('link')]: 'new' }, force)
    expect(readFileSync(file('nothing'), 'utf8')).toBe('new')
    expect(readlinkSync(file('link'))).toBe('nothing')
  })

  test('links that go round in a circle are refused', () => {
    symlinkSync('b', file('a'))
    symlinkSync('a', file('b'))
    expect(() => writeFiles({ [file('a')]: 'new' }, force)).toThrow(withCode('ELOOP'))
    expect(readdirSync(directory)).toEqual(['a', 'b'])
  })

  test('a link to a pipe leads to the pipe', async () => {
    execFileSync('mkfifo', [file('pipe')])
    symlinkSync('pipe', file('link'))
    const reader = spawn('cat', [file('pipe')], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    reader.stdout.on('data', (chunk) => {
      output += chunk
    })
    const write = () => {
      try {
        writeFiles({ [file('link')]: 'through' }, force)
        return true
      } catch {
        return false
      }
    }
    await expect.poll(write).toBe(true)
    await once(reader, 'close')
    expect(output).toBe('through')
    expect(readlinkSync(file('link'))).toBe('pipe')
    expect(lstatSync(file('pipe')).isFIFO()).toBe(true)
  })
})
