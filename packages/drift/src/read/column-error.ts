import { type ColumnFinding, TidegaugeError } from '@tidegauge/core'

/** A column whose cells cannot be compared; becomes the column's verdict, never the end of a run. */
export class ColumnError extends TidegaugeError {
  override readonly name = 'ColumnError'

  /** The message without any value of the column. */
  readonly redacted: string
  /** Where the column itself is at fault, and not a value of it. */
  readonly finding: ColumnFinding | undefined

  constructor(message: string, redacted: string = message, finding?: ColumnFinding) {
    super('ERR_COLUMN', message)
    this.redacted = redacted
    this.finding = finding
  }
}

/** A value as an error names it. */
export function article(cell: unknown): string {
  if (typeof cell === 'string') return `the text "${cell.slice(0, 40)}"`
  return Array.isArray(cell)
    ? 'an array'
    : `${typeof cell === 'object' ? 'an' : 'a'} ${typeof cell}`
}
