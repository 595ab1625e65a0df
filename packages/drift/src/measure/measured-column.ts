import type { BinnedProfile, ColumnFinding } from '@tidegauge/core'
import { heldAgainst, type Ruling } from '@tidegauge/core/internal'
import type { DriftMethod, MethodResult } from '../plan/drift-method.ts'
import type { RuledResult } from '../presets/evidently/method.ts'
import { ColumnError } from '../read/column-error.ts'
import type { EvidencePair } from '../read/held-column.ts'
import type { ColumnReading } from '../reading/column-reading.ts'
import type { ChangedType, ColumnDrift, ColumnType, DriftSettings } from '../report/drift-report.ts'
import { type EffectSize, smallestDetectableShift } from './effect.ts'

export interface StoredColumn {
  readonly name: string
  readonly type: ColumnType
  readonly profile: BinnedProfile
  /** The finite values, ascending, where they were kept. */
  readonly sample?: ArrayLike<number>
  /** Where the names of the categories are codes: tells with which key. */
  readonly keyCheck?: string
  /**
   * So many of the missing values were there, but of another type; absent where none was, or nobody counted them. By
   * default those that `reading` tells of.
   */
  readonly invalid?: number
  /** Of all values, to the last digits; absent of categories, and where only counts are known. */
  readonly moments?: StoredMoments
  /** How many different values it has; absent where nobody counted them, after a merge among others. */
  readonly distinct?: number
  /** How its cells were read, where that was not plain. */
  readonly reading?: ColumnReading
}

/** Mergeable, unlike a variance. */
export interface StoredMoments {
  readonly mean: number
  /** Σ (x − mean)². */
  readonly squaredDeviations: number
}

/** A column that was there when the profile was made, and of which nothing could be counted. */
export interface UnprofiledColumn {
  readonly name: string
  /** What it held: `text`, say, whose documents no profile keeps; null where that cannot be told. */
  readonly type: ColumnType | null
  readonly reason: string
}

/** A column of a table whose cells nobody can read as one thing: dates of which nobody can tell the order, say. */
export interface UnreadableColumn {
  readonly name: string
  /** What it holds; null where that cannot be told. */
  readonly type: ColumnType | null
  /** Why, and what to do; it quotes no cell. */
  readonly unreadable: string
}

/** A column before the other columns' p-values are known. */
export interface MeasuredColumn
  extends Omit<
    ColumnDrift,
    | 'role'
    | 'finding'
    | 'adjustedPValue'
    | 'drifted'
    | 'verdict'
    | 'missing'
    | 'effect'
    | 'effectInterval'
  > {
  readonly effect: EffectSize | null
  /** `judged` where there are enough values; the other two are verdicts already. */
  readonly state: 'judged' | 'insufficient-data' | 'error'
  /** Why it is not stable where no drift is found: a change could have been missed. */
  readonly untold?: string
  readonly missing: MissingCounts
  /** `gone` where there is no such column: that one has lost its values is for the judge to tell. */
  readonly finding?: ColumnFinding
  /** Where the finding is `changed-type`. */
  readonly changedType?: Omit<ChangedType, 'name'>
  /** Of the current side's missing values, those of another type, or that do not fit it. */
  readonly invalid?: number
}

export interface MissingCounts {
  readonly reference: number
  readonly referenceRows: number
  readonly current: number
  readonly currentRows: number
}

type BlankColumn = Omit<MeasuredColumn, 'state'>

/** Both sides and how they are to be compared. */
export interface ComparablePair extends EvidencePair {
  readonly name: string
  readonly method: DriftMethod
  readonly settings: DriftSettings
  readonly redactionKey?: string | undefined
  /** By the user, who is not asked again. */
  readonly isTypeSaid?: boolean
}

/** A column of which nothing is known yet; without a type there is no method. */
export function blank(
  name: string,
  type: ColumnDrift['type'],
  method: DriftMethod | null,
  settings: DriftSettings,
): BlankColumn {
  return {
    name,
    type,
    method: method?.name ?? '',
    statistic: null,
    effect: null,
    smallestDetectableEffect: null,
    ...heldAgainst('effect', settings),
    reason: '',
    warnings: [],
    missing: { reference: 0, referenceRows: 0, current: 0, currentRows: 0 },
    newCategories: [],
    lostCategories: [],
    reference: null,
    current: null,
  }
}

/** A p-value, and its logarithm where the test knows it. */
export interface Probability {
  readonly pValue: number
  readonly logPValue?: number
}

/** What the type's own test says; a method without a p-value of its own borrows this one's. */
export interface TypeTest extends Probability {
  /** null where the change has no measurable size. */
  readonly effect: EffectSize | null
}

/** What the method and the test of the column type found; `details` are for the reader, no verdict comes from them. */
export interface Measurement {
  readonly result: MethodResult
  readonly typeTest: TypeTest
  readonly details?: Pick<ColumnDrift, 'quantiles' | 'widestGap' | 'texts'>
  /** What a reader should know of the numbers. */
  readonly warnings?: readonly string[]
  /** Why nothing could be told of a change, where there are values enough. */
  readonly untold?: string
}

/** Puts the method's result into the column, and says whether there was enough to judge it. */
export function judgeable(
  column: BlankColumn,
  sizes: { readonly n: number; readonly m: number },
  compare: () => Measurement,
  { method, settings }: ComparablePair,
  fewest: number = 0,
): MeasuredColumn {
  const { n, m } = sizes
  const base = {
    ...column,
    smallestDetectableEffect: smallestDetectableShift(n, m, settings.alpha),
  }
  // Counts of a rate may be less than one.
  if (n === 0 || m === 0 || Math.min(n, m) < fewest) return insufficient(base, sizes, settings)
  const { result, typeTest, details, warnings = [], untold } = compare()
  const measured = {
    ...base,
    ...details,
    warnings: [...base.warnings, ...warnings],
    ...rulingOf(result, typeTest, method, settings),
    statistic: statisticOf(result),
    ...reported(probabilityOf(result) ?? typeTest),
    effect: typeTest.effect,
  }
  if (Math.min(n, m) < settings.minimumValues) return insufficient(measured, sizes, settings)
  return { ...measured, state: 'judged', ...(untold !== undefined && { untold }) }
}

/** What a method returned, if it is a result: one of the caller's can return anything. */
export function answered(result: MethodResult): MethodResult {
  const { kind, statistic } = (result ?? {}) as Partial<MethodResult>
  if ((kind === 'divergence' || kind === 'hypothesis-test') && typeof statistic === 'number') {
    return result
  }
  throw new ColumnError(
    "the method returned no result: { kind: 'divergence', statistic }, or { kind: 'hypothesis-test', statistic, pValue }",
  )
}

export function probabilityOf(result: MethodResult): Probability | undefined {
  return 'pValue' in result ? (result as Probability) : undefined
}

/**
 * What decides: the method itself, where it brings its ruling; the statistic, for a distance with a
 * threshold of its own; the effect; the p-value alone, where there is no effect to measure.
 */
function rulingOf(
  result: MethodResult,
  { effect }: TypeTest,
  { name, threshold }: DriftMethod,
  settings: DriftSettings,
): Ruling {
  if ('ruling' in result) return (result as RuledResult).ruling
  if (threshold === undefined) {
    return { method: name, ...heldAgainst(effect === null ? 'pValue' : 'effect', settings) }
  }
  if (result.kind !== 'divergence') {
    throw new ColumnError('a threshold belongs to a distance: that of a test is alpha')
  }
  return { method: name, ...heldAgainst('statistic', settings, threshold) }
}

/** An infinite statistic of a test (an odds ratio, say) has no form in the report; its p-value decides. */
function statisticOf({ kind, statistic }: MethodResult): number | null {
  if (Number.isFinite(statistic)) return statistic
  if (kind === 'hypothesis-test' && !Number.isNaN(statistic)) return null
  throw new ColumnError(`the method returned ${statistic} as its statistic`)
}

/** NaN compares as "no drift", and the correction for many tests takes probabilities alone. */
function reported({ pValue, logPValue }: Probability): Probability {
  if (!(pValue >= 0 && pValue <= 1)) {
    throw new ColumnError(`the method returned ${pValue} as its p-value`)
  }
  const underflows = pValue < SMALLEST_NORMAL && Number.isFinite(logPValue) && logPValue! <= 0
  return underflows ? { pValue, logPValue: logPValue! } : { pValue }
}

const SMALLEST_NORMAL = 2 ** -1022

function insufficient(
  column: BlankColumn,
  { n, m }: { readonly n: number; readonly m: number },
  { minimumValues }: DriftSettings,
): MeasuredColumn {
  const few = [
    ...(n < minimumValues ? [`${n} in the reference`] : []),
    ...(m < minimumValues ? [`${m} in the current table`] : []),
  ].join(' and ')
  const shift = column.smallestDetectableEffect ?? 0
  const visible =
    n > 0 && m > 0 ? `; only a shift of ${shift.toPrecision(2)} standard deviations would show` : ''
  const reason = `too few values to tell: ${few}, at least ${minimumValues} are needed${visible}`
  return { ...column, state: 'insufficient-data', reason }
}

export function unfit(method: DriftMethod, type: ColumnType): ColumnError {
  return new ColumnError(`${method.name} does not take ${type} columns`)
}

export interface Counted {
  readonly n: number
  readonly missing: number
}

export function missingOf(before: Counted, after: Counted): MissingCounts {
  return {
    reference: before.missing,
    referenceRows: before.n + before.missing,
    current: after.missing,
    currentRows: after.n + after.missing,
  }
}
