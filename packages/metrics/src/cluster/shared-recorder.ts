import type { RecorderReader } from '../contract/recorder-reader.ts'
import type { LatencyRecorder } from '../recorder/latency-recorder.ts'
import { readState } from '../recorder/recorder-state.ts'
import { type Channel, isMessage, packState, questions } from './message.ts'

/** A recorder of many. */
export interface SharedRecorder {
  /** The sum over all of them, this one included: for `metricsHandler({ recorder: shared.read })`. */
  readonly read: () => Promise<RecorderReader>
  /** Share it no longer: what it had counted stays in the sum. Idempotent. */
  readonly stop: () => void
}

/** Answers for one recorder on a pipe to whoever adds them up. */
export function shareOn(
  channel: Channel,
  recorder: LatencyRecorder,
  name: string,
): SharedRecorder & { readonly lastWords: () => void } {
  const sums = questions()
  const hello = () => channel.post({ tidegauge: 'hello', name })
  const tell = (id: number) =>
    channel.post({ tidegauge: 'state', name, id, state: packState(recorder.state(), channel) })
  const end = channel.listen((message) => {
    if (!isMessage(message, name)) return
    if (message.tidegauge === 'who') hello()
    else if (message.tidegauge === 'ask') tell(message.id!)
    else if (message.tidegauge === 'sum') sums.answer(message)
  })
  let stopped = false
  hello()
  return {
    read: async () =>
      readState(await sums.ask((id) => channel.post({ tidegauge: 'ask-sum', name, id }))),
    stop() {
      if (stopped) return
      stopped = true
      tell(0)
      channel.post({ tidegauge: 'bye', name })
      end()
      sums.abandon(new Error('the recorder is shared no longer'))
    },
    lastWords: () => tell(0),
  }
}
