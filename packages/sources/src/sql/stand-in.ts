/**
 * Rows that a statement of `statements.ts` might give back, so that those that follow from it can be shown without any being
 * run: of so many rows a side, whose numbers lie evenly from 0 to 1000.
 *
 * @throws Error for a statement that is none of them
 */
export function standInRows(sql: string): ReadonlyArray<Record<string, unknown>> {
  const found = SHAPES.find(([start]) => start.test(sql))
  if (found === undefined) throw new Error(`no rows can be made up for ${sql.slice(0, 80)}`)
  return found[1](sql)
}

export const STAND_IN_ROWS = 100_000
const LARGEST = 1000

const SHAPES: ReadonlyArray<
  readonly [start: RegExp, rows: (sql: string) => ReadonlyArray<Record<string, unknown>>]
> = [
  [/^SELECT 1 AS one\b/, () => [{ one: 1 }]],
  [/^SELECT COUNT\(\*\) AS n FROM /, () => [{ n: STAND_IN_ROWS }]],
  [/^SELECT COUNT\(\*\) AS n, /, summed],
  [/^SELECT r, d, v FROM /, ranked],
  [/^SELECT v FROM \(SELECT v, .* AS g FROM /s, () => [{ v: LARGEST / 2 }]],
  [/^SELECT SUM\(.* AS m1, /s, () => [{ m1: 0, m2: STAND_IN_ROWS * LARGEST, d: STAND_IN_ROWS }]],
  [/^SELECT b0, (?:b\d+, )*COUNT\(\*\) AS c FROM /, countedTogether],
  [/^SELECT (?:.* AS )?b, COUNT\(\*\) AS c FROM /s, counted],
  [/^SELECT (?:.* AS )?v, COUNT\(\*\) AS c FROM /s, () => [{ v: '1', c: STAND_IN_ROWS }]],
  [/^SELECT COUNT\(DISTINCT .* AS d FROM /s, () => [{ d: 1 }]],
  [/^SELECT .* AS q0\b/s, quantiles],
  [/^SELECT .* AS v FROM /s, () => Array.from({ length: 100 }, (_, i) => ({ v: String(i % 2) }))],
]

function summed(sql: string): ReadonlyArray<Record<string, unknown>> {
  const values = { n: STAND_IN_ROWS, p: STAND_IN_ROWS, q: 0, i: 0, a: 0, z: LARGEST, s: 0 }
  values.s = (STAND_IN_ROWS * LARGEST) / 2
  const row: Record<string, unknown> = { n: STAND_IN_ROWS }
  for (const [, key, at] of sql.matchAll(/\bAS ([pqiazs])(\d+)\b/g)) {
    row[`${key}${at}`] = values[key as keyof typeof values]
  }
  return [row]
}

/** The smallest value is in the first bin, the largest in the last: the number of bins shows in how they are told apart. */
function counted(sql: string): ReadonlyArray<Record<string, unknown>> {
  const slots = Array.from(sql.matchAll(/\b(?:THEN|ELSE) (\d+)\b/g), ([, slot]) => Number(slot))
  const thresholds = /\bARRAY\[([^\]]*)\]/.exec(sql)?.[1]?.split(',') ?? []
  const beyond = Math.max(...slots, thresholds.length, sql.match(/\bv > /g)?.length ?? 0)
  if (beyond <= 2) return [{ b: 1, c: STAND_IN_ROWS }]
  return [
    { b: 1, c: STAND_IN_ROWS / 2 },
    { b: beyond - 1, c: STAND_IN_ROWS / 2 },
  ]
}

function ranked(sql: string): ReadonlyArray<Record<string, unknown>> {
  const [, list = ''] =
    /\bWHERE r IN \(([\d, ]+)\)/.exec(sql.slice(sql.lastIndexOf(' WHERE r IN '))) ?? []
  return list.split(', ').map((place) => {
    const r = Number(place)
    return { r, d: r, v: ((r - 1) * LARGEST) / (STAND_IN_ROWS - 1) }
  })
}

function countedTogether(sql: string): ReadonlyArray<Record<string, unknown>> {
  const [, names = ''] = /^SELECT ((?:b\d+, )+)/.exec(sql) ?? []
  return names.match(/b\d+/g)!.map((name) => ({ [name]: 1, c: STAND_IN_ROWS }))
}

/** As many as may be asked for: of fewer, the edges lie closer together. */
function quantiles(sql: string): ReadonlyArray<Record<string, unknown>> {
  const levels = Array.from({ length: 259 }, (_, i) => ((i + 1) * LARGEST) / 260)
  const names = Array.from(sql.matchAll(/\bAS (q\d+)\b/g), ([, name]) => name!)
  return [Object.fromEntries(names.map((name) => [name, levels]))]
}
