import { type CategoricalProfile, type NumericProfile, profileQuantile } from '@tidegauge/core'
import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { digitsThatResolve, formatNumber, formatPercent } from '../format.ts'
import { type CategoryShares, categoryShares } from './categories.ts'
import { Name } from './name.tsx'

/** What changed, in the column's own words: its median, or the category whose share moved most. */
export function Change({ column }: { readonly column: ColumnDrift }): VNode | null {
  const { reference, current } = column
  if (!reference?.n || !current?.n) return null
  if (reference.kind === 'numeric' && current.kind === 'numeric') {
    return <>{numericChange(reference, current)}</>
  }
  if (reference.kind === 'categorical' && current.kind === 'categorical') {
    return <CategoricalChange {...{ reference, current }} />
  }
  return null
}

const QUANTILES = [
  [0.5, 'median'],
  [0.95, '95th percentile'],
  [0.05, '5th percentile'],
] as const

/** The first of the quantiles that reads differently on both sides. */
function numericChange(reference: NumericProfile, current: NumericProfile): string {
  const quantiles = QUANTILES.map(([q, word]) => ({
    word,
    before: profileQuantile(reference, q)!,
    after: profileQuantile(current, q)!,
  }))
  const digits = digitsThatResolve(quantiles.flatMap(({ before, after }) => [before, after]))
  for (const { word, ...values } of quantiles) {
    const before = formatNumber(values.before, digits)
    const after = formatNumber(values.after, digits)
    if (before !== after) return `${word} about ${before} → ${after}`
  }
  return ''
}

interface BothSides {
  readonly reference: CategoricalProfile
  readonly current: CategoricalProfile
}

function CategoricalChange({ reference, current }: BothSides): VNode | null {
  const [most] = categoryShares(reference, current).sort((a, b) => moved(b) - moved(a))
  if (most === undefined) return null
  return (
    <>
      <Name of={most.name} limit={32} /> {formatPercent(most.reference!)} →{' '}
      {formatPercent(most.current!)}
      {most.change !== undefined && <b class={most.change}> {most.change}</b>}
    </>
  )
}

function moved({ reference, current }: CategoryShares): number {
  return Math.abs((current ?? 0) - (reference ?? 0))
}
