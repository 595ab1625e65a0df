import type { CategoricalProfile } from '@tidegauge/core'
import { EVIDENTLY_RULINGS, type Ruling } from '@tidegauge/core/internal'
import { domainClassifier } from '../../methods/domain-classifier.ts'
import { jensenShannonDistance } from '../../methods/jensen-shannon-distance.ts'
import { kolmogorovSmirnovOfSorted } from '../../methods/kolmogorov-smirnov.ts'
import type { Divergence } from '../../methods/result.ts'
import { wassersteinDistanceOfSorted } from '../../methods/wasserstein-distance.ts'
import type { DriftMethod, MethodResult } from '../../plan/drift-method.ts'
import { ColumnError } from '../../read/column-error.ts'
import { moments } from '../../samples/moments.ts'
import type { CategoryValue } from '../../samples/sample.ts'
import { evidentlyChiSquare, evidentlyZTest } from './tests.ts'

/** Up to so many reference values a test is used, from there on a distance. */
const SMALL_REFERENCE = 1000

/** @see https://github.com/evidentlyai/evidently `stattests/registry.py` */
export const EVIDENTLY_METHOD: DriftMethod = {
  name: 'evidently',
  compare: {
    values(reference, current) {
      const distinct = countDistinct(reference, current)
      if (!isLargeForEvidently(reference.length)) {
        if (distinct <= 2) return zTest(reference, current)
        if (distinct <= 5) return chiSquare(reference, current)
        return ruled(kolmogorovSmirnovOfSorted(reference, current), 'kolmogorov-smirnov')
      }
      if (distinct <= 5) return jensenShannon(reference, current)
      return ruled(wasserstein(reference, current), 'wasserstein')
    },
    counts(reference, current) {
      if (isLargeForEvidently(reference.n)) return jensenShannon(reference, current)
      const [before, after] = [valuesOf(reference), valuesOf(current)]
      const distinct = new Set([...reference.categories, ...current.categories]).size
      return distinct <= 2 ? zTest(before, after) : chiSquare(before, after)
    },
    documents(reference, current) {
      // The AUC is that of another classifier: the same question, the same bounds, not the same number.
      assertWords(reference, current)
      const result = domainClassifier(reference, current)
      if (isLargeForEvidently(reference.length)) {
        return ruled(result, 'domain-classifier', 'statistic')
      }
      return ruled(result, 'domain-classifier', 'pValue')
    },
  },
}

/** Of a reference with more values than that, Evidently takes distances instead of tests. */
export function isLargeForEvidently(n: number): boolean {
  return n > SMALL_REFERENCE
}

function zTest(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): RuledResult {
  return ruled(evidentlyZTest(reference, current), 'z-test')
}

function chiSquare(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): RuledResult {
  return ruled(evidentlyChiSquare(reference, current), 'chi-square-fit')
}

function jensenShannon(reference: Float64Array, current: Float64Array): RuledResult
function jensenShannon(reference: CategoricalProfile, current: CategoricalProfile): RuledResult
function jensenShannon(
  reference: Float64Array | CategoricalProfile,
  current: Float64Array | CategoricalProfile,
): RuledResult {
  const result = jensenShannonDistance(
    reference as CategoricalProfile,
    current as CategoricalProfile,
    {
      binning: 'evidently',
    },
  )
  return ruled(result, 'jensen-shannon')
}

function wasserstein(reference: Float64Array, current: Float64Array): Divergence {
  const result = wassersteinDistanceOfSorted(reference, current, {
    normalise: 'standard-deviation',
    smallestScale: 0.001,
  })
  // Evidently divides by a standard deviation whose squares have overflowed, which gives 0.
  return Number.isFinite(moments(reference).squaredDeviations)
    ? result
    : { ...result, statistic: 0 }
}

/** A word of Evidently's has two letters; without any it raises. */
function assertWords(...pair: ReadonlyArray<readonly string[]>): void {
  if (pair.some((documents) => documents.some((text) => /[\p{L}\p{N}_]{2}/u.test(text)))) return
  throw new ColumnError('Evidently raises on texts without a word of two letters')
}

export type RuledResult = MethodResult & { readonly ruling: Ruling }

function ruled(
  result: MethodResult,
  method: string,
  measure?: Ruling['criterion']['measure'],
): RuledResult {
  const isMeant = (ruling: Ruling) =>
    ruling.method === method && (measure === undefined || ruling.criterion.measure === measure)
  return { ...result, ruling: EVIDENTLY_RULINGS.find(isMeant)! }
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
