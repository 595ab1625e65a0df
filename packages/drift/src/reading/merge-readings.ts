import {
  type ColumnReading,
  type MendedLines,
  type Misfits,
  type MissingSpelling,
  MOST_SPELLINGS,
  type TableReading,
} from './column-reading.ts'

/**
 * How the cells of two parts were read, as of one: counts are added. What one part has nothing to tell of is told as the
 * other has it (a day of whole numbers has no decimal sign), and of what both tell otherwise, nothing is.
 */
export function mergedReading(
  a: ColumnReading | undefined,
  b: ColumnReading | undefined,
): ColumnReading | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const missing = mergedSpellings(a.missing ?? [], b.missing ?? [])
  const misfits = mergedMisfits(a.misfits, b.misfits)
  const notes = [...new Set([...(a.notes ?? []), ...(b.notes ?? [])])]
  return {
    ...agreed(a, b, 'sourceType'),
    ...(missing.length > 0 && { missing }),
    ...agreed(a, b, 'decimalSign'),
    ...agreed(a, b, 'thousandsSign'),
    ...agreed(a, b, 'unit'),
    ...agreed(a, b, 'dateOrder'),
    ...agreed(a, b, 'timeOfDay'),
    ...(misfits !== undefined && { misfits }),
    ...(notes.length > 0 && { notes }),
  }
}

/** Of two files that are read alike; undefined where they are not. */
export function mergedTableReading(
  a: TableReading | undefined,
  b: TableReading | undefined,
): TableReading | undefined {
  if (a === undefined || b === undefined) return undefined
  const isAlike = (['format', 'encoding', 'delimiter', 'header'] as const).every(
    (key) => a[key] === b[key],
  )
  if (!isAlike) return undefined
  const { mended: _, ...alike } = a
  const mended = mergedMended([...(a.mended ?? []), ...(b.mended ?? [])])
  return { ...alike, ...(mended.length > 0 && { mended }) }
}

function agreed<K extends keyof ColumnReading>(
  a: ColumnReading,
  b: ColumnReading,
  key: K,
): Pick<ColumnReading, K> | undefined {
  const value = a[key] ?? b[key]
  if (value === undefined || (b[key] !== undefined && b[key] !== value)) return undefined
  return { [key]: value } as Pick<ColumnReading, K>
}

function mergedSpellings(
  a: readonly MissingSpelling[],
  b: readonly MissingSpelling[],
): MissingSpelling[] {
  const counts = new Map<string, number>()
  for (const { text, count } of [...a, ...b]) counts.set(text, (counts.get(text) ?? 0) + count)
  return Array.from(counts, ([text, count]) => ({ text, count }))
    .sort((one, other) => other.count - one.count)
    .slice(0, MOST_SPELLINGS)
}

/** A line is one of the file that it is in: of two, nobody knows which. */
function mergedMisfits(a: Misfits | undefined, b: Misfits | undefined): Misfits | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return { count: a.count + b.count, example: a.example || b.example }
}

function mergedMended(all: readonly MendedLines[]): MendedLines[] {
  const counts = new Map<string, MendedLines>()
  for (const one of all) {
    const { what, count } = one
    const before = counts.get(what)
    counts.set(what, before === undefined ? one : { what, count: before.count + count })
  }
  return [...counts.values()]
}
