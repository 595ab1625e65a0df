/** What a reader of a file or a database took the cells of one side for. Absent members: nothing to tell. */
export interface ColumnReading {
  /** The type that the source has for it: `BIGINT`, `DATE`, `VARCHAR`; `text` of CSV. */
  readonly sourceType?: string
  /** Texts that were counted as missing, the most frequent first, at most 20. */
  readonly missing?: readonly MissingSpelling[]
  readonly decimalSign?: '.' | ','
  /** Between groups of three digits: `,`, `.`, `'`, a space … */
  readonly thousandsSign?: string
  /** A sign beside each number, which is not part of it: `%`, `$`, `€`. */
  readonly unit?: string
  /** Of dates in texts such as 03/04/2026. */
  readonly dateOrder?: 'year-month-day' | 'day-month-year' | 'month-day-year'
  /** Times of day are seconds since midnight. */
  readonly timeOfDay?: true
  /** Cells that are there and do not fit the type: counted as missing. */
  readonly misfits?: Misfits
  /**
   * What else a person should know of the reading, one sentence each: that codes with leading zeros were kept as text,
   * say. They quote no cell.
   */
  readonly notes?: readonly string[]
}

export interface MissingSpelling {
  readonly text: string
  readonly count: number
}

export interface Misfits {
  readonly count: number
  /** One of them; empty where it may not be told. */
  readonly example: string
  /** The line of the file that the example is in, from 1 on. */
  readonly line?: number
  /** That file, where the table is of several. */
  readonly file?: string
}

/** How both sides of a column were read. */
export interface ColumnReadings {
  readonly reference?: ColumnReading
  readonly current?: ColumnReading
}

/** How a file was read as a table. */
export interface TableReading {
  /** `csv`, `ndjson` … */
  readonly format: string
  /** Where it is not UTF-8. */
  readonly encoding?: string
  readonly delimiter?: string
  /** false: the file had none. */
  readonly header?: boolean
  /** Lines that are no row, or were mended. */
  readonly mended?: readonly MendedLines[]
}

export interface MendedLines {
  /** `row with too few cells`, say; it quotes none. */
  readonly what: string
  readonly count: number
  /** The first one's, from 1 on. */
  readonly line?: number
  /** That one's file, where the table is of several. */
  readonly file?: string
}

/** A file has so many spellings of what is missing at most, as far as it is told. */
export const MOST_SPELLINGS = 20
