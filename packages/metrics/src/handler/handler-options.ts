import { InvalidArgumentError, type MetricSource } from '@tidegauge/core'
import type { AccessOptions } from '@tidegauge/core/http-access'
import { assertOptions } from '@tidegauge/core/options'
import type { RecorderReader } from '../contract/recorder-reader.ts'
import { type MetricsRegistry, registryFormat } from '../exposition/registry/registry-page.ts'
import type { Naming, NamingName } from '../naming/naming.ts'

/** A recorder, or what gives one anew for each scrape: the merged state of a cluster, say. */
export type RecorderSource = RecorderReader | (() => RecorderReader | Promise<RecorderReader>)

/** One of several recorders: its names or labels tell it apart from the others. */
export interface NamedRecorder {
  readonly recorder: RecorderSource
  /** Default: the handler's. */
  readonly naming?: NamingName | Naming
  /** Beside the handler's own. */
  readonly labels?: Readonly<Record<string, string>>
}

export interface MetricsHandlerOptions extends AccessOptions {
  /** What is shown. */
  readonly recorder?: RecorderSource
  /** More of them, or several instead of one. */
  readonly recorders?: readonly NamedRecorder[]
  /**
   * Counters and gauges of others, behind ours: a feature monitor's, say. What one of them fails to give is
   * left out and told, and the rest is shown.
   */
  readonly sources?: readonly MetricSource[]
  /**
   * Of each source; those beyond are left out, and that is told. Each is read in one go, which takes some 0.5 µs
   * a sample. Default 10,000.
   */
  readonly maxSamples?: number
  /**
   * A Registry of prom-client, or of a client of its shape, whose metrics follow ours, in the format that was
   * asked for. In OpenMetrics, a counter of one in text 0.0.4 without `_total` is of type `unknown`, so that
   * nothing is called otherwise. It must not show the recorder itself.
   */
  readonly registry?: MetricsRegistry
  /** What metrics and labels are called. Default `opentelemetry`. */
  readonly naming?: NamingName | Naming
  /** Labels on all series but those of the registry. */
  readonly labels?: Readonly<Record<string, string>>
  /**
   * Compress where the scraper accepts it, off the main thread; true is level 1. Default true for `metricsHandler`,
   * false for `fetchMetricsHandler`: Next.js was seen to take the `Content-Encoding` away and leave the bytes as they are.
   */
  readonly gzip?: boolean | { readonly level: number }
  /** In protobuf, classic buckets too where there are native ones, for a server that stores both. Default false. */
  readonly classicBuckets?: boolean
  /** Scrapes under way at once; more get 503. Default 8. */
  readonly maxScrapes?: number
  /** A scrape that takes longer is broken off. Default 30. */
  readonly timeoutSeconds?: number
  /** Told of every failure. Default: a process warning, once per handler. */
  readonly onError?: (error: unknown) => void
}

/**
 * Whether each option is what it must be; whether what they show can stand on one page is `assertShown`'s.
 *
 * @throws InvalidArgumentError where one is not
 */
export function assertHandlerOptions(options: MetricsHandlerOptions): void {
  assertOptions('options', options, HANDLER_OPTIONS)
  const { recorder, recorders, registry, sources } = options
  const { gzip, maxScrapes, timeoutSeconds } = options
  if ([recorder, recorders, registry, sources].every((shown) => shown === undefined)) {
    const expected = 'given, or "recorders", "registry" or "sources"'
    throw new InvalidArgumentError('recorder', expected, recorder)
  }
  if (recorders !== undefined && !Array.isArray(recorders)) {
    throw new InvalidArgumentError('recorders', 'an array', recorders)
  }
  recorders?.forEach((named, i) => {
    assertOptions(`recorders[${i}]`, named, NAMED_RECORDER)
  })
  if (registry !== undefined && typeof registry?.metrics !== 'function') {
    throw new InvalidArgumentError('registry', 'a Registry of prom-client', registry)
  }
  if (registry !== undefined) registryFormat(registry)
  if (typeof gzip === 'object') assertOptions('gzip', gzip, GZIP_OPTIONS)
  const level = typeof gzip === 'object' ? gzip.level : 1
  if (!(Number.isInteger(level) && level! >= 0 && level! <= 9)) {
    throw new InvalidArgumentError('gzip.level', 'a whole number from 0 to 9', level)
  }
  if (maxScrapes !== undefined && !(Number.isSafeInteger(maxScrapes) && maxScrapes >= 1)) {
    throw new InvalidArgumentError('maxScrapes', 'a whole number from 1', maxScrapes)
  }
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0 && timeoutSeconds <= LONGEST_TIMEOUT)) {
    throw new InvalidArgumentError(
      'timeoutSeconds',
      `above 0 and at most ${LONGEST_TIMEOUT}`,
      timeoutSeconds,
    )
  }
}

const HANDLER_OPTIONS: Readonly<Record<keyof MetricsHandlerOptions, true>> = {
  recorder: true,
  recorders: true,
  sources: true,
  maxSamples: true,
  registry: true,
  naming: true,
  labels: true,
  token: true,
  loopbackOnly: true,
  gzip: true,
  classicBuckets: true,
  maxScrapes: true,
  timeoutSeconds: true,
  onError: true,
}

const NAMED_RECORDER: Readonly<Record<keyof NamedRecorder, true>> = {
  recorder: true,
  naming: true,
  labels: true,
}

const GZIP_OPTIONS: Readonly<Record<'level', true>> = { level: true }

/** A timer takes no more than 2³¹ − 1 ms. */
const LONGEST_TIMEOUT = 2_000_000
