import { LARGEST_SHIFT } from '../measure/effect.ts'
import type { ColumnDrift } from '../report/drift-report.ts'
import { formatPercent } from './format-percent.ts'

type Judged = Pick<
  ColumnDrift,
  | 'criterion'
  | 'effect'
  | 'effectInterval'
  | 'method'
  | 'missing'
  | 'statistic'
  | 'threshold'
  | 'verdict'
>

/**
 * The verdict on a column in one plain sentence.
 *
 * @param causes - which of the two tests led to it
 */
export function explain(
  column: Judged,
  causes: { readonly values: boolean; readonly missing: boolean },
  alpha: number,
): string {
  const { missing, verdict } = column
  if (verdict === 'stable') {
    return `no change could be told from chance at the level of ${formatPercent(alpha)}`
  }
  const change = describeChange(column)
  const gap = `missing values went from ${formatPercent(missing.reference)} to ${formatPercent(missing.current)}`
  if (verdict === 'negligible') {
    return `a detectable change, too small to matter: ${causes.values ? change : gap}`
  }
  if (!causes.values) return gap
  return `the distribution changed ${change}${causes.missing ? `, and ${gap}` : ''}`
}

function describeChange(column: Judged): string {
  const { criterion, effect, effectInterval, method, statistic, threshold } = column
  if (criterion.measure === 'statistic') {
    return `by ${method} ${digits(statistic)}, ${reaches(column) ? 'from' : 'below'} ${threshold} on it counts`
  }
  if (criterion.measure === 'pValue') return `by the p-value of ${method}`
  const [low, high] = effectInterval ?? [0, 0]
  const shift = `as much as a shift by ${digits(effect)} standard deviations would`
  const until = high >= LARGEST_SHIFT ? 'or more' : `to ${digits(high)}`
  const doubt = `${digits(low)} ${until} in all likelihood`
  return `${shift} (${doubt}); ${threshold} and more counts`
}

function reaches({ criterion, effect, statistic, threshold }: Judged): boolean {
  if (criterion.measure === 'pValue') return true
  return (criterion.measure === 'effect' ? effect : statistic)! >= threshold
}

function digits(x: number | null): string {
  return x === null ? '?' : String(Number(x.toPrecision(3)))
}
