import type { ColumnDrift, Verdict } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { VERDICTS, verdictWords } from '../column-order.ts'

export interface VerdictMarkProps {
  readonly column: Pick<ColumnDrift, 'finding' | 'verdict'>
}

/** Word, colour and shape, so that no reader depends on one of them. */
export function VerdictMark({ column }: VerdictMarkProps): VNode {
  const { verdict } = column
  return (
    <span class={`verdict ${verdict}`}>
      <VerdictShape verdict={verdict} />
      {verdictWords(column)}
    </span>
  )
}

export function VerdictShape({ verdict }: { readonly verdict: Verdict }): VNode {
  return (
    <svg class={`shape ${verdict}`} aria-hidden="true">
      <use href={`#shape-${verdict}`} />
    </svg>
  )
}

/** The shapes themselves, once in a page, and the hatching of what was not judged. */
export function VerdictShapes(): VNode {
  return (
    <svg class="symbols" aria-hidden="true">
      <pattern id="unjudged" width="8" height="8" patternUnits="userSpaceOnUse">
        <path class="hatch" d="M-2 2 2-2M0 8 8 0M6 10l4-4" />
      </pattern>
      {VERDICTS.map((verdict) => (
        <symbol key={verdict} id={`shape-${verdict}`} viewBox="0 0 12 12">
          <path d={SHAPES[verdict]} />
        </symbol>
      ))}
    </svg>
  )
}

/** Triangle, hollow diamond, cross, half disc, disc. */
const SHAPES: Readonly<Record<Verdict, string>> = {
  drifted: 'M6 .8 11.6 11H.4z',
  'insufficient-data': 'M6 0 12 6 6 12 0 6zM6 2.6 2.6 6 6 9.4 9.4 6z',
  error: 'M2.2.6 6 4.4 9.8.6l1.6 1.6L7.6 6l3.8 3.8-1.6 1.6L6 7.6l-3.8 3.8L.6 9.8 4.4 6 .6 2.2z',
  negligible: 'M6 .5a5.5 5.5 0 0 1 0 11zM6 .5a5.5 5.5 0 0 0 0 11V10a4 4 0 0 1 0-8z',
  stable: 'M6 .5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z',
}
