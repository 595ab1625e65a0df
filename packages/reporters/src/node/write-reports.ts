import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  type PathLike,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError, TidegaugeError } from '@tidegauge/core'
import type { DriftReport } from '@tidegauge/drift'
import type { Reporter } from '../reporter.ts'

export interface WriteReportsOptions {
  /** Made where it does not exist. */
  readonly directory: string
  /** A reporter for each file extension, such as `{ html: htmlReport, json: jsonReport }`. */
  readonly reporters: Readonly<Record<string, Reporter>>
  /** Replace files that exist; default: refuse. */
  readonly overwrite?: boolean
}

/** A report that is there already stays as it is. */
export class ReportExistsError extends TidegaugeError {
  override readonly name = 'ReportExistsError'

  constructor(path: string) {
    super('ERR_REPORT_EXISTS', `${path} exists already: remove it, or ask to overwrite it`)
  }
}

/**
 * Writes a report as `<directory>/drift_<reference>_vs_<current>.<extension>`, once for each reporter.
 *
 * All files or none: everything is rendered, then written beside its place, and only then moved there; where
 * one cannot be moved, the others are taken back. A reader, or a crash, never meets half a file.
 * Synchronous, so that no signal handler runs in between.
 *
 * What a file name cannot hold is left out of the tables' names; long ones are cut and told apart by a hash.
 *
 * @returns the path of each file by its extension
 * @throws ReportExistsError where a file exists and `overwrite` is not set, also one that came to be meanwhile
 * @throws InvalidArgumentError where an extension is none
 * @example
 * writeReports(report, { directory: 'reports', reporters: { html: htmlReport } }).html
 * // 'reports/drift_2001-01_vs_2001-02.html'
 */
export function writeReports<Extension extends string>(
  report: DriftReport,
  options: WriteReportsOptions & { readonly reporters: Readonly<Record<Extension, Reporter>> },
): Record<Extension, string> {
  const { directory, reporters, overwrite = false } = options
  const name = `drift_${fileNamePart(report.reference.name)}_vs_${fileNamePart(report.current.name)}`
  for (const extension of Object.keys(reporters)) {
    if (EXTENSION.test(extension)) continue
    throw new InvalidArgumentError('options.reporters', 'keyed by file extensions', extension)
  }
  const files = Object.entries<Reporter>(reporters).map(
    ([extension, render]) =>
      new ReportFile(join(directory, `${name}.${extension}`), extension, render(report)),
  )
  const taken = overwrite ? undefined : files.find(({ path }) => existsSync(path))
  if (taken !== undefined) throw new ReportExistsError(taken.path)
  mkdirSync(directory, { recursive: true })
  try {
    for (const file of files) file.write()
    for (const file of files) file.publish(overwrite)
  } catch (error) {
    for (const file of files) file.takeBack()
    throw error
  } finally {
    for (const file of files) file.tidy()
  }
  return Object.fromEntries(files.map(({ extension, path }) => [extension, path])) as Record<
    Extension,
    string
  >
}

/** `junit.xml` too. */
const EXTENSION = /^(?=.{1,30}$)[a-z0-9]+([._-][a-z0-9]+)*$/i

// A file name has 255 bytes: two parts, the words between them, the extension, the ending of a draft.
const LONGEST_PART = 80

/** Table names come from users and files: no separators, no control characters, no leading dot. */
function fileNamePart(name: string): string {
  const safe = name
    .normalize()
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
  if (safe === '') return 'table'
  if (Buffer.byteLength(safe) <= LONGEST_PART) return safe
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${cutToBytes(safe, LONGEST_PART - hash.length - 1)}-${hash}`
}

function cutToBytes(text: string, limit: number): string {
  let kept = ''
  let bytes = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > limit) break
    kept += character
  }
  return kept
}

/** One file on its way: a draft beside its place, and what was in that place before. */
class ReportFile {
  readonly path: string
  readonly extension: string
  readonly #text: string
  readonly #draft: string
  readonly #former: string
  #published: 'no' | 'new' | 'replaced' = 'no'

  constructor(path: string, extension: string, text: string) {
    const id = randomBytes(6).toString('hex')
    this.path = path
    this.extension = extension
    this.#text = text
    this.#draft = `${path}.${id}.draft`
    this.#former = `${path}.${id}.former`
  }

  write(): void {
    const file = openSync(this.#draft, 'wx')
    try {
      writeFileSync(file, this.#text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }

  publish(overwrite: boolean): void {
    if (!overwrite) {
      moveToFreePlace(this.#draft, this.path)
      this.#published = 'new'
      return
    }
    const replaces = existsSync(this.path)
    if (replaces) linkOr(copyFileSync, this.path, this.#former)
    renameSync(this.#draft, this.path)
    this.#published = replaces ? 'replaced' : 'new'
  }

  takeBack(): void {
    if (this.#published === 'new') rmSync(this.path, { force: true })
    if (this.#published === 'replaced') renameSync(this.#former, this.path)
  }

  tidy(): void {
    rmSync(this.#draft, { force: true })
    rmSync(this.#former, { force: true })
  }
}

/** A rename would replace a file that came to be meanwhile; a link fails. */
function moveToFreePlace(draft: string, path: string): void {
  try {
    linkOr(reserveAndRename, draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new ReportExistsError(path)
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
