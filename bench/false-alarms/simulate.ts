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

function column(kind: Kind, rows: number, shift: number, random: Random): ArrayLike<unknown> {
  switch (kind) {
    case 'normal':
      return Float64Array.from({ length: rows }, () => normal(random) + shift)
    case 'lognormal':
      return Float64Array.from({ length: rows }, () => Math.exp(1.5 * (normal(random) + shift)))
    case 'poisson':
      return Float64Array.from({ length: rows }, () => poisson(3 + shift * Math.sqrt(3), random))
    case 'zipf 4':
      return Array.from({ length: rows }, () => zipf(4, random))
    case 'zipf 60':
      return Array.from({ length: rows }, () => zipf(60, random))
    case 'rare category':
      return Array.from({ length: rows }, () =>
        random() < 0.002 ? 'rare' : `c${Math.floor(3 * random())}`,
      )
  }
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function poisson(mean: number, random: Random): number {
  const limit = Math.exp(-mean)
  let count = -1
  for (let product = 1; product > limit; product *= 1 - random()) count++
  return count
}

const zipfTables = new Map<number, number[]>()

function zipf(levels: number, random: Random): string {
  let cumulative = zipfTables.get(levels)
  if (cumulative === undefined) {
    let sum = 0
    cumulative = Array.from({ length: levels }, (_, i) => {
      sum += 1 / (i + 1)
      return sum
    })
    zipfTables.set(levels, cumulative)
  }
  const x = random() * cumulative[levels - 1]!
  return `k${cumulative.findIndex((bound) => x < bound)}`
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
