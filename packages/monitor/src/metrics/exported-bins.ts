import type { CategoricalProfile, NumericProfile } from '@tidegauge/core'
import type { CategoricalFeature } from '../features/categorical-feature.ts'
import { type NumericFeature, sumOf } from '../features/numeric-feature.ts'

/** Neighbouring cells of a feature that a metrics backend keeps as one. */
export interface ExportedBin {
  /** The cells of the feature from `from` on, up to but not with `to`. */
  readonly from: number
  readonly to: number
  /** For people: `(0.5, 1.2]`, or the category. */
  readonly range: string
  /** Share of the reference's values. */
  readonly referenceRatio: number
}

/** What the tail of the reference's categories and those it does not know are counted under. */
export const OTHER = '__other__'

/**
 * Groups cells into at most `maxBins` bins.
 *
 * Of numbers, neighbours in bins of about equal mass in the reference; the outer ones are open. Where ten or so are
 * wanted and the reference holds its deciles, the bins lie between them, so that PSI over the bins is that of the
 * values themselves. Where one value has all the mass, what is below and what is above it are bins too. Of categories the most frequent ones, and the others
 * together.
 */
export function exportedBins(
  feature: NumericFeature | CategoricalFeature,
  maxBins: number,
): readonly ExportedBin[] {
  return feature.type === 'categorical'
    ? categoryBins(feature.reference, feature.cells, maxBins)
    : numericBins(feature.reference, feature.type, maxBins)
}

function categoryBins(
  { categories, counts, n }: CategoricalProfile,
  cells: number,
  maxBins: number,
): ExportedBin[] {
  const kept = categories.slice(0, maxBins - 1)
  const named = kept.map((category, i) => ({
    from: i,
    to: i + 1,
    range: shortened(category),
    referenceRatio: ratio(counts[i]!, n),
  }))
  const rest = n - sumOf(counts, 0, kept.length)
  return [...named, { from: kept.length, to: cells, range: OTHER, referenceRatio: ratio(rest, n) }]
}

function numericBins(
  { edges, counts, underflow, overflow, n, deciles }: NumericProfile,
  type: 'numeric' | 'datetime',
  maxBins: number,
): ExportedBin[] {
  const cells = [underflow, ...counts, overflow]
  const starts = decileStarts(cells, deciles, maxBins) ?? equalMassStarts(cells, maxBins)
  const labels = edgeLabels(
    starts.slice(1).map((start) => edges[start - 1]!),
    type,
  )
  return starts.map((from, i) => {
    const to = starts[i + 1] ?? cells.length
    const low = labels[i - 1] ?? '-Inf'
    const range = i === labels.length ? `(${low}, +Inf)` : `(${low}, ${labels[i]}]`
    return { from, to, range, referenceRatio: ratio(sumOf(cells, from, to), n) }
  })
}

const DECILES = 10

/** One bin between two deciles; those that the reference leaves empty join a neighbour where there are too many. */
function decileStarts(
  cells: readonly number[],
  deciles: readonly number[] | undefined,
  most: number,
): number[] | null {
  if (deciles === undefined || most < DECILES || most >= 2 * DECILES) return null
  const starts = [0, ...deciles.map((place) => place + 1)]
  while (starts.length > most) {
    const empty = starts.findIndex(
      (from, i) => sumOf(cells, from, starts[i + 1] ?? cells.length) === 0,
    )
    if (empty === -1) return null
    starts.splice(Math.max(1, empty), 1)
  }
  return starts
}

/**
 * Where the groups start: each takes neighbours until it has its part of what is left, or as near to it as whole
 * cells allow, so that one heavy cell does not thin out the groups behind it.
 *
 * @returns ascending, the first is 0
 */
function equalMassStarts(cells: readonly number[], most: number): number[] {
  const filled = cells.flatMap((count, i) => (count > 0 ? [i] : []))
  if (filled.length === 1) return aroundOne(filled[0]!, cells.length, most)
  const starts = [0]
  let left = sumOf(cells, 0, cells.length)
  let mass = 0
  let previous = 0
  for (const cell of filled) {
    const count = cells[cell]!
    const part = left / (most - starts.length + 1)
    const isFull = mass > 0 && (mass >= part || part - mass < mass + count - part)
    if (isFull && starts.length < most) {
      starts.push(previous + 1)
      left -= mass
      mass = 0
    }
    mass += count
    previous = cell
  }
  return starts
}

function aroundOne(cell: number, cells: number, most: number): number[] {
  const starts = [0, cell, cell + 1].filter(
    (start, i, all) => start < cells && start !== all[i - 1],
  )
  return starts.slice(0, most)
}

const DIGITS = 6

/** Short where that still tells them apart. */
function edgeLabels(edges: readonly number[], type: 'numeric' | 'datetime'): string[] {
  if (type === 'datetime') return edges.map(dateLabel)
  const short = edges.map((edge) => String(Number(edge.toPrecision(DIGITS))))
  return new Set(short).size === short.length ? short : edges.map(String)
}

/** Milliseconds since 1970 that no date can stand for stay a number. */
function dateLabel(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString()
}

const LONGEST_RANGE = 100

function shortened(category: string): string {
  return category.length > LONGEST_RANGE ? `${category.slice(0, LONGEST_RANGE)}…` : category
}

function ratio(part: number, n: number): number {
  return n === 0 ? 0 : part / n
}
