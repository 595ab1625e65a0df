import type { IncomingMessage, ServerResponse } from 'node:http'
import { InvalidArgumentError } from '@tidegauge/core'
import { assertObject } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { LatencyRecorder } from '../../recorder/latency-recorder.ts'

/** What all middlewares ask for. */
export interface ObserveOptions<Request = IncomingMessage, Response = ServerResponse> {
  readonly recorder: LatencyRecorder
  /** true: this request is not counted. Asked when it arrives. */
  ignore?(req: Request): boolean
  /**
   * The route of a request in your own words, where the framework's are not what you want; undefined leaves it to
   * the framework, `''` says that there is none. Asked once, when the response closes. A template, never the path:
   * it counts in the recorder's limits like any other, and what throws or is no text goes to `onError`.
   */
  route?(req: Request): string | undefined
  /**
   * Values of the recorder's `extraLabels`, in their order. Asked once, at the end. They must come from a
   * small set that is yours: a value that a client chooses uses up the recorder's series. Anything but an array of
   * as many values goes to `onError`, once.
   */
  labels?(req: Request, res: Response): readonly string[]
  /** How server-sent events (`text/event-stream`) are counted. Default `'time-to-headers'`. */
  readonly streams?: StreamPolicy
  /** Told of every failure of the metrics. Default: a process warning, once per middleware. */
  readonly onError?: (error: unknown) => void
}

/**
 * - `time-to-headers`: once, when the first piece is sent, with the time that it took. How long a client stays
 *   says nothing of the server, and would drown the quantiles of everything else.
 * - `duration`: as any other response, when it closes; nearly always a client that left, 499.
 * - `ignore`: not at all.
 */
export type StreamPolicy = 'time-to-headers' | 'duration' | 'ignore'

/** @throws InvalidArgumentError where `recorder` is not one, `streams` is no policy, `route` is no function, or something is no option */
export function assertObserveOptions(options: ObserveOptions<never, never>): void {
  assertObject('options', options, 'an object with a recorder: { recorder: latencyRecorder() }')
  assertOptions('options', options, OBSERVE_OPTIONS)
  const { recorder, streams = 'time-to-headers', route } = options
  assertRecorder(recorder)
  assertStreams(streams)
  assertRoute(route)
}

const OBSERVE_OPTIONS: Readonly<Record<keyof ObserveOptions, true>> = {
  recorder: true,
  ignore: true,
  route: true,
  labels: true,
  streams: true,
  onError: true,
}

function assertRecorder(recorder: LatencyRecorder): void {
  const { slot, requestStarted, duration } = recorder ?? {}
  if (![slot, requestStarted, duration?.observe].every((part) => typeof part === 'function')) {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
}

function assertRoute(route: unknown): void {
  if (route !== undefined && typeof route !== 'function') {
    throw new InvalidArgumentError('route', 'a function of the request', route)
  }
}

function assertStreams(streams: StreamPolicy): void {
  if (!['time-to-headers', 'duration', 'ignore'].includes(streams)) {
    throw new InvalidArgumentError('streams', "'time-to-headers', 'duration' or 'ignore'", streams)
  }
}
