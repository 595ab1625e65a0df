import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type { Decision, DetectDriftOptions, DriftReport, TableProfile } from '@tidegauge/drift'

export interface FeatureMonitorOptions {
  /** What the model was trained on: `profile(table)`, or `parseTableProfile` of a stored one. */
  readonly reference: TableProfile
  /** When the model was trained on it, in milliseconds since 1970, for the live page. */
  readonly trainedAt?: number
  /** Names the model in verdicts and metrics. */
  readonly model: string
  /** The column of the reference that holds the label, if it becomes known in time. */
  readonly target?: string
  /** The column of the reference that holds what the model answered. */
  readonly prediction?: string
  /** Columns of the reference to watch; default: all but target and prediction. */
  readonly features?: readonly string[]
  readonly window?: WindowOptions
  /**
   * With fewer values than this, in the window or in the reference, a column is `insufficient-data`; where all are, no
   * verdict is told. Default 200.
   */
  readonly minimumValues?: number
  /** How often the timer looks, once it is started; default 60. */
  readonly checkEverySeconds?: number
  /** Default: 0.05 in 604 800 s, a week. */
  readonly falseAlarms?: FalseAlarmBudget
  /** While ACTION holds it is told again after so long; default 3600. */
  readonly cooldownSeconds?: number
  /**
   * Told by the timer's looks when the action changes, or the columns come to be its cause, and again after each cool-down while it is ACTION; never
   * while another call is under way. What it throws goes to `onError`, and it is told again at the next look.
   */
  readonly onVerdict?: (verdict: LiveVerdict) => void | Promise<void>
  /** Failures that must not reach a request; default: one process warning. */
  readonly onError?: (error: unknown) => void
  /** Bins of a feature in the metrics, 2 to 99; default 10. Its verdicts use all bins of the reference. */
  readonly maxBins?: number
  /** The time in milliseconds since 1970, for tests and replays; default `Date.now`. */
  readonly now?: () => number
  /** How the window is compared. */
  readonly drift?: DriftChoices
}

export type ReplaceReferenceOptions = Pick<FeatureMonitorOptions, 'trainedAt'>

/**
 * The window holds what is at most `seconds` old and, of that, the newest `maxCount` rows. It moves by slices: the
 * oldest one leaves as a whole.
 */
export interface WindowOptions {
  /** Default 3600. */
  readonly seconds?: number
  /** Default 60. */
  readonly slices?: number
  /**
   * Choose it well above `minimumValues`: just after a slice of `maxCount / slices` rows left, so many fewer are there.
   * Default: no bound, time alone.
   */
  readonly maxCount?: number
}

/** How likely a quiet period of `perSeconds`, with a look every `checkEverySeconds`, may see any column called drifted. */
export interface FalseAlarmBudget {
  /** In (0, 1). */
  readonly probability: number
  readonly perSeconds: number
}

/**
 * The options of `detectDrift` that are the user's here: level and sample sizes follow from the monitor's own. Without
 * a `correction` the promise on false alarms holds for each column by itself.
 */
export type DriftChoices = Pick<
  DetectDriftOptions,
  'method' | 'methods' | 'correction' | 'tolerance' | 'maxCategories' | 'weights' | 'policy'
> & {
  /** Keep the names of categories out of reports, though not out of `window()` and the metrics; default false. */
  readonly redact?: boolean
}

export interface LiveVerdict {
  readonly action: Decision['action']
  /**
   * Train anew on `share` and `target` alone: `columns` is a broken pipeline, from which a model learns nothing. null where
   * the action is NO_ACTION.
   */
  readonly cause: Decision['cause']
  /** What was told before; NO_ACTION at first. */
  readonly previous: Decision['action']
  readonly report: DriftReport
  /** When the action began, or came to have the columns as its cause, in milliseconds since 1970. */
  readonly since: number
  readonly model: string
  readonly referenceId: string
}

/** The options with their defaults. */
export interface MonitorSettings
  extends Required<
    Omit<
      FeatureMonitorOptions,
      | 'reference'
      | 'trainedAt'
      | 'target'
      | 'prediction'
      | 'features'
      | 'onError'
      | 'window'
      | 'onVerdict'
    >
  > {
  readonly window: Required<WindowOptions>
}

const WEEK = 7 * 24 * 3600
/** Timers of Node take at most 2³¹ − 1 milliseconds. */
const LONGEST_INTERVAL = 2_147_483

/**
 * The defaults filled in; what is not valid is refused before anything is counted.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 */
export function monitorSettings(options: FeatureMonitorOptions): MonitorSettings {
  assertOptions('options', options, MONITOR_OPTIONS)
  const { model, minimumValues = 200, checkEverySeconds = 60, cooldownSeconds = 3600 } = options
  const { falseAlarms = { probability: 0.05, perSeconds: WEEK }, maxBins = 10 } = options
  const { now = Date.now, drift = {}, window = {} } = options
  assertOptions('window', window, WINDOW_OPTIONS)
  assertOptions('falseAlarms', falseAlarms, FALSE_ALARM_OPTIONS)
  assertOptions('drift', drift, DRIFT_CHOICES)
  const { seconds = 3600, slices = 60, maxCount = Number.POSITIVE_INFINITY } = window
  if (typeof model !== 'string' || model === '') {
    throw new InvalidArgumentError('model', 'a name that is not empty', model)
  }
  assertInteger('minimumValues', minimumValues, 1)
  assertInteger('maxBins', maxBins, 2, 99)
  assertInteger('window.slices', slices, 1, 10_000)
  assertSeconds('window.seconds', seconds)
  if (maxCount !== Number.POSITIVE_INFINITY) assertInteger('window.maxCount', maxCount, slices)
  if (maxCount < minimumValues) {
    const expected = `at least minimumValues (${minimumValues}), or nothing would ever be judged`
    throw new InvalidArgumentError('window.maxCount', expected, maxCount)
  }
  assertSeconds('checkEverySeconds', checkEverySeconds, LONGEST_INTERVAL)
  if (!(cooldownSeconds >= 0)) {
    throw new InvalidArgumentError('cooldownSeconds', 'a number from 0', cooldownSeconds)
  }
  const { probability, perSeconds } = falseAlarms
  if (!(probability > 0 && probability < 1)) {
    throw new InvalidArgumentError('falseAlarms.probability', 'a number in (0, 1)', probability)
  }
  assertSeconds('falseAlarms.perSeconds', perSeconds)
  for (const [name, value] of Object.entries({ now, ...callbacksOf(options) })) {
    if (typeof value !== 'function') throw new InvalidArgumentError(name, 'a function', value)
  }
  assertTrainedAt(options.trainedAt)
  if (drift.redact !== undefined && typeof drift.redact !== 'boolean') {
    throw new InvalidArgumentError('drift.redact', 'true or false', drift.redact)
  }
  return {
    model,
    window: { seconds, slices, maxCount },
    minimumValues,
    checkEverySeconds,
    cooldownSeconds,
    falseAlarms: { probability, perSeconds },
    maxBins,
    now,
    drift,
  }
}

const MONITOR_OPTIONS: Readonly<Record<keyof FeatureMonitorOptions, true>> = {
  reference: true,
  trainedAt: true,
  model: true,
  target: true,
  prediction: true,
  features: true,
  window: true,
  minimumValues: true,
  checkEverySeconds: true,
  falseAlarms: true,
  cooldownSeconds: true,
  onVerdict: true,
  onError: true,
  maxBins: true,
  now: true,
  drift: true,
}

const WINDOW_OPTIONS: Readonly<Record<keyof WindowOptions, true>> = {
  seconds: true,
  slices: true,
  maxCount: true,
}

const FALSE_ALARM_OPTIONS: Readonly<Record<keyof FalseAlarmBudget, true>> = {
  probability: true,
  perSeconds: true,
}

/** Others would undo what the monitor promises (`alpha`, `preset`), or say what the reference says (`types`). */
const DRIFT_CHOICES: Readonly<Record<keyof DriftChoices, true>> = {
  method: true,
  methods: true,
  correction: true,
  tolerance: true,
  maxCategories: true,
  weights: true,
  policy: true,
  redact: true,
}

/** @throws InvalidArgumentError where it is no time that a Date can hold */
export function assertTrainedAt(time: number | undefined): void {
  if (time === undefined || (typeof time === 'number' && Math.abs(time) <= LATEST)) return
  throw new InvalidArgumentError('trainedAt', 'milliseconds since 1970', time)
}

const LATEST = 8.64e15

function callbacksOf({ onVerdict, onError }: FeatureMonitorOptions): Record<string, unknown> {
  return {
    ...(onVerdict !== undefined && { onVerdict }),
    ...(onError !== undefined && { onError }),
  }
}

function assertInteger(
  argument: string,
  value: number,
  from: number,
  to = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= from && value <= to) return
  const range = to === Number.MAX_SAFE_INTEGER ? `from ${from}` : `from ${from} to ${to}`
  throw new InvalidArgumentError(argument, `a whole number ${range}`, value)
}

function assertSeconds(argument: string, value: number, most = Number.MAX_VALUE): void {
  if (typeof value === 'number' && value > 0 && value <= most) return
  const range = most === Number.MAX_VALUE ? 'seconds above 0' : `seconds above 0, at most ${most}`
  throw new InvalidArgumentError(argument, range, value)
}
