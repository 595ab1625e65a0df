import type { CategoricalProfile } from '@tidegauge/core'
import { type ChiSquaredTest, chiSquaredOfCells } from '../methods/chi-squared.ts'
import type { Side } from '../plan/open-table.ts'
import { type Cells, total, withoutEmptyCells } from '../samples/cells.ts'
import { categoryCells } from './category-cells.ts'
import {
  type CategoryCounts,
  type CategoryNames,
  categoryNames,
  exchanged,
} from './category-names.ts'
import { type EffectSize, effectOfChiSquared } from './effect.ts'
import { memoized } from './memoized.ts'
import { enoughExpected, missingShare } from './missing-share.ts'
import { NEGLIGIBLE } from './negligible.ts'
import { type RisenCategory, risenCategories } from './risen-categories.ts'
import { unmetValues } from './unmet-values.ts'

export interface CategoryTest {
  readonly known: CategoryNames
  readonly test: ChiSquaredTest
  readonly effect: EffectSize
  /** Is it stable where nothing is found? Not where too many categories are too rare for any of them to be told. */
  readonly isTold: boolean
  /** Did something change among the categories that have no cell of their own? Other tests cannot see that. */
  readonly isHiddenChange: boolean
  /** Categories of one side alone that are more than chance leaves out on the other: the surest first. */
  readonly newNames: readonly string[]
  readonly lostNames: readonly string[]
}

/** What each of the tests may take of the level. Together 1: the smallest p, each by its part, is the p of them all. */
const PARTS = { shares: 0.7, risen: 0.1, lost: 0.1, unmet: 0.1 } as const

/**
 * Did the shares of the categories change?
 *
 * Those that are frequent enough have a cell each, and one is that of all others: by chi-squared, or exactly, where
 * few values are expected. In that last cell a change can hide, which three more tests look for: one category in it
 * that became more frequent (`risenCategories`), one of the reference that the current side hides or has no more, and
 * values of categories that the reference has not met (`unmetValues`). Where every category has a cell, there is nothing
 * to hide in and chi-squared says all.
 */
export function compareCategories(
  before: CategoricalProfile,
  after: CategoricalProfile,
  alpha: number,
): CategoryTest {
  const known = categoryNames(before, after)
  const turnedNames = exchanged(known)
  const { cells, own, pooled } = categoryCells(known)
  const shares = sharesTest(cells, alpha)
  const effect = effectOf(shares, before.n, after.n, alpha)
  const level = (part: number) => Math.log(alpha * part)
  const newOwn = foundIn(risenCategories(known, own, level(PARTS.risen)), level(PARTS.risen))
  const lostOwn = foundIn(risenCategories(turnedNames, own, level(PARTS.lost)), level(PARTS.lost))
  if (pooled.length === 0 && before.other + after.other === 0) {
    const [newNames, lostNames] = [namesOf(known, newOwn), namesOf(turnedNames, lostOwn)]
    const isHiddenChange = false
    return { known, test: shares, effect, isTold: true, isHiddenChange, newNames, lostNames }
  }
  const risen = risenCategories(known, pooled, level(PARTS.risen))
  const lost = risenCategories(turnedNames, pooled, level(PARTS.lost))
  const unmet = unmetValues(known, pooled)
  const logPValue = Math.min(
    0,
    shares.logPValue! - Math.log(PARTS.shares),
    (risen[0]?.logPValue ?? 0) - Math.log(PARTS.risen),
    (lost[0]?.logPValue ?? 0) - Math.log(PARTS.lost),
    unmet.logPValue - Math.log(PARTS.unmet),
  )
  const foundRisen = foundIn(risen, level(PARTS.risen))
  const foundLost = foundIn(lost, level(PARTS.lost))
  const foundUnmet = foundIn([unmet], level(PARTS.unmet))
  const named = [...foundRisen, ...foundLost.map(turned)]
  const test = chiSquaredOfCells(withOwnCells(cells, named.length > 0 ? named : foundUnmet))
  return {
    known,
    test: { ...test, pValue: Math.exp(logPValue), logPValue },
    effect: largestEffect(effect, [...named, ...foundUnmet], known, alpha),
    isHiddenChange: named.length + foundUnmet.length > 0,
    isTold: isConstant(known) || restIsTold(known, pooled, shares.degreesOfFreedom > 0, alpha),
    newNames: namesOf(known, [...foundRisen, ...newOwn]),
    lostNames: namesOf(turnedNames, [...foundLost, ...lostOwn]),
  }
}

function foundIn<T extends { readonly logPValue: number }>(
  tested: readonly T[],
  level: number,
): T[] {
  return tested.filter(({ logPValue }) => logPValue <= level)
}

/** The p-value of {@link compareCategories}. */
export function categoryTest(
  before: CategoricalProfile,
  after: CategoricalProfile,
  alpha: number,
): ChiSquaredTest {
  return compareCategories(before, after, alpha).test
}

/**
 * By chi-squared; where that needs more values than there are, in the far tail most of all, by the share of each cell
 * against all others, as {@link missingShare} tests it, the smallest p times their number (Bonferroni).
 */
function sharesTest(cells: Cells, alpha: number): ChiSquaredTest {
  const test = chiSquaredOfCells(cells)
  if (test.degreesOfFreedom === 0 || test.smallestExpectedCount >= enoughExpected(alpha)) {
    return test
  }
  const [referenceRows, currentRows] = [total(cells.reference), total(cells.current)]
  const logPValueOf = memoized(
    (reference, current) =>
      missingShare({ reference, referenceRows, current, currentRows }, alpha).logPValue,
  )
  const smallest = cells.reference.reduce(
    (least, reference, i) => Math.min(least, logPValueOf(reference, cells.current[i]!)),
    Number.POSITIVE_INFINITY,
  )
  // Of two categories one share says all.
  const questions = cells.reference.length === 2 ? 1 : cells.reference.length
  const logPValue = Math.min(0, Math.log(questions) + smallest)
  return { ...test, pValue: Math.exp(logPValue), logPValue }
}

/** Counts of both sides. */
interface Counted {
  readonly reference: number
  readonly current: number
}

function turned({ reference, current, ...risen }: RisenCategory): RisenCategory {
  return { ...risen, reference: current, current: reference }
}

/** What was found in the last cell, out of it and in cells of its own. */
function withOwnCells(cells: Cells, found: readonly Counted[]): Cells {
  const sideOf = (side: Side) => {
    const counts = cells[side].slice(0, -1)
    let rest = cells[side].at(-1)!
    for (const cell of found) {
      const taken = Math.min(rest, cell[side])
      counts.push(taken)
      rest -= taken
    }
    return [...counts, rest]
  }
  return withoutEmptyCells({ ...cells, reference: sideOf('reference'), current: sideOf('current') })
}

/** The largest of what was found and of the change of all cells. */
function largestEffect(
  effect: EffectSize,
  found: readonly Counted[],
  { reference: { n }, current: { n: m } }: CategoryNames,
  alpha: number,
): EffectSize {
  const tests = found.map(({ reference, current }) => {
    const ofCell = { reference: [reference, n - reference], current: [current, m - current] }
    return chiSquaredOfCells(withoutEmptyCells(ofCell))
  })
  // Each has two cells: the largest statistic has the largest effect.
  tests.sort((a, b) => b.statistic - a.statistic)
  const largest = tests[0] === undefined ? effect : effectOf(tests[0], n, m, alpha)
  return largest.value > effect.value ? largest : effect
}

function effectOf(
  { statistic, degreesOfFreedom }: ChiSquaredTest,
  n: number,
  m: number,
  alpha: number,
): EffectSize {
  return effectOfChiSquared(statistic, degreesOfFreedom, n, m, alpha)
}

/** One category alone, and all know it: its share is 1 and stays 1. */
function isConstant({ names, reference, current }: CategoryNames): boolean {
  return names.length <= 1 && reference.other + current.other === 0
}

/**
 * Would it be found if half of the values that have no cell of their own were of categories never met?
 *
 * It would not where the reference hides more than a few of its own: other ones in their place look the same. It need
 * not, where that half is negligible, or so small that it would tell nothing in plain view either.
 */
function restIsTold(
  known: CategoryNames,
  pooled: readonly number[],
  hasCells: boolean,
  alpha: number,
): boolean {
  const { reference, current } = known
  const restOf = (side: CategoryCounts) =>
    pooled.reduce((sum, i) => sum + side.atLeast[i]!, side.other)
  const rest = { reference: restOf(reference), current: restOf(current) }
  const share = Math.max(rest.reference / reference.n, rest.current / current.n)
  const isHiding = reference.other > NEGLIGIBLE * reference.n
  if (hasCells && !isHiding && share / 2 <= NEGLIGIBLE) return true
  const level = Math.log(alpha * PARTS.unmet)
  if (!isHiding) {
    const half = halfUnmet(known, pooled, rest)
    if (unmetValues(half.known, half.family).logPValue <= level) return true
  }
  const inPlainView = {
    reference: 0,
    referenceRows: reference.n,
    current: Math.round(rest.current / 2),
    currentRows: current.n,
  }
  return hasCells && missingShare(inPlainView, alpha * PARTS.unmet).logPValue > level
}

/**
 * The current side as it would be: of the values without a cell, one half as the reference has them, and the other of
 * categories that it does not name, each its own, or under `other` where the current side has names for a few alone.
 *
 * As the reference has them: by its counts, and of categories that it has not met as many as it met once (Good, 1953).
 */
function halfUnmet(
  { names, reference, current }: CategoryNames,
  family: readonly number[],
  rest: { readonly reference: number; readonly current: number },
): { readonly known: CategoryNames; readonly family: readonly number[] } {
  const half = rest.current / 2
  const once = family.reduce((sum, i) => {
    const before = reference.atLeast[i]!
    return before <= reference.otherAtMost + 1 ? sum + before : sum
  }, 0)
  const unmet = rest.reference === 0 ? 1 : once / rest.reference
  const isHiding = current.other > 0
  const fresh = isHiding ? 0 : Math.floor(half + half * unmet)
  const extended = (counts: Float64Array, ofFresh: number) => {
    const longer = new Float64Array(names.length + fresh).fill(ofFresh)
    longer.set(counts)
    return longer
  }
  const counts = extended(current.atLeast, 1)
  const scale = rest.reference === 0 ? 0 : (half * (1 - unmet)) / rest.reference
  let due = 0
  let given = 0
  for (const i of family) {
    due += scale * reference.atLeast[i]!
    counts[i] = Math.floor(due) - given
    given += counts[i]!
  }
  const hidden = scale * reference.other + (isHiding ? half + half * unmet : 0)
  return {
    known: {
      names,
      reference: {
        ...reference,
        atLeast: extended(reference.atLeast, 0),
        atMost: extended(reference.atMost, reference.otherAtMost),
      },
      current: { ...current, atLeast: counts, atMost: counts, other: hidden },
    },
    family: [...family, ...Array.from({ length: fresh }, (_, i) => names.length + i)],
  }
}

/** Categories that the other side does not name, of those that were found. */
function namesOf({ names, reference }: CategoryNames, found: readonly RisenCategory[]): string[] {
  return found.filter(({ name }) => reference.atLeast[name] === 0).map(({ name }) => names[name]!)
}
