/**
 * Chi-squared test of homogeneity of two columns of a million categories, as text and as codes into a dictionary:
 * ours against pandas' `value_counts` and scipy's `chi2_contingency`. Then columns of up to a million categories,
 * against pandas' counting and joining alone.
 * `PYTHON=… pnpm --filter @tidegauge/bench categories`
 */
import { detectDrift } from '@tidegauge/drift'
import {
  alternateCpu,
  assertSameNumbers,
  ours,
  printCpuResults,
  printMachine,
  theirs,
} from './alternate-cpu.ts'
import { labels } from './drift-tables.ts'
import { pythonPeer } from './python-peer.ts'

const SIZE = 1_000_000
const CARDINALITIES = [10, 1000]
/** Of the last, nearly every value is another one, on both sides. */
const MANY = [100_000, 2_000_000, 1e12]
const SIDES = ['reference', 'current'] as const

const peer = await pythonPeer()
try {
  printMachine(peer.versions)
  for (const categories of CARDINALITIES) {
    const [reference, current] = await Promise.all(
      SIDES.map((name, seed) =>
        peer.column({ generate: 'integers', parameters: [0, categories], name, seed, size: SIZE }),
      ),
    )
    await compare(`${categories} categories as text`, 'text', [
      labels(reference!),
      labels(current!),
    ])
    await compare(`${categories} categories as codes`, 'categorical', [
      encoded(reference!, categories),
      encoded(current!, categories),
    ])
  }
  for (const names of MANY) {
    const [reference, current] = await Promise.all(
      SIDES.map((name, seed) =>
        peer.column({ generate: 'integers', parameters: [0, names], name, seed, size: SIZE }),
      ),
    )
    await compareMany(names, labels(reference!), labels(current!))
  }
} finally {
  await peer.close()
}

type Cells = string[] | { codes: Uint32Array; categories: string[] }

async function compare(
  title: string,
  preparation: string,
  [reference, current]: readonly [Cells, Cells],
): Promise<void> {
  await peer.prepare(preparation, SIDES)
  const results = await alternateCpu([
    theirs(peer, 'pandas value_counts, scipy chi2_contingency', SIDES),
    ours('detectDrift', () => {
      const [column] = detectDrift({ x: reference }, { x: current }).columns
      return { statistic: column!.statistic, pValue: column!.pValue }
    }),
  ])
  const { degreesOfFreedom, ...expected } = results[0]!.result as Record<string, number>
  assertSameNumbers(title, expected, { ...results[1]!.result })
  printCpuResults(`${title}, ${SIZE} against ${SIZE}`, results)
}

async function compareMany(names: number, reference: string[], current: string[]): Promise<void> {
  await peer.prepare('text', SIDES)
  const contenders = [
    theirs(peer, 'pandas value_counts, outer join', SIDES),
    ours('detectDrift', () => {
      const [column] = detectDrift({ x: reference }, { x: current }).columns
      const { reference: before, current: after, warnings } = column!
      return {
        n: before!.n,
        m: after!.n,
        mostFrequent: before!.counts[0],
        unmet: listed(warnings.find((warning) => warning.startsWith('new categories: '))),
      }
    }),
  ]
  const results = await alternateCpu(contenders, { rounds: 5, warmUp: 2 })
  const title = `text, each value one of ${names} names`
  assertSameNumbers(title, results[0]!.result as Record<string, number>, { ...results[1]!.result })
  printCpuResults(`${title}, ${SIZE} against ${SIZE}`, results)
}

/** How many a warning lists: "new categories: a, b and 3 more". */
function listed(warning = ''): number {
  const [shown, more = '0'] = warning.split(/ and (\d+) more$/)
  return (shown === '' ? 0 : shown!.split(',').length) + Number(more)
}

function encoded(codes: Float64Array, categories: number): Exclude<Cells, string[]> {
  return {
    codes: Uint32Array.from(codes),
    categories: Array.from({ length: categories }, (_, code) => `category ${code}`),
  }
}
