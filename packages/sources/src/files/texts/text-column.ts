import type { ColumnReading } from '@tidegauge/drift'
import type { CountedSide, Known } from './choose-reading.ts'
import type { SaidOfDates } from './date-texts.ts'
import type { MissingTexts } from './missing-texts.ts'
import type { SaidOfNumbers } from './number-texts.ts'
import type { Candidate, PlainCounts, TextCells } from './text-cells.ts'

/** What the user says of the texts in files; undefined: it is found out. */
export interface TextRules extends SaidOfNumbers {
  /** Of `missing`. */
  readonly missing?: readonly string[] | undefined
  readonly dates?: SaidOfDates | undefined
  /** As pandas reads: plain numbers and booleans, all else as it stands, but for dates where it looks for some. */
  readonly asPandas?: boolean | undefined
}

/** A column of texts, on the sides that have it as texts. */
export interface TextColumn {
  readonly name: string
  readonly sides: ReadonlyArray<TextSide>
  readonly known?: KnownColumn | undefined
  readonly mayBeDate: boolean
}

export interface TextSide {
  readonly cells: TextCells
  /** Its file: what is certain of one column helps another. */
  readonly file: object
  readonly delimiter?: string | undefined
}

/** What is known of a column before its texts are looked at: by `types`, a stored profile, the types of the other side. */
export interface KnownColumn extends Partial<Known> {
  /** Says the user: numbers among them are names, too. */
  readonly areCategories?: boolean
  /** Of the stored profile. */
  readonly reading?: ColumnReading | undefined
}

/** How the texts of one side of a column are read. */
export interface TextReading {
  readonly kind: 'numeric' | 'whole' | 'datetime' | 'boolean' | 'text'
  /** The value, in SQL. */
  readonly sql: string
  /** Texts that stand for a missing cell. */
  readonly missing: readonly string[]
  /** Are they compared without the blanks around a cell? */
  readonly isTrimmed: boolean
  /** Was every cell seen to be a value, or empty? */
  readonly isWhole: boolean
  /** In SQL: is a cell missing that is written as none of the texts, as -999.0 is where -999 is? */
  readonly standsForNothing?: string
  /** Counts apart. */
  readonly told: ColumnReading
  /** Why it cannot be read yet. */
  readonly undecided?: string
}

/** What is found out about a column, step by step. */
export interface Look {
  readonly column: TextColumn
  readonly missing: MissingTexts
  /** Of each side: some of its cells that are not missing. */
  readonly samples: ReadonlyArray<readonly string[]>
  /** Those of them that stand in the middle or at the end, where nothing was found at the start. */
  readonly later: ReadonlyArray<readonly string[]>
  readonly mayBeNumbers: boolean
  /** True and false, among others: as categories they are called as booleans are. */
  readonly hasBooleans: boolean
  plain: readonly PlainCounts[]
  /** Of each side: some of the cells that are no plain numbers, wherever they stand. */
  others: ReadonlyArray<readonly string[]>
  /** Of each side, the same kinds in the same order: numbers of one sign may be grouped otherwise. */
  candidates: ReadonlyArray<readonly Candidate[]>
  counted: readonly CountedSide['counts'][]
  /** Numbers that are told apart by how they are written. */
  areNames?: boolean
}

/** Are all cells plain numbers, or empty? */
export function arePlain({ plain }: Look): boolean {
  return plain.length > 0 && plain.every((side) => side.plain === side.cells)
}

export function hasCandidates({ candidates }: Look): boolean {
  return candidates.some((of) => of.length > 0)
}
