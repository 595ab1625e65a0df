import { InvalidArgumentError } from '@tidegauge/core'
import type {
  ColumnPairInput,
  ColumnPairs,
  ColumnSideValues,
  ColumnType,
  DetectDriftOptions,
  TableProfile,
  TableReading,
} from '@tidegauge/drift'

/**
 * A table whose rows stay where they are: it is asked for counts. `sqlSource` makes one of a database.
 *
 * What it answers with is evidence: a profile, a few values, or why a column cannot be read. What a column's change
 * means is none of its concern.
 */
export interface TableSource {
  /** What reports call it; it must hold no secret. */
  readonly name: string
  /** So many columns are best asked for at once; default 4. */
  readonly columnsAtOnce?: number
  /** Its rows and columns. Asked once, before anything is read. */
  shape(): Promise<SourceShape>
  /**
   * What there is to know of a column, as far as the request goes.
   *
   * @throws SourceError (by rejection) where nothing more can be read of any column
   */
  read(request: ReadRequest): Promise<ColumnSideValues>
  /**
   * Both sides of a column of numbers where they lie in one place, so that what the values would tell can be found
   * there; undefined where they do not.
   */
  readPair?(current: TableSource, request: NumbersRequest): Promise<ColumnPairInput | undefined>
  /**
   * The same table for the time of one comparison, at one moment of its data where the engine can hold that.
   *
   * @param run - shared by both sides of the comparison
   * @param context - what it is compared with, and how
   */
  open?(run: SourceRun, context?: OpenContext): Promise<TableSource>
  /**
   * Reads both sides of each column itself: of sources whose values can be held, a column at a time. Asked of what `open` has
   * given; undefined where one of the sides is of another kind.
   */
  together?(
    sides: Readonly<Record<'reference' | 'current', TableSource | TableProfile>>,
    options: PairReadingOptions,
  ): PairReading | undefined
}

/** What a source may want to know before it is read: of texts in a file, say, the other side may tell what they are. */
export interface OpenContext {
  /** Which of `sides` it is. */
  readonly side: string
  /** `reference` and `current`, as they were given; or `source`, and what it is to be `like`. */
  readonly sides: Readonly<Record<string, TableSource | TableProfile>>
  readonly options: {
    readonly [Name in 'columns' | 'types' | 'target' | 'prediction' | 'time' | 'preset']?:
      | DetectDriftOptions[Name]
      | undefined
  }
}

export interface PairReadingOptions extends Pick<DetectDriftOptions, 'preset'> {
  /** Columns of more rows are counted, or sampled, instead of held. */
  readonly exactRows: number
  /** Of categories that were stored under codes. */
  readonly redactionKey: string | undefined
}

export interface PairReading extends Required<Pick<ColumnPairs, 'read' | 'readOne'>> {
  /** What is known of the columns and does not show in their values. */
  readonly types: Readonly<Record<string, ColumnType>>
}

/** @throws InvalidArgumentError where it is none */
export function assertSource(argument: string, source: TableSource): void {
  if (typeof source?.shape === 'function' && typeof source.read === 'function') return
  throw new InvalidArgumentError(
    argument,
    'a source, as sqlSource and fileSource make it, or a stored profile',
    source,
  )
}

export interface SourceShape {
  readonly rowCount: number
  /** In the order of the table. */
  readonly columns: readonly SourceColumn[]
  /** How a file was read as a table. */
  readonly reading?: TableReading
}

export interface SourceColumn {
  readonly name: string
  /** By its type in the catalogue; null: of a type that is not compared. */
  readonly type: Exclude<ColumnType, 'text'> | null
}

export type ReadRequest = NumbersRequest | CategoriesRequest | SampleRequest

/** A profile of numbers, or of dates by their milliseconds. */
export interface NumbersRequest {
  readonly as: 'numbers'
  readonly column: string
  readonly type: 'numeric' | 'datetime'
  /**
   * Edges to count between; or how many bins to make, between the quantiles of the column's own values. One
   * bin, from the smallest to the largest value, need not be counted.
   */
  readonly bins: readonly number[] | number
  /** Beyond so many values, quantiles may be approximate; the counts are exact whatever they are. */
  readonly exactRows: number
  /** Are mean, spread and the number of different values wanted too? */
  readonly moments?: boolean
}

/** How often each category occurs. */
export interface CategoriesRequest {
  readonly as: 'categories'
  readonly column: string
  /** So many by name, the most frequent first; the rest is counted together. */
  readonly most: number
}

/** The values themselves: all of them, or that many drawn evenly. */
export interface SampleRequest {
  readonly as: 'sample'
  readonly column: string
  /** What they are read as. */
  readonly type: ColumnType
  readonly most: number
}

/** What one comparison shares. */
export interface SourceRun {
  readonly signal?: AbortSignal | undefined
  /** Called with a function that ends what was begun for this run, whatever becomes of it. */
  atEnd(end: () => Promise<void>): void
  /** What both sides have in common, made once: a transaction, say. */
  shared<T>(key: object, make: () => Promise<T>): Promise<T>
}
