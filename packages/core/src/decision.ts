import { assertList, assertObject } from './assert-given.ts'
import { InvalidArgumentError } from './errors.ts'
import { assertOptions } from './options.ts'
import { ownValue } from './own-value.ts'

/**
 * - `ACTION`: look at it, or train anew: `cause` says which
 * - `NO_ACTION`: enough was judged, and it has not drifted far enough
 * - `UNDECIDED`: too little could be judged to say either
 */
export type Action = 'ACTION' | 'NO_ACTION' | 'UNDECIDED'

/**
 * What led to ACTION or UNDECIDED. A model learns nothing from a broken pipeline: only `share` and `target`
 * call for another training.
 *
 * - `columns`: features of the reference are gone, or of another type
 * - `unjudged`: too few features could be judged, or not the target that was to be acted on
 * - `share`: enough of them drifted
 * - `target`: the target drifted
 */
export type DecisionCause = 'columns' | 'unjudged' | 'share' | 'target'

export interface Decision {
  readonly action: Action
  /** null where the action is NO_ACTION. */
  readonly cause: DecisionCause | null
  /** For instance `drift_share=0.06 < 0.30 (target_drift=0.0)`. */
  readonly reason: string
  readonly policy: DecisionPolicy
}

export interface DecisionPolicy {
  /** ACTION from this share of drifted features on, in [0, 1]. */
  readonly shareThreshold: number
  /** ACTION also where any target column drifted; UNDECIDED where one could not be judged and nothing else acts. */
  readonly actOnTargetDrift: boolean
  /** UNDECIDED where less than this share of the features could be judged, by weight; in [0, 1]. */
  readonly minimumJudged: number
  /** What a feature of the reference means that is gone: absent, or without any value. */
  readonly onMissingColumn: ColumnPolicy
  /** What a feature means whose type is another than in the reference. */
  readonly onChangedType: ColumnPolicy
}

/** `ignore`: the feature is left out of what should have been judged. */
export type ColumnPolicy = 'action' | 'undecided' | 'ignore'

/**
 * From 30 % of the features on, where at least half of them could be judged and none is gone; a drifted target is shown
 * but does not act by itself.
 */
export const DEFAULT_POLICY: DecisionPolicy = {
  shareThreshold: 0.3,
  actOnTargetDrift: false,
  minimumJudged: 0.5,
  onMissingColumn: 'action',
  onChangedType: 'action',
}

/**
 * What is wrong with a column itself, before any of its values.
 *
 * - `gone`: the current table lacks it, or has no value in it where the reference had some
 * - `changed-type`: it holds something else than in the reference
 * - `new`: the reference lacks it
 * - `left-out`: the preset passes over such columns, or the stored reference does not hold it: it is a text
 */
export type ColumnFinding = 'gone' | 'changed-type' | 'new' | 'left-out'

/** What a decision rests on: of a report, or of one that is being made. */
export interface DecidableColumn {
  readonly name: string
  readonly role: 'feature' | 'target' | 'prediction'
  readonly verdict: string
  readonly drifted: boolean
  readonly finding?: ColumnFinding
}

/** How much a feature counts, by name; 1 where it is not said. */
export type Weights = Readonly<Record<string, number>>

export interface Decidable {
  readonly shareOfDriftedColumns: number | null
  readonly targetDrift: number | null
  /** Left out, all features count as judged, unless there is no share. */
  readonly columns?: readonly DecidableColumn[]
  readonly settings?: DecidableSettings
}

export interface DecidableSettings {
  /** With a preset, target and prediction count among the features. */
  readonly preset: string | null
  /** null where they are not known: then all count alike in what is judged anew. */
  readonly weights?: Weights | null
}

/** What follows from the columns' verdicts alone. */
export interface DriftShares {
  readonly shareOfDriftedColumns: number | null
  readonly evaluatedFeatures: number
  readonly driftedFeatures: number
  readonly covariateDrift: boolean | null
  readonly targetDrift: number | null
  readonly predictionDrift: number | null
}

/**
 * What to do about a report: the one place where it is decided.
 *
 * Features that are gone or of another type go before too few that could be judged, and these before the share and
 * the target: what was not judged is never taken for what did not drift, nor is a target that was to be acted on.
 * Without features the target decides.
 *
 * @param report - what `detectDrift` returned
 * @param policy - overrides of {@link DEFAULT_POLICY}
 * @throws InvalidArgumentError where the policy, a share or a weight is not what it must be
 * @example
 * decide(report, { shareThreshold: 0.5 }).reason // 'drift_share=0.06 < 0.50 (target_drift=0.0)'
 */
export function decide(report: Decidable, policy: Partial<DecisionPolicy> = {}): Decision {
  const effective = validPolicy(policy)
  assertObject('report', report, 'a report, as detectDrift returns it')
  const { shareThreshold, actOnTargetDrift, minimumJudged } = effective
  const { shareOfDriftedColumns: share, targetDrift } = report
  assertShare('report.shareOfDriftedColumns', share)
  assertShare('report.targetDrift', targetDrift)
  const features = featuresToJudge(report, effective)
  const suffix = unjudgedClause(features)
  const decision = (action: Action, cause: DecisionCause | null, reason: string): Decision => ({
    action,
    cause,
    reason: `${reason}${suffix}`,
    policy: effective,
  })
  const faults = faultsOf(features ?? [], effective)
  if (faults !== null) return decision(faults.action, 'columns', faults.reason)
  const target = `target_drift=${targetDrift === null ? 'n/a' : targetDrift.toFixed(1)}`
  const isTargetAlone = targetDrift !== null && hasNoFeatures(report, effective)
  if (share === null && !isTargetAlone) {
    const reason = `insufficient data: no feature could be judged (${target})`
    return decision('UNDECIDED', 'unjudged', reason)
  }
  const clause = share === null ? 'no features' : shareClause(share, shareThreshold)
  if (areTooFewJudged(report, effective)) {
    const judged = judgedShare(report, effective)
    const held = `judged_share=${heldAgainst(judged, '<', minimumJudged)}`
    const reason = `insufficient data: ${held} (${clause}, ${target})`
    return decision('UNDECIDED', 'unjudged', reason)
  }
  if (share !== null && share >= shareThreshold) {
    return decision('ACTION', 'share', `${clause} (${target})`)
  }
  if (actOnTargetDrift && targetDrift !== null && targetDrift > 0) {
    return decision('ACTION', 'target', `${target} > 0 (${clause})`)
  }
  if (isTargetUnjudged(report, effective)) {
    const reason = `insufficient data: ${unjudgedTargets(report)} not judged (${clause}, ${target})`
    return decision('UNDECIDED', 'unjudged', reason)
  }
  return decision('NO_ACTION', null, `${clause} (${target})`)
}

/**
 * Was the target's drift to be acted on, and is it not known? A target that nobody named is none; where the columns
 * are not told, there may have been one.
 */
export function isTargetUnjudged(
  { targetDrift, columns }: Pick<Decidable, 'targetDrift' | 'columns'>,
  { actOnTargetDrift }: Pick<DecisionPolicy, 'actOnTargetDrift'>,
): boolean {
  if (!actOnTargetDrift || (targetDrift !== null && targetDrift > 0)) return false
  if (columns === undefined) return targetDrift === null
  return columns.some((column) => column.role === 'target' && !wasJudged(column))
}

function unjudgedTargets({ columns = [] }: Pick<Decidable, 'columns'>): string {
  const targets = columns.filter((column) => column.role === 'target' && !wasJudged(column))
  return targets.length === 0 ? 'target' : `target ${named(targets)}`
}

/** Less than the policy asks for, by weight, or nothing at all. */
export function areTooFewJudged(report: Decidable, policy: DecisionPolicy): boolean {
  return judgedShare(report, policy) < policy.minimumJudged - ROUNDING
}

/** NaN is below every threshold, and would read as no drift. */
function assertShare(name: string, share: number | null): void {
  if (share === null || (share >= 0 && share <= 1)) return
  throw new InvalidArgumentError(name, 'a number in [0, 1] or null', share)
}

/** Weights are added up: 0.1 + 0.2 is not 0.3. */
const ROUNDING = 1e-12

/** The defaults filled in; what is not valid is refused before any work is done. */
export function validPolicy(policy: Partial<DecisionPolicy> = {}): DecisionPolicy {
  assertOptions('policy', policy, POLICY_OPTIONS)
  const effective = { ...DEFAULT_POLICY, ...policy }
  for (const name of ['shareThreshold', 'minimumJudged'] as const) {
    const value = effective[name]
    if (!(typeof value === 'number' && value >= 0 && value <= 1)) {
      throw new InvalidArgumentError(`policy.${name}`, 'a number in [0, 1]', value)
    }
  }
  for (const name of ['onMissingColumn', 'onChangedType'] as const) {
    if (COLUMN_POLICIES.includes(effective[name])) continue
    const expected = `one of ${COLUMN_POLICIES.join(', ')}`
    throw new InvalidArgumentError(`policy.${name}`, expected, effective[name])
  }
  if (typeof effective.actOnTargetDrift !== 'boolean') {
    const { actOnTargetDrift } = effective
    throw new InvalidArgumentError('policy.actOnTargetDrift', 'true or false', actOnTargetDrift)
  }
  return effective
}

const POLICY_OPTIONS = {
  shareThreshold: true,
  actOnTargetDrift: true,
  minimumJudged: true,
  onMissingColumn: true,
  onChangedType: true,
} as const satisfies Readonly<Record<keyof DecisionPolicy, true>>

const COLUMN_POLICIES: readonly ColumnPolicy[] = ['action', 'undecided', 'ignore']

/** All features of the reference, but for those that the policy ignores; undefined where they are not known. */
export function featuresToJudge<Column extends DecidableColumn>(
  { columns, settings }: Omit<Decidable, 'columns'> & { readonly columns?: readonly Column[] },
  { onMissingColumn, onChangedType }: DecisionPolicy,
): readonly Column[] | undefined {
  return columns?.filter((column) => {
    const { finding } = column
    const preset = settings?.preset ?? null
    // What a preset passes over is none of its columns; what a stored reference does not hold is not judged.
    if (finding === 'new' || (finding === 'left-out' && preset !== null)) return false
    if (!isFeature(column, preset)) return false
    // Labels come late: a target that is not there yet is no feature that should have been.
    if (column.role !== 'feature') return finding === undefined
    if (finding === 'gone') return onMissingColumn !== 'ignore'
    return finding !== 'changed-type' || onChangedType !== 'ignore'
  })
}

/** Features that the policy ignores are no absence of features. */
function hasNoFeatures(report: Decidable, policy: DecisionPolicy): boolean {
  const all = { ...policy, onMissingColumn: 'action', onChangedType: 'action' } as const
  return featuresToJudge(report, all)?.length === 0
}

/** Evidently counts target and prediction among the columns. */
function isFeature({ role }: DecidableColumn, preset: string | null): boolean {
  return role === 'feature' || preset !== null
}

interface Faults {
  readonly action: Action
  readonly reason: string
}

function faultsOf(
  features: readonly DecidableColumn[],
  { onMissingColumn, onChangedType }: DecisionPolicy,
): Faults | null {
  const gone = features.filter(({ finding }) => finding === 'gone')
  const changed = features.filter(({ finding }) => finding === 'changed-type')
  if (gone.length + changed.length === 0) return null
  const acts =
    (gone.length > 0 && onMissingColumn === 'action') ||
    (changed.length > 0 && onChangedType === 'action')
  const clauses = [
    ...(gone.length === 0 ? [] : [`${countOf(gone, features, 'is', 'are')} gone: ${named(gone)}`]),
    ...(changed.length === 0
      ? []
      : [`${countOf(changed, features, 'changed its', 'changed their')} type: ${named(changed)}`]),
  ]
  return { action: acts ? 'ACTION' : 'UNDECIDED', reason: clauses.join('; ') }
}

function countOf(
  some: readonly DecidableColumn[],
  all: readonly DecidableColumn[],
  one: string,
  more: string,
): string {
  const noun = all.length === 1 ? 'feature' : 'features'
  return `${some.length} of ${all.length} ${noun} ${some.length === 1 ? one : more}`
}

const NAMED = 5
const LONGEST_NAME = 60

function named(columns: readonly DecidableColumn[]): string {
  const names = columns.slice(0, NAMED).map(({ name }) => {
    return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
  })
  const more = columns.length > NAMED ? ` and ${columns.length - NAMED} more` : ''
  return `${names.join(', ')}${more}`
}

/** Those whose names stand before it, gone or of another type, are not told again. */
function unjudgedClause(features: readonly DecidableColumn[] | undefined): string {
  const unjudged = features?.filter((column) => isInQuestion(column) && !wasJudged(column)).length
  return unjudged ? `; ${unjudged} of ${features!.length} not judged` : ''
}

/** Neither gone nor of another type. */
export function isInQuestion({ finding }: Pick<DecidableColumn, 'finding'>): boolean {
  return finding === undefined || finding === 'left-out'
}

/** How much of the features could be judged, by weight; 1 where there is nothing to judge. */
export function judgedShare(report: Decidable, policy: DecisionPolicy): number {
  const features = featuresToJudge(report, policy) ?? []
  const sum = (columns: readonly DecidableColumn[]) =>
    columns.reduce((total, column) => total + weightOf(column, report.settings?.weights), 0)
  const all = sum(features)
  return all === 0 ? 1 : sum(features.filter(wasJudged)) / all
}

function weightOf({ name }: Pick<DecidableColumn, 'name'>, weights?: Weights | null): number {
  const weight = ownValue(weights ?? undefined, name) ?? 1
  if (weight >= 0 && Number.isFinite(weight)) return weight
  throw new InvalidArgumentError(`weights.${name}`, 'a non-negative number', weight)
}

function shareClause(share: number, threshold: number): string {
  return `drift_share=${heldAgainst(share, share >= threshold ? '>=' : '<', threshold)}`
}

function heldAgainst(share: number, operator: string, threshold: number): string {
  const digits = digitsThatTellApart(share, threshold)
  return `${share.toFixed(digits)} ${operator} ${threshold.toFixed(digits)}`
}

/** Two decimals, or as many as it takes that 0.299 does not read "0.30 < 0.30". */
function digitsThatTellApart(share: number, threshold: number): number {
  let digits = 2
  while (
    digits < 15 &&
    share !== threshold &&
    share.toFixed(digits) === threshold.toFixed(digits)
  ) {
    digits++
  }
  return digits
}

/**
 * Share of drifted columns among those that could be judged.
 *
 * @param columns - any columns of a report; `detectDrift` passes the features
 * @param weights - how much a column counts, by name; 1 where it is not said
 * @returns in [0, 1]; null where none could be judged, which is not the same as no drift
 * @example
 * shareOfDriftedColumns(report.columns.filter((column) => column.role === 'target')) // 0
 */
export function shareOfDriftedColumns(
  columns: ReadonlyArray<Pick<DecidableColumn, 'name' | 'drifted' | 'verdict'>>,
  weights?: Weights | null,
): number | null {
  assertList('columns', columns, 'those of a report: report.columns')
  let judged = 0
  let drifted = 0
  for (const column of columns.filter(isJudged)) {
    const weight = weightOf(column, weights)
    judged += weight
    if (column.drifted) drifted += weight
  }
  return judged === 0 ? null : drifted / judged
}

/** Is there a verdict on its values? */
export function wasJudged(column: DecidableColumn): boolean {
  return column.finding === undefined && isJudged(column)
}

/** Was there enough to say drifted or not? */
export function isJudged({ verdict }: Pick<DecidableColumn, 'verdict'>): boolean {
  return verdict !== 'insufficient-data' && verdict !== 'error'
}

/** The numbers of a report that sum up its columns. */
export function driftShares(
  columns: readonly DecidableColumn[],
  { preset, weights }: DecidableSettings,
): DriftShares {
  const features = columns.filter((column) => isFeature(column, preset) && wasJudged(column))
  const shareOf = (role: DecidableColumn['role']) =>
    shareOfDriftedColumns(columns.filter((column) => column.role === role))
  const evaluatedFeatures = features.length
  const driftedFeatures = features.filter(({ drifted }) => drifted).length
  return {
    shareOfDriftedColumns: shareOfDriftedColumns(features, weights),
    evaluatedFeatures,
    driftedFeatures,
    covariateDrift: evaluatedFeatures === 0 ? null : driftedFeatures > 0,
    targetDrift: shareOf('target'),
    predictionDrift: shareOf('prediction'),
  }
}
