import type { VNode } from 'preact'
import { formatPercent } from '../format.ts'

export interface ShareChangeProps {
  readonly of: string
  /** null where a side has no values. */
  readonly reference: number | null
  readonly current: number | null
  /** Was the change found to be one? Then it is said however small. */
  readonly isFound?: boolean
}

/** A percentage point: what is drawn apart holds about half as much of each side. */
const LEAST = 0.01

/** A share beside the picture, where it is another one now. */
export function ShareChange({
  of,
  reference,
  current,
  isFound = false,
}: ShareChangeProps): VNode | null {
  if (reference === null || current === null) return null
  if (!isFound && !differ(reference, current)) return null
  return (
    <p class="muted tiny">
      {of}: {formatPercent(reference)} → {formatPercent(current)}
    </p>
  )
}

function differ(reference: number, current: number): boolean {
  // 1.7 − 0.7 percent is a little less than 1.
  return Math.abs(reference - current) >= LEAST - 1e-12
}
