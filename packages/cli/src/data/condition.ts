import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../usage-error.ts'
import { firstLines } from './read-error.ts'
import type { Session } from './session.ts'
import { quoteLiteral } from './sql.ts'

/**
 * Is the text of `--where` one condition and nothing else? It may come from a config file that somebody else
 * wrote. DuckDB parses it in the place of a `true`: all around it the statement must stay as it was.
 *
 * @throws UsageError where it is none, has more than one, or asks other tables
 */
export async function assertCondition(where: string, session: Session): Promise<void> {
  if (where.includes('\0')) throw notOne('it has a NUL character')
  const [tree, plain] = [await parsed(where, session), await parsed('true', session)]
  if (tree.error === true) throw notOne(firstLines(String(tree.error_message)))
  const condition = conditionIn(tree)
  if (condition === undefined || !isDeepStrictEqual(around(tree), around(plain))) {
    throw notOne('it goes on behind the condition')
  }
  const classes = [...classesIn(condition)]
  if (classes.includes('SUBQUERY')) throw notOne('it asks other tables (SELECT)')
  if (classes.includes('PARAMETER')) throw notOne('it has a parameter (?)')
}

function notOne(why: string): UsageError {
  return new UsageError(`--where must be one condition on the columns: ${why}`)
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
