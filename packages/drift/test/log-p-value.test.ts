import { categoricalProfile, numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import {
  andersonDarling,
  BUILT_IN_METHODS,
  chiSquared,
  cramerVonMises,
  domainClassifier,
  eppsSingleton,
  fisherExact,
  gTest,
  type HypothesisTest,
  kolmogorovSmirnov,
  mannWhitneyU,
  missingShareTest,
  studentT,
  twoProportionZ,
  welchT,
  zTest,
} from '../src/index.ts'
import { relativeError } from './relative-error.ts'

const numbers = Array.from({ length: 60 }, (_, i) => Math.sin(7 * i))
const shifted = numbers.map((x) => x + 0.4)
const names = numbers.map((x) => (x > 0.3 ? 'high' : 'low'))
const others = shifted.map((x) => (x > 0.3 ? 'high' : 'low'))
const texts = numbers.map((x) => `the reading was ${x > 0 ? 'fine' : 'poor'} at ${x.toFixed(1)}`)
const edges = [-2, -0.5, 0, 0.5, 2]
const binned = BUILT_IN_METHODS['kolmogorov-smirnov'].compare.bins!

test.each<[string, HypothesisTest]>([
  ['Kolmogorov-Smirnov', kolmogorovSmirnov(numbers, shifted)],
  [
    'Kolmogorov-Smirnov of bins',
    binned(numericProfile(numbers, edges), numericProfile(shifted, edges)) as HypothesisTest,
  ],
  ['Cramér-von Mises', cramerVonMises(numbers, shifted)],
  ['Anderson-Darling', andersonDarling(numbers, shifted)],
  ['Mann-Whitney', mannWhitneyU(numbers, shifted)],
  ['Student', studentT(numbers, shifted)],
  ['Welch', welchT(numbers, shifted)],
  ['z', zTest(numbers, shifted)],
  ['Epps-Singleton', eppsSingleton(numbers, shifted)],
  ['chi-squared', chiSquared(names, others)],
  ['G', gTest(names, others)],
  ['Fisher', fisherExact(names, others)],
  ['two proportions', twoProportionZ(names, others)],
  ['shares of missing values', missingShareTest(3, 100, 20, 90)],
  ['domain classifier', domainClassifier(texts, texts.toReversed())],
])('%s: logPValue is the logarithm of the p-value', (_, { pValue, logPValue }) => {
  expect(pValue).toBeGreaterThan(0)
  expect(Math.abs(logPValue! - Math.log(pValue))).toBeLessThan(1e-12)
})

const apart = [categoricalProfile([['a', 2000]]), categoricalProfile([['b', 2000]])] as const

test.each([
  // mpmath, 60 digits: log(2 / binomial(4000, 2000)), log(erfc(sqrt(4000 / 2))), twice.
  ['Fisher', fisherExact(...apart), -2767.522696386526],
  ['chi-squared', chiSquared(...apart), -2004.373066016638],
  ['two proportions', twoProportionZ(...apart), -2004.373066016638],
] as const)('%s: it is finite where p is 0', (_, { pValue, logPValue }, expected) => {
  expect(pValue).toBe(0)
  expect(relativeError(logPValue!, expected)).toBeLessThan(1e-13)
})
