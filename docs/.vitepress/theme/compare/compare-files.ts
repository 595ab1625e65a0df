import { type ColumnPairInput, type DriftReport, detectDriftByColumn } from '@tidegauge/drift'
import { type ReadSide, readColumn } from './read-column.ts'
import { readCsv, type TextTable } from './read-csv.ts'

export interface NamedBytes {
  readonly file: string
  readonly bytes: ArrayBuffer
}

/** The report that `tidegauge drift` makes of two CSV files, as far as `readColumn` can read them. */
export async function compareFiles(
  [reference, current]: readonly [NamedBytes, NamedBytes],
  target: string | undefined,
): Promise<DriftReport> {
  const before = readCsv(reference.file, reference.bytes)
  const after = readCsv(current.file, current.bytes)
  const shapeOf = ({ rowCount, columns, delimiter }: TextTable) => ({
    rowCount,
    columnNames: [...columns.keys()],
    reading: { format: 'csv', delimiter },
  })
  return detectDriftByColumn(
    {
      reference: shapeOf(before),
      current: shapeOf(after),
      async read(name) {
        const texts = [before.columns.get(name)!, after.columns.get(name)!]
        const [reference, current] = readColumn(name, texts)
        return pairOf(reference!, current!)
      },
      async readOne(name, side) {
        const [own] = readColumn(name, [(side === 'reference' ? before : after).columns.get(name)!])
        return own!
      },
    },
    {
      names: { reference: before.name, current: after.name },
      ...(target !== undefined && { target }),
    },
  )
}

function pairOf(reference: ReadSide, current: ReadSide): ColumnPairInput {
  const readings = {
    ...(reference.reading && { reference: reference.reading }),
    ...(current.reading && { current: current.reading }),
  }
  return { reference: reference.values, current: current.values, readings }
}
