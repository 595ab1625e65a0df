import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { CategoricalChart } from './categorical-chart.tsx'
import { NumericChart } from './numeric-chart.tsx'

export interface DistributionProps {
  readonly column: Pick<ColumnDrift, 'type' | 'reference' | 'current'>
  readonly shapeId?: string
}

/** The picture of a column: what there is of both sides, on the same axes. */
export function Distribution({ column, shapeId }: DistributionProps): VNode {
  const { type, reference, current } = column
  if (type === 'text' && reference === null && current === null) {
    return <p class="muted small">texts: no picture</p>
  }
  return (
    <>
      <Picture column={column} shapeId={shapeId} />
      {reference === null && <p class="muted small">not in the reference</p>}
      {current === null && <p class="muted small">not in the current table</p>}
      {reference?.n === 0 && <p class="muted small">no values in the reference</p>}
      {current?.n === 0 && <p class="muted small">no values in the current table</p>}
    </>
  )
}

function Picture({
  column: { type, reference, current },
  shapeId,
}: {
  readonly column: DistributionProps['column']
  readonly shapeId: string | undefined
}): VNode | null {
  if (!reference?.n && !current?.n) return null
  if (reference?.kind !== 'categorical' && current?.kind !== 'categorical') {
    const id = shapeId === undefined ? {} : { id: shapeId }
    return <NumericChart reference={reference} current={current} type={type} {...id} />
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
