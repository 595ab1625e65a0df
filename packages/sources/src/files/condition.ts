import { isDeepStrictEqual } from 'node:util'
import { SourceError } from '../source-error.ts'
import { firstLines } from './read-error.ts'
import type { Session } from './session.ts'
import { quoteLiteral } from './sql.ts'

/**
 * Is the text of `where` one condition and nothing else? It may come from a config file that somebody else
 * wrote. DuckDB parses it in the place of a `true`: all around it the statement must stay as it was.
 *
 * @throws SourceError where it is none, has more than one, asks other tables, or calls what is no function of columns
 */
export async function assertCondition(where: string, session: Session): Promise<void> {
  if (where.includes('\0')) throw notOne('it has a NUL character')
  const [tree, plain] = [await parsed(where, session), await parsed('true', session)]
  if (tree.error === true) throw notOne(`${firstLines(String(tree.error_message))}${QUOTED}`)
  const condition = conditionIn(tree)
  if (condition === undefined || !isDeepStrictEqual(around(tree), around(plain))) {
    throw notOne('it goes on behind the condition')
  }
  const classes = [...classesIn(condition)]
  if (classes.includes('SUBQUERY')) throw notOne('it asks other tables (SELECT)')
  if (classes.includes('PARAMETER')) throw notOne('it has a parameter (?)')
  const other = await functionOfNoColumns(new Set(functionsIn(condition)), session)
  if (other !== undefined) throw notOne(`${other}() is no function of columns`)
}

/** What mostly is wrong with a text that is no SQL: a column is called `unit price`, `1st` or `select`. */
const QUOTED =
  '; a name with blanks or signs stands in double quotes ("unit price" > 5), a text in single ones'

function notOne(why: string): SourceError {
  return new SourceError(`\`where\` must be one condition on the columns: ${why}`)
}

/** They tell of settings, the session or the machine; DuckDB holds most of them for as constant as any other. */
const TELLS_OF_THE_SESSION =
  /^(getenv|getvariable|version|txid_current|in_search_path|get_block_size|user|session_user|current_(?!date$|time$|timestamp$|localtime$|localtimestamp$).*|pg_.*|has_.*_privilege|inet_.*|.*_description)$/

/** Of functions that give something else each time, or do something: the only one for which a condition has a use. */
const DRAWS_A_SAMPLE = 'random'

/** The first function whose value does not come from its arguments, other than what the time is, or that acts. */
async function functionOfNoColumns(
  called: ReadonlySet<string>,
  { connection }: Session,
): Promise<string | undefined> {
  const names = [...called].filter((name) => name !== DRAWS_A_SAMPLE)
  if (names.length === 0) return undefined
  const result = await connection.runAndReadAll(
    `SELECT DISTINCT function_name FROM duckdb_functions()
      WHERE stability = 'VOLATILE' AND function_name IN (${names.map(quoteLiteral).join(', ')})`,
  )
  const acting = new Set(result.getRows().map(([name]) => name))
  return names.find((name) => acting.has(name) || TELLS_OF_THE_SESSION.test(name))
}

function* functionsIn(tree: unknown): Generator<string> {
  if (typeof tree !== 'object' || tree === null) return
  if ('function_name' in tree) yield String(tree.function_name).toLowerCase()
  for (const part of Object.values(tree)) yield* functionsIn(part)
}

type Tree = Readonly<Record<string, unknown>>

async function parsed(condition: string, { connection }: Session): Promise<Tree> {
  const statement = `SELECT CASE WHEN ${condition}\n THEN 1 END`
  const result = await connection.runAndReadAll(
    `SELECT json_serialize_sql(${quoteLiteral(statement)})::VARCHAR`,
  )
  return JSON.parse(String(result.getRows()[0]![0])) as Tree
}

interface CaseStatement {
  readonly statements?: ReadonlyArray<{
    readonly node?: {
      readonly select_list?: ReadonlyArray<{
        readonly case_checks?: ReadonlyArray<{ readonly when_expr?: unknown }>
      }>
    }
  }>
}

function conditionIn(tree: CaseStatement): unknown {
  return tree.statements?.[0]?.node?.select_list?.[0]?.case_checks?.[0]?.when_expr
}

/** The statement without its condition, and without the places where its words stood. */
function around(tree: Tree): unknown {
  const condition = conditionIn(tree)
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => {
      return value === condition || key === 'query_location' ? undefined : value
    }),
  )
}

function* classesIn(tree: unknown): Generator<unknown> {
  if (typeof tree !== 'object' || tree === null) return
  if ('class' in tree) yield tree.class
  for (const part of Object.values(tree)) yield* classesIn(part)
}
