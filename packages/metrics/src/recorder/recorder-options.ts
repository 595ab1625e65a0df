import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { REQUEST_DURATION } from '../naming/request-duration.ts'
import { MAX_SCHEMA, MIN_SCHEMA } from '../native/bucket-index.ts'
import type { ExemplarSource } from './exemplars.ts'

export interface LatencyRecorderOptions {
  /** Upper bucket bounds in seconds: positive, finite, strictly increasing. Default: OpenTelemetry's 14. */
  readonly bounds?: readonly number[]
  /** Series of requests that matched a route; what exceeds it is counted as `__overflow__`. Default 2000. */
  readonly maxSeries?: number
  /** The same for requests that matched none: an own budget, so that scanners never crowd routes out. Default 100. */
  readonly maxUnmatchedSeries?: number
  /** The wall clock behind `startTime` and exemplars: milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
  /**
   * Also exponential buckets from the same observations, for Prometheus' native histograms. Default false: an
   * observation costs half as much again, and a server that takes them may stop storing the classic ones.
   */
  readonly native?: boolean | NativeOptions
  /** Also record how long the headers took: what says more than the duration where responses stream. */
  readonly timeToHeaders?: boolean
  readonly requestSize?: boolean
  readonly responseSize?: boolean
  /** Count `2xx` and not 200, 201 …: fewer series. */
  readonly statusClasses?: boolean
  /** Names of labels of your own. Their values count against the same limits, and are cut at 128 characters. */
  readonly extraLabels?: readonly string[]
  /** Where exemplars come from: `openTelemetryExemplars(trace)`. Default: none are kept. */
  readonly exemplars?: ExemplarSource
}

export interface NativeOptions {
  /** Every series begins with 2^schema buckets per doubling; −4 … 8. Default 3: a quantile is off by 4.4 % at most. */
  readonly schema?: number
  /** Buckets from a series' lowest to its highest; beyond, it halves its resolution. Default 160. */
  readonly maxBuckets?: number
}

/** The options with their defaults; null is off. */
export interface RecorderSettings
  extends Required<Omit<LatencyRecorderOptions, 'native' | 'exemplars'>> {
  readonly native: Required<NativeOptions> | null
  readonly exemplars: ExemplarSource | null
}

const DEFAULT_SCHEMA = 3
const DEFAULT_MAX_BUCKETS = 160

/**
 * The defaults filled in; what is not valid is refused before anything is counted.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 */
export function recorderSettings(options: LatencyRecorderOptions): RecorderSettings {
  assertOptions('options', options, RECORDER_OPTIONS)
  const { maxSeries = 2000, maxUnmatchedSeries = 100, now = Date.now } = options
  const bounds = Object.freeze(Array.from(options.bounds ?? REQUEST_DURATION.bounds))
  const extraLabels = Object.freeze(Array.from(options.extraLabels ?? []))
  assertBounds(bounds)
  assertLimit('maxSeries', maxSeries)
  assertLimit('maxUnmatchedSeries', maxUnmatchedSeries)
  assertLabelNames(extraLabels)
  assertExemplars(options.exemplars)
  return {
    bounds,
    maxSeries,
    maxUnmatchedSeries,
    now,
    native: nativeOptions(options.native ?? false),
    timeToHeaders: options.timeToHeaders === true,
    requestSize: options.requestSize === true,
    responseSize: options.responseSize === true,
    statusClasses: options.statusClasses === true,
    extraLabels,
    exemplars: options.exemplars ?? null,
  }
}

const RECORDER_OPTIONS: Readonly<Record<keyof LatencyRecorderOptions, true>> = {
  bounds: true,
  maxSeries: true,
  maxUnmatchedSeries: true,
  now: true,
  native: true,
  timeToHeaders: true,
  requestSize: true,
  responseSize: true,
  statusClasses: true,
  extraLabels: true,
  exemplars: true,
}

const NATIVE_OPTIONS: Readonly<Record<keyof NativeOptions, true>> = {
  schema: true,
  maxBuckets: true,
}

function nativeOptions(native: boolean | NativeOptions): Required<NativeOptions> | null {
  if (native === false) return null
  const options = native === true ? {} : native
  assertOptions('native', options, NATIVE_OPTIONS)
  const { schema = DEFAULT_SCHEMA, maxBuckets = DEFAULT_MAX_BUCKETS } = options
  if (!(Number.isInteger(schema) && schema >= MIN_SCHEMA && schema <= MAX_SCHEMA)) {
    throw new InvalidArgumentError(
      'native.schema',
      `a whole number from ${MIN_SCHEMA} to ${MAX_SCHEMA}`,
      schema,
    )
  }
  if (!(Number.isSafeInteger(maxBuckets) && maxBuckets >= 1)) {
    throw new InvalidArgumentError('native.maxBuckets', 'a whole number above 0', maxBuckets)
  }
  return { schema, maxBuckets }
}

function assertBounds(bounds: readonly number[]): void {
  if (bounds.length === 0) throw new InvalidArgumentError('bounds', 'at least one number', bounds)
  bounds.forEach((bound, i) => {
    if (!(typeof bound === 'number' && Number.isFinite(bound) && bound > 0)) {
      throw new InvalidArgumentError(`bounds[${i}]`, 'a positive finite number', bound)
    }
    if (i > 0 && !(bound > bounds[i - 1]!)) {
      throw new InvalidArgumentError(
        `bounds[${i}]`,
        `above bounds[${i - 1}] (${bounds[i - 1]})`,
        bound,
      )
    }
  })
}

function assertLimit(argument: string, limit: number): void {
  if (!(Number.isSafeInteger(limit) && limit >= 0)) {
    throw new InvalidArgumentError(argument, 'a whole number', limit)
  }
}

/** Prometheus' grammar; two underscores in front are its own, and `le` a histogram's. */
function assertLabelNames(names: readonly string[]): void {
  names.forEach((name, i) => {
    const valid = typeof name === 'string' && /^(?!__)[a-zA-Z_]\w*$/.test(name) && name !== 'le'
    if (!valid || names.indexOf(name) !== i) {
      throw new InvalidArgumentError(`extraLabels[${i}]`, 'a label name of its own', name)
    }
  })
}

function assertExemplars(source: ExemplarSource | undefined): void {
  if (source !== undefined && typeof source !== 'function') {
    throw new InvalidArgumentError('exemplars', 'a function', source)
  }
}
