import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError, TidegaugeError } from '@tidegauge/core'
import type { DriftReport } from '@tidegauge/drift'

/** Any function of a report: one's own needs no registration. */
export type Reporter = (report: DriftReport) => string

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
 * Everything is rendered before anything is written, and each file is written beside its place and then
 * moved there: a reader, or a crash, never meets half a report. Synchronous, so that no signal handler
 * runs in between.
 *
 * @returns the path of each file by its extension
 * @throws ReportExistsError where a file exists and `overwrite` is not set
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
  const files = Object.entries<Reporter>(reporters).map(([extension, render]) => {
    if (!/^[\w.-]+$/.test(extension)) {
      throw new InvalidArgumentError('options.reporters', 'keyed by file extensions', extension)
    }
    return { extension, path: join(directory, `${name}.${extension}`), text: render(report) }
  })
  const taken = overwrite ? undefined : files.find(({ path }) => existsSync(path))
  if (taken !== undefined) throw new ReportExistsError(taken.path)
  mkdirSync(directory, { recursive: true })
  for (const { path, text } of files) writeWhole(path, text, overwrite)
  return Object.fromEntries(files.map(({ extension, path }) => [extension, path])) as Record<
    Extension,
    string
  >
}

const LONGEST_PART = 80

/** Table names come from users and files: no separators, no control characters, no leading dot. */
function fileNamePart(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '')
  return [...safe].slice(0, LONGEST_PART).join('') || 'table'
}

function writeWhole(path: string, text: string, overwrite: boolean): void {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.draft`
  try {
    const file = openSync(draft, 'wx')
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (overwrite) renameSync(draft, path)
    else linkSync(draft, path) // fails where the file exists by now; a rename would replace it
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new ReportExistsError(path)
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
