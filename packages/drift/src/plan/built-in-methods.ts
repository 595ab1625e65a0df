import { type BinnedProfile, InvalidArgumentError, type NumericProfile } from '@tidegauge/core'
import { assertOptions, nearest } from '@tidegauge/core/options'
import { andersonDarlingOfSorted } from '../methods/anderson-darling.ts'
import { binnedKolmogorovSmirnov } from '../methods/binned-kolmogorov-smirnov.ts'
import { chiSquared } from '../methods/chi-squared.ts'
import { cramerVonMisesOfSorted } from '../methods/cramer-von-mises.ts'
import { domainClassifier } from '../methods/domain-classifier.ts'
import { energyDistanceOfSorted } from '../methods/energy-distance.ts'
import { eppsSingleton } from '../methods/epps-singleton.ts'
import { fisherExact } from '../methods/fisher-exact.ts'
import { gTest } from '../methods/g-test.ts'
import { hellingerDistance } from '../methods/hellinger-distance.ts'
import { jensenShannonDistance } from '../methods/jensen-shannon-distance.ts'
import {
  kolmogorovSmirnovOfDistance,
  kolmogorovSmirnovOfSorted,
} from '../methods/kolmogorov-smirnov.ts'
import { kullbackLeiblerDivergence } from '../methods/kullback-leibler-divergence.ts'
import { mannWhitneyUOfSorted } from '../methods/mann-whitney-u.ts'
import { maximumMeanDiscrepancy } from '../methods/maximum-mean-discrepancy.ts'
import { populationStabilityIndex } from '../methods/population-stability-index.ts'
import type { HypothesisTest } from '../methods/result.ts'
import { studentT } from '../methods/student-t.ts'
import { totalVariationDistance } from '../methods/total-variation-distance.ts'
import { twoProportionZ } from '../methods/two-proportion-z.ts'
import { wassersteinDistanceOfSorted } from '../methods/wasserstein-distance.ts'
import { welchT } from '../methods/welch-t.ts'
import { zTest } from '../methods/z-test.ts'
import type { DriftMethod, EvidenceKind, MethodResult } from './drift-method.ts'

/** The methods that `detectDrift` knows by name. */
export const BUILT_IN_METHODS: Readonly<Record<MethodName, DriftMethod>> =
  /* @__PURE__ */ builtInMethods()

/** Who imports one test shall not get all of them: a bundler leaves out what is marked as a call without effect. */
function builtInMethods(): Record<MethodName, DriftMethod> {
  return {
    'kolmogorov-smirnov': {
      name: 'kolmogorov-smirnov',
      compare: { values: kolmogorovSmirnovOfSorted, bins: kolmogorovSmirnovOfBins },
    },
    'chi-squared': ofCounts('chi-squared', (reference, current) =>
      chiSquared(reference, current, { minimumExpectedCount: 5 }),
    ),
    'g-test': ofCounts('g-test', (reference, current) => gTest(reference, current)),
    'population-stability-index': divergence(
      'population-stability-index',
      populationStabilityIndex,
    ),
    'jensen-shannon': divergence('jensen-shannon', jensenShannonDistance),
    'kullback-leibler': divergence('kullback-leibler', kullbackLeiblerDivergence),
    hellinger: divergence('hellinger', hellingerDistance),
    'total-variation': divergence('total-variation', totalVariationDistance),
    'domain-classifier': {
      name: 'domain-classifier',
      compare: { documents: (reference, current) => domainClassifier(reference, current) },
    },
    'fisher-exact': ofCounts('fisher-exact', (reference, current) =>
      fisherExact(reference, current),
    ),
    'two-proportion-z': ofCounts('two-proportion-z', (reference, current) =>
      twoProportionZ(reference, current),
    ),
    wasserstein: ofValues('wasserstein', (reference, current) =>
      wassersteinDistanceOfSorted(reference, current, { normalise: 'standard-deviation' }),
    ),
    'energy-distance': ofValues('energy-distance', energyDistanceOfSorted),
    'cramer-von-mises': ofValues('cramer-von-mises', (reference, current) =>
      cramerVonMisesOfSorted(reference, current),
    ),
    'anderson-darling': ofValues('anderson-darling', andersonDarlingOfSorted),
    'mann-whitney-u': ofValues('mann-whitney-u', (reference, current) =>
      mannWhitneyUOfSorted(reference, current),
    ),
    'student-t': ofValues('student-t', (reference, current) => studentT(reference, current)),
    'welch-t': ofValues('welch-t', (reference, current) => welchT(reference, current)),
    'z-test': ofValues('z-test', (reference, current) => zTest(reference, current)),
    'epps-singleton': ofValues('epps-singleton', (reference, current) =>
      eppsSingleton(reference, current),
    ),
    'maximum-mean-discrepancy': ofValues('maximum-mean-discrepancy', (reference, current) =>
      maximumMeanDiscrepancy(reference, current),
    ),
  }
}

function ofValues(
  name: MethodName,
  values: NonNullable<DriftMethod['compare']['values']>,
): DriftMethod {
  return { name, compare: { values } }
}

function ofCounts(
  name: MethodName,
  counts: NonNullable<DriftMethod['compare']['counts']>,
): DriftMethod {
  return { name, compare: { counts } }
}

export type MethodName =
  | 'kolmogorov-smirnov'
  | 'chi-squared'
  | 'g-test'
  | 'population-stability-index'
  | 'jensen-shannon'
  | 'kullback-leibler'
  | 'hellinger'
  | 'total-variation'
  | 'domain-classifier'
  | 'fisher-exact'
  | 'two-proportion-z'
  | 'wasserstein'
  | 'energy-distance'
  | 'cramer-von-mises'
  | 'anderson-darling'
  | 'mann-whitney-u'
  | 'student-t'
  | 'welch-t'
  | 'z-test'
  | 'epps-singleton'
  | 'maximum-mean-discrepancy'

/** The short names that people say. */
const ALIASES: Readonly<Record<MethodAlias, MethodName>> = {
  ks: 'kolmogorov-smirnov',
  chi2: 'chi-squared',
  chisquare: 'chi-squared',
  g: 'g-test',
  psi: 'population-stability-index',
  js: 'jensen-shannon',
  jensenshannon: 'jensen-shannon',
  kl: 'kullback-leibler',
  tv: 'total-variation',
  fisher: 'fisher-exact',
  energy: 'energy-distance',
  cvm: 'cramer-von-mises',
  anderson: 'anderson-darling',
  mannw: 'mann-whitney-u',
  t: 'student-t',
  welch: 'welch-t',
  z: 'z-test',
  es: 'epps-singleton',
  mmd: 'maximum-mean-discrepancy',
}

export type MethodAlias =
  | 'ks'
  | 'chi2'
  | 'chisquare'
  | 'g'
  | 'psi'
  | 'js'
  | 'jensenshannon'
  | 'kl'
  | 'tv'
  | 'fisher'
  | 'energy'
  | 'cvm'
  | 'anderson'
  | 'mannw'
  | 't'
  | 'welch'
  | 'z'
  | 'es'
  | 'mmd'

/** A method by its name, its short name, as an object, or with a threshold of its own. */
export type MethodChoice =
  | MethodName
  | MethodAlias
  | DriftMethod
  | { readonly method: MethodName | MethodAlias | DriftMethod; readonly threshold: number }

/**
 * The method that was chosen.
 *
 * @param argument - what an error calls the choice
 * @throws InvalidArgumentError where there is no method of that name, or the object is none
 */
export function methodOf(argument: string, choice: MethodChoice): DriftMethod {
  if (typeof choice === 'string') return methodNamed(argument, choice)
  if (typeof choice === 'object' && choice !== null && 'method' in choice) {
    assertOptions(argument, choice, CHOICE_KEYS)
    const { method, threshold } = choice
    assertThreshold(argument, threshold)
    return { ...methodOf(`${argument}.method`, method), threshold }
  }
  if (typeof choice !== 'object' || choice === null || typeof choice.name !== 'string') {
    throw new InvalidArgumentError(
      argument,
      'the name of a method, or an object with a name and functions to compare by',
      choice,
    )
  }
  assertOptions(argument, choice, METHOD_KEYS)
  if (typeof choice.compare !== 'object' || choice.compare === null) {
    const expected = 'an object with functions: values, bins, counts or documents'
    throw new InvalidArgumentError(`${argument}.compare`, expected, choice.compare)
  }
  assertOptions(`${argument}.compare`, choice.compare, EVIDENCE_KEYS)
  if (choice.threshold !== undefined) assertThreshold(argument, choice.threshold)
  return choice
}

const CHOICE_KEYS = { method: true, threshold: true } as const
const METHOD_KEYS = {
  name: true,
  compare: true,
  bins: true,
  threshold: true,
} as const satisfies Readonly<Record<keyof DriftMethod, true>>
const EVIDENCE_KEYS = {
  values: true,
  bins: true,
  counts: true,
  documents: true,
} as const satisfies Readonly<Record<EvidenceKind, true>>

/** No statistic reaches NaN, which would read as no drift. */
function assertThreshold(argument: string, threshold: number): void {
  if (Number.isFinite(threshold) && threshold >= 0) return
  throw new InvalidArgumentError(`${argument}.threshold`, 'a non-negative number', threshold)
}

function methodNamed(argument: string, name: string): DriftMethod {
  const full = Object.hasOwn(ALIASES, name) ? ALIASES[name as MethodAlias] : name
  if (!Object.hasOwn(BUILT_IN_METHODS, full)) {
    const known = [...Object.keys(BUILT_IN_METHODS), ...Object.keys(ALIASES)]
    const meant = nearest(name, known)
    const likely = meant === undefined ? '' : `"${meant}", maybe: `
    throw new InvalidArgumentError(argument, `${likely}one of ${known.join(', ')}`, name)
  }
  return BUILT_IN_METHODS[full as MethodName]
}

/** All that these need are counts, so that one function serves every kind of column but text. */
function divergence(
  name: string,
  compare: {
    (reference: Float64Array, current: Float64Array): MethodResult
    (reference: BinnedProfile, current: BinnedProfile): MethodResult
  },
): DriftMethod {
  return {
    name,
    compare: {
      values: (reference, current) => compare(reference, current),
      bins: (reference, current) => compare(reference, current),
      counts: (reference, current) => compare(reference, current),
    },
    bins: 'deciles',
  }
}

/** From two histograms: D is at least the bound that the bins give, so that p is at most this one. */
export function kolmogorovSmirnovOfBins(
  reference: NumericProfile,
  current: NumericProfile,
): BinnedKolmogorovSmirnovTest {
  const { statistic, upperBound } = binnedKolmogorovSmirnov(reference, current)
  const probability = kolmogorovSmirnovOfDistance(reference.n, current.n, statistic)
  return { kind: 'hypothesis-test', statistic, upperBound, ...probability }
}

export interface BinnedKolmogorovSmirnovTest extends HypothesisTest {
  /** D of the values is at most this. */
  readonly upperBound: number
  readonly logPValue: number
}
