import cluster, { type Worker } from 'node:cluster'
import { InvalidArgumentError } from '@tidegauge/core'
import type { LatencyRecorder } from '../recorder/latency-recorder.ts'
import type { Channel } from './message.ts'
import { type RecorderSum, type RecorderSumOptions, recorderSum } from './recorder-sum.ts'
import { type SharedRecorder, shareOn } from './shared-recorder.ts'

export type { RecorderSum, RecorderSumOptions } from './recorder-sum.ts'
export type { SharedRecorder } from './shared-recorder.ts'

/**
 * In the primary of a `node:cluster`: the recorders of all its workers as one.
 *
 * Each scrape asks every worker that shares a recorder. What a worker had told last stays in the sum when it
 * ends, so that no counter drops: all it counted where it exits by itself, and where it is killed, what it
 * had counted by the last scrape. A worker that is stuck is taken at its last answer.
 *
 * @throws InvalidArgumentError in a worker, and where an option is not what it must be
 * @example
 * const sum = clusterRecorder() // in the primary
 * createServer(metricsHandler({ recorder: sum.read })).listen(9090)
 */
export function clusterRecorder(options: RecorderSumOptions = {}): RecorderSum {
  if (!cluster.isPrimary) {
    throw new InvalidArgumentError('clusterRecorder()', 'called in the primary', 'a worker')
  }
  const sum = recorderSum(options)
  const connect = (worker: Worker): void => {
    const disconnect = sum.connect(`worker ${worker.id}`, channelTo(worker))
    worker.once('disconnect', disconnect)
  }
  for (const worker of Object.values(cluster.workers ?? {})) connect(worker!)
  cluster.on('fork', connect)
  return {
    read: sum.read,
    stop() {
      cluster.off('fork', connect)
      sum.stop()
    },
  }
}

/**
 * In a worker of a `node:cluster`: adds its recorder to the primary's `clusterRecorder()`. Any worker may then
 * serve the sum itself. Outside of a cluster the sum is the recorder alone, so that the same code runs there.
 *
 * @param name - as the primary's option of that name
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const shared = shareRecorder(recorder) // in each worker
 * app.get('/metrics', metricsHandler({ recorder: shared.read }))
 */
export function shareRecorder(recorder: LatencyRecorder, name = 'default'): SharedRecorder {
  if (typeof recorder?.state !== 'function') {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
  if (cluster.isPrimary) return { read: async () => recorder, stop: () => {} }
  const { read, stop, lastWords } = shareOn(channelToPrimary(), recorder, name)
  process.once('exit', lastWords)
  return {
    read,
    stop() {
      process.off('exit', lastWords)
      stop()
    },
  }
}

function channelTo(worker: Worker): Channel {
  return {
    binary: false,
    post(message) {
      if (worker.isConnected()) worker.send(message, () => {})
    },
    listen(listener) {
      worker.on('message', listener)
      return () => worker.off('message', listener)
    },
  }
}

function channelToPrimary(): Channel {
  return {
    binary: false,
    post(message) {
      if (process.connected) process.send!(message, undefined, undefined, () => {})
    },
    listen(listener) {
      process.on('message', listener)
      return () => process.off('message', listener)
    },
  }
}
