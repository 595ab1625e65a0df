import type { CategoricalProfile } from '@tidegauge/core'
import { countsOfBoth } from '../counts-of-both.ts'

export interface CategoryShares {
  readonly name: string
  /** In [0, 1]; null where that side has no values. */
  readonly reference: number | null
  readonly current: number | null
  /** `new` where only the current side has it, `lost` where only the reference has. */
  readonly change?: 'new' | 'lost'
}

/**
 * The categories of both sides with their shares, largest pooled share first.
 *
 * Where one side counts its rare categories together, one that it does not name may be among those:
 * it is called neither new nor lost.
 */
export function categoryShares(
  reference: CategoricalProfile | null,
  current: CategoricalProfile | null,
): readonly CategoryShares[] {
  if (reference === null || current === null) return sortedShares(reference, current)
  const known = sharesOfBoth.get(reference)
  if (known?.current === current) return known.shares
  const shares = sortedShares(reference, current)
  sharesOfBoth.set(reference, { current, shares })
  return shares
}

/** The picture, the table and the sentence of a column ask for the same: of a million names that takes seconds. */
const sharesOfBoth = new WeakMap<
  CategoricalProfile,
  { readonly current: CategoricalProfile; readonly shares: readonly CategoryShares[] }
>()

function sortedShares(
  reference: CategoricalProfile | null,
  current: CategoricalProfile | null,
): CategoryShares[] {
  const counts = countsOfBoth(reference, current)
  // A million names sort in a quarter of the time without a function of ours; the order by share keeps theirs.
  const shares = [...counts.keys()].sort().map((name): CategoryShares => {
    const { before, after } = counts.get(name)!
    const change = changeOf(before, after, reference, current)
    return {
      name,
      reference: shareOf(before, reference),
      current: shareOf(after, current),
      ...(change === undefined ? {} : { change }),
    }
  })
  return shares.filter((share) => pooled(share) > 0).sort((a, b) => pooled(b) - pooled(a))
}

export interface WithOthers {
  readonly shown: readonly CategoryShares[]
  /** All that is not shown, as one; null where everything is. */
  readonly other: Pick<CategoryShares, 'reference' | 'current'> | null
  readonly otherLabel: string
}

/** The first categories by name and the rest as one. */
export function withOthers(
  all: readonly CategoryShares[],
  { reference, current }: Readonly<Record<'reference' | 'current', CategoricalProfile | null>>,
  limit: number,
): WithOthers {
  // One more fits where the rest would be a single category.
  const shown = all.length === limit + 1 ? all : all.slice(0, limit)
  const rest = all.slice(shown.length)
  const bounded = (reference?.other ?? 0) + (current?.other ?? 0) > 0
  const otherShare = (side: 'reference' | 'current', profile: CategoricalProfile | null) => {
    const counted = shareOf(profile?.other ?? 0, profile)
    return counted === null ? null : rest.reduce((sum, row) => sum + (row[side] ?? 0), counted)
  }
  return {
    shown,
    other:
      rest.length === 0 && !bounded
        ? null
        : {
            reference: otherShare('reference', reference),
            current: otherShare('current', current),
          },
    otherLabel: rest.length === 0 ? 'other' : `${rest.length}${bounded ? ' and more' : ''} others`,
  }
}

export interface CategoryMove extends Pick<CategoryShares, 'change'> {
  /** null: all categories whose share is not known on both sides, as one. */
  readonly name: string | null
  /** In [0, 1]; null where that side counts it among its rare ones. */
  readonly reference: number | null
  readonly current: number | null
}

export interface CategoryChanges {
  readonly reference: CategoricalProfile
  readonly current: CategoricalProfile
  /** Known to be of one side alone, though the other counts its rare ones together. */
  readonly newCategories: readonly string[]
  readonly lostCategories: readonly string[]
}

/** What moved most: a category, or all others as one; null where none is known to have moved. */
export function largestMove(changes: CategoryChanges): CategoryMove | null {
  const { reference, current, newCategories, lostCategories } = changes
  const isCountedBefore = countedIn(reference)
  const isCountedAfter = countedIn(current)
  const [added, lost] = [new Set(newCategories), new Set(lostCategories)]
  const moves = categoryShares(reference, current).map(({ name, ...share }): CategoryMove => {
    const isNew = added.has(name)
    const isLost = lost.has(name)
    const change = isNew ? 'new' : isLost ? 'lost' : share.change
    return {
      name,
      reference: isNew || isCountedBefore(name) ? share.reference : null,
      current: isLost || isCountedAfter(name) ? share.current : null,
      ...(change === undefined ? {} : { change }),
    }
  })
  const [first, ...others] = moves.map((move) => ({ move, by: leastDistance(move, changes) }))
  if (first === undefined) return null
  const most = others.reduce((best, next) => {
    if (Math.abs(next.by - best.by) > ROUNDING) return next.by > best.by ? next : best
    return others.length === 1 && isAskedFor(next.move) ? next : best
  }, first)
  const rest = restOf(moves, changes)
  const byRest = Math.abs(rest.current - rest.reference)
  // A name that the other side counts among the rest is part of it, and says more where it is most of it.
  const least = isHalfKnown(most.move) ? 2 * most.by : most.by
  if (Math.max(most.by, byRest) <= ROUNDING) return null
  return byRest > least + ROUNDING ? rest : most.move
}

/** However the sums round. */
const ROUNDING = 1e-12

/** Of two shares that add up to one, both move as far: one asks for what is true, or is the exception. */
function isAskedFor({ name, reference }: CategoryMove): boolean {
  return name === 'true' || (name !== 'false' && reference !== null && reference < 0.5)
}

/** Is the count of a name known on this side, be it 0? */
function countedIn({ categories, other }: CategoricalProfile): (name: string) => boolean {
  if (other === 0) return () => true
  const names = new Set(categories)
  return (name) => names.has(name)
}

function isHalfKnown({ reference, current }: CategoryMove): boolean {
  return reference === null || current === null
}

/** A share among the rare ones is at most that of the rarest named one. */
function leastDistance({ reference, current }: CategoryMove, sides: CategoryChanges): number {
  if (reference === null) return current! - mostUnnamed(sides.reference)
  if (current === null) return reference - mostUnnamed(sides.current)
  return Math.abs(current - reference)
}

function mostUnnamed({ counts, other, n }: CategoricalProfile): number {
  return counts.reduce((least, count) => Math.min(least, count), other) / n
}

function restOf(moves: readonly CategoryMove[], { reference, current }: CategoryChanges) {
  const part = moves.filter(isHalfKnown)
  const sum = (side: 'reference' | 'current', { other, n }: CategoricalProfile): number =>
    part.reduce((all, move) => all + (move[side] ?? 0), other / n)
  return { name: null, reference: sum('reference', reference), current: sum('current', current) }
}

function shareOf(count: number, profile: CategoricalProfile | null): number | null {
  return profile === null || profile.n === 0 ? null : count / profile.n
}

function changeOf(
  before: number,
  after: number,
  reference: CategoricalProfile | null,
  current: CategoricalProfile | null,
): 'new' | 'lost' | undefined {
  if (!reference?.n || !current?.n) return undefined
  if (before === 0 && after > 0 && reference.other === 0) return 'new'
  if (after === 0 && before > 0 && current.other === 0) return 'lost'
  return undefined
}

function pooled({ reference, current }: CategoryShares): number {
  return (reference ?? 0) + (current ?? 0)
}
