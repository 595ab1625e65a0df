import { type ColumnContents, readingOf } from '../plan/open-table.ts'
import type { ColumnReadings } from '../reading/column-reading.ts'
import { toldReadings } from '../reading/told-reading.ts'
import type { DriftSettings } from '../report/drift-report.ts'
import type { MeasuredColumn } from './measured-column.ts'

/** What was measured, and how the cells were read that it was measured of. */
export function withReading(
  measured: MeasuredColumn,
  contents: ColumnContents,
  { redacted }: DriftSettings,
): MeasuredColumn {
  const reading = toldReadings(readingsOf(contents), redacted)
  return reading === undefined ? measured : { ...measured, reading }
}

function readingsOf(contents: ColumnContents): ColumnReadings {
  const [reference, current] = [readingOf(contents.reference), readingOf(contents.current)]
  return { ...(reference && { reference }), ...(current && { current }) }
}
