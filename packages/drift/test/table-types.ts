/**
 * Compiled, never run, by `pnpm typecheck` and, as a stranger's program, by scripts/check-packages.ts: rows of an
 * interface or a class are tables.
 */
import type { ColumnInput, TableInput } from '@tidegauge/core'
import { type DriftReport, detectDrift, detectDriftAsync, profile } from '@tidegauge/drift'

interface Row {
  readonly age: number
  readonly city?: string
}

class Person implements Row {
  age = 31
  city = 'Oslo'
}

interface Columns {
  readonly age: Float64Array
  readonly city: string[]
}

export async function tables(
  rows: Row[],
  people: readonly Person[],
  columns: Columns,
): Promise<DriftReport> {
  const report: DriftReport = detectDrift(rows as Row[], people)
  await detectDriftAsync(people, rows)
  profile(rows)
  profile([{ age: 31 }, { age: null, city: 'Oslo' }])
  const records: ReadonlyArray<Record<string, unknown>> = [{ age: 1 }]
  const input: TableInput = records
  detectDrift(input, { age: [1, 2], city: ['Oslo', null] })
  // An interface of columns has no index signature; a copy of it has.
  detectDrift({ ...columns }, rows)
  const column: ColumnInput = columns.age
  detectDrift({ age: column }, { age: [31] })
  // @ts-expect-error a number is no row
  detectDrift([31, 45], rows)
  // @ts-expect-error text is no table
  detectDrift(rows, 'age')
  // @ts-expect-error a number is no column
  detectDrift({ age: 31 }, rows)
  return report
}
