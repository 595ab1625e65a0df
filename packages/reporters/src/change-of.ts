import { type NumericProfile, profileMean } from '@tidegauge/core'
import { isJudged } from '@tidegauge/core/internal'
import type { ColumnDrift, DriftSettings } from '@tidegauge/drift'
import { concernEffect } from './column-order.ts'
import { formatNumber, formatPercent } from './format.ts'
import { largestMove } from './html/categories.ts'
import { type EstimatedQuantile, estimatedQuantile } from './html/estimated-quantile.ts'
import { valueFormat } from './html/value-format.ts'
import { unitOf } from './units.ts'
import { shortText } from './visible-text.ts'

/** What happened to a column, as far as one pair of numbers says it. */
export interface Change {
  /** `missing`, or what was measured of numbers: `median`. A category has its own name, all others as one have null. */
  readonly of: { readonly measure: string } | { readonly category: string | null }
  readonly before: string
  readonly after: string
  /** Of a number that keeps its sign: `+19%`. */
  readonly by?: string
  /** Of numbers whose quartiles are known: `spread about the same`. */
  readonly spread?: string
  /** Of a category that one side alone has. */
  readonly only?: 'new' | 'lost'
}

/** What changed most in the column's own words: its missing values, its median, one of its categories, or a word; null where nothing reads so. */
export function changeOf(column: ColumnDrift): Change | null {
  const { reference, current, missing } = column
  if (missing.drifted && (missing.effect ?? 0) > (column.effect ?? 0)) {
    const [before, after] = [formatPercent(missing.reference), formatPercent(missing.current)]
    return { of: { measure: 'missing' }, before, after }
  }
  const [word] = column.texts?.words ?? []
  if (word !== undefined) {
    const [before, after] = [formatPercent(word.reference), formatPercent(word.current)]
    return { of: { measure: `texts with “${shortText(word.word, LONGEST_NAME)}”` }, before, after }
  }
  if (!reference?.n || !current?.n) return null
  if (reference.kind === 'numeric' && current.kind === 'numeric') {
    return changeOfNumbers(column, reference, current)
  }
  if (reference.kind !== 'categorical' || current.kind !== 'categorical') return null
  const { newCategories, lostCategories } = column
  const most = largestMove({ reference, current, newCategories, lostCategories })
  if (most === null) return null
  return {
    of: { category: most.name },
    before: shareInWords(most.reference),
    after: shareInWords(most.current),
    ...(most.change !== undefined && { only: most.change }),
  }
}

export interface ChangeWords {
  /** With the size of the change as a word? */
  readonly isSized?: boolean
  /** With the change of a number in proportion? */
  readonly isProportioned?: boolean
  readonly arrow?: '->' | '→'
}

/**
 * The change in one line of text, its size as a word; of a column that is stable that there is none to be told.
 *
 * @param preset - whose rules decided: a distance may be below its threshold and no chance all the same
 * @example
 * changeInWords(column, null) // 'median 50.4 -> 60.2 (+19%), large'
 */
export function changeInWords(
  column: ColumnDrift,
  preset: DriftSettings['preset'],
  { isSized = true, isProportioned = true, arrow = '->' }: ChangeWords = {},
): string {
  if (!isJudged(column)) return ''
  if (column.verdict === 'stable') return preset === null ? 'no change beyond chance' : ''
  const change = changeOf(column)
  const size = isSized ? sizeInWords(concernEffect(column)) : null
  if (change === null) return size === null ? '' : `a ${size} change`
  const { of, before, after, by, only } = change
  const what = 'measure' in of ? of.measure : categoryInWords(of.category)
  const proportion = isProportioned && by !== undefined ? ` (${by})` : ''
  const clauses = [
    `${what} ${before} ${arrow} ${after}${proportion}`,
    ...(only === undefined ? [] : [only]),
    ...(size === null ? [] : [size]),
  ]
  return clauses.join(', ')
}

const LONGEST_NAME = 24

function categoryInWords(name: string | null): string {
  if (name === null) return 'all others'
  return name === '' ? '(empty)' : shortText(name, LONGEST_NAME)
}

/**
 * A shift in standard deviations as a word: small up to 0.5, large from 0.8 on.
 *
 * @see Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2.2
 */
export function sizeInWords(effect: number | null): 'small' | 'medium' | 'large' | null {
  if (effect === null) return null
  return effect >= 0.8 ? 'large' : effect >= 0.5 ? 'medium' : 'small'
}

const QUANTILES = [
  [0.5, 'median'],
  [0.75, 'upper quartile'],
  [0.25, 'lower quartile'],
  [0.95, '95th percentile'],
  [0.05, '5th percentile'],
] as const

interface QuantileChange {
  readonly word: string
  readonly before: EstimatedQuantile
  readonly after: EstimatedQuantile
}

/** The first of the quantiles that reads differently on both sides, or the mean where none does. */
function changeOfNumbers(
  column: ColumnDrift,
  reference: NumericProfile,
  current: NumericProfile,
): Change | null {
  const { quantiles, type } = column
  const unit = unitOf(column)
  const changes = QUANTILES.map(([level, word]): QuantileChange => {
    const i = quantiles?.levels.indexOf(level) ?? -1
    return quantiles === undefined || i === -1
      ? {
          word: `${word} about`,
          before: estimatedQuantile(reference, level)!,
          after: estimatedQuantile(current, level)!,
        }
      : { word, before: exact(quantiles.reference[i]!), after: exact(quantiles.current[i]!) }
  })
  const format = valueFormat(
    type,
    changes.flatMap(({ before, after }) => [before.value, after.value]),
    3,
    unit,
  )
  const spread = spreadInWords(changes)
  for (const { word, ...values } of changes) {
    const [before, after] = [inWords(values.before, format), inWords(values.after, format)]
    if (before === after) continue
    const isKnown = type === 'numeric' && isWithin(values.before) && isWithin(values.after)
    const by = isKnown ? changeBy(values.before.value, values.after.value) : undefined
    return {
      of: { measure: word },
      before,
      after,
      ...(by !== undefined && { by }),
      ...(spread !== undefined && { spread }),
    }
  }
  const means = [profileMean(reference), profileMean(current)].filter((mean) => mean !== null)
  const [before, after] = means.map(valueFormat(type, means, 3, unit))
  if (before === undefined || after === undefined || before === after) return null
  return { of: { measure: 'mean' }, before, after }
}

function exact(value: number): EstimatedQuantile {
  return { value, beyond: '' }
}

function inWords({ value, beyond }: EstimatedQuantile, format: (value: number) => string): string {
  return `${beyond}${format(value)}`
}

/** Is it in a bin, and not somewhere beyond all? */
function isWithin({ beyond }: EstimatedQuantile): boolean {
  return beyond === ''
}

/** undefined of what is not positive on both sides: of a debt, more is less, or there is nothing to be in proportion to. */
function changeBy(before: number, after: number): string | undefined {
  const ratio = after / before
  if (!(before > 0 && ratio > 0 && Number.isFinite(ratio))) return undefined
  if (ratio >= 10 || ratio <= 0.1) return `×${formatNumber(ratio, 2)}`
  const percent = Math.round(100 * (ratio - 1))
  if (percent === 0) return undefined
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent)}%`
}

/** By the quartiles: about the same within a tenth. */
function spreadInWords([, upper, lower]: readonly QuantileChange[]): string | undefined {
  if (upper === undefined || lower === undefined) return undefined
  if (![upper.before, upper.after, lower.before, lower.after].every(isWithin)) return undefined
  const before = upper.before.value - lower.before.value
  const ratio = (upper.after.value - lower.after.value) / before
  if (!(before > 0 && ratio > 0 && Number.isFinite(ratio))) return undefined
  if (ratio > 1 / 1.1 && ratio < 1.1) return 'spread about the same'
  return `spread ×${formatNumber(ratio, 2)}`
}

function shareInWords(share: number | null): string {
  return share === null ? 'among the others' : formatPercent(share)
}
