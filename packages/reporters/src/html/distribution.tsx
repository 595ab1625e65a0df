import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { CategoricalChart } from './categorical-chart.tsx'
import { NumericChart } from './numeric-chart.tsx'

/** The picture of a column: what there is of both sides, on the same axes. */
export function Distribution({
  reference,
  current,
}: Pick<ColumnDrift, 'reference' | 'current'>): VNode {
  return (
    <>
      <Picture reference={reference} current={current} />
      {reference === null && <p class="muted small">not in the reference</p>}
      {current === null && <p class="muted small">not in the current table</p>}
      {reference?.n === 0 && <p class="muted small">no values in the reference</p>}
      {current?.n === 0 && <p class="muted small">no values in the current table</p>}
    </>
  )
}

function Picture({ reference, current }: Pick<ColumnDrift, 'reference' | 'current'>): VNode | null {
  if (!reference?.n && !current?.n) return null
  if (reference?.kind !== 'categorical' && current?.kind !== 'categorical') {
    return <NumericChart reference={reference} current={current} />
  }
  if (reference?.kind !== 'numeric' && current?.kind !== 'numeric') {
    return <CategoricalChart reference={reference} current={current} />
  }
  return (
    <p class="muted small">
      {reference?.kind} in the reference, {current?.kind} in the current table
    </p>
  )
}
