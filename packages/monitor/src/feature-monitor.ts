import { InvalidArgumentError, type LiveState, type MetricSource } from '@tidegauge/core'
import { failureReporter } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import {
  type DetectDriftOptions,
  type DriftReport,
  detectDrift,
  type TableProfile,
} from '@tidegauge/drift'
import {
  assertTrainedAt,
  type FeatureMonitorOptions,
  type MonitorSettings,
  monitorSettings,
  type ReplaceReferenceOptions,
} from './feature-monitor-options.ts'
import { RowCounter } from './features/row-counter.ts'
import { type WatchedFeatures, watchedFeatures } from './features/watched-features.ts'
import { driftFamilies } from './metrics/drift-families.ts'
import { type MonitorHandler, type MonitorHandlerOptions, monitorHandler } from './page/handler.ts'
import { alphaOfALook } from './verdict/alpha-of-a-look.ts'
import { KEPT_LOOKS, LookHistory } from './verdict/look-history.ts'
import { verdictTeller } from './verdict/verdict-teller.ts'
import { SteadyClock } from './window/steady-clock.ts'

/** Counts what a model is asked, and compares it with what the model was trained on. */
export interface FeatureMonitor extends MetricSource {
  readonly model: string
  /** The reference's short hash: 12 hexadecimal digits. */
  readonly referenceId: string
  /**
   * Counts a row: what was asked and answered, by column name. Columns that the row lacks are missing; those that
   * the reference lacks are passed over. Never throws, and keeps nothing of the row.
   */
  observe(row: object): void
  /**
   * Compares the window with the reference, as `detectDrift` does, at the level of one look. Nothing is told. The
   * window's `timeRange` is when its rows were counted, unless `settings.timeColumn` names a column.
   *
   * @throws what `now` throws
   */
  check(): DriftReport
  /** The window as a profile in the reference's bins: to be stored, merged or compared. */
  window(): TableProfile
  /**
   * Goes on against another reference, after a retrain: the window and the counters begin again.
   *
   * @throws InvalidArgumentError where it lacks a column that is watched; then nothing has changed
   */
  replaceReference(reference: TableProfile, options?: ReplaceReferenceOptions): void
  /** Begins to look every `checkEverySeconds`. The timer keeps no process alive. */
  start(): void
  stop(): void
  /**
   * The last look of the timer, and those before it in a few numbers each. Nothing is compared.
   *
   * @throws what `now` throws
   */
  live(): LiveWatch
  /** The live page: {@link monitorHandler} of this monitor. */
  handler(options: MonitorHandlerOptions): MonitorHandler
}

/** What the page of a monitor is made of. */
export interface LiveWatch {
  /** Of the last look against this reference; null where there is none yet, or the timer does not run. */
  readonly report: DriftReport | null
  readonly state: Omit<LiveState, 'replica' | 'links' | 'refreshSeconds'>
}

/** What belongs to one reference. */
interface Watch extends WatchedFeatures {
  readonly since: number
  readonly trainedAt: number | undefined
  readonly driftOptions: DetectDriftOptions
  readonly id: string
  readonly counter: RowCounter
  readonly families: MetricSource['families']
}

/**
 * Has what the model is asked changed since it was trained? Counts each row into the reference's bins, over a sliding
 * window, and compares the two.
 *
 * A service looks again and again, and each look may err. Every look is therefore tested at
 *
 * alpha = probability · checkEverySeconds / perSeconds
 *
 * of `falseAlarms` (by default 0.05 · 60 / 604 800 = 5e-6): as long as nothing changes, the chance that a column is
 * called drifted at any of the looks of a week is at most 5 % (union bound). The budget pays for the timer's looks, the
 * only ones that are told, and which the live page shows: `check()` by hand tests at the same level, as the page does before the
 * first look, and each may err on top of it. What that costs: with m values in the window, and many more in the reference, the smallest shift of a number
 * that shows is about 2.5 √(ln(2 / alpha) / (2 m)) standard deviations (0.45 at 200, 0.20 at 1000, 0.064 at 10 000),
 * 1.9 times that of a single look at 0.05. Rows are taken as independent of each other.
 *
 * Dates, numbers and categories are read as `profile` reads them; the text of a date is not a date. What has the wrong
 * type is counted as such, and is missing in the window.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @throws UnsupportedVersionError where another version of tidegauge made the reference
 * @example
 * const monitor = featureMonitor({ reference: profile(trainingTable), model: 'flights', prediction: 'delayed' })
 * monitor.observe({ carrier: 'UA', distance: 719, delayed: 'no' })
 * monitor.check().decision.action // 'NO_ACTION'
 */
export function featureMonitor(options: FeatureMonitorOptions): FeatureMonitor {
  const settings = monitorSettings(options)
  const clock = new SteadyClock(settings.now)
  const pace = settings.checkEverySeconds * 1000
  const onError = failureReporter(
    options.onError,
    `the monitor of ${settings.model} failed`,
    'TIDEGAUGE_MONITOR_FAILED',
  )
  const history = new LookHistory()
  let watch = watchOf(options.reference, options.trainedAt)
  let timer: NodeJS.Timeout | undefined
  let startedAt = 0
  /** By the clock of the timer, `performance.now()`. */
  let lookDue = 0

  function watchOf(reference: TableProfile, trainedAt: number | undefined): Watch {
    const watched = watchedFeatures(reference, options)
    const driftOptions = driftOptionsOf(watched, options, settings)
    assertComparable(watched.reference, driftOptions)
    const { id } = watched.reference
    const counter = new RowCounter(watched, settings.window, onError)
    const { model, maxBins, minimumValues } = settings
    clock.read()
    const families = driftFamilies(
      watched,
      { model, referenceId: id, maxBins, minimumValues, startTime: clock.time },
      () => counter.ring.lifetime(),
      () => {
        expire(counter)
        return counter.ring.window()
      },
    )
    return { ...watched, driftOptions, id, counter, families, since: clock.time, trainedAt }
  }

  /** A scrape must not fail for want of the time: the window is then that of the last row. */
  function expire(counter: RowCounter): void {
    try {
      clock.read()
    } catch (error) {
      onError(error)
    }
    counter.ring.expire(clock.elapsed)
  }

  function window(): TableProfile {
    clock.read()
    watch.counter.ring.expire(clock.elapsed)
    return watch.counter.profile(settings.minimumValues)
  }

  function check(): DriftReport {
    return detectDrift(watch.reference, window(), watch.driftOptions)
  }

  const teller = verdictTeller({
    async tell(verdict) {
      if (options.onVerdict === undefined) return
      const { time } = clock
      await options.onVerdict({ ...verdict, model: settings.model, referenceId: watch.id })
      history.wasTold(time, verdict.action)
    },
    onError,
    cooldownMilliseconds: settings.cooldownSeconds * 1000,
  })

  function look(): void {
    lookDue = performance.now() + pace
    try {
      const report = check()
      const { time } = clock
      history.found({ time, report, strangers: watch.counter.strangers() })
      teller(report, clock.elapsed, time)
    } catch (error) {
      history.failed(clock.time)
      onError(error)
    }
  }

  function live(): LiveWatch {
    clock.read()
    watch.counter.ring.expire(clock.elapsed)
    const { looks, replacements, heldSince, told } = history
    // Where it was stopped, what it found last would grow old unseen.
    const last = timer === undefined ? null : history.last
    const { id, since, trainedAt } = watch
    const now = clock.time
    return {
      report: last?.report ?? null,
      state: {
        model: settings.model,
        reference: { id, since, ...(trainedAt !== undefined && { trainedAt }) },
        now,
        asOf: last?.time ?? now,
        ...(timer !== undefined && {
          pace: {
            everySeconds: settings.checkEverySeconds,
            since: startedAt,
            kept: KEPT_LOOKS,
            next: now + Math.max(0, lookDue - performance.now()),
          },
        }),
        windowSeconds: settings.window.seconds,
        looks,
        ...(heldSince !== null && { heldSince }),
        replacements,
        ...(told !== null && { told }),
        strangers: last?.strangers ?? watch.counter.strangers(),
      },
    }
  }

  const monitor: FeatureMonitor = {
    model: settings.model,
    get referenceId() {
      return watch.id
    },
    observe(row) {
      observeSafely(row, clock, watch.counter, onError)
    },
    check,
    window,
    families: () => watch.families(),
    replaceReference(reference, replaced = {}) {
      assertOptions('options', replaced, REPLACE_OPTIONS)
      assertTrainedAt(replaced.trainedAt)
      const { id } = watch
      watch = watchOf(reference, replaced.trainedAt)
      history.replaced({ time: watch.since, previous: id, reference: watch.id })
    },
    start() {
      if (timer !== undefined) return
      clock.read()
      startedAt = clock.time
      lookDue = performance.now() + pace
      timer = setInterval(look, pace).unref()
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
    live,
    handler: (handlerOptions) => monitorHandler(monitor, handlerOptions),
  }
  return monitor
}

const REPLACE_OPTIONS: Readonly<Record<keyof ReplaceReferenceOptions, true>> = { trainedAt: true }

function observeSafely(
  row: unknown,
  clock: SteadyClock,
  counter: RowCounter,
  onError: (error: unknown) => void,
): void {
  try {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new InvalidArgumentError('row', 'an object of values by column name', row)
    }
    clock.read()
    counter.count(row as Readonly<Record<string, unknown>>, clock)
  } catch (error) {
    onError(error)
  }
}

function driftOptionsOf(
  { features }: WatchedFeatures,
  { target, prediction }: FeatureMonitorOptions,
  { drift, minimumValues, falseAlarms, checkEverySeconds }: MonitorSettings,
): DetectDriftOptions {
  return {
    ...drift,
    // Where a column has no values yet, they do not tell what it is.
    types: Object.fromEntries(features.map(({ name, type }) => [name, type])),
    ...(target !== undefined && { target }),
    ...(prediction !== undefined && { prediction }),
    alpha: alphaOfALook(falseAlarms, checkEverySeconds),
    minimumValues,
    names: { reference: 'reference', current: 'live window' },
  }
}

/** A method that cannot compare bins would turn each look into an error, and nobody would be told. */
function assertComparable(
  { unprofiled: _, ...reference }: TableProfile,
  driftOptions: DetectDriftOptions,
): void {
  const { columns } = detectDrift(reference, reference, driftOptions)
  for (const { name, verdict, reason } of columns) {
    if (verdict === 'error') {
      throw new InvalidArgumentError('drift', 'methods that compare bins', `"${name}": ${reason}`)
    }
  }
}
