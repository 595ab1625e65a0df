import {
  type CategoricalProfile,
  type NumericProfile,
  profileMean,
  profileQuantile,
} from '@tidegauge/core'
import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { formatPercent } from '../format.ts'
import { type CategoryShares, categoryShares } from './categories.ts'
import { Name } from './name.tsx'
import { valueFormat } from './value-format.ts'

/** What changed, in the column's own words: its median, or the category whose share moved most. */
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
    return <CategoricalChange {...{ reference, current }} />
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
          before: profileQuantile(reference, level)!,
          after: profileQuantile(current, level)!,
        }
      : { word, before: quantiles.reference[i]!, after: quantiles.current[i]! }
  })
  const format = valueFormat(
    column.type,
    changes.flatMap(({ before, after }) => [before, after]),
  )
  for (const { word, ...values } of changes) {
    const before = format(values.before)
    const after = format(values.after)
    if (before !== after) return `${word} ${before} → ${after}`
  }
  const means = [profileMean(reference), profileMean(current)].filter((mean) => mean !== null)
  const [before, after] = means.map(valueFormat(column.type, means))
  return after === undefined || before === after ? '' : `mean ${before} → ${after}`
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
