import { visibleText } from '@tidegauge/core/internal'
import type { SqlEngine } from '@tidegauge/sources'
import { runnerOf, STAND_IN_ROWS, standInRows } from '@tidegauge/sources/internal'
import type { OpenedEngine } from './open-engine.ts'

interface Explained {
  readonly sql: string
  readonly wasRun: boolean
}

/**
 * What would be run, for a person to read. The catalogue is really asked; all that counts is not run, and answered with
 * made-up numbers.
 *
 * @param work - what would be done with the engine
 */
export async function explained(
  opened: OpenedEngine,
  timeLimit: number,
  signal: AbortSignal,
  work: (opened: OpenedEngine) => Promise<unknown>,
): Promise<string> {
  const { engine, dialect } = opened
  const statements: Explained[] = []
  const real = runnerOf({
    engine,
    signal,
    timeLimit,
    isSerial: false,
    onStatement: ({ sql }) => statements.push({ sql, wasRun: true }),
  })
  const standIn: SqlEngine = {
    async query(sql) {
      const rows = standInRows(sql)
      statements.push({ sql, wasRun: false })
      return { rows }
    },
  }
  await work({
    engine: standIn,
    dialect: {
      ...dialect,
      columns: (from) => dialect.columns(from, (sql, most) => real.run(sql, most)),
    },
    close: async () => {},
  })
  const rows = STAND_IN_ROWS.toLocaleString('en-US')
  const lines = [
    `-- The statements that tidegauge would run on ${dialect.name}. Those of the catalogue were run, for names and types; no other was.`,
    `-- Numbers that come from earlier statements are stood for by made-up ones: those of ${rows} rows a side, from 0 to 1000.`,
    ...statements.map(({ sql, wasRun }, i) => {
      return `\n-- ${i + 1}${wasRun ? ', of the catalogue' : ''}\n${sql.split('\n').map(visibleText).join('\n')};`
    }),
  ]
  return `${lines.join('\n')}\n`
}
