import { type NumericProfile, profileMean } from '@tidegauge/core'
import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { formatPercent } from '../format.ts'
import { type CategoryChanges, largestMove } from './categories.ts'
import { type EstimatedQuantile, estimatedQuantile } from './estimated-quantile.ts'
import { Name } from './name.tsx'
import { valueFormat } from './value-format.ts'

/** What changed, in the column's own words: its median, or what of its categories moved most. */
export function Change({ column }: { readonly column: ColumnDrift }): VNode | null {
  const { reference, current, missing } = column
  if (missing.drifted && (missing.effect ?? 0) > (column.effect ?? 0)) {
    return (
      <>
        missing {formatPercent(missing.reference)} → {formatPercent(missing.current)}
      </>
    )
  }
  if (!reference?.n || !current?.n) return null
  if (reference.kind === 'numeric' && current.kind === 'numeric') {
    return <>{numericChange(column, reference, current)}</>
  }
  if (reference.kind === 'categorical' && current.kind === 'categorical') {
    const { newCategories, lostCategories } = column
    return <CategoricalChange {...{ reference, current, newCategories, lostCategories }} />
  }
  return null
}

const QUANTILES = [
  [0.5, 'median'],
  [0.75, 'upper quartile'],
  [0.25, 'lower quartile'],
  [0.95, '95th percentile'],
  [0.05, '5th percentile'],
] as const

/** The first of the quantiles that reads differently on both sides, or the mean where none does. */
function numericChange(
  column: ColumnDrift,
  reference: NumericProfile,
  current: NumericProfile,
): string {
  const { quantiles } = column
  const changes = QUANTILES.map(([level, word]) => {
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
    column.type,
    changes.flatMap(({ before, after }) => [before.value, after.value]),
  )
  for (const { word, ...values } of changes) {
    const before = inWords(values.before, format)
    const after = inWords(values.after, format)
    if (before !== after) return `${word} ${before} → ${after}`
  }
  const means = [profileMean(reference), profileMean(current)].filter((mean) => mean !== null)
  const [before, after] = means.map(valueFormat(column.type, means))
  return after === undefined || before === after ? '' : `mean ${before} → ${after}`
}

function exact(value: number): EstimatedQuantile {
  return { value, beyond: '' }
}

function inWords({ value, beyond }: EstimatedQuantile, format: (value: number) => string): string {
  return `${beyond}${format(value)}`
}

function CategoricalChange(changes: CategoryChanges): VNode | null {
  const most = largestMove(changes)
  if (most === null) return null
  return (
    <>
      {most.name === null ? 'all others' : <Name of={most.name} limit={32} />}{' '}
      {shareInWords(most.reference)} → {shareInWords(most.current)}
      {most.change !== undefined && <b class={most.change}> {most.change}</b>}
    </>
  )
}

function shareInWords(share: number | null): string {
  return share === null ? 'among the others' : formatPercent(share)
}
