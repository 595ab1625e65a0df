import type { VNode } from 'preact'
import { shortText, visibleText } from '../visible-text.ts'

const LONGEST_TITLE = 10_000

export interface NameProps {
  readonly of: string
  /** Code points shown; the rest is in the tooltip. */
  readonly limit?: number
  /** May a line end behind an underscore, a dot or a slash? */
  readonly breaks?: boolean
}

/** A name from the data: isolated, so that its direction stays its own, and cut where it is too long. */
export function Name({ of: name, limit = 80, breaks = false }: NameProps): VNode {
  if (name === '') return <span class="muted">(empty name)</span>
  const short = shortText(name, limit)
  const shown = breaks ? withBreaks(short) : short
  return short === visibleText(name) ? (
    <bdi>{shown}</bdi>
  ) : (
    <bdi title={shortText(name, LONGEST_TITLE)}>{shown}</bdi>
  )
}

function withBreaks(text: string): readonly (string | VNode)[] {
  const words = text.split(/(?<=[_./])(?=[^_./])/)
  return words.flatMap((word, i) => (i === 0 ? [word] : [<wbr key={i} />, word]))
}

/** A sentence of the report, which may quote names. */
export function Sentence({ of: text }: { readonly of: string }): VNode {
  return <Name of={text} limit={400} />
}
