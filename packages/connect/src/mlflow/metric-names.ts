import { contentId } from '@tidegauge/core/hashes'

/** MLflow refuses a longer key, and with it the whole batch. */
const LONGEST_KEY = 250

/**
 * What MLflow calls the columns of a report: names that it takes, no two of them alike.
 *
 * It takes letters and digits of every script, `_`, `-`, `.`, spaces and slashes, but no slash at an end, none after
 * another, and no step of dots. A name that it takes stays. Another is changed, and where that makes it a name of another
 * column, it gets digits of its own, which follow from the name alone: next month's run calls the column the same.
 * Names that differ by case or accents alone count as alike, as databases have it that MLflow stores them in.
 *
 * @param columns - all different
 * @param reserved - characters of a key that stand before the name
 * @returns the name of each column
 */
export function metricNames(
  columns: readonly string[],
  reserved: number,
): ReadonlyMap<string, string> {
  const longest = LONGEST_KEY - reserved
  const drafts = columns.map((column) => ({
    column,
    name: shortened(legal(column), longest, column),
  }))
  // Who keeps the name goes first, whatever the order of the columns.
  const inTurn = drafts.sort((a, b) => rank(a) - rank(b) || (a.column < b.column ? -1 : 1))
  const taken = new Set<string>()
  const names = new Map<string, string>()
  for (const { column, name } of inTurn) {
    let own = name
    for (let round = 0; taken.has(folded(own)); round++) {
      own = withDigits(name, longest, round === 0 ? column : `${column} ${round}`)
    }
    taken.add(folded(own))
    names.set(column, own)
  }
  return names
}

function rank({ column, name }: { readonly column: string; readonly name: string }): number {
  return column === name ? 0 : 1
}

function legal(column: string): string {
  const name = column
    .normalize('NFC')
    .replace(/[^\p{L}\p{Nd}_. /-]/gu, '_')
    .split('/')
    .map((step) => step.trim().replace(/^\.+$/, (dots) => '_'.repeat(dots.length)))
    .filter((step) => step !== '')
    .join('/')
  return name === '' ? '_' : name
}

function shortened(name: string, longest: number, column: string): string {
  return Array.from(name).length <= longest ? name : withDigits(name, longest, column)
}

function withDigits(name: string, longest: number, column: string): string {
  const digits = `-${contentId(column).slice(0, 8)}`
  const kept = Array.from(name)
    .slice(0, longest - digits.length)
    .join('')
  return `${kept.replace(/[ /]+$/, '')}${digits}`
}

/** As the least discerning of the databases compares them. */
function folded(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
