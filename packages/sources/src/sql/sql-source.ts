import { categoricalProfile, InvalidArgumentError, numericProfileOfCounts } from '@tidegauge/core'
import { ownValue } from '@tidegauge/core/internal'
import { assertOptions, listed, suggestion } from '@tidegauge/core/options'
import type {
  ColumnPairInput,
  ColumnSideValues,
  ColumnType,
  StoredColumn,
  UnreadableColumn,
} from '@tidegauge/drift'
import {
  comparedPlaces,
  MOST_DRAWN_APART,
  momentsFrom,
  neighbour,
  quantileEdgesOfPlaces,
  quantilePlaces,
  type RankedSide,
  rankedEdges,
  rankedPair,
  type SideCounts,
} from '@tidegauge/drift/internal'
import { lineWithoutCells, SourceError } from '../source-error.ts'
import type {
  CategoriesRequest,
  NumbersRequest,
  ReadRequest,
  SampleRequest,
  SourceRun,
  SourceShape,
  TableSource,
} from '../table-source.ts'
import { categoryIn, isOfDates, knownNumberIn, numberIn, numbersIn } from './cells.ts'
import type { SqlDialect, SqlKind } from './dialect.ts'
import type { RanStatement, SqlEngine } from './engine.ts'
import { assertOneExpression, fromSql } from './one-expression.ts'
import { type Runner, runnerOf, sourceErrorOf } from './runner.ts'
import {
  COLUMNS_AT_ONCE,
  categoriesStatement,
  countStatement,
  distinctStatement,
  type KnownColumn,
  momentsStatement,
  quantilesStatement,
  type Rows,
  ranksStatement,
  type SlotsAsked,
  sampledShare,
  sampleStatement,
  slotsStatement,
  slotsTogetherStatement,
  summaryStatement,
  widestGapStatement,
} from './statements.ts'
import { type Together, together } from './together.ts'

export interface SqlSourceOptions {
  /** Whatever runs a statement and gives back its rows as objects: a `pg.Pool`, say. */
  readonly engine: SqlEngine
  /** How the engine writes what engines write differently: `postgres`, `duckdb` … */
  readonly dialect: SqlDialect
  /** A table or a view, as it stands in SQL (`public."User"`), or a query (`SELECT …`). */
  readonly from: string
  /** Which of its rows: one condition in SQL. Of a partitioned table it says which partitions are read. */
  readonly where?: string
  /** What reports call it; default: the name of the table, `query` of a query. */
  readonly name?: string
  /** Columns to leave out, however many rows they have. */
  readonly exclude?: readonly string[]
  /** Milliseconds that a statement may take; default 10 minutes. */
  readonly timeLimit?: number
  /** Called with each statement that was run. */
  readonly onStatement?: (statement: RanStatement) => void
}

const OPTIONS = {
  engine: true,
  dialect: true,
  from: true,
  where: true,
  name: true,
  exclude: true,
  timeLimit: true,
  onStatement: true,
} as const satisfies Record<keyof SqlSourceOptions, true>

const TEN_MINUTES = 600_000

/**
 * A table in a database, as one side of `compareSources`, or for `profileSource`: the engine counts, and a bounded number
 * of rows comes back however many there are.
 *
 * Nothing is written. `from` and `where` may come from somebody else's config file: what is more than one name, query or
 * condition is refused. What a query reads, and what functions it calls, is the right of the engine's user.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * sqlSource({ engine: pool, dialect: postgres, from: 'snapshots', where: `as_of = '2024-01-31'` })
 */
export function sqlSource(options: SqlSourceOptions): TableSource {
  assertOptions('options', options, OPTIONS)
  const {
    engine,
    dialect,
    from,
    where,
    exclude = [],
    timeLimit = TEN_MINUTES,
    onStatement,
  } = options
  if (typeof engine?.query !== 'function') {
    throw new InvalidArgumentError('engine', 'an object with query(sql), as a pg.Pool is', engine)
  }
  if (typeof dialect?.identifier !== 'function') {
    const expected = 'a dialect: postgres of @tidegauge/sources/postgres, say'
    throw new InvalidArgumentError('dialect', expected, dialect)
  }
  if (typeof from !== 'string') throw new InvalidArgumentError('from', 'a text', from)
  if (where !== undefined) {
    if (typeof where !== 'string') throw new InvalidArgumentError('where', 'a text', where)
    assertOneExpression('where', where, dialect)
  }
  if (!(timeLimit > 0 && timeLimit < 2 ** 31)) {
    throw new InvalidArgumentError('timeLimit', 'milliseconds, more than 0', timeLimit)
  }
  const behind = fromSql('from', from, dialect)
  const name = options.name ?? (behind === from.trim() ? behind : 'query')
  const table = { rows: { dialect, from: behind, where }, name, exclude }
  const runnerFor = (own: SqlEngine, signal?: AbortSignal) =>
    runnerOf({ engine: own, signal, timeLimit, onStatement, isSerial: own !== engine })
  return new SqlTable(table, engine, runnerFor(engine), runnerFor)
}

interface Table {
  readonly rows: Rows
  readonly name: string
  readonly exclude: readonly string[]
}

type Slot = readonly [slot: number, count: number]

interface QuantilesAsked {
  readonly column: KnownColumn
  readonly levels: readonly number[]
}

type RunnerFor = (engine: SqlEngine, signal?: AbortSignal) => Runner

interface Described extends SourceShape {
  readonly known: ReadonlyMap<string, KnownColumn>
  /** The engine's names of the types that are not compared. */
  readonly others: ReadonlyMap<string, string>
}

/** What one pass tells of a column. */
interface Summary {
  /** Values that are not NULL. */
  readonly present: number
  readonly nan: number
  readonly infinite: number
  readonly min: number | null
  readonly max: number | null
  readonly sum: number | null
}

class SqlTable implements TableSource {
  readonly name: string
  readonly columnsAtOnce: number
  readonly #table: Table
  readonly #engine: SqlEngine
  readonly #runner: Runner
  readonly #runnerFor: RunnerFor
  readonly #signal: AbortSignal | undefined
  #described: Promise<Described> | undefined
  readonly #summaries = new Map<string, Promise<ReadonlyMap<string, Summary>>>()
  readonly #together: Together
  readonly #askSlots: (asked: SlotsAsked) => Promise<readonly Slot[]>
  readonly #askQuantiles: (asked: QuantilesAsked) => Promise<readonly number[]>

  constructor(
    table: Table,
    engine: SqlEngine,
    runner: Runner,
    runnerFor: RunnerFor,
    signal?: AbortSignal,
  ) {
    this.#signal = signal
    this.name = table.name
    this.#table = table
    this.#engine = engine
    this.#runner = runner
    this.#runnerFor = runnerFor
    const atOnce = table.rows.dialect.rowStore ? COLUMNS_AT_ONCE : 1
    this.columnsAtOnce = atOnce
    this.#together = together(atOnce)
    this.#askQuantiles = this.#together.question(async (asked) => {
      const { rowCount } = await this.#describe()
      return this.#quantilesOf(asked, sampledShare(table.rows, rowCount))
    })
    this.#askSlots = this.#together.question((asked) => this.#slotsOf(asked))
  }

  async open(run: SourceRun): Promise<TableSource> {
    const { signal, atEnd, shared } = run
    const engine = this.#engine
    signal?.throwIfAborted()
    if (engine.snapshot === undefined) return this.#on(engine, run)
    const own = await shared(engine, async () => {
      const snapshot = await engine.snapshot!().catch((error) => {
        throw sourceErrorOf(this.name, error, signal)
      })
      atEnd(() => snapshot.end())
      return snapshot
    })
    return this.#on(own, run)
  }

  #on(engine: SqlEngine, { signal, atEnd }: Pick<SourceRun, 'signal' | 'atEnd'>): SqlTable {
    const runner = this.#runnerFor(engine, signal)
    atEnd(() => runner.settled())
    return new SqlTable(this.#table, engine, runner, this.#runnerFor, signal)
  }

  shape(): Promise<SourceShape> {
    return this.#describe()
  }

  #describe(): Promise<Described> {
    this.#described ??= this.#asked().catch((error) => {
      throw sourceErrorOf(this.name, error, this.#signal)
    })
    return this.#described
  }

  async #asked(): Promise<Described> {
    const { rows, exclude } = this.#table
    const { dialect, from } = rows
    const all = await dialect.columns(from, (sql, most) => this.#runner.run(sql, most))
    const repeated = all.find(({ name }, i) => all.findIndex((one) => one.name === name) < i)
    if (repeated !== undefined) {
      throw new SourceError(`two columns are called ${repeated.name}: name them apart in a query`)
    }
    const names = all.map(({ name }) => name)
    const unknown = exclude.find((name) => !names.includes(name))
    if (unknown !== undefined) {
      throw new SourceError(
        `"exclude" names ${unknown}, and there are ${listed(names)}${suggestion(unknown, names)}`,
      )
    }
    const columns = all.filter(({ name }) => !exclude.includes(name))
    const known = new Map<string, KnownColumn>()
    const others = new Map<string, string>()
    for (const column of columns) {
      const kind = dialect.kindOf(column.type)
      if (kind === null) others.set(column.name, column.type)
      else known.set(column.name, { ...column, kind })
    }
    return {
      rowCount: countIn(await this.#row(countStatement(rows)), 'n'),
      columns: columns.map(({ name }) => ({ name, type: typeOf(known.get(name)?.kind) })),
      known,
      others,
    }
  }

  async read(request: ReadRequest): Promise<ColumnSideValues> {
    const column = await this.#column(request.column)
    if ('unreadable' in column) return column
    try {
      return await this.#readKnown(request, column)
    } catch (error) {
      return this.#columnOrSource(column.name, error)
    }
  }

  #readKnown(request: ReadRequest, column: KnownColumn): Promise<ColumnSideValues> {
    switch (request.as) {
      case 'numbers':
        return this.#together.entered(() => this.#numbers(request, column))
      case 'categories':
        return this.#categories(request, column)
      case 'sample':
        return this.#sample(request, column)
    }
  }

  async #column(name: string): Promise<KnownColumn | UnreadableColumn> {
    const { known, others } = await this.#describe()
    const column = known.get(name)
    if (column !== undefined) return column
    const type = others.get(name)
    if (type === undefined) throw new SourceError(`${this.name} has no column ${name}`)
    const unreadable = `its type ${type} is none that is compared: leave it out, or take a number, a date or a text out of it in a query`
    return { name, type: null, unreadable }
  }

  /** Is the column at fault, or all of the source? Then nothing that is said of any column would be true. */
  async #columnOrSource(name: string, error: unknown): Promise<UnreadableColumn> {
    if (error instanceof SourceError || this.#signal?.aborted === true) {
      throw sourceErrorOf(this.name, error, this.#signal)
    }
    try {
      if (this.#hasFailed(error)) throw error
      await this.#runner.run('SELECT 1 AS one', 1)
    } catch {
      throw sourceErrorOf(this.name, error, this.#signal)
    }
    return {
      name,
      type: null,
      unreadable: `the engine could not read it: ${lineWithoutCells(error)}`,
    }
  }

  #hasFailed(error: unknown): boolean {
    return this.#table.rows.dialect.hasFailed?.(error) ?? false
  }

  async #numbers(request: NumbersRequest, column: KnownColumn): Promise<StoredColumn> {
    const { bins, type, exactRows } = request
    const summary = await this.#summary(column)
    const { n, ...known } = await this.#uncounted(summary)
    const { min, max, sum } = summary
    if (n === 0) {
      const edges = typeof bins === 'number' ? [0, 1] : bins
      return {
        name: column.name,
        type,
        profile: numericProfileOfCounts([], edges, known),
        distinct: 0,
      }
    }
    if (bins === 1) {
      const edges = min! < max! ? [min!, max!] : [neighbour(min!, -1), min!]
      const profile = numericProfileOfCounts([[1, n]], edges, { ...known, min, max, sum })
      return { name: column.name, type, profile }
    }
    const own = typeof bins === 'number' ? await this.#ownEdges(column, n, bins, exactRows) : null
    const edges = own?.edges ?? (bins as readonly number[])
    const slots = await this.#slots(column, edges)
    this.#assertCounted(sumOf(slots), n)
    const profile = numericProfileOfCounts(slots, edges, { ...known, min, max, sum })
    const spread = request.moments === true ? await this.#spread(column, n, summary, exactRows) : {}
    const places = own?.deciles?.map((decile) => profile.edges.indexOf(decile))
    const deciles = places === undefined || places.includes(-1) ? {} : { deciles: places }
    return { name: column.name, type, profile: { ...profile, ...deciles }, ...spread }
  }

  async #uncounted({ present, nan, infinite }: Summary) {
    const { rowCount } = await this.#describe()
    return { n: present - nan - infinite, missing: rowCount - present + nan, infinite }
  }

  /** Quantiles of the column itself. */
  async #ownEdges(column: KnownColumn, n: number, bins: number, exactRows: number) {
    if (this.#table.rows.dialect.windows && n <= exactRows) {
      const places = quantilePlaces(n, bins)
      const { valueAt } = await this.#ranks(column, n, places, 0)
      const edges = quantileEdgesOfPlaces(n, bins, valueAt)
      const deciles =
        bins % 10 === 0 ? quantileEdgesOfPlaces(n, 10, valueAt).slice(1, -1) : undefined
      return { edges, deciles }
    }
    const { min, max } = await this.#summary(column)
    const levels = Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins)
    const values = await this.#quantiles(column, n, levels)
    // Approximate ones need not ascend, nor lie between the extremes.
    const inside = values.map((x) => Math.max(min!, Math.min(max!, x)))
    const sorted = [min!, ...inside.sort((a, b) => a - b), max!]
    const edgesOf = (all: readonly number[]) =>
      quantileEdgesOfPlaces(all.length, all.length - 1, (place) => all[place]!)
    const tenths = sorted.filter((_, place) => place % (bins / 10) === 0)
    const deciles = bins % 10 === 0 ? edgesOf(tenths).slice(1, -1) : undefined
    return { edges: edgesOf(sorted), deciles }
  }

  async #spread(column: KnownColumn, n: number, { sum }: Summary, exactRows: number) {
    if (sum === null) return {}
    // Of large values the sum has lost the digits that the spread consists of.
    const centre = sum / n
    // To tell values apart, an engine of several nodes brings them together.
    const isTold = n <= exactRows
    const sql = momentsStatement(this.#table.rows, column, centre, isTold)
    const row = await this.#row(sql)
    const [away, squares] = [numberIn(row.m1), numberIn(row.m2)]
    const moments = momentsFrom(centre + away / n, squares - (away / n) * away)
    return { ...(moments && { moments }), ...(isTold && { distinct: countIn(row, 'd') }) }
  }

  async readPair(
    current: TableSource,
    request: NumbersRequest,
  ): Promise<ColumnPairInput | undefined> {
    if (!(current instanceof SqlTable) || current.#engine !== this.#engine) return undefined
    if (!this.#table.rows.dialect.windows) return undefined
    const [before, after] = [
      await this.#column(request.column),
      await current.#column(request.column),
    ]
    if ('unreadable' in before || 'unreadable' in after) return undefined
    try {
      const ranked = () => this.#ranked(before, current, after, request)
      return await this.#together.entered(() =>
        current === this ? ranked() : current.#together.entered(ranked),
      )
    } catch (error) {
      await this.#columnOrSource(request.column, error)
      // Each side by itself tells which of them it is.
      return undefined
    }
  }

  async #ranked(
    before: KnownColumn,
    current: SqlTable,
    after: KnownColumn,
    { exactRows, type }: NumbersRequest,
  ): Promise<ColumnPairInput | undefined> {
    const sides = [
      { table: this as SqlTable, column: before, summary: await this.#summary(before) },
      { table: current, column: after, summary: await current.#summary(after) },
    ] as const
    const sizes = await Promise.all(sides.map(({ table, summary }) => table.#uncounted(summary)))
    const [n, m] = sizes.map((size) => size.n) as [number, number]
    if (n === 0 || m === 0 || Math.max(n, m) > exactRows) return undefined
    const ranked: RankedSide[] = []
    for (const [i, { table, column }] of sides.entries()) {
      const size = sizes[i]!.n
      ranked.push(await table.#ranks(column, size, comparedPlaces(size), MOST_DRAWN_APART + 1))
    }
    const [reference, other] = ranked as [RankedSide, RankedSide]
    const gap = widestGapStatement(
      { rows: this.#table.rows, column: before, n },
      { rows: current.#table.rows, column: after, n: m },
    )
    const row = await this.#row(gap)
    const widestAt = numberIn(row.v) + 0
    const edges = rankedEdges(reference, other, widestAt)
    const counted = await Promise.all(
      sides.map(async ({ table, column, summary }, i): Promise<SideCounts> => {
        const { n: size, missing, infinite } = sizes[i]!
        const slots = await table.#slots(column, edges.edges)
        table.#assertCounted(sumOf(slots), size)
        const all = Array.from(
          { length: edges.edges.length + 1 },
          (_, slot) => slots.get(slot) ?? 0,
        )
        // Nothing is below the first edge, nor on it.
        return {
          counts: all.slice(1, -1),
          overflow: all.at(-1)!,
          missing,
          infinite,
          sum: summary.sum,
        }
      }),
    )
    const pair = rankedPair(
      { reference, current: other },
      { reference: counted[0]!, current: counted[1]! },
      edges,
      widestAt,
    )
    const { name } = before
    return {
      reference: { name, type, profile: pair.reference },
      current: { name, type, profile: pair.current },
      ranked: pair.ranked,
    }
  }

  async #ranks(
    column: KnownColumn,
    n: number,
    places: readonly number[],
    distinct: number,
  ): Promise<RankedSide> {
    const sql = ranksStatement(this.#table.rows, column, places, distinct)
    const rows = await this.#runner.run(sql, places.length + distinct)
    const values = new Map<number, number>()
    const firsts = new Map<number, number>()
    for (const { r, d, v } of rows) {
      const value = numberIn(v) + 0
      values.set(numberIn(r) - 1, value)
      firsts.set(numberIn(d), value)
    }
    const last = Math.max(...firsts.keys())
    const few = last < distinct ? Array.from({ length: last }, (_, i) => firsts.get(i + 1)!) : null
    return {
      n,
      distinct: few,
      valueAt: (place) => {
        const value = values.get(place)
        if (value !== undefined) return value
        throw new SourceError(
          `the engine has no value at place ${place} of ${n}: were rows changed meanwhile?`,
        )
      },
    }
  }

  /** Counts of two moments fit no table: what they would say of a change is nothing. */
  #assertCounted(counted: number, n: number): void {
    if (counted === n) return
    throw new SourceError(
      `rows were written while they were counted (${n} of them, and then ${counted}): compare it when it is at rest, rows of a fixed time (where), or by an engine that holds one moment (postgresEngine)`,
    )
  }

  /** As core has them: 0 below the first edge, which belongs to the bin above it. */
  async #slots(
    column: KnownColumn,
    edges: readonly number[],
  ): Promise<ReadonlyMap<number, number>> {
    const [first, ...upper] = edges
    const below = neighbour(first!, -1)
    const hasBelow = Number.isFinite(below)
    const found = await this.#askSlots({ column, edges: hasBelow ? [below, ...upper] : upper })
    return new Map(found.map(([slot, count]) => [slot + (hasBelow ? 0 : 1), count]))
  }

  async #slotsOf(asked: readonly SlotsAsked[]): Promise<ReadonlyArray<readonly Slot[]>> {
    const { rows } = this.#table
    if (asked.length === 1) {
      const [{ column, edges }] = asked as [SlotsAsked]
      const found = await this.#runner.run(slotsStatement(rows, column, edges), edges.length + 1)
      return [found.map(({ b, c }) => [numberIn(b), numberIn(c)])]
    }
    const most = asked.reduce((sum, { edges }) => sum + edges.length + 2, 0)
    const found = await this.#runner.run(slotsTogetherStatement(rows, asked), most)
    return asked.map((_, i) =>
      found.flatMap((row): Slot[] => {
        const slot = row[`b${i}`]
        return slot === null || slot === undefined ? [] : [[numberIn(slot), numberIn(row.c)]]
      }),
    )
  }

  /** Without its quantiles a column would lie in one bin, in which no change can be seen. */
  async #quantiles(
    column: KnownColumn,
    n: number,
    levels: readonly number[],
  ): Promise<readonly number[]> {
    const { rowCount } = await this.#describe()
    const share = sampledShare(this.#table.rows, rowCount)
    // Of few values among many rows a sample of the rows would have next to none.
    const areFew = share < 1 && share * n < 10 * levels.length
    const values = areFew
      ? (await this.#quantilesOf([{ column, levels }], 1))[0]!
      : await this.#askQuantiles({ column, levels })
    const found = values.filter(Number.isFinite).length
    if (found === levels.length) return values
    throw new Error(`the engine gave back ${found} of ${levels.length} quantiles`)
  }

  async #quantilesOf(
    asked: readonly QuantilesAsked[],
    share: number,
  ): Promise<ReadonlyArray<readonly number[]>> {
    // All ask for the same levels, but for who has called `read` by hand: then each is asked alone.
    const [{ levels }] = asked as [QuantilesAsked]
    if (asked.some((one) => one.levels.length !== levels.length)) throw new Error('other levels')
    const columns = asked.map(({ column }) => column)
    const sql = quantilesStatement(this.#table.rows, columns, levels, share)
    const row = await this.#row(sql)
    return asked.map((_, i) => numbersIn(row[`q${i}`]))
  }

  /** Of the column and of those beside it, in one pass. */
  async #summary(column: KnownColumn): Promise<Summary> {
    const { known } = await this.#describe()
    const all = [...known.values()]
    const at = Math.floor(all.indexOf(column) / COLUMNS_AT_ONCE) * COLUMNS_AT_ONCE
    const key = String(at)
    if (!this.#summaries.has(key)) {
      const several = this.#summed(all.slice(at, at + COLUMNS_AT_ONCE))
      several.catch(() => {})
      this.#summaries.set(key, several)
    }
    const together = await this.#summaries.get(key)!.catch((error) => {
      if (this.#hasFailed(error)) throw error
      return undefined
    })
    // One of them could not be read: it must cost no other.
    const found = together ?? (await this.#summed([column]))
    return found.get(column.name)!
  }

  async #summed(columns: readonly KnownColumn[]): Promise<ReadonlyMap<string, Summary>> {
    const { rowCount } = await this.#describe()
    const row = await this.#row(summaryStatement(this.#table.rows, columns))
    this.#assertCounted(countIn(row, 'n'), rowCount)
    return new Map(
      columns.map(({ name }, i) => {
        const count = (key: string) => numberIn(row[`${key}${i}`] ?? 0)
        const present = countIn(row, `p${i}`)
        const [nan, infinite] = [count('q'), count('i')]
        const [min, max, sum] = ['a', 'z', 's'].map((key) => finiteIn(row[`${key}${i}`]))
        return [name, { present, nan, infinite, min: min!, max: max!, sum: sum! }]
      }),
    )
  }

  /** Of what is summed up there is one row, whatever the table is. */
  async #row(sql: string): Promise<Readonly<Record<string, unknown>>> {
    const [row] = await this.#runner.run(sql, 1)
    if (row !== undefined) return row
    throw new SourceError(`the engine gave back no row of ${sql.slice(0, 60)}…, which has one`)
  }

  async #categories({ most }: CategoriesRequest, column: KnownColumn): Promise<StoredColumn> {
    const { rows } = this.#table
    const { rowCount } = await this.#describe()
    const found = await this.#runner.run(categoriesStatement(rows, column, most + 1), most + 1)
    const all = found.map(({ v, c }) => [categoryIn(v, column.kind), numberIn(c)] as const)
    const summary = await this.#summary(column)
    const n = summary.present - summary.nan
    const kept = all.slice(0, most)
    const named = kept.reduce((sum, [, count]) => sum + count, 0)
    if (all.length <= most || named > n) this.#assertCounted(named, n)
    const distinct =
      all.length <= most
        ? all.length
        : countIn(await this.#row(distinctStatement(rows, column)), 'd')
    const profile = categoricalProfile(kept, {
      missing: rowCount - n,
      maxCategories: Math.max(1, kept.length),
      other: n - named,
      otherAtMost: all[most]?.[1] ?? 0,
    })
    return { name: column.name, type: 'categorical', profile, distinct }
  }

  async #sample({ most, type }: SampleRequest, column: KnownColumn): Promise<ColumnSideValues> {
    const { rowCount } = await this.#describe()
    const as = type === 'numeric' || type === 'datetime' ? 'numbers' : 'categories'
    if (as === 'numbers' && column.kind === 'text') {
      return { name: column.name, type: null, unreadable: 'it holds texts: cast them in a query' }
    }
    const share = shareOf(most, rowCount)
    const sql = sampleStatement(this.#table.rows, column, as, share, most)
    const cells = (await this.#runner.run(sql, most)).map(({ v }) => v)
    if (share === 1) this.#assertCounted(cells.length, rowCount)
    if (as === 'categories') {
      return cells.map((cell) =>
        cell === null || cell === undefined ? null : categoryIn(cell, column.kind),
      )
    }
    const numbers = cells.map(numberIn)
    // Of nothing nobody can tell what it is: as of a column of nulls.
    if (numbers.every(Number.isNaN)) return numbers.map(() => null)
    if (!isOfDates(column.kind)) return Float64Array.from(numbers)
    return numbers.map((time) => (Number.isFinite(time) ? new Date(time) : null))
  }
}

function sumOf(slots: ReadonlyMap<number, number>): number {
  return [...slots.values()].reduce((sum, count) => sum + count, 0)
}

/** A count that nobody gave is not 0. */
function countIn(row: Readonly<Record<string, unknown>>, key: string): number {
  const count = numberIn(ownValue(row, key))
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new SourceError(
    `the engine gave back no count as ${key}, but ${listed(Object.keys(row))}: names must be as they were asked for`,
  )
}

function typeOf(kind: SqlKind | undefined): Exclude<ColumnType, 'text'> | null {
  if (kind === undefined) return null
  if (isOfDates(kind)) return 'datetime'
  return kind === 'text' || kind === 'boolean' ? 'categorical' : 'numeric'
}

/**
 * What share of the rows is drawn, and not how many of them: a little less than asked for. What is beyond would be cut off, and
 * with it the last rows of the table, which may be the newest.
 */
function shareOf(most: number, rowCount: number): number {
  return rowCount <= most ? 1 : Math.max(1, most - 4 * Math.sqrt(most)) / rowCount
}

function finiteIn(cell: unknown): number | null {
  const x = knownNumberIn(cell)
  return x !== null && Number.isFinite(x) ? x : null
}
