import type { TextChange } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { largestOf } from '../extremes.ts'
import { formatCount, formatPercent } from '../format.ts'
import { Name } from './name.tsx'
import { Pair } from './pair.tsx'

const LONGEST_EXAMPLE = 300

/** The words that tell the texts of both sides apart, how long these are, and of each side one that shows it. */
export function TextDetail({ texts }: { readonly texts: TextChange }): VNode {
  const { words, lengths, examples } = texts
  return (
    <div class="pictures">
      {words !== undefined && words.length > 0 && (
        <table class="shares-table">
          <thead>
            <tr>
              <th scope="col">Texts with the word</th>
              <td />
              <th scope="col">Reference</th>
              <th scope="col">Current</th>
            </tr>
          </thead>
          <tbody>
            {words.map(({ word, reference, current }) => (
              <tr key={word}>
                <th>
                  <Name of={word} limit={40} />
                </th>
                <td>
                  <Pair {...{ reference, current }} full={largestShareOf(words)} />
                </td>
                <td>{formatPercent(reference)}</td>
                <td>{formatPercent(current)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {words?.length === 0 && (
        <p class="caption">No single word stands in more texts of one side beyond chance.</p>
      )}
      <p class="caption">
        Words of a text: {lengthsInWords(lengths.reference)} in the reference,{' '}
        {lengthsInWords(lengths.current)} in the current table
      </p>
      {(['reference', 'current'] as const).map((side) => {
        const example = examples?.[side]
        return (
          typeof example === 'string' && (
            <div key={side}>
              <p class="caption">
                For example, in the {side === 'current' ? 'current table' : side}:
              </p>
              <blockquote>
                <Name of={example} limit={LONGEST_EXAMPLE} />
              </blockquote>
            </div>
          )
        )
      })}
    </div>
  )
}

function largestShareOf(words: NonNullable<TextChange['words']>): number {
  return largestOf(words.flatMap(({ reference, current }) => [reference, current]))
}

/** `12 (8 to 20 in the middle half)`. */
function lengthsInWords([lower, median, upper]: TextChange['lengths']['reference']): string {
  const half =
    lower === upper ? '' : ` (half of them ${formatCount(lower)} to ${formatCount(upper)})`
  return `${formatCount(median)}${half}`
}
