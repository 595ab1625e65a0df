import type { DateOrder } from './date-texts.ts'
import { isPlain, type NumberFormat } from './number-texts.ts'
import type { Candidate, CandidateCounts } from './text-cells.ts'

/** What was counted of one side of a column. */
export interface CountedSide {
  /** Of the same kinds on both sides. */
  readonly candidates: readonly Candidate[]
  readonly counts: CandidateCounts
  /** Has a plain number a leading zero, and none a decimal point? */
  readonly areCodes: boolean
  /** Does another column of the same file have decimal commas for certain, or points? */
  readonly fileSign: '.' | ',' | undefined
  /** Of the dates in the stored profile: where both orders are possible, it is that. */
  readonly storedOrder?: DateOrder | undefined
  /** What separates the cells, where a file of them was read. */
  readonly delimiter: string | undefined
}

export type ValueKind = Candidate['kind'] | 'text'

/** What the cells of one side are taken for. */
export interface Chosen {
  readonly kind: ValueKind
  /** The place of the candidate; absent of texts. */
  readonly candidate?: number
  /** What a person should know of it. */
  readonly notes: readonly string[]
  /** Both orders of day and month are possible on both sides, and differ. */
  readonly isUndecided?: true
}

/** A type that the user, a stored profile or the other side's own types name. */
export interface Known {
  /** `category`: true and false alone are more than texts. */
  readonly kind: 'number' | 'date' | 'category' | 'text'
  /** By the user: what does not fit is left out, however much it is. */
  readonly isSaid: boolean
}

/** Where all but one of so many are of a kind, that one is a slip. */
export const SLIPS = 0.01
/** A side of which the half fits what the other side is without exception. */
const MOST = 0.5
/** Where as many of the texts of a side are of another kind, that is told. */
const SOME = 0.1

/**
 * What a column is taken for, decided on all cells of both sides.
 *
 * Where one kind takes all that is there, it is that. Where one side is a kind without exception (or the kind is known),
 * the other side is it, too, if the half of it fits. Where both sides together fit but for one cell in a hundred, it is
 * that kind. All else are texts, each side for itself: numbers against words are a type that has changed.
 */
export function chooseReadings(
  sides: readonly CountedSide[],
  known: Known | undefined,
): readonly Chosen[] {
  const candidates = sides[0]?.candidates ?? []
  const texts = sides.map((): Chosen => ({ kind: 'text', notes: [] }))
  if (known?.kind === 'text') return texts
  const total = sides.map(({ counts }) => counts.cells - counts.missing)
  const sum = total.reduce((a, b) => a + b, 0)
  if (sum === 0) {
    const isNumber = known?.kind === 'number' && candidates.length > 0
    return isNumber ? sides.map(() => ({ kind: 'number', candidate: 0, notes: [] })) : texts
  }
  const offers = offersOfKinds(candidates, sides, known)
  const areOf = offers.flatMap(({ of }) => of).some(({ values }) => values > 0)
  if (!areOf && !known?.isSaid && (known?.kind === 'number' || known?.kind === 'date')) {
    return chooseReadings(sides, undefined)
  }
  // With leading zeros they are codes: numbers only where that is known.
  const areCodes = known === undefined && sides.some((side) => side.areCodes)
  const open = offers.filter(({ kind }) => !(areCodes && kind === 'number'))
  const codesNote = areCodes ? [CODES] : []
  const shares = open.map(({ kind, of }) => {
    const values = of.map(({ values }) => values)
    return {
      kind,
      of,
      whole: values.reduce((a, b) => a + b, 0) / sum,
      ofSides: values.map((value, i) => (total[i] === 0 ? 1 : value / total[i]!)),
    }
  })
  const choiceOf = ({ kind, of }: (typeof shares)[number], i: number): Chosen => {
    const { candidate, notes, isUndecided } = of[i]!
    return { kind, candidate, notes, ...(isUndecided && { isUndecided }) }
  }
  // Of what the user has said, the first that there is: milliseconds are dates, too.
  if (known?.isSaid && shares.length > 0) {
    return sides.map((_, i) =>
      choiceOf(shares.find(({ ofSides }) => ofSides[i]! > 0) ?? shares[0]!, i),
    )
  }
  const [best] = shares.toSorted((a, b) => b.whole - a.whole)
  if (best === undefined) return texts.map((text) => ({ ...text, notes: codesNote }))
  const { kind, whole, ofSides } = best
  const isSure = known !== undefined || ofSides.some((share, i) => share === 1 && total[i]! > 0)
  const fitsEverywhere = ofSides.every((share) => share >= MOST)
  if (fitsEverywhere && (isSure || whole >= 1 - SLIPS))
    return sides.map((_, i) => choiceOf(best, i))
  return sides.map((_, i) => {
    const isSome = ofSides[i]! >= SOME && total[i]! > 0
    const notes = [...codesNote, ...(isSome ? [someAre(kind, ofSides[i]!)] : [])]
    const least = known === undefined ? 1 : MOST
    const own = total[i]! > 0 ? shares.find(({ ofSides }) => ofSides[i]! >= least) : undefined
    return own === undefined ? { kind: 'text', notes } : choiceOf(own, i)
  })
}

/** What pandas makes of each file by itself: a kind that takes all of its cells, else texts. */
export function chooseAsPandas(sides: readonly CountedSide[]): readonly Chosen[] {
  const ofSides = sides.map(({ candidates, counts: { cells, missing, values } }) =>
    cells === missing ? undefined : candidates.findIndex((_, at) => values[at] === cells - missing),
  )
  // A side without values is what the other is.
  const any = ofSides.find((at) => at !== undefined) ?? -1
  return sides.map(({ candidates }, i) => {
    const candidate = ofSides[i] ?? any
    const kind = candidates[candidate]?.kind
    return kind === undefined ? { kind: 'text', notes: [] } : { kind, candidate, notes: [] }
  })
}

export const CODES =
  "whole numbers with leading zeros: read as codes; where they are numbers, say `types: { column: 'numeric' }`"

function someAre(kind: ValueKind, share: number): string {
  const what = {
    number: 'numbers',
    date: 'dates',
    time: 'times',
    boolean: 'true or false',
    text: '',
  }
  const percent = Math.floor(share * 1000) / 10
  return `${percent}% of its cells are ${what[kind]}, too few to leave out the rest: it is read as categories`
}

function offersOfKinds(
  candidates: readonly Candidate[],
  sides: readonly CountedSide[],
  known: Known | undefined,
) {
  const wanted = {
    number: known?.isSaid ? ['number', 'time', 'date'] : ['number', 'time'],
    date: known?.isSaid ? ['date', 'number'] : ['date'],
    category: ['boolean'],
    text: [],
    any: ['boolean', 'number', 'time', 'date'],
  }[known?.kind ?? 'any'] as readonly Candidate['kind'][]
  return wanted.flatMap((kind) =>
    candidates.some((candidate) => candidate.kind === kind)
      ? [{ kind, of: offersOf(kind, candidates, sides) }]
      : [],
  )
}

/** By which candidate of a kind each side is read. */
interface Offer {
  readonly candidate: number
  readonly values: number
  readonly notes: readonly string[]
  readonly isUndecided?: true
}

function offersOf(
  kind: Candidate['kind'],
  candidates: readonly Candidate[],
  sides: readonly CountedSide[],
): readonly Offer[] {
  const places = candidates.flatMap((candidate, i) => (candidate.kind === kind ? [i] : []))
  const [first, second] = places as [number, number?]
  const offer = ({ counts }: CountedSide, place: number, notes: readonly string[] = []): Offer => {
    return { candidate: place, values: counts.values[place]!, notes }
  }
  if (second === undefined) return sides.map((side) => offer(side, first))
  // The two that could be taken for one another are the first two of all.
  const certain = sides.map((side) => certainOf(side, [first, second]))
  return sides.map((side, i) => {
    const place = certain[i] ?? certain.find((other) => other !== undefined)
    if (place !== undefined) return offer(side, place)
    if (side.counts.different === 0) return offer(side, first)
    if (kind === 'date') {
      const stored = places.find((at) => orderOf(side.candidates[at]) === side.storedOrder)
      if (stored !== undefined && side.storedOrder !== undefined) return offer(side, stored)
      return { ...offer(side, first), isUndecided: true }
    }
    return offer(side, ...signInDoubt([first, second], side))
  })
}

function certainOf({ counts }: CountedSide, [first, second]: readonly [number, number]) {
  const { onlyFirst, onlySecond } = counts
  if (onlyFirst === onlySecond) return undefined
  return onlyFirst > onlySecond ? first : second
}

/** Is `1,234` a thousand and more, or a little more than one? Each choice holds for both sides. */
function signInDoubt(
  [point, comma]: readonly [number, number],
  { candidates, fileSign, delimiter }: CountedSide,
): [place: number, notes: readonly string[]] {
  if (fileSign !== undefined) return [fileSign === ',' ? comma : point, []]
  // A point is a decimal sign unless something tells otherwise.
  if (isPlain(formatOf(candidates[point]!))) {
    const isLikely = delimiter !== ';'
    return [
      point,
      isLikely ? [] : ["its points are taken for decimal signs; else say `decimal: ','`"],
    ]
  }
  const isComma = delimiter === ';' || delimiter === '\t'
  return [
    isComma ? comma : point,
    [
      isComma
        ? "its commas are taken for decimal signs, since the cells are separated by another sign; else say `thousands: ','`"
        : "its commas are taken for signs between thousands; else say `decimal: ','`",
    ],
  ]
}

function orderOf(candidate: Candidate | undefined): DateOrder | undefined {
  return candidate?.kind === 'date' ? candidate.formats.order : undefined
}

function formatOf(candidate: Candidate): NumberFormat {
  if (candidate.kind !== 'number') throw new TypeError('numbers have a format')
  return candidate.format
}
