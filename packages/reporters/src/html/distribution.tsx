import type { ChangedType, ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { isAbsent } from '../column-order.ts'
import { CategoricalChart } from './categorical-chart.tsx'
import { NumericChart } from './numeric-chart.tsx'

export interface DistributionProps {
  readonly column: ColumnDrift
  /** What the column is in the current table, where its type changed; null where that is not known. */
  readonly typeNow?: ChangedType['current']
  readonly shapeId?: string
}

/** The picture of a column: what there is of both sides, on the same axes. */
export function Distribution({ column, typeNow = null, shapeId }: DistributionProps): VNode {
  const { finding, type, reference, current } = column
  if (finding === 'changed-type') return <BothTypes column={column} typeNow={typeNow} />
  const isOneSided = isAbsent(column, 'reference') || isAbsent(column, 'current')
  if (reference === null && current === null && !isOneSided) {
    return <p class="muted small">{type === 'text' ? 'texts: no picture' : 'no picture'}</p>
  }
  return (
    <>
      <Picture column={column} shapeId={shapeId} />
      {isAbsent(column, 'reference') && <p class="muted small">not in the reference</p>}
      {isAbsent(column, 'current') && <p class="muted small">not in the current table</p>}
      {isWithoutValues(reference) && !isAbsent(column, 'reference') && (
        <p class="muted small">no values in the reference</p>
      )}
      {isWithoutValues(current) && !isAbsent(column, 'current') && (
        <p class="muted small">no values in the current table</p>
      )}
    </>
  )
}

function isWithoutValues(profile: ColumnDrift['reference']): boolean {
  return profile === null || profile.n === 0
}

/** Values of two types have no axis in common. */
function BothTypes({
  column: { type, reference },
  typeNow,
}: Pick<DistributionProps, 'column'> & { readonly typeNow: ChangedType['current'] }): VNode {
  return (
    <>
      {reference !== null && reference.n > 0 && (
        <Picture column={{ type, reference, current: null }} shapeId={undefined} />
      )}
      <p class="muted small">{type} in the reference</p>
      <p class="muted small">{typeNow ?? 'another type'} in the current table</p>
    </>
  )
}

function Picture({
  column: { type, reference, current, quantiles },
  shapeId,
}: {
  readonly column: Pick<ColumnDrift, 'type' | 'reference' | 'current' | 'quantiles'>
  readonly shapeId: string | undefined
}): VNode | null {
  if (!reference?.n && !current?.n) return null
  if (reference?.kind !== 'categorical' && current?.kind !== 'categorical') {
    const known = { ...(shapeId && { id: shapeId }), ...(quantiles && { quantiles }) }
    return <NumericChart reference={reference} current={current} type={type} {...known} />
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
