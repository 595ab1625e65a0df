import {
  type BinnedProfile,
  type CategoricalProfile,
  categoricalProfile,
  numericProfile,
  type Table,
} from '@tidegauge/core'
import {
  type CategoricalSample,
  ColumnError,
  categoricalSample,
  inferType,
  type NumericSample,
  numericSample,
} from './column.ts'
import type { ColumnDrift, ColumnType, DriftSettings } from './drift-report.ts'
import { formatPercent } from './format-percent.ts'
import { histogramEdges } from './histogram-edges.ts'
import { chiSquared } from './methods/chi-squared.ts'
import { kolmogorovSmirnovOfSorted } from './methods/kolmogorov-smirnov.ts'
import { populationStabilityIndex } from './methods/population-stability-index.ts'

/** A column before the other columns' p-values are known. */
export type MeasuredColumn = Omit<ColumnDrift, 'role' | 'adjustedPValue' | 'drifted'> & {
  /** Its verdict where that needs no p-value; `stable` stands for "to be judged". */
  readonly verdict: 'stable' | 'insufficient-data' | 'error'
}

/** Statistic, p-value and effect of one column; whatever is wrong with it becomes its verdict. */
export function measureColumn(
  name: string,
  referenceTable: Table,
  currentTable: Table,
  type: ColumnType | undefined,
  settings: DriftSettings,
): MeasuredColumn {
  let known: ColumnType = type ?? 'categorical'
  try {
    for (const [table, side] of [
      [referenceTable, 'reference'],
      [currentTable, 'current'],
    ] as const) {
      if (!table.columnNames.includes(name)) throw new ColumnError(`the ${side} has no such column`)
    }
    const referenceColumn = referenceTable.column(name)
    const currentColumn = currentTable.column(name)
    if (type === undefined) {
      const before = inferType(referenceColumn)
      const after = inferType(currentColumn)
      known = before ?? after ?? 'categorical'
      if (before !== null && after !== null && before !== after) {
        throw new ColumnError(`its type changed from ${before} in the reference to ${after}`)
      }
    }
    return known === 'numeric'
      ? measureNumeric(name, numericSample(referenceColumn), numericSample(currentColumn), settings)
      : measureCategorical(
          name,
          categoricalSample(referenceColumn),
          categoricalSample(currentColumn),
          settings,
        )
  } catch (error) {
    // Whatever a column's cells do (a throwing getter, say) ends that column alone.
    return { ...unmeasured(name, known, settings), verdict: 'error', reason: messageOf(error) }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const METHODS = {
  numeric: { method: 'kolmogorov-smirnov', effectMeasure: 'distance' },
  categorical: { method: 'chi-squared', effectMeasure: 'psi' },
} as const

function unmeasured(name: string, type: ColumnType, settings: DriftSettings) {
  const { method, effectMeasure } = METHODS[type]
  return {
    name,
    type,
    method,
    statistic: null,
    effect: null,
    effectMeasure,
    threshold: settings.thresholds[effectMeasure],
    warnings: [],
    reference: null,
    current: null,
  }
}

function measureNumeric(
  name: string,
  reference: NumericSample,
  current: NumericSample,
  settings: DriftSettings,
): MeasuredColumn {
  const n = reference.sorted.length
  const m = current.sorted.length
  const base = {
    ...unmeasured(name, 'numeric', settings),
    ...numericProfiles(reference, current),
    warnings: [
      ...infinityWarnings(reference, current),
      ...missingWarnings(
        n + reference.infinite,
        reference.missing,
        m + current.infinite,
        current.missing,
      ),
    ],
  }
  if (n === 0 || m === 0) return insufficient(base, n, m, settings)
  const { statistic, pValue } = kolmogorovSmirnovOfSorted(reference.sorted, current.sorted)
  const tested = { ...base, statistic, pValue, effect: statistic }
  if (Math.min(n, m) < settings.minimumValues) return insufficient(tested, n, m, settings)
  return { ...tested, verdict: 'stable', reason: '' }
}

function numericProfiles(
  reference: NumericSample,
  current: NumericSample,
): Pick<ColumnDrift, 'reference' | 'current'> {
  if (reference.sorted.length + current.sorted.length === 0)
    return { reference: null, current: null }
  const edges = histogramEdges(reference.sorted, current.sorted)
  const [before, after] = [reference, current].map(({ sorted, missing }) =>
    numericProfile(sorted, edges, { missing }),
  )
  return { reference: before!, current: after! }
}

function measureCategorical(
  name: string,
  reference: CategoricalSample,
  current: CategoricalSample,
  settings: DriftSettings,
): MeasuredColumn {
  const base = {
    ...unmeasured(name, 'categorical', settings),
    reference: boundedProfile(reference),
    current: boundedProfile(current),
    warnings: [
      ...categoryWarnings(reference, current),
      ...missingWarnings(reference.n, reference.missing, current.n, current.missing),
    ],
  }
  if (reference.n === 0 || current.n === 0) {
    return insufficient(base, reference.n, current.n, settings)
  }
  const before = wholeProfile(reference)
  const after = wholeProfile(current)
  const { statistic, pValue, smallestExpectedCount } = chiSquared(before, after)
  const tested = {
    ...base,
    statistic,
    pValue,
    effect: populationStabilityIndex(before, after).statistic,
    warnings:
      smallestExpectedCount < 5
        ? [...base.warnings, 'some categories are expected fewer than five times: p is approximate']
        : base.warnings,
  }
  if (Math.min(reference.n, current.n) < settings.minimumValues) {
    return insufficient(tested, reference.n, current.n, settings)
  }
  return { ...tested, verdict: 'stable', reason: '' }
}

/** So many categories are named in a report; the test itself sees all of them. */
const REPORTED_CATEGORIES = 50

function boundedProfile({ counts, missing }: CategoricalSample): BinnedProfile {
  return categoricalProfile(counts, { missing, maxCategories: REPORTED_CATEGORIES })
}

function wholeProfile({ counts, missing }: CategoricalSample): CategoricalProfile {
  return categoricalProfile(counts, { missing, maxCategories: Math.max(1, counts.size) })
}

function insufficient(
  column: Omit<MeasuredColumn, 'verdict' | 'reason'>,
  n: number,
  m: number,
  { minimumValues }: DriftSettings,
): MeasuredColumn {
  const few = [
    ...(n < minimumValues ? [`${n} in the reference`] : []),
    ...(m < minimumValues ? [`${m} in the current table`] : []),
  ]
  const reason = `too few values to tell: ${few.join(' and ')}, at least ${minimumValues} are needed`
  return { ...column, verdict: 'insufficient-data', reason }
}

function infinityWarnings(reference: NumericSample, current: NumericSample): string[] {
  if (reference.infinite + current.infinite === 0) return []
  return [
    `infinite values set aside: ${reference.infinite} in the reference, ${current.infinite} in the current table`,
  ]
}

/** A change in the share of missing values is worth a word; it is no part of the verdict. */
const NOTABLE_MISSING_CHANGE = 0.05

function missingWarnings(n: number, missingN: number, m: number, missingM: number): string[] {
  const before = missingN / Math.max(1, n + missingN)
  const after = missingM / Math.max(1, m + missingM)
  if (Math.abs(after - before) < NOTABLE_MISSING_CHANGE) return []
  return [`missing values went from ${formatPercent(before)} to ${formatPercent(after)}`]
}

function categoryWarnings(reference: CategoricalSample, current: CategoricalSample): string[] {
  const warnings: string[] = []
  const fresh = [...current.counts.keys()].filter((name) => !reference.counts.has(name))
  const lost = [...reference.counts.keys()].filter((name) => !current.counts.has(name))
  if (reference.n > 0 && fresh.length > 0) warnings.push(`new categories: ${shortList(fresh)}`)
  if (current.n > 0 && lost.length > 0) warnings.push(`lost categories: ${shortList(lost)}`)
  return warnings
}

const LISTED = 5
const LONGEST_NAME = 60

function shortList(names: readonly string[]): string {
  const listed = names.slice(0, LISTED).map((name) => {
    return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
  })
  const more = names.length - listed.length
  return more > 0 ? `${listed.join(', ')} and ${more} more` : listed.join(', ')
}
