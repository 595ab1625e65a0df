import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { changeOf } from '../change-of.ts'
import { Name } from './name.tsx'

/** What changed, in the column's own words: its median, or what of its categories moved most. */
export function Change({ column }: { readonly column: ColumnDrift }): VNode | null {
  const change = changeOf(column)
  if (change === null) return null
  const { of, before, after, by, only, spread } = change
  return (
    <>
      {'measure' in of ? of.measure : <Category name={of.category} />} {before} → {after}
      {by !== undefined && ` (${by})`}
      {spread !== undefined && `, ${spread}`}
      {only !== undefined && <b class={only}> {only}</b>}
    </>
  )
}

function Category({ name }: { readonly name: string | null }): VNode {
  return name === null ? <>all others</> : <Name of={name} limit={32} />
}
