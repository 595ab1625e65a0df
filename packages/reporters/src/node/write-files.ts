import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  type PathLike,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InvalidArgumentError, TidegaugeError } from '@tidegauge/core'
import { assertObject } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'

export interface WriteFilesOptions {
  /** Replace files that exist; default: refuse. */
  readonly overwrite?: boolean
}

/** A file that is there already stays as it is. */
export class FileExistsError extends TidegaugeError {
  override readonly name = 'FileExistsError'
  readonly path: string

  constructor(path: string) {
    super('ERR_FILE_EXISTS', `${path} exists already: remove it, or ask to overwrite it`)
    this.path = path
  }
}

/** What is there is no file, and cannot be written to either. */
export class UnwritableFileError extends TidegaugeError {
  override readonly name = 'UnwritableFileError'

  constructor(path: string, why: string) {
    super('ERR_UNWRITABLE_FILE', `${path} ${why}`)
  }
}

/**
 * Writes texts to files, all of them or none: each is written beside its place, and only then moved there; where
 * one cannot be moved, the others are taken back. A reader, or a crash, never meets half a file. Folders
 * are made where they are missing. Synchronous, so that no signal handler runs in between.
 *
 * Only files are replaced. Of a link the file behind it is, which keeps its mode. A pipe and a device (`/dev/stdout`)
 * are written to, last of all, since nothing can be taken back from them; a folder, a socket and a disk are refused.
 *
 * @param files - texts by path
 * @throws FileExistsError where a file exists and `overwrite` is not set, also one that came to be meanwhile
 * @throws UnwritableFileError where something else than a file is there
 * @example
 * writeFiles({ 'drift.rules.yml': text }, { overwrite: true })
 */
export function writeFiles(
  files: Readonly<Record<string, string>>,
  options: WriteFilesOptions = {},
): void {
  assertOptions('options', options, FILES_OPTIONS)
  assertObject('files', files, 'texts by the path of their file')
  for (const [path, text] of Object.entries<unknown>(files)) {
    if (typeof text !== 'string') throw new InvalidArgumentError(`files[${path}]`, 'a text', text)
  }
  const { overwrite = false } = options
  const outputs = Object.entries(files).map(([path, text]) => outputAt(path, text, overwrite))
  const wholes = outputs.filter((output) => output instanceof WholeFile)
  const streams = outputs.filter((output) => output instanceof Stream)
  try {
    for (const whole of wholes) whole.write()
    for (const whole of wholes) whole.publish()
    for (const stream of streams) stream.write()
  } catch (error) {
    for (const whole of wholes) whole.takeBack()
    throw error
  } finally {
    for (const whole of wholes) whole.tidy()
  }
}

const FILES_OPTIONS: Readonly<Record<keyof WriteFilesOptions, true>> = {
  overwrite: true,
}

function outputAt(path: string, text: string, overwrite: boolean): WholeFile | Stream {
  const descriptor = descriptorBehind(path)
  if (descriptor !== null) return new Stream(path, text, descriptor)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) {
    if (isLink(path) && !overwrite) throw new FileExistsError(path)
    return new WholeFile(path, behindLinks(path), text, null)
  }
  if (found.isFIFO() || found.isCharacterDevice()) return new Stream(path, text, null)
  if (!found.isFile()) {
    throw new UnwritableFileError(path, `is a ${kindOf(found)}, and is not replaced`)
  }
  if (!overwrite) throw new FileExistsError(path)
  return new WholeFile(path, realpathSync(path), text, found)
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'folder'
  if (found.isBlockDevice()) return 'disk'
  return found.isSocket() ? 'socket' : 'special file'
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

/** As many links in a row as Linux follows. */
const MOST_LINKS = 40

/** The place that a link to nothing names, so that the link stays. */
function behindLinks(path: string): string {
  let at = path
  for (let links = 0; links < MOST_LINKS && isLink(at); links++) at = nextLink(at)
  return at
}

function nextLink(link: string): string {
  return resolve(realpathSync(dirname(link)), readlinkSync(link))
}

/**
 * The descriptor of this process that `/dev/stdout` and its like stand for: opened again, a file behind it would
 * be written from its start, over what the process says itself.
 */
function descriptorBehind(path: string): number | null {
  if (process.platform === 'win32') return null
  let at = resolve(path)
  for (let links = 0; links < MOST_LINKS; links++) {
    const [, process_, descriptor] = OPEN_FILE.exec(at) ?? []
    if (descriptor !== undefined && isOwn(process_)) return Number(descriptor)
    if (!isLink(at)) return null
    at = nextLink(at)
  }
  return null
}

const OPEN_FILE = /^\/(?:dev|proc\/([^/]+))\/fd\/(\d{1,9})$/

function isOwn(name: string | undefined): boolean {
  return name === undefined || [String(process.pid), 'self', 'thread-self'].includes(name)
}

/** What takes text as it comes, and keeps it or hands it on. */
class Stream {
  readonly #path: string
  readonly #text: string
  readonly #descriptor: number | null

  constructor(path: string, text: string, descriptor: number | null) {
    this.#path = path
    this.#text = text
    this.#descriptor = descriptor
  }

  write(): void {
    const file = this.#descriptor ?? this.#open()
    try {
      writeWhole(file, this.#text)
    } finally {
      if (this.#descriptor === null) closeSync(file)
    }
  }

  /** A pipe that nobody reads would hold the process up for ever. */
  #open(): number {
    try {
      return openSync(this.#path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error
      throw new UnwritableFileError(
        this.#path,
        'is a pipe that no process reads: start its reader first',
      )
    }
  }
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MILLISECONDS_UNTIL_READ)
    }
  }
}

/** The reader is slower than we are. */
const MILLISECONDS_UNTIL_READ = 5

/** A file on its way: a draft beside its place, and what was in that place before. */
class WholeFile {
  readonly #named: string
  readonly #path: string
  readonly #text: string
  readonly #replaced: Stats | null
  readonly #draft: string
  readonly #former: string
  #published: 'no' | 'new' | 'replaced' = 'no'

  constructor(named: string, path: string, text: string, replaced: Stats | null) {
    const id = randomBytes(6).toString('hex')
    this.#named = named
    this.#path = path
    this.#text = text
    this.#replaced = replaced
    this.#draft = `${path}.${id}.draft`
    this.#former = `${path}.${id}.former`
  }

  write(): void {
    mkdirSync(dirname(this.#named), { recursive: true })
    const mode = this.#replaced === null ? 0o666 : this.#replaced.mode & 0o777
    const file = openSync(this.#draft, 'wx', mode)
    try {
      if (this.#replaced !== null) allow(file, mode)
      writeFileSync(file, this.#text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }

  publish(): void {
    if (this.#replaced === null) {
      moveToFreePlace(this.#draft, this.#path, this.#named)
      this.#published = 'new'
      return
    }
    linkOr(copyFileSync, this.#path, this.#former)
    renameSync(this.#draft, this.#path)
    this.#published = 'replaced'
  }

  takeBack(): void {
    if (this.#published === 'new') rmSync(this.#path, { force: true })
    if (this.#published === 'replaced') renameSync(this.#former, this.#path)
  }

  tidy(): void {
    rmSync(this.#draft, { force: true })
    rmSync(this.#former, { force: true })
  }
}

/** What the umask took away. Some file systems know no modes. */
function allow(file: number, mode: number): void {
  try {
    fchmodSync(file, mode)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code!))
      throw error
  }
}

/** A rename would replace a file that came to be meanwhile; a link fails. */
function moveToFreePlace(draft: string, path: string, named: string): void {
  try {
    linkOr(reserveAndRename, draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new FileExistsError(named)
    throw error
  }
}

const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** Some network and memory-card file systems know no hard links. */
function linkOr(otherwise: typeof linkSync, from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (!WITHOUT_LINKS.includes((error as NodeJS.ErrnoException).code!)) throw error
    otherwise(from, to)
  }
}

/** For a moment the file is there and empty. */
function reserveAndRename(from: PathLike, to: PathLike): void {
  closeSync(openSync(to, 'wx'))
  renameSync(from, to)
}
