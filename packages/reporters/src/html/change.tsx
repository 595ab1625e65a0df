import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { changeOf, sizeInWords } from '../change-of.ts'
import { concernEffect } from '../column-order.ts'
import { Name } from './name.tsx'

/** What changed, in the column's own words: its median, or what of its categories moved most; and how large that is. */
export function Change({ column }: { readonly column: ColumnDrift }): VNode {
  const change = changeOf(column)
  const size = sizeInWords(concernEffect(column))
  if (change === null) return <>{size === null ? 'changed' : `a ${size} change`}</>
  const { of, before, after, by, only, spread } = change
  return (
    <>
      {'measure' in of ? of.measure : <Category name={of.category} />} {before} → {after}
      {by !== undefined && ` (${by})`}
      {spread !== undefined && `, ${spread}`}
      {only !== undefined && <b class={only}> {only}</b>}
      {size !== null && `; a ${size} change`}
    </>
  )
}

function Category({ name }: { readonly name: string | null }): VNode {
  return name === null ? <>all others</> : <Name of={name} limit={32} />
}
