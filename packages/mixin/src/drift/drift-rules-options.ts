import { InvalidArgumentError } from '@tidegauge/core'
import { type AlertLinks, alertLinks } from '../alert-links.ts'
import { carriedLabels } from '../carried-labels.ts'
import { type Duration, duration } from '../duration.ts'
import { anObject, onlyKeys } from '../only-keys.ts'
import { escapeTemplate, type LabelMatcher, labelName, utf8Text } from '../promql.ts'
import { extraLabels } from '../slo/objective.ts'
import type { OneOrMore } from '../slo/request-scope.ts'
import {
  type CheckedLatencyDrift,
  checkedLatencyDrift,
  type LatencyDrift,
} from './latency-drift.ts'

export interface DriftRulesOptions {
  /** The values of the label `model` that are meant; all by default. */
  readonly models?: OneOrMore
  /** Other labels of the replicas' series, such as `{ job: 'flights' }`; those of `latency` too. */
  readonly select?: Readonly<Record<string, OneOrMore>>
  /**
   * Labels that keep apart what has the same model and reference, such as `['namespace', 'job']`: each of their values is
   * judged by itself, and every series and alert has them. None by default: all that was selected is one fleet. Two
   * files that `select` different values of one of them may name the same model.
   */
  readonly by?: readonly string[]
  /**
   * The traffic that is compared; `'1h'` by default, at least 20 scrapes. `'lifetime'` takes each replica's counters
   * as they are, since its start: exact, but slower with every day. It is the label `window` of every series and alert,
   * so that two files of different windows may name the same model.
   */
  readonly window?: string
  /** How often Prometheus scrapes the replicas; `'15s'` by default. Only `window` is checked against it. */
  readonly scrapeInterval?: string
  /** How often Prometheus evaluates the rules; `'1m'` by default. */
  readonly interval?: string
  /** Fewer values of a feature than that are not judged; 200 by default. */
  readonly minimumValues?: number
  /** A feature drifted where its PSI is at least that, in nats; 0.2 by default. */
  readonly psiThreshold?: number
  /** And where chance alone shows such bins in at most that share of looks; 0.0001 by default. */
  readonly alpha?: number
  /** Act where at least that share of the judged features drifted; 0.3 by default. */
  readonly shareThreshold?: number
  /** Act on a drifted target too; false by default. */
  readonly actOnTargetDrift?: boolean
  /** The monitor's `maxBins`, 2 to 99; 10 by default. Bins beyond it are missing from KS. */
  readonly maxBins?: number
  /** Alert where the share of missing values rose by that much, or that of the wrong type is as much; 0.1 by default. */
  readonly missingIncrease?: number
  /** Undecided, and in the end an alert, where less than that share of the features is judged; 0.5 by default. */
  readonly minimumJudged?: number
  /** How long an alert's condition must hold; `'10m'` by default. */
  readonly for?: string
  /** The same for `DriftNotEvaluated`, which a quiet night must not wake; `'6h'` by default. */
  readonly notEvaluatedFor?: string
  /** The alerts' label `severity`, by name; {@link DRIFT_SEVERITIES} by default. */
  readonly severities?: Partial<Readonly<Record<DriftAlertName, string>>>
  /** Added to every alert, such as `{ team: 'ml' }`, for Alertmanager to route by. */
  readonly labels?: Readonly<Record<string, string>>
  /**
   * Alert, by `MonitorAbsent`, where no series of one of the `models` is there at all, which is silence otherwise; they must
   * then be named. False by default.
   */
  readonly absent?: boolean
  /**
   * The alerts' annotation `runbook_url`, with the name of the alert behind it: `https://example.org/drift` becomes
   * `https://example.org/drift#featuredrift`. One that has a `#` is taken as it is.
   */
  readonly runbookUrl?: string
  /**
   * Grafana's address, such as `https://grafana.example.org`. The alerts' annotation `dashboard_url` then leads to the
   * dashboards of `driftDashboard` and `serviceDashboard`, under the `uid` that these have by default, with the alert's own model,
   * feature, job or route chosen.
   */
  readonly grafanaUrl?: string
  /** Hold a quantile of the request durations against a reference too. */
  readonly latency?: LatencyDrift
}

export type DriftAlertName =
  | 'FeatureDrift'
  | 'DriftAction'
  | 'DriftNotEvaluated'
  | 'PredictionDrift'
  | 'FeatureMissing'
  | 'MissingValues'
  | 'InvalidValues'
  | 'MonitorAbsent'
  | 'LatencyDrift'

/**
 * The default `severity` of each alert: those of `BURN_RATE_WINDOWS`, and `info` for what is to be seen and told nobody.
 * Alertmanager routes by it, or by the alert's name.
 */
export const DRIFT_SEVERITIES: Readonly<Record<DriftAlertName, string>> = {
  FeatureDrift: 'info',
  DriftAction: 'warning',
  DriftNotEvaluated: 'warning',
  PredictionDrift: 'warning',
  FeatureMissing: 'warning',
  MissingValues: 'warning',
  InvalidValues: 'warning',
  MonitorAbsent: 'warning',
  LatencyDrift: 'warning',
}

/** Options whose every part was checked; texts are templates where an alert shows them. */
export interface CheckedDriftRules extends AlertLinks {
  readonly models: readonly LabelMatcher[]
  readonly select: readonly LabelMatcher[]
  readonly by: readonly string[]
  /** Null: the counters as they are. */
  readonly window: Duration | null
  readonly interval: Duration
  readonly minimumValues: number
  readonly psiThreshold: number
  readonly alpha: number
  readonly shareThreshold: number
  readonly actOnTargetDrift: boolean
  readonly maxBins: number
  readonly missingIncrease: number
  readonly minimumJudged: number
  readonly for: string
  readonly notEvaluatedFor: string
  readonly severities: Readonly<Record<DriftAlertName, string>>
  /** Templates. */
  readonly labels: Readonly<Record<string, string>>
  readonly absent: boolean
  readonly latency: CheckedLatencyDrift | undefined
}

const SCRAPES_IN_WINDOW = 20

/** @throws InvalidArgumentError naming the first option that cannot be worked with */
export function checkedDriftRules(options: unknown): CheckedDriftRules {
  const given = onlyKeys<DriftRulesOptions>('options', options, {
    models: true,
    select: true,
    by: true,
    window: true,
    scrapeInterval: true,
    interval: true,
    minimumValues: true,
    psiThreshold: true,
    alpha: true,
    shareThreshold: true,
    actOnTargetDrift: true,
    maxBins: true,
    missingIncrease: true,
    minimumJudged: true,
    for: true,
    notEvaluatedFor: true,
    severities: true,
    labels: true,
    absent: true,
    runbookUrl: true,
    grafanaUrl: true,
    latency: true,
  })
  const scrapes = duration('scrapeInterval', given.scrapeInterval ?? '15s')
  const interval = duration('interval', given.interval ?? '1m')
  const window = checkedWindow(given.window ?? '1h', scrapes, interval)
  const { absent = false, actOnTargetDrift = false, maxBins = 10, minimumValues = 200 } = given
  if (typeof actOnTargetDrift !== 'boolean') {
    throw new InvalidArgumentError('actOnTargetDrift', 'true or false', actOnTargetDrift)
  }
  if (typeof absent !== 'boolean') {
    throw new InvalidArgumentError('absent', 'true or false', absent)
  }
  if (absent && given.models === undefined) {
    throw new InvalidArgumentError(
      'models',
      'named, so that "absent" knows what is not there',
      'none',
    )
  }
  if (!isWhole(maxBins) || maxBins < 2 || maxBins > 99) {
    throw new InvalidArgumentError('maxBins', 'a whole number from 2 to 99', maxBins)
  }
  if (!isWhole(minimumValues) || minimumValues < 1) {
    throw new InvalidArgumentError('minimumValues', 'a whole number of at least 1', minimumValues)
  }
  const { psiThreshold = 0.2 } = given
  if (typeof psiThreshold !== 'number' || !(psiThreshold > 0 && Number.isFinite(psiThreshold))) {
    throw new InvalidArgumentError('psiThreshold', 'a finite number above 0', psiThreshold)
  }
  const by = carriedLabels('by', given.by ?? [], TAKEN)
  return {
    models:
      given.models === undefined
        ? []
        : [{ label: 'model', values: oneOrMore('models', given.models) }],
    select: otherLabels(given.select ?? {}),
    by,
    window,
    interval,
    minimumValues,
    psiThreshold,
    alpha: share('alpha', given.alpha ?? 0.0001),
    shareThreshold: share('shareThreshold', given.shareThreshold ?? 0.3),
    actOnTargetDrift,
    maxBins,
    missingIncrease: share('missingIncrease', given.missingIncrease ?? 0.1),
    minimumJudged: share('minimumJudged', given.minimumJudged ?? 0.5),
    for: duration('for', given.for ?? '10m').text,
    notEvaluatedFor: duration('notEvaluatedFor', given.notEvaluatedFor ?? '6h').text,
    severities: severities(given.severities ?? {}),
    labels: ownLabels(given.labels ?? {}, by),
    absent,
    ...alertLinks(given),
    latency:
      given.latency === undefined
        ? undefined
        : checkedLatencyDrift('latency', given.latency, { window, by }),
  }
}

function checkedWindow(value: unknown, scrapes: Duration, interval: Duration): Duration | null {
  if (value === 'lifetime') return null
  const window = duration('window', value)
  const least = SCRAPES_IN_WINDOW * scrapes.seconds
  if (window.seconds < least) {
    // A bin that was 0 at the start of a window of few scrapes is extrapolated less than busy ones.
    const expected = `'lifetime' or at least ${SCRAPES_IN_WINDOW} times "scrapeInterval", ${duration('window', `${least}s`).text}`
    throw new InvalidArgumentError('window', expected, value)
  }
  if (interval.seconds > window.seconds) {
    throw new InvalidArgumentError('interval', `at most "window", ${window.text}`, interval.text)
  }
  return window
}

function otherLabels(value: unknown): LabelMatcher[] {
  const labels = anObject('select', value)
  return Object.entries(labels).map(([label, values]) => {
    const path = `select.${label}`
    if (TAKEN.includes(label)) {
      const expected = `left out: ${TAKEN.join(', ')} are the rules' own, and a model goes into "models"`
      throw new InvalidArgumentError(path, expected, values)
    }
    return { label: labelName(path, label), values: oneOrMore(path, values) }
  })
}

const TAKEN: readonly string[] = [
  'model',
  'reference',
  'feature',
  'role',
  'type',
  'bin',
  'range',
  'window',
]

function oneOrMore(argument: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [utf8Text(argument, value)]
  if (value.length === 0) throw new InvalidArgumentError(argument, 'a string or some', value)
  return value.map((one, i) => utf8Text(`${argument}[${i}]`, one))
}

function ownLabels(value: unknown, by: readonly string[]): Readonly<Record<string, string>> {
  const labels = extraLabels('labels', value, [...TAKEN, 'quantile', ...by])
  return Object.fromEntries(
    Object.entries(labels).map(([label, text]) => [label, escapeTemplate(text)]),
  )
}

function severities(value: unknown): Readonly<Record<DriftAlertName, string>> {
  const names = Object.keys(DRIFT_SEVERITIES) as DriftAlertName[]
  const given = onlyKeys<Record<DriftAlertName, string>>('severities', value, DRIFT_SEVERITIES)
  return Object.fromEntries(
    names.map((name) => {
      const path = `severities.${name}`
      const severity = utf8Text(path, given[name] ?? DRIFT_SEVERITIES[name])
      if (severity === '') throw new InvalidArgumentError(path, 'not empty', severity)
      return [name, escapeTemplate(severity)]
    }),
  ) as Record<DriftAlertName, string>
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function share(argument: string, value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= 1) return value
  throw new InvalidArgumentError(argument, 'a number above 0 and at most 1', value)
}
