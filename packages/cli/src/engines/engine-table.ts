import { listed, suggestion } from '@tidegauge/core/options'
import {
  type RanStatement,
  type SqlColumn,
  type SqlDialect,
  sqlSource,
  type TableSource,
} from '@tidegauge/sources'
import { behindFrom, fromSql, runnerOf, sourceErrorOf } from '@tidegauge/sources/internal'
import { UsageError } from '../usage-error.ts'
import type { OpenedEngine } from './open-engine.ts'
import { rowsAt, valueNames, valuesStatement } from './time-rows.ts'

export interface TableRequest {
  /** A table, a view or a query. */
  readonly from: string
  readonly where: string | undefined
  /** The column that tells the rows of a side. */
  readonly time: string | undefined
  /** Columns to read; undefined: all. */
  readonly columns: readonly string[] | undefined
  /** Milliseconds that a statement may take. */
  readonly timeLimit: number
  readonly onStatement: ((statement: RanStatement) => void) | undefined
  /** Is it best to ask for much at once? So it is where a person carries the statements. */
  readonly isCarried?: boolean
}

/** A table in a database, and what the catalogue says of it. */
export interface EngineTable {
  readonly name: string
  readonly columnNames: readonly string[]
  /** Is the column of times one of dates, of which first and last are told? */
  readonly hasDates: boolean
  /**
   * Rows by the value of the column of times; all of them where there is none.
   *
   * @param option - what an error calls the value
   * @throws UsageError where no row has it; it names some that are there
   */
  rowsOf(option: string, value: string | undefined): Promise<TableSource>
}

/**
 * @throws UsageError where it has no such column of times
 * @throws SourceError where it cannot be read
 */
export async function openTable(
  { engine, dialect }: OpenedEngine,
  request: TableRequest,
  signal: AbortSignal,
): Promise<EngineTable> {
  const { from, where, time, columns, timeLimit, onStatement } = request
  const shared = { engine, dialect, from, timeLimit, ...(onStatement && { onStatement }) }
  // What is more than one name, query or condition is refused before anything is sent.
  const { name } = sqlSource({ ...shared, ...(where !== undefined && { where }) })
  const runner = runnerOf({ engine, signal, timeLimit, isSerial: false, onStatement })
  const run = async (sql: string, most: number) => {
    try {
      return await runner.run(sql, most)
    } catch (error) {
      signal.throwIfAborted()
      throw sourceErrorOf(name, error)
    }
  }
  const behind = fromSql('from', from, dialect)
  const all = await dialect.columns(behind, run)
  // Both sides are of it: it is asked once what its columns are.
  const described = { ...shared, dialect: { ...dialect, columns: async () => all } }
  const columnNames = all.map((column) => column.name)
  const timeColumn = time === undefined ? undefined : columnOf(all, time, name)
  const hasDates = timeColumn !== undefined && isOfDates(dialect, timeColumn)
  const wanted = columns && new Set([...columns, ...(hasDates ? [time!] : [])])
  const hidden = columnNames.filter(
    (one) => (wanted !== undefined && !wanted.has(one)) || (one === time && !hasDates),
  )
  return {
    name,
    columnNames,
    hasDates,
    async rowsOf(option, value) {
      if (value === undefined || timeColumn === undefined) {
        return sqlSource({ ...described, exclude: hidden, ...(where !== undefined && { where }) })
      }
      const condition = bothOf(where, rowsAt(dialect, timeColumn, option, value))
      const rows = behindFrom({ from: behind, where: condition })
      const source = sqlSource({ ...described, where: condition, name: value, exclude: hidden })
      const [found] = await Promise.all([
        run(`SELECT 1 AS one FROM ${rows} LIMIT 1`, 1),
        request.isCarried ? source.shape() : undefined,
      ])
      if (found.length === 0) {
        const sql = valuesStatement(dialect, timeColumn, behindFrom({ from: behind, where }))
        const named = valueNames(dialect, timeColumn, await run(sql, 10))
        const there = named.length === 0 ? 'there is no row at all' : `there are ${listed(named)}`
        const narrowed = where === undefined ? '' : ' and --where'
        throw new UsageError(
          `${option} ${value}: no row of ${name} is of that ${time}${narrowed}; ${there}`,
        )
      }
      return source
    },
  }
}

/** The column's condition first: it is cheap, and may say which partitions are read. */
function bothOf(where: string | undefined, condition: string): string {
  return where === undefined ? condition : `${condition} AND (\n${where}\n)`
}

function columnOf(all: readonly SqlColumn[], time: string, table: string): SqlColumn {
  const found = all.find(({ name }) => name === time)
  if (found !== undefined) return found
  const names = all.map(({ name }) => name)
  throw new UsageError(
    `--time ${time} is not a column of ${table}, which has ${listed(names)}${suggestion(time, names)}`,
  )
}

function isOfDates(dialect: SqlDialect, { type }: SqlColumn): boolean {
  const kind = dialect.kindOf(type)
  return kind === 'day' || kind === 'moment'
}
