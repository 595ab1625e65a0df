import { MessageChannel, type MessagePort, parentPort, type Worker } from 'node:worker_threads'
import { InvalidArgumentError } from '@tidegauge/core'
import type { LatencyRecorder } from '../recorder/latency-recorder.ts'
import { type Channel, isMessage, type Message } from './message.ts'
import { type RecorderSum, type RecorderSumOptions, recorderSum } from './recorder-sum.ts'
import { type SharedRecorder, shareOn } from './shared-recorder.ts'

export type { RecorderSum, RecorderSumOptions } from './recorder-sum.ts'
export type { SharedRecorder } from './shared-recorder.ts'

export interface ThreadSum extends RecorderSum {
  /** One more thread: to be called right after it was started, before it has anything to say. */
  readonly add: (worker: Worker) => void
}

/**
 * The recorders of worker threads as one. What a thread had told last stays in the sum when it ends: all it
 * counted where it ends by itself, and where it is terminated, what it had counted by the last scrape.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * const sum = threadRecorder({ recorder })
 * sum.add(new Worker('./work.js'))
 * createServer(metricsHandler({ recorder: sum.read })).listen(9090)
 */
export function threadRecorder(options: RecorderSumOptions = {}): ThreadSum {
  const sum = recorderSum(options)
  const { name = 'default' } = options
  const leavers = new Set<() => void>()

  return {
    read: sum.read,
    add(worker) {
      const { threadId } = worker
      const meet = (message: unknown): void => {
        if (!isMessage(message, name)) return
        const { port } = message as unknown as Hello
        const disconnect = sum.connect(`thread ${threadId}`, channelOn(port))
        port.once('close', disconnect)
      }
      const leave = (): void => {
        worker.off('message', meet)
        leavers.delete(leave)
      }
      worker.on('message', meet)
      worker.once('exit', leave)
      leavers.add(leave)
    },
    stop() {
      for (const leave of leavers) leave()
      sum.stop()
    },
  }
}

/**
 * In a worker thread: adds its recorder to the `threadRecorder()` of the thread that started it.
 *
 * @param name - as the option of that name there
 * @throws InvalidArgumentError where `recorder` is not one, and in the main thread
 * @example
 * shareRecorder(recorder)
 */
export function shareRecorder(recorder: LatencyRecorder, name = 'default'): SharedRecorder {
  if (typeof recorder?.state !== 'function') {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
  if (parentPort === null) {
    throw new InvalidArgumentError(
      'shareRecorder()',
      'called in a worker thread',
      'the main thread',
    )
  }
  // A pipe of its own: a listener on `parentPort` would keep the thread alive, and take the app's messages.
  const { port1, port2 } = new MessageChannel()
  const hello: Hello = { tidegauge: 'hello', name, port: port2 }
  parentPort.postMessage(hello, [port2])
  const { read, stop, lastWords } = shareOn(channelOn(port1), recorder, name)
  process.once('exit', lastWords)
  return {
    read,
    stop() {
      process.off('exit', lastWords)
      stop()
      port1.close()
    },
  }
}

interface Hello extends Message {
  readonly port: MessagePort
}

function channelOn(port: MessagePort): Channel {
  return {
    binary: true,
    post: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', listener)
      // A port that is listened to would keep the process alive.
      port.unref()
      return () => port.off('message', listener)
    },
  }
}
