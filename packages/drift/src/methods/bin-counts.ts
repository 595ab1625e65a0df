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
    for (let i = 0; i < values.length; i++) counts[binOf(values[i]!, edges)]!++
    return Array.from(counts)
  }
  const offset = edges.length === 0 ? 0 : offsetOf(edges)
  const bins = binsOfCells(edges, offset)
  const keys = keysOf(values, offset)
  for (let i = 0; i < values.length; i++) {
    const bin = bins[keys[2 * i + HIGH_WORD]! >>> CELL_SHIFT]!
    counts[bin === MIXED ? binOf(values[i]!, edges) : bin]!++
  }
  return Array.from(counts)
}

const WORTH_ITS_TABLES = 20_000

/** What the table says of cells with an edge inside. */
const MIXED = 0xffff

/** The number of edges below x. */
function binOf(x: number, edges: Float64Array): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (edges[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}

/** The bin that takes all of a cell. */
function binsOfCells(edges: Float64Array, offset: number): Uint16Array {
  const bins = new Uint16Array(CELLS)
  const places = Array.from(edges, (edge) => placeOf(edge, offset))
  let place = 0
  places.forEach((edgeAt, bin) => {
    for (; place < edgeAt; place++) bins[cellAt(place)] = bin
  })
  for (; place < CELLS; place++) bins[cellAt(place)] = edges.length
  for (const edgeAt of places) bins[cellAt(edgeAt)] = MIXED
  return bins
}
