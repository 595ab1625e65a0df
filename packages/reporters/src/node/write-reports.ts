import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { InvalidArgumentError, TidegaugeError } from '@tidegauge/core'
import { assertObject } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { DriftReport } from '@tidegauge/drift'
import type { Reporter } from '../reporter.ts'
import { FileExistsError, writeFiles } from './write-files.ts'

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
 * All files or none, as `writeFiles` does it: everything is rendered before the first of them is written.
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
  assertOptions('options', options, REPORTS_OPTIONS)
  const { directory, reporters, overwrite = false } = options
  assertObject('report', report, 'a report, as detectDrift returns it')
  assertObject(
    'reporters',
    reporters,
    'functions of a report by file extension: { html: htmlReport }',
  )
  if (typeof directory !== 'string') {
    throw new InvalidArgumentError('directory', 'the path of a folder', directory)
  }
  for (const side of ['reference', 'current'] as const) {
    assertObject(`report.${side}`, report[side], 'that of a report, whose name names the files')
  }
  const name = `drift_${fileNamePart(report.reference.name)}_vs_${fileNamePart(report.current.name)}`
  for (const [extension, render] of Object.entries<unknown>(reporters)) {
    if (typeof render !== 'function') {
      throw new InvalidArgumentError(`reporters.${extension}`, 'a function of a report', render)
    }
    if (EXTENSION.test(extension)) continue
    throw new InvalidArgumentError('reporters', 'keyed by file extensions', extension)
  }
  const texts = Object.entries<Reporter>(reporters).map(([extension, render]) => {
    return { extension, path: join(directory, `${name}.${extension}`), text: render(report) }
  })
  writeOrExplain(Object.fromEntries(texts.map(({ path, text }) => [path, text])), overwrite)
  return Object.fromEntries(texts.map(({ extension, path }) => [extension, path])) as Record<
    Extension,
    string
  >
}

const REPORTS_OPTIONS: Readonly<Record<keyof WriteReportsOptions, true>> = {
  directory: true,
  reporters: true,
  overwrite: true,
}

function writeOrExplain(files: Readonly<Record<string, string>>, overwrite: boolean): void {
  try {
    writeFiles(files, { overwrite })
  } catch (error) {
    throw error instanceof FileExistsError ? new ReportExistsError(error.path) : error
  }
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
