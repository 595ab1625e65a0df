import { readFileSync } from 'node:fs'

/** A golden table as columns: an empty cell is missing, a column of numbers is numbers, true and false booleans. */
export function typedGoldenTable(name: string, repeats = 1): Record<string, unknown[]> {
  const text = readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8')
  const [header, ...lines] = text.trim().split('\n')
  const rows = Array.from({ length: repeats }, () => lines.map((line) => line.split(','))).flat()
  return Object.fromEntries(
    header!.split(',').map((column, i) => [column, convert(rows.map((row) => row[i]!))]),
  )
}

function convert(cells: string[]): unknown[] {
  const present = cells.filter((cell) => cell !== '')
  const missing = <T>(read: (cell: string) => T) =>
    cells.map((cell) => (cell === '' ? null : read(cell)))
  if (present.every((cell) => Number.isFinite(Number(cell)))) return missing(Number)
  if (present.every((cell) => cell === 'true' || cell === 'false'))
    return missing((cell) => cell === 'true')
  return missing(String)
}
