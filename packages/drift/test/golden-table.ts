import { readFileSync } from 'node:fs'

/** The present cells of every column of a golden table, as the text that the file holds. */
export function readGoldenTable(name: string): Record<string, string[]> {
  const text = readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8')
  const [header, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  return Object.fromEntries(
    header!.map((column, i) => [column, rows.map((row) => row[i]!).filter((cell) => cell !== '')]),
  )
}
