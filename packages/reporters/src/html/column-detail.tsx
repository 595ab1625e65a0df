import { type BinnedProfile, profileMean, uncounted } from '@tidegauge/core'
import type { ColumnDrift, DriftSettings } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { describeReadings } from '../describe-reading.ts'
import { formatBeside, formatCount, formatNumber, formatPValue, NOTHING } from '../format.ts'
import { unitOf } from '../units.ts'
import { CategoryTable } from './category-table.tsx'
import { type EstimatedQuantile, estimatedQuantile } from './estimated-quantile.ts'
import { NumericDetail } from './numeric-detail.tsx'
import { TextDetail } from './text-detail.tsx'
import { valueFormat } from './value-format.ts'

export interface ColumnDetailProps {
  readonly column: ColumnDrift
  readonly settings: DriftSettings
  readonly shapeId: string
}

/** What opens below a column: larger pictures and the figures of both sides. */
export function ColumnDetail({ column, settings, shapeId }: ColumnDetailProps): VNode {
  const { reference, current } = column
  return (
    <div class="detail">
      <DetailPictures column={column} shapeId={shapeId} />
      <div>
        {(reference ?? current) !== null && (
          <Figures head={['', 'Reference', 'Current']} rows={sideRows(column)} />
        )}
        <Figures head={null} rows={testRows(column, settings)} />
      </div>
      <ReadAs column={column} />
    </div>
  )
}

const READ_AS = {
  both: 'read as',
  reference: 'reference read as',
  current: 'current read as',
} as const

/** How the cells of each side were read; in one line where both were read alike. */
function ReadAs({ column }: Pick<ColumnDetailProps, 'column'>): VNode | null {
  const sides = describeReadings(column)
  if (sides.length === 0) return null
  return (
    <dl class="read-as">
      {sides.map(({ side, words }) => (
        <div key={side}>
          <dt>{READ_AS[side]}</dt>
          <dd>
            <bdi>{words}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function DetailPictures({
  column,
  shapeId,
}: Pick<ColumnDetailProps, 'column' | 'shapeId'>): VNode | null {
  const { reference, current, texts } = column
  if (texts !== undefined) return <TextDetail texts={texts} />
  if (!reference?.n || !current?.n || column.finding === 'changed-type') return null
  if (reference.kind === 'numeric' && current.kind === 'numeric') {
    return <NumericDetail {...{ column, reference, current, shapeId }} />
  }
  if (reference.kind === 'categorical' && current.kind === 'categorical') {
    return <CategoryTable {...{ column, reference, current }} />
  }
  return null
}

type Row = readonly string[]

interface FiguresProps {
  readonly head: Row | null
  readonly rows: readonly Row[]
}

function Figures({ head, rows }: FiguresProps): VNode {
  return (
    <table class="figures">
      {head !== null && (
        <thead>
          <tr>
            <td />
            {head.slice(1).map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map(([label, ...cells]) => (
          <tr key={label}>
            <th>{label}</th>
            {cells.map((cell, i) => (
              <td key={`${label} ${i}`}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function sideRows(column: ColumnDrift): readonly Row[] {
  const { reference, current } = column
  const counted = (label: string, read: (profile: BinnedProfile) => number): Row => [
    label,
    ...[reference, current].map((side) =>
      // Of a kept part of the values, the missing ones are a part as well.
      side === null ? NOTHING : formatCount(Math.round(read(side))),
    ),
  ]
  const infinite = (profile: BinnedProfile) => uncounted(profile) - profile.missing
  const areInfinite = [reference, current].some((side) => side !== null && infinite(side) > 0)
  return [
    counted('values', ({ n }) => n),
    counted('missing', ({ missing }) => missing),
    ...(areInfinite ? [counted('infinite', infinite)] : []),
    ...figureRows(column),
  ]
}

/** A column whose type changed may be dates on one side, numbers on the other: no figure is of both. */
function figureRows(column: ColumnDrift): readonly Row[] {
  const { finding, reference, current } = column
  if (finding === 'changed-type') return []
  return (reference ?? current)?.kind === 'numeric' ? numericRows(column) : categoryRows(column)
}

function categoryRows({ reference, current }: ColumnDrift): readonly Row[] {
  const count = (side: BinnedProfile | null): string => {
    if (side?.kind !== 'categorical') return NOTHING
    const seen = formatCount(side.counts.filter((n) => n > 0).length)
    return side.other > 0 ? `${seen} and more` : seen
  }
  return [['categories', count(reference), count(current)]]
}

type Figure = EstimatedQuantile | number | null

function numericRows(column: ColumnDrift): readonly Row[] {
  const sides = [column.reference, column.current]
  const rows: Array<readonly [string, ...Figure[]]> = [
    ...(column.quantiles === undefined ? estimatedRows(sides) : exactRows(column.quantiles)),
    ['mean', ...sides.map((side) => (side?.kind === 'numeric' ? profileMean(side) : null))],
  ]
  const figures = rows.flatMap(([, ...figures]) => figures.filter((figure) => figure !== null))
  const numberOf = (figure: EstimatedQuantile | number) => {
    return typeof figure === 'number' ? figure : figure.value
  }
  const format = valueFormat(column.type, figures.map(numberOf), 4, unitOf(column))
  const inWords = (figure: Figure) => {
    if (figure === null) return NOTHING
    return `${typeof figure === 'number' ? '' : figure.beyond}${format(numberOf(figure))}`
  }
  return rows.map(([label, ...figures]) => [label, ...figures.map(inWords)])
}

function exactRows({
  levels,
  reference,
  current,
}: NonNullable<ColumnDrift['quantiles']>): Array<readonly [string, ...Figure[]]> {
  return levels.map((level, i) => [levelWords(level), reference[i]!, current[i]!])
}

function estimatedRows(
  sides: ReadonlyArray<BinnedProfile | null>,
): Array<readonly [string, ...Figure[]]> {
  return [0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1].map((level) => {
    const figures = sides.map((side): Figure => {
      if (side?.kind !== 'numeric') return null
      if (level === 0) return side.min
      if (level === 1) return side.max
      return estimatedQuantile(side, level)
    })
    const words = levelWords(level)
    return [level === 0 || level === 1 ? words : `${words}, about`, ...figures]
  })
}

function levelWords(level: number): string {
  if (level === 0) return 'minimum'
  if (level === 0.5) return 'median'
  return level === 1 ? 'maximum' : `${formatNumber(100 * level)}%`
}

function testRows(column: ColumnDrift, { alpha }: DriftSettings): readonly Row[] {
  const { pValue, logPValue, missing, smallestDetectableEffect: least } = column
  const p = (value: number | null | undefined, log?: number): string => {
    if (value === null || value === undefined) return NOTHING
    // 10 to the power of ln p / ln 10: what no double holds still has a size.
    if (log !== undefined) return `about 1e${Math.round(log / Math.LN10)}`
    return formatPValue(value, alpha)
  }
  return [
    ['p-value', p(pValue, logPValue)],
    ...(least === null ? [] : [['smallest detectable effect', `${formatNumber(least)} sd`]]),
    ...(missing.pValue === null
      ? []
      : [
          ['missing values, adjusted p', p(missing.adjustedPValue)],
          ...(missing.effect === null
            ? []
            : [['missing values, effect', `${formatBeside(missing.effect, column.threshold)} sd`]]),
        ]),
  ]
}
