/**
 * The name that was probably meant: the fewest letters to insert, drop, replace or swap, at most a third of them, and
 * not all. An ending that both have (`.csv`) is no likeness.
 *
 * @example
 * nearest('lat', ['late', 'age']) // 'late'
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const renamed = Object.hasOwn(RENAMED, word) ? RENAMED[word] : undefined
  if (renamed !== undefined && names.includes(renamed)) return renamed
  const close = names
    .map((name) => {
      const [a, b] = withoutSharedEnding(word.toLowerCase(), name.toLowerCase())
      return { name, edits: editsBetween(a, b), length: Math.max(a.length, b.length) }
    })
    .filter(
      ({ edits, length }) => edits === 0 || (edits <= Math.max(1, length / 3) && edits < length),
    )
    .sort((a, b) => a.edits - b.edits)
  return close[0]?.name
}

/** What options were called before; no likeness tells that of these. */
const RENAMED: Readonly<Record<string, string>> = {
  evaluatedShare: 'minimumJudged',
  'latency-min-count': 'latency-minimum-values',
  latencyMinCount: 'latencyMinimumValues',
  'min-count': 'minimum-values',
  minCount: 'minimumValues',
  minSamples: 'minimumValues',
  minimumCount: 'minimumValues',
  minimumRequests: 'minimumValues',
}

/** `; did you mean late?`, or nothing. */
export function suggestion(word: string, names: readonly string[], prefix = ''): string {
  const name = nearest(word, names)
  return name === undefined ? '' : `; did you mean ${prefix}${name}?`
}

/** Names for an error message: all of a few, else the first ones and how many more. */
export function listed(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).join(', ')
  return names.length > most ? `${shown} and ${names.length - most} more` : shown
}

function withoutSharedEnding(a: string, b: string): readonly [string, string] {
  const ending = /(?<=.)\.[^.]+$/.exec(a)?.[0]
  if (ending === undefined || ending.length === b.length || !b.endsWith(ending)) return [a, b]
  return withoutSharedEnding(a.slice(0, -ending.length), b.slice(0, -ending.length))
}

/** The optimal string alignment distance: two neighbours that are swapped are one edit. */
function editsBetween(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(replaced, last[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1)
      }
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
