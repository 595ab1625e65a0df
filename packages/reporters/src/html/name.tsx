import type { VNode } from 'preact'
import { shortText, visibleText } from '../visible-text.ts'

const LONGEST_TITLE = 10_000

export interface NameProps {
  readonly of: string
  /** Code points shown; the rest is in the tooltip. */
  readonly limit?: number
}

/** A name from the data: isolated, so that its direction stays its own, and cut where it is too long. */
export function Name({ of: name, limit = 80 }: NameProps): VNode {
  if (name === '') return <span class="muted">(empty name)</span>
  const short = shortText(name, limit)
  return short === visibleText(name) ? (
    <bdi>{short}</bdi>
  ) : (
    <bdi title={shortText(name, LONGEST_TITLE)}>{short}</bdi>
  )
}

/** A sentence of the report, which may quote names. */
export function Sentence({ of: text }: { readonly of: string }): VNode {
  return <Name of={text} limit={400} />
}
