import type { ColumnDrift, Verdict } from '@tidegauge/drift'
import { verdictWords } from './column-order.ts'
import { largestOf, smallestOf } from './extremes.ts'

export interface UnjudgedCause {
  /** Those that it is the cause for, in the order given. */
  readonly columns: readonly ColumnDrift[]
  readonly verdict: Verdict
  /** Their reason; of numbers that differ the smallest and the largest: `5 to 12 in the current table`. */
  readonly reason: string
}

/** What could not be judged, by why: the cause of most columns first. */
export function unjudgedCauses(columns: readonly ColumnDrift[]): readonly UnjudgedCause[] {
  const byCause = new Map<string, ColumnDrift[]>()
  for (const column of columns.filter(isUnjudged)) {
    const cause = `${verdictWords(column)}: ${plainReason(column).replaceAll(NUMBERS, '#')}`
    const others = byCause.get(cause)
    if (others === undefined) byCause.set(cause, [column])
    else others.push(column)
  }
  return [...byCause.values()]
    .sort((a, b) => b.length - a.length)
    .map((alike) => ({
      columns: alike,
      verdict: alike[0]!.verdict,
      reason: alike.length === 1 ? alike[0]!.reason : commonReason(alike),
    }))
}

function isUnjudged({ verdict }: Pick<ColumnDrift, 'verdict'>): boolean {
  return verdict === 'insufficient-data' || verdict === 'error'
}

/** No part of a name. */
const NUMBERS = /(?<![\w.-])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w-])/g

/** Of a column that is gone: that another one has its name in other letters. */
const NAMESAKE = / \(there is (.*)\)$/s

/** Without what each says of its own name. */
function plainReason({ finding, reason }: ColumnDrift): string {
  return finding === undefined ? reason : reason.replace(NAMESAKE, '')
}

/** @param alike - whose reasons differ in nothing but numbers and namesakes */
function commonReason(alike: readonly ColumnDrift[]): string {
  const reasons = alike.map(plainReason)
  const numbers = reasons.map((reason) => reason.match(NUMBERS) ?? [])
  let at = 0
  const common = reasons[0]!.replaceAll(NUMBERS, (number) => {
    const all = numbers.map((ofOne) => Number(ofOne[at]))
    at++
    const [least, most] = [smallestOf(all), largestOf(all)]
    return least === most ? number : `${least} to ${most}`
  })
  const namesake = alike.find((column) => plainReason(column) !== column.reason)
  if (namesake === undefined) return common
  const there = NAMESAKE.exec(namesake.reason)![1]!
  return `${common}; some are there in other letters, as ${namesake.name} is ${there}`
}
