import { appendFileSync } from 'node:fs'

export interface Told {
  /** With its version. */
  readonly engine: string
  readonly what: string
  /** Of the table; 0 where they are several. */
  readonly rows: number
  readonly statements: number
  readonly returned: number
  readonly seconds: number
  /** Of rows that moved between nodes, of bytes, of work on each. */
  readonly moved?: string
}

/** For the summary of `pnpm engines`, which names the file. */
export function tell(told: Told): void {
  const file = process.env.TIDEGAUGE_ENGINES_TOLD
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(told)}\n`)
}
