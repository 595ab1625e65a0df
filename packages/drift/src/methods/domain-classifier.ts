import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { logNormalSurvival, normalSurvival } from '../distributions/normal.ts'
import { seededRandom, shuffleFirst } from '../samples/seeded-random.ts'
import { sortNumbers } from '../samples/sort-numbers.ts'
import type { HypothesisTest } from './result.ts'

export interface DomainClassifierTest extends HypothesisTest {
  /** Area under the ROC curve on the held-out documents, in [0, 1]: ½ where the classifier knows nothing. */
  readonly statistic: number
  /** Documents of each side that the classifier was not trained on. */
  readonly heldOut: { readonly reference: number; readonly current: number }
}

export interface DomainClassifierOptions {
  /** Of the split and the order of training: the same seed gives the same result. 1 by default. */
  readonly seed?: number
  /** A side with more documents is sampled down to this many; 5000 by default, at least 10. */
  readonly maxDocuments?: number
  /** Words of a document: runs of letters, marks and digits in lower case, by default. */
  readonly tokenize?: (document: string) => Iterable<string>
}

/**
 * Domain classifier for text: can a classifier tell current documents from those of the reference?
 *
 * Half of each side trains a logistic regression (stochastic gradient descent with L2 penalty) on hashed
 * TF-IDF weights of words; the other half is scored. The AUC of the scores is the probability that a current
 * document scores above one of the reference, ties counting half. Without drift the held-out documents are
 * in random order whatever was learned, so that the AUC has the null distribution of Mann and Whitney's U;
 * p is one-sided, P(AUC or more), by the normal law with variance corrected for ties and continuity ½.
 *
 * Documents are taken as independent: many copies of one text on one side alone are drift. Words are split
 * where the script writes spaces; for others hand in `tokenize`. Of a document the first 1000 words count.
 * Memory and time grow with the number of words; 2 · 5000 documents of 100 words take about half a second.
 *
 * @param reference - at least 10 documents; missing ones set aside
 * @param current - at least 10 documents
 * @throws InvalidArgumentError on too few documents, one that is no string, or an option outside its range
 * @see Lopez-Paz & Oquab (2017), Revisiting classifier two-sample tests, ICLR; Weinberger et al. (2009),
 *   Feature hashing for large scale multitask learning, ICML; Mann & Whitney (1947)
 * @example
 * domainClassifier(januaryReviews, februaryReviews) // statistic 0.71, pValue 2e-9: drift
 */
export function domainClassifier(
  reference: ArrayLike<string>,
  current: ArrayLike<string>,
  options: DomainClassifierOptions = {},
): DomainClassifierTest {
  assertOptions('options', options, OPTIONS)
  const { seed = 1, maxDocuments = 5000, tokenize = words } = options
  if (!Number.isInteger(seed)) throw new InvalidArgumentError('seed', 'an integer', seed)
  if (!(Number.isInteger(maxDocuments) && maxDocuments >= FEWEST_DOCUMENTS)) {
    throw new InvalidArgumentError(
      'maxDocuments',
      `an integer of at least ${FEWEST_DOCUMENTS}`,
      maxDocuments,
    )
  }
  assertDocuments('reference', reference)
  assertDocuments('current', current)
  const random = seededRandom(seed)
  const before = randomSample(reference, maxDocuments, random)
  const after = randomSample(current, maxDocuments, random)
  const vectors = tfIdf([...before, ...after], tokenize)
  const split = halves(vectors.slice(0, before.length), vectors.slice(before.length))
  const weights = trainedWeights(split.training, random)
  const score = (document: SparseVector): number => dot(document, weights)
  return {
    kind: 'hypothesis-test',
    ...mannWhitney(split.heldOut.reference.map(score), split.heldOut.current.map(score)),
    heldOut: {
      reference: split.heldOut.reference.length,
      current: split.heldOut.current.length,
    },
  }
}

const OPTIONS = {
  seed: true,
  maxDocuments: true,
  tokenize: true,
} as const satisfies Record<keyof DomainClassifierOptions, true>

/** Below, the normal law is too rough for the five held-out documents of a side. */
export const FEWEST_DOCUMENTS = 10
const MOST_WORDS = 1000
/** 2^16 weights: with 10 000 different words, one in seven shares its place with another. */
const FEATURES = 1 << 16

function assertDocuments(argument: string, documents: ArrayLike<string>): void {
  if (!(typeof documents === 'object' && documents?.length >= FEWEST_DOCUMENTS)) {
    throw new InvalidArgumentError(
      argument,
      `an array of at least ${FEWEST_DOCUMENTS} documents`,
      documents,
    )
  }
  for (let i = 0; i < documents.length; i++) {
    if (typeof documents[i] !== 'string') {
      throw new InvalidArgumentError(`${argument}[${i}]`, 'a string', documents[i])
    }
  }
}

/** Runs of letters, marks and digits in lower case. */
export function words(document: string): Iterable<string> {
  return document.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
}

/** Up to `size` of the documents, each equally likely, in random order. */
function randomSample(documents: ArrayLike<string>, size: number, random: () => number): string[] {
  const order = Uint32Array.from({ length: documents.length }, (_, i) => i)
  shuffleFirst(order, size, random)
  return Array.from(order.subarray(0, size), (i) => documents[i]!)
}

interface SparseVector {
  readonly features: Uint32Array
  readonly values: Float64Array
}

/**
 * Unit vectors of (1 + ln tf) · (1 + ln((1 + N) / (1 + df))). A word of one document alone says nothing
 * about others and is left out. N and df are of all documents: they know nothing of the sides.
 */
function tfIdf(
  documents: readonly string[],
  tokenize: (document: string) => Iterable<string>,
): SparseVector[] {
  const documentFrequency = new Uint32Array(FEATURES)
  const counted = documents.map((document) => {
    const counts = featureCounts(tokenize(document))
    for (const feature of counts.keys()) documentFrequency[feature]!++
    return { features: Uint32Array.from(counts.keys()), counts: Float64Array.from(counts.values()) }
  })
  return counted.map(({ features, counts }) => {
    const isShared = (_: number, i: number): boolean => documentFrequency[features[i]!]! > 1
    const shared = features.filter(isShared)
    const values = counts.filter(isShared).map((count, i) => {
      const rarity = Math.log((1 + documents.length) / (1 + documentFrequency[shared[i]!]!))
      return (1 + Math.log(count)) * (1 + rarity)
    })
    const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
    return { features: shared, values: values.map((value) => value / norm) }
  })
}

/** How often each feature occurs. */
function featureCounts(tokens: Iterable<string>): Map<number, number> {
  const counts = new Map<number, number>()
  let seen = 0
  for (const token of tokens) {
    if (seen++ === MOST_WORDS) break
    const feature = hash(token) % FEATURES
    counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  return counts
}

/** FNV-1a over UTF-16 code units. */
function hash(token: string): number {
  let bits = 0x811c9dc5
  for (let i = 0; i < token.length; i++) bits = Math.imul(bits ^ token.charCodeAt(i), 0x01000193)
  return (bits ^ (bits >>> 16)) >>> 0
}

interface LabelledVectors {
  readonly reference: readonly SparseVector[]
  readonly current: readonly SparseVector[]
}

/** Documents are in random order already. */
function halves(
  reference: readonly SparseVector[],
  current: readonly SparseVector[],
): { readonly training: LabelledVectors; readonly heldOut: LabelledVectors } {
  const before = reference.length >> 1
  const after = current.length >> 1
  return {
    training: { reference: reference.slice(0, before), current: current.slice(0, after) },
    heldOut: { reference: reference.slice(before), current: current.slice(after) },
  }
}

const EPOCHS = 5

/**
 * Logistic regression, the current side positive, both sides of equal weight; rates fall as in Bottou
 * (2012), Stochastic gradient descent tricks, section 5.
 */
function trainedWeights(
  { reference, current }: LabelledVectors,
  random: () => number,
): Float64Array {
  const documents = [...reference, ...current]
  const penalty = 1 / documents.length
  const weights = new Float64Array(FEATURES)
  const order = Uint32Array.from(documents, (_, i) => i)
  // The weights are `scale` times what the array holds: the penalty shrinks all of them in one product.
  let scale = 1
  let step = 0
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffleFirst(order, order.length, random)
    for (const i of order) {
      const document = documents[i]!
      const rate = 1 / (1 + penalty * step++)
      const label = i < reference.length ? -1 : 1
      const side = label < 0 ? reference.length : current.length
      const margin = label * scale * dot(document, weights)
      scale *= 1 - rate * penalty
      const size = (label * documents.length) / (2 * side) / (1 + Math.exp(margin))
      add(weights, document, (rate * size) / scale)
    }
  }
  return weights.map((weight) => weight * scale)
}

function dot({ features, values }: SparseVector, weights: Float64Array): number {
  let sum = 0
  for (let k = 0; k < features.length; k++) sum += values[k]! * weights[features[k]!]!
  return sum
}

function add(weights: Float64Array, { features, values }: SparseVector, factor: number): void {
  for (let k = 0; k < features.length; k++) weights[features[k]!]! += factor * values[k]!
}

/** AUC and P(AUC or more) of scores that are higher on the current side. */
function mannWhitney(
  reference: readonly number[],
  current: readonly number[],
): Pick<DomainClassifierTest, 'statistic' | 'pValue' | 'logPValue'> {
  const low = sortNumbers(Float64Array.from(reference))
  const high = sortNumbers(Float64Array.from(current))
  const all = low.length + high.length
  let wins = 0
  let tied = 0
  let i = 0
  let j = 0
  while (i < low.length || j < high.length) {
    const score = Math.min(low[i] ?? Number.POSITIVE_INFINITY, high[j] ?? Number.POSITIVE_INFINITY)
    const [firstLow, firstHigh] = [i, j]
    while (low[i] === score) i++
    while (high[j] === score) j++
    wins += (j - firstHigh) * (firstLow + (i - firstLow) / 2)
    const ties = i - firstLow + (j - firstHigh)
    tied += ties ** 3 - ties
  }
  const pairs = low.length * high.length
  const variance = (pairs / 12) * (all + 1 - tied / (all * (all - 1)))
  if (!(variance > 0)) return { statistic: wins / pairs, pValue: 1, logPValue: 0 }
  const z = (wins - pairs / 2 - 0.5) / Math.sqrt(variance)
  return {
    statistic: wins / pairs,
    pValue: normalSurvival(z),
    logPValue: logNormalSurvival(z),
  }
}
