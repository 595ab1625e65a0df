import { words } from '../methods/domain-classifier.ts'
import { NEARLY_ALL } from './nearly-all.ts'

/**
 * Are texts such that no classifier of words can tell much of them: does nearly every word of a side stand in one document
 * alone, or is a number? Codes and lists of numbers are so. A word that is never met again says nothing of others, and to a
 * classifier of words 0.31 is as far from 0.32 as from 99.
 */
export function areWordsUntold(reference: readonly string[], current: readonly string[]): boolean {
  return untoldShares(reference, current).some((share) => share >= NEARLY_ALL)
}

/**
 * Of an even thousand documents of each side: the share of such words among the different ones of a document, on average.
 *
 * @returns that of the reference, and that of the current side
 */
export function untoldShares(reference: readonly string[], current: readonly string[]): number[] {
  const sides = [evenly(reference).map(wordsOf), evenly(current).map(wordsOf)]
  const documents = new Map<string, number>()
  for (const document of sides.flat()) {
    for (const word of document) documents.set(word, (documents.get(word) ?? 0) + 1)
  }
  const isUntold = (word: string) => documents.get(word) === 1 || NUMBER.test(word)
  return sides.map((side) => shareOf(side, isUntold))
}

const MOST_DOCUMENTS = 1000
const MOST_WORDS = 1000
/** Digits, also with an exponent: `1e` of 1e-05. */
const NUMBER = /^\p{N}+(?:e\p{N}*)?$/u

function evenly(documents: readonly string[]): readonly string[] {
  const { length } = documents
  if (length <= MOST_DOCUMENTS) return documents
  const at = (i: number) => documents[Math.floor((i * length) / MOST_DOCUMENTS)]!
  return Array.from({ length: MOST_DOCUMENTS }, (_, i) => at(i))
}

function wordsOf(document: string): Set<string> {
  const all = new Set<string>()
  for (const word of words(document)) {
    all.add(word)
    if (all.size === MOST_WORDS) break
  }
  return all
}

/** Of documents that have a word. */
function shareOf(side: ReadonlyArray<ReadonlySet<string>>, holds: (word: string) => boolean) {
  let sum = 0
  let n = 0
  for (const document of side) {
    if (document.size === 0) continue
    let held = 0
    for (const word of document) if (holds(word)) held++
    sum += held / document.size
    n++
  }
  return n === 0 ? 1 : sum / n
}
