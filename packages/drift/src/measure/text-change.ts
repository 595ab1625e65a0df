import { words } from '../methods/domain-classifier.ts'
import type { TextChange, WordShares } from '../report/drift-report.ts'

/**
 * What tells the texts of both sides apart, for a reader: the words that stand in many more of them on one side, how long
 * they are, and of each side a text that shows it.
 *
 * Words are ordered by G of the two shares (Dunning's log-likelihood ratio); one is told where a word that did not change
 * would be as far apart in one of twenty such comparisons, whatever the number of words.
 *
 * @param isRedacted - then neither words nor texts
 * @see Dunning (1993), Accurate methods for the statistics of surprise and coincidence, Computational Linguistics 19
 */
export function textChange(
  reference: readonly string[],
  current: readonly string[],
  isRedacted: boolean,
): TextChange {
  const [before, after] = [reference, current].map((side) => {
    return evenly(side).map((text): Counted => ({ text, ...countedWords(text) }))
  }) as [Counted[], Counted[]]
  const lengths = { reference: quartilesOf(before), current: quartilesOf(after) }
  if (isRedacted) return { lengths }
  const told = toldWords(before, after)
  return {
    words: told.map(({ word, reference: was, current: is }) => ({
      word,
      reference: was,
      current: is,
    })),
    lengths,
    examples: {
      reference: exampleOf(
        before,
        told.filter((one) => one.reference > one.current),
      ),
      current: exampleOf(
        after,
        told.filter((one) => one.reference < one.current),
      ),
    },
  }
}

const MOST_TEXTS = 5000
const MOST_WORDS = 1000
const MOST_TOLD = 10
const LONGEST_EXAMPLE = 300
const LONGEST_WORD = 60

interface Counted {
  readonly text: string
  readonly length: number
  readonly distinct: ReadonlySet<string>
}

function countedWords(text: string): Pick<Counted, 'length' | 'distinct'> {
  const distinct = new Set<string>()
  let length = 0
  for (const word of words(text)) {
    length++
    if (distinct.size < MOST_WORDS) distinct.add(word)
  }
  return { length, distinct }
}

/** From the first to the last. */
function evenly(texts: readonly string[]): readonly string[] {
  const { length } = texts
  if (length <= MOST_TEXTS) return texts
  return Array.from({ length: MOST_TEXTS }, (_, i) => texts[Math.floor((i * length) / MOST_TEXTS)]!)
}

interface ToldWord extends WordShares {
  readonly ratio: number
}

function toldWords(before: readonly Counted[], after: readonly Counted[]): readonly ToldWord[] {
  const counts = new Map<string, [before: number, after: number]>()
  for (const [side, texts] of [before, after].entries()) {
    for (const { distinct } of texts) {
      for (const word of distinct) {
        const both = counts.get(word) ?? [0, 0]
        both[side]!++
        counts.set(word, both)
      }
    }
  }
  const least = smallestRatio(counts.size)
  return Array.from(counts, ([word, [b, a]]) => ({
    word: shortWord(word),
    reference: b / before.length,
    current: a / after.length,
    ratio: logLikelihoodRatio(b, before.length, a, after.length),
  }))
    .filter(({ ratio }) => ratio > least)
    .sort((one, other) => other.ratio - one.ratio || (one.word < other.word ? -1 : 1))
    .slice(0, MOST_TOLD)
}

/** At which a standard normal z² is as unlikely as 0.05 / n, by the bound of its tail: 2 exp(−z²/2). */
function smallestRatio(comparisons: number): number {
  return 2 * Math.log((2 * Math.max(1, comparisons)) / 0.05)
}

/** G of b of n against a of m. */
export function logLikelihoodRatio(b: number, n: number, a: number, m: number): number {
  const share = (a + b) / (n + m)
  const part = (count: number, expected: number) =>
    count === 0 ? 0 : count * Math.log(count / expected)
  return (
    2 *
    (part(b, n * share) +
      part(n - b, n * (1 - share)) +
      part(a, m * share) +
      part(m - a, m * (1 - share)))
  )
}

function shortWord(word: string): string {
  const points = Array.from(word.slice(0, 2 * LONGEST_WORD + 2))
  return points.length > LONGEST_WORD ? `${points.slice(0, LONGEST_WORD - 1).join('')}…` : word
}

/** The text that holds most of what its side has more of; null where that is nothing. */
function exampleOf(texts: readonly Counted[], more: readonly ToldWord[]): string | null {
  let best: Counted | null = null
  let most = 0
  for (const one of texts) {
    const sum = more.reduce((total, { word, ratio }) => {
      return one.distinct.has(word) ? total + ratio : total
    }, 0)
    // Of texts that show as much, the shortest one.
    if (sum > most || (sum === most && best !== null && one.length < best.length)) {
      best = one
      most = sum
    }
  }
  if (best === null) return null
  const points = Array.from(best.text.slice(0, 2 * LONGEST_EXAMPLE + 2))
  if (points.length <= LONGEST_EXAMPLE) return best.text
  return `${points.slice(0, LONGEST_EXAMPLE - 1).join('')}…`
}

/** Of the numbers of words: a quarter of the texts, half, and three quarters have at most so many. */
function quartilesOf(texts: readonly Counted[]): readonly [number, number, number] {
  const sorted = texts.map(({ length }) => length).sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return [at(0.25), at(0.5), at(0.75)]
}
