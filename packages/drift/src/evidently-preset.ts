import type { CategoricalProfile } from '@tidegauge/core'
import type { DriftMethod, MethodResult } from './drift-method.ts'
import type { Criterion } from './drift-report.ts'
import { domainClassifier } from './methods/domain-classifier.ts'
import { evidentlyChiSquare, evidentlyZTest } from './methods/evidently-compat.ts'
import { jensenShannonDistance } from './methods/jensen-shannon-distance.ts'
import { kolmogorovSmirnovOfSorted } from './methods/kolmogorov-smirnov.ts'
import type { CategoryValue } from './methods/sample.ts'
import { wassersteinDistanceOfSorted } from './methods/wasserstein-distance.ts'

/**
 * The semantics of a report by Evidently (Python), for those who have to reproduce one: which method for
 * which column, its threshold and its operator, no correction for many columns, no least number of values,
 * missing values not looked at, and the target counted among the columns.
 *
 * `evidently` is 0.4 (0.4.40), `evidently-0.7` the current API, which also takes whole numbers of at most
 * ten distinct values for categories.
 */
export type Preset = 'evidently' | 'evidently-0.7'

export const PRESETS: readonly Preset[] = ['evidently', 'evidently-0.7']

/** ACTION from this share on: Evidently's default for "dataset drift". */
export const EVIDENTLY_SHARE = 0.5

/** What was decided by the method itself, and how. */
export interface Ruling {
  /** The method that was chosen. */
  readonly method: string
  readonly criterion: Criterion
  readonly threshold: number
}

/** Up to so many reference values a test is used, from there on a distance. */
const SMALL_REFERENCE = 1000

/** @see https://github.com/evidentlyai/evidently `stattests/registry.py` */
export const EVIDENTLY_METHOD: DriftMethod = {
  name: 'evidently',
  numeric(reference, current) {
    const distinct = countDistinct(reference, current)
    if (reference.length <= SMALL_REFERENCE) {
      if (distinct <= 2) return zTest(reference, current)
      if (distinct <= 5) return chiSquare(reference, current)
      return ruled(
        kolmogorovSmirnovOfSorted(reference, current),
        'kolmogorov-smirnov',
        'pValue',
        '<=',
        0.05,
      )
    }
    if (distinct <= 5) return jensenShannon(reference, current)
    const result = wassersteinDistanceOfSorted(reference, current, {
      normalise: 'standard-deviation',
      smallestScale: 0.001,
    })
    return ruled(result, 'wasserstein', 'statistic', '>=', 0.1)
  },
  categorical(reference, current) {
    const [before, after] = [valuesOf(reference), valuesOf(current)]
    if (reference.n > SMALL_REFERENCE) return jensenShannon(before, after)
    const distinct = new Set([...reference.categories, ...current.categories]).size
    return distinct <= 2 ? zTest(before, after) : chiSquare(before, after)
  },
  text(reference, current) {
    // Evidently compares the AUC of another classifier with that of random labels, or with 0.55: this one
    // asks the same question, and its score is not the same number.
    return ruled(domainClassifier(reference, current), 'domain-classifier', 'pValue', '<=', 0.05)
  },
}

/** Evidently 0.7 takes whole numbers of at most ten distinct values for categories; 0.4 takes no number for one. */
export function isCategoryOfEvidently(preset: Preset | null, sorted: Float64Array): boolean {
  if (preset !== 'evidently-0.7' || !sorted.every(Number.isInteger)) return false
  return countDistinct(sorted) <= 10
}

function zTest(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): RuledResult {
  return ruled(evidentlyZTest(reference, current), 'z-test', 'pValue', '<', 0.05)
}

function chiSquare(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): RuledResult {
  return ruled(evidentlyChiSquare(reference, current), 'chi-square-fit', 'pValue', '<', 0.05)
}

function jensenShannon(
  reference: ArrayLike<number> | ArrayLike<string>,
  current: ArrayLike<number> | ArrayLike<string>,
): RuledResult {
  const result = jensenShannonDistance(
    reference as ArrayLike<number>,
    current as ArrayLike<number>,
    {
      binning: 'evidently',
    },
  )
  return ruled(result, 'jensen-shannon', 'statistic', '>=', 0.1)
}

export type RuledResult = MethodResult & { readonly ruling: Ruling }

function ruled(
  result: MethodResult,
  method: string,
  measure: 'pValue' | 'statistic',
  operator: Criterion['operator'],
  threshold: number,
): RuledResult {
  return { ...result, ruling: { method, criterion: { measure, operator }, threshold } }
}

/** Distinct values of sorted samples, pooled; counting stops where more make no difference. */
function countDistinct(...samples: readonly Float64Array[]): number {
  const distinct = new Set<number>()
  for (const sample of samples) {
    for (let i = 0; i < sample.length && distinct.size <= 10; i++) distinct.add(sample[i]!)
  }
  return distinct.size
}

/** Every value again, for functions that count for themselves. */
function valuesOf({ categories, counts }: CategoricalProfile): string[] {
  return categories.flatMap((category, i) => new Array<string>(counts[i]!).fill(category))
}
