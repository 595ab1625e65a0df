import type { ColumnInput } from '@tidegauge/core'
import { detectDrift } from '@tidegauge/drift'

/** Kinds of columns that people have, all awkward in their own way. */
export const KINDS = [
  'normal',
  'lognormal',
  'poisson',
  'zipf 4',
  'zipf 60',
  'rare category',
] as const
export type Kind = (typeof KINDS)[number]

export interface Cell {
  readonly kind: Kind
  readonly n: number
  readonly m: number
  /** In standard deviations, of the first five of the twenty columns; 0: nothing drifts. */
  readonly shift: number
  readonly runs: number
}

/** Runs out of `runs` with any false alarm, and drifted columns found out of all, by each way to decide. */
export interface CellResult {
  readonly cell: Cell
  readonly falseAlarms: Readonly<Record<Contender, number>>
  readonly hits: Readonly<Record<Contender, number>>
}

export const CONTENDERS = ['tidegauge', 'evidently', 'p <= 0.05'] as const
export type Contender = (typeof CONTENDERS)[number]

const COLUMNS = 20
export const SHIFTED_COLUMNS = 5

/** Twenty columns a run, seeded by the run: the same cell gives the same numbers on every machine. */
export function simulate(cell: Cell): CellResult {
  const falseAlarms = { tidegauge: 0, evidently: 0, 'p <= 0.05': 0 }
  const hits = { tidegauge: 0, evidently: 0, 'p <= 0.05': 0 }
  const shifted = cell.shift === 0 ? 0 : SHIFTED_COLUMNS
  for (let run = 0; run < cell.runs; run++) {
    const random = seededRandom(run * 7919 + cell.n * 31 + cell.m)
    const reference = table(cell.kind, cell.n, 0, 0, random)
    const current = table(cell.kind, cell.m, cell.shift, shifted, random)
    const ours = detectDrift(reference, current).columns
    const theirs = detectDrift(reference, current, { preset: 'evidently' }).columns
    const drifted: Record<Contender, boolean[]> = {
      tidegauge: ours.map((column) => column.drifted),
      evidently: theirs.map((column) => column.drifted),
      'p <= 0.05': ours.map(({ pValue }) => pValue! <= 0.05),
    }
    for (const contender of CONTENDERS) {
      const flags = drifted[contender]
      if (flags.slice(shifted).some(Boolean)) falseAlarms[contender]++
      hits[contender] += flags.slice(0, shifted).filter(Boolean).length
    }
  }
  return { cell, falseAlarms, hits }
}

type Random = () => number

function table(kind: Kind, rows: number, shift: number, shifted: number, random: Random) {
  return Object.fromEntries(
    Array.from({ length: COLUMNS }, (_, i) => [
      `c${i}`,
      column(kind, rows, i < shifted ? shift : 0, random),
    ]),
  )
}

function column(kind: Kind, rows: number, shift: number, random: Random): ColumnInput {
  switch (kind) {
    case 'normal':
      return normals(rows, random, (z) => z + shift)
    case 'lognormal':
      return normals(rows, random, (z) => Math.exp(1.5 * (z + shift)))
    case 'poisson':
      return draws(poissonShares(3 + shift * Math.sqrt(3)), rows, random)
    case 'zipf 4':
      return categories(zipfShares(4), rows, random)
    case 'zipf 60':
      return categories(zipfShares(60), rows, random)
    case 'rare category':
      return categories([0.998 / 3, 0.998 / 3, 0.998 / 3, 0.002], rows, random)
  }
}

/** By Box and Muller, both of the pair. */
function normals(rows: number, random: Random, convert: (z: number) => number): Float64Array {
  const values = new Float64Array(rows)
  for (let i = 0; i < rows; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    const angle = 2 * Math.PI * random()
    values[i] = convert(radius * Math.cos(angle))
    if (i + 1 < rows) values[i + 1] = convert(radius * Math.sin(angle))
  }
  return values
}

function categories(shares: readonly number[], rows: number, random: Random): ColumnInput {
  return {
    codes: draws(shares, rows, random),
    categories: shares.map((_, i) => `k${i}`),
  }
}

/** Whole numbers from 0 on, each with its share. */
function draws(shares: readonly number[], rows: number, random: Random): Float64Array {
  const bounds = cumulative(shares)
  const last = bounds.length - 1
  const values = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const x = random() * bounds[last]!
    let value = 0
    while (value < last && x >= bounds[value]!) value++
    values[i] = value
  }
  return values
}

function cumulative(shares: readonly number[]): Float64Array {
  let sum = 0
  return Float64Array.from(shares, (share) => {
    sum += share
    return sum
  })
}

function zipfShares(levels: number): number[] {
  return Array.from({ length: levels }, (_, i) => 1 / (i + 1))
}

/** Up to 60, beyond which lies less than 1e-40. */
function poissonShares(mean: number): number[] {
  let share = Math.exp(-mean)
  return Array.from({ length: 60 }, (_, i) => {
    if (i > 0) share *= mean / i
    return share
  })
}

/** mulberry32 */
function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
