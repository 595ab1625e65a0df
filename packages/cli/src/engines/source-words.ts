import { ownValue } from '@tidegauge/core/internal'
import { type DriftReport, withReportId } from '@tidegauge/drift'
import type { FileSide } from '@tidegauge/sources/files/internal'
import { flagged, warningInFlags } from '../options/option-words.ts'
import { KEY_VARIABLE } from '../options/redaction-key.ts'
import { UsageError } from '../usage-error.ts'

/**
 * Runs what is asked of a database or of files; complaints name the options that were typed.
 *
 * @throws UsageError in the place of an error of the library about an option or a source
 */
export async function inFlagsOfSources<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_SOURCE') throw new UsageError(wordsInFlags(message))
    if (code === 'ERR_INVALID_ARGUMENT') throw new UsageError(wordsInFlags(flagged(message)))
    throw error
  }
}

/** What the sources call what is typed here: in their sentences, a name alone or with the value to say. */
const FLAGS: Readonly<Record<string, string>> = {
  from: '--from',
  where: '--where',
  format: '--input',
  columns: '--columns',
  exclude: '--exclude',
  exactRows: '--exact-rows',
  types: '--type',
  like: '--like',
  missing: '--na',
  decimal: '--decimal',
  thousands: '--thousands',
  dateFormat: '--date-format',
  delimiter: '--delimiter',
  header: '--header',
  encoding: '--encoding',
}

/** `format: 'csv'` between backticks is --input csv, and `types: { age: 'numeric' }` is --type age=numeric. */
export function wordsInFlags(message: string): string {
  return message
    .replace(/^"(\w+)"(?= must be )/, (quoted, name: string) => ownValue(FLAGS, name) ?? quoted)
    .replace(
      /`(\w+)(?:: (?:'([^'`]*)'|\{ (.*?): '(\w+)' \}))?`/g,
      (quoted, name: string, value?: string, column?: string, type?: string) => {
        const flag = ownValue(FLAGS, name)
        if (flag === undefined) return quoted
        if (column !== undefined) return `${flag} ${column}=${type}`
        return value === undefined ? flag : `${flag} ${value}`
      },
    )
    .replace(
      'say its key (`redact`)',
      `set ${KEY_VARIABLE} to its key, or name a file with --redact-key-file`,
    )
    .replace(
      'raise the time limit, or narrow the rows (where)',
      'raise it with --time-limit, or narrow the rows with --where',
    )
}

/** What a report says of its columns names the options that are typed. */
export function reportInFlags(report: DriftReport): DriftReport {
  const columns = report.columns.map((column) => ({
    ...column,
    warnings: column.warnings.map((warning) => warningInFlags(warning, column.name)),
    reason: wordsInFlags(column.reason),
  }))
  return withReportId({ ...report, columns })
}

/** What is told of the reading of a file names the options that are typed. */
export function fileInFlags(side: FileSide): FileSide {
  if (side.kind === 'profile') return side
  const columns = [...side.table.columns].map(([name, column]) => {
    const { reading, undecided } = column
    const notes = reading?.notes?.map(wordsInFlags)
    const own = {
      ...column,
      ...(notes && { reading: { ...reading, notes } }),
      ...(undecided !== undefined && { undecided: wordsInFlags(undecided) }),
    }
    return [name, own] as const
  })
  return { ...side, table: { ...side.table, columns: new Map(columns) } }
}
