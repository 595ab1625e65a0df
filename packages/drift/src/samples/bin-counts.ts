import { countBelow } from '@tidegauge/core/internal'
import { HIGH_WORD } from './sort-numbers.ts'
import { CELL_SHIFT, CELLS, cellAt, keysOf, offsetOf, placeOf } from './value-keys.ts'

/**
 * How many values lie in each of the bins between inner edges: the first takes all up to the first edge, bin k
 * those with edges[k − 1] < x ≤ edges[k], the last all above the last edge.
 *
 * @param values - finite numbers, in any order
 * @param innerEdges - fewer than 65 535 finite numbers, strictly increasing
 * @returns one count more than there are edges
 * @example
 * binCounts(Float64Array.of(1, 2, 3), [2]) // [2, 1]
 */
export function binCounts(values: Float64Array, innerEdges: readonly number[]): number[] {
  const edges = Float64Array.from(innerEdges)
  const counts = new Uint32Array(edges.length + 1)
  if (values.length < WORTH_ITS_TABLES) {
    for (let i = 0; i < values.length; i++) counts[countBelow(edges, values[i]!)]!++
    return Array.from(counts)
  }
  const offset = edges.length === 0 ? 0 : offsetOf(edges)
  const bins = binsOfCells(edges, offset)
  const keys = keysOf(values, offset)
  const nextEdges = new Float64Array(edges.length + 1).fill(Number.POSITIVE_INFINITY)
  nextEdges.set(edges)
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!
    const bin = bins[keys[2 * i + HIGH_WORD]! >>> CELL_SHIFT]!
    if (bin === CROWDED) counts[countBelow(edges, x)]!++
    // Added, not branched on: in the cell of an edge, x is above it as often as not.
    else counts[bin + (x > nextEdges[bin]! ? 1 : 0)]!++
  }
  return Array.from(counts)
}

const WORTH_ITS_TABLES = 20_000

/** What the table says of cells with several edges inside. */
const CROWDED = 0xffff

/** The bin that takes all of a cell, or all up to the one edge inside. */
function binsOfCells(edges: Float64Array, offset: number): Uint16Array {
  const bins = new Uint16Array(CELLS)
  const places = Array.from(edges, (edge) => placeOf(edge, offset))
  let from = 0
  for (const [bin, edgeAt] of [...places, CELLS - 1].entries()) {
    const to = edgeAt + 1
    // Below 0 the cells come in reverse order.
    bins.fill(bin, CELLS - Math.min(to, CELLS / 2), CELLS - Math.min(from, CELLS / 2))
    bins.fill(bin, Math.max(from, CELLS / 2) - CELLS / 2, Math.max(to, CELLS / 2) - CELLS / 2)
    from = Math.max(from, to)
  }
  places.forEach((edgeAt, bin) => {
    if (edgeAt === places[bin + 1]) bins[cellAt(edgeAt)] = CROWDED
  })
  return bins
}
