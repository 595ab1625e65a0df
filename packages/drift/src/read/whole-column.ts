import type { CountedCategory, TableColumn } from '@tidegauge/core'
import { finish } from '@tidegauge/core/internal'
import type { ColumnType } from '../report/drift-report.ts'
import { cellsOf } from './cells.ts'
import { ownType } from './own-type.ts'
import { HERE, readCounts, readValues } from './read-cells.ts'
import { type NumericSample, sortedSample } from './sorted-sample.ts'
import { countedNames } from './tally.ts'

/** @throws ColumnError where a cell is an object, a function or a symbol */
export function inferType(column: TableColumn): ColumnType | null {
  return finish(ownType(cellsOf(column)))
}

/** @throws ColumnError where a cell is no number */
export function numericSample(column: TableColumn): NumericSample {
  return sortedSample(finish(readValues(cellsOf(column), HERE)))
}

/** How often each category of a column occurs, and what was set aside. */
export interface CategoricalSample {
  /** Each category once, in the order in which they were met. */
  readonly counts: readonly CountedCategory[]
  readonly missing: number
}

/** @throws ColumnError where a cell is no category */
export function categoricalSample(column: TableColumn): CategoricalSample {
  const { parts, missing } = finish(readCounts(cellsOf(column), HERE))
  return { counts: countedNames(parts), missing }
}
