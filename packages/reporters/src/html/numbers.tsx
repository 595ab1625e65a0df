import {
  type BinnedProfile,
  type NumericProfile,
  profileMean,
  profileQuantile,
} from '@tidegauge/core'
import type { VNode } from 'preact'
import { digitsThatResolve, formatCount, formatNumber, NOTHING } from '../format.ts'
import { categoryShares } from './categories.ts'
import { Name } from './name.tsx'

export interface NumbersProps {
  readonly reference: BinnedProfile | null
  readonly current: BinnedProfile | null
}

/** Both sides in figures, folded away. */
export function Numbers({ reference, current }: NumbersProps): VNode | null {
  const profile = reference ?? current
  if (profile === null) return null
  const rows = profile.kind === 'numeric' ? numericRows(reference, current) : categoricalRows
  return (
    <details>
      <summary>Numbers</summary>
      <table class="numbers">
        <thead>
          <tr>
            <td />
            <th scope="col">Reference</th>
            <th scope="col">Current</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, read]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{reference === null ? NOTHING : read(reference)}</td>
              <td>{current === null ? NOTHING : read(current)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ChangedCategories {...{ reference, current }} />
    </details>
  )
}

type Row = readonly [label: string, read: (profile: BinnedProfile) => string]

const COUNTED: readonly Row[] = [
  ['values', ({ n }) => formatCount(n)],
  ['missing', ({ missing }) => formatCount(missing)],
]

const categoricalRows: readonly Row[] = [
  ...COUNTED,
  ['categories', (profile) => (profile.kind === 'categorical' ? categoryCount(profile) : NOTHING)],
]

const FIGURES: ReadonlyArray<
  readonly [label: string, read: (profile: NumericProfile) => number | null]
> = [
  ['minimum', ({ min }) => min],
  ['5 % quantile, about', (profile) => profileQuantile(profile, 0.05)],
  ['median, about', (profile) => profileQuantile(profile, 0.5)],
  ['mean', profileMean],
  ['95 % quantile, about', (profile) => profileQuantile(profile, 0.95)],
  ['maximum', ({ max }) => max],
]

function numericRows(...sides: ReadonlyArray<BinnedProfile | null>): readonly Row[] {
  const profiles = sides.filter((side) => side?.kind === 'numeric')
  const values = profiles.flatMap((profile) => FIGURES.map(([, read]) => read(profile)))
  const digits = digitsThatResolve(
    values.filter((value) => value !== null),
    4,
  )
  const figures = FIGURES.map(
    ([label, read]): Row => [
      label,
      (profile) => {
        const value = profile.kind === 'numeric' ? read(profile) : null
        return value === null ? NOTHING : formatNumber(value, digits)
      },
    ],
  )
  return [...COUNTED, ...figures]
}

function categoryCount({ counts, other }: Extract<BinnedProfile, { kind: 'categorical' }>): string {
  const seen = formatCount(counts.filter((count) => count > 0).length)
  return other > 0 ? `${seen} and more` : seen
}

const MOST_LISTED = 10

function ChangedCategories({ reference, current }: NumbersProps): VNode | null {
  if (reference?.kind !== 'categorical' || current?.kind !== 'categorical') return null
  const shares = categoryShares(reference, current)
  return (
    <>
      {(['new', 'lost'] as const).map((change) => {
        const names = shares.filter((share) => share.change === change).map(({ name }) => name)
        if (names.length === 0) return null
        return (
          <p key={change}>
            <b class={change}>{change}</b>{' '}
            {names.slice(0, MOST_LISTED).map((name, i) => (
              <>
                {i > 0 && ', '}
                <Name of={name} limit={40} />
              </>
            ))}
            {names.length > MOST_LISTED && ` and ${names.length - MOST_LISTED} more`}
          </p>
        )
      })}
    </>
  )
}
