import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type { RecorderReader } from '../contract/recorder-reader.ts'
import type { LatencyRecorder } from '../recorder/latency-recorder.ts'
import type { RecorderState } from '../recorder/recorder-state.ts'
import { failureReporter } from '../report-failures.ts'
import { type Channel, isMessage, packState, questions, unpackState } from './message.ts'
import { readSum, stateAggregator } from './state-aggregator.ts'

export interface RecorderSumOptions {
  /** A recorder of this process or thread itself, which counts too. */
  readonly recorder?: LatencyRecorder
  /** How long a scrape waits for each; then what it said last counts again. Default 1000. */
  readonly timeoutMilliseconds?: number
  /** Tells several shared recorders apart. Default `default`. */
  readonly name?: string
  /** Told of each that did not answer. Default: a process warning, once. */
  readonly onError?: (error: unknown) => void
}

/** The recorders of many processes, or threads, as one. */
export interface RecorderSum {
  /** The sum as it is now: for `metricsHandler({ recorder: sum.read })`. */
  readonly read: () => Promise<RecorderReader>
  /** Ask nobody any more. Idempotent. */
  readonly stop: () => void
}

/** A sum to which pipes are connected. */
export interface ConnectedSum extends RecorderSum {
  /** @returns to be called when the other side is gone */
  connect(id: string, channel: Channel): () => void
}

/** @throws InvalidArgumentError where an option is not what it must be */
export function recorderSum(options: RecorderSumOptions): ConnectedSum {
  assertOptions('options', options, SUM_OPTIONS)
  const { recorder, timeoutMilliseconds = 1000, name = 'default', onError } = options
  if (!(timeoutMilliseconds > 0 && timeoutMilliseconds <= MAX_TIMEOUT)) {
    throw new InvalidArgumentError(
      'timeoutMilliseconds',
      'a number of milliseconds, up to a minute',
      timeoutMilliseconds,
    )
  }
  const report = failureReporter(onError, 'a recorder could not be read')
  const aggregator = stateAggregator({ timeoutMilliseconds, onError: report })
  if (recorder !== undefined) {
    if (typeof recorder?.state !== 'function') {
      throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
    }
    aggregator.add('this process', async () => recorder.state())
  }
  const connections = new Set<() => void>()

  return {
    read: () => readSum(aggregator),
    stop() {
      for (const end of [...connections]) end()
    },
    connect(id, channel) {
      const states = questions()
      const ask = () =>
        states.ask((question) => channel.post({ tidegauge: 'ask', name, id: question }))
      const end = channel.listen((message) => {
        if (!isMessage(message, name)) return
        if (message.tidegauge === 'hello') meet()
        else if (message.tidegauge === 'bye') part()
        else if (message.tidegauge === 'state') hear(message.id === 0, message)
        else if (message.tidegauge === 'ask-sum') void answerSum(message.id!)
      })
      channel.post({ tidegauge: 'who', name })

      let met = false
      // It says hello of its own accord, and again when asked who is there.
      function meet(): void {
        if (!met) aggregator.add(id, ask)
        met = true
      }

      function part(): void {
        aggregator.remove(id)
        met = false
      }

      function hear(unasked: boolean, message: Parameters<typeof unpackState>[0]): void {
        if (!unasked) {
          states.answer(message)
          return
        }
        try {
          aggregator.update(id, unpackState(message))
        } catch (error) {
          report(error)
        }
      }

      async function answerSum(question: number): Promise<void> {
        const sum = { tidegauge: 'sum', name, id: question } as const
        let state: RecorderState
        try {
          state = await aggregator.state()
        } catch (error) {
          channel.post({ ...sum, error: (error as Error).message })
          return
        }
        channel.post({ ...sum, state: packState(state, channel) })
      }

      function disconnect(): void {
        if (!connections.delete(disconnect)) return
        end()
        part()
        states.abandon(new Error('it is gone'))
      }
      connections.add(disconnect)
      return disconnect
    },
  }
}

const SUM_OPTIONS: Readonly<Record<keyof RecorderSumOptions, true>> = {
  recorder: true,
  timeoutMilliseconds: true,
  name: true,
  onError: true,
}

const MAX_TIMEOUT = 60_000
