/** What a column of a test's table is; each engine has a type for each, or says that it has none. */
export type CellKind =
  | 'double'
  | 'real'
  | 'whole'
  | 'decimal'
  | 'boolean'
  | 'text'
  | 'day'
  | 'moment'
  | 'zoned'

export type Cell = number | bigint | boolean | string | Date | null

export interface TestColumn {
  readonly name: string
  readonly kind: CellKind
  /** As JavaScript has them: what `detectDrift` is given. */
  readonly cells: readonly Cell[]
}

export type TestTable = readonly TestColumn[]

/** The cells of a table, as rows in memory. */
export function cellsOf(table: TestTable): Record<string, readonly Cell[]> {
  const cells: Record<string, readonly Cell[]> = Object.create(null)
  for (const column of table) cells[column.name] = column.cells
  return cells
}

/** The same numbers in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

const NASTY = [
  '',
  ' ',
  "it's",
  '"quoted"',
  'back\\slash',
  'line\nbreak',
  'tab\t',
  'Ünïcödé',
  '😀',
  '～',
  '%',
  '_',
  'NULL',
  'null',
  'NaN',
  '__proto__',
  'constructor',
  '<script>',
  "'); DROP TABLE t; --",
  '$1',
  '{}',
]

/**
 * Columns of every kind, with whatever is hard about it.
 *
 * @param shift - by how much the numbers are moved, and the shares changed
 */
export function everyKind(rows: number, seed: number, shift: number): TestTable {
  const random = randomNumbers(seed)
  const column = (name: string, kind: CellKind, cell: (i: number) => Cell): TestColumn => ({
    name,
    kind,
    cells: Array.from({ length: rows }, (_, i) => cell(i)),
  })
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
  const oneOf = (cells: readonly Cell[]) => cells[Math.floor(random() * cells.length)]!
  return [
    column('float', 'double', () => {
      const at = random()
      if (at < 0.02) return null
      if (at < 0.04) return Number.NaN
      if (at < 0.05) return Infinity
      if (at < 0.06) return -Infinity
      return at < 0.07 ? -0 : normal() + shift
    }),
    column('long tail', 'double', () => Math.exp(3 * normal())),
    column('tied', 'whole', () => Math.floor(random() * 11) - 5 + (random() < shift ? 1 : 0)),
    column('large', 'whole', () => 2n ** 53n + BigInt(Math.floor(random() * 40)) * 3n + 1n),
    column('real', 'real', () => Math.fround(normal() * 10)),
    column('price', 'decimal', () => Math.round(random() * 1e6 * (1 + shift)) / 1e4),
    column('flag', 'boolean', () => (random() < 0.01 ? null : random() < 0.3 + shift / 5)),
    column('nasty', 'text', () => (random() < 0.05 ? null : oneOf(NASTY))),
    column('city', 'text', () => `city ${Math.floor(random() ** 2 * 40)}`),
    column('day', 'day', () => new Date(Date.UTC(1969, 11, 1 + Math.floor(random() * 60)))),
    column('at', 'moment', () => new Date(Math.floor((random() - 0.5) * 1e12 + shift * 1e11))),
    column('zoned', 'zoned', () => new Date(1.7e12 + Math.floor(random() * 1e10))),
    column('constant', 'double', () => 42),
    column('two', 'whole', () => (random() < 0.5 + shift / 3 ? 1 : 0)),
    column('nothing', 'double', () => null),
    column('no text', 'text', () => null),
  ]
}

/** Names that mean something in SQL, or end a name there. */
export const HOSTILE_NAMES: readonly string[] = [
  'select',
  'order',
  'Mixed Case',
  'mixed case',
  'a.b',
  "it's",
  'ü',
  '1',
  '0',
  'x"y',
  'back`tick',
  'semi;colon',
  '(paren',
  '--',
  '/*',
  '$$',
  'v',
  't',
  'r',
  '%s',
]
